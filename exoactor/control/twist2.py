"""The interface of TWIST2 (Ze et al. 2025): what its policies observe, what they put out, the servo gains they expect.

The student uses the same command, proprioception and action, so that it can be distilled from a TWIST2 policy.
Numbers are those of github.com/amazon-far/TWIST2 (MIT); all functions accept leading batch axes.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from exoactor.types import Array, Sensors, TrackingCommand
from exoactor.types.rotations import quat_to_rpy
from exoactor.world.g1 import default_actuation

MIMIC: Final = 35
"""Length of the command part: velocity 2, height 1, roll and pitch 2, yaw rate 1, joint angles 29."""

PROPRIO: Final = 92
"""Length of the proprioceptive part: gyro 3, roll and pitch 2, joint angles 29, joint velocities 29, last action 29."""

ACTION_SCALE: Final = 0.5
"""Joint target = default pose + this * action [rad]."""

ACTION_LIMIT: Final = 10.0
"""Actions are clipped to +- this before they become targets."""

GYRO_SCALE: Final = 0.25
VELOCITY_SCALE: Final = 0.05
ANKLES: Final = (4, 5, 10, 11)
"""Joints whose measured velocity the policies do not see (too noisy on the robot)."""


ACTUATION: Final = default_actuation()
"""Gains [Nm/rad, Nms/rad], torque limits [Nm] and default pose [rad] TWIST2 was trained with."""


def mimic(command: TrackingCommand) -> Array:
    """(35,) command part of the observation."""
    return np.concatenate(
        [command.velocity, [command.height], command.roll_pitch, [command.yaw_rate], command.joint_pos]
    )


def proprio(joint_pos: Array, joint_vel: Array, quat: Array, gyro: Array, last_action: Array, default: Array) -> Array:
    """Proprioceptive part of the observation.

    Args:
        joint_pos: (..., 29) [rad].
        joint_vel: (..., 29) [rad/s].
        quat: (..., 4) attitude wxyz; its yaw is not used.
        gyro: (..., 3) pelvis frame [rad/s].
        last_action: (..., 29) what the policy put out one step ago.
        default: (29,) default pose [rad].

    Returns:
        (..., 92).
    """
    velocity = np.array(joint_vel) * VELOCITY_SCALE
    velocity[..., ANKLES] = 0.0
    roll_pitch = quat_to_rpy(quat)[..., :2]
    return np.concatenate([gyro * GYRO_SCALE, roll_pitch, joint_pos - default, velocity, last_action], axis=-1)


def sensed(sensors: Sensors, last_action: Array, default: Array) -> Array:
    """(92,) proprioceptive part from one sensor reading."""
    return proprio(sensors.joint_pos, sensors.joint_vel, sensors.quat, sensors.gyro, last_action, default)
