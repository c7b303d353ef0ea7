"""The outer loops: root through the commanded velocity, wrists and posture through joint targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from exoactor.control.kinematics import ARMS, UPPER_BODY, Kinematics
from exoactor.types import CONTROL_HZ, Array, TrackingCommand
from exoactor.types.rotations import wrap, yaw_matrix

BRAKE = 1.5
"""Who is to stop is asked to go so many times its speed of the last moments against it. Asked for no speed alone it
treads on and drifts for 2 to 4 s; so it stands after 1.2 to 1.8 s."""
BRAKE_OVER = 6
"""Poses that this speed is taken from: a tenth of a second."""


def against(poses: Sequence[Array]) -> tuple[Array, float]:
    """What is asked of a root that is to brake.

    Args:
        poses: its last (3,) poses, one a control step, at most `BRAKE_OVER`.

    Returns:
        (2,) velocity in its heading frame [m/s] and yaw rate [rad/s].
    """
    seconds = max(1, len(poses) - 1) / CONTROL_HZ
    moved, turned = poses[-1][:2] - poses[0][:2], float(wrap(poses[-1][2] - poses[0][2]))
    velocity = np.clip(-BRAKE * yaw_matrix(-poses[-1][2]) @ moved / seconds, -1.0, 1.0)
    return velocity, float(np.clip(-0.5 * BRAKE * turned / seconds, -1.0, 1.0))


@dataclass(frozen=True)
class RootFeedbackCfg:
    """Proportional feedback on the root.

    Args:
        gain: velocity per position error [1/s].
        yaw_gain: yaw rate per heading error [1/s].
        max_velocity: most that is added, each axis [m/s].
        max_yaw_rate: [rad/s].
        rest_band: while the reference stands still, position errors below this are left alone [m].
        rest_yaw_band: the same for the heading [rad].
    """

    gain: float = 2.5
    yaw_gain: float = 2.5
    max_velocity: float = 0.5
    max_yaw_rate: float = 1.0
    rest_band: float = 0.02
    rest_yaw_band: float = 0.03


class RootFeedback:
    """Adds to the commanded velocity what brings the root back to its reference."""

    def __init__(self, cfg: RootFeedbackCfg | None = None) -> None:
        self.cfg = cfg or RootFeedbackCfg()

    def correct(self, command: TrackingCommand, reference: Array, pose: Array, *, resting: bool) -> TrackingCommand:
        """The command with its velocity and yaw rate corrected.

        Args:
            command: of this control step.
            reference: (3,) x, y, yaw the root should have [m, m, rad].
            pose: (3,) the same as estimated.
            resting: the reference stands still; a shuffle of the feet would do more harm than a small error.
        """
        cfg = self.cfg
        error = yaw_matrix(-pose[2]) @ (np.asarray(reference[:2]) - pose[:2])
        turn = float(wrap(reference[2] - pose[2]))
        if resting:
            distance = float(np.hypot(*error))
            error = error * max(0.0, 1 - cfg.rest_band / max(distance, 1e-9))
            turn = float(np.sign(turn)) * max(0.0, abs(turn) - cfg.rest_yaw_band)
        return replace(
            command,
            velocity=command.velocity + np.clip(cfg.gain * error, -cfg.max_velocity, cfg.max_velocity),
            yaw_rate=command.yaw_rate + float(np.clip(cfg.yaw_gain * turn, -cfg.max_yaw_rate, cfg.max_yaw_rate)),
        )


@dataclass(frozen=True)
class PostureFeedbackCfg:
    """Integral feedback on the joints.

    Args:
        gain: of the integral, waist and arms [1/s].
        limit: largest offset of a joint of theirs [rad].
        leg_gain: the same for the legs [1/s].
        leg_limit: [rad].
        leak: what is kept of an offset from one control step to the next.
    """

    gain: float = 1.0
    limit: float = 0.3
    leg_gain: float = 0.4
    leg_limit: float = 0.12
    leak: float = 0.998


class PostureFeedback:
    """Offsets on the joint targets against errors that last: soft servos sag under the arms' weight.

    Args:
        cfg: gains.
        legs: correct them too. Not where `StepFeedback` displaces the feet: the two would work against each other.
    """

    def __init__(self, cfg: PostureFeedbackCfg | None = None, *, legs: bool = True) -> None:
        self.cfg = cfg or PostureFeedbackCfg()
        self._gain, self._limit = (
            np.full(29, of_legs if legs else 0.0) for of_legs in (self.cfg.leg_gain, self.cfg.leg_limit)
        )
        self._gain[UPPER_BODY], self._limit[UPPER_BODY] = self.cfg.gain, self.cfg.limit
        self._offset = np.zeros(29)

    def correct(self, command: TrackingCommand, wanted: Array, joint_pos: Array) -> TrackingCommand:
        """The command with its joint targets corrected.

        Args:
            command: of this control step.
            wanted: (29,) joints of the reference now [rad].
            joint_pos: (29,) the same as measured.
        """
        change = self._gain / CONTROL_HZ * (np.asarray(wanted) - np.asarray(joint_pos))
        self._offset = np.clip(self.cfg.leak * self._offset + change, -self._limit, self._limit)
        return replace(command, joint_pos=command.joint_pos + self._offset)


@dataclass(frozen=True)
class WristFeedbackCfg:
    """Integral feedback on the wrist positions.

    Args:
        gain: of the integral [1/s].
        leak: what is kept of the offset from one control step to the next.
        limit: largest offset of a joint [rad].
        reach: errors are clipped to this [m].
        slow: wrist speed of the reference at which the gain has halved: a swinging arm is left alone [m/s].
        damping: of the pseudo-inverse [m^2].
    """

    gain: float = 3.0
    leak: float = 0.998
    limit: float = 0.6
    reach: float = 0.1
    slow: float = 0.3
    damping: float = 1e-3


class WristFeedback:
    """Offsets on the 14 arm targets that bring the wrists where the reference has them."""

    def __init__(self, cfg: WristFeedbackCfg | None = None) -> None:
        self.cfg = cfg or WristFeedbackCfg()
        self.reset()

    def reset(self) -> None:
        """Forget the offsets."""
        self._offset = np.zeros((2, 7))
        self._last: Array | None = None

    def correct(
        self, command: TrackingCommand, wanted: Array, kinematics: Kinematics, turn: float = 0.0
    ) -> TrackingCommand:
        """The command with its arm angles corrected.

        Args:
            command: of this control step.
            wanted: (2, 3) left and right wrist of the reference in its heading frame [m].
            kinematics: as measured now.
            turn: heading of the reference minus that of the robot [rad]; a pointing arm makes up for it up to 0.15.
        """
        cfg = self.cfg
        speed = np.zeros(2) if self._last is None else np.linalg.norm(wanted - self._last, axis=1) * CONTROL_HZ
        self._last = np.array(wanted)
        target = np.array(wanted)
        target[:, :2] = target[:, :2] @ yaw_matrix(float(np.clip(turn, -0.15, 0.15))).T
        error = np.clip(target - kinematics.wrists(), -cfg.reach, cfg.reach)
        joints = np.array(command.joint_pos)
        for i, jacobian in enumerate(kinematics.wrist_jacobians()):
            gain = cfg.gain / CONTROL_HZ / (1 + (speed[i] / cfg.slow) ** 2)
            change = gain * damped_step(jacobian, error[i], cfg.damping)
            self._offset[i] = np.clip(cfg.leak * self._offset[i] + change, -cfg.limit, cfg.limit)
            joints[ARMS[i]] += self._offset[i]
        return replace(command, joint_pos=joints)


def damped_step(jacobian: Array, error: Array, damping: float) -> Array:
    """(7,) joint angles [rad] that take away an error (N,) [m]: damped pseudo-inverse of an (N, 7) Jacobian."""
    return np.asarray(jacobian.T @ np.linalg.solve(jacobian @ jacobian.T + damping * np.eye(len(error)), error))
