"""The plain alternative: SMPL-X joint angles read off as G1 joint angles, root path and timing as they are."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from exoactor.body import BODY_TO_WORLD
from exoactor.types import BODY_JOINTS, Array, HumanMotion

_AXES = Rotation.from_matrix(BODY_TO_WORLD)


def body_angles(motion: HumanMotion) -> Array:
    """(T, 15) G1 leg and waist angles [rad] read off the body pose, without limits.

    Hips as pitch, roll, yaw; knees and ankles by their bend; the waist takes the three spine joints together.
    """
    columns: list[Array] = []
    for side in ("left", "right"):
        columns += list(_of(motion, f"{side}_hip").as_euler("YXZ").T)
        columns.append(_of(motion, f"{side}_knee").as_euler("YXZ")[:, 0])
        columns += list(_of(motion, f"{side}_ankle").as_euler("YXZ")[:, :2].T)
    spine = _of(motion, "spine1") * _of(motion, "spine2") * _of(motion, "spine3")
    columns += list(spine.as_euler("ZXY").T)
    return np.column_stack(columns)


def pelvis_rotation(motion: HumanMotion) -> Rotation:
    """Pelvis in the world with the robot's axes: x forward, y left, z up."""
    return Rotation.from_rotvec(np.array(motion.global_orient)) * _AXES.inv()


def _of(motion: HumanMotion, joint: str) -> Rotation:
    """Parent-relative rotation of one joint, in axes x forward, y left, z up."""
    local = Rotation.from_rotvec(np.array(motion.body_pose[:, BODY_JOINTS.index(joint) - 1]))
    return _AXES * local * _AXES.inv()
