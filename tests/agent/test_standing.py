import json
import signal
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from fakes import FakePipeline, room
from person import Person

import agent.series
import exoactor.assets
from agent.cli import app
from agent.journal import read_events
from agent.passer_by import PasserBy
from agent.plan import Subtask
from agent.planner import DeterministicPlanner
from agent.script import Hands
from agent.series import Series
from agent.session import Stop
from agent.standing import Standing
from agent.standing_goal import read_goal
from agent.standing_log import JOURNAL
from exoactor.files import write_json, write_text
from exoactor.types import CatalogueItem, ConfigError, Outcome, Scene, SceneObject, Verdict
from exoactor.world.scene_file import load_scene

BOTTLE = SceneObject(
    CatalogueItem("red_bottle", "bottle", "red", np.array([0.06, 0.06, 0.22]), True),
    np.array([1.4, 0.2, 0.7]),
    0.0,
    0.9,
)
SCENE = replace(room(), objects=(*room().objects, BOTTLE))
CATALOGUE = tuple(o.item for o in SCENE.objects)
SPEC = load_scene("open_room")
PROGRAM = str(Path(__file__).with_name("fake_exoactor.py"))


class World(FakePipeline):
    """Somebody moves things in it, and a sweep takes the bottle off the table."""

    def __init__(self, scene=SCENE, script=None):
        super().__init__(scene, script, [])
        self.disturbed = []

    def put(self, id, position, confidence=1.0):
        moved = replace(self.scene.get(id), position=np.array(position), confidence=confidence)
        self.scene = replace(self.scene, objects=tuple(moved if o.id == id else o for o in self.scene.objects))

    def disturb(self, fault):
        self.disturbed.append(str(fault))
        thing = self.scene.get(fault.options["id"])
        if fault.kind == "put_back":
            self.put(thing.id, BOTTLE.position)
        else:
            self.put(thing.id, thing.position + np.array([fault.number("dx"), fault.number("dy"), 0.0]))

    def save_world(self, path):
        write_json(path, self.scene.to_json())

    def load_world(self, path):
        self.calls.append("load_world")
        self.scene = Scene.from_json(json.loads(path.read_text()))

    def check(self, folder, expectation):
        verdict = super().check(folder, expectation)
        if expectation.kind == "swept" and verdict.outcome is Outcome.DONE:
            self.put("red_bottle", [1.4, -0.9, 0.0], 0.1)  # it lies, and is not told for sure
        return verdict


def standing(tmp_path, world, goal, faults=True, stop=None):
    """Its clock goes on by a tenth of a second a look."""
    series = Series(tmp_path / "run", SPEC, world, DeterministicPlanner(), 7, {"pipeline": {}, "model": None})
    wanted = read_goal(goal, CATALOGUE)
    looks = world.calls
    return Standing(
        series,
        wanted,
        PasserBy(wanted, read_events(tmp_path / "run" / JOURNAL)) if faults else None,
        Hands(stop=stop or Stop()),
        lambda: looks.count("observe") / 10,
    )


@pytest.mark.parametrize(
    ("text", "kind", "target", "deed"),
    [
        ("keep the table clear", "clear", "table", Subtask("sweep", {"object": "red_bottle"})),
        ("Keep everything off the table.", "clear", "table", Subtask("sweep", {"object": "red_bottle"})),
        ("stay at the chair", "at", "red_chair", Subtask("walk_to", {"target": "red_chair"})),
        ("keep facing the door", "facing", "door", Subtask("turn_to", {"target": "door"})),
    ],
)
def test_goals_are_read_and_say_what_is_done_about_them(text, kind, target, deed):
    goal = read_goal(text, CATALOGUE)
    assert (goal.kind, goal.target) == (kind, target)
    assert goal.told(SCENE)[0] is False
    assert goal.deed(SCENE) == deed
    assert goal.deed(SCENE, frozenset({deed.args.get("object") or deed.args["target"]})) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("make me happy", "Allowed: “keep the TABLE clear”"),
        ("stay at the sofa", "sofa"),
        ("keep the table and the chair clear", "Allowed"),
        ("keep the door clear of the", "Allowed"),
        ("stay at the", "Allowed"),
    ],
)
def test_other_goals_are_refused(text, says):
    with pytest.raises(ConfigError, match="goal") as caught:
        read_goal(text, CATALOGUE)
    assert says in str(caught.value)


def test_a_goal_that_cannot_be_told_is_not_said_to_hold():
    goal = read_goal("keep the table clear", CATALOGUE)
    unsure = replace(SCENE, objects=(*room().objects, replace(BOTTLE, confidence=0.2)))
    assert goal.told(unsure) == (None, ["not_on red_bottle table: cannot tell"])
    assert goal.told(unsure, frozenset({"red_bottle"})) == (True, [])
    assert goal.told(SCENE, frozenset({"red_bottle"}))[0] is False, "what is seen counts for more"
    assert read_goal("stay at the door", CATALOGUE).told(replace(SCENE, robot=None))[0] is None


