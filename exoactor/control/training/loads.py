"""What hands have to bear while a policy is trained: weights, and forces of what they press, push or lean on."""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np

from exoactor.control.reference import Reference
from exoactor.control.training.posing import ARM, SIDES
from exoactor.control.twist2 import ACTUATION
from exoactor.types import CONTROL_HZ, Array
from exoactor.types.rotations import quat_to_rpy, yaw_matrix


@dataclass(frozen=True)
class LoadCfg:
    """How often, and how much.

    Args:
        weighted: share of episodes with a weight in the hands ...
        weight: ... up to so much in each [kg].
        one: share of those with a weight in one hand only.
        pressed: force on each palm where a reference presses, least and most [N]; the 80 to 110 N of a squeeze with
            room on both sides.
        forced: share of the other episodes in which something pushes at the hands ...
        force: ... standard deviation of it along x, y and z of the heading [N].
        backwards: mean of it along x: what is pushed, pushes back [N].
        lasting: shortest and longest time until it changes [s].
        onset: time constant with which a force comes on [s].
        made_up: range of the share of a load that the commanded arms make up for, as the loops on the hands do.
        most: they are moved by no more than this for it [rad].
    """

    weighted: float = 0.45
    weight: float = 1.4
    one: float = 0.3
    pressed: tuple[float, float] = (20.0, 120.0)
    forced: float = 0.3
    force: tuple[float, float, float] = (15.0, 10.0, 12.0)
    backwards: float = -12.0
    lasting: tuple[float, float] = (0.6, 4.0)
    onset: float = 0.3
    made_up: tuple[float, float] = (0.0, 1.0)
    most: float = 0.6


class Loads:
    """The loads of one simulated robot; `draw` at the beginning of an episode, `apply` before each control step.

    Args:
        model: of that robot alone; its hands' masses are changed.
        data: its state.
        cfg: see `LoadCfg`.
    """

    def __init__(self, model: mujoco.MjModel, data: mujoco.MjData, cfg: LoadCfg) -> None:
        self.model, self.data, self.cfg = model, data, cfg
        self._wrists = [model.body(f"{side}_wrist_yaw_link").id for side in SIDES]
        self._empty = model.body_mass[self._wrists].copy()
        self._inertia = model.body_inertia[self._wrists].copy()
        self._jacobian = np.zeros((3, model.nv))

    def draw(self, rng: np.random.Generator, reference: Reference) -> None:
        """New weights, and how hard is pressed in this episode."""
        cfg = self.cfg
        added = np.zeros(2)
        if rng.random() < cfg.weighted:
            added[:] = rng.uniform(0.1, cfg.weight)
            if rng.random() < cfg.one:
                added[rng.integers(2)] = 0.0
        for wrist, mass, inertia, extra in zip(self._wrists, self._empty, self._inertia, added, strict=True):
            self.model.body_mass[wrist] = mass + extra
            self.model.body_inertia[wrist] = inertia * (mass + extra) / mass
        mujoco.mj_setConst(self.model, self.data)
        self._press = reference.palms.press if reference.palms is not None else None
        self._pressing = rng.uniform(*cfg.pressed) if rng.random() < 0.8 else 0.0
        self._forced = rng.random() < cfg.forced
        self._made_up = rng.uniform(*cfg.made_up)
        self._added = added
        self._wanted = np.zeros((2, 3))
        self._force = np.zeros((2, 3))
        self._until = 0.0

    def apply(self, rng: np.random.Generator, index: int) -> Array:
        """Let the forces act on the hands during the next control step.

        Args:
            rng: randomness.
            index: of the control step in the reference.

        Returns:
            (14,) what the commanded arm angles are moved by to make up for part of the load [rad].
        """
        cfg = self.cfg
        pressing = self._press is not None and bool(np.any(self._press[index]))
        if pressing and self._press is not None:
            # the reference's presses are in the frame it walks in; its heading is about the robot's
            self._wanted = -self._pressing * self._press[index]
        elif self._forced:
            self._until -= 1 / CONTROL_HZ
            if self._until <= 0:
                self._until = rng.uniform(*cfg.lasting)
                self._wanted = rng.normal([cfg.backwards, 0, 0], cfg.force, (2, 3)) * (rng.random((2, 1)) < 0.6)
        else:
            self._wanted = np.zeros((2, 3))
        self._force += (self._wanted - self._force) / (cfg.onset * CONTROL_HZ)
        heading = yaw_matrix(float(quat_to_rpy(self.data.qpos[3:7])[2]))
        offset = np.zeros(14)
        for k, wrist in enumerate(self._wrists):
            force = self._force[k].copy()
            force[:2] = heading @ force[:2]
            self.data.xfrc_applied[wrist, :3] = force
            if self._made_up > 0.05:
                mujoco.mj_jacBody(self.model, self.data, self._jacobian, None, wrist)
                load = force + np.array([0.0, 0.0, -9.81 * self._added[k]])
                columns = ARM[SIDES[k]]
                torque = self._jacobian[:, 6:35][:, columns].T @ load
                offset[7 * k : 7 * k + 7] = -self._made_up * torque / ACTUATION.kp[columns]
        return np.clip(offset, -cfg.most, cfg.most)
