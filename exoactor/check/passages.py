"""Whether the robot went over or under a bar: it is beyond it, came across it, and the bar stands as it stood."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exoactor.check.cfg import CheckCfg
from exoactor.passage import along_and_aside, crossed
from exoactor.types import Outcome, Pose2D, SceneObject, Verdict
from exoactor.types.rotations import wrap


def passed(path: Sequence[Pose2D], before: SceneObject | None, after: SceneObject | None, cfg: CheckCfg) -> Verdict:
    """The verdict on a way across a bar.

    Args:
        path: where the robot was located, from before to the end.
        before: the bar as perceived before.
        after: the same at the end; one that the robot hides or that is not found says nothing.
        cfg: thresholds.
    """
    if before is None or before.confidence < cfg.target_confidence:
        return Verdict(Outcome.CANNOT_TELL, "start_not_seen", confidence=0.3)
    places = np.array([p.xy for p in path])
    side = 1.0 if along_and_aside(before, places[:1])[0, 0] < 0 else -1.0
    beyond = side * float(along_and_aside(before, places[-1:])[0, 0])
    details = {"beyond_m": round(beyond, 3), "looks": len(path)}
    if after is not None and after.confidence >= cfg.target_confidence:
        shift = float(np.linalg.norm(after.position[:2] - before.position[:2]))
        turn = abs(float(wrap(2 * (after.yaw - before.yaw))) / 2)  # half a turn looks the same
        details |= {"shift_m": round(shift, 3), "turn_deg": round(float(np.degrees(turn)), 1)}
        if after.lies:
            return Verdict(Outcome.NOT_DONE, "bar_fell", shift, cfg.bar_shift, "m", details=details)
        if shift > cfg.bar_shift:
            return Verdict(Outcome.NOT_DONE, "bar_moved", shift, cfg.bar_shift, "m", details=details)
        if turn > cfg.bar_turn:
            degrees = float(np.degrees(turn))
            return Verdict(
                Outcome.NOT_DONE, "bar_moved", degrees, float(np.degrees(cfg.bar_turn)), "deg", details=details
            )
    if beyond < cfg.beyond:
        code = "not_beyond" if beyond < 0 else "astride"
        return Verdict(Outcome.NOT_DONE, code, beyond, cfg.beyond, "m", details=details)
    across = crossed(places, before, cfg.bar_inside)
    half = float(before.item.size[1]) / 2
    aside = np.inf if across is None else abs(across.aside)
    if aside > half - cfg.bar_inside:
        unsure = aside < half + cfg.bar_inside
        outcome, code = (Outcome.CANNOT_TELL, "near_its_end") if unsure else (Outcome.NOT_DONE, "went_round")
        return Verdict(outcome, code, min(aside, 9.0), half, "m", 0.5 if unsure else 0.9, details=details)
    if after is None or after.confidence < cfg.target_confidence:
        measured = 0.0 if after is None else after.confidence
        return Verdict(
            Outcome.CANNOT_TELL, "bar_not_seen", measured, cfg.target_confidence, "confidence", 0.4, details=details
        )
    return Verdict(Outcome.DONE, "passed", beyond, cfg.beyond, "m", details=details)
