"""The robot's side of a conversation: one thread that owns the living world and works off what it is told to do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from agent.chat.scene_answers import Body
from agent.chat.view import View
from agent.plan import Planner
from agent.run_folder import RunFolder
from agent.series import Series
from agent.session import Stop
from exoactor.types import Scene

Say = Callable[[str, str], None]
"""Prints a line, with a style."""


@dataclass
class Question:
    """A question that the robot waits for an answer to.

    Args:
        text: as asked.
        choices: the answers it may have.
    """

    text: str
    choices: tuple[str, ...]
    answer: str | None = None
    given: threading.Event = field(default_factory=threading.Event)


@dataclass
class Task:
    """Something to be done.

    Args:
        text: as said.
        planner: who plans it, where that is not who plans everything.
        turn: folder of the run that is gone on with; None begins a new one.
        halted: what the person said to have it ended or put off, "stop" or "pause".
    """

    text: str
    planner: Planner | None = None
    turn: Path | None = None
    halted: str = ""
    stop: Stop = field(default_factory=Stop)
    view: View | None = None
    question: Question | None = None


class RobotThread:
    """Works off tasks in order; the world is opened, used and closed in its thread.

    Args:
        open_series: opens the living world.
        say: prints a line.
        changed: called whenever a task ends or a question is put.
    """

    def __init__(self, open_series: Callable[[], Series], say: Say, changed: Callable[[], None]) -> None:
        self._open, self._say, self._changed = open_series, say, changed
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="robot")
        self._series: Series | None = None
        self._errands: SimpleQueue[tuple[Future[Any], Callable[[Scene], None]]] = SimpleQueue()
        self._asking = threading.Event()
        self.hung_up = threading.Event()

    def open(self) -> bool:
        """Open the world, and go on in it where another process left it; whether one had."""

        def work() -> bool:
            self._series = self._open()
            return self._series.wake()

        return self._thread.submit(work).result()

    @property
    def series(self) -> Series:
        """The runs and their world; other threads may read what is on disk."""
        assert self._series is not None, "open() comes first"
        return self._series

    @property
    def body(self) -> Body:
        """What the robot knows of itself without looking."""
        return Body(self.series.pipeline.holding, self.series.pipeline.seat)

    def look(self, then: Callable[[Scene], None]) -> Future[Any]:
        """Look when nothing else is to be done before, or while an answer is waited for, and hand the scene on."""
        if not self._asking.is_set():
            return self._thread.submit(lambda: then(self.series.look()))
        future: Future[Any] = Future()
        self._errands.put((future, then))
        return future

    def do(self, task: Task) -> Future[dict[str, Any] | None]:
        """Do a task when those before it have ended; its summary, None for one that was called off before."""

        def work() -> dict[str, Any] | None:
            if task.stop.asked():
                return None
            run = self.series.begin(task.text) if task.turn is None else RunFolder(task.turn)
            task.view = View(self._say, run.job.instruction, run.journal.events)
            return self.series.work(
                run,
                planner=task.planner,
                watcher=task.view,
                stop=task.stop,
                asker=lambda text, choices: self._ask(task, text, choices),
            )

        return self._thread.submit(work)

    def _ask(self, task: Task, text: str, choices: tuple[str, ...]) -> str | None:
        """Put a question; None when the task is called off or nobody is there any more."""
        question = Question(text, choices)
        task.question = question  # before it is shown: an answer may come at once
        self._say(f"{text} [{'/'.join(choices)}]", "bold")
        self._changed()
        try:
            self._asking.set()
            while not question.given.wait(0.05):
                self._run_errands()
                if task.stop.asked() or self.hung_up.is_set():
                    return None
            return question.answer
        finally:
            self._asking.clear()
            task.question = None
            self._run_errands()

    def _run_errands(self) -> None:
        while not self._errands.empty():
            future, then = self._errands.get()
            try:
                future.set_result(then(self.series.look()))
            except Exception as error:  # whoever sent for the look is told, and the question stays open
                future.set_exception(error)

    def close(self) -> None:
        """Close the world when the last task has ended."""
        if self._series is not None:
            self._thread.submit(self._series.pipeline.close)
        self._thread.shutdown()
