"""Whole-body poses for made references: pelvis, waist and arms as given, legs (and hands) by damped least squares."""

from __future__ import annotations

from dataclasses import dataclass, field

import mujoco
import numpy as np

from exoactor.control.twist2 import ACTUATION
from exoactor.types import Array
from exoactor.types.rotations import quat_multiply, yaw_quat

SIDES = ("left", "right")
SOLE = 0.035
"""Height of the ankle-roll body above the floor when the sole is flat [m]."""

LOWERINGS = 8
"""A pelvis too high for the feet is lowered so often, a centimetre each time."""

LEG = {"left": slice(0, 6), "right": slice(6, 12)}
WAIST = slice(12, 15)
ARM = {"left": slice(15, 22), "right": slice(22, 29)}
HANGING = {
    "left": np.array([0.1, 0.2, 0.0, 1.2, 0.0, 0.0, 0.0]),
    "right": np.array([0.1, -0.2, 0.0, 1.2, 0.0, 0.0, 0.0]),
}
"""Arm angles [rad] of a relaxed stance."""


@dataclass
class Pose:
    """What one frame of a reference should look like.

    Args:
        pelvis: (3,) [m].
        yaw: heading of the pelvis [rad].
        pitch: of the pelvis, forward positive [rad].
        feet: side -> (x, y, z of the sole above the floor, yaw) [m, rad].
        waist: (3,) yaw, roll, pitch [rad].
        arms: side -> (7,) [rad].
        hands: side -> (3,) wrist position in the pelvis's heading frame [m]; moves that arm away from `arms`.
    """

    pelvis: Array
    yaw: float
    pitch: float
    feet: dict[str, Array]
    waist: Array = field(default_factory=lambda: np.zeros(3))
    arms: dict[str, Array] = field(default_factory=lambda: {s: a.copy() for s, a in HANGING.items()})
    hands: dict[str, Array] = field(default_factory=dict)


class Poser:
    """Solves one `Pose` after the other; each starts from the last."""

    def __init__(self, model: mujoco.MjModel) -> None:
        self.model = model
        self.data = mujoco.MjData(model)
        self.data.qpos[7:36] = ACTUATION.default_pos
        self._foot = {s: model.body(f"{s}_ankle_roll_link").id for s in SIDES}
        self._hand = {s: model.body(f"{s}_wrist_yaw_link").id for s in SIDES}
        self._low, self._high = model.jnt_range[1:30].T
        self._jacobian = np.zeros((6, model.nv))

    def solve(self, pose: Pose, *, balanced: bool = False, iterations: int = 4) -> Array:
        """(36,) qpos closest to `pose`; `balanced` shifts the pelvis so that the centre of mass is over the feet."""
        q = self.data.qpos
        q[:3] = pose.pelvis
        half = pose.pitch / 2
        q[3:7] = quat_multiply(yaw_quat(pose.yaw), np.array([np.cos(half), 0, np.sin(half), 0]))
        q[7:36][WAIST] = pose.waist
        for side in SIDES:
            if side not in pose.hands:
                q[7:36][ARM[side]] = pose.arms[side]
        for _ in range(LOWERINGS):
            for _ in range(iterations):
                self._iterate(pose, balanced)
            if self._legs_reach(pose):
                break
            # Too far for the legs, or a knee caught at its limit: begin again with bent legs and a lower pelvis.
            q[7:19] = ACTUATION.default_pos[:12]
            q[2] -= 0.01
            for _ in range(10):
                self._iterate(pose, balanced)
        return np.array(q)

    def _iterate(self, pose: Pose, balanced: bool) -> None:
        joints = self.data.qpos[7:36]
        mujoco.mj_kinematics(self.model, self.data)
        mujoco.mj_comPos(self.model, self.data)
        if balanced:
            self._shift(pose)
        for side in SIDES:
            self._leg(side, pose.feet[side])
        for side, target in pose.hands.items():
            self._arm(side, self._from_heading(pose, target), pose.arms[side])
        np.clip(joints, self._low, self._high, out=joints)

    def _legs_reach(self, pose: Pose) -> bool:
        mujoco.mj_kinematics(self.model, self.data)
        off = [self.data.xpos[self._foot[s]] - [*pose.feet[s][:2], pose.feet[s][2] + SOLE] for s in SIDES]
        return bool(np.abs(off).max() < 0.01)

    def _from_heading(self, pose: Pose, point: Array) -> Array:
        c, s = np.cos(pose.yaw), np.sin(pose.yaw)
        turned = np.array([c * point[0] - s * point[1], s * point[0] + c * point[1], point[2]])
        return np.asarray(self.data.qpos[:3] + turned)

    def _shift(self, pose: Pose) -> None:
        feet = (pose.feet["left"][:2] + pose.feet["right"][:2]) / 2
        middle = feet + 0.035 * np.array([np.cos(pose.yaw), np.sin(pose.yaw)])
        self.data.qpos[:2] += 0.7 * (middle - self.data.subtree_com[0, :2])

    def _leg(self, side: str, target: Array) -> None:
        body, span = self._foot[side], LEG[side]
        error = np.zeros(6)
        error[:3] = np.array([target[0], target[1], target[2] + SOLE]) - self.data.xpos[body]
        want, have, turn = yaw_quat(target[3]), self.data.xquat[body], np.zeros(4)
        mujoco.mju_negQuat(turn, have)
        mujoco.mju_mulQuat(turn, want, turn.copy())
        mujoco.mju_quat2Vel(error[3:], turn, 1.0)
        jacobian = self._body_jacobian(body)[:, 6:35][:, span]
        # Where the leg is nearly straight the step would be wild; a clipped one leaves it straight.
        self.data.qpos[7:36][span] += np.clip(_damped(jacobian, error, 1e-3), -0.1, 0.1)

    def _arm(self, side: str, target: Array, rest: Array) -> None:
        body, span = self._hand[side], ARM[side]
        jacobian = self._body_jacobian(body)[:3, 6:35][:, span]
        step = _damped(jacobian, np.clip(target - self.data.xpos[body], -0.1, 0.1), 1e-3)
        drift = 0.1 * (rest - self.data.qpos[7:36][span])
        step += drift - _damped(jacobian, jacobian @ drift, 1e-3)
        self.data.qpos[7:36][span] += np.clip(step, -0.04, 0.04)  # no jumps where the arm is nearly singular

    def _body_jacobian(self, body: int) -> Array:
        mujoco.mj_jacBody(self.model, self.data, self._jacobian[:3], self._jacobian[3:], body)
        return self._jacobian


def _damped(jacobian: Array, error: Array, damping: float) -> Array:
    gram = jacobian @ jacobian.T + damping * np.eye(len(error))
    return np.asarray(jacobian.T @ np.linalg.solve(gram, error))
