"""Steps that go where the feedback wants to: the legs of the reference are re-solved with the feet displaced.

A whole-body policy follows the legs it is shown more than the velocity it is told: shown steps in place, it hardly
moves however large the commanded velocity is. So the wanted extra velocity is also put into the feet: a planted foot
goes back under the moving pelvis, a swinging one goes ahead by half of what the pelvis covers while it then stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import mujoco
import numpy as np

from exoactor.control.kinematics import SIDES, Kinematics
from exoactor.control.reference import Reference
from exoactor.types import CONTROL_HZ, Array, TrackingCommand
from exoactor.types.rotations import wrap, yaw_matrix

LEGS = (slice(0, 6), slice(6, 12))
LONGEST_STANCE = 0.7
"""A foot is not placed ahead for more than this long a stance [s]."""


@dataclass(frozen=True)
class StepFeedbackCfg:
    """How the root's error becomes steps.

    Args:
        gain: extra velocity per error [1/s].
        velocity: most extra forward and left velocity [m/s] and yaw rate [rad/s].
        reach: most a foot is displaced forward, left [m] and turned [rad].
        lead: the feet land behind their place by this time's way; ahead of a pelvis that lags they would brake it [s].
        decay: what is kept of the displacement from one control step to the next once the robot stands.
    """

    gain: float = 1.0
    velocity: tuple[float, float, float] = (0.25, 0.12, 0.4)
    reach: tuple[float, float, float] = (0.14, 0.06, 0.25)
    lead: float = 0.1
    decay: float = 0.97


class StepFeedback:
    """Displaces the feet of a stepping reference; needs its planned contacts."""

    def __init__(self, reference: Reference, cfg: StepFeedbackCfg | None = None) -> None:
        self.cfg = cfg or StepFeedbackCfg()
        self.reference = reference
        self._offset = np.zeros((2, 3))
        self._body = Kinematics()
        self._ankles = [self._body.model.body(f"{side}_ankle_roll_link").id for side in SIDES]
        self._low, self._high = self._body.model.jnt_range[1:30].T
        self._jacobian = np.zeros((6, self._body.model.nv))
        self._left = np.stack([_steps_left(planted) for planted in reference.contacts.T], axis=1)
        """Control steps until each foot's present swing or stance ends."""

    def correct(self, command: TrackingCommand, index: int, aim: Array, pose: Array) -> TrackingCommand:
        """The command with legs that step towards `aim`.

        Args:
            command: of this control step.
            index: frame of the reference it comes from.
            aim: (3,) x, y, yaw the root should have [m, m, rad].
            pose: (3,) the same as estimated.
        """
        cfg = self.cfg
        i = min(index, len(self.reference) - 1)
        if not self.reference.stepping[i]:
            self._offset *= cfg.decay
        else:
            error = np.array(
                [*(yaw_matrix(-pose[2]) @ (np.asarray(aim[:2]) - pose[:2])), float(wrap(aim[2] - pose[2]))]
            )
            velocity = np.clip(cfg.gain * error, -np.array(cfg.velocity), cfg.velocity)
            for foot in (0, 1):
                self._move(foot, i, velocity)
            np.clip(self._offset, -np.array(cfg.reach), cfg.reach, out=self._offset)
        if np.abs(self._offset).max() < 1e-3:
            return command
        return replace(command, joint_pos=self._solve(command.joint_pos, self.reference.root_quat[i]))

    def _move(self, foot: int, i: int, velocity: Array) -> None:
        if self.reference.contacts[i, foot]:
            self._offset[foot] -= velocity / CONTROL_HZ
            return
        left = int(self._left[i, foot])
        landing = min(i + left, len(self._left) - 1)
        stance = min(self._left[landing, foot] / CONTROL_HZ, LONGEST_STANCE)
        target = velocity * (stance / 2 - self.cfg.lead)
        self._offset[foot] += (target - self._offset[foot]) / max(left, 1)

    def _solve(self, joint_pos: Array, quat: Array) -> Array:
        """Joint angles whose ankles are displaced, each in two Newton steps."""
        body, joints = self._body, np.array(joint_pos)
        body.update(joints, quat)
        data = body.data
        targets = []
        for ankle, (x, y, turn) in zip(self._ankles, self._offset, strict=True):
            rotation = np.eye(3)
            rotation[:2, :2] = yaw_matrix(turn)
            targets.append((data.xpos[ankle] + [x, y, 0.0], rotation @ data.xmat[ankle].reshape(3, 3)))
        for _ in range(2):
            mujoco.mj_comPos(body.model, data)
            for ankle, leg, (position, rotation) in zip(self._ankles, LEGS, targets, strict=True):
                error = np.concatenate(
                    [position - data.xpos[ankle], _rotation_error(rotation, data.xmat[ankle].reshape(3, 3))]
                )
                mujoco.mj_jacBody(body.model, data, self._jacobian[:3], self._jacobian[3:], ankle)
                jacobian = self._jacobian[:, 6:35][:, leg]
                step = jacobian.T @ np.linalg.solve(jacobian @ jacobian.T + 1e-3 * np.eye(6), error)
                joints[leg] += np.clip(step, -0.25, 0.25)  # a leg that cannot reach so far stays as it is, stretched
            np.clip(joints, self._low, self._high, out=joints)
            body.update(joints, quat)
        return joints


def _rotation_error(wanted: Array, have: Array) -> Array:
    """Small rotation vector from `have` to `wanted` (3, 3) in the outer frame [rad]."""
    difference = wanted @ have.T
    return 0.5 * np.array(
        [
            difference[2, 1] - difference[1, 2],
            difference[0, 2] - difference[2, 0],
            difference[1, 0] - difference[0, 1],
        ]
    )


def _steps_left(planted: Array) -> Array:
    """(N,) control steps until `planted` (N,) changes, counting from each."""
    left = np.ones(len(planted), int)
    for k in range(len(planted) - 2, -1, -1):
        if planted[k] == planted[k + 1]:
            left[k] = left[k + 1] + 1
    return left
