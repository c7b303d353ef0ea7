"""The outer loop on the palms: in the world, so that it makes up for a leaning body, but not against a squeeze."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.transform import Rotation

from exoactor.control.feedback import damped_step
from exoactor.control.kinematics import ARMS, Kinematics
from exoactor.control.reference import Reference
from exoactor.grip import LOW
from exoactor.types import CONTROL_HZ, Array, TargetFrame, TrackingCommand
from exoactor.types.rotations import yaw_matrix

STILL = 0.003
"""Palms whose target moved by less up or down since they began to press are still taking hold [m]."""


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
        close: a pressing hand is turned inwards so far ahead of where it is measured [rad]; times the wrist's 20 Nm/rad
            it pushes the palm against the thing with 4 Nm, whatever the arm does.
        farthest: but no further than this from the reference, should nothing be there [rad].
        closing: time in which that comes on, and off in half of it [s].
        push: carrying, shoulder and elbow push a pressing palm so hard, beside what they are asked for inside the thing
            [N]; with much more than the wrist's torque balances, the forearm's end takes the load.
        taking: time in which the arms are taken from the policy, and given back [s].
        levelled: what is kept of the turn the hands took hold with from one control step to the next, carrying.
    """

    gain: float = 3.0
    leak: float = 0.998
    limit: float = 0.8
    reach: float = 0.1
    turn: float = 0.5
    arm: float = 0.1
    damping: float = 1e-3
    fade: float = 0.96
    close: float = 0.2
    farthest: float = 0.6
    closing: float = 5.0
    push: float = 25.0
    taking: float = 3.0
    levelled: float = 0.98


@dataclass(frozen=True)
class PalmAim:
    """Where the palms have to be at one control step.

    Args:
        position: (2, 3) left and right palm [m].
        turns: (2, 3, 3) rotation of the hands.
        press: (2, 3) unit direction a palm presses in, or 0.
        weight: 0..1 how much the palms are to be brought there.
        frame: of all of these, as of `PalmTargets`.
    """

    position: Array
    turns: Array
    press: Array
    weight: float
    frame: TargetFrame = "world"

    def seen_from(self, pose: Array) -> PalmAim:
        """The same in the frame of a root at `pose` (3,) x [m], y [m], yaw [rad]."""
        if self.frame == "root":
            return self
        heading = np.eye(3)
        heading[:2, :2] = yaw_matrix(float(pose[2]))
        position = (self.position - np.array([pose[0], pose[1], 0.0])) @ heading
        return PalmAim(position, heading.T @ self.turns, self.press @ heading, self.weight, "root")


def palm_aims(reference: Reference) -> list[PalmAim] | None:
    """One a control step; None if the hands work on nothing. The hands are turned as in the reference."""
    palms = reference.palms
    if palms is None:
        return None
    body, heading, aims = Kinematics(), np.eye(3), []
    for i in range(len(reference)):
        body.update(reference.joint_pos[i], reference.root_quat[i])
        if palms.frame == "world":
            heading[:2, :2] = yaw_matrix(float(reference.yaw[i]))
        turns = heading @ body.palm_turns()
        aims.append(PalmAim(palms.position[i], turns, palms.press[i], float(palms.weight[i]), palms.frame))
    return aims


class _Grasp:
    """How hands were turned when they took hold below `LOW`: what is held turns with them, so they stay as they were.

    Deep down they do not come to be turned as in the reference; brought there while they lift, they slip or tilt it.

    Attributes:
        off: (2,) how far they were turned from the reference about the lateral axis [rad].
        pitch: how far the fingers pointed down [rad], or None while nothing is pressed that was taken so low.
    """

    def __init__(self) -> None:
        self.off = np.zeros(2)
        self.pitch: float | None = None
        self._level: float | None = None
        self._moved = False

    def update(self, aim: PalmAim, off: Array, pitch: float) -> None:
        """Remember (2,) `off` and `pitch` of now [rad], until palms that press are moved up or down."""
        if not aim.press.any():
            self.off, self.pitch, self._level, self._moved = np.zeros(2), None, None, False
            return
        height = float(aim.position[:, 2].mean())
        if self._level is None:
            self._level = height
        self._moved = self._moved or abs(height - self._level) > STILL
        if self._level < LOW and not self._moved:
            self.off, self.pitch = np.array(off), pitch


def fingers_down(kinematics: Kinematics) -> float:
    """How far the fingers point down, as measured, both hands' mean [rad]."""
    return float(np.arcsin(np.clip(-kinematics.palm_turns()[:, 2, 0], -1.0, 1.0)).mean())


