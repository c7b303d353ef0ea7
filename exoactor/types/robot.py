"""The Unitree G1's joints, what its sensors say and what its controllers are told."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from exoactor.types.arrays import Array, checked

_LEG = ("hip_pitch", "hip_roll", "hip_yaw", "knee", "ankle_pitch", "ankle_roll")
_WAIST = ("waist_yaw", "waist_roll", "waist_pitch")
_ARM = (
    "shoulder_pitch", "shoulder_roll", "shoulder_yaw", "elbow",
    "wrist_roll", "wrist_pitch", "wrist_yaw",
)  # fmt: skip

G1_JOINTS: tuple[str, ...] = tuple(
    f"{name}_joint"
    for name in (
        *(f"left_{j}" for j in _LEG),
        *(f"right_{j}" for j in _LEG),
        *_WAIST,
        *(f"left_{j}" for j in _ARM),
        *(f"right_{j}" for j in _ARM),
    )
)
"""The 29 actuated joints in the order of Unitree's and mjlab's MJCF; every (29,) array here uses it."""

_HAND = ("thumb_0", "thumb_1", "thumb_2", "middle_0", "middle_1", "index_0", "index_1")

HAND_JOINTS: tuple[str, ...] = tuple(f"{side}_hand_{name}_joint" for side in ("left", "right") for name in _HAND)
"""The 14 finger joints of a G1 with Dex3 hands, left before right; every (14,) array of fingers uses this order."""

CONTROL_HZ = 50
"""Control steps per second of simulated or real time."""


@dataclass(frozen=True)
class Sensors:
    """One reading of the robot's own sensors, noise included.

    Args:
        time: [s].
        joint_pos: (29,) encoder angles [rad].
        joint_vel: (29,) [rad/s].
        quat: (4,) IMU attitude wxyz; roll and pitch absolute, yaw drifting.
        gyro: (3,) angular velocity in the pelvis frame [rad/s].
        accel: (3,) specific force in the pelvis frame [m/s^2].
        foot_contact: (2,) left, right: pressed on the floor (thresholded ankle load).
        fingers: (14,) angles of `HAND_JOINTS` [rad]; None for a robot whose hands have none.
    """

    time: float
    joint_pos: Array
    joint_vel: Array
    quat: Array
    gyro: Array
    accel: Array
    foot_contact: Array
    fingers: Array | None = None

    def __post_init__(self) -> None:
        for name, n in (("joint_pos", 29), ("joint_vel", 29), ("quat", 4), ("gyro", 3), ("accel", 3)):
            object.__setattr__(self, name, checked(name, getattr(self, name), (n,)))
        if self.fingers is not None:
            object.__setattr__(self, "fingers", checked("fingers", self.fingers, (len(HAND_JOINTS),)))
        object.__setattr__(self, "foot_contact", checked("foot_contact", self.foot_contact, (2,), np.bool_))


@dataclass(frozen=True)
class TrackingCommand:
    """What a whole-body controller is asked for at one control step.

    Args:
        velocity: (2,) forward and left velocity of the pelvis in its own frame [m/s].
        height: pelvis height above the floor [m].
        roll_pitch: (2,) of the pelvis [rad].
        yaw_rate: in the pelvis frame [rad/s].
        joint_pos: (29,) reference angles [rad].
    """

    velocity: Array
    height: float
    roll_pitch: Array
    yaw_rate: float
    joint_pos: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "velocity", checked("velocity", self.velocity, (2,)))
        object.__setattr__(self, "roll_pitch", checked("roll_pitch", self.roll_pitch, (2,)))
        object.__setattr__(self, "joint_pos", checked("joint_pos", self.joint_pos, (29,)))


@dataclass(frozen=True)
class Actuation:
    """Position-servo settings a controller was made for; the robot refuses to run it with others.

    Args:
        kp: (29,) stiffness [Nm/rad].
        kd: (29,) damping [Nms/rad].
        torque_limit: (29,) [Nm].
        default_pos: (29,) standing pose [rad].
        hz: control rate [1/s].
        joint_names: joint order of the arrays above.
    """

    kp: Array
    kd: Array
    torque_limit: Array
    default_pos: Array
    hz: int = CONTROL_HZ
    joint_names: tuple[str, ...] = field(default=G1_JOINTS)

    def __post_init__(self) -> None:
        for name in ("kp", "kd", "torque_limit", "default_pos"):
            object.__setattr__(self, name, checked(name, getattr(self, name), (29,)))
        if tuple(self.joint_names) != G1_JOINTS:
            odd = sorted(set(self.joint_names) ^ set(G1_JOINTS)) or "the same names in another order"
            raise ValueError(f"joint_names differ from the G1's 29 joints: {odd}")
