"""What really happened, by the simulator: whether an attempt brought about what it was to, for benchmarks alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from exoactor.container import opening
from exoactor.grasp import is_graspable
from exoactor.grip import grip_place, press_axes
from exoactor.passage import along_and_aside, crossed
from exoactor.placing import takes
from exoactor.push import UP_TO, gap_between
from exoactor.stance import distance_to_footprint, nearest_point
from exoactor.types import PASSED, Array, CatalogueItem, Expectation, SceneObject
from exoactor.types.rotations import quat_to_rpy, wrap
from exoactor.world import truth_sitting, truth_wiping
from exoactor.world.g1 import PALM_SIZE
from exoactor.world.truth import TruthTrack

AT_DISTANCE = (0.10, 0.85)
"""`at`: pelvis to footprint [m]."""
AT_BEARING = np.radians(35)
"""`at`: heading against the direction to the nearest point of the footprint [rad]."""
CIRCLED_ANGLE = np.radians(130)
FACING_ANGLE = np.radians(20)
FACING_SHIFT = 0.5
"""`facing`: the robot may have moved by this much [m]."""
POINTING_ANGLE = np.radians(25)
POINTING_REACH = 0.30
"""`pointing`: shoulder to wrist, on the floor plane [m]; the arm is held out."""
HELD_SECONDS = 0.5
WAVE_HEIGHT = 0.0
"""`waved`: wrist above shoulder by at least this [m]."""
WAVE_SWING = 0.04
"""`waved`: level distance between turning points [m]."""
LIFTED_SECONDS = 1.0
"""`lifted`: the robot alone holds it for so long [s], and at the end."""
UPRIGHT_TILT = 10.0
"""`put_down`: the thing was in the robot's hands, and at the end stands upright within this [deg], at rest."""
INSIDE = 0.02
"""`placed` inside: its middle is within this of the opening, from above, and no more than this above the rim [m]."""
BROUGHT = 0.75
"""`carried`: held at the end, so near to what it was brought to, or over it if that has a top for it [m]."""
PUSHED = 0.12
"""`pushed`: the thing went so far in the direction asked for, and no more than half of it or this aside [m]."""
SWEPT = 0.2
"""`swept`: the thing ends so much lower than it stood [m]."""
BEYOND = 0.15
"""`stepped_over`, `ducked_under`: pelvis beyond the middle of the bar [m] ..."""
BAR_SHIFT = 0.05
"""... which stands upright within this of where it stood [m]. Whether it was touched at all is said besides."""
UNTOUCHED = 0.005
"""What was never touched has not moved by this [m]."""
STILL_SHIFT, STILL_TURN = 0.15, np.radians(15)


