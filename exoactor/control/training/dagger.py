"""DAgger (Ross et al. 2011): the student acts, the teacher says what it would have done, the student learns that."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np
import torch
from torch import nn

from exoactor.control import twist2
from exoactor.control.bundle import HISTORY, Bundle
from exoactor.control.reference import Reference
from exoactor.control.student import forward
from exoactor.control.teacher import BatchTeacher
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


class Network(nn.Module):
    """Normalised input, SiLU layers, linear output."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, hidden: tuple[int, ...]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(OBSERVATION))
        self.register_buffer("std", torch.ones(OBSERVATION))
        layers: list[nn.Module] = []
        width = OBSERVATION
        for size in hidden:
            layers += [nn.Linear(width, size), nn.SiLU()]
            width = size
        self.layers = nn.Sequential(*layers, nn.Linear(width, 29))

    def forward(self, observation: torch.Tensor) -> torch.Tensor:
        """(N, OBSERVATION) to (N, 29) actions."""
        scaled = ((observation - self.mean) / self.std).clamp(-8, 8)
        return self.layers(scaled)  # type: ignore[no-any-return]

    def load(self, bundle: Bundle) -> None:
        """Take over weights and normalisation."""
        self.mean.copy_(torch.from_numpy(bundle.mean))
        self.std.copy_(torch.from_numpy(bundle.std))
        linear = [layer for layer in self.layers if isinstance(layer, nn.Linear)]
        with torch.no_grad():
            for layer, (weight, bias) in zip(linear, bundle.layers, strict=True):
                layer.weight.copy_(torch.from_numpy(weight))
                layer.bias.copy_(torch.from_numpy(bias))

    def arrays(self) -> tuple[Array, Array, list[tuple[Array, Array]]]:
        """Mean, standard deviation and (weight, bias) of each layer."""
        linear = [layer for layer in self.layers if isinstance(layer, nn.Linear)]
        weights = [(layer.weight.detach().numpy().copy(), layer.bias.detach().numpy().copy()) for layer in linear]
        return self.mean.numpy().copy(), self.std.numpy().copy(), weights


@dataclass
class _Robot:
    model: mujoco.MjModel
    data: mujoco.MjData
    reference: Reference
    mimic: Array
    pose: Array
    index: int
    end: int
    noise: float
    gain: float


class Collector:
    """Robots that follow random references from random starts under pushes and noise."""

    def __init__(self, teacher: Path, motions: dict[str, RobotMotion], cfg: DaggerCfg, seed: int) -> None:
        self.cfg = cfg
        self.rng = np.random.default_rng(seed)
        self.references = [Reference(motion) for motion in motions.values()]
        self._mimics = [r.mimic() for r in self.references]
        lengths = np.array([min(len(r), 1000) for r in self.references], float)
        self._odds = lengths / lengths.sum()
        self._models = [
            floor_model(fast=True, friction=friction, torso_mass=mass)
            for friction, mass in ((0.8, 0.0), (0.8, 0.0), (0.55, 1.0), (1.0, -0.5))
        ]
        n = cfg.robots
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
        model = self._models[k % len(self._models)]
        data = mujoco.MjData(model)
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
            model,
            data,
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
            mujoco.mj_step(robot.model, robot.data, nstep=SUBSTEPS)
            robot.index += 1
            fell = fallen(robot.data)
            if fell or robot.index >= robot.end:
                self.falls += fell
                self.episodes += 1
                robots[k] = self._start(k)
        return seen, label.astype(np.float32)

    def _command(self, robot: _Robot) -> Array:
        command = np.array(robot.mimic[robot.index])
        if robot.noise:
            command[6:] += self.rng.normal(0, robot.noise, 29)
        x, y, yaw = robot.pose[robot.index]
        own = float(quat_to_rpy(robot.data.qpos[3:7])[2])
        dx, dy = x - robot.data.qpos[0], y - robot.data.qpos[1]
        c, s = np.cos(own), np.sin(own)
        command[:2] += np.clip(robot.gain * np.array([c * dx + s * dy, c * dy - s * dx]), -0.5, 0.5)
        command[5] += np.clip(robot.gain * float(wrap(yaw - own)), -1, 1)
        return command


def distil(
    teacher: Path,
    motions: dict[str, RobotMotion],
    *,
    minutes: float,
    seed: int,
    cfg: DaggerCfg | None = None,
    initial: Bundle | None = None,
    log: Callable[[str], None] = print,
    on_round: Callable[[Bundle], None] | None = None,
) -> Bundle:
    """Train a student for `minutes` of wall time on one thread.

    Args:
        teacher: TWIST2-format ONNX.
        motions: references by name.
        minutes: at least one round is made.
        seed: of everything random; the number of rounds depends on the machine.
        cfg: see `DaggerCfg`.
        initial: go on from this student, which then acts from the first round on.
        log: gets one line a round.
        on_round: gets the student after each round.
    """
    cfg = cfg or DaggerCfg()
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    network = Network(cfg.hidden)
    rate = cfg.rate if initial is None else cfg.rate / 3
    optimizer = torch.optim.Adam(network.parameters(), rate)
    collector = Collector(teacher, motions, cfg, seed)
    shuffle = torch.Generator().manual_seed(seed)
    begin = time.monotonic()
    inputs, outputs = torch.empty(0, OBSERVATION), torch.empty(0, 29)
    bundle: Bundle | None = None
    if initial is not None:
        network.load(initial)
    rounds = 0
    while bundle is None or time.monotonic() - begin < 60 * minutes:
        started = time.monotonic()
        share = 1.0 if rounds == 0 else max(0.0, 0.5 - 0.25 * rounds)
        count = cfg.first_samples if rounds < 2 and initial is None else cfg.samples
        new, labels = collector.collect(count, bundle or initial, 0.0 if initial else share)
        inputs = torch.cat([inputs, torch.from_numpy(new)])
        outputs = torch.cat([outputs, torch.from_numpy(labels)])
        collected = time.monotonic()
        if rounds == 0 and initial is None:
            network.mean.copy_(torch.from_numpy(new.mean(0)))
            network.std.copy_(torch.from_numpy(new.std(0) + 1e-2))
        spent = (time.monotonic() - begin) / (60 * minutes)
        for group in optimizer.param_groups:
            group["lr"] = rate * max(0.1, 1 - spent)
        loss = _fit(network, optimizer, inputs, outputs, cfg, shuffle)
        rounds += 1
        bundle = Bundle.made(*network.arrays(), name=f"g1_student_seed{seed}")
        log(
            f"{time.monotonic() - begin:6.0f} s round {rounds} samples {len(inputs)} "
            f"falls {collector.falls}/{collector.episodes} {len(new) / (collected - started):.0f} samples/s "
            f"fit {time.monotonic() - collected:.0f} s loss {loss:.4f}"
        )
        if on_round:
            on_round(bundle)
    return bundle


def _fit(
    network: Network,
    optimizer: torch.optim.Optimizer,
    inputs: torch.Tensor,
    outputs: torch.Tensor,
    cfg: DaggerCfg,
    shuffle: torch.Generator,
) -> float:
    average = 0.0
    for step in range(cfg.updates):
        pick = torch.randint(0, len(inputs), (cfg.batch,), generator=shuffle)
        loss = ((network(inputs[pick]) - outputs[pick]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        average = loss.item() if step == 0 else 0.99 * average + 0.01 * loss.item()
    return average