def test_what_is_put_back_is_swept_off_again(tmp_path):
    world = World()
    result = standing(tmp_path, world, "keep the table clear").pursue(2.0)
    assert result["status"] == "achieved"
    assert len(world.disturbed) >= 2 and set(world.disturbed) == {"put_back:id=red_bottle@1.1"}
    first, *later = result["disturbances"]
    assert first["what"] == "as it was found" and first["reactions"][0]["step"] == "sweep(red_bottle)"
    for disturbance in later:
        assert disturbance["noticed"] is not None and disturbance["restored"] is not None
        assert [r["status"] for r in disturbance["reactions"]] == ["achieved"]
    assert any(r["faults"] for d in later for r in d["reactions"]), "the robot is pushed now and then"
    assert result["looks"]["cannot_tell"] == 0
    assert json.loads((tmp_path / "run/result.json").read_text()) == result


def test_the_robot_follows_what_is_moved_and_it_is_moved_where_there_is_room(tmp_path):
    world = World()
    result = standing(tmp_path, world, "stay at the chair").pursue(2.0)
    assert result["status"] == "achieved"
    assert len(result["disturbances"]) >= 2
    assert all(d["restored"] is not None for d in result["disturbances"])
    home = room().get("red_chair").position
    assert np.linalg.norm(world.scene.get("red_chair").position - home) < 0.7


def test_undisturbed_it_acts_once_and_watches(tmp_path):
    world = World()
    result = standing(tmp_path, world, "keep facing the door", faults=False).pursue(0.5)
    assert result["status"] == "achieved"
    assert len(result["disturbances"]) == 1 and world.calls.count("track") == 1
    assert world.waited > 0


def test_what_fails_is_tried_and_told_and_not_said_to_hold(tmp_path):
    never = {("check", n): Verdict(Outcome.NOT_DONE, "still_on_it", 0.8, 0.6, "m") for n in range(1, 30)}
    result = standing(tmp_path, World(script=never), "keep the table clear").pursue(0.5)
    assert result["status"] == "failed" and "not_on red_bottle table: no" in result["reason"]
    assert result["disturbances"][0]["reactions"][0]["status"] != "achieved"
    assert result["disturbances"][0]["restored"] is None


def test_a_fall_and_a_stop_end_it(tmp_path):
    result = standing(tmp_path, World(script={("track", 1): lambda p: True}), "stay at the chair").pursue(5.0)
    assert result["status"] == "safety_stop"
    stop = Stop()
    stop.ask()
    result = standing(tmp_path / "again", World(), "stay at the chair", stop=stop).pursue(5.0)
    assert (result["status"], result["looks"]["holds"]) == ("interrupted", 0)


def test_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr(exoactor.assets, "check", list)
    named = replace(room().objects[1], item=replace(room().objects[1].item, id="chair"))
    scene = replace(room(), objects=(room().objects[0], named, room().objects[2]))
    monkeypatch.setattr(agent.series, "sim_pipeline", lambda spec, seed, config: World(scene))
    out = tmp_path / "run"
    args = ["demo", "--goal", "stay at the chair", "--scene", "open_room", "--minutes", "0.05", "--out", str(out)]
    result = CliRunner().invoke(app, [*args, "--faults", "--json"])
    assert result.exit_code == 0
    data = json.loads(result.stdout.splitlines()[-1])
    assert data["status"] == "achieved" and data["run_dir"] == str(out)
    assert json.loads((out / "standing.json").read_text())["goal"] == "stay at the chair"
    assert CliRunner().invoke(app, args).exit_code == 2, "a run is never written over"


class Killed(BaseException):
    """Stands for SIGKILL."""


@pytest.mark.parametrize("goal", ["keep the table clear", "stay at the chair"])
@pytest.mark.parametrize(("stage", "call"), [("observe", 4), ("gate", 1), ("track", 2), ("check", 1), ("check", 2)])
def test_killed_anywhere_it_is_pursued_for_what_is_left_in_the_world_as_it_was(tmp_path, goal, stage, call):
    world = World(script={(stage, call): Killed()})
    with pytest.raises(Killed):
        standing(tmp_path, world, goal).pursue(3.0)
    last = list(read_events(tmp_path / "run" / JOURNAL))[-1]
    if last["event"] == "reacting":  # its own journal tells how long it went on
        journal = tmp_path / "run/turns" / last["turn"] / "journal.jsonl"
        write_text(journal, journal.read_text() + json.dumps({"event": "x", "time": last["time"] + 0.7}) + "\n")
    used = last["after"] + 0.7 * (last["event"] == "reacting")
    again = World()
    result = standing(tmp_path, again, goal).pursue(3.0)
    assert again.calls[:2] == ["load_world", "observe"], "it goes on in that world, and looks first"
    assert result["status"] == "achieved" and 3.0 <= result["seconds"] < 5.0
    assert [s["status"] for s in result["sittings"]] == ["cut_off", "achieved"]
    assert [s["from"] for s in result["sittings"]] == [0.0, pytest.approx(used)], (
        "the minutes of the first one are used"
    )
    assert sum(result["looks"].values()) == len(list((tmp_path / "run/looks").iterdir()))
    reactions = [r for d in result["disturbances"] for r in d["reactions"]]
    assert len({r["turn"] for r in reactions}) == len(reactions) == len(list((tmp_path / "run/turns").iterdir()))
    assert [r["status"] for r in reactions].count("interrupted") == (stage != "observe")
    for journal in tmp_path.glob("run/turns/*/journal.jsonl"):
        begun = [e["key"] for e in read_events(journal) if e["event"] == "motion_started"]
        assert len(begun) == len(set(begun)), "no motion is started twice"
        assert (journal.parent / "report.html").exists()


