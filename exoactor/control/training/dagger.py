"""DAgger (Ross et al. 2011): the student acts, the teacher says what it would have done, the student learns that."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

from exoactor.control.bundle import Bundle
from exoactor.control.training.collector import OBSERVATION, DaggerCfg
from exoactor.control.training.crew import Crew
from exoactor.types import Array, RobotMotion


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
        weights = [(_numpy(layer.weight), _numpy(layer.bias)) for layer in linear]
        return _numpy(self.mean), _numpy(self.std), weights


def _numpy(tensor: torch.Tensor) -> Array:
    return np.asarray(tensor.detach().cpu().numpy().copy())


class _Student:
    """A network and what teaches it."""

    def __init__(self, hidden: tuple[int, ...], rate: float, seed: int, device: torch.device) -> None:
        torch.manual_seed(seed)
        self.network = Network(hidden).to(device)
        self.optimizer = torch.optim.Adam(self.network.parameters(), rate)
        self.name = f"g1_student_{'x'.join(str(width) for width in hidden)}_seed{seed}"
        self.loss: float | torch.Tensor = 0.0

    def step(self, inputs: torch.Tensor, outputs: torch.Tensor) -> None:
        """One gradient step on (N, OBSERVATION) and (N, 29)."""
        loss = ((self.network(inputs) - outputs) ** 2).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.loss = loss.detach() if isinstance(self.loss, float) else 0.99 * self.loss + 0.01 * loss.detach()

    def bundle(self) -> Bundle:
        """As it is now."""
        return Bundle.made(*self.network.arrays(), name=self.name)


def distil(
    teacher: Path,
    motions: dict[str, RobotMotion],
    *,
    minutes: float,
    seed: int,
    cfg: DaggerCfg | None = None,
    initial: Bundle | None = None,
    also: Sequence[tuple[int, ...]] = (),
    workers: int = 1,
    device: str = "cpu",
    log: Callable[[str], None] = print,
    on_round: Callable[[list[Bundle]], None] | None = None,
) -> list[Bundle]:
    """Train students for `minutes` of wall time.

    With one worker, robots and networks take turns on one thread; with more, the robots of the next round move while
    the networks learn from the last, for as long as that takes.

    Args:
        teacher: TWIST2-format ONNX.
        motions: references by name.
        minutes: at least one round is made.
        seed: of everything random; the number of rounds depends on the machine.
        cfg: see `DaggerCfg`.
        initial: go on from this student, which then acts from the first round on.
        also: widths of hidden layers of further students, which act in turn with the first and learn from the same.
        workers: processes that simulate.
        device: on which the networks learn, as torch names it.
        log: gets one line a round.
        on_round: gets the students after each round.
    """
    cfg = cfg or DaggerCfg()
    torch.set_num_threads(1)
    where = torch.device(device)
    rate = cfg.rate if initial is None else cfg.rate / 3
    students = [_Student(hidden, rate, seed, where) for hidden in (cfg.hidden, *also)]
    shuffle = torch.Generator(where).manual_seed(seed)
    begin = time.monotonic()
    inputs, outputs = torch.empty(0, OBSERVATION, device=where), torch.empty(0, 29, device=where)
    acting: list[Bundle | None] = [initial]
    bundles: list[Bundle] = []
    if initial is not None:
        students[0].network.load(initial)
    with Crew(workers, teacher, motions, cfg, seed) as crew:
        crew.ask(cfg.first_samples, acting, 0.0 if initial else 1.0)
        rounds = 0
        while not bundles or time.monotonic() - begin < 60 * minutes:
            started = time.monotonic()
            new = crew.gather()
            rounds += 1
            if workers > 1:
                crew.ask(*_next_round(cfg, rounds, acting, initial))
            inputs = torch.cat([inputs, torch.from_numpy(new.observations).to(where)])
            outputs = torch.cat([outputs, torch.from_numpy(new.actions).to(where)])
            collected = time.monotonic()
            spent = (collected - begin) / (60 * minutes)
            for student in students:
                if rounds == 1 and initial is None:
                    student.network.mean.copy_(inputs.mean(0))
                    student.network.std.copy_(inputs.std(0) + 1e-2)
                for group in student.optimizer.param_groups:
                    group["lr"] = rate * max(0.05, 1 - spent)
            updates = 0
            while updates < cfg.updates or (workers > 1 and not crew.ready):
                for _ in range(20):
                    pick = torch.randint(0, len(inputs), (cfg.batch,), generator=shuffle, device=where)
                    seen, done = inputs[pick], outputs[pick]
                    for student in students:
                        student.step(seen, done)
                updates += 20
            bundles = [student.bundle() for student in students]
            acting = list(bundles)
            if workers == 1:
                crew.ask(*_next_round(cfg, rounds, acting, initial))
            log(
                f"{time.monotonic() - begin:6.0f} s round {rounds} samples {len(inputs)} "
                f"falls {new.falls}/{new.episodes} waited {collected - started:.0f} s, {updates} updates "
                f"in {time.monotonic() - collected:.0f} s, loss {', '.join(f'{float(s.loss):.4f}' for s in students)}"
            )
            if on_round:
                on_round(bundles)
    return bundles


def _next_round(
    cfg: DaggerCfg, rounds: int, acting: list[Bundle | None], initial: Bundle | None
) -> tuple[int, list[Bundle | None], float]:
    """How much to collect next, who acts, and how often the teacher does instead."""
    share = 0.0 if initial is not None else max(0.0, 0.5 - 0.25 * (rounds - 1))
    return (cfg.samples if rounds > 1 or initial is not None else cfg.first_samples), acting, share
