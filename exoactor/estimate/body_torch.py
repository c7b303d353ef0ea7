"""Forward kinematics of the body's 22 joints and of points fixed to them, with analytic Jacobians, all frames at once.

A pose of one frame is a vector of `N_POSE` numbers that may be added to and averaged freely:

====================  =====================================================================================
0..2                  pelvis position in the world [m]
3..5                  pitch, yaw, roll of the pelvis [rad]: R = Rz(yaw) * UPRIGHT * exp(pitch, 0, roll)
6..                   components of the joints' axis-angle vectors named in `DOFS` [rad]
====================  =====================================================================================

Yaw counts turns (it is never wrapped), so heading stays smooth while a person turns round. Hinges have one or two
components; the three spine joints share theirs, and so do neck and head.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from exoactor.types import BODY_JOINTS, Array

_PARENTS = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19)
_LEVELS = ((0,), (1, 2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12, 13, 14), (15, 16, 17), (18, 19), (20, 21))
N_JOINTS = len(BODY_JOINTS)

UPRIGHT = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""SMPL-X body axes (x left, y up, z forward) to a person standing in the world and looking along x."""


@dataclass(frozen=True)
class Dof:
    """One number of the pose.

    Args:
        joints: joints that turn by it.
        axis: component of their axis-angle vectors, 0..2.
        rest: value it returns to when nothing is seen [rad].
        spread: one sigma about `rest` [rad].
        low: least value [rad].
        high: greatest value [rad].
    """

    joints: tuple[str, ...]
    axis: int
    rest: float
    spread: float
    low: float = -3.2
    high: float = 3.2


def _sided(name: str, axis: int, rest: float, spread: float, low: float = -3.2, high: float = 3.2) -> list[Dof]:
    """The same freedom on both sides; the right side mirrors the left one, so components y and z change sign."""
    left = Dof((f"left_{name}",), axis, rest, spread, low, high)
    if axis == 0:
        return [left, Dof((f"right_{name}",), axis, rest, spread, low, high)]
    return [left, Dof((f"right_{name}",), axis, -rest, spread, -high, -low)]


_SPINE, _HEAD = ("spine1", "spine2", "spine3"), ("neck", "head")
DOFS: tuple[Dof, ...] = (
    *_sided("hip", 0, -0.05, 0.5, -2.2, 0.7), *_sided("hip", 1, 0.05, 0.25), *_sided("hip", 2, -0.05, 0.2, -0.9, 0.9),
    *_sided("knee", 0, 0.15, 0.6, 0.0, 2.5),
    *_sided("ankle", 0, 0.0, 0.25, -0.8, 0.7), *_sided("ankle", 1, 0.05, 0.12), *_sided("ankle", 2, 0.0, 0.12),
    Dof(_SPINE, 0, 0.0, 0.08), Dof(_SPINE, 1, 0.0, 0.08), Dof(_SPINE, 2, 0.0, 0.06),
    Dof(_HEAD, 0, 0.0, 0.15), Dof(_HEAD, 1, 0.0, 0.3), Dof(_HEAD, 2, 0.0, 0.12),
    *_sided("collar", 1, 0.0, 0.1), *_sided("collar", 2, 0.0, 0.1),
    *_sided("shoulder", 0, 0.0, 0.8), *_sided("shoulder", 1, 0.0, 0.8), *_sided("shoulder", 2, -1.3, 0.8),
    *_sided("elbow", 0, 0.0, 0.5, -1.6, 1.6), *_sided("elbow", 1, -0.3, 0.8, -2.6, 0.0), *_sided("elbow", 2, 0.0, 0.1),
    *_sided("wrist", 1, 0.0, 0.15), *_sided("wrist", 2, 0.0, 0.15),
)  # fmt: skip
N_POSE = 6 + len(DOFS)


@dataclass(frozen=True)
class RestBody:
    """What the kinematics need of a body model, in its rest pose and axes.

    Args:
        joints: (22, 3) positions with zero shape [m].
        joints_shape: (22, 3, 10) their change with the shape coefficients.
        points: (K, 3) positions of the attached points [m].
        points_shape: (K, 3, 10) their change.
        owner: (K,) joint each point is fixed to.
    """

    joints: Array
    joints_shape: Array
    points: Array
    points_shape: Array
    owner: Array


