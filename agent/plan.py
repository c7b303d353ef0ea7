"""What a planner gives back, and what every planner is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from exoactor.types import Catalogue, ConfigError

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
        inside = ", ".join(str(v) if k in ("object", "target") else f"{k}={v}" for k, v in self.args.items())
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
    """

    status: PlanStatus
    subtasks: tuple[Subtask, ...] = ()
    reason: str = ""
    question: str = ""
    unknown: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What `exoactor plan --json` prints."""
        return {
            "status": self.status.value,
            "subtasks": [s.to_json() for s in self.subtasks],
            "reason": self.reason,
            "question": self.question,
            "unknown": list(self.unknown),
        }


@dataclass(frozen=True)
class Failure:
    """A subtask that did not succeed, as the planner is told of it.

    Args:
        subtask: what was tried.
        stage: stage that caused it; "check" for a verdict.
        code: snake_case reason.
    """

    subtask: Subtask
    stage: str
    code: str


class Planner(Protocol):
    """Turns words into subtasks. The deterministic planner and language models share this interface."""

    name: str

    def plan(self, instruction: str, catalogue: Catalogue, history: Sequence[Failure] = ()) -> PlanResult:
        """Plan the whole instruction. Never guesses: what is not understood makes it abstain."""
        ...

    def replan(
        self, instruction: str, remaining: Sequence[Subtask], catalogue: Catalogue, history: Sequence[Failure]
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
