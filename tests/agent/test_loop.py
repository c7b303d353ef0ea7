import json
import sys
from dataclasses import replace

import numpy as np
import pytest

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from fakes import FakePipeline, room

from agent.decide import Budgets
from agent.loop import work
from agent.planner import DeterministicPlanner
from agent.run_folder import Job, RunFolder
from agent.session import Session
from exoactor.types import CatalogueItem, ConfigError, Outcome, Pose2D, SafetyStop, SceneObject, StageError, Verdict
from exoactor.world.faults import parse_fault

TEXT = "walk to the table, wave, then turn to the door"


OPEN = []


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


def start(tmp_path, pipeline, text=TEXT, faults=(), open_loop=False, **session):
    run = RunFolder.create(Job(text, "room", 7, open_loop=open_loop), tmp_path / "run")
    OPEN.append(run)
    return Session(run, pipeline, DeterministicPlanner(), faults=faults, **session)


def again(tmp_path, pipeline, **session):
    """Another process: the lock of the one that died is gone."""
    while OPEN:
        OPEN.pop().close()
    return Session(RunFolder(tmp_path / "run"), pipeline, DeterministicPlanner(), **session)


def events(tmp_path, kind):
    lines = (tmp_path / "run/journal.jsonl").read_text().splitlines()
    return [e for e in map(json.loads, lines) if e["event"] == kind]


def not_done(code="too_far"):
    return Verdict(Outcome.NOT_DONE, code, 1.2, 0.7, "m")


def test_everything_goes_well(tmp_path):
    pipeline = FakePipeline()
    summary = work(start(tmp_path, pipeline))
    assert summary["status"] == "achieved"
    assert [(s["skill"], s["attempts"], s["verdict"]["outcome"]) for s in summary["subtasks"]] == [
        ("walk_to", 1, "done"),
        ("wave", 1, "done"),
        ("turn_to", 1, "done"),
    ]
    assert summary["replans"] == 0
    assert set(summary["seconds"]) == {"observe", "imagine", "gate", "estimate", "ground", "retarget", "track", "check"}
    assert pipeline.calls.count("track") == 3
    assert (tmp_path / "run/subtasks/01-walk_to/attempt-1/attempt.json").exists()
    assert json.loads((tmp_path / "run/result.json").read_text()) == summary


def test_a_failed_check_is_tried_again_with_another_seed(tmp_path):
    pipeline = FakePipeline(script={("check", 1): not_done()})
    summary = work(start(tmp_path, pipeline))
    assert summary["status"] == "achieved"
    assert summary["subtasks"][0]["attempts"] == 2
    seeds = [json.loads(p.read_text())["seed"] for p in sorted((tmp_path / "run").glob("subtasks/01-*/*/attempt.json"))]
    assert len(set(seeds)) == 2


def test_left_is_the_same_side_at_the_second_attempt_and_after_a_crash(tmp_path):
    """The robot has walked round the crate by then, and what was left of it is ahead of it now."""
    crate = SceneObject(CatalogueItem("crate", "box", "red", np.array([0.4, 0.4, 0.6]), True), [1.2, 0, 0], 0.0, 1.0)
    empty = replace(room(), objects=(crate,))
    script = {("check", 1): not_done("moved_too_little"), ("imagine", 2): Killed()}
    with pytest.raises(Killed):
        work(start(tmp_path, FakePipeline(empty, script), "push the crate to the left"))
    assert work(again(tmp_path, FakePipeline(empty)))["status"] == "achieved"
    made = [json.loads(p.read_text()) for p in sorted((tmp_path / "run").glob("subtasks/01-*/*/attempt.json"))]
    assert [a["subtask"]["args"]["toward"] for a in made] == [90.0, 90.0]
    assert [a["expectation"]["toward"] for a in made] == [pytest.approx(np.pi / 2)] * 2
    assert made[1]["scene"]["robot"][1] < -0.3  # it stands on the other side of the crate


