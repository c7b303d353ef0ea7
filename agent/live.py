"""The run as it happens: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from agent.journal import WORDED, Event
from agent.models.spent import CALLED, SAW
from agent.plan import Subtask
from agent.remembered import in_words
from agent.session import Watcher

_MARKS = {"done": ("✓", "green"), "not_done": ("✗", "red"), "cannot_tell": ("?", "yellow"), "error": ("✗", "red")}


class Lines:
    """One plain line an event that matters to a person."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def event(self, event: Event) -> None:
        """Print it, if it has something to say."""
        line = sentence(event)
        if line:
            self.console.print(escape(line), highlight=False, soft_wrap=True)

    def progress(self, stage: str, fraction: float) -> None:
        """Not shown: a log is no place for progress."""

    def pause(self) -> None:
        """Nothing to pause."""

    def go_on(self) -> None:
        """Nothing to go on with."""


class Board:
    """A table that is drawn anew: plan, stage, progress, verdict, seconds.

    Args:
        console: a terminal.
        instruction: shown above the table.
    """

    def __init__(self, console: Console, instruction: str) -> None:
        self.instruction = instruction
        self.plan: list[dict[str, object]] = []
        self.state: dict[int, tuple[str, str]] = {}
        self.tries: dict[int, int] = {}
        self.spent: dict[int, float] = {}
        self.now: tuple[int, str, float] | None = None
        self.notes: list[str] = []
        self.began = time.monotonic()
        self.live = Live(console=console, refresh_per_second=6, get_renderable=self.draw, transient=False)

    def event(self, event: Event) -> None:
        """Take the event into the table."""
        kind = event["event"]
        if kind == "planned" and event["status"] == "ok":
            self.plan = event["plan"]
        subtask = _subtask_id(event)
        if subtask is not None:
            self.tries[subtask] = int(str(event["attempt"]).rsplit("-", 1)[1])
            self.spent[subtask] = self.spent.get(subtask, 0.0) + float(event.get("seconds", 0.0))
            if kind in ("stage_finished", "stage_failed"):
                self.now = (subtask, str(event["stage"]), 1.0)
        if kind == "decided" and subtask is not None:
            self.state[subtask] = (event["result"]["kind"], event["result"]["code"])
            if event["do"] == "next":
                later = [int(str(p["id"])) for p in self.plan if int(str(p["id"])) > subtask]
                self.now = (later[0], "", 0.0) if later else None
            else:
                self.notes = [*self.notes, f"step {subtask}: {event['do']}: {event['why']}"][-4:]
        if kind == "by_word" and subtask is not None:
            self.state[subtask] = ("cannot_tell", f"{event['says']}, says a person")
        if kind in ("looked_after_restart", "attempt_interrupted", "run_finished", "remembered", CALLED, SAW):
            self.notes = [*self.notes, sentence(event)][-4:]

    def progress(self, stage: str, fraction: float) -> None:
        """Show how far the stage is."""
        if self.now is not None:
            self.now = (self.now[0], stage, fraction)
        elif self.plan:
            self.now = (int(str(self.plan[0]["id"])), stage, fraction)

    def draw(self) -> Group:
        """The table as it stands."""
        table = Table(box=None, pad_edge=False, header_style="dim")
        for heading in ("", "step", "try", "stage", "verdict", "s"):
            table.add_column(heading, justify="right" if heading in ("s", "try") else "left")
        for entry in self.plan:
            id = int(str(entry["id"]))
            kind, code = self.state.get(id, ("", ""))
            mark, style = _MARKS.get(kind, ("·", "dim"))
            stage = ""
            if self.now is not None and self.now[0] == id and kind != "done":
                mark = "▸"
                full = round(10 * self.now[2])
                stage = f"{self.now[1]:9s}{'━' * full}{'─' * (10 - full)}"
            table.add_row(
                Text(mark, style),
                Text(str(Subtask.from_json(entry))),
                str(self.tries.get(id, "")),
                Text(stage, "cyan"),
                Text(code.replace("_", " "), style),
                f"{self.spent[id]:.0f}" if id in self.spent else "",
            )
        clock = f"{time.monotonic() - self.began:.0f} s"
        return Group(
            Text(f"“{self.instruction}”", "bold"), table, *(Text(n, "dim") for n in self.notes), Text(clock, "dim")
        )

    def pause(self) -> None:
        """Leave the terminal to a question."""
        self.live.stop()

    def go_on(self) -> None:
        """Draw again."""
        self.live.start()


@contextmanager
def live_view(instruction: str, log: Path, *, to_stderr: bool = False) -> Iterator[Lines | Board]:
    """A board on a terminal, plain lines otherwise.

    Args:
        instruction: shown above the board.
        log: while the board is drawn, what native libraries print to standard error goes there.
        to_stderr: standard output is wanted for something else.
    """
    console = Console(stderr=to_stderr)
    if not console.is_terminal or console.is_dumb_terminal:
        yield Lines(console)
        return
    with _native_stderr_to(log) as terminal:
        board = Board(Console(file=terminal) if to_stderr else console, instruction)
        with board.live:
            yield board


