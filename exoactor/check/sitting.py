"""Whether the robot sits on a thing, or stands free of all seats: its pelvis in space, over the last looks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exoactor.check.cfg import CheckCfg
from exoactor.perceive import RgbdPerception
from exoactor.perceive.seated import SeatLook
from exoactor.perceive.template import Template
from exoactor.seat import Seat, seat_facing, seat_under, seats
from exoactor.stance import distance_to_footprint
from exoactor.types import Array, Expectation, Observation, Outcome, Pose2D, Scene, SceneObject, Verdict
from exoactor.types.rotations import yaw_matrix


def check(
    perception: RgbdPerception,
    expectation: Expectation,
    before: Scene,
    frames: Sequence[Observation],
    after: Scene,
    last: Observation,
    cfg: CheckCfg,
) -> Verdict:
    """The verdict on "seated" and "standing"; arguments as of `GeometricVerifier.check`."""
    if expectation.kind == "standing":
        return standing(_looks(perception, (last,), after), after, cfg)
    target = _better(before.get(expectation.target or ""), after.get(expectation.target or ""))
    if target is None or target.confidence < cfg.target_confidence:
        measured = 0.0 if target is None else target.confidence
        return Verdict(Outcome.CANNOT_TELL, "target_not_seen", measured, cfg.target_confidence, "confidence", measured)
    looks = _looks(perception, (*frames[-cfg.seated_frames :], last), after)
    return seated(looks, target, last.time, cfg)


def seated(looks: Sequence[SeatLook], target: SceneObject, now: float, cfg: CheckCfg) -> Verdict:
    """Over the seat, carried by it, upright, knees bent, at rest, hands off, in every look of the last seconds.

    Args:
        looks: those in which the robot was found, oldest first.
        target: what it is to sit on.
        now: time of the last look, whether it was found in it or not [s].
        cfg: thresholds.
    """
    if not looks or looks[-1].time < now - 0.5 or looks[-1].confidence < cfg.robot_confidence:
        return Verdict(Outcome.CANNOT_TELL, "robot_not_seen", confidence=0.3)
    last = looks[-1]
    seat = seat_facing(target, last.pose.yaw, np.pi / 3)
    if seat is None:
        return Verdict(Outcome.NOT_DONE, "not_seated", details={"why": "turned away from every seat of it"})
    recent = [look for look in looks if look.time >= now - cfg.seated_seconds - 0.3]
    place = np.median([look.pose.xy for look in recent[-5:]], axis=0)
    height = float(np.median([look.height for look in recent[-5:]]))
    behind = seat.behind_edge(place)
    balance = seat.behind_edge(np.median([look.balance for look in recent[-5:]], axis=0))
    hands = min(_distance(target, look.arms) for look in recent[-3:])
    moved = _moved(recent)
    details = {
        "behind_edge_m": round(behind, 3),
        "balance_m": round(balance, 3),
        "above_seat_m": round(height - seat.height, 3),
        "lean_deg": round(float(np.degrees(last.lean)), 1),
        "moved_m": round(moved, 3),
        "hands_m": round(hands, 3),
        "looks": len(recent),
    }
    confidence = float(np.median([look.confidence for look in recent]))
    verdict = _judged(seat, place, behind, balance, height, last, hands, moved, cfg)
    if verdict is not None:
        code, measured, limit, unit = verdict
        return Verdict(Outcome.NOT_DONE, code, measured, limit, unit, confidence, details=details)
    seconds = now - recent[0].time
    if len(recent) < cfg.seated_looks or seconds < cfg.seated_seconds - 0.5:
        return Verdict(
            Outcome.CANNOT_TELL, "seen_too_short", seconds, cfg.seated_seconds, "s", confidence, details=details
        )
    if confidence < cfg.unsure_confidence and behind < (1 + cfg.unsure) * cfg.seated_behind:
        return Verdict(
            Outcome.CANNOT_TELL, "unsure_seated", behind, cfg.seated_behind, "m", confidence, details=details
        )
    return Verdict(Outcome.DONE, "seated", behind, cfg.seated_behind, "m", confidence, details=details)


def _judged(
    seat: Seat,
    place: Array,
    behind: float,
    balance: float,
    height: float,
    last: SeatLook,
    hands: float,
    moved: float,
    cfg: CheckCfg,
) -> tuple[str, float, float, str] | None:
    """What speaks against a sit: code, measured, threshold and unit; None if nothing does."""
    low, high = cfg.seated_height
    above = height - seat.height
    if not last.folded or not low <= above <= high or abs(seat.aside(place)) > seat.half_width:
        return "not_seated", above, high, "m"
    if behind > seat.depth:
        return "not_seated", behind, seat.depth, "m"
    if behind < cfg.seated_behind:
        return ("perched" if behind > 0 else "not_seated"), behind, cfg.seated_behind, "m"
    if balance < cfg.seated_balance:
        return "perched", balance, cfg.seated_balance, "m"
    if last.lean > cfg.seated_lean:
        return "slumped", float(np.degrees(last.lean)), float(np.degrees(cfg.seated_lean)), "deg"
    if hands < cfg.seated_hands:
        return "hands_on", hands, cfg.seated_hands, "m"
    if moved > cfg.seated_still:
        return "restless", moved, cfg.seated_still, "m"
    return None


def standing(looks: Sequence[SeatLook], after: Scene, cfg: CheckCfg) -> Verdict:
    """Upright, and free of everything that it could sit on or lean against.

    Args:
        looks: the last one, if the robot was found in it.
        after: the scene perceived in it.
        cfg: thresholds.
    """
    if not looks or after.robot is None:
        return Verdict(Outcome.CANNOT_TELL, "robot_not_seen", confidence=0.3)
    look, robot = looks[-1], after.robot
    near = [distance_to_footprint(thing, robot.xy) for thing in after.objects if seats(thing)]
    free = min(near, default=np.inf)
    details = {"height_m": round(look.height, 3), "free_m": round(float(min(free, 9.0)), 3)}
    confidence = min(look.confidence, after.robot_confidence)
    if look.height < cfg.standing_height or look.folded or seat_under(robot, after.objects) is not None:
        return Verdict(
            Outcome.NOT_DONE, "still_seated", look.height, cfg.standing_height, "m", confidence, details=details
        )
    if free < cfg.standing_free:
        return Verdict(Outcome.NOT_DONE, "too_close", free, cfg.standing_free, "m", confidence, details=details)
    return Verdict(Outcome.DONE, "standing", look.height, cfg.standing_height, "m", confidence, details=details)


def _looks(perception: RgbdPerception, frames: Sequence[Observation], after: Scene) -> list[SeatLook]:
    """The robot in each look in which it is found."""
    found: list[SeatLook] = []
    things = tuple(thing for thing in after.objects if thing.confidence >= 0.5)
    prior = after.robot
    for frame in reversed(frames):
        felt = frame.proprioception.pose
        start = prior if prior is not None else (None if felt is None else Pose2D(*(float(v) for v in felt)))
        look = None if start is None else perception.sitting(frame, start, things)
        if look is not None:
            found.append(look)
            prior = look.pose
    return found[::-1]


def _better(then: SceneObject | None, now: SceneObject | None) -> SceneObject | None:
    """Of two perceptions of a seat the surer one: who sits on it hides it."""
    return max((o for o in (then, now) if o is not None), key=lambda o: o.confidence, default=None)


def _distance(thing: SceneObject, points: Array) -> float:
    """Smallest distance of world points (N, 3) from a thing's parts [m]."""
    local = np.asarray(points) - thing.position
    local[:, :2] = local[:, :2] @ yaw_matrix(thing.yaw)
    return float(Template(thing.item, 8).distance(local)[0].min())


def _moved(looks: Sequence[SeatLook]) -> float:
    """Largest shift of the pelvis between the medians of three neighbouring looks [m]; one look alone may err more."""
    path = np.array([[*look.pose.xy, look.height] for look in looks])
    if len(path) >= 5:
        path = np.median(np.lib.stride_tricks.sliding_window_view(path, 3, axis=0), axis=-1)
    return float(np.linalg.norm(path - path[0], axis=1).max())