def test_a_failed_stage_is_attributed_and_tried_again(tmp_path):
    pipeline = FakePipeline(script={("gate", 1): StageError("gate", "cut", "frame 12")})
    summary = work(start(tmp_path, pipeline))
    assert summary["status"] == "achieved"
    assert [e["result"]["code"] for e in events(tmp_path, "stage_failed")] == ["cut"]
    assert pipeline.calls.count("track") == 3, "a clip that fails its gate is not performed"


def test_cannot_tell_is_looked_at_once_more_without_moving(tmp_path):
    pipeline = FakePipeline(script={("check", 1): Verdict(Outcome.CANNOT_TELL, "robot_not_seen")})
    summary = work(start(tmp_path, pipeline))
    assert summary["status"] == "achieved"
    assert summary["subtasks"][0]["attempts"] == 1
    assert pipeline.calls.count("check") == 4
    assert pipeline.calls.count("track") == 3


def test_a_check_that_cannot_be_made_is_made_again_without_moving(tmp_path):
    pipeline = FakePipeline(script={("check", 1): StageError("perceive", "camera_blind")})
    summary = work(start(tmp_path, pipeline))
    assert summary["status"] == "achieved"
    assert summary["subtasks"][0]["attempts"] == 1
    assert summary["subtasks"][0]["verdict"]["outcome"] == "done"
    assert pipeline.calls.count("track") == 3


@pytest.mark.parametrize("kind", [Verdict(Outcome.CANNOT_TELL, "camera_blind"), StageError("perceive", "camera_blind")])
def test_what_nobody_could_see_is_looked_at_before_it_is_done_again(tmp_path, kind):
    pipeline = FakePipeline(script={("check", 1): kind, ("check", 2): kind})
    session = start(tmp_path, pipeline)
    summary = work(session)
    assert summary["status"] == "achieved"
    assert summary["subtasks"][0]["attempts"] == 1, "seen to be done after all"
    assert pipeline.calls.count("check") == 5 and pipeline.calls.count("track") == 3
    assert session.run.journal.get("subtasks/01-walk_to/attempt-1/decision-later")["do"] == "next"


def test_what_is_then_seen_not_to_be_done_is_done_again(tmp_path):
    blind = Verdict(Outcome.CANNOT_TELL, "camera_blind")
    pipeline = FakePipeline(script={("check", 1): blind, ("check", 2): blind, ("check", 3): not_done()})
    summary = work(start(tmp_path, pipeline))
    assert summary["status"] == "achieved"
    assert summary["subtasks"][0]["attempts"] == 2
    assert pipeline.calls.count("track") == 4


def test_where_nothing_was_done_yet_there_is_nothing_to_look_at_later(tmp_path):
    pipeline = FakePipeline(script={("observe", 1): StageError("perceive", "camera_blind")})
    summary = work(start(tmp_path, pipeline))
    assert summary["status"] == "achieved" and summary["subtasks"][0]["attempts"] == 2
    assert pipeline.calls[:3] == ["observe", "observe", "imagine"]


def test_a_robot_that_is_then_seen_lying_is_not_moved(tmp_path):
    blind = Verdict(Outcome.CANNOT_TELL, "camera_blind")
    script = {("check", 1): blind, ("check", 2): blind, ("check", 3): SafetyStop("robot_fell", "it lies there")}
    pipeline = FakePipeline(script=script)
    assert work(start(tmp_path, pipeline))["status"] == "safety_stop"
    assert pipeline.calls.count("observe") == 1 and pipeline.calls.count("track") == 1


def test_the_same_reason_twice_leads_to_another_plan(tmp_path):
    pipeline = FakePipeline(script={("check", 1): not_done(), ("check", 2): not_done()})
    summary = work(start(tmp_path, pipeline))
    assert summary["status"] == "achieved"
    assert summary["replans"] == 1
    assert [s["skill"] for s in summary["subtasks"]] == ["turn_to", "walk_to", "wave", "turn_to"]
    assert [s["id"] for s in summary["subtasks"]] == [4, 5, 6, 7]


