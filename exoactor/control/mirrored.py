"""A controller on the robot's mirror image: what it does well with one foot first it does as well with the other.

The G1 is the same on both sides; a trained network is not quite. Asked to step over something it clears 2 cm more with
its right foot first than with its left. Seen in a mirror, left first is right first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from exoactor.types import G1_JOINTS, Actuation, Array, Controller, Sensors, TrackingCommand


def _other_side(name: str) -> str:
    if name.startswith("left_"):
        return name.replace("left_", "right_", 1)
    return name.replace("right_", "left_", 1)


_SWAP: Final = np.array([G1_JOINTS.index(_other_side(name)) for name in G1_JOINTS])
_SIGN: Final = np.array([-1.0 if "_roll" in name or "_yaw" in name else 1.0 for name in G1_JOINTS])
"""Angles about the axes that point ahead and up turn the other way in a mirror."""


def mirrored_joints(joints: Array) -> Array:
    """(29,) the angles of the mirror image [rad]; twice mirrored they are what they were."""
    return np.asarray(np.asarray(joints)[_SWAP] * _SIGN)


class Mirrored:
    """Runs a controller on mirrored sensors and commands, and mirrors what it says. Implements `Controller`.

    Args:
        controller: whose servo settings are the same on both sides.
    """

    def __init__(self, controller: Controller) -> None:
        self.controller = controller
        self.name = f"{controller.name}, mirrored"
        self.actuation: Actuation = controller.actuation

    def reset(self) -> None:
        """Forget the past."""
        self.controller.reset()

    def act(self, sensors: Sensors, command: TrackingCommand) -> Array:
        """(29,) joint position targets [rad]."""
        return mirrored_joints(self.controller.act(mirrored_sensors(sensors), mirrored_command(command)))


def mirrored_sensors(sensors: Sensors) -> Sensors:
    """What the mirror image would sense, its fingers left out."""
    return replace(
        sensors,
        joint_pos=mirrored_joints(sensors.joint_pos),
        joint_vel=mirrored_joints(sensors.joint_vel),
        quat=sensors.quat * np.array([1.0, -1.0, 1.0, -1.0]),
        gyro=sensors.gyro * np.array([-1.0, 1.0, -1.0]),
        accel=sensors.accel * np.array([1.0, -1.0, 1.0]),
        foot_contact=sensors.foot_contact[::-1].copy(),
        fingers=None,
    )


def mirrored_command(command: TrackingCommand) -> TrackingCommand:
    """What is asked of the mirror image."""
    return TrackingCommand(
        velocity=command.velocity * np.array([1.0, -1.0]),
        height=command.height,
        roll_pitch=command.roll_pitch * np.array([-1.0, 1.0]),
        yaw_rate=-command.yaw_rate,
        joint_pos=mirrored_joints(command.joint_pos),
    )
