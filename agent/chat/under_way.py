"""What the robot is at and what it has still to do, as the thread that takes the lines sees it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from agent.chat.robot import Question, Task


class UnderWay:
    """Tasks and looks that are not over, and how many of them the person has not heard the end of.

    Args:
        tell: says what came of a task or, without one, of a look; called in the robot's thread, when it counts as done
            already.
    """

    def __init__(self, tell: Callable[[Task | None, Future[Any]], None]) -> None:
        self._tell = tell
        self._changed = threading.Condition()
        self._tasks: list[tuple[Task | None, Future[Any]]] = []
        self._untold = 0

    def keep(self, task: Task | None, future: Future[Any]) -> None:
        """Keep an eye on what the robot was told to do."""
        self._tasks = [*((t, f) for t, f in self._tasks if not f.done()), (task, future)]
        with self._changed:
            self._untold += 1
        future.add_done_callback(lambda done: self._over(task, done))

    def _over(self, task: Task | None, done: Future[Any]) -> None:
        self._tell(task, done)
        with self._changed:
            self._untold -= 1
            self._changed.notify_all()

    @property
    def task(self) -> Task | None:
        """What is done now."""
        return next((task for task, future in self._tasks if task is not None and not future.done()), None)

    @property
    def busy(self) -> bool:
        """Whether anything is done now."""
        return self.task is not None

    @property
    def question(self) -> Question | None:
        """What the robot asks now."""
        task = self.task
        return None if task is None else task.question

    def stop(self, how: str) -> bool:
        """Stop all that is done or to be done; whether there was something that was not stopped yet.

        Args:
            how: "stop" or "pause".
        """
        open_tasks = [task for task, future in self._tasks if task is not None and not future.done()]
        tasks = [task for task in open_tasks if not task.stop.asked()]
        for task in tasks:
            task.halted = how
            task.stop.ask()
        return bool(tasks)

    def wait(self, *, for_question: bool) -> None:
        """Wait until all is done and told, or a question is open where that is waited for."""
        with self._changed:
            self._changed.wait_for(lambda: not self._untold or (for_question and self.question is not None))

    def notify(self) -> None:
        """Something has changed that may be waited for."""
        with self._changed:
            self._changed.notify_all()