@dataclass(frozen=True)
class Posed:
    """Result of the kinematics for T frames.

    Args:
        joints: (T, 22, 3) world positions [m].
        frames: (T, 22, 3, 3) world rotations.
        points: (T, K, 3) world positions of the attached points [m].
        by_pose: (T, K, 3, N_POSE) derivative of `points`; empty when it was not asked for.
        by_shape: (T, K, 3, 10) the same by the shape coefficients.
    """

    joints: Tensor
    frames: Tensor
    points: Tensor
    by_pose: Tensor
    by_shape: Tensor


class Kinematics:
    """Poses a body.

    Args:
        body: rest positions.
    """

    def __init__(self, body: RestBody) -> None:
        self._joints = torch.as_tensor(body.joints, dtype=torch.float64)
        self._joints_shape = torch.as_tensor(body.joints_shape, dtype=torch.float64)
        self._points = torch.as_tensor(body.points, dtype=torch.float64)
        self._points_shape = torch.as_tensor(body.points_shape, dtype=torch.float64)
        self._owner = torch.as_tensor(body.owner, dtype=torch.long)
        self._upright = torch.as_tensor(UPRIGHT)
        self._select = _selection()
        moved_by = np.zeros((len(body.owner), N_JOINTS))
        for row, joint in enumerate(body.owner):
            while joint >= 0:
                moved_by[row, joint] = 1.0
                joint = _PARENTS[joint]  # noqa: PLW2901
        self._moved_by = torch.as_tensor(moved_by)

    def __call__(self, pose: Tensor, shape: Tensor, *, jacobian: bool = True) -> Posed:
        """Pose the body.

        Args:
            pose: (T, N_POSE).
            shape: (10,).
            jacobian: whether the derivatives are wanted.
        """
        vectors = joint_vectors(pose)
        local = exp_map(vectors)
        local[:, 0] = yaw_rotation(pose[:, 4]) @ self._upright @ local[:, 0]
        rest = self._joints + self._joints_shape @ shape
        count = len(pose)
        frames = torch.empty(count, N_JOINTS, 3, 3, dtype=torch.float64)
        joints = torch.empty(count, N_JOINTS, 3, dtype=torch.float64)
        frames[:, 0], joints[:, 0] = local[:, 0], pose[:, :3]
        for level in _LEVELS[1:]:
            here = list(level)
            above = [_PARENTS[j] for j in here]
            frames[:, here] = frames[:, above] @ local[:, here]
            joints[:, here] = joints[:, above] + _turn(frames[:, above], rest[here] - rest[above])
        offset = self._points + self._points_shape @ shape - rest[self._owner]
        points = joints[:, self._owner] + _turn(frames[:, self._owner], offset)
        if not jacobian:
            empty = torch.empty(0, dtype=torch.float64)
            return Posed(joints, frames, points, empty, empty)
        by_pose = self._by_pose(vectors, frames, joints, points)
        return Posed(joints, frames, points, by_pose, self._by_shape(frames))

    def _by_pose(self, vectors: Tensor, frames: Tensor, joints: Tensor, points: Tensor) -> Tensor:
        # a small change d of joint j's vector turns all below it by the world vector frames_j Jr d about joints_j
        axes = (frames @ right_jacobian(vectors)).transpose(-1, -2)  # (T, 22, component, xyz)
        axes[:, 0, 1] = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64)  # yaw turns about the world's z
        moment = torch.linalg.cross(joints[:, :, None].expand_as(axes), axes)  # joints x axes
        used = self._moved_by  # (K, 22)
        count, n_points = points.shape[:2]
        flat_axes = axes.flatten(1, 2)  # (T, 66, 3)
        sweep = torch.linalg.cross(flat_axes[:, None], points[:, :, None], dim=-1) + moment.flatten(1, 2)[:, None]
        sweep = sweep * used.repeat_interleave(3, dim=1)[None, :, :, None]
        turning = torch.einsum("tkjx,jd->tkxd", sweep, self._select)
        out = torch.zeros(count, n_points, 3, N_POSE, dtype=torch.float64)
        out[..., :3] = torch.eye(3, dtype=torch.float64)
        out[..., 3:] = turning
        return out

    def _by_shape(self, frames: Tensor) -> Tensor:
        """The pelvis stays where the pose puts it; everything else moves with the bones' lengths."""
        bones = self._joints_shape
        moved = torch.zeros(len(frames), N_JOINTS, 3, 10, dtype=torch.float64)
        for level in _LEVELS[1:]:
            here = list(level)
            above = [_PARENTS[j] for j in here]
            moved[:, here] = moved[:, above] + frames[:, above] @ (bones[here] - bones[above])
        offset = self._points_shape - bones[self._owner]
        return moved[:, self._owner] + frames[:, self._owner] @ offset


