import json
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from fakes import FakePipeline, room
from person import Person

from agent.cli import app
from agent.script import Hands, resume_script, run_script
from agent.script_file import load_script, read_script
from agent.session import Stop
from exoactor.types import ConfigError, Outcome, StageError, Verdict

PROGRAM = str(Path(__file__).with_name("fake_exoactor.py"))
BAD = """\
scene: open_room
seed: -3
bugdets: {}
budgets: {attempts: 0, foo: 1}
on_failure: maybe
steps:
  - say: walk to the fridge
  - say: ""
  - do: wavve
  - do: walk_to
    args: {target: moon, fast: true}
  - when: {last: achieved}
  - expect: {on: {cup: table}, seen: [table, mug], last: perfect}
  - repeat: 1000
    steps: [{say: wave}, {checkpoint: A b}]
  - checkpoint: a
  - checkpoint: a
  - just text
  - say: wave
    whenn: {}
    when: {}
  - repeat: 2
"""
ROUND = """\
scene: open_room
seed: 7
steps:
  - say: walk to the table
    expect: {at: table, facing: table, not_at: door}
  - checkpoint: there
  - repeat: 2
    steps:
      - do: wave
      - say: turn to the door
        when: {last: achieved}
  - say: walk to the chair
    when: {last: failed}
  - expect: {seen: [table, door], holding: nothing, on: {table: floor}}
"""


def pipeline(script=None, calls=None):
    """Makes the pipeline without physics, in the room of the scene "open_room"."""

    def make(spec, seed, config):
        scene = room()
        named = {"red_chair": "chair"}
        objects = tuple(
            type(o)(
                type(o.item)(named.get(o.id, o.id), o.item.kind, o.item.color, o.item.size, False),
                o.position,
                o.yaw,
                1.0,
            )
            for o in scene.objects
        )
        return FakePipeline(type(scene)(objects, scene.robot, 1.0, scene.camera), script, calls)

    return make


class Killed(BaseException):
    """Stands for SIGKILL."""


def not_done():
    return Verdict(Outcome.NOT_DONE, "too_far", 1.2, 0.7, "m")


def steps(result):
    return [(row["id"], row["status"], row["met"]) for row in result["steps"]]


def carry_out(tmp_path, text, script=None, **more):
    return run_script(read_script(text), out=tmp_path / "run", pipeline=pipeline(script), **more)


def test_all_problems_are_said_at_once_with_their_lines():
    with pytest.raises(ConfigError) as caught:
        read_script(BAD, "x.yaml")
    told = str(caught.value).splitlines()
    assert [int(line.split(":")[1]) for line in told] == sorted(int(line.split(":")[1]) for line in told)
    for line, word in (
        (2, "-3"), (3, "did you mean 'budgets'"), (4, "'0' given"), (4, "'foo'"), (5, "one of stop, go_on"),
        (7, "fridge"), (8, "0 characters"), (9, "'wavve' given, one of walk_to"), (10, "no argument 'fast'"),
        (10, "'moon'"), (12, "a step has one of say"), (13, "'cup'"), (13, "'mug'"), (13, "'perfect'"),
        (14, "1000"), (15, "'A b'"),
        (17, "already, in line 16"), (18, "no mapping"), (20, "did you mean 'when'"), (21, "no condition"),
        (22, "'steps'"),
    ):  # fmt: skip
        assert any(t.startswith(f"x.yaml:{line}:") and word in t for t in told), (line, word)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("steps: [", "not YAML"),
        ("- a", "a mapping with scene, steps wanted"),
        ("scene: open_room\nsteps: []", "nothing to do"),
        ("scene: atlantis\nsteps: [{say: wave}]", "atlantis"),
        ("scene: open_room\nsteps: &a [{repeat: 2, steps: *a}]", "3 deep"),
        ("scene: open_room\nsteps: [{repeat: 100, steps: [{repeat: 6, steps: [{say: wave}]}]}]", "600 steps"),
        ("scene: open_room\nsteps: [{do: wave, args: [left]}]", "mapping of the skill's arguments"),
        ("scene: open_room\nsteps: [{do: wave, args: {side: {a: 1}}}]", "one plain value"),
        ("scene: open_room\nsteps: [{do: wave, args: {side: !!python/name:os.system x}}]", "one plain value"),
    ],
)
def test_what_is_no_script_is_refused(text, message):
    with pytest.raises(ConfigError, match=message):
        read_script(text)


WORDS = st.sampled_from(
    ["say", "do", "args", "when", "expect", "repeat", "steps", "checkpoint", "budgets", "last", "on", "seen", "seconds"]
)
PLAIN = st.sampled_from(["wave", "walk to the table", "walk_to", "table", "achieved", "", 0, 2, -1.5, True, None])
NESTED = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4))