def test_when_nothing_helps_a_person_is_asked_and_the_answer_is_followed(tmp_path):
    blind = {("observe", n): StageError("perceive", "target_not_seen") for n in (1, 2)}
    summary = work(start(tmp_path, FakePipeline(script=blind)))
    assert summary["status"] == "needs_human"
    assert "target not seen" in summary["question"]
    summary = work(again(tmp_path, FakePipeline()), asker=lambda question, choices: "retry")
    assert summary["status"] == "achieved"


def test_a_person_can_skip_a_step_but_then_the_run_is_not_achieved(tmp_path):
    blind = {("observe", n): StageError("perceive", "target_not_seen") for n in (1, 2)}
    summary = work(start(tmp_path, FakePipeline(script=blind)), asker=lambda question, choices: "skip")
    assert summary["status"] == "failed"
    assert summary["subtasks"][1]["verdict"]["outcome"] == "done"


def test_an_answer_that_is_not_offered_is_refused(tmp_path):
    blind = {("observe", n): StageError("perceive", "target_not_seen") for n in (1, 2)}
    with pytest.raises(ConfigError, match="retry, skip, stop"):
        work(start(tmp_path, FakePipeline(script=blind)), asker=lambda question, choices: "perhaps")


def test_a_fall_is_a_safety_stop_and_nothing_moves_after_it(tmp_path):
    pipeline = FakePipeline(script={("track", 1): lambda p: True})
    summary = work(start(tmp_path, pipeline))
    assert summary["status"] == "safety_stop"
    assert pipeline.calls.count("track") == 1
    later = FakePipeline()
    assert work(again(tmp_path, later))["status"] == "safety_stop"
    assert later.calls == []


def test_time_is_a_budget(tmp_path):
    pipeline = FakePipeline(script={("check", 1): not_done()})
    summary = work(start(tmp_path, pipeline, budgets=Budgets(seconds=0.0)))
    assert summary["status"] == "aborted"
    assert "out of time" in summary["reason"]


def test_open_loop_tries_once_and_is_not_called_achieved(tmp_path):
    pipeline = FakePipeline(script={("check", 1): not_done()})
    summary = work(start(tmp_path, pipeline, open_loop=True))
    assert summary["status"] == "failed"
    assert [s["attempts"] for s in summary["subtasks"]] == [1, 1, 1]


def test_faults_are_armed_in_their_attempt_only(tmp_path):
    fault = parse_fault("occlude@2.1")
    seen = []
    pipeline = FakePipeline()
    pipeline.check = lambda folder, expectation, check=pipeline.check: (
        seen.append((folder.parent.name, pipeline.armed)),
        check(folder, expectation),
    )[1]
    work(start(tmp_path, pipeline, faults=(fault,)))
    assert seen == [("01-walk_to", ()), ("02-wave", (fault,)), ("03-turn_to", ())]


