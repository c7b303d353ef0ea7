"""Robots that follow random references under pushes, noise and loads, and what a teacher would do in their place."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import mujoco
import numpy as np

from exoactor.control import twist2
from exoactor.control.bundle import HISTORY, Bundle
from exoactor.control.reference import Reference
from exoactor.control.student import forward
from exoactor.control.teacher import BatchTeacher
from exoactor.control.training.loads import LoadCfg, Loads
from exoactor.control.training.sim import SUBSTEPS, fallen, floor_model, place
from exoactor.types import Array, RobotMotion
from exoactor.types.rotations import quat_to_rpy, wrap, yaw_matrix

OBSERVATION = twist2.MIMIC + twist2.PROPRIO * (1 + len(HISTORY))


@dataclass(frozen=True)
class DaggerCfg:
    """How the student is trained.

    Args:
        hidden: widths of the hidden layers.
        robots: simulated side by side (batching makes the networks cheap).
        episode: longest episode [control steps].
        first_samples: samples of each of the first two rounds.
        samples: samples of each later round.
        updates: gradient steps a round.
        batch: samples a gradient step.
        rate: learning rate of the first rounds; it falls linearly with the time spent.
        target_noise: standard deviations of noise on the reference angles, one drawn an episode [rad].
        astray: standard deviation of where the robot starts off its reference, along x and y [m] and in yaw [rad].
        push_rate: pushes a control step.
        push_speed: standard deviation of a push along x and y [m/s].
        loads: in the hands.
    """

    hidden: tuple[int, ...] = (512, 256, 128)
    robots: int = 48
    episode: int = 300
    first_samples: int = 30000
    samples: int = 40000
    updates: int = 1200
    batch: int = 1024
    rate: float = 1e-3
    target_noise: tuple[float, ...] = (0.0, 0.0, 0.03, 0.08)
    astray: tuple[float, float, float] = (0.1, 0.1, 0.1)
    push_rate: float = 0.005
    push_speed: float = 0.4
    loads: LoadCfg = field(default_factory=LoadCfg)


class _Body:
    """A simulated robot with hands of its own mass."""

    def __init__(self, model: mujoco.MjModel, cfg: LoadCfg) -> None:
        self.model = copy.copy(model)
        self.data = mujoco.MjData(self.model)
        self.loads = Loads(self.model, self.data, cfg)


@dataclass
class _Robot:
    body: _Body
    reference: Reference
    mimic: Array
    pose: Array
    index: int
    end: int
    noise: float
    gain: float

    @property
    def data(self) -> mujoco.MjData:
        """The simulator's state."""
        return self.body.data


