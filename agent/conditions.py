"""Conditions of scripts and of standing goals: what a look, or the last outcome, has to say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from agent import facts
from agent.facts import Told
from agent.summary import EXIT_STATUS
from exoactor.types import Catalogue, Scene

Name = Literal["last", "seen", "not_seen", "on", "not_on", "at", "not_at", "facing", "holding"]
NAMES: tuple[Name, ...] = ("last", "seen", "not_seen", "on", "not_on", "at", "not_at", "facing", "holding")
PAIRS: frozenset[Name] = frozenset({"on", "not_on"})
"""Those that say where one thing is by another: {thing: what it is on}."""
OUTCOMES = tuple(EXIT_STATUS)
NOTHING = "nothing"
"""In the hands."""


@dataclass(frozen=True)
class Condition:
    """One condition.

    Args:
        name: "last" is about the outcome of the step before; "at" and "facing" are about the robot; "holding" about its
            hands; the others about things.
        of: an outcome, or the id of a thing.
        support: for "on" and "not_on", the id of what it is on, or "floor".
    """

    name: Name
    of: str
    support: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.of}" + (f" {self.support}" if self.support else "")

    @property
    def needs_look(self) -> bool:
        """Whether only a look can tell."""
        return self.name not in ("last", "holding")

    def told(self, scene: Scene | None, holding: str | None, last: str) -> Told:
        """Whether it holds; None where that cannot be told.

        Args:
            scene: of a fresh look, or None if the room could not be seen.
            holding: id of what is in the robot's hands.
            last: outcome of the step before, "" when there was none.
        """
        if self.name == "last":
            return last == self.of
        if self.name == "holding":
            return (holding or NOTHING) == self.of
        if scene is None:
            return None
        if self.name in ("seen", "not_seen"):
            return (facts.found(scene, self.of) is not None) == (self.name == "seen")
        if self.name in PAIRS:
            told = facts.on(scene, self.of, self.support)
        else:
            told = facts.facing(scene, self.of) if self.name == "facing" else facts.at(scene, self.of)
        return told if told is None or not self.name.startswith("not_") else not told

    def problem(self, catalogue: Catalogue) -> str | None:
        """Why it cannot be meant so in a scene with these things, or None."""
        if self.name == "last":
            allowed: tuple[str, ...] = OUTCOMES
        else:
            allowed = (*(i.id for i in catalogue), *((NOTHING,) if self.name == "holding" else ()))
        if self.of not in allowed:
            return f"{self.name}: {self.of!r} given, one of {', '.join(allowed)} wanted"
        if self.name in PAIRS and self.support not in (*allowed, "floor"):
            return f"{self.name} {self.of}: {self.support!r} given, one of {', '.join(allowed)}, floor wanted"
        return None


def judge(
    conditions: Iterable[Condition], scene: Scene | None, holding: str | None, last: str
) -> tuple[bool, list[str]]:
    """Whether all hold, and which do not or cannot be told, in words. What cannot be told does not hold."""
    failing = unmet((condition, condition.told(scene, holding, last)) for condition in conditions)
    return not failing, failing


def unmet(told: Iterable[tuple[Condition, Told]]) -> list[str]:
    """Those that do not hold or cannot be told, in words."""
    return [f"{condition}: {'cannot tell' if so is None else 'no'}" for condition, so in told if not so]
