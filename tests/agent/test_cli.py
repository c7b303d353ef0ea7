import errno
import json
import sys

import pytest
from typer.testing import CliRunner

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from fakes import FakePipeline, room

from agent.cli import app
from exoactor.types import Outcome, Verdict
from exoactor.world.scene_file import load_scene

RUNNER = CliRunner()
GOOD = "walk to the table, then turn to the door"


def exoactor(*args):
    result = RUNNER.invoke(app, list(args))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def last_json(result):
    return json.loads(result.stdout.strip().splitlines()[-1])


@pytest.fixture
def world(monkeypatch):
    """The real commands, on the pipeline without physics, in a room with the things of the scene "open_room"."""
    import exoactor.assets
    import exoactor.pipeline

    made = []

    class Sim(FakePipeline):
        def __init__(self, spec, *, seed=0, cfg=None, autosave=None):
            scene = room()
            assert {t.item.id for t in spec.things} <= {"table", "chair", "door"}
            super().__init__(scene, script=self.script_of_all)
            made.append(self)

    monkeypatch.setattr(exoactor.pipeline, "SimPipeline", Sim)
    monkeypatch.setattr(exoactor.assets, "check", list)
    Sim.made, Sim.script_of_all = made, {}
    return Sim


def test_plan_prints_the_contract():
    result = exoactor("plan", GOOD, "--scene", "open_room", "--json")
    assert result.exit_code == 0
    data = last_json(result)
    assert data["status"] == "ok"
    assert data["subtasks"] == [
        {"skill": "walk_to", "args": {"target": "table"}},
        {"skill": "turn_to", "args": {"target": "door"}},
    ]


def test_plan_abstains_on_what_it_does_not_understand():
    result = exoactor("plan", "fly to the table", "--json")
    assert result.exit_code == 1
    assert last_json(result)["status"] == "abstain"
    assert "fly" in last_json(result)["reason"]


