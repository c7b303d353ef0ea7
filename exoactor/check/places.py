"""Where the robot must stand and look: at, facing, still, circled. Geometry of poses that perception measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exoactor.check.cfg import CheckCfg
from exoactor.stance import distance_to_footprint, nearest_point, sides, support_of
from exoactor.types import Array, Outcome, Pose2D, SceneObject, Verdict
from exoactor.types.rotations import wrap


def at(
    robot: Pose2D, target: SceneObject, things: Sequence[SceneObject], cfg: CheckCfg, toward: float | None = None
) -> Verdict:
    """The robot stands before the target, facing it, and along `toward` [rad] where that side is wanted."""
    distance = distance_to_footprint(target, robot.xy)
    support = support_of(target, things)
    closest = distance if support is None else min(distance, distance_to_footprint(support, robot.xy))
    direct, square = bearings(robot, target)
    low, high = cfg.at_distance
    details = {
        "distance_m": round(distance, 4),
        "closest_m": round(closest, 4),
        "bearing_deg": round(float(np.degrees(direct)), 2),
        "square_deg": round(float(np.degrees(square)), 2),
    }
    if distance > high:
        return Verdict(Outcome.NOT_DONE, "too_far", distance, high, "m", details=details)
    if closest < low:
        return Verdict(Outcome.NOT_DONE, "too_close", closest, low, "m", details=details)
    facing = direct <= cfg.at_bearing or (square <= cfg.at_bearing and direct <= cfg.at_bearing_most)
    if not facing:
        degrees = float(np.degrees(min(direct, max(square, 0.0))))
        worst = max(degrees, float(np.degrees(direct)) if direct > cfg.at_bearing_most else degrees)
        return Verdict(Outcome.NOT_DONE, "not_facing", worst, float(np.degrees(cfg.at_bearing)), "deg", details=details)
    if toward is not None and (off := abs(float(wrap(robot.yaw - toward)))) > np.pi / 4:
        return Verdict(Outcome.NOT_DONE, "other_side", float(np.degrees(off)), 45.0, "deg", details=details)
    return Verdict(Outcome.DONE, "reached", distance, high, "m", details=details)


def bearings(robot: Pose2D, target: SceneObject) -> tuple[float, float]:
    """Angles [rad] of the heading against the nearest point of the footprint and against the nearest side's normal."""
    toward = nearest_point(target, robot.xy) - robot.xy
    if np.linalg.norm(toward) < 1e-6:
        toward = target.position[:2] - robot.xy
    direct = abs(float(wrap(np.arctan2(toward[1], toward[0]) - robot.yaw)))

    def gap(side: tuple[Array, Array, float]) -> float:
        middle, normal, half = side
        tangent = np.array([-normal[1], normal[0]])
        offset = robot.xy - middle
        along = max(abs(float(offset @ tangent)) - half, 0.0)
        return float(np.hypot(along, offset @ normal))

    _, normal, _ = min(sides(target), key=gap)
    square = abs(float(wrap(np.arctan2(-normal[1], -normal[0]) - robot.yaw)))
    return direct, square


def facing(before: Pose2D | None, robot: Pose2D, target: SceneObject, cfg: CheckCfg) -> Verdict:
    """The robot turned to the target's centre on the spot."""
    toward = target.position[:2] - robot.xy
    error = float(np.degrees(abs(wrap(np.arctan2(toward[1], toward[0]) - robot.yaw))))
    shift = None if before is None else float(np.linalg.norm(robot.xy - before.xy))
    limit = float(np.degrees(cfg.facing_angle))
    details = {"error_deg": round(error, 2), "shift_m": None if shift is None else round(shift, 4)}
    if error > limit:
        return Verdict(Outcome.NOT_DONE, "not_facing", error, limit, "deg", details=details)
    if shift is None:
        return Verdict(Outcome.CANNOT_TELL, "start_not_seen", error, limit, "deg", 0.5, details=details)
    if shift >= cfg.facing_shift:
        return Verdict(Outcome.NOT_DONE, "moved_away", shift, cfg.facing_shift, "m", details=details)
    return Verdict(Outcome.DONE, "facing", error, limit, "deg", details=details)


def still(path: Sequence[Pose2D], cfg: CheckCfg) -> Verdict:
    """The robot stayed where it was; `path` holds at least the first and the last pose.

    The median of three neighbouring looks counts: a single fix may be off by more than a robot that stands moves.
    """
    poses = np.array([[p.x, p.y, path[0].yaw + float(wrap(p.yaw - path[0].yaw))] for p in path])
    if len(poses) >= 5:
        poses = np.median(np.lib.stride_tricks.sliding_window_view(poses, 3, axis=0), axis=-1)
    shift = float(np.linalg.norm(poses[:, :2] - poses[0, :2], axis=1).max())
    turn = float(np.abs(poses[:, 2] - poses[0, 2]).max())
    details = {"shift_m": round(shift, 4), "turn_deg": round(float(np.degrees(turn)), 2), "looks": len(path)}
    if shift >= cfg.still_shift:
        return Verdict(Outcome.NOT_DONE, "moved", shift, cfg.still_shift, "m", details=details)
    if turn >= cfg.still_turn:
        degrees = float(np.degrees(turn))
        return Verdict(Outcome.NOT_DONE, "turned", degrees, float(np.degrees(cfg.still_turn)), "deg", details=details)
    return Verdict(Outcome.DONE, "still", shift, cfg.still_shift, "m", details=details)


def circled(path: Sequence[Pose2D], target: SceneObject, cfg: CheckCfg) -> Verdict:
    """The robot went round the target: winding of its located path about the target's centre."""
    if len(path) < 4:
        return Verdict(Outcome.CANNOT_TELL, "robot_not_seen", float(len(path)), 4.0, "looks", 0.3)
    offset = np.array([p.xy for p in path]) - target.position[:2]
    steps = np.asarray(wrap(np.diff(np.arctan2(offset[:, 1], offset[:, 0]))))
    winding = float(np.degrees(abs(steps.sum())))
    limit = float(np.degrees(cfg.circled_angle))
    gap = float(np.degrees(np.abs(steps).max()))
    details = {"winding_deg": round(winding, 1), "largest_step_deg": round(gap, 1), "looks": len(path)}
    if gap > np.degrees(cfg.circled_gap):
        return Verdict(Outcome.CANNOT_TELL, "path_not_seen", winding, limit, "deg", 0.4, details=details)
    if winding < limit:
        return Verdict(Outcome.NOT_DONE, "not_round", winding, limit, "deg", details=details)
    return Verdict(Outcome.DONE, "circled", winding, limit, "deg", details=details)
