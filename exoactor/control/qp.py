"""A controller without trained weights: whole-body inverse dynamics as a quadratic program, for standing and reaching.

At each control step it finds joint accelerations and contact forces that follow the reference best while both feet
stay planted, forces stay in their friction pyramids and torques within the motors' limits (de Lasa et al. 2010,
Herzog et al. 2016, in one weighted QP). The torques become position targets of the servos. It does not walk: both
feet are taken to stand. A second opinion on what the trained policy does, not a replacement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import daqp
import mujoco
import numpy as np

from exoactor.control import twist2
from exoactor.control.kinematics import SIDES, SOLE, bare_model
from exoactor.types import Array, Sensors, TrackingCommand

_FAR: Final = 1e30
_EQUALITY: Final = 5
_FORCES: Final = 3 * 2 * len(SOLE)


@dataclass(frozen=True)
class QPCfg:
    """Weights and gains of the tasks.

    Args:
        friction: of the soles on the floor, used with a margin.
        com_gain: stiffness of the centre of mass [1/s^2]; damping is critical.
        com_weight: of that task.
        ahead: where the centre of mass is kept, forward of the ankles' middle [m].
        posture_gain: stiffness of the joints [1/s^2].
        leg_weight: of the legs' posture.
        arm_weight: of the arms' posture.
        waist_weight: of the waist's posture.
        turn_gain: stiffness of the pelvis's attitude [1/s^2].
        turn_weight: of that task.
        max_force: of one sole corner [N].
    """

    friction: float = 0.5
    com_gain: float = 40.0
    com_weight: float = 20.0
    ahead: float = 0.03
    posture_gain: float = 400.0
    leg_weight: float = 0.1
    arm_weight: float = 1.0
    waist_weight: float = 0.4
    turn_gain: float = 60.0
    turn_weight: float = 3.0
    max_force: float = 400.0


class QPController:
    """Inverse-dynamics QP. Implements `Controller`; ignores the commanded velocity."""

    name = "qp"

    def __init__(self, cfg: QPCfg | None = None) -> None:
        self.cfg = cfg or QPCfg()
        self.actuation = twist2.ACTUATION
        self._model = bare_model()
        self._data = mujoco.MjData(self._model)
        self._wanted = mujoco.MjData(self._model)
        self._feet = [self._model.body(f"{side}_ankle_roll_link").id for side in SIDES]
        self._mass = np.zeros((self._model.nv, self._model.nv))
        self._posture_weight = np.array(
            [self.cfg.leg_weight] * 12 + [self.cfg.waist_weight] * 3 + [self.cfg.arm_weight] * 14
        )
        self.reset()

    def reset(self) -> None:
        """Forget the last torques."""
        self._torque = np.zeros(29)
        self.failures = 0

    def act(self, sensors: Sensors, command: TrackingCommand) -> Array:
        """(29,) joint position targets whose servo torques are those of the QP [rad]."""
        self._measure(sensors)
        self._imagine(command)
        solved = self._solve(command)
        if solved is None:
            self.failures += 1  # the last torques are held; the next step tries again
        else:
            self._torque = solved
        kp, kd = self.actuation.kp, self.actuation.kd
        return np.asarray(sensors.joint_pos + (self._torque + kd * sensors.joint_vel) / kp)

    def _measure(self, sensors: Sensors) -> None:
        """State from encoders, attitude and gyro; the base moves so that the planted feet do not."""
        data = self._data
        data.qpos[:3], data.qpos[3:7], data.qpos[7:36] = 0.0, sensors.quat, sensors.joint_pos
        data.qvel[:3], data.qvel[3:6], data.qvel[6:35] = 0.0, sensors.gyro, sensors.joint_vel
        mujoco.mj_fwdPosition(self._model, data)
        drift = np.mean([self._jacobian(foot)[:3] @ data.qvel for foot in self._feet], axis=0)
        data.qvel[:3] = -drift
        mujoco.mj_fwdVelocity(self._model, data)

    def _imagine(self, command: TrackingCommand) -> None:
        """The reference posture, heading where the feet point."""
        data = self._wanted
        ahead = self._data.xmat[self._feet].reshape(2, 3, 3)[:, :2, 0].mean(axis=0)
        yaw = float(np.arctan2(ahead[1], ahead[0]))
        mujoco.mju_euler2Quat(data.qpos[3:7], np.array([yaw, command.roll_pitch[1], command.roll_pitch[0]]), "ZYX")
        data.qpos[7:36] = command.joint_pos
        mujoco.mj_kinematics(self._model, data)
        mujoco.mj_comPos(self._model, data)

    def _jacobian(self, body: int, point: Array | None = None) -> Array:
        jacobian = np.zeros((6, self._model.nv))
        where = self._data.xpos[body] if point is None else point
        mujoco.mj_jac(self._model, self._data, jacobian[:3], jacobian[3:], where, body)
        return jacobian

    def _solve(self, command: TrackingCommand) -> Array | None:
        cfg, model, data, nv = self.cfg, self._model, self._data, self._model.nv
        mujoco.mj_fullM(model, data, self._mass)
        bias = np.array(data.qfrc_bias - data.qfrc_passive)
        size = nv + _FORCES
        cost, slope = np.eye(size) * 1e-4, np.zeros(size)
        cost[nv:, nv:] *= 0.1

        def want(jacobian: Array, acceleration: Array, weight: Array) -> None:
            weighted = jacobian.T * weight
            cost[:nv, :nv] += weighted @ jacobian
            slope[:nv] -= weighted @ acceleration

        posture = np.zeros((29, nv))
        posture[:, 6:35] = np.eye(29)
        pull = cfg.posture_gain * (command.joint_pos - data.qpos[7:36])
        want(posture, pull - 2 * np.sqrt(cfg.posture_gain) * data.qvel[6:35], self._posture_weight)
        self._want_com(want)
        turn = np.zeros((3, nv))
        turn[:, 3:6] = np.eye(3)
        error = np.zeros(3)
        mujoco.mju_subQuat(error, self._wanted.qpos[3:7], data.qpos[3:7])
        want(turn, cfg.turn_gain * error - 2 * np.sqrt(cfg.turn_gain) * data.qvel[3:6], np.full(3, cfg.turn_weight))

        still, still_to, push = [], [], []
        for foot in self._feet:
            jacobian, drift = self._jacobian(foot), np.zeros((6, nv))
            mujoco.mj_jacDot(model, data, drift[:3], drift[3:], data.xpos[foot], foot)
            still.append(np.hstack([jacobian, np.zeros((6, _FORCES))]))
            still_to.append(-drift @ data.qvel - 10 * jacobian @ data.qvel)
            rotation = data.xmat[foot].reshape(3, 3)
            push += [self._jacobian(foot, data.xpos[foot] + rotation @ corner)[:3] for corner in SOLE]
        forces = np.vstack(push)
        dynamics = np.hstack([self._mass, -forces.T])
        equal = np.vstack([*still, dynamics[:6]])
        equal_to = np.concatenate([*still_to, -bias[:6]])
        limit = self.actuation.torque_limit
        rows = np.vstack([equal, dynamics[6:35], _pyramids(nv, cfg.friction)])
        high = np.concatenate([equal_to, limit - bias[6:35], np.zeros(_FORCES // 3 * 4)])
        low = np.concatenate([equal_to, -limit - bias[6:35], np.full(_FORCES // 3 * 4, -_FAR)])
        upper, lower = np.full(size, _FAR), np.full(size, -_FAR)
        upper[:nv], lower[:nv] = 2000.0, -2000.0
        upper[nv + 2 :: 3], lower[nv + 2 :: 3] = cfg.max_force, 0.0
        sense = np.zeros(size + len(rows), dtype=np.int32)
        sense[size : size + len(equal)] = _EQUALITY
        result: Any = daqp.solve(
            0.5 * (cost + cost.T), slope, rows, np.concatenate([upper, high]), np.concatenate([lower, low]), sense
        )
        found, flag = np.asarray(result[0]), int(result[2])
        if flag < 1 or not np.isfinite(found).all():
            return None
        return np.asarray(dynamics[6:35] @ found + bias[6:35])

    def _want_com(self, want: Any) -> None:
        """The centre of mass over the feet, as high over them as in the reference."""
        cfg, data = self.cfg, self._data
        jacobian = np.zeros((3, self._model.nv))
        mujoco.mj_jacSubtreeCom(self._model, data, jacobian, 0)
        feet = np.mean(data.xpos[self._feet], axis=0)
        forward = data.xmat[1].reshape(3, 3)[:, 0]
        height = self._wanted.subtree_com[0, 2] - np.mean(self._wanted.xpos[self._feet], axis=0)[2]
        level = forward[:2] / max(float(np.hypot(*forward[:2])), 1e-6)
        target = feet + np.array([*(cfg.ahead * level), height])
        error, speed = target - data.subtree_com[0], jacobian @ data.qvel
        want(jacobian, cfg.com_gain * error - 2 * np.sqrt(cfg.com_gain) * speed, np.full(3, cfg.com_weight))


def _pyramids(nv: int, friction: float) -> Array:
    """Rows r with r @ (accelerations, forces) <= 0: each corner's force within its friction pyramid."""
    rows = np.zeros((_FORCES // 3 * 4, nv + _FORCES))
    for corner in range(_FORCES // 3):
        for k, (x, y) in enumerate(((1, 0), (-1, 0), (0, 1), (0, -1))):
            rows[4 * corner + k, nv + 3 * corner : nv + 3 * corner + 3] = x, y, -friction / np.sqrt(2)
    return rows
