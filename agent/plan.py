"""What a planner gives back, and what every planner is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from agent.memory import Tried
from agent.models.calls import UNTOLD, Calls
from exoactor.types import Catalogue, ConfigError, Scene
from skills import Symbols

MAX_INSTRUCTION = 1000
"""Longest instruction [characters]."""
MAX_SUBTASKS = 30


class PlanStatus(StrEnum):
    """OK: every word is accounted for. ABSTAIN: not understood, or not surely. INVALID: understood, but not allowed."""

    OK = "ok"
    ABSTAIN = "abstain"
    INVALID = "invalid"


@dataclass(frozen=True)
class Subtask:
    """One step of a plan.

    Args:
        skill: name of a skill.
        args: its arguments by name; things by id.
        because: why the planner added it, empty when the instruction says it.
    """

    skill: str
    args: Mapping[str, Any] = field(default_factory=dict)
    because: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain data for state, journal and the command line."""
        plain: dict[str, Any] = {"skill": self.skill, "args": dict(self.args)}
        return {**plain, "because": self.because} if self.because else plain

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Subtask:
        """Inverse of `to_json`; further keys are left out."""
        return cls(data["skill"], dict(data["args"]), data.get("because", ""))

    def __str__(self) -> str:
        inside = ", ".join(str(v) if k in ("object", "target", "surface") else f"{k}={v}" for k, v in self.args.items())
        return f"{self.skill}({inside})"


@dataclass(frozen=True)
class PlanResult:
    """A plan, or why there is none.

    Args:
        status: ok, abstain or invalid.
        subtasks: the steps in order; empty unless ok.
        reason: for a person: what was not understood or not allowed.
        question: what to ask the person, where one answer would settle it.
        unknown: the words that were not understood.
        planner: who made it; empty for the planner that was asked.
        failure: why no language model had a say, one of `agent.models.failures.CODES`; empty when none failed.
    """

    status: PlanStatus
    subtasks: tuple[Subtask, ...] = ()
    reason: str = ""
    question: str = ""
    unknown: tuple[str, ...] = ()
    planner: str = ""
    failure: str = ""

    def to_json(self) -> dict[str, Any]:
        """What `exoactor plan --json` prints."""
        return {
            "status": self.status.value,
            "subtasks": [s.to_json() for s in self.subtasks],
            "reason": self.reason,
            "question": self.question,
            "unknown": list(self.unknown),
            "planner": self.planner,
            "failure": self.failure,
        }


@dataclass(frozen=True)
class Failure:
    """A subtask that did not succeed, as the planner is told of it.

    Args:
        subtask: what was tried.
        stage: stage that caused it; "check" for a verdict.
        code: snake_case reason.
        hint: one sentence for a person, quoted.
        before: the step before it in that plan; the same step after another one is another way of doing it.
        hand: that it was imagined with, "left" or "right"; None where none was chosen.
        facing: heading of who stood at the side from which it was to be done [rad]; None where nobody looked.
    """

    subtask: Subtask
    stage: str
    code: str
    hint: str = ""
    before: Subtask | None = None
    hand: str | None = None
    facing: float | None = None


NOTHING_BELIEVED = Symbols()


def _nothing() -> None:
    """Nothing is looked at."""


@dataclass(frozen=True)
class Context:
    """What a planner may use besides the words. The deterministic one needs none of it.

    Args:
        look: the room as it is perceived now; None when it cannot be seen. Called only by who needs it.
        done: steps of the plan that were seen to be done.
        calls: what goes with requests to a language model.
        symbols: what is believed of the robot before the first step.
        mentioned: ids of things that were spoken of before, the last of them last.
        tried: what was tried in this scene and what came of it, the latest first: hints, in what order to try things.
    """

    look: Callable[[], Scene | None] = _nothing
    done: tuple[Subtask, ...] = ()
    calls: Calls = UNTOLD
    symbols: Symbols = NOTHING_BELIEVED
    mentioned: tuple[str, ...] = ()
    tried: tuple[Tried, ...] = ()


ALONE = Context()
"""Nobody to look, to be told or to stop."""


class Planner(Protocol):
    """Turns words into subtasks. The deterministic planner and language models share this interface."""

    name: str

    def plan(self, instruction: str, catalogue: Catalogue, context: Context = ...) -> PlanResult:
        """Plan the whole instruction. Never guesses: what is not understood makes it abstain."""
        ...

    def replan(
        self,
        instruction: str,
        remaining: Sequence[Subtask],
        catalogue: Catalogue,
        history: Sequence[Failure],
        context: Context = ...,
    ) -> PlanResult:
        """Another way for `remaining`, whose first step failed as the last entry of `history` says."""
        ...


def checked_instruction(text: str) -> str:
    """The instruction, stripped.

    Raises:
        ConfigError: empty, without any word, too long, or with control characters.
    """
    stripped = text.strip()
    if not re.search(r"\w", stripped):
        raise ConfigError('the instruction is empty. Say what to do, for example: "walk to the table, then wave"')
    if len(stripped) > MAX_INSTRUCTION:
        raise ConfigError(
            f"the instruction has {len(stripped)} characters, at most {MAX_INSTRUCTION} are allowed. Split the task."
        )
    if any(ord(c) < 32 and c not in "\n\t\r" for c in stripped):
        raise ConfigError("the instruction holds control characters; plain text is wanted")
    return stripped