def test_run_prints_the_contract_and_writes_the_folder(world, tmp_path):
    out = tmp_path / "run"
    result = exoactor("run", GOOD, "--scene", "open_room", "--out", str(out), "--json")
    assert result.exit_code == 0
    data = last_json(result)
    assert data["status"] == "achieved"
    assert data["run_dir"] == str(out)
    assert set(data["subtasks"][0]) >= {"id", "skill", "args", "attempts", "verdict", "truth"}
    assert data["seconds"]["track"] >= 0
    assert len(result.stdout.strip().splitlines()) == 1, "all else goes to standard error"
    assert world.made[-1].closed
    for name in ("job.json", "journal.jsonl", "state.sqlite", "report.html", "scene.yaml", "result.json"):
        assert (out / name).exists(), name
    job = json.loads((out / "job.json").read_text())
    assert job["instruction"] == GOOD
    assert job["versions"]["mujoco"]
    assert "imagined.mp4" not in (out / "report.html").read_text(), "videos are in the page, not beside it"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["run", ""], "empty"),
        (["run", "walk to the fridge"], "fridge"),
        (["run", "walk to the chair", "--scene", "dining_room"], "Which chair"),
        (["run", GOOD, "--scene", "atlantis"], "atlantis"),
        (["run", GOOD, "--fault", "earthquake@1.1"], "earthquake"),
        (["run", GOOD, "--scene", "open_room", "--fault", "move_object:id=sofa,dx=1@1.1"], "no 'sofa'"),
        (["run", GOOD, "--scene", "open_room", "--out", "FILE"], "is a file"),
        (["run", GOOD, "--scene", "open_room", "--out", "FILE/below"], "is a file"),
        (["run", GOOD, "--scene", "open_room", "--out", "FULL"], "not empty"),
        (["run", GOOD, "--scene", "open_room", "--attempts", "0"], "equal to 1"),
        (["resume", "NOWHERE"], "not a run folder"),
        (["resume", "FILE"], "is a file"),
        (["resume", "FULL", "--answer", "perhaps"], "perhaps"),
        (["report", "NOWHERE"], "not a run folder"),
        (["gate", "NOWHERE"], "does not exist"),
        (["estimate", "FULL", "--scene", "open_room"], "is a folder"),
        (["estimate", "FILE"], "--camera"),
        (["retarget", "FILE"], "FILE"),
        (["track", "FILE"], "FILE"),
        (["retarget", "FILE", "-o", "FULL"], "is a folder"),
        (["imagine", "wave twice", "--scene", "open_room"], "one step"),
        (["bench", "nonsense"], "nonsense"),
        (["plan", GOOD, "--scene", "FILE"], "FILE"),
    ],
)
def test_bad_input_is_one_clear_error_and_nothing_is_written(args, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FILE").write_text("x: [")
    (tmp_path / "FULL").mkdir()
    (tmp_path / "FULL" / "something").write_text("y")
    before = sorted(tmp_path.rglob("*"))
    result = exoactor(*args)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.assets
@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--video-model", "sora", "Known: procedural"),
        ("--motion-estimator", "gvhmr", "Known: landmarks"),
        ("--verifier", "oracle", "Known: geometric"),
        ("--controller", "teacher", "--controller-path"),
        ("--controller-path", "FILE", "not a controller bundle"),
        ("--retarget", "magic", "'ik' or 'direct'"),
        ("--fps", "3", "12 to 60"),
    ],
)
def test_a_part_that_cannot_be_had_is_said_before_anything_is_written(option, value, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FILE").write_text("x: [")
    result = exoactor("run", GOOD, "--scene", "open_room", option, value)
    assert result.exit_code == 2
    assert message in result.output
    assert [p.name for p in tmp_path.iterdir()] == ["FILE"]


def test_errors_are_json_too():
    result = exoactor("run", GOOD, "--scene", "atlantis", "--json")
    assert result.exit_code == 2
    assert last_json(result)["status"] == "error"
    assert "atlantis" in last_json(result)["error"]


def test_not_achieved_is_exit_1_and_can_be_resumed_with_an_answer(world, tmp_path):
    out = str(tmp_path / "run")
    never = Verdict(Outcome.NOT_DONE, "too_far", 1.0, 0.7, "m")
    world.script_of_all = {("check", n): never for n in range(1, 10)}
    result = exoactor("run", "walk to the table", "--scene", "open_room", "--out", out, "--json")
    assert result.exit_code == 1
    data = last_json(result)
    assert data["status"] == "needs_human"
    assert data["question"]
    world.script_of_all = {}
    assert exoactor("resume", out).exit_code == 1, "without an answer it still waits"
    result = exoactor("resume", out, "--answer", "retry", "--json")
    assert result.exit_code == 0
    assert last_json(result)["status"] == "achieved"


def test_a_fall_is_exit_3(world, tmp_path):
    world.script_of_all = {("track", 1): lambda p: True}
    result = exoactor("run", GOOD, "--scene", "open_room", "--out", str(tmp_path / "run"), "--json")
    assert result.exit_code == 3
    assert last_json(result)["status"] == "safety_stop"


def test_ctrl_c_is_exit_130_and_resumable(world, tmp_path):
    import os
    import signal

    out = str(tmp_path / "run")
    world.script_of_all = {("estimate", 1): lambda p: os.kill(os.getpid(), signal.SIGINT)}
    result = exoactor("run", GOOD, "--scene", "open_room", "--out", out, "--json")
    assert result.exit_code == 130
    assert last_json(result)["status"] == "interrupted"
    world.script_of_all = {}
    assert exoactor("resume", out).exit_code == 0


def test_a_full_disk_is_one_clear_error_and_resumable(world, tmp_path):
    out = tmp_path / "run"
    world.script_of_all = {("ground", 1): OSError(errno.ENOSPC, "No space left on device")}
    result = exoactor("run", GOOD, "--scene", "open_room", "--out", str(out))
    assert result.exit_code == 2
    assert "the disk is full" in result.output
    assert not list(out.rglob("grounded.npz"))
    assert not [p for p in out.rglob(".*") if p.name not in (".lock",)], "nothing half-written"
    world.script_of_all = {}
    assert exoactor("resume", str(out)).exit_code == 0


def test_full_disks_are_told_plainly_also_by_the_database():
    import sqlite3

    from agent.cli.output import explain

    assert explain(sqlite3.OperationalError("database or disk is full"))[0] == 2
    assert "disk is full" in explain(OSError(errno.ENOSPC, "No space left on device", "/x/y"))[1]


def test_skills_and_scenes_are_listed():
    skills = last_json(exoactor("skills", "--json"))["skills"]
    names = [
        "walk_to", "walk_around", "turn_to", "wave", "point_at", "stand_still",
        "lift", "carry", "put_down", "pick", "place", "push", "sweep", "wipe", "sit_on", "stand_up",
        "step_over", "duck_under",
    ]  # fmt: skip
    assert [s["name"] for s in skills] == names
    scenes = last_json(exoactor("scenes", "--json"))["scenes"]
    assert len(scenes) >= 6
    assert "furniture" in exoactor("scenes", scenes[0]["name"]).output


def test_report_of_a_half_finished_run(world, tmp_path):
    out = tmp_path / "run"
    world.script_of_all = {("track", 2): OSError(errno.EIO, "Input/output error")}
    assert exoactor("run", GOOD, "--scene", "open_room", "--out", str(out)).exit_code == 2
    (out / "report.html").unlink(missing_ok=True)
    assert exoactor("report", str(out)).exit_code == 0
    page = (out / "report.html").read_text()
    assert "not finished" in page
    assert "walk_to(table)" in page


def test_the_default_scene_suits_the_demo():
    from agent.cli.jobs import DEFAULT_SCENE
    from agent.cli.standing import DEMO_FAULTS, DEMO_TEXT
    from agent.plan import PlanStatus
    from agent.planner import DeterministicPlanner
    from exoactor.world.faults import parse_fault

    plan = DeterministicPlanner().plan(DEMO_TEXT, load_scene(DEFAULT_SCENE).catalogue())
    assert plan.status is PlanStatus.OK
    assert len(plan.subtasks) == 4
    assert [parse_fault(f).subtask for f in DEMO_FAULTS] == [1, 1, 2]


def test_imagine_shows_the_prompt_and_takes_an_edited_one(world, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = exoactor("imagine", "wave", "--scene", "open_room", "--show-prompt")
    assert shown.exit_code == 0 and "## Motion" in shown.stdout and "1: {seconds: 3.0, side: right}" in shown.stdout
    assert "imagine" not in world.made[-1].calls and not list(tmp_path.iterdir())
    as_json = last_json(exoactor("imagine", "wave", "--scene", "open_room", "--show-prompt", "--json"))
    assert as_json["prompt"] == shown.stdout
    text = shown.stdout.replace("seconds: 3.0", "seconds: 6").replace("and waves", "and waves calmly")
    (tmp_path / "prompt.md").write_text(text)
    assert exoactor("imagine", "wave", "--scene", "open_room", "--prompt", "prompt.md", "-o", "a.mp4").exit_code == 0
    said = json.loads((tmp_path / "a.json").read_text())
    assert said["wording"]["by"] == "person" and "waves calmly" in said["prompt"] and "for about 5 s" in said["prompt"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("and waves", "and waves a flag"), "prompt.md:15: 'flag': no words for a wave"),
        (("Static camera", "Moving camera"), "prompt.md:5: Shot cannot be changed"),
        (("seconds: 3.0", "seconds: 30"), "prompt.md:2: '30' given, a number in 3..6 wanted"),
        (None, "does not exist"),
    ],
)
def test_a_prompt_that_breaks_a_rule_is_bad_input_and_nothing_is_imagined(
    world, tmp_path, monkeypatch, change, message
):
    monkeypatch.chdir(tmp_path)
    if change is not None:
        text = exoactor("imagine", "wave", "--scene", "open_room", "--show-prompt").stdout
        assert change[0] in text
        (tmp_path / "prompt.md").write_text(text.replace(*change))
    result = exoactor("imagine", "wave", "--scene", "open_room", "--prompt", "prompt.md", "-o", "a.mp4")
    assert result.exit_code == 2 and message in result.output
    assert not (tmp_path / "a.mp4").exists() and all("imagine" not in sim.calls for sim in world.made)
