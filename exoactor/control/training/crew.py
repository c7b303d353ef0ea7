"""Collectors in processes of their own, which go on collecting while the student learns."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from exoactor.control.bundle import Bundle
from exoactor.control.training.collector import Collector, DaggerCfg
from exoactor.types import Array, RobotMotion


@dataclass(frozen=True)
class Batch:
    """What was collected.

    Args:
        observations: (N, OBSERVATION) float32.
        actions: (N, 29) the teacher's, float32.
        falls: robots that fell.
        episodes: that ended.
    """

    observations: Array
    actions: Array
    falls: int
    episodes: int

    @classmethod
    def joined(cls, parts: Sequence[Batch]) -> Batch:
        """All of them as one."""
        return cls(
            np.concatenate([p.observations for p in parts]),
            np.concatenate([p.actions for p in parts]),
            sum(p.falls for p in parts),
            sum(p.episodes for p in parts),
        )


class Crew:
    """Collects with `workers` processes, or in this one if that is 1. Use as a context manager.

    Args:
        workers: processes.
        teacher: TWIST2-format ONNX.
        motions: references by name; every process has all of them.
        cfg: of the collectors.
        seed: each process has its own, derived from this.
    """

    def __init__(self, workers: int, teacher: Path, motions: dict[str, RobotMotion], cfg: DaggerCfg, seed: int) -> None:
        self._own: Collector | None = None
        self._pipes: list[Connection] = []
        self._processes: list[Any] = []
        self._asked: tuple[int, list[Bundle | None], float] = (0, [None], 1.0)
        if workers == 1:
            self._own = Collector(teacher, motions, cfg, seed)
            return
        context = multiprocessing.get_context("spawn")
        for number in range(workers):
            here, there = context.Pipe()
            process = context.Process(target=_work, args=(there, teacher, motions, cfg, [seed, number]), daemon=True)
            process.start()
            there.close()
            self._pipes.append(here)
            self._processes.append(process)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.terminate()
            process.join()

    def ask(self, count: int, students: Sequence[Bundle | None], teacher_share: float) -> None:
        """Let at least `count` samples be collected, by the students in turn, one a process."""
        self._asked = (count, list(students), teacher_share)
        each = -(-count // max(1, len(self._pipes)))
        for number, pipe in enumerate(self._pipes):
            pipe.send((each, students[number % len(students)], teacher_share))

    @property
    def ready(self) -> bool:
        """Whether `gather` need not wait."""
        return self._own is not None or all(pipe.poll() for pipe in self._pipes)

    def gather(self) -> Batch:
        """What was asked for last.

        Raises:
            EOFError: a process has ended.
        """
        if self._own is not None:
            count, students, share = self._asked
            return Batch(*self._own.collect(count, students[0], share), self._own.falls, self._own.episodes)
        return Batch.joined([pipe.recv() for pipe in self._pipes])


def _work(pipe: Connection, teacher: Path, motions: dict[str, RobotMotion], cfg: DaggerCfg, seed: list[int]) -> None:
    collector = Collector(teacher, motions, cfg, seed)
    try:
        while True:
            count, student, share = pipe.recv()
            pipe.send(Batch(*collector.collect(count, student, share), collector.falls, collector.episodes))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # nobody wants more