@contextmanager
def _native_stderr_to(log: Path) -> Iterator[TextIO]:
    """Lead file descriptor 2 into a file, for lines that would tear the board; gives the terminal behind it."""
    sys.stderr.flush()
    terminal = os.dup(2)
    try:
        with log.open("ab") as file, os.fdopen(os.dup(terminal), "w") as screen:
            os.dup2(file.fileno(), 2)
            yield screen
    finally:
        sys.stderr.flush()
        os.dup2(terminal, 2)
        os.close(terminal)


def ask_person(question: str, choices: tuple[str, ...], watcher: Watcher) -> str | None:
    """Ask on the terminal; None when nobody sits there."""
    if not sys.stdin.isatty():
        return None
    if isinstance(watcher, Lines | Board):
        watcher.pause()
    try:
        while True:
            with Path("/dev/tty").open("w") as terminal:
                print(f"{question} [{'/'.join(choices)}] ", end="", file=terminal, flush=True)
            answer = sys.stdin.readline()
            if not answer:
                return None
            if answer.strip().lower() in choices:
                return answer.strip().lower()
    finally:
        if isinstance(watcher, Lines | Board):
            watcher.go_on()


def sentence(event: Event) -> str:
    """An event in words, or "" for those that only programs need."""
    kind, where = event["event"], str(event.get("attempt", "")).removeprefix("subtasks/")
    if kind == "planned":
        if event["status"] != "ok":
            return f"no plan: {event['reason']}"
        steps = "; ".join(f"{e['id']}. {Subtask.from_json(e)}" for e in event["plan"])
        return f"{'replanned' if event['replans'] else 'plan'}: {steps}"
    if kind == "remembered":
        return f"remembered: {'; '.join(map(in_words, event['ways']))}"
    if kind == "not_remembered":
        return f"not remembered: {event['why']}"
    if kind == CALLED:
        costs = f"{event['seconds']:.1f} s, {event['tokens_in']} + {event['tokens_out']} tokens"
        return (
            f"  language model, call {event['call']}, {event['purpose']}: {event['code'].replace('_', ' ')} ({costs})"
        )
    if kind == SAW:
        return f"  {where} shown the {event['about']}{', doubted' if event['turned'] else ''}: {told(event)}"
    if kind == WORDED and event.get("failure"):
        return f"  {where} prompt: in the skill's words; {event['failure'].replace('_', ' ')}: {event['reason']}"
    if kind == WORDED and event["wording"]["by"] != "skill":
        words = "; ".join(p["text"] for pieces in event["wording"]["steps"] for p in pieces)
        return f"  {where} prompt, worded by the {event['wording']['by']}: {words}"
    if kind == "stage_finished":
        says = f": {measured(event['verdict'])}" if event["stage"] == "check" else ""
        return f"  {where} {event['stage']} ({event['seconds']:.1f} s){says}{beside(event.get('model'))}"
    if kind == "stage_failed":
        result = event["result"]
        return f"  {where} {event['stage']} failed: {result['code']} {result['hint']}".rstrip()
    if kind == "decided":
        return f"{where}: {event['do']} ({event['why']})"
    if kind == "looked_after_restart":
        begun = "the motion had begun and is not repeated" if event["motion_begun"] else "the motion had not begun"
        return f"taken up again at {event['stage']} of {where} after a fresh look; {begun}"
    if kind == "attempt_interrupted":
        return f"{where} closed: {event['why']}"
    if kind == "by_word":
        return f"{where}: a person says it is {event['says']}"
    if kind == "motion_stopped":
        return f"{where}: stopped in mid-motion"
    if kind == "run_finished":
        return f"{event['status']}. {event['reason']}".strip().rstrip(".")
    return ""


def measured(verdict: Event) -> str:
    """A verdict in words."""
    text = f"{verdict['outcome']}, {verdict['code']}".replace("_", " ")
    with suppress(TypeError):
        text += f" ({verdict['measured']:.3g} {verdict['unit']}, limit {verdict['threshold']:.3g})"
    return text


def told(answer: Event) -> str:
    """What a model answered about pictures, in words; what it says it sees is quoted."""
    if answer["answer"] == "failed":
        return f"no answer ({answer['reason']})"
    seen = "; ".join(f"{name}: “{text}”" for name, text in answer["seen"].items())
    return f"the model says {answer['answer'].replace('_', ' ')}; {seen}"


def beside(model: Event | None) -> str:
    """What a model's opinion did to a verdict, in words."""
    if not model:
        return ""
    was = f" (measured: {model['measured']}, {model['measured_code']})" if "measured" in model else ""
    return f"; model {model['flag']}{was if model['flag'] in ('vetoed', 'confirmed') else ''}".replace("_", " ")


def _subtask_id(event: Event) -> int | None:
    name = str(event.get("attempt", ""))
    return int(name.split("/")[1].split("-", maxsplit=1)[0]) if name.startswith("subtasks/") else None
