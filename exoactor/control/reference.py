"""A motion as a controller is asked for it: commands at the control rate, velocities from smoothed differences."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import binary_dilation, gaussian_filter1d
from scipy.spatial.transform import Rotation

from exoactor.control.kinematics import UPPER_BODY
from exoactor.formats.robot_motion import resampled
from exoactor.types import CONTROL_HZ, Array, RobotMotion, TrackingCommand
from exoactor.types.rotations import quat_to_rpy

SMOOTHING = 2.0
"""Width of the Gaussian over the velocities [control steps]; TWIST2 was trained on velocities smoothed about so."""

FASTEST, FASTEST_TURN = 3.0, 5.0
"""Commanded velocities are clipped to this [m/s, rad/s]: a jump in a clip must not become a command."""

REST_MARGIN = 12
"""The root counts as resting this many control steps before and after it moves; so it is with stepping."""


class Reference:
    """`RobotMotion` resampled to `CONTROL_HZ`.

    Attributes:
        root_pos: (N, 3) [m].
        root_quat: (N, 4) wxyz.
        roll_pitch: (N, 2) [rad].
        yaw: (N,) unwrapped [rad].
        joint_pos: (N, 29) [rad].
        velocity: (N, 3) of the root in its own frame [m/s].
        angular_velocity: (N, 3) of the root in its own frame [rad/s].
        contacts: (N, 2) bool, left and right foot planted.
        resting: (N,) bool: both feet planted and the root still for a while before and after.
        stepping: (N,) bool: a foot is in the air or was or will be within a moment; never without planned contacts.
        settle: the motion's settling cycle in control steps, or None.
        palms: where the palms have to be, or None.
        hand: where one hand has to be, or None.
        servo: the joints are held past the policy.
    """

    def __init__(self, motion: RobotMotion) -> None:
        motion = resampled(motion, CONTROL_HZ)
        count = len(motion)
        rotation = Rotation.from_quat(motion.root_quat, scalar_first=True)
        self.root_pos, self.joint_pos = motion.root_pos, motion.joint_pos
        self.root_quat = rotation.as_quat(scalar_first=True)
        rpy = quat_to_rpy(self.root_quat)
        self.roll_pitch = rpy[:, :2]
        self.yaw = np.unwrap(rpy[:, 2])
        world = gaussian_filter1d(np.gradient(self.root_pos, 1 / CONTROL_HZ, axis=0), SMOOTHING, axis=0)
        self.velocity = np.clip(rotation.inv().apply(world), -FASTEST, FASTEST)
        turn = (rotation[:-1].inv() * rotation[1:]).as_rotvec() * CONTROL_HZ
        spin = gaussian_filter1d(np.vstack([turn, turn[-1:]]), SMOOTHING, axis=0)
        self.angular_velocity = np.clip(spin, -FASTEST_TURN, FASTEST_TURN)
        speed = np.linalg.norm(self.velocity[:, :2], axis=1)
        self.contacts = motion.contacts
        moving = (speed > 0.05) | (np.abs(self.angular_velocity[:, 2]) > 0.1) | ~self.contacts.all(axis=1)
        self.stepping = binary_dilation(~self.contacts.all(axis=1), iterations=REST_MARGIN)
        self.resting = ~binary_dilation(moving, iterations=REST_MARGIN)
        self.palms, self.hand, self.servo = motion.palms, motion.hand, motion.servo
        self.settle: tuple[int, int] | None = None
        if motion.settle is not None:
            first, last = motion.settle
            self.settle = (min(first, count - 2), min(max(last, first + 1), count - 1))

    def __len__(self) -> int:
        return len(self.root_pos)

    @property
    def pose(self) -> Array:
        """(N, 3) root x [m], y [m], yaw [rad]."""
        return np.column_stack([self.root_pos[:, :2], self.yaw])

    def command(self, index: int, lead: int = 0) -> TrackingCommand:
        """What to ask for at control step `index`; beyond the end the last pose, standing.

        Waist and arms are those of `lead` control steps later, to make up for servos that lag; the legs are timed by
        the policy, which then steps and stops where it is shown to.
        """
        over = index >= len(self)
        i = min(max(index, 0), len(self) - 1)
        joints = self.joint_pos[i].copy()
        joints[UPPER_BODY] = self.joint_pos[min(i + lead, len(self) - 1), UPPER_BODY]
        return TrackingCommand(
            velocity=np.zeros(2) if over else self.velocity[i, :2],
            height=float(self.root_pos[i, 2]),
            roll_pitch=self.roll_pitch[i],
            yaw_rate=0.0 if over else float(self.angular_velocity[i, 2]),
            joint_pos=joints,
        )

    def mimic(self) -> Array:
        """(N, 35) all commands in TWIST2's layout."""
        return np.concatenate(
            [
                self.velocity[:, :2],
                self.root_pos[:, 2:3],
                self.roll_pitch,
                self.angular_velocity[:, 2:3],
                self.joint_pos,
            ],
            axis=1,
        )
