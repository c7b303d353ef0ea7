"""Yaw angles and quaternions in this project's conventions: radians, wxyz, z up."""

from __future__ import annotations

import numpy as np

from exoactor.types.arrays import Array


def wrap(angle: float | Array) -> Array:
    """Angle brought into [-pi, pi) [rad]; works on scalars and arrays."""
    return np.asarray((np.asarray(angle) + np.pi) % (2 * np.pi) - np.pi)


def yaw_matrix(yaw: float) -> Array:
    """2 x 2 rotation by `yaw` [rad], body to world."""
    c, s = np.cos(yaw), np.sin(yaw)
    return np.array([[c, -s], [s, c]])


def yaw_quat(yaw: float) -> Array:
    """Quaternion wxyz of a rotation by `yaw` [rad] about z."""
    return np.array([np.cos(yaw / 2), 0.0, 0.0, np.sin(yaw / 2)])


def quat_multiply(a: Array, b: Array) -> Array:
    """Hamilton product of wxyz quaternions (..., 4)."""
    (aw, ax, ay, az), (bw, bx, by, bz) = _parts(a), _parts(b)
    return _joined(
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    )


def quat_to_rpy(quat: Array) -> Array:
    """Roll, pitch, yaw [rad] (..., 3) of wxyz quaternions (..., 4), R = Rz(yaw) Ry(pitch) Rx(roll)."""
    w, x, y, z = _parts(quat)
    return _joined(
        np.arctan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)),
        np.arcsin(np.minimum(np.maximum(2 * (w * y - z * x), -1.0), 1.0)),
        np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)),
    )


def _parts(quat: Array) -> tuple[Array, Array, Array, Array]:
    quat = np.asarray(quat)
    return quat[..., 0], quat[..., 1], quat[..., 2], quat[..., 3]


def _joined(*parts: Array) -> Array:
    """`np.stack(parts, -1)`, without its checks: these run many times in every control step."""
    joined = np.empty((*np.shape(parts[0]), len(parts)))
    for i, part in enumerate(parts):
        joined[..., i] = part
    return joined


def quat_rotate_inverse(quat: Array, vector: Array) -> Array:
    """World vectors (..., 3) in the body frame of wxyz quaternions (..., 4)."""
    quat, vector = np.asarray(quat), np.asarray(vector)
    w, u = quat[..., :1], quat[..., 1:]
    dot = (u * vector).sum(-1, keepdims=True)
    return np.asarray(vector * (2 * w * w - 1) - 2 * w * np.cross(u, vector) + 2 * u * dot)