def happened(
    expectation: Expectation,
    track: TruthTrack,
    objects: Mapping[str, tuple[CatalogueItem, Array, float]],
) -> dict[str, Any]:
    """Whether the expected thing really happened.

    Args:
        expectation: what the skill should have brought about.
        track: the true states of the attempt, at least one sample.
        objects: id -> catalogue item, true position (3,) [m] of the underside's centre, true yaw [rad], at the end.

    Returns:
        {"true": bool, "measured": float, "unit": str}; for lifted also "contact_m", float or None [m].
    """
    if not track.root:
        return {"true": False, "measured": 0.0, "unit": "no motion"}
    if track.fallen:
        return {"true": False, "measured": 0.0, "unit": "fallen"}
    root = np.array(track.root)
    target: SceneObject | None = None
    if expectation.target is not None:
        item, position, yaw = objects[expectation.target]
        target = SceneObject(item, position, yaw, 1.0)
    kind = expectation.kind
    if kind == "still":
        shift = float(np.linalg.norm(root[:, :2] - root[0, :2], axis=1).max())
        turn = float(np.abs(wrap(root[:, 2] - root[0, 2])).max())
        return {"true": bool(shift < STILL_SHIFT and turn < STILL_TURN), "measured": shift, "unit": "m"}
    if kind == "waved":
        sides = [expectation.side] if expectation.side else ["left", "right"]
        best = max(_wave_turns(track, side) for side in sides)
        return {"true": bool(best >= 2), "measured": float(best), "unit": "turning points"}
    if kind == "standing":
        return truth_sitting.standing(track)
    if target is None:
        raise ValueError(f"expectation {kind!r} needs a target")
    if kind == "seated":
        return truth_sitting.seated(track, target)
    if kind == "wiped":
        return truth_wiping.wiped(track, target, expectation)
    if kind in PASSED:
        return _passed(track, target.item)
    on = None if expectation.on is None else SceneObject(*objects[expectation.on], 1.0)
    if expectation.inside and on is not None:
        return _inside(track, target.item, on)
    if kind in ("put_down", "placed"):
        tilt, stands = _stands(track, target.item)
        stands = stands and (on is None or _is_on(_middle(track, target.item), target.item, on))
        return {"true": stands, "measured": tilt, "unit": "deg"}
    if kind == "pushed":
        found = _pushed(track, target.item, expectation.toward)
        there = on is None or gap_between(target, on) <= UP_TO + 0.03
        return {**found, "true": bool(found["true"] and there)}
    if kind == "swept":
        fell = float(track.things[target.id][0][2] - track.things[target.id][-1][2])
        return {"true": bool(fell > SWEPT), "measured": fell, "unit": "m"}
    if kind == "carried":
        if on is None:
            raise ValueError("expectation 'carried' needs to know where to")
        _, still = _held(track, target.id)
        away = distance_to_footprint(on, _middle(track, target.item)[:2])
        return {"true": bool(still and away <= (0.03 if takes(on, target) else BROUGHT)), "measured": away, "unit": "m"}
    if kind == "lifted":
        seconds, still = _held(track, target.id)
        return {
            "true": bool(still and seconds >= LIFTED_SECONDS),
            "measured": seconds,
            "unit": "s",
            "contact_m": _contact_error(track, target.item),
        }
    if kind == "at":
        distance = distance_to_footprint(target, root[-1, :2])
        bearing = abs(float(wrap(_bearing_of_nearest_point(target, root[-1, :2]) - root[-1, 2])))
        true = AT_DISTANCE[0] <= distance <= AT_DISTANCE[1] and bearing <= AT_BEARING
        if expectation.toward is not None:
            true &= abs(float(wrap(root[-1, 2] - expectation.toward))) <= np.pi / 4
        return {"true": bool(true), "measured": distance, "unit": "m"}
    if kind == "circled":
        around = np.unwrap(np.arctan2(*(root[:, :2] - target.position[:2]).T[::-1]))
        swept = float(abs(around[-1] - around[0]))
        return {"true": bool(swept >= CIRCLED_ANGLE), "measured": np.degrees(swept), "unit": "deg"}
    if kind == "facing":
        direction = target.position[:2] - root[-1, :2]
        error = abs(float(wrap(np.arctan2(direction[1], direction[0]) - root[-1, 2])))
        shift = float(np.linalg.norm(root[-1, :2] - root[0, :2]))
        return {
            "true": bool(error <= FACING_ANGLE and shift < FACING_SHIFT),
            "measured": np.degrees(error),
            "unit": "deg",
        }
    return _pointed(track, target, expectation.side)


def _passed(track: TruthTrack, item: CatalogueItem) -> dict[str, Any]:
    """Whether the robot ended beyond a bar, came across it between its ends, and the bar stands where it stood."""
    poses, path = np.array(track.things[item.id]), np.array(track.root)[:, :2]
    first = SceneObject(item, poses[0, :3], float(quat_to_rpy(poses[0, 3:])[2]), 1.0)
    across = crossed(path, first)
    shift = float(np.linalg.norm(poses[-1, :2] - poses[0, :2]))
    up = Rotation.from_quat(poses[-1, 3:], scalar_first=True).as_matrix()[2, 2]
    stands = shift <= BAR_SHIFT and up > np.cos(np.radians(UPRIGHT_TILT))
    beyond = abs(float(along_and_aside(first, path[-1:])[0, 0]))
    true, touched = bool(across is not None and stands and beyond >= BEYOND), float(track.touched.get(item.id, 0.0))
    # a kick may be over between two control steps; that it moved the bar tells
    clean = true and not touched and shift < UNTOUCHED
    return {"true": true, "measured": shift, "unit": "m", "touched_s": touched, "shift_m": shift, "clean": clean}