class Collector:
    """Robots that follow random references from random starts under pushes and noise."""

    def __init__(
        self, teacher: Path, motions: dict[str, RobotMotion], cfg: DaggerCfg, seed: int | Sequence[int]
    ) -> None:
        self.cfg = cfg
        self.rng = np.random.default_rng(seed)
        self.references = [Reference(motion) for motion in motions.values()]
        self._mimics = [r.mimic() for r in self.references]
        lengths = np.array([min(len(r), 1000) for r in self.references], float)
        self._odds = lengths / lengths.sum()
        models = [
            floor_model(fast=True, friction=friction, torso_mass=mass)
            for friction, mass in ((0.8, 0.0), (0.8, 0.0), (0.55, 1.0), (1.0, -0.5))
        ]
        n = cfg.robots
        self._bodies = [_Body(models[k % len(models)], cfg.loads) for k in range(n)]
        self.teacher = BatchTeacher(teacher, n)
        self.last_action = np.zeros((n, 29))
        self.history = np.zeros((n, max(HISTORY), twist2.PROPRIO))
        self.robots = [self._start(k) for k in range(n)]
        self.falls = self.episodes = 0

    def _start(self, k: int) -> _Robot:
        rng, cfg = self.rng, self.cfg
        choice = int(rng.choice(len(self.references), p=self._odds))
        reference = self.references[choice]
        begin = int(rng.integers(0, max(1, len(reference) - 100)))
        body = self._bodies[k]
        model, data = body.model, body.data
        body.loads.draw(rng, reference)
        mujoco.mj_resetData(model, data)
        joints = reference.joint_pos[begin] + rng.normal(0, 0.05, 29)
        place(model, data, np.concatenate([reference.root_pos[begin], reference.root_quat[begin], joints]))
        data.qvel[:2] = np.gradient(reference.root_pos[:, :2], 0.02, axis=0)[begin]
        # The robot stays where it is; it is the reference that is moved off, turned about its own first place.
        dx, dy, turn = rng.normal(0, cfg.astray)
        pose = reference.pose.copy()
        centre = pose[begin, :2].copy()
        pose[:, :2] = (pose[:, :2] - centre) @ yaw_matrix(turn).T + centre + [dx, dy]
        pose[:, 2] += turn
        self.teacher.reset(k)
        self.last_action[k] = 0
        self.history[k] = 0
        return _Robot(
            body,
            reference,
            self._mimics[choice],
            pose,
            begin,
            min(begin + cfg.episode, len(reference)),
            float(rng.choice(cfg.target_noise)),
            float(rng.choice([0.0, 1.0, 2.5])),
        )

    def collect(self, count: int, student: Bundle | None, teacher_share: float) -> tuple[Array, Array]:
        """At least `count` observations (N, OBSERVATION) and the teacher's actions (N, 29), float32."""
        observations: list[Array] = []
        labels: list[Array] = []
        self.falls = self.episodes = 0
        while len(observations) * self.cfg.robots < count:
            seen, label = self._tick(student, teacher_share)
            observations.append(seen)
            labels.append(label)
        return np.concatenate(observations), np.concatenate(labels)

    def _tick(self, student: Bundle | None, teacher_share: float) -> tuple[Array, Array]:
        rng, robots, default = self.rng, self.robots, twist2.ACTUATION.default_pos
        commands = np.stack([self._command(robot) for robot in robots])
        joints, velocity, quat, gyro = (
            np.stack([r.data.qpos[7:36] for r in robots]),
            np.stack([r.data.qvel[6:35] for r in robots]),
            np.stack([r.data.qpos[3:7] for r in robots]),
            np.stack([r.data.qvel[3:6] for r in robots]),
        )
        clean = twist2.proprio(joints, velocity, quat, gyro, self.last_action, default)
        # What the sensors of a real robot add; the teacher sees clean values so that its labels stay good.
        noise = np.zeros_like(clean)
        noise[:, :3] = twist2.GYRO_SCALE * rng.normal(0, 0.02, (len(robots), 3))
        noise[:, 3:5] = rng.normal(0, 0.006, (len(robots), 2))
        noise[:, 5:34] = rng.normal(0, 0.003, (len(robots), 29))
        noise[:, 34:63] = twist2.VELOCITY_SCALE * rng.normal(0, 0.1, (len(robots), 29))
        noise[:, [34 + j for j in twist2.ANKLES]] = 0
        felt = clean + noise
        seen = np.concatenate([commands, felt, *(self.history[:, -h] for h in HISTORY)], axis=1).astype(np.float32)
        self.history = np.concatenate([self.history[:, 1:], felt[:, None]], axis=1)
        label = self.teacher.act(commands, clean)
        action = label.copy()
        if student is not None:
            own = rng.random(len(robots)) >= teacher_share
            action[own] = forward(seen[own], student.mean, student.std, student.layers)
        action = np.clip(action, -twist2.ACTION_LIMIT, twist2.ACTION_LIMIT)
        self.last_action = action.astype(float)
        targets = action * twist2.ACTION_SCALE + default
        for k, robot in enumerate(robots):
            robot.data.ctrl[:29] = targets[k]
            if rng.random() < self.cfg.push_rate:
                robot.data.qvel[:2] += rng.normal(0, self.cfg.push_speed, 2)
            mujoco.mj_step(robot.body.model, robot.data, nstep=SUBSTEPS)
            robot.index += 1
            fell = fallen(robot.data)
            if fell or robot.index >= robot.end:
                self.falls += fell
                self.episodes += 1
                robots[k] = self._start(k)
        return seen, label.astype(np.float32)

    def _command(self, robot: _Robot) -> Array:
        command = np.array(robot.mimic[robot.index])
        command[6 + 15 :] += robot.body.loads.apply(self.rng, robot.index)
        if robot.noise:
            command[6:] += self.rng.normal(0, robot.noise, 29)
        x, y, yaw = robot.pose[robot.index]
        own = float(quat_to_rpy(robot.data.qpos[3:7])[2])
        dx, dy = x - robot.data.qpos[0], y - robot.data.qpos[1]
        c, s = np.cos(own), np.sin(own)
        command[:2] += np.clip(robot.gain * np.array([c * dx + s * dy, c * dy - s * dx]), -0.5, 0.5)
        command[5] += np.clip(robot.gain * float(wrap(yaw - own)), -1, 1)
        return command
