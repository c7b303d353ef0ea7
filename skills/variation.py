"""What may be varied about a skill's action without it being another one: its time, its strokes, a hand left open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from exoactor.types import Action
from skills.base import Args

LONGER = 3.0
"""A gesture or a rest may take so much longer than the skill has it, never less: less would not be seen [s]."""
MORE_STROKES = 2
"""And a wipe may have so many strokes more."""
TIMED = ("stand", "wave", "point", "sit")
"""Kinds of actions whose seconds are free. What is held up is not held longer: that only tires."""
EITHER_HAND = ("wave", "point")
"""Kinds of actions that either hand does from the same place; for others where one stands depends on the hand."""


@dataclass(frozen=True)
class Range:
    """Numbers from low to high, whole ones or any."""

    low: float
    high: float
    whole: bool = False

    def problem(self, value: Any) -> str:
        """Why a value is not allowed, or ""."""
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and self.low <= value <= self.high
        if number and (not self.whole or float(value).is_integer()):
            return ""
        return f"{value!r:.40} given, {'a whole number' if self.whole else 'a number'} from {self} wanted"

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]

    def problem(self, value: Any) -> str:
        """Why a value is not allowed, or ""."""
        return "" if value in self.words else f"{value!r:.40} given, one of {', '.join(self.words)} wanted"

    def __str__(self) -> str:
        return " or ".join(self.words)


Open = Mapping[str, Range | Choice]
"""Fields of an action that may be set, each with what it may be."""


def open_fields(action: Action, args: Args) -> Open:
    """What may be set of an action that a skill made of `args`; what the arguments say is settled."""
    fields: dict[str, Range | Choice] = {}
    if action.kind in TIMED and "seconds" not in args:
        fields["seconds"] = Range(action.seconds, action.seconds + LONGER)
    if action.kind == "wipe":
        fields["strokes"] = Range(action.strokes, action.strokes + MORE_STROKES, whole=True)
    if action.kind in EITHER_HAND and "side" not in args:
        fields["side"] = Choice(("left", "right"))
    return fields


def varied(action: Action, values: Mapping[str, Any]) -> Action:
    """The action with these fields set; they are known to be allowed."""
    kinds = {"seconds": float, "strokes": int, "side": str}
    return replace(action, **{name: kinds[name](value) for name, value in values.items()})