def _held(track: TruthTrack, id: str) -> tuple[float, bool]:
    """For how long the robot held a thing last [s], and whether it still does."""
    held = np.zeros(len(track.root) + 1, bool)
    held[track.lifted.get(id, [])] = True
    starts, ends = np.flatnonzero(np.diff(np.concatenate([[0], held.astype(int)]))).reshape(-1, 2).T
    if not len(ends):
        return 0.0, False
    return float((ends[-1] - starts[-1]) / track.hz), bool(ends[-1] == len(track.root))


def _stands(track: TruthTrack, item: CatalogueItem) -> tuple[float, bool]:
    """Tilt of a thing at the end [deg], and whether it is upright, at rest and out of the robot's hands.

    A plain box or cylinder has no top: upside down it stands as well.
    """
    id, poses = item.id, np.array(track.things[item.id])
    up = Rotation.from_quat(poses[-1, 3:], scalar_first=True).as_matrix()[2, 2]
    up = abs(up) if item.kind in ("box", "cylinder") else up
    tilt = float(np.degrees(np.arccos(np.clip(up, -1, 1))))
    half_second = round(0.5 * track.hz)
    moved = float(np.linalg.norm(poses[-half_second:, :3] - poses[-1, :3], axis=1).max())
    held = len(track.root) - 1 in track.lifted.get(id, [])
    return tilt, tilt < UPRIGHT_TILT and moved < 0.01 and not held and bool(track.lifted.get(id))


def _inside(track: TruthTrack, item: CatalogueItem, container: SceneObject) -> dict[str, Any]:
    """Whether a thing is in a container at the end, at rest and out of the robot's hands that held it."""
    into, middle = opening(container), _middle(track, item)
    poses, held = np.array(track.things[item.id]), track.lifted.get(item.id, [])
    half_second = round(0.5 * track.hz)
    moved = float(np.linalg.norm(poses[-half_second:, :3] - poses[-1, :3], axis=1).max())
    there = into.distance(middle[:2]) < INSIDE and into.floor < middle[2] < into.rim + INSIDE
    free = bool(held) and len(track.root) - 1 not in held
    return {"true": bool(there and free and moved < 0.01), "measured": float(middle[2] - into.rim), "unit": "m"}


def _pushed(track: TruthTrack, item: CatalogueItem, toward: float | None) -> dict[str, Any]:
    """Whether a thing went that way and stands upright on the level on which it stood."""
    poses = np.array(track.things[item.id])
    went = poses[-1, :3] - poses[0, :3]
    heading = float(np.arctan2(went[1], went[0])) if toward is None else toward
    along = float(went[0] * np.cos(heading) + went[1] * np.sin(heading))
    aside = abs(float(went[1] * np.cos(heading) - went[0] * np.sin(heading)))
    up = Rotation.from_quat(poses[-1, 3:], scalar_first=True).as_matrix()[2, 2]
    upright = bool(np.degrees(np.arccos(np.clip(up, -1, 1))) < UPRIGHT_TILT and abs(went[2]) < 0.03)
    return {
        "true": bool(along >= PUSHED and aside <= max(PUSHED, 0.5 * along) and upright),
        "measured": along,
        "unit": "m",
    }


def _middle(track: TruthTrack, item: CatalogueItem) -> Array:
    """(3,) middle of a thing at the end, however it is tilted [m]."""
    pose = track.things[item.id][-1]
    up = Rotation.from_quat(pose[3:], scalar_first=True).as_matrix()[:, 2]
    return np.asarray(pose[:3] + up * item.size[2] / 2)


def _is_on(middle: Array, item: CatalogueItem, top: SceneObject) -> bool:
    """Whether an upright thing with its middle (3,) there [m] stands on that, and not beside or above it."""
    above = float(middle[2] - item.size[2] / 2 - top.position[2] - top.item.size[2])
    return bool(abs(above) < 0.015 and distance_to_footprint(top, middle[:2]) < 0.01)


