"""The stages of an attempt as nodes: each is done once and written down, and a failure is that of its stage.

The one thing that cannot be undone, a motion, is announced before it starts; if the announcement has no end, the
motion is never repeated without a fresh look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from langgraph.types import Command

import skills
from agent.attempts import Attempt, attempt_of
from agent.decide import Result, ResultKind
from agent.resume import look_again_after_restart
from agent.session import Session
from agent.state import State
from agent.witness import beside, look_at_video
from agent.worded import worded
from exoactor.types import Interrupted, Outcome, SafetyStop, StageError

STAGES = ("observe", "imagine", "gate", "estimate", "ground", "retarget", "track", "check")
AFTER = dict(zip(STAGES, (*STAGES[1:], "decide"), strict=True))
"""Where each stage leads to when it went well."""


def stage(session: Session, name: str) -> Callable[[State], Command[str]]:
    """A node for one stage: skip it if it is done, run it, or attribute its failure."""

    def node(state: State) -> Command[str]:
        session.stop.check()
        attempt = attempt_of(session, state)
        key = attempt.key(name) if name in ("imagine", "gate") else f"{attempt.name}/{name}"
        key += f"-{state['looks']}" if name == "check" else ""
        done = session.run.journal.get(key)
        if done is None and session.must_look and name not in ("observe", "check"):
            return Command(goto="recover", update={"resume_at": name})
        if done is None:
            done = run_stage(session, name, attempt, key)
            session.must_look = False
        if done["event"] == "stage_failed":
            return Command(goto="decide", update={"result": done["result"]})
        update: dict[str, Any] = {"result": done["result"]} if name == "check" else {}
        if name == "observe" and "args" in done:
            update["plan"] = _with_args(state, done["args"])
        if name == "gate" and session.approval.wants([attempt.subtask.skill]):
            return Command(goto="approve_video", update=update)
        return Command(goto=AFTER[name], update=update)

    return node


def run_stage(session: Session, name: str, attempt: Attempt, key: str, number: int | None = None) -> dict[str, Any]:
    """Run a stage with the faults that are planted there.

    Args:
        session: of the run.
        name: of the stage.
        attempt: whose stage it is.
        key: of the event that says what came of it.
        number: of the attempt whose faults are planted, where that is another one.

    Returns:
        The event, "stage_finished" or "stage_failed".
    """
    session.watcher.progress(name, 0.0)
    at = (attempt.subtask_id, number or attempt.number)
    session.pipeline.arm([f for f in session.faults if (f.subtask, f.attempt) == at])
    about: dict[str, Any] = {"stage": name, "attempt": attempt.name, "key": key}
    with session.timed() as taken:
        try:
            report, failed = _DO[name](session, attempt), None
        except StageError as error:
            # A check that cannot be made is no verdict: it is looked at again before anything moves again.
            kind: ResultKind = "cannot_tell" if name == "check" else "error"
            report, failed = {}, Result(kind, error.code, error.stage, error.hint)
        except SafetyStop as error:
            report, failed = {}, Result("unsafe", error.code, name, error.hint)
    if failed is not None:
        return session.emit("stage_failed", **about, **taken, result=asdict(failed))
    return session.emit("stage_finished", **about, **taken, **report)


def recover(session: Session, state: State) -> Command[str]:
    """First look of a process that took up an unfinished attempt."""
    attempt = attempt_of(session, state)
    goto, result = look_again_after_restart(session, attempt, state["resume_at"])
    session.must_look = False
    return Command(goto=goto, update={} if result is None else {"result": asdict(result)})


def _observe(session: Session, attempt: Attempt) -> dict[str, Any]:
    scene = session.pipeline.observe(attempt.folder)
    skill = skills.get(attempt.subtask.skill)
    args = dict(skill.settled(scene, attempt.subtask.args))
    actions = skill.actions(scene, args)
    replace(attempt, subtask=replace(attempt.subtask, args=args)).save(scene, actions)
    session.pipeline.save_world(session.run.world)
    return {"seed": attempt.seed, "actions": [a.text for a in actions], "args": args}


def _imagine(session: Session, attempt: Attempt) -> dict[str, Any]:
    scene, _ = attempt.load()
    actions, wording = worded(session, attempt)
    progress = session.progress("imagine")
    session.pipeline.imagine(attempt.folder, scene, actions, attempt.seed, progress, wording)
    return {}


def _gate(session: Session, attempt: Attempt) -> dict[str, Any]:
    gates = [g.name for g in session.pipeline.gate(attempt.folder)]
    return {"gates": gates, **look_at_video(session, attempt)}


def _estimate(session: Session, attempt: Attempt) -> dict[str, Any]:
    session.pipeline.estimate(attempt.folder, session.progress("estimate"))
    return {}


def _ground(session: Session, attempt: Attempt) -> dict[str, Any]:
    return {"grounding": session.pipeline.ground(attempt.folder, attempt.expectation)}


def _retarget(session: Session, attempt: Attempt) -> dict[str, Any]:
    session.pipeline.retarget(attempt.folder)
    return {}


def _track(session: Session, attempt: Attempt) -> dict[str, Any]:
    s = session
    s.pipeline.save_world(s.run.world)
    s.emit("motion_started", key=attempt.motion_started, attempt=attempt.name)
    try:
        report = s.pipeline.track(attempt.folder, s.stop.asked, s.progress("track"))
    except Interrupted:
        _stopped(s, attempt)
        raise
    if s.stop.asked():
        _stopped(s, attempt)
        s.stop.check()
    s.pipeline.save_world(s.run.world)
    s.emit("motion_finished", key=attempt.motion_finished, attempt=attempt.name, **report)
    if report["fell"]:
        raise SafetyStop("robot_fell", "the robot lies on the floor")
    return {}


def _stopped(session: Session, attempt: Attempt) -> None:
    session.pipeline.save_world(session.run.world)
    session.emit("motion_stopped", attempt=attempt.name)


def _check(session: Session, attempt: Attempt) -> dict[str, Any]:
    measured = session.pipeline.check(attempt.folder, attempt.expectation)
    session.pipeline.save_world(session.run.world)
    verdict, told = beside(session, attempt, measured)
    cut_off = session.run.journal.get(attempt.motion_finished) is None
    result = Result(verdict.outcome.value, verdict.code)
    if cut_off and verdict.outcome is not Outcome.DONE:
        result = Result("interrupted", verdict.code)
    return {"result": asdict(result), "verdict": verdict.to_json(), "cut_off": cut_off, **told}


_DO: dict[str, Callable[[Session, Attempt], dict[str, Any]]] = {
    "observe": _observe,
    "imagine": _imagine,
    "gate": _gate,
    "estimate": _estimate,
    "ground": _ground,
    "retarget": _retarget,
    "track": _track,
    "check": _check,
}
"""What is done at each stage; each gives what its event says."""


def _with_args(state: State, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The plan with the present subtask's arguments as they were understood at its first look."""
    plan, cursor = state["plan"], state["cursor"]
    return [{**entry, "args": dict(args)} if i == cursor else entry for i, entry in enumerate(plan)]
