"""What a process does first when it takes up an attempt that another one left unfinished: it looks."""

from __future__ import annotations

import numpy as np

from agent.attempts import Attempt
from agent.decide import Result
from agent.session import Session
from exoactor.types import SafetyStop, Scene, StageError
from skills import acted_on

SAME_PLACE = 0.10
"""The robot or the target may seem to have moved by this much and the plan still holds [m]."""
SAME_HEADING = np.radians(10.0)
SEEN_AT_THE_END = ("at", "circled", "facing")
"""Expectations that a look at the end state can settle; gestures must be watched."""


def look_again_after_restart(session: Session, attempt: Attempt, stage: str) -> tuple[str, Result | None]:
    """Observe afresh and say where to go on.

    - The motion had ended: check it, which looks by itself.
    - The motion had begun: it is not repeated. What it reached is checked, where a look can tell.
    - It had not, and the world is as it was: go on at `stage`.
    - It had not, and something moved: close the attempt; a new one starts from what is seen now.

    Returns:
        Node to go to, and a result when that is "decide".
    """
    journal = session.run.journal
    ended = journal.get(attempt.motion_finished)
    if ended is not None:
        return ("decide", Result("unsafe", "robot_fell", "track")) if ended["fell"] else ("check", None)
    count = len(journal.of("looked_after_restart"))
    folder = attempt.folder / f"resume-{count + 1}"
    begun = journal.get(attempt.motion_started) is not None
    with session.timed() as taken:
        try:
            scene: Scene | None = session.pipeline.observe(folder)
            failed = None
        except StageError as error:
            scene, failed = None, Result("error", error.code, error.stage, error.hint)
        except SafetyStop as error:
            scene, failed = None, Result("unsafe", error.code, "observe", error.hint)
    changed = None if begun or scene is None else what_moved(attempt, scene)
    session.emit(
        "looked_after_restart", attempt=attempt.name, stage=stage, motion_begun=begun, changed=changed, **taken
    )
    if failed is not None:
        return "decide", failed
    if begun:
        session.emit("attempt_interrupted", attempt=attempt.name, why="the motion was cut off")
        if attempt.expectation.kind in SEEN_AT_THE_END:
            return "check", None
        return "decide", Result("interrupted", "motion_cut_off", "track")
    if changed:
        session.emit("attempt_interrupted", attempt=attempt.name, why=f"{changed} moved since it was planned")
        return "decide", Result("interrupted", "world_changed", "observe")
    return stage, None


def what_moved(attempt: Attempt, now: Scene) -> str | None:
    """The robot or the target, if it is no longer where the attempt saw it."""
    before, _ = attempt.load()
    if before.robot is None or now.robot is None:
        return "robot"
    if not now.robot.is_near(before.robot, SAME_PLACE, SAME_HEADING):
        return "robot"
    target = acted_on(attempt.subtask.args)
    if target is None:
        return None
    old, new = before.get(target), now.get(target)
    if old is None or new is None or np.linalg.norm(old.position[:2] - new.position[:2]) > SAME_PLACE:
        return str(target)
    return None
