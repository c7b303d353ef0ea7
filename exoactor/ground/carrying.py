"""Where a video goes in which something is carried: to where the load could be put down, or before a thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from exoactor.grasp import Side, hand_of
from exoactor.ground.following import must_be_near
from exoactor.ground.warp import kept_clear, to_goal
from exoactor.placing import accepts, places_at
from exoactor.types import Array, Contact, Pose2D, Scene, SceneObject, StageError
from exoactor.types.rotations import wrap, yaw_matrix


@dataclass(frozen=True)
class CarryingCfg:
    """Limits of where a load is brought.

    Args:
        distance: a place farther than this from where the video ends is not what it meant [m].
        turn: the same for the heading [rad].
        std: one sigma of the estimated end [m].
        std_turn: the same of its heading [rad].
        reach_on: a thing that moved may be followed by its displacement and this much [m].
        short: the walk ends so far before a top, and small steps do the rest: a load that comes too far is pushed
            against what stands there [m].
        clearance: kept between pelvis and footprints [m].
        longest_push: the path is bent by no more than this to keep clear [m].
        confidence: things perceived with less are nowhere to go to.
    """

    distance: float = 0.6
    turn: float = np.radians(42.0)
    std: float = 0.15
    std_turn: float = np.radians(10.0)
    reach_on: float = 0.4
    short: float = 0.12
    clearance: float = 0.35
    longest_push: float = 0.8
    confidence: float = 0.5


def carried_path(
    aligned: Array, seen: Array, scene: Scene, shown: Scene, contact: Contact, cfg: CarryingCfg
) -> tuple[Array, str | None]:
    """Path now (T, 3), and the id of where it leads.

    Args:
        aligned: path of the video's person from where the robot stands now, x [m], y [m], yaw [rad].
        seen: the same in the scene of the video.
        scene: as perceived now.
        shown: as perceived when the video was imagined.
        contact: what is carried.
        cfg: limits.

    Raises:
        StageError: ("ground", code) with code not_in_hands, target_gone, target_too_far or path_blocked.
    """
    load = shown.get(contact.thing)
    if load is None:
        raise StageError("ground", "not_in_hands", f"{contact.thing} was not seen in the robot's hands")
    around = replace(scene, objects=tuple(o for o in scene.objects if o.id != load.id))
    end, heading = seen[-1], float(seen[0, 2])
    side = hand_of(contact)
    meant_by = _stances(shown, load, heading, end[:2], side, cfg)
    options = [(_sigmas(stance, end, cfg), to, stance) for to, stance in meant_by]
    options = [option for option in options if option[0] is not None]
    if not options:
        return kept_clear(aligned, around, cfg.clearance, cfg.longest_push), None
    _, then, meant = min(options, key=lambda option: float(option[0] or 0.0))
    now = scene.get(then.id)
    if now is None or now.confidence < cfg.confidence:  # the load may hide it by now
        now = then
    turn = float(wrap(now.yaw - then.yaw))
    place = now.position[:2] + yaw_matrix(turn) @ (meant.xy - then.position[:2])
    stances = [p.stance for p in places_at(now, load, heading, place, around.objects, side)]
    near = [s for s in stances if abs(float(wrap(s.yaw - meant.yaw - turn))) < np.pi / 4]
    if not near:
        raise StageError("ground", "path_blocked", f"nothing can be put down at that side of {now.id} any more")
    goal = min(near, key=lambda s: float(np.linalg.norm(s.xy - place)))
    must_be_near(goal, aligned, then, now, cfg.reach_on)
    if accepts(now, load):
        goal = goal.ahead(-cfg.short)
    return kept_clear(to_goal(aligned, goal), around, cfg.clearance, cfg.longest_push), now.id


def _stances(
    scene: Scene, load: SceneObject, heading: float, toward: Array, side: Side | None, cfg: CarryingCfg
) -> Iterator[tuple[SceneObject, Pose2D]]:
    for thing in scene.objects:
        if thing.id != load.id and thing.confidence >= cfg.confidence:
            for place in places_at(thing, load, heading, toward, scene.objects, side):
                yield thing, place.stance


def _sigmas(stance: Pose2D, end: Array, cfg: CarryingCfg) -> float | None:
    """How far a stance is from where the video ends, in sigmas; None if it cannot have been meant."""
    distance = float(np.linalg.norm(stance.xy - end[:2]))
    turn = abs(float(wrap(stance.yaw - end[2])))
    if distance > cfg.distance or turn > cfg.turn:
        return None
    return float(np.hypot(distance / cfg.std, turn / cfg.std_turn))
