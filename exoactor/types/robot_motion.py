"""What the robot is to do, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from exoactor.types.arrays import Array, checked
from exoactor.types.robot import CONTROL_HZ, G1_JOINTS
from exoactor.types.targets import HandTargets, PalmTargets

if TYPE_CHECKING:
    from pathlib import Path

    from exoactor.types.camera import Observation


@dataclass(frozen=True)
class RobotMotion:
    """Reference for the controller, in the world frame.

    Args:
        root_pos: (T, 3) pelvis [m].
        root_quat: (T, 4) wxyz.
        joint_pos: (T, 29) [rad], order `G1_JOINTS`.
        contacts: (T, 2) bool, left and right foot planted.
        fps: frames per second.
        settle: [first, last) frame of a stepping-in-place cycle that the tracker may repeat until
            the root is where it should be, or skip; None if the motion does not walk.
        palms: where the palms have to be, or None if the hands work on nothing.
        hand: where a hand with fingers has to be, or None if none works alone.
        servo: the joints are held where they are shown, past the policy: for a body that rests on a seat. A policy that
            balances on its feet would go on stepping and pushing there.
    """

    root_pos: Array
    root_quat: Array
    joint_pos: Array
    contacts: Array
    fps: float = CONTROL_HZ
    settle: tuple[int, int] | None = None
    palms: PalmTargets | None = None
    hand: HandTargets | None = None
    servo: bool = False

    def __post_init__(self) -> None:
        n = len(self.root_pos)
        if n < 2:
            raise ValueError(f"a motion needs at least 2 frames, {n} given")
        object.__setattr__(self, "root_pos", checked("root_pos", self.root_pos, (n, 3)))
        quat = checked("root_quat", self.root_quat, (n, 4))
        if not np.allclose(np.linalg.norm(quat, axis=1), 1.0, atol=1e-3):
            raise ValueError("root_quat: not unit quaternions")
        object.__setattr__(self, "root_quat", quat)
        object.__setattr__(self, "joint_pos", checked("joint_pos", self.joint_pos, (n, 29)))
        object.__setattr__(self, "contacts", checked("contacts", self.contacts, (n, 2), np.bool_))
        if self.settle is not None and not 0 <= self.settle[0] < self.settle[1] <= n:
            raise ValueError(f"settle: {self.settle} given, frames within 0..{n} wanted")
        if self.palms is not None and len(self.palms.weight) != n:
            raise ValueError(f"palms: {len(self.palms.weight)} frames given, {n} wanted")
        if self.hand is not None and len(self.hand.weight) != n:
            raise ValueError(f"hand: {len(self.hand.weight)} frames given, {n} wanted")

    def __len__(self) -> int:
        return len(self.root_pos)

    @property
    def seconds(self) -> float:
        """Duration [s]."""
        return (len(self) - 1) / self.fps

    joint_names = G1_JOINTS


@dataclass(frozen=True)
class Rollout:
    """What came of tracking a motion, as the robot itself knows it (no ground truth).

    Args:
        fps: frames per second of the arrays.
        joint_pos: (T, 29) encoder angles [rad].
        pose: (T, 3) estimated root x, y, yaw [m, m, rad].
        reference: (T, 3) the same of the reference that was asked for.
        fell: pelvis low or tilted by IMU, or the camera saw it lying.
        seconds: simulated or real duration [s].
        frames: RGB-D looks taken on the way, oldest first (a few a second).
        video: rollout.mp4, or None when no recording was asked for.
        metrics: joint_error_deg, keypoint_error_mm, root_error_mm (against the estimate), real_time_factor.
        targets: (29,) joint targets that were sent last, from which the servos go on [rad]; None if there were none.
    """

    fps: float
    joint_pos: Array
    pose: Array
    reference: Array
    fell: bool
    seconds: float
    frames: tuple[Observation, ...] = ()
    video: Path | None = None
    metrics: dict[str, Any] = field(default_factory=dict)
    targets: Array | None = None

    def __post_init__(self) -> None:
        n = len(self.joint_pos)
        object.__setattr__(self, "joint_pos", checked("joint_pos", self.joint_pos, (n, 29)))
        object.__setattr__(self, "pose", checked("pose", self.pose, (n, 3)))
        object.__setattr__(self, "reference", checked("reference", self.reference, (n, 3)))