def joint_vectors(pose: Tensor) -> Tensor:
    """(T, 22, 3) axis-angle vectors of a pose; row 0 holds the pelvis's tilt only (its yaw is left out)."""
    vectors = (pose[:, 3:] @ _selection().T).reshape(len(pose), N_JOINTS, 3)
    vectors[:, 0, 1] = 0.0
    return vectors


def exp_map(vector: Tensor) -> Tensor:
    """Rotation matrices (..., 3, 3) of axis-angle vectors (..., 3)."""
    angle2 = (vector * vector).sum(-1)[..., None, None]
    angle = angle2.clamp(min=1e-16).sqrt()
    small = angle2 < 1e-8
    a = torch.where(small, 1 - angle2 / 6, angle.sin() / angle)
    b = torch.where(small, 0.5 - angle2 / 24, (1 - angle.cos()) / angle2.clamp(min=1e-16))
    k = cross_matrix(vector)
    return torch.eye(3, dtype=vector.dtype) + a * k + b * (k @ k)


def right_jacobian(vector: Tensor) -> Tensor:
    """(..., 3, 3) with exp(v + d) = exp(v) exp(right_jacobian(v) d) to first order in d."""
    angle2 = (vector * vector).sum(-1)[..., None, None]
    angle = angle2.clamp(min=1e-16).sqrt()
    small = angle2 < 1e-6
    a = torch.where(small, 0.5 - angle2 / 24, (1 - angle.cos()) / angle2.clamp(min=1e-16))
    b = torch.where(small, 1 / 6 - angle2 / 120, (angle - angle.sin()) / (angle2 * angle).clamp(min=1e-16))
    k = cross_matrix(vector)
    return torch.eye(3, dtype=vector.dtype) - a * k + b * (k @ k)


def cross_matrix(vector: Tensor) -> Tensor:
    """Matrices (..., 3, 3) that do what `v x` does, of vectors (..., 3)."""
    x, y, z = vector.unbind(-1)
    zero = torch.zeros_like(x)
    return torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).reshape(*vector.shape[:-1], 3, 3)


def yaw_rotation(yaw: Tensor) -> Tensor:
    """(T, 3, 3) rotations about the world's z by yaw (T,) [rad]."""
    c, s, zero, one = yaw.cos(), yaw.sin(), torch.zeros_like(yaw), torch.ones_like(yaw)
    return torch.stack([c, -s, zero, s, c, zero, zero, zero, one], -1).reshape(-1, 3, 3)


def _turn(frames: Tensor, offset: Tensor) -> Tensor:
    return (frames @ offset[..., None])[..., 0]


def _selection() -> Tensor:
    """(66, N_POSE - 3): which component of which joint each angle of the pose drives."""
    select = torch.zeros(3 * N_JOINTS, N_POSE - 3, dtype=torch.float64)
    select[:3, :3] = torch.eye(3, dtype=torch.float64)
    for column, dof in enumerate(DOFS, start=3):
        for joint in dof.joints:
            select[3 * BODY_JOINTS.index(joint) + dof.axis, column] = 1.0
    return select
