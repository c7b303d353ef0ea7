"""Whether a thing is off what it stood on and stays there, or stands again: its height in the looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exoactor.check.cfg import CheckCfg
from exoactor.grasp import is_graspable
from exoactor.grip import MARGIN
from exoactor.stance import distance_to_footprint
from exoactor.types import Outcome, Pose2D, SceneObject, Verdict

STANDS_ON = 0.08
"""What stands on a target is perceived within this of its top [m]."""


@dataclass(frozen=True)
class HeightLook:
    """One look.

    Args:
        time: [s].
        heights: of the lowest and the highest part that is seen of the thing above the floor [m], or None.
        open_below: one sees past its lower end, which is not hidden then.
    """

    time: float
    heights: tuple[float, float] | None
    open_below: bool = False


def lifted(looks: Sequence[HeightLook], before: SceneObject, cfg: CheckCfg) -> Verdict:
    """Up in every look of the last second at least that tells.

    Args:
        looks: on the way and at the end, oldest first.
        before: the thing where it stood.
        cfg: thresholds.
    """
    rise_of = [_rise(look, before, cfg) for look in looks]
    seen = [look for look, rise in zip(looks, rise_of, strict=True) if rise is not None]
    if len(seen) < cfg.held_looks or looks[-1].heights is None or looks[-1].time - seen[-1].time > cfg.held_seconds / 2:
        return Verdict(Outcome.CANNOT_TELL, "target_not_seen", float(len(seen)), float(cfg.held_looks), "looks", 0.3)
    rises = np.array([rise for rise in rise_of if rise is not None])
    up = rises >= cfg.held_above
    details = {"highest_m": round(float(rises.max()), 3), "last_m": round(float(rises[-1]), 3), "looks": len(seen)}
    if not up[-1]:
        code = "dropped" if up.any() else "not_lifted"
        return Verdict(Outcome.NOT_DONE, code, float(rises[-1]), cfg.held_above, "m", details=details)
    down = np.flatnonzero(~up)
    since = seen[down[-1] + 1] if len(down) else seen[0]
    seconds = looks[-1].time - since.time
    count = len(seen) - (down[-1] + 1 if len(down) else 0)
    if seconds < cfg.held_seconds or count < cfg.held_looks:
        return Verdict(Outcome.CANNOT_TELL, "held_too_short", seconds, cfg.held_seconds, "s", details=details)
    return Verdict(Outcome.DONE, "lifted", float(rises[up][-count:].min()), cfg.held_above, "m", details=details)


def _rise(look: HeightLook, before: SceneObject, cfg: CheckCfg) -> float | None:
    """How far a thing is up in a look [m], None if that does not tell.

    One that tilts where it stands has its top raised, one whose foot is hidden its bottom; lifted ones have both. Where
    arms or trunk hide its top, a raised lower end may be a foot that is hidden as well. Of a small one the hand that
    holds it may hide more than is seen; it is up where its lower end is in the air.
    """
    if look.heights is None:
        return None
    low, high = look.heights[0] - float(before.position[2]), look.heights[1] - before.top
    if look.open_below and is_graspable(before.item):
        return low
    if high < -cfg.top_hidden and low >= cfg.held_above:
        return None
    return min(low, high)


def carried(
    looks: Sequence[HeightLook],
    after: SceneObject | None,
    to: SceneObject | None,
    over: bool,
    level: float,
    cfg: CheckCfg,
) -> Verdict:
    """Held in the last looks, where it was to be brought.

    Args:
        looks: at the end, oldest first.
        after: the thing as perceived in the last one.
        to: where it is brought.
        over: it is to be held over that, not before it.
        level: of what is below it [m].
        cfg: thresholds.
    """
    if after is None or to is None or looks[-1].heights is None:
        return Verdict(Outcome.CANNOT_TELL, "target_not_seen", confidence=0.3)
    last = [look for look in looks if look.heights is not None][-3:]
    if len(last) < 3:
        return Verdict(Outcome.CANNOT_TELL, "target_not_seen", float(len(last)), 3.0, "looks", 0.3)
    above = min((look.heights or (0.0, 0.0))[0] for look in last) - level
    away = distance_to_footprint(to, after.position[:2])
    details = {"above_m": round(above, 3), "away_m": round(away, 3)}
    if above < cfg.held_above:
        return Verdict(Outcome.NOT_DONE, "lost", above, cfg.held_above, "m", details=details)
    limit = cfg.over_within if over else cfg.brought_within
    if away > limit:
        return Verdict(Outcome.NOT_DONE, "too_far", away, limit, "m", details=details)
    return Verdict(Outcome.DONE, "carried", above, cfg.held_above, "m", details=details)


def put_down(
    look: HeightLook,
    after: SceneObject | None,
    robot: Pose2D | None,
    hands: float,
    level: float,
    cfg: CheckCfg,
    on: SceneObject | None = None,
    tall_upright: float | None = None,
) -> Verdict:
    """Upright on what is below it, and out of the robot's hands.

    Args:
        look: the last one.
        after: the thing as perceived in it.
        robot: where the robot stands in it.
        hands: how far the robot's arms are from it [m]; of no account if the robot is not seen.
        level: of what is below [m].
        cfg: thresholds.
        on: what it is to stand on, or None for anything.
        tall_upright: its height when it stands, where that is known [m].
    """
    if look.heights is None or after is None or after.confidence < cfg.target_confidence:
        measured = 0.0 if after is None else after.confidence
        return Verdict(Outcome.CANNOT_TELL, "target_not_seen", measured, cfg.target_confidence, "confidence", 0.3)
    low, high = look.heights
    off, tall = low - level, high - low - float(after.item.size[2])
    details = {"above_m": round(off, 3), "taller_m": round(tall, 3)}
    if abs(off) > cfg.stands_within:
        return Verdict(Outcome.NOT_DONE, "not_put_down", off, cfg.stands_within, "m", details=details)
    if after.lies and tall_upright is not None and abs(high - low - tall_upright) < abs(tall):
        # A drum as high as it is wide looks alike either way from across a room: shape and height disagree.
        unclear = abs(high - low - tall_upright)
        return Verdict(Outcome.CANNOT_TELL, "lies_or_stands", unclear, abs(tall), "m", 0.3, details=details)
    within = cfg.upright_within if is_graspable(after.item) else cfg.large_upright_within
    if after.lies or abs(tall) > within:
        return Verdict(Outcome.NOT_DONE, "toppled", abs(tall), within, "m", details=details)
    if robot is None:
        return Verdict(Outcome.CANNOT_TELL, "robot_not_seen", details=details, confidence=0.3)
    if hands < cfg.hands_off:
        return Verdict(Outcome.NOT_DONE, "still_held", hands, cfg.hands_off, "m", details=details)
    if on is not None:
        beside = distance_to_footprint(on, after.position[:2])
        above = abs(level - on.top)
        if beside > cfg.over_within or above > cfg.stands_within:
            return Verdict(Outcome.NOT_DONE, "elsewhere", beside, cfg.over_within, "m", details=details)
    return Verdict(Outcome.DONE, "put_down", abs(off), cfg.stands_within, "m", details=details)


def on_target(verdict: Verdict, after: SceneObject | None, target: SceneObject | None) -> Verdict:
    """The verdict on a thing that stands, where it has to stand on something in particular.

    Args:
        verdict: of `put_down`.
        after: the thing as perceived.
        target: what it has to stand on, as perceived.
    """
    if verdict.outcome is not Outcome.DONE or after is None:
        return verdict
    if target is None:
        return Verdict(Outcome.CANNOT_TELL, "target_not_seen", confidence=0.3)
    aside = distance_to_footprint(target, after.position[:2])
    above = float(after.position[2] - target.position[2] - target.item.size[2])
    if aside > MARGIN or abs(above) > STANDS_ON:
        return Verdict(Outcome.NOT_DONE, "not_on_target", max(aside, abs(above)), MARGIN, "m", details=verdict.details)
    return Verdict(Outcome.DONE, "placed", verdict.measured, verdict.threshold, verdict.unit, details=verdict.details)
