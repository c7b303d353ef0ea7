"""Waving and pointing, from where the depth images show the arms. No encoder of an arm is read here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from exoactor.check.cfg import CheckCfg
from exoactor.perceive.arms import Arm
from exoactor.types import Array, Outcome, Pose2D, SceneObject, Verdict
from exoactor.types.rotations import wrap

Side = Literal["left", "right"]
SIDES: tuple[Side, ...] = ("left", "right")


@dataclass(frozen=True)
class ArmLook:
    """What one look showed.

    Args:
        time: [s].
        pose: where the robot was located.
        arms: those that could be seen.
    """

    time: float
    pose: Pose2D
    arms: dict[Side, Arm]


def raised(arm: Arm, cfg: CheckCfg) -> bool:
    """The hand is above its shoulder."""
    return bool(arm.hand[2] > arm.shoulder[2] + cfg.wave_above)


def waved(looks: Sequence[ArmLook], side: Side | None, cfg: CheckCfg) -> Verdict:
    """A hand above its shoulder goes to and fro, sideways or ahead.

    A wave of 1.5-2 Hz seen 5 times a second gives two or three looks a swing: neither its frequency nor its
    amplitude can be read off, but a hand that swings changes its direction again and again, and one that is only
    lifted, held or lowered does not. So: turning points larger than the noise, over looks with a raised hand.
    """
    best: tuple[int, float, int, Side] | None = None
    seen = {"left": 0, "right": 0}
    names = (side,) if side else SIDES
    for name in names:
        hands = [(look, look.arms[name]) for look in looks if name in look.arms]
        seen[name] = len(hands)
        high = sum(raised(arm, cfg) for _, arm in hands)
        # At the ends of its swing the hand dips or is half hidden: a lower bar keeps those looks.
        up = [arm.hand[:2] for _, arm in hands if arm.hand[2] > arm.shoulder[2] + 0.3 * cfg.wave_above]
        turns, swing = to_and_fro(np.array(up).reshape(-1, 2), cfg.wave_swing)
        if best is None or (min(high, cfg.wave_looks), turns, high) > (min(best[2], cfg.wave_looks), best[0], best[2]):
            best = (turns, swing, high, name)
    assert best is not None
    turns, swing, count, name = best
    details = {
        "turning_points": turns,
        "swing_m": round(swing, 3),
        "raised_looks": count,
        "side": name,
        "looks": len(looks),
        "arm_seen": seen[name],
    }
    limit = float(cfg.wave_turns)
    if count < cfg.wave_looks:
        hidden = max(_longest_unseen(looks, n) for n in names)
        if len(looks) < cfg.wave_looks or hidden >= cfg.wave_seconds:
            return Verdict(Outcome.CANNOT_TELL, "arm_not_seen", hidden, cfg.wave_seconds, "s", 0.3, (), details)
        return Verdict(
            Outcome.NOT_DONE, "hand_not_raised", float(count), float(cfg.wave_looks), "looks", 0.9, (), details
        )
    if turns >= cfg.wave_turns:
        return Verdict(Outcome.DONE, "waved", float(turns), limit, "turning points", 0.95, (), details)
    return Verdict(Outcome.NOT_DONE, "hand_not_moving", float(turns), limit, "turning points", 0.8, (), details)


def to_and_fro(points: Array, least: float) -> tuple[int, float]:
    """Turning points of a hand's level places (N, 2), sideways or along the direction in which they spread most.

    The spread is taken without the first and last two places, which belong to lifting and lowering the arm.
    """
    if len(points) < 3:
        return 0, 0.0
    inner = points[2:-2] if len(points) >= 8 else points
    _, _, axes = np.linalg.svd(inner - np.median(inner, axis=0), full_matrices=False)
    found = [turning_points(points @ axis, least) for axis in (np.array([0.0, 1.0]), axes[0])]
    return max(found)


def turning_points(values: Array, least: float) -> tuple[int, float]:
    """Number of reversals of at least `least`, and the median swing between them (the whole range if none)."""
    if len(values) < 2:
        return 0, 0.0
    extremes = [float(values[0])]
    direction = 0
    for value in values[1:]:
        step = float(value) - extremes[-1]
        if direction == 0:
            if abs(step) >= least:
                direction = int(np.sign(step))
                extremes.append(float(value))
        elif step * direction > 0:
            extremes[-1] = float(value)
        elif abs(step) >= least:
            direction = -direction
            extremes.append(float(value))
    swings = [abs(b - a) for a, b in pairwise(extremes)]
    turns = max(len(extremes) - 2, 0)
    return turns, float(np.median(swings)) if swings else float(np.ptp(values))


def pointing(looks: Sequence[ArmLook], target: SceneObject, side: Side | None, cfg: CheckCfg) -> Verdict:
    """An outstretched arm held towards the target's centre."""
    centre = target.position + np.array([0.0, 0.0, target.item.size[2] / 2])
    best: tuple[float, float, Side] | None = None
    extended = {"left": 0, "right": 0}
    nearest = {"left": 180.0, "right": 180.0}
    seen = {"left": 0, "right": 0}
    names = (side,) if side else SIDES
    for name in names:
        run: list[tuple[float, float]] = []
        unseen = 0
        for look in looks:
            arm = look.arms.get(name)
            if arm is None:
                # One look without a view of the arm does not end a gesture; two do.
                unseen += 1
                run = run if unseen < 2 else []
                continue
            unseen, seen[name] = 0, seen[name] + 1
            good = arm.extent >= cfg.point_reach
            angle = pointing_error(arm, look.pose, centre) if good else np.pi
            extended[name] += good
            nearest[name] = min(nearest[name], float(np.degrees(angle)))
            run = [*run, (look.time, float(np.degrees(angle)))] if angle <= cfg.point_angle_most else []
            held, error = _steadiest(run, cfg)
            if held > 0 and (best is None or error < best[1]):
                best = (held, error, name)
    limit = float(np.degrees(cfg.point_angle))
    error = min(nearest[n] for n in names)
    details = {
        "looks": len(looks),
        "extended_looks": {n: extended[n] for n in names},
        "arm_seen": {n: seen[n] for n in names},
        "held_s": 0.0 if best is None else round(best[0], 2),
    }
    if best is not None:
        details["side"] = best[2]
        return Verdict(Outcome.DONE, "pointing", best[1], limit, "deg", 0.95, (), details)
    hidden = max(_longest_unseen(looks, n) for n in names)
    if max(extended[n] for n in names) < 2 and hidden >= cfg.point_seconds:
        # Held out straight away from the camera, an arm hides behind its own elbow.
        return Verdict(Outcome.CANNOT_TELL, "arm_not_seen", hidden, cfg.point_seconds, "s", 0.3, (), details)
    if max(extended[n] for n in names) < 2:
        return Verdict(Outcome.NOT_DONE, "arm_not_out", float(max(extended.values())), 2.0, "looks", 0.85, (), details)
    code = "not_held" if error <= limit else "points_elsewhere"
    return Verdict(Outcome.NOT_DONE, code, error, limit, "deg", 0.85, (), details)


