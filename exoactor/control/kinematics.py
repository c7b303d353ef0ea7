"""Where the robot's soles, wrists and other points are, from encoders and attitude alone."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import mujoco
import numpy as np

from exoactor.types import Array
from exoactor.types.rotations import quat_multiply, quat_to_rpy, yaw_quat
from exoactor.world.g1 import PALM_CENTRE, g1_spec

SIDES: Final = ("left", "right")
ARMS: Final = (slice(15, 22), slice(22, 29))
"""Left and right arm within the 29 joints."""

UPPER_BODY: Final = slice(12, 29)
"""Waist and arms within the 29 joints."""

SOLE: Final = np.array([[0.12, 0.024, -0.035], [0.12, -0.024, -0.035], [-0.05, 0.018, -0.035], [-0.05, -0.018, -0.035]])
"""Corners of a sole in the ankle-roll frame [m]: ends of the contact capsules, at their underside."""

KEYPOINTS: Final = (
    "left_ankle_roll_link", "right_ankle_roll_link", "left_knee_link", "right_knee_link",
    "left_wrist_yaw_link", "right_wrist_yaw_link", "left_elbow_link", "right_elbow_link", "torso_link",
)  # fmt: skip
"""Bodies whose position counts in the keypoint error."""


@lru_cache(maxsize=1)
def bare_model() -> mujoco.MjModel:
    """The G1 without meshes or floor, for kinematics."""
    return g1_spec(visuals=False).compile()


class Kinematics:
    """Forward kinematics with the pelvis at the origin. Rotations are by attitude without its yaw ("heading frame")."""

    def __init__(self) -> None:
        self.model = bare_model()
        self.data = mujoco.MjData(self.model)
        self._feet = [self.model.body(f"{side}_ankle_roll_link").id for side in SIDES]
        self._wrists = [self.model.body(f"{side}_wrist_yaw_link").id for side in SIDES]
        self._keypoints = [self.model.body(name).id for name in KEYPOINTS]
        self._jacobian = np.zeros((6, self.model.nv))
        self.update(np.zeros(29), np.array([1.0, 0, 0, 0]))

    def update(self, joint_pos: Array, quat: Array) -> None:
        """Take a posture: (29,) joint angles [rad] and the pelvis attitude wxyz, whose yaw is dropped."""
        yaw = float(quat_to_rpy(quat)[2])
        self.data.qpos[:3] = 0.0
        self.data.qpos[3:7] = quat_multiply(yaw_quat(-yaw), quat)
        self.data.qpos[7:36] = joint_pos
        mujoco.mj_kinematics(self.model, self.data)

    @property
    def joint_pos(self) -> Array:
        """(29,) joint angles of the posture taken last [rad]."""
        return np.array(self.data.qpos[7:36])

    def soles(self) -> Array:
        """(2, 4, 3) corners of the left and right sole in the heading frame [m]."""
        rotation = self.data.xmat[self._feet].reshape(2, 3, 3)
        return np.asarray(SOLE @ rotation.transpose(0, 2, 1) + self.data.xpos[self._feet][:, None])

    def feet(self) -> Array:
        """(2, 3) left and right ankle's x, y [m] and heading [rad] in the heading frame."""
        rotation = self.data.xmat[self._feet].reshape(2, 3, 3)
        heading = np.arctan2(rotation[:, 1, 0], rotation[:, 0, 0])
        return np.column_stack([self.data.xpos[self._feet][:, :2], heading])

    def wrists(self) -> Array:
        """(2, 3) left and right wrist in the heading frame [m]."""
        return np.array(self.data.xpos[self._wrists])

    def wrist_jacobians(self) -> Array:
        """(2, 3, 7) derivative of `wrists` by the angles of the same arm [m/rad]."""
        return self._arm_jacobians(self.wrists())[:, :3]

    def palms(self) -> Array:
        """(2, 3) middle of the left and right palm in the heading frame [m]."""
        rotation = self.data.xmat[self._wrists].reshape(2, 3, 3)
        return np.asarray(self.data.xpos[self._wrists] + rotation @ np.array(PALM_CENTRE))

    def palm_turns(self) -> Array:
        """(2, 3, 3) rotation of both hands in the heading frame; x along the fingers, y the palm's normal."""
        return np.array(self.data.xmat[self._wrists].reshape(2, 3, 3))

    def palm_jacobians(self) -> Array:
        """(2, 6, 7) derivative of `palms` [m/rad] and of the hands' rotation by the angles of the same arm."""
        return self._arm_jacobians(self.palms())

    def hand_point(self, side: int, offset: Array) -> tuple[Array, Array, Array]:
        """A point that a hand carries, in the heading frame [m].

        Args:
            side: 0 the left hand, 1 the right.
            offset: (3,) of the point in the wrist_yaw frame [m].

        Returns:
            The point (3,) [m], the hand's rotation (3, 3), and the derivative (6, 7) of both by the arm's angles.
        """
        rotation = self.data.xmat[self._wrists].reshape(2, 3, 3)
        points = np.asarray(self.data.xpos[self._wrists] + rotation @ np.asarray(offset))
        return points[side], rotation[side].copy(), self._arm_jacobians(points)[side]

    def keypoints(self) -> Array:
        """(9, 3) positions of `KEYPOINTS` in the heading frame [m]."""
        return np.array(self.data.xpos[self._keypoints])

    def standing_height(self, joint_pos: Array, quat: Array | None = None) -> float:
        """Height of the pelvis over the lowest corner of the soles in that posture [m]."""
        self.update(joint_pos, np.array([1.0, 0, 0, 0]) if quat is None else quat)
        return float(-self.soles()[..., 2].min())

    def _arm_jacobians(self, points: Array) -> Array:
        """(2, 6, 7) of a point (2, 3) that each hand carries, and of the hand's rotation."""
        mujoco.mj_comPos(self.model, self.data)
        found = np.empty((2, 6, 7))
        for i, (body, arm) in enumerate(zip(self._wrists, ARMS, strict=True)):
            mujoco.mj_jac(self.model, self.data, self._jacobian[:3], self._jacobian[3:], points[i], body)
            found[i] = self._jacobian[:, 6:35][:, arm]
        return found