def test_a_motion_that_reached_its_end_unseen_is_not_repeated(tmp_path):
    with pytest.raises(Killed):
        standing(tmp_path, World(script={("check", 1): Killed()}), "stay at the chair", faults=False).pursue(1.0)
    again = World()
    result = standing(tmp_path, again, "stay at the chair", faults=False).pursue(1.0)
    assert result["status"] == "achieved" and "track" not in again.calls


def test_what_was_stopped_goes_on_and_what_has_ended_does_not(tmp_path):
    stop = Stop()
    world = World(script={("check", 1): lambda w: stop.ask()})
    assert standing(tmp_path, world, "stay at the chair", stop=stop).pursue(1.0)["status"] == "interrupted"
    result = standing(tmp_path, World(), "stay at the chair").pursue(1.0)
    assert [s["status"] for s in result["sittings"]] == ["interrupted", "achieved"]
    ended = World()
    assert standing(tmp_path, ended, "stay at the chair").pursue(1.0) == result and not ended.calls


def test_who_disturbs_goes_on_too(tmp_path):
    world = World(script={("observe", 20): Killed()})
    with pytest.raises(Killed):
        standing(tmp_path, world, "stay at the chair").pursue(9.0)
    events = list(read_events(tmp_path / "run" / JOURNAL))
    passer_by = PasserBy(read_goal("stay at the chair", CATALOGUE), events)
    assert world.disturbed and np.allclose(passer_by.home, room().get("red_chair").position[:2]), "not where it is now"
    begun = sum(e["event"] == "reacting" for e in events)
    assert bool(passer_by.in_reaction()) == bool(begun % 2), "in every second reaction, over both sittings"


def test_at_a_terminal_it_is_stopped_or_killed_and_taken_up_again_by_one_process_at_a_time(tmp_path):
    (tmp_path / "moves.json").write_text("[[30, null]]")
    out, env = str(tmp_path / "run"), {"FAKE_MOVES": str(tmp_path / "moves.json")}
    args = ("demo", "--goal", "stay at the table", "--scene", "open_room", "--minutes", "0.02", "--out", out)
    person = Person(PROGRAM, *args, env=env)
    try:
        person.reads("retarget")
        refused = CliRunner().invoke(app, ["resume", out])
        assert refused.exit_code == 2 and "another process works on this goal" in refused.output
        person.presses("^C")
        person.reads(f"to go on: exoactor resume {out}")
        assert person.waits() == 130
    finally:
        person.leaves()
    person = Person(PROGRAM, "resume", out, env=env)
    try:
        person.reads("retarget")
        person.signals(signal.SIGKILL)
        assert person.waits() == -signal.SIGKILL
    finally:
        person.leaves()
    person = Person(PROGRAM, "demo", "--resume", out, "--json")
    try:
        assert person.waits() == 0
        result = json.loads(person.shown.strip().splitlines()[-1])
        assert [s["status"] for s in result["sittings"]] == ["interrupted", "cut_off", "achieved"]
        assert "3 sittings" in person.shown
    finally:
        person.leaves()


def test_what_is_no_folder_of_a_goal_is_refused(tmp_path):
    for content in (
        "{",
        '{"goal": "fly"}',
        '{"goal": "stay at the chair", "minutes": 1, "scene": "x", "seed": 0, "format": 9}',
    ):
        (tmp_path / "standing.json").write_text(content)
        (tmp_path / "scene.yaml").write_text(SPEC.text)
        refused = CliRunner().invoke(app, ["resume", str(tmp_path)])
        assert refused.exit_code == 2 and str(tmp_path) in refused.output
    assert CliRunner().invoke(app, ["demo", "--resume", str(tmp_path / "no")]).exit_code == 2
    assert CliRunner().invoke(app, ["demo", "--resume", str(tmp_path), "--goal", "stay at the chair"]).exit_code == 2


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--goal", "keep the table clear", "--scene", "open_room"], "nothing in this scene"),
        (["--goal", "fly"], "Allowed"),
        (["--scene", "kitchen"], "only with --goal"),
    ],
)
def test_bad_input(args, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["demo", *args])
    assert result.exit_code == 2 and says in result.output
    assert not list(tmp_path.iterdir())
