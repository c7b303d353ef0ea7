"""Whether a thing is inside a basket or bin: seen in there, or seen over the opening last and since then nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from exoactor.check.cfg import CheckCfg
from exoactor.container import opening
from exoactor.grasp import Side
from exoactor.perceive import RgbdPerception
from exoactor.perceive.locate import depth_at, surface_seen
from exoactor.perceive.upright import blind
from exoactor.stance import distance_to_footprint, support_of
from exoactor.types import Array, CatalogueItem, Observation, Outcome, Pose2D, Scene, SceneObject, Verdict

SIDES: Final[tuple[Side, ...]] = ("left", "right")
_GRID = 0.04


def contained(
    perception: RgbdPerception,
    item: CatalogueItem,
    container: SceneObject | None,
    frames: Sequence[Observation],
    after: Scene,
    last: Observation,
    cfg: CheckCfg,
) -> Verdict:
    """In the last look inside the footprint and low enough to be in there, or nowhere after it was over the opening.

    What the rim hides is believed to be in there only if no other place is left: it was over the opening when it was
    seen last, and since then the hand that held it was seen without it, and what is round the container, too.

    Args:
        perception: tells colours and finds the robot's arms.
        item: the thing.
        container: where it is to be, as perceived.
        frames: looks on the way.
        after: the scene perceived in `last`.
        last: the fresh look at the end.
        cfg: thresholds.
    """
    seen = perception.coloured.points_of(last, item.id)
    if container is None or seen is None:
        return Verdict(Outcome.CANNOT_TELL, "target_not_seen", confidence=0.3)
    if after.robot is None:
        return Verdict(Outcome.CANNOT_TELL, "robot_not_seen", confidence=0.3)
    into = opening(container)
    if not len(seen):
        return _gone(perception, item, container, frames, after, last, after.robot, cfg)
    highest, beside = float(np.percentile(seen[:, 2], 98)), into.distance(np.median(seen[:, :2], axis=0))
    limit = max(into.floor + float(item.size[2]), into.rim) + cfg.inside_above
    hands = _apart(perception.arm_points(last, after.robot), seen)
    details = {"beside_m": round(beside, 3), "highest_m": round(highest, 3), "points": len(seen)}
    if hands < cfg.hands_off:
        return Verdict(Outcome.NOT_DONE, "still_held", hands, cfg.hands_off, "m", details=details)
    if highest > limit:
        return Verdict(Outcome.NOT_DONE, "not_in_target", highest, limit, "m", details=details)
    if beside > cfg.inside_within:
        return Verdict(Outcome.NOT_DONE, "not_in_target", beside, cfg.inside_within, "m", details=details)
    return Verdict(Outcome.DONE, "inside", beside, cfg.inside_within, "m", container.confidence, details=details)


def _gone(
    perception: RgbdPerception,
    item: CatalogueItem,
    container: SceneObject,
    frames: Sequence[Observation],
    after: Scene,
    last: Observation,
    robot: Pose2D,
    cfg: CheckCfg,
) -> Verdict:
    """The verdict on a thing that is seen nowhere now."""
    into, since = opening(container), [last]
    before: Array | None = None
    hand: Side = "right"
    for look in reversed(frames):
        if blind(look):
            continue
        points = perception.coloured.points_of(look, item.id, container.position[:2])
        if points is not None and len(points):
            before, then = points, _felt(look, robot)
            hand = min(SIDES, key=lambda side: _apart(perception.arm_points(look, then, side), points))
            break
        since.append(look)
    if before is None:
        return Verdict(Outcome.CANNOT_TELL, "target_not_seen", confidence=0.3)
    beside = into.distance(np.median(before[:, :2], axis=0))
    around = _seen_around(since, container, after)
    free = max(_hand_seen(perception, look, robot, hand) for look in since)
    details = {"beside_m": round(beside, 3), "around": round(around, 3), "hand_seen": round(free, 3)}
    if beside > cfg.over_opening or float(before[:, 2].max()) < into.rim - float(item.size[2]):
        return Verdict(Outcome.CANNOT_TELL, "target_not_seen", beside, cfg.over_opening, "m", 0.3, details=details)
    if free < cfg.hand_seen:
        return Verdict(Outcome.CANNOT_TELL, "hand_not_seen", free, cfg.hand_seen, "share", 0.3, details=details)
    if around < cfg.around_seen:
        return Verdict(Outcome.CANNOT_TELL, "not_seen_inside", around, cfg.around_seen, "share", 0.3, details=details)
    return Verdict(Outcome.DONE, "gone_inside", around, cfg.around_seen, "share", 0.7, details=details)


def _seen_around(looks: Sequence[Observation], container: SceneObject, scene: Scene) -> float:
    """Share of the floor and the top round a container that was seen in at least one of some looks, 0..1."""
    base = support_of(container, scene.objects)
    reach = float(np.linalg.norm(container.item.size[:2])) / 2 + 0.45
    xs = np.arange(-reach, reach, _GRID)
    place = container.position[:2] + np.stack(np.meshgrid(xs, xs), -1).reshape(-1, 2)
    place = place[[distance_to_footprint(container, p) > 0.03 for p in place]]
    on_base = np.array([base is not None and distance_to_footprint(base, p) == 0 for p in place])
    level = np.where(on_base, 0.0 if base is None else base.top, 0.0)
    points = np.column_stack([place, level])
    others = [o for o in scene.objects if o.id != container.id and (base is None or o.id != base.id)]
    points = points[[all(distance_to_footprint(o, p[:2]) > 0 for o in others) for p in points]]
    return float(np.any([surface_seen(look, points) for look in looks], axis=0).mean()) if len(points) else 0.0


def _hand_seen(perception: RgbdPerception, look: Observation, robot: Pose2D, hand: Side) -> float:
    """Share of a hand's surface that nothing hides from the camera, 0..1."""
    points = perception.hand_points(look, _felt(look, robot), hand)
    seen, depth, inside = depth_at(look, points)
    return float((inside & (seen > depth - 0.10)).mean())


def _felt(look: Observation, robot: Pose2D) -> Pose2D:
    """Where the robot believed to be in a look; where it is seen now if it did not know."""
    felt = look.proprioception.pose
    return robot if felt is None else Pose2D(*(float(v) for v in felt))


def _apart(arms: Array, points: Array) -> float:
    """Least distance of some surface from some points [m], a few dozen of which will do."""
    return float(np.linalg.norm(arms[:, None] - points[None, :: max(1, len(points) // 60)], axis=2).min())
