"""A task as it is shown in the conversation: what is done now, what was seen, what was decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.console import Console

from agent.journal import WORDED, Event
from agent.live import Board, sentence
from agent.models.spent import CALLED
from agent.plan import Subtask

_SHOWN = ("planned", "stage_failed", "looked_after_restart", "attempt_interrupted", CALLED)


class View:
    """Says what matters of a run, and keeps the whole table for who asks how far it is.

    Args:
        say: prints a line, with a style.
        instruction: of the run.
        events: of an earlier process.
    """

    def __init__(self, say: Callable[[str, str], None], instruction: str, events: Iterable[Event] = ()) -> None:
        self._say = say
        self.board = Board(Console(), instruction)
        self._stage = ""
        for event in events:
            self.board.event(event)

    def event(self, event: Event) -> None:
        """Take it into the table; say it if a person wants to know it at once."""
        self.board.event(event)
        kind = event["event"]
        if kind == "motion_started":
            self._say(f"  performing {self.now()} ...", "dim")
        checked = kind == "stage_finished" and event["stage"] == "check"
        if (
            (kind == WORDED and sentence(event))
            or checked
            or kind in _SHOWN
            or (kind == "decided" and event["do"] != "next")
        ):
            self._say(sentence(event), "dim" if kind == CALLED else "")

    def progress(self, stage: str, fraction: float) -> None:
        """Say that a stage begins which takes its time."""
        self.board.progress(stage, fraction)
        if stage != self._stage:
            self._stage = stage
            if stage == "imagine":
                self._say(f"  imagining {self.now()} ...", "dim")

    def now(self) -> str:
        """The step that is worked on, as skill(arguments)."""
        if self.board.now is None:
            return "the plan"
        steps = {int(str(e["id"])): str(Subtask.from_json(e)) for e in self.board.plan}
        return steps.get(self.board.now[0], "the plan")