class PalmFeedback:
    """Offsets on the 14 arm targets that bring the palms where they have to be in the world, turned as they have to be.

    Palms that press are moved together, not against each other, in the direction they press. About the vertical they
    are not brought anywhere: the wrist pushes with an even torque. Without it the forearm's end alone touches the
    thing, which then swings about that point; an integral would wind up against the thing.

    Attributes:
        carrying: what is between pressing palms is walked with; their arms are then taken from the policy.
    """

    def __init__(self, cfg: PalmFeedbackCfg | None = None) -> None:
        self.cfg = cfg or PalmFeedbackCfg()
        self._offset = np.zeros((2, 7))
        self._closed = np.zeros(2)
        self._torque = np.zeros((2, 7))
        self._taken = 0.0
        self._grasp = _Grasp()
        self.carrying = False

    def turned(self, kinematics: Kinematics) -> float:
        """How much further the fingers pointed down when the hands took hold, if low down, than now [rad]; else 0."""
        pitch = self._grasp.pitch
        return 0.0 if pitch is None else pitch - fingers_down(kinematics)

    def correct(
        self, command: TrackingCommand, aim: PalmAim, pose: Array, height: float, kinematics: Kinematics
    ) -> TrackingCommand:
        """The command with its arm angles corrected.

        Args:
            command: of this control step.
            aim: where the palms have to be.
            pose: (3,) root x [m], y [m], yaw [rad] as estimated.
            height: of the pelvis [m], as estimated.
            kinematics: as measured now.
        """
        cfg = self.cfg
        aim = aim.seen_from(pose)
        inward = np.sign(aim.press[:, 1]) * (aim.weight > 0.0)
        step = 1 / (cfg.closing * CONTROL_HZ)
        self._closed = np.clip(self._closed + np.where(inward != 0, step, -2 * step), 0.0, 1.0)
        taking = 1 / (cfg.taking * CONTROL_HZ)
        self._taken = float(np.clip(self._taken + (taking if self.carrying and inward.any() else -taking), 0.0, 1.0))
        self._torque[:] = 0.0
        if aim.weight <= 0.0:
            self._offset *= cfg.fade
        else:
            error = aim.position - np.array([0.0, 0.0, height]) - kinematics.palms()
            along = aim.press
            both = error.mean(axis=0)
            error += ((both - error) * along).sum(axis=1, keepdims=True) * along
            error = np.clip(error, -cfg.reach, cfg.reach)
            twist = Rotation.from_matrix(aim.turns @ kinematics.palm_turns().transpose(0, 2, 1)).as_rotvec()
            pressing = along.any(axis=1)
            twist[pressing, 2] = 0.0
            self._grasp.update(aim, twist[:, 1], fingers_down(kinematics))
            if self.carrying:
                self._grasp.off *= cfg.levelled
            twist[pressing, 1] -= self._grasp.off[pressing]
            error = np.column_stack([error, cfg.arm * np.clip(twist, -cfg.turn, cfg.turn)])
            scale = np.repeat([1.0, cfg.arm], 3)[:, None]
            for i, jacobian in enumerate(kinematics.palm_jacobians()):
                self._torque[i] = cfg.push * along[i] @ jacobian[:3]
                change = aim.weight * cfg.gain / CONTROL_HZ * damped_step(scale * jacobian, error[i], cfg.damping)
                self._offset[i] = np.clip(cfg.leak * self._offset[i] + change, -cfg.limit, cfg.limit)
        joints = np.array(command.joint_pos)
        measured = kinematics.joint_pos
        for i, arm in enumerate(ARMS):
            joints[arm] += self._offset[i]
            yaw = arm.stop - 1
            push = measured[yaw] + inward[i] * cfg.close - joints[yaw]
            joints[yaw] += self._closed[i] * np.clip(push, -cfg.farthest, cfg.farthest)
        return replace(command, joint_pos=joints)

    def direct(self, joint_targets: Array, command: TrackingCommand, stiffness: Array) -> Array:
        """(29,) joint targets, those of arms that carry taken from the command, past the policy, and pushing.

        A policy moves the arms with its steps, and follows them half-way: that shakes what is held loose, and it slides
        out though the palms press more than twice as hard as its weight needs.

        Args:
            joint_targets: (29,) of the policy [rad].
            command: as corrected.
            stiffness: (29,) of the servos [Nm/rad].
        """
        targets = np.array(joint_targets)
        for i, arm in enumerate(ARMS):
            pushing = command.joint_pos[arm] + self._torque[i] / stiffness[arm]
            targets[arm] += self._taken * (pushing - targets[arm])
        return targets