@given(st.lists(st.dictionaries(WORDS, NESTED, min_size=1, max_size=4), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_is_a_script_or_is_refused_with_lines(steps):
    text = yaml.safe_dump({"scene": "open_room", "steps": steps})
    try:
        script = read_script(text, "x.yaml")
    except ConfigError as error:
        assert all(line.startswith("x.yaml:") for line in str(error).splitlines())
    else:
        assert sum(step.count() for step in script.steps) <= 500


def test_steps_are_understood_with_those_before_them():
    script = read_script("scene: depot\nsteps: [{say: lift the box}, {say: put it down}, {say: walk to it}]")
    assert [str(s) for s in script.steps] == ["say: lift the box", "say: put it down", "say: walk to it"]
    with pytest.raises(ConfigError, match="'it' refers to nothing"):
        read_script("scene: depot\nsteps: [{say: put it down}]")


def test_the_bundled_script_and_scenes_beside_a_script(tmp_path):
    assert load_script("tidy_round").name == "tidy_round"
    scene = Path("exoactor/world/scenes/open_room.yaml")
    (tmp_path / "mine.yaml").write_text(scene.read_text().replace("open_room", "mine"))
    (tmp_path / "s.yaml").write_text("scene: mine.yaml\nsteps: [{say: wave}]")
    assert load_script(tmp_path / "s.yaml").spec.name == "mine"
    with pytest.raises(ConfigError, match="tidy_round"):
        load_script("nowhere.yaml")


def test_everything_goes_well(tmp_path):
    said = []
    result = carry_out(tmp_path, ROUND, hands=Hands(say=said.append))
    assert result["status"] == "achieved"
    assert steps(result) == [
        ("1", "achieved", True),
        ("2", "", None),
        ("3.1#1", "achieved", True),
        ("3.2#1", "achieved", True),
        ("3.1#2", "achieved", True),
        ("3.2#2", "achieved", True),
        ("4", "skipped", None),
        ("5", "", True),
    ]
    assert result["steps"][6]["why"] == "last failed: no"
    assert json.loads((tmp_path / "run/result.json").read_text()) == result
    assert [p.name for p in sorted((tmp_path / "run/turns").iterdir())] == ["01", "02", "03", "04", "05"]
    assert any("left out (last failed: no)" in line for line in said)
    assert run_script.__doc__ and resume_script(tmp_path / "run", pipeline=pipeline()) == result, "it has ended"


def test_what_is_not_as_expected_ends_the_script_or_not(tmp_path):
    text = ROUND.replace("at: table,", "at: door,")
    result = carry_out(tmp_path, text)
    assert (result["status"], steps(result)) == ("failed", [("1", "achieved", False)])
    assert result["reason"].endswith("at door: no")
    result = run_script(
        read_script("on_failure: go_on\n" + text),
        out=tmp_path / "on",
        pipeline=pipeline({("observe", 4): StageError("perceive", "blind")}),
    )
    assert (result["status"], result["reason"]) == ("failed", "not as expected: 1")
    assert len(result["steps"]) == 8


def test_what_cannot_be_seen_is_not_as_expected(tmp_path):
    blind = {("observe", n): StageError("perceive", "camera_blind") for n in (2, 3)}
    result = carry_out(tmp_path, "scene: open_room\nsteps: [{say: wave, expect: {seen: table}}]", blind)
    assert steps(result) == [("1", "achieved", False)]
    assert "cannot tell" in result["steps"][0]["why"]


def test_another_outcome_can_be_expected(tmp_path):
    text = (
        "scene: open_room\nbudgets: {replans: 0}\nsteps: [{say: wave, expect: {last: needs_human}}]\non_failure: go_on"
    )
    bad = {("check", n): not_done() for n in range(1, 9)}
    result = carry_out(tmp_path, text, bad)
    assert (result["status"], steps(result)) == ("achieved", [("1", "needs_human", True)])


def test_time_is_a_budget_of_the_whole_script(tmp_path):
    result = carry_out(tmp_path, "scene: open_room\nbudgets: {seconds: 1}\nsteps: [{say: wave}, {say: wave}]")
    assert result["status"] == "achieved"
    journal = tmp_path / "run/turns/01/journal.jsonl"
    journal.write_text(journal.read_text().replace('"seconds": 0.0', '"seconds": 5.0', 1))
    (tmp_path / "run/script.jsonl").write_text(
        "\n".join((tmp_path / "run/script.jsonl").read_text().splitlines()[:3]) + "\n"
    )
    result = resume_script(tmp_path / "run", pipeline=pipeline())
    assert (result["status"], len(result["steps"])) == ("aborted", 1)
    assert "out of time" in result["reason"]


def test_a_question_waits_for_a_person_and_the_script_goes_on_with_the_answer(tmp_path):
    bad = {("check", n): not_done() for n in range(1, 20)}
    result = carry_out(tmp_path, "scene: open_room\nsteps: [{say: walk to the table}, {say: wave}]", bad)
    assert result["status"] == "needs_human" and "Try it again" in result["question"]
    result = resume_script(tmp_path / "run", pipeline=pipeline(), hands=Hands(asker=lambda q, c: "retry"))
    assert (result["status"], steps(result)) == ("achieved", [("1", "achieved", True), ("2", "achieved", True)])


def test_a_fall_ends_it(tmp_path):
    result = carry_out(tmp_path, ROUND, {("track", 2): lambda p: True})
    assert (result["status"], len(result["steps"])) == ("safety_stop", 3)


@pytest.mark.parametrize("stage", ["observe", "estimate", "track", "check"])
@pytest.mark.parametrize("nth", [1, 2, 4])
def test_killed_anywhere_it_goes_on_and_no_step_is_done_twice(tmp_path, stage, nth):
    calls = []
    with pytest.raises(Killed):
        run_script(read_script(ROUND), out=tmp_path / "run", pipeline=pipeline({(stage, nth): Killed()}, calls))
    result = resume_script(tmp_path / "run", pipeline=pipeline(calls=calls))
    assert result["status"] == "achieved"
    assert [row["id"] for row in result["steps"]] == ["1", "2", "3.1#1", "3.2#1", "3.1#2", "3.2#2", "4", "5"]
    for journal in tmp_path.glob("run/turns/*/journal.jsonl"):
        begun = [e["key"] for e in map(json.loads, journal.read_text().splitlines()) if e["event"] == "motion_started"]
        assert len(begun) == len(set(begun)), "no motion is started twice"


def test_back_to_a_checkpoint_world_and_all(tmp_path):
    walks = "{say: walk to the table}, {checkpoint: there}, {say: walk to the door}, {expect: {at: door}}"
    text = f"scene: open_room\nsteps: [{walks}]"
    assert carry_out(tmp_path, text)["status"] == "achieved"
    with pytest.raises(ConfigError, match="reached so far: there"):
        resume_script(tmp_path / "run", rewind="nowhere", pipeline=pipeline())
    made = []

    def watched(spec, seed, config):
        made.append(pipeline()(spec, seed, config))
        return made[-1]

    ends = []
    hands = Hands(say=lambda line: ends.append((line, made[-1].scene.robot.x)))
    result = resume_script(tmp_path / "run", rewind="there", hands=hands, pipeline=watched)
    assert result["status"] == "achieved"
    assert ends[0][0] == "3. say: walk to the door" and ends[0][1] > 0.5, "it begins at the table again"
    assert [p.name for p in sorted((tmp_path / "run/turns").iterdir())] == ["01", "02", "03"]


def test_stopped_between_steps(tmp_path):
    stop = Stop()
    hands = Hands(say=lambda line: stop.ask() if "1. say: walk to the table: as expected" in line else None, stop=stop)
    assert carry_out(tmp_path, ROUND, hands=hands)["status"] == "interrupted"
    assert resume_script(tmp_path / "run", pipeline=pipeline())["status"] == "achieved"


def test_only_checked_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.yaml").write_text(ROUND)
    result = CliRunner().invoke(app, ["script", "s.yaml", "--check", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout.splitlines()[-1]) == {"status": "ok", "name": "s", "steps": 8}
    (tmp_path / "s.yaml").write_text(BAD)
    result = CliRunner().invoke(app, ["script", "s.yaml", "--check"])
    assert result.exit_code == 2 and "s.yaml:13:" in result.output and "s.yaml:22:" in result.output
    assert [p.name for p in tmp_path.iterdir()] == ["s.yaml"]


@pytest.mark.parametrize("args", [[], ["s.yaml", "--resume", "x"], ["s.yaml", "--from", "x"], ["--resume", "x"]])
def test_what_does_not_go_together_is_refused(args):
    assert CliRunner().invoke(app, ["script", *args]).exit_code == 2


def test_at_a_terminal_ctrl_c_stops_it_and_it_is_taken_up_again(tmp_path):
    (tmp_path / "s.yaml").write_text("scene: open_room\nsteps: [{say: walk to the table}, {say: wave}]")
    (tmp_path / "moves.json").write_text("[[30, null]]")
    out = str(tmp_path / "run")
    env = {"FAKE_MOVES": str(tmp_path / "moves.json")}
    person = Person(PROGRAM, "script", str(tmp_path / "s.yaml"), "--out", out, "--json", env=env)
    try:
        person.reads("retarget")
        person.presses("^C")
        person.reads("to go on: exoactor script --resume")
        assert person.waits() == 130
        assert json.loads(person.shown.strip().splitlines()[-1])["status"] == "interrupted"
    finally:
        person.leaves()
    person = Person(PROGRAM, "script", "--resume", out, "--json")
    try:
        assert person.waits() == 0
        result = json.loads(person.shown.strip().splitlines()[-1])
        assert steps(result) == [("1", "achieved", True), ("2", "achieved", True)]
    finally:
        person.leaves()
