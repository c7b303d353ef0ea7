"""Arm angles of the G1 whose upper arm and forearm point where the person's do, in closed form."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.ndimage import gaussian_filter1d

from exoactor.types import Array
from exoactor.types.rotations import wrap

Side = Literal["left", "right"]

_TILT = 0.27929
"""Roll of the shoulder pitch axis about the trunk's x axis [rad]; left positive (G1 MJCF)."""

_UPPER = np.array([0.01578, 0.00624, -0.18372])
"""Shoulder to elbow of the left arm with all shoulder angles at 0 [m] (G1 MJCF)."""

_FORE = np.array([0.184, 0.00189, -0.010])
"""Elbow to wrist of the left arm with the elbow at 0 [m] (G1 MJCF): straight ahead, at right angles to it."""

LIMITS = np.array([[-3.0, 2.6], [-1.5, 2.2], [-2.5, 2.5], [-1.0, 1.43]])
"""Left arm's shoulder pitch, roll, yaw and elbow ranges [rad], within the MJCF's; the elbow stops at straight."""

_STRAIGHT = float(np.arctan2(-_UPPER[2], _UPPER[0]) - np.arctan2(-_FORE[2], _FORE[0]))
"""Elbow angle at which forearm and upper arm are in line [rad]."""


def arm_angles(upper: Array, fore: Array, side: Side, fps: float) -> Array:
    """Shoulder pitch, roll, yaw and elbow (T, 4) [rad] for directions in the trunk's frame.

    Args:
        upper: (T, 3) shoulder to elbow, trunk axes x forward, y left, z up.
        fore: (T, 3) elbow to wrist.
        side: which arm.
        fps: frames per second, for continuity.
    """
    mirror = np.array([1.0, 1.0 if side == "left" else -1.0, 1.0])
    u, f = _unit(np.asarray(upper) * mirror), _unit(np.asarray(fore) * mirror)
    c, s = np.cos(_TILT), np.sin(_TILT)
    tilt = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    hinge = _hinge(u, f, fps) @ tilt
    u, f = u @ tilt, f @ tilt
    bend = np.arctan2(np.linalg.norm(np.cross(u, f), axis=1), (u * f).sum(axis=1))
    elbow = np.clip(_STRAIGHT - bend, *LIMITS[3])
    frame = _frames(u, hinge) @ _frames(_unit(_UPPER)[None], np.array([[0.0, -1.0, 0.0]]))[0].T
    shoulder = _continuous(frame, fps)
    angles = np.column_stack([shoulder[:, 0], shoulder[:, 1] + _TILT, shoulder[:, 2], elbow])
    angles = np.clip(angles, LIMITS[:, 0], LIMITS[:, 1])
    return np.asarray(angles * np.array([1.0, mirror[1], mirror[1], 1.0]))


def arm_directions(angles: Array, side: Side) -> tuple[Array, Array]:
    """Unit vectors shoulder-elbow and elbow-wrist (T, 3) in the trunk's frame; inverse of `arm_angles`."""
    mirror = np.array([1.0, 1.0 if side == "left" else -1.0, 1.0])
    pitch, roll, yaw, elbow = (angles * np.array([1.0, mirror[1], mirror[1], 1.0])).T
    turn = _about(0, np.full(len(angles), _TILT)) @ _about(1, pitch) @ _about(0, roll - _TILT) @ _about(2, yaw)
    return _unit(turn @ _UPPER) * mirror, _unit((turn @ _about(1, elbow)) @ _FORE) * mirror


def kept_off_body(upper: Array, fore: Array, side: Side) -> tuple[Array, Array]:
    """Directions (T, 3) with hanging arms spread so far that the G1's hands pass its hips and thighs."""
    out = 1.0 if side == "left" else -1.0
    upper, fore = _unit(np.asarray(upper)), _unit(np.asarray(fore))

    def spread(direction: Array, least: float) -> Array:
        hanging = np.clip((-direction[:, 2] - 0.3) / 0.4, 0.0, 1.0)
        outward = direction[:, 1] * out
        wanted = np.maximum(outward, outward + hanging * np.maximum(least - outward, 0.0))
        spread_out = direction.copy()
        spread_out[:, 1] = wanted * out
        return _unit(spread_out)

    return spread(upper, 0.16), spread(fore, 0.10)


def _hinge(u: Array, f: Array, fps: float) -> Array:
    """(T, 3) axis the forearm turns about; where the arm is straight, as if swung up from hanging."""
    axis = np.cross(u, f)
    # -y of the trunk carried along by the shortest turn from hanging to u
    down, prior = np.array([0.0, 0.0, -1.0]), np.array([0.0, -1.0, 0.0])
    cross, dot = np.cross(down, u), u @ down
    carried = (
        prior + np.cross(cross, prior) + np.cross(cross, np.cross(cross, prior)) / np.maximum(1 + dot, 0.05)[:, None]
    )
    bent = np.linalg.norm(axis, axis=1)
    mixed = axis + np.maximum(0.3 - bent, 0.0)[:, None] * _unit(carried)
    return np.asarray(gaussian_filter1d(mixed, 0.06 * fps, axis=0, mode="nearest"))


def _frames(first: Array, second: Array) -> Array:
    """(T, 3, 3) columns: `first`, the part of `second` at right angles to it, and their cross product."""
    a = _unit(first)
    b = _unit(second - (a * second).sum(axis=1, keepdims=True) * a)
    return np.stack([a, b, np.cross(a, b)], axis=-1)


def _continuous(frame: Array, fps: float) -> Array:
    """(T, 3) angles of Ry Rx Rz, the branch that stays within limits and jumps least."""
    pitch = np.arctan2(frame[:, 0, 2], frame[:, 2, 2])
    roll = np.arcsin(np.clip(-frame[:, 1, 2], -1, 1))
    yaw = np.arctan2(frame[:, 1, 0], frame[:, 1, 1])
    branches = np.stack(
        [np.column_stack([pitch, roll, yaw]), np.column_stack([wrap(pitch + np.pi), np.pi - roll, wrap(yaw + np.pi)])]
    )
    limits = LIMITS[:3] - np.array([[0.0], [_TILT], [0.0]])
    over = np.maximum(branches - limits[:, 1], 0) + np.maximum(limits[:, 0] - branches, 0)
    result = np.empty((len(frame), 3))
    last = np.array([0.0, 0.0, 0.0])
    for i in range(len(frame)):
        jump = np.abs(wrap(branches[:, i] - last)).sum(axis=1)
        result[i] = branches[np.argmin(jump + 8.0 * over[:, i].sum(axis=1)), i]
        last = result[i]
    return result


def _about(axis: int, angle: Array) -> Array:
    """(T, 3, 3) rotations about x, y or z."""
    c, s = np.cos(angle), np.sin(angle)
    turn = np.zeros((len(angle), 3, 3))
    i, j = (axis + 1) % 3, (axis + 2) % 3
    turn[:, axis, axis] = 1
    turn[:, i, i] = turn[:, j, j] = c
    turn[:, i, j], turn[:, j, i] = -s, s
    return turn


def _unit(vector: Array) -> Array:
    return np.asarray(vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-9))