STAGES = ("observe", "imagine", "gate", "estimate", "ground", "retarget", "track", "check")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_killed_in_any_stage_it_goes_on_and_moves_nothing_blindly(tmp_path, stage, nth):
    calls = []
    with pytest.raises(Killed):
        work(start(tmp_path, FakePipeline(script={(stage, nth): Killed()}, calls=calls)))
    killed_at = len(calls)
    pipeline = FakePipeline(calls=calls)
    summary = work(again(tmp_path, pipeline))
    assert summary["status"] == "achieved"
    after = calls[killed_at:]
    assert after[0] == "load_world" or (stage, nth) == ("observe", 1)
    if "track" in after:
        assert "observe" in after[: after.index("track")], "no motion without a fresh look"
    started = [e["attempt"] for e in events(tmp_path, "motion_started")]
    assert len(started) == len(set(started)), "no motion is started twice"
    numbers = [json.loads(line)["n"] for line in (tmp_path / "run/journal.jsonl").read_text().splitlines()]
    assert numbers == list(range(len(numbers))), "the journal is whole"


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("nth", [1, 2, 3, 5, 8, 9, 10, 11, 12, 13, 21, 22, 24])
def test_killed_between_any_two_events(tmp_path, monkeypatch, nth, moment):
    pipeline = FakePipeline()
    session = start(tmp_path, pipeline, text="walk to the table, then wave")
    journal = session.run.journal
    write, count = journal.write, 0

    def killed_write(event, key=None, **data):
        nonlocal count
        if key is not None and journal.get(key) is not None:
            return write(event, key, **data)
        count += 1
        if count == nth and moment == "before":
            raise Killed
        record = write(event, key, **data)
        if count == nth:
            raise Killed
        return record

    monkeypatch.setattr(journal, "write", killed_write)
    with pytest.raises(Killed):
        work(session)
    calls = []
    summary = work(again(tmp_path, FakePipeline(calls=calls)))
    assert summary["status"] == "achieved"
    started = [e["attempt"] for e in events(tmp_path, "motion_started")]
    assert len(started) == len(set(started))
    if "track" in calls:
        assert "observe" in calls[: calls.index("track")]


def test_a_cut_off_walk_that_arrived_is_not_walked_again(tmp_path):
    pipeline = FakePipeline(script={("track", 1): Killed()})
    session = start(tmp_path, pipeline)
    with pytest.raises(Killed):
        work(session)
    # The process died, but the robot had arrived.
    pipeline.scene = replace(room(), robot=Pose2D(0.85, 0.0, 0.0))
    pipeline.save_world(tmp_path / "run/world.npz")
    later = FakePipeline()
    summary = work(again(tmp_path, later))
    assert summary["status"] == "achieved"
    assert summary["subtasks"][0]["attempts"] == 1
    assert later.calls.count("track") == 2


def test_a_world_that_changed_before_the_motion_closes_the_attempt(tmp_path):
    pipeline = FakePipeline(script={("estimate", 1): Killed()})
    with pytest.raises(Killed):
        work(start(tmp_path, pipeline))
    pipeline.scene = replace(room(), robot=Pose2D(0.0, 0.0, 1.0))
    pipeline.save_world(tmp_path / "run/world.npz")
    summary = work(again(tmp_path, FakePipeline()))
    assert summary["status"] == "achieved"
    assert summary["subtasks"][0]["attempts"] == 2
    assert events(tmp_path, "attempt_interrupted")[0]["why"].startswith("robot moved")


def test_a_wave_that_was_cut_off_is_done_anew_and_said_so(tmp_path):
    with pytest.raises(Killed):
        work(start(tmp_path, FakePipeline(script={("track", 2): Killed()})))
    summary = work(again(tmp_path, FakePipeline()))
    assert summary["status"] == "achieved"
    assert summary["subtasks"][1]["attempts"] == 2
    assert events(tmp_path, "attempt_interrupted")


@pytest.mark.parametrize("stage", ["imagine", "track"])
def test_ctrl_c_is_clean_and_resumable(tmp_path, stage):
    pipeline = FakePipeline()
    session = start(tmp_path, pipeline)
    pipeline.script[(stage, 1)] = lambda p: session.stop.ask()
    summary = work(session)
    assert summary["status"] == "interrupted"
    assert work(again(tmp_path, FakePipeline()))["status"] == "achieved"


def test_two_processes_cannot_work_on_one_run(tmp_path):
    import subprocess

    session = start(tmp_path, FakePipeline())
    code = (
        f"from pathlib import Path; from agent.run_folder import RunFolder; RunFolder(Path({str(session.run.path)!r}))"
    )
    second = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "another process works on this run" in second.stderr


def test_a_finished_run_stays_finished(tmp_path):
    session = start(tmp_path, FakePipeline())
    summary = work(session)
    later = FakePipeline()
    assert work(again(tmp_path, later)) == summary
    assert later.calls == []
