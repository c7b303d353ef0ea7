"""Bending a root path so that it ends where it should and keeps clear of furniture; the start stays."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from exoactor.types import Array, Pose2D, Scene, SceneObject, StageError
from exoactor.types.rotations import wrap, yaw_matrix

_STEP = 0.02
_ROUNDS = 8


def progress(poses: Array) -> Array:
    """(T,) share of the way done at each frame, turns counted with 0.3 m a radian; 0 throughout if nothing moves."""
    step = np.linalg.norm(np.diff(poses[:, :2], axis=0), axis=1) + 0.3 * np.abs(np.diff(poses[:, 2]))
    way = np.concatenate([[0.0], np.cumsum(step)])
    return np.asarray(way / way[-1]) if way[-1] > 1e-6 else np.zeros(len(poses))


def smoothstep(a: Array) -> Array:
    """0 below 0, 1 above 1, smooth between."""
    a = np.clip(a, 0.0, 1.0)
    return np.asarray(a * a * (3 - 2 * a))


def to_goal(poses: Array, goal: Pose2D) -> Array:
    """Bend a path (T, 3) so that it ends at `goal`.

    The shift grows with the distance walked; the heading follows the bent path where the person walks, and what is
    missing at the end is turned over the last third.
    """
    done = progress(poses)
    bent = poses.copy()
    walked = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(poses[:, :2], axis=0), axis=1))])
    share = walked / walked[-1] if walked[-1] > 0.1 else done
    bent[:, :2] += share[:, None] * (goal.xy - poses[-1, :2])
    return turned_along(poses, bent, goal.yaw)


def turned_along(old: Array, new: Array, yaw_at_end: float) -> Array:
    """Headings of `new` (T, 3): those of `old` (T, 3) turned as the way was turned, `yaw_at_end` [rad] at the end."""
    result = new.copy()
    done = progress(old)
    change = _tangent_change(old[:, :2], new[:, :2])
    result[:, 2] = old[:, 2] + change * smoothstep(done / 0.25)
    missing = float(wrap(yaw_at_end - result[-1, 2]))
    if done[-1] > 0:
        result[:, 2] += missing * smoothstep((done - 0.65) / 0.35)
    return result


def _tangent_change(old: Array, new: Array) -> Array:
    """(T,) how much the direction of travel turned from `old` to `new` (T, 2) [rad], smooth; 0 without travel."""
    before, after = np.gradient(old, axis=0), np.gradient(new, axis=0)
    speed = np.minimum(np.linalg.norm(before, axis=1), np.linalg.norm(after, axis=1))
    valid = speed > 0.3 * max(float(speed.max()), 1e-9)
    if speed.max() < 1e-4:
        return np.zeros(len(old))
    angle = wrap(np.arctan2(after[:, 1], after[:, 0]) - np.arctan2(before[:, 1], before[:, 0]))
    frames = np.arange(len(old))
    filled = np.interp(frames, frames[valid], np.unwrap(angle[valid]))
    return np.asarray(gaussian_filter1d(filled, max(2.0, 0.03 * len(old)), mode="nearest"))


def obstacles(scene: Scene) -> list[SceneObject]:
    """Things that stand on the floor and are high enough to stop a foot; the lowest bars are 3 cm."""
    return [o for o in scene.objects if o.position[2] < 0.25 and o.position[2] + o.item.size[2] > 0.02]


def clearance(thing: SceneObject, points: Array) -> Array:
    """Distance of floor points (N, 2) from a footprint [m], negative inside."""
    local = (np.asarray(points) - thing.position[:2]) @ yaw_matrix(thing.yaw)
    beyond = np.abs(local) - thing.item.size[:2] / 2
    outside = np.linalg.norm(np.maximum(beyond, 0.0), axis=1)
    return np.asarray(outside + np.minimum(beyond.max(axis=1), 0.0))


def kept_clear(poses: Array, scene: Scene, distance: float, longest_push: float) -> Array:
    """Push a path (T, 3) sideways out of the things it comes too near to, its ends kept.

    Args:
        poses: x [m], y [m], yaw [rad] per frame.
        scene: what stands around.
        distance: wanted between pelvis and footprints [m]; at the ends as much as they have.
        longest_push: more than this is another way, not this one [m].

    Raises:
        StageError: ("ground", "path_blocked") if it cannot be kept clear.
    """
    xy = poses[:, :2].copy()
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(xy, axis=0), axis=1))])
    if way[-1] < 0.1:
        return poses
    from_ends = np.minimum(way, way[-1] - way)
    standing = obstacles(scene)
    limits = {}
    for thing in standing:
        at_ends = float(clearance(thing, xy[[0, -1]]).min())
        # a stance beside something is closer to it than the way should be; the demand grows with the distance from it
        limits[thing.id] = np.clip(at_ends - 0.02 + np.maximum(from_ends - 0.1, 0.0), -np.inf, distance)
        if clearance(thing, xy[-1:])[0] < 0.12:
            raise StageError("ground", "path_blocked", f"the way would end {_name(thing)}")
    for _ in range(_ROUNDS):
        worst = 0.0
        for thing in standing:
            lacking = limits[thing.id] - clearance(thing, xy)
            worst = max(worst, float(lacking.max()))
            if lacking.max() > 0.01:
                xy = xy + _push(xy, thing, limits[thing.id] + 0.01, way, longest_push)
        if worst <= 0.01:
            break
    tight = [t for t in standing if float((limits[t.id] - clearance(t, xy)).max()) > 0.04]
    if tight or float(np.linalg.norm(xy - poses[:, :2], axis=1).max()) > longest_push:
        blocker = tight[0] if tight else standing[0]
        raise StageError("ground", "path_blocked", f"no way past {_name(blocker)} within {longest_push:g} m")
    if np.abs(xy - poses[:, :2]).max() < 1e-9:
        return poses
    return turned_along(poses, np.column_stack([xy, poses[:, 2]]), float(poses[-1, 2]))


def _push(xy: Array, thing: SceneObject, limit: Array, way: Array, longest: float) -> Array:
    """(T, 2) smooth sideways displacement that takes every frame out of one thing's reach [m]."""
    near = np.flatnonzero(limit > clearance(thing, xy))
    first, last = near[0], near[-1]
    chord = xy[min(last + 1, len(xy) - 1)] - xy[max(first - 1, 0)]
    if np.linalg.norm(chord) < 0.05:
        chord = xy[-1] - xy[0]
    normal = np.array([-chord[1], chord[0]]) / max(float(np.linalg.norm(chord)), 1e-6)
    middle = xy[first : last + 1].mean(axis=0)
    side = -1.0 if (thing.position[:2] - middle) @ normal > 0 else 1.0
    amount = np.zeros(len(xy))
    for _ in range(int(2 * longest / _STEP)):
        short = clearance(thing, xy + (side * amount)[:, None] * normal) < limit
        if not short.any():
            break
        amount[short] += _STEP
    # widened, then smoothed by the same length along the way, so that smoothing takes nothing back where it is needed
    even = np.linspace(0.0, way[-1], 200)
    on_way = np.interp(even, *_increasing(way, amount))
    width = max(3, round(200 * 0.25 / max(way[-1], 0.25)))
    spread = gaussian_filter1d(maximum_filter1d(on_way, 2 * width + 1), width / 2, mode="nearest")
    fade = smoothstep(even / 0.3) * smoothstep((way[-1] - even) / 0.3)
    return np.asarray(np.interp(way, even, spread * fade)[:, None] * side * normal)


def _increasing(way: Array, values: Array) -> tuple[Array, Array]:
    """Samples with strictly growing `way`, the larger value kept where the person stood."""
    unique, index = np.unique(way, return_inverse=True)
    largest = np.full(len(unique), -np.inf)
    np.maximum.at(largest, index, values)
    return unique, largest


def _name(thing: SceneObject) -> str:
    return f"at {thing.id}"