def _contact_error(track: TruthTrack, item: CatalogueItem) -> float | None:
    """Mean distance of the palms from where they ought to be on a thing while it is held [m]; None if it never is.

    They ought to be a palm's half thickness off the middles of two opposite sides, at the height of the grip. What one
    hand closes round has no such places: None.
    """
    if is_graspable(item):
        return None
    errors = []
    for sample in track.lifted.get(item.id, []):
        pose = track.things[item.id][sample]
        turn = Rotation.from_quat(pose[3:], scalar_first=True).as_matrix()
        local = (track.palms[sample] - pose[:3]) @ turn
        errors.append(min(_off_grip(local, item, axis) for axis in press_axes(item)))
    return float(np.mean(errors)) if errors else None


def _off_grip(palms: Array, item: CatalogueItem, axis: int) -> float:
    middle, half = grip_place(item, axis)
    wanted = np.tile(middle, (2, 1))
    side = 1.0 if palms[0, axis] > palms[1, axis] else -1.0
    wanted[:, axis] += np.array([side, -side]) * (half + PALM_SIZE[1] / 2)
    return float(np.linalg.norm(palms - wanted, axis=1).mean())


def _wave_turns(track: TruthTrack, side: str) -> int:
    """Turning points of the raised wrist's level motion in the robot's own frame.

    Counted sideways and along the direction in which the wrist moves most, the larger counts; lifting and lowering
    (the first and last two samples) are left out.
    """
    hands, shoulders, root = (np.array(track.hands[side]), np.array(track.shoulders[side]), np.array(track.root))
    raised = hands[:, 2] > shoulders[:, 2] + WAVE_HEIGHT
    delta = hands[:, :2] - root[:, :2]
    c, s = np.cos(root[:, 2]), np.sin(root[:, 2])
    own = np.stack([c * delta[:, 0] + s * delta[:, 1], -s * delta[:, 0] + c * delta[:, 1]], -1)[raised][2:-2]
    if len(own) < 3:
        return 0
    own -= np.median(own, axis=0)
    _, _, axes = np.linalg.svd(own, full_matrices=False)
    return max(_reversals(own[:, 1]), _reversals(own @ axes[0]))


def _reversals(values: Array) -> int:
    """How often a signal turns back by at least `WAVE_SWING`."""
    turns, direction, extreme = 0, 0, float(values[0])
    for value in values[1:]:
        step = float(value) - extreme
        if direction == 0 and abs(step) > WAVE_SWING:
            direction, extreme = int(np.sign(step)), float(value)
        elif direction * step > 0:
            extreme = float(value)
        elif direction and abs(step) > WAVE_SWING:
            turns, direction, extreme = turns + 1, -direction, float(value)
    return turns


def _pointed(track: TruthTrack, target: SceneObject, side: str | None) -> dict[str, Any]:
    centre = target.position + np.array([0.0, 0.0, target.item.size[2] / 2])
    best = 180.0
    for name in [side] if side else ["left", "right"]:
        arm = np.array(track.hands[name]) - np.array(track.shoulders[name])
        toward = centre - np.array(track.shoulders[name])
        angle = np.abs(wrap(np.arctan2(arm[:, 1], arm[:, 0]) - np.arctan2(toward[:, 1], toward[:, 0])))
        angle[np.linalg.norm(arm[:, :2], axis=1) < POINTING_REACH] = np.pi
        window = max(1, round(HELD_SECONDS * track.hz))
        held = [angle[i : i + window].max() for i in range(max(1, len(angle) - window + 1))]
        best = min(best, float(np.degrees(min(held))))
    return {"true": bool(best <= np.degrees(POINTING_ANGLE)), "measured": best, "unit": "deg"}


def _bearing_of_nearest_point(target: SceneObject, point: Array) -> float:
    """World direction from `point` to the nearest point of the footprint [rad]."""
    toward = nearest_point(target, point) - np.asarray(point)
    return float(np.arctan2(toward[1], toward[0]))
