"""Whole-body inverse kinematics of a standing G1: planted feet, balance, and a body that goes down after its hands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mink
import numpy as np

from exoactor.retarget.wholebody import SOLE, kinematics, solve_ik, within_limits
from exoactor.types import G1_JOINTS, Array
from exoactor.types.rotations import wrap, yaw_matrix
from exoactor.world.g1 import default_actuation

SIDES = ("left", "right")


@dataclass(frozen=True)
class StandingCfg:
    """Costs of the quadratic program and how a body goes down after its hands.

    Args:
        foot: position and orientation of the feet.
        pelvis: horizontal, horizontal and vertical position of the pelvis.
        pelvis_turn: roll, pitch and yaw of the pelvis.
        torso_turn: the same of the trunk.
        posture: all angles, towards standing.
        balance: the centre of mass over the feet.
        damping: of all degrees of freedom.
        iterations: a frame.
        settle_iterations: for the first frame.
        leg_speed: fastest of the legs' joints [rad/s].
        arm_speed: the same of waist and arms [rad/s]. Near a stretched arm the angles that fit best jump; it must not.
        pelvis_height: standing [m].
        lowest: most the pelvis goes down [m].
        upright_above: hands higher than this need no crouch [m].
        crouch: how far the pelvis goes down a metre of hand height below that; knees come forward with it, and push
            the robot off what stands before it.
        bow: pitch of the trunk a metre of the same [rad/m].
        bow_least: pitch of the trunk before that [rad].
        bow_pelvis: share of the trunk's pitch that the pelvis takes.
    """

    foot: tuple[float, float] = (20.0, 10.0)
    pelvis: tuple[float, float, float] = (0.5, 0.5, 6.0)
    pelvis_turn: tuple[float, float, float] = (5.0, 3.0, 8.0)
    torso_turn: tuple[float, float, float] = (3.0, 1.5, 3.0)
    posture: float = 0.08
    balance: float = 8.0
    damping: float = 1e-2
    iterations: int = 2
    settle_iterations: int = 20
    leg_speed: float = 3.0
    arm_speed: float = 3.5
    pelvis_height: float = 0.745
    lowest: float = 0.27
    upright_above: float = 0.86
    crouch: float = 0.45
    bow: float = 1.6
    bow_least: float = 0.10
    bow_pelvis: float = 0.55


class Standing:
    """The tasks of feet, pelvis, trunk, balance and posture, to which those of the hands are added.

    Args:
        feet: (2, 3) left and right ankle's x, y [m] and heading [rad] in the world.
        first: (29,) joint angles that the arms keep to [rad].
        begin: (29,) joint angles of the posture to go on from [rad]; `first` by default.
        posture: cost of all angles, or (nv,) of each.
        cfg: costs.

    Attributes:
        rotation: the body's heading.
        posture: its task; the cost may be changed between frames.
    """

    def __init__(
        self, feet: Array, first: Array, begin: Array | None, posture: float | Array, cfg: StandingCfg
    ) -> None:
        self.cfg, model = cfg, kinematics()
        self._configuration = mink.Configuration(model)
        self._middle = feet[:, :2].mean(axis=0)
        self._yaw = float(feet[0, 2] + float(wrap(feet[1, 2] - feet[0, 2])) / 2)
        self.rotation = mink.SO3.from_z_radians(self._yaw)
        angles = within_limits(first if begin is None else begin)
        start = np.concatenate([self._middle, [cfg.pelvis_height], self.rotation.wxyz, angles])
        self._configuration.update(start)
        self._soles = []
        for side, (x, y, heading) in zip(SIDES, feet, strict=True):
            task = mink.FrameTask(f"{side}_ankle_roll_link", "body", *cfg.foot)
            turn = mink.SO3.from_z_radians(float(heading))
            task.set_target(mink.SE3.from_rotation_and_translation(turn, np.array([x, y, SOLE])))
            self._soles.append(task)
        self._hips = mink.FrameTask("pelvis", "body", list(cfg.pelvis), list(cfg.pelvis_turn))
        self._trunk = mink.FrameTask("torso_link", "body", 0.0, list(cfg.torso_turn))
        self._balance = mink.ComTask(cost=[cfg.balance, cfg.balance, 0.0])
        self.posture = mink.PostureTask(model, cost=posture)
        self._standing = start.copy()
        self.keep_to(first)
        speeds = {name: cfg.leg_speed if i < 12 else cfg.arm_speed for i, name in enumerate(G1_JOINTS)}
        self._speeds = mink.VelocityLimit(model, speeds)
        self._settled = False

    def keep_to(self, angles: Array) -> None:
        """Let the arms keep to those of (29,) joint angles [rad]; legs and waist keep to standing."""
        self._standing[7:] = np.where(np.arange(29) < 15, default_actuation().default_pos, angles)
        self.posture.set_target(self._standing)

    def low(self, hands: float) -> float:
        """How far hands at that height [m] are below what needs no crouch [m]."""
        return max(0.0, self.cfg.upright_above - float(hands))

    def go_down(self, low: float, ahead: float) -> None:
        """Crouch and bow after hands that are so low, the centre of mass so far ahead of the ankles [m]."""
        cfg = self.cfg
        height = cfg.pelvis_height - min(cfg.crouch * low, cfg.lowest)
        pitch = cfg.bow_least + cfg.bow * low
        self._bend(0.0, height, cfg.bow_pelvis * pitch, pitch, ahead)

    def lean(self, back: float, height: float, pitch: float, ahead: float) -> None:
        """Bring the pelvis so far behind the ankles' middle and to that height, the trunk pitched [m, m, rad].

        The centre of mass is kept `ahead` of the ankles [m]; where both cannot be had, the costs decide.
        """
        self._bend(back, height, 0.5 * pitch, pitch, ahead)

    def _bend(self, back: float, height: float, hips: float, trunk: float, ahead: float) -> None:
        """Pelvis behind the ankles, its height, its pitch and the trunk's, and the centre of mass before the ankles."""
        forward = yaw_matrix(self._yaw) @ np.array([1.0, 0.0])
        bowed = self.rotation @ mink.SO3.from_y_radians(hips)
        place = np.append(self._middle - back * forward, height)
        self._hips.set_target(mink.SE3.from_rotation_and_translation(bowed, place))
        turned = self.rotation @ mink.SO3.from_y_radians(trunk)
        self._trunk.set_target(mink.SE3.from_rotation_and_translation(turned, np.zeros(3)))
        self._balance.set_target(np.append(self._middle + ahead * forward, 0.0))

    def solve(self, hands: Sequence[Any], joints: Any, hz: float) -> Array:
        """(36,) the next frame: root x, y, z [m], quaternion wxyz, 29 joint angles [rad].

        Args:
            hands: their tasks.
            joints: limits of the angles.
            hz: frames per second.
        """
        cfg, tasks = self.cfg, [*self._soles, self._hips, self._trunk, self._balance, self.posture, *hands]
        dt = 1.0 / hz / cfg.iterations
        for _ in range(cfg.iterations if self._settled else cfg.settle_iterations):
            velocity = solve_ik(self._configuration, tasks, dt, cfg.damping, [joints, self._speeds])
            self._configuration.integrate_inplace(velocity, dt)
        self._settled = True
        return np.array(self._configuration.q)
