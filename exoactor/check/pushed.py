"""Whether a thing went where it was pushed and stands there, or is off the table it was swept from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exoactor.check.cfg import CheckCfg
from exoactor.perceive.locate import surface_seen
from exoactor.push import UP_TO, gap_between
from exoactor.types import Array, Observation, Outcome, SceneObject, Verdict
from exoactor.types.rotations import yaw_matrix

_GRID = 0.03


def pushed(
    before: SceneObject | None,
    after: SceneObject | None,
    heights: tuple[float, float] | None,
    toward: float | None,
    cfg: CheckCfg,
    to: SceneObject | None = None,
) -> Verdict:
    """Far enough that way, not far aside, upright, and on what it stood on; and at another thing if that is given.

    Args:
        before: the thing where it stood.
        after: the thing as perceived now.
        heights: of the lowest and highest part seen of it now [m], told by its colour alone; None if it is not told.
        toward: the direction in the world, or None for any [rad].
        cfg: thresholds.
        to: what it is to be pushed up to, or None.
    """
    if before is None or before.confidence < cfg.target_confidence:
        return Verdict(Outcome.CANNOT_TELL, "start_not_seen", confidence=0.3)
    if after is None or after.confidence < cfg.target_confidence or heights is None:
        measured = 0.0 if after is None else after.confidence
        return Verdict(Outcome.CANNOT_TELL, "target_not_seen", measured, cfg.target_confidence, "confidence", 0.3)
    went = after.position[:2] - before.position[:2]
    way = float(np.linalg.norm(went))
    heading = float(np.arctan2(went[1], went[0])) if toward is None else toward
    along, aside = (float(v) for v in yaw_matrix(heading).T @ went)
    down = float(before.position[2] - after.position[2])
    taller = heights[1] - float(after.position[2] + before.item.size[2])
    details = {"moved_m": round(along, 3), "aside_m": round(aside, 3), "taller_m": round(taller, 3)}
    if abs(down) > cfg.stands_within:
        return Verdict(Outcome.NOT_DONE, "fell_off", down, cfg.stands_within, "m", details=details)
    if after.lies or abs(taller) > cfg.upright_within:
        return Verdict(Outcome.NOT_DONE, "toppled", abs(taller), cfg.upright_within, "m", details=details)
    if way < cfg.pushed_still:
        return Verdict(Outcome.NOT_DONE, "not_moved", way, cfg.pushed_still, "m", details=details)
    if abs(aside) > max(cfg.pushed_aside, 0.5 * along):
        return Verdict(Outcome.NOT_DONE, "elsewhere", abs(aside), cfg.pushed_aside, "m", details=details)
    if along < cfg.pushed_least:
        return Verdict(Outcome.NOT_DONE, "moved_too_little", along, cfg.pushed_least, "m", details=details)
    if to is not None:
        gap = gap_between(after, to)
        if gap > UP_TO:
            return Verdict(Outcome.NOT_DONE, "too_far", gap, UP_TO, "m", details=details)
    confidence = min(before.confidence, after.confidence)
    return Verdict(Outcome.DONE, "pushed", along, cfg.pushed_least, "m", confidence, details=details)


def swept(
    seen: Sequence[float] | None,
    carrier: SceneObject | None,
    top_seen: float,
    cfg: CheckCfg,
) -> Verdict:
    """Off the table: seen lower, or seen nowhere while all of the top is.

    Args:
        seen: height of each patch of the thing's colour [m]; None if it cannot be told by its colour.
        carrier: what it stood on.
        top_seen: share of the carrier's top that the camera saw since it last saw the thing, 0..1.
        cfg: thresholds.
    """
    if carrier is None:
        return Verdict(Outcome.CANNOT_TELL, "start_not_seen", confidence=0.3)
    if seen is None:
        return Verdict(Outcome.CANNOT_TELL, "target_not_seen", confidence=0.3)
    details = {"patches": len(seen), "top_seen": round(top_seen, 3)}
    if not seen:
        # Wherever it lies, it is not on a top that is seen all over.
        if top_seen < cfg.top_seen:
            return Verdict(Outcome.CANNOT_TELL, "top_not_seen", top_seen, cfg.top_seen, "share", 0.3, details=details)
        return Verdict(Outcome.DONE, "gone", top_seen, cfg.top_seen, "share", 0.7, details=details)
    highest = float(max(seen))
    limit = carrier.top - cfg.swept_below
    details["highest_m"] = round(highest, 3)
    if highest >= carrier.top - 0.02:
        return Verdict(Outcome.NOT_DONE, "still_on_it", highest, limit, "m", details=details)
    if highest > limit:
        return Verdict(Outcome.CANNOT_TELL, "at_the_edge", highest, limit, "m", 0.3, details=details)
    return Verdict(Outcome.DONE, "swept", highest, limit, "m", details=details)


def seen_of_top(observation: Observation, carrier: SceneObject) -> Array:
    """(N,) bool: which points of a grid over a thing's top the camera sees, at their depth in the picture."""
    half = carrier.item.size[:2] / 2
    xs, ys = (np.arange(-h + _GRID / 2, h, _GRID) for h in half)
    local = np.stack(np.meshgrid(xs, ys), -1).reshape(-1, 2)
    place = carrier.position[:2] + local @ yaw_matrix(carrier.yaw).T
    points: Array = np.column_stack([place, np.full(len(place), carrier.top)])
    return surface_seen(observation, points)
