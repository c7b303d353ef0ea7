"""Which thing the person in the video goes to, goes round, faces or points at: from the motion and the scene alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from exoactor.stance import distance_to_footprint, stances, support_of
from exoactor.types import Array, Pose2D, Scene, SceneObject
from exoactor.types.rotations import wrap, yaw_matrix


@dataclass(frozen=True)
class TargetCfg:
    """Limits of target inference.

    Args:
        distance: a stance farther than this from where the video ends is not what it meant [m].
        turn: the same for the heading [rad].
        sure_distance: within this and `sure_turn` the end alone decides, even if the way led round something [m].
        sure_turn: see `sure_distance` [rad].
        std_along_ray: one sigma of the estimated end along the camera's ray [m].
        std_across: the same across it [m].
        std_yaw: one sigma of the estimated heading [rad].
        elsewhere: penalty of a place on a side that is not the one nearest to the start [sigma].
        room: a stance nearer than this to any footprint has no room for a robot [m].
        winding: a path that sweeps more than this about a thing goes round it [rad].
        bow: such a path also deviates by this from its chord [m].
        facing: turning on the spot ends within this of the direction of a thing's centre [rad].
        facing_tie: two things closer than this in error leave the turn as it is [rad].
        std_hand_along_view: one sigma of the hand against the shoulder along the camera's view [m]; one camera
            hardly sees whether an arm points towards it or away.
        std_hand_across: the same across the view [m].
        std_ahead: one sigma of what people point at against their heading [rad].
        over: an arm may be held higher than a thing by this much and still point at it; people point over what is
            near or low [rad].
        pointing: farthest a thing may be from what the arm shows [sigma].
        confidence: things perceived with less are no targets.
    """

    distance: float = 0.6
    turn: float = np.radians(42.0)
    sure_distance: float = 0.35
    sure_turn: float = np.radians(22.0)
    std_along_ray: float = 0.20
    std_across: float = 0.09
    std_yaw: float = np.radians(10.0)
    elsewhere: float = 1.5
    room: float = 0.2
    winding: float = np.radians(140.0)
    bow: float = 0.3
    facing: float = np.radians(20.0)
    facing_tie: float = np.radians(2.0)
    std_hand_along_view: float = 0.35
    std_hand_across: float = 0.08
    std_ahead: float = np.radians(20.0)
    over: float = np.radians(40.0)
    pointing: float = 3.0
    confidence: float = 0.5


@dataclass(frozen=True)
class Approach:
    """A stance the video may have meant.

    Args:
        target: id of the thing.
        side: heading of the stance against the yaw of the thing, or of what it stands on [rad]; names the side.
        pose: the stance.
        distance: from where the video ends [m].
        turn: the same of the heading [rad].
        score: distance in sigmas of the estimate.
        elsewhere: not the point of its side that is nearest to the start, but to where the video ends.
    """

    target: str
    side: float
    pose: Pose2D
    distance: float
    turn: float
    score: float
    elsewhere: bool


def things(scene: Scene, cfg: TargetCfg) -> list[SceneObject]:
    """Things seen well enough to be a target."""
    return [o for o in scene.objects if o.confidence >= cfg.confidence]


def approaches(end: Pose2D, start: Pose2D, scene: Scene, cfg: TargetCfg) -> list[Approach]:
    """Stances near where the video ends, best first.

    Args:
        end: estimated end of the path in the frame of `scene`.
        start: where the path starts.
        scene: what the video shows.
        cfg: limits.
    """
    found = []
    away = end.xy - scene.camera.position[:2]
    ray = away / max(float(np.linalg.norm(away)), 1e-6)
    for thing in things(scene, cfg):
        for pose, penalty in _stances_at(thing, scene, start.xy, end.xy, cfg):
            error = pose.xy - end.xy
            along = float(error @ ray)
            across = float(error @ np.array([-ray[1], ray[0]]))
            turn = float(wrap(pose.yaw - end.yaw))
            distance = float(np.linalg.norm(error))
            if distance > cfg.distance or abs(turn) > cfg.turn or not _has_room(pose, scene, cfg):
                continue
            sigmas = (along / cfg.std_along_ray, across / cfg.std_across, turn / cfg.std_yaw)
            score = float(np.linalg.norm(sigmas)) + penalty
            carrier = support_of(thing, scene.objects) or thing
            found.append(
                Approach(thing.id, float(wrap(pose.yaw - carrier.yaw)), pose, distance, turn, score, penalty > 0)
            )
    return sorted(found, key=lambda a: a.score)


def stance_now(approach: Approach, scene: Scene, seen_from: Array, then: SceneObject | None = None) -> Pose2D:
    """The same side's stance where the thing stands in `scene`, aimed from `seen_from` (2,) [m].

    A thing that now stands on something else is approached from that. Where the stance was `elsewhere`, it goes
    along with the thing from where it was `then`.
    """
    thing = scene.get(approach.target)
    assert thing is not None
    if approach.elsewhere and then is not None:
        turn = thing.yaw - then.yaw
        place = thing.position[:2] + yaw_matrix(turn) @ (approach.pose.xy - then.position[:2])
        return Pose2D(float(place[0]), float(place[1]), float(wrap(approach.pose.yaw + turn)))
    carrier = support_of(thing, scene.objects)
    options = stances(thing, seen_from) if carrier is None else stances(carrier, thing.position[:2])
    yaw = (carrier or thing).yaw
    return min(options, key=lambda p: abs(float(wrap(p.yaw - yaw - approach.side))))


def _stances_at(
    thing: SceneObject, scene: Scene, start: Array, end: Array, cfg: TargetCfg
) -> Iterator[tuple[Pose2D, float]]:
    """Stances that are "at" a thing, each with the penalty of being the less likely reading [sigma]."""
    carrier = support_of(thing, scene.objects)
    if carrier is not None:
        yield from ((pose, 0.0) for pose in stances(carrier, thing.position[:2]))
        return
    yield from ((pose, 0.0) for pose in stances(thing, start))
    yield from ((pose, cfg.elsewhere) for pose in stances(thing, end))


def _has_room(pose: Pose2D, scene: Scene, cfg: TargetCfg) -> bool:
    """Whether a robot fits there."""
    return all(distance_to_footprint(o, pose.xy) >= cfg.room for o in scene.objects if o.position[2] < 0.25)


def circled(xy: Array, scene: Scene, cfg: TargetCfg) -> str | None:
    """Id of the thing the path (T, 2) [m] goes round, or None."""
    chord = xy[-1] - xy[0]
    length = float(np.linalg.norm(chord))
    across = np.array([-chord[1], chord[0]]) / length if length > 0.3 else None
    best: tuple[float, str] | None = None
    for thing in things(scene, cfg):
        delta = xy - thing.position[:2]
        angle = np.unwrap(np.arctan2(delta[:, 1], delta[:, 0]))
        sweep = float(abs(angle[-1] - angle[0]))
        if sweep < cfg.winding:
            continue
        if across is not None and sweep < 1.5 * np.pi:
            # passing close by sweeps much too; going round bends away from the thing
            offset = (xy - xy[0]) @ across
            bow = float(offset[np.argmax(np.abs(offset))])
            side = float((thing.position[:2] - xy[0]) @ across)
            if abs(bow) < cfg.bow or bow * (bow - side) <= 0:
                continue
        nearness = float(np.linalg.norm(delta, axis=1).mean())
        score = sweep - nearness
        if best is None or score > best[0]:
            best = (score, thing.id)
    return best[1] if best else None


def faced(end: Pose2D, scene: Scene, cfg: TargetCfg) -> tuple[str, float] | None:
    """Thing that someone at `end` faces: id and the turn [rad] that makes it exact; None if none or two tie."""
    errors = []
    for thing in things(scene, cfg):
        delta = thing.position[:2] - end.xy
        if np.linalg.norm(delta) > 0.2:
            errors.append((float(wrap(np.arctan2(delta[1], delta[0]) - end.yaw)), thing.id))
    errors.sort(key=lambda e: abs(e[0]))
    if not errors or abs(errors[0][0]) > cfg.facing:
        return None
    if len(errors) > 1:
        first, second = errors[0][0], errors[1][0]
        apart = abs(float(wrap(first - second)))
        if abs(second) - abs(first) < cfg.facing_tie and apart > np.radians(8.0):
            return None
    return errors[0][1], errors[0][0]


def pointed_at(shoulder: Array, arm: Array, heading: float, scene: Scene, cfg: TargetCfg) -> str | None:
    """Id of the thing a straight arm points at, or None.

    For each thing it is asked where the hand would be if the arm pointed at the thing's centre, and how far the
    estimated hand is from there.

    Args:
        shoulder: (3,) place [m].
        arm: (3,) from shoulder to wrist, as long as the arm [m].
        heading: of the person [rad].
        scene: what the video shows.
        cfg: limits.
    """
    view = shoulder - scene.camera.position
    view = view / max(float(np.linalg.norm(view)), 1e-6)
    best: tuple[float, str] | None = None
    for thing in things(scene, cfg):
        ray = centre(thing) - shoulder
        distance = float(np.linalg.norm(ray))
        if distance < 0.1:
            continue
        ray, distance = _raised(ray, arm, cfg.over)
        error = np.linalg.norm(arm) * ray / distance - arm
        along = float(error @ view)
        across = float(np.linalg.norm(error - along * view))
        aside = float(wrap(np.arctan2(ray[1], ray[0]) - heading))
        score = float(
            np.linalg.norm([along / cfg.std_hand_along_view, across / cfg.std_hand_across, aside / cfg.std_ahead])
        )
        if score <= cfg.pointing and (best is None or score < best[0]):
            best = (score, thing.id)
    return best[1] if best else None


def _raised(ray: Array, arm: Array, most: float) -> tuple[Array, float]:
    """The ray lifted to the arm's elevation by at most `most` [rad], never lowered; and its length [m]."""
    level = max(float(np.linalg.norm(ray[:2])), 1e-3)
    own = float(np.arctan2(ray[2], level))
    held = float(np.arctan2(arm[2], np.linalg.norm(arm[:2])))
    lifted = np.array([ray[0], ray[1], level * np.tan(np.clip(held, own, min(own + most, 1.4)))])
    return lifted, float(np.linalg.norm(lifted))


def centre(thing: SceneObject) -> Array:
    """(3,) middle of a thing [m]."""
    return np.asarray(thing.position + np.array([0.0, 0.0, thing.item.size[2] / 2]))
