"""How a motion that ends with the palms on something holds it, for the motion that goes on from there."""

from __future__ import annotations

import numpy as np

from exoactor.retarget.wholebody import forward
from exoactor.types import Array, Pose2D, RobotMotion
from exoactor.types.rotations import yaw_matrix


def palms_in_world(motion: RobotMotion, pose: Pose2D) -> tuple[Array, Array]:
    """Palms (2, 3) [m] and press (2, 3) at the end of a motion, in the world, of a robot that stands at `pose`.

    Raises:
        ValueError: the motion does not end with the palms on something.
    """
    palms = motion.palms
    if palms is None or palms.weight[-1] < 1.0:
        raise ValueError("the motion does not end with the palms on something")
    position, press = np.array(palms.position[-1]), np.array(palms.press[-1])
    if palms.frame == "root":
        turn = yaw_matrix(pose.yaw).T
        position[:, :2] = position[:, :2] @ turn + pose.xy
        press[:, :2] = press[:, :2] @ turn
    return position, press


def fingers_down(motion: RobotMotion) -> float:
    """How far the fingers point down at the end of a motion [rad]; what is held turns with them."""
    names = ("left_wrist_yaw_link", "right_wrist_yaw_link")
    _, turns = forward(motion.root_pos[-1:], motion.root_quat[-1:], motion.joint_pos[-1:], names)
    return float(np.arcsin(np.clip(-turns[0, :, 2, 0], -1.0, 1.0)).mean())
