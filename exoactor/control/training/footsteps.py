"""Walking references from footsteps: a root that follows velocity commands, feet that keep up with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoactor.control.training.posing import HANGING, SIDES, Pose, Poser
from exoactor.types import CONTROL_HZ, Array, RobotMotion
from exoactor.types.rotations import wrap, yaw_matrix

DT = 1 / CONTROL_HZ


@dataclass(frozen=True)
class GaitCfg:
    """How a walk looks.

    Args:
        swing: seconds a foot is in the air.
        double_support: seconds both feet stand between two steps.
        lift: highest point of the swinging sole [m].
        half_width: lateral distance of a foot from the middle [m].
        sway: how far the pelvis moves over the standing foot [m].
        height: of the pelvis [m].
        lean: pitch of the pelvis [rad].
        bow: pitch of the waist beyond what keeps the trunk half as far bent as the pelvis [rad].
        arm_swing: amplitude at the shoulder per metre a second [rad s/m].
        lead: the feet land behind their place by this time's walk [s].
        speed: along the way [m/s].
        turn: largest yaw rate [rad/s].
    """

    swing: float = 0.45
    double_support: float = 0.04
    lift: float = 0.07
    half_width: float = 0.115
    sway: float = 0.025
    height: float = 0.75
    lean: float = 0.0
    bow: float = 0.0
    arm_swing: float = 0.4
    lead: float = 0.1
    speed: float = 0.4
    turn: float = 0.6


def random_gait(rng: np.random.Generator) -> GaitCfg:
    """A gait from the range a retargeted person may walk with."""
    return GaitCfg(
        swing=rng.uniform(0.34, 0.6),
        double_support=rng.choice([0.0, rng.uniform(0.02, 0.2)]),
        lift=rng.uniform(0.025, 0.1),
        half_width=rng.uniform(0.095, 0.13),
        sway=rng.uniform(0.0, 0.045),
        height=rng.uniform(0.715, 0.785),
        lean=rng.uniform(-0.04, 0.12),
        arm_swing=rng.choice([0.0, rng.uniform(0.1, 1.0)]),
        lead=rng.choice([0.0, 0.1, rng.uniform(0.0, 0.2)]),
        speed=rng.uniform(0.25, 0.65),
        turn=rng.uniform(0.4, 1.2),
    )


def high_gait(rng: np.random.Generator) -> GaitCfg:
    """Slow steps over something."""
    return GaitCfg(
        swing=rng.uniform(0.5, 0.9),
        double_support=rng.uniform(0.05, 0.3),
        lift=rng.uniform(0.1, 0.2),
        half_width=rng.uniform(0.095, 0.12),
        sway=rng.uniform(0.02, 0.05),
        height=rng.uniform(0.73, 0.77),
        lean=rng.uniform(0.0, 0.1),
        arm_swing=rng.choice([0.0, rng.uniform(0.1, 1.0)]),
        speed=rng.uniform(0.15, 0.4),
        turn=rng.uniform(0.3, 0.8),
    )


def low_gait(rng: np.random.Generator) -> GaitCfg:
    """Crouched and bowed, as under something."""
    return GaitCfg(
        swing=rng.uniform(0.38, 0.6),
        double_support=rng.uniform(0.02, 0.2),
        lift=rng.uniform(0.03, 0.07),
        half_width=rng.uniform(0.1, 0.14),
        sway=rng.uniform(0.0, 0.04),
        height=rng.uniform(0.52, 0.72),
        lean=rng.uniform(0.1, 0.5),
        bow=rng.uniform(0.0, 0.5),
        arm_swing=rng.choice([0.0, rng.uniform(0.1, 0.6)]),
        speed=rng.uniform(0.2, 0.45),
        turn=rng.uniform(0.3, 0.8),
    )


class Gait:
    """Root and feet, advanced one control step at a time."""

    def __init__(self, cfg: GaitCfg) -> None:
        self.cfg = cfg
        self.root = np.zeros(3)
        self.velocity = np.zeros(3)
        self.feet = {side: self._home(self.root, side) for side in SIDES}
        self.swinging: str | None = None
        self._last, self._phase, self._rest = "right", 0.0, 0.0
        self._from = np.zeros(3)
        self._to = np.zeros(3)

    def _home(self, root: Array, side: str) -> Array:
        lateral = self.cfg.half_width * (1 if side == "left" else -1)
        return np.array([*(root[:2] + yaw_matrix(root[2]) @ [0.0, lateral]), root[2]])

    @property
    def apart(self) -> float:
        """How far the feet are from where they stand at ease [m + rad]."""
        return max(float(np.abs(self.feet[s] - self._home(self.root, s)).sum()) for s in SIDES)

    def advance(self, wanted: Array, *, stepping: bool) -> None:
        """Move the root towards body velocity `wanted` (3,) [m/s, m/s, rad/s]; start new steps if `stepping`."""
        limit = DT * np.array([1.0, 1.0, 3.0])
        self.velocity += np.clip(wanted - self.velocity, -limit, limit)
        self.root[:2] += yaw_matrix(self.root[2]) @ self.velocity[:2] * DT
        self.root[2] += self.velocity[2] * DT
        if self.swinging is None:
            self._rest -= DT
            if stepping and self._rest <= 0:
                self.swinging = "left" if self._last == "right" else "right"
                self._phase, self._from = 0.0, self.feet[self.swinging].copy()
        if self.swinging is None:
            return
        self._phase = min(self._phase + DT / self.cfg.swing, 1.0)
        stride = self.cfg.swing + self.cfg.double_support
        ahead = (1 - self._phase) * self.cfg.swing + 0.5 * stride - self.cfg.lead
        future = self.root.copy()
        future[:2] += yaw_matrix(future[2] + 0.5 * self.velocity[2] * ahead) @ self.velocity[:2] * ahead
        future[2] += self.velocity[2] * ahead
        self._to = self._home(future, self.swinging)
        if self._phase >= 1.0:
            self.feet[self.swinging] = self._to
            self._last, self.swinging, self._rest = self.swinging, None, self.cfg.double_support

    def pose(self) -> Pose:
        """The pose of this moment, with swinging arms."""
        cfg, sway = self.cfg, 0.0
        feet = {s: np.array([f[0], f[1], 0.0, f[2]]) for s, f in self.feet.items()}
        arms = {s: a.copy() for s, a in HANGING.items()}
        if self.swinging is not None:
            blend = smoothstep(self._phase)
            arc = np.sin(np.pi * self._phase)
            moved = self._from + blend * (self._to - self._from)
            moved[2] = self._from[2] + blend * float(wrap(self._to[2] - self._from[2]))
            feet[self.swinging] = np.array([moved[0], moved[1], cfg.lift * arc**2, moved[2]])
            sign = 1.0 if self.swinging == "left" else -1.0
            sway = -sign * cfg.sway * float(arc)
            forward = cfg.arm_swing * self.velocity[0] * -float(np.cos(np.pi * self._phase)) * sign
            arms["right"][0] -= forward
            arms["left"][0] += forward
        pelvis = np.array([*(self.root[:2] + yaw_matrix(self.root[2]) @ [0.0, sway]), cfg.height])
        return Pose(pelvis, self.root[2], cfg.lean, feet, np.array([0, 0, cfg.bow - 0.5 * cfg.lean]), arms)

    @property
    def contacts(self) -> tuple[bool, bool]:
        """Left, right foot planted."""
        return self.swinging != "left", self.swinging != "right"


def towards(gait: Gait, goal: Array, *, near: float = 0.45) -> Array:
    """Body velocity (3,) that brings the root to `goal` (x, y, yaw), facing the way when further than `near` [m]."""
    cfg = gait.cfg
    way = goal[:2] - gait.root[:2]
    far = bool(np.hypot(*way) > near)
    heading = float(np.arctan2(way[1], way[0])) if far else goal[2]
    turn = float(wrap(heading - gait.root[2]))
    local = yaw_matrix(-gait.root[2]) @ way
    fastest = cfg.speed * max(0.0, np.cos(turn)) ** 2 if far else cfg.speed
    return np.array(
        [
            np.clip(1.6 * local[0], -0.2, fastest),
            np.clip(1.6 * local[1], -0.15, 0.15),
            np.clip(2.0 * turn, -cfg.turn, cfg.turn),
        ]
    )


def walk(poser: Poser, goals: Array, cfg: GaitCfg, *, in_place: float = 1.6, still: float = 0.8) -> RobotMotion:
    """Walk through `goals` (n, 3) from the origin, step in place for `in_place` seconds, stand for `still` seconds.

    Stepping in place is a settling cycle of whole step pairs, as the retargeter makes it.
    """
    gait = Gait(cfg)
    frames: list[Array] = []
    contacts: list[tuple[bool, bool]] = []

    def tick(wanted: Array, stepping: bool) -> None:
        gait.advance(wanted, stepping=stepping)
        frames.append(poser.solve(gait.pose()))
        contacts.append(gait.contacts)

    rest = np.zeros(3)
    poser.data.qpos[:3] = [0, 0, cfg.height]
    for _ in range(12):
        poser.solve(gait.pose())
    for _ in range(round(0.4 * CONTROL_HZ)):
        tick(rest, False)
    for goal in goals:
        for _ in range(40 * CONTROL_HZ):
            tick(towards(gait, goal), True)
            off = np.abs([*(goal[:2] - gait.root[:2]), float(wrap(goal[2] - gait.root[2]))])
            if (off < 0.015).all() and np.abs(gait.velocity).max() < 0.05:
                break
    for _ in range(4 * CONTROL_HZ):
        tick(rest, gait.apart > 0.03)
        if gait.swinging is None and gait.apart <= 0.03:
            break
    settle = None
    if in_place > 0:
        cycles = max(1, round(in_place / (2 * (cfg.swing + cfg.double_support))))
        first = len(frames)
        for _ in range(2 * cycles):
            while gait.swinging is None:
                tick(rest, True)
            while gait.swinging is not None:
                tick(rest, True)
        settle = (first, first + (len(frames) - first) // cycles)
    for _ in range(round(still * CONTROL_HZ)):
        tick(rest, False)
    return to_motion(np.array(frames), np.array(contacts), settle)


def to_motion(qpos: Array, contacts: Array | None = None, settle: tuple[int, int] | None = None) -> RobotMotion:
    """Frames of qpos (T, 36) at the control rate as a motion."""
    planted = np.ones((len(qpos), 2), bool) if contacts is None else contacts
    return RobotMotion(qpos[:, :3], qpos[:, 3:7], qpos[:, 7:36], planted, float(CONTROL_HZ), settle)


def smoothstep(a: float) -> float:
    """0 to 1 with level ends, clamped."""
    a = min(max(a, 0.0), 1.0)
    return a * a * (3 - 2 * a)
