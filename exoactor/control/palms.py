"""The outer loop on the palms: in the world, so that it makes up for a leaning body, but not against a squeeze."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.transform import Rotation

from exoactor.control.feedback import damped_step
from exoactor.control.kinematics import ARMS, Kinematics
from exoactor.types import CONTROL_HZ, Array, TrackingCommand
from exoactor.types.rotations import yaw_matrix


@dataclass(frozen=True)
class PalmFeedbackCfg:
    """Integral feedback on the palm positions.

    Args:
        gain: of the integral [1/s].
        leak: what is kept of the offset from one control step to the next.
        limit: largest offset of a joint [rad].
        reach: errors are clipped to this [m] ...
        turn: and those of the hands' rotation to this [rad].
        arm: a rotation of the hand counts as so much way a radian [m].
        damping: of the pseudo-inverse [m^2].
        fade: what is kept of the offset from one control step to the next while the hands work on nothing.
    """

    gain: float = 3.0
    leak: float = 0.998
    limit: float = 0.8
    reach: float = 0.1
    turn: float = 0.5
    arm: float = 0.1
    damping: float = 1e-3
    fade: float = 0.96


class PalmFeedback:
    """Offsets on the 14 arm targets that bring the palms where they have to be in the world, turned as they have to be.

    Palms that press are moved together, not against each other, in the direction they press, and are left alone about
    the vertical, where the wrists are at their limit: the integral would wind up against the thing.
    """

    def __init__(self, cfg: PalmFeedbackCfg | None = None) -> None:
        self.cfg = cfg or PalmFeedbackCfg()
        self._offset = np.zeros((2, 7))

    def correct(
        self,
        command: TrackingCommand,
        wanted: Array,
        turns: Array,
        press: Array,
        weight: float,
        pose: Array,
        height: float,
        kinematics: Kinematics,
    ) -> TrackingCommand:
        """The command with its arm angles corrected.

        Args:
            command: of this control step.
            wanted: (2, 3) left and right palm in the world [m].
            turns: (2, 3, 3) rotation of the hands in the world.
            press: (2, 3) unit direction a palm presses in, or 0.
            weight: 0..1 how much the palms are to be brought there.
            pose: (3,) root x [m], y [m], yaw [rad] as estimated.
            height: of the pelvis [m], as estimated.
            kinematics: as measured now.
        """
        cfg = self.cfg
        if weight <= 0.0:
            self._offset *= cfg.fade
        else:
            heading = np.eye(3)
            heading[:2, :2] = yaw_matrix(float(pose[2]))
            root = np.array([pose[0], pose[1], height])
            error = (np.asarray(wanted) - root) @ heading - kinematics.palms()
            along = np.asarray(press) @ heading
            both = error.mean(axis=0)
            error += ((both - error) * along).sum(axis=1, keepdims=True) * along
            error = np.clip(error, -cfg.reach, cfg.reach)
            turn = Rotation.from_matrix(heading.T @ np.asarray(turns) @ kinematics.palm_turns().transpose(0, 2, 1))
            twist = turn.as_rotvec()
            pressing = along.any(axis=1)
            twist[pressing, 2] = 0.0
            error = np.column_stack([error, cfg.arm * np.clip(twist, -cfg.turn, cfg.turn)])
            scale = np.repeat([1.0, cfg.arm], 3)[:, None]
            for i, jacobian in enumerate(kinematics.palm_jacobians()):
                change = weight * cfg.gain / CONTROL_HZ * damped_step(scale * jacobian, error[i], cfg.damping)
                self._offset[i] = np.clip(cfg.leak * self._offset[i] + change, -cfg.limit, cfg.limit)
        joints = np.array(command.joint_pos)
        for arm, offset in zip(ARMS, self._offset, strict=True):
            joints[arm] += offset
        return replace(command, joint_pos=joints)