def _longest_unseen(looks: Sequence[ArmLook], side: Side) -> float:
    """Longest time without a view of the arm [s]: between the looks that show it, and before and after them."""
    if not looks:
        return 0.0
    shown = [look.time for look in looks if side in look.arms]
    return max(b - a for a, b in pairwise([looks[0].time, *shown, looks[-1].time]))


def _steadiest(run: Sequence[tuple[float, float]], cfg: CheckCfg) -> tuple[float, float]:
    """Duration [s] and mean error [deg] of the latest part of a run that is long and exact enough, else (0, 0)."""
    for first in range(len(run) - 1, -1, -1):
        held = run[-1][0] - run[first][0]
        error = float(np.mean([e for _, e in run[first:]]))
        enough = held >= cfg.point_seconds - 0.05 and len(run) - first >= cfg.point_looks
        if enough and error <= np.degrees(cfg.point_angle):
            return held, error
    return 0.0, 0.0


def pointing_error(arm: Arm, pose: Pose2D, centre: Array) -> float:
    """Angle on the floor plane between the arm and the direction from its shoulder to `centre` (3,) in the world."""
    c, s = np.cos(pose.yaw), np.sin(pose.yaw)

    def world(p: Array) -> Array:
        return np.array([c * p[0] - s * p[1] + pose.x, s * p[0] + c * p[1] + pose.y])

    shoulder, hand = world(arm.shoulder), world(arm.hand)
    along, toward = hand - shoulder, centre[:2] - shoulder
    return abs(float(wrap(np.arctan2(along[1], along[0]) - np.arctan2(toward[1], toward[0]))))
