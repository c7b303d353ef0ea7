"""What a plan comes to when every step of it succeeds, in symbols alone; and whether that is what was asked for.

Whether a plan is right shows in its end state, not in its wording: two plans that differ in a walk may both be right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import skills
from agent.plan import Subtask
from agent.symbolic import UNKNOWN
from exoactor.types import Expectation
from skills import Symbols
from skills.stand_still import SECONDS

FREE: Final = frozenset({"at", "facing", "still", "standing"})
"""Walks, turns, pauses and getting up beyond those asked for: they are no gestures, and nothing comes of them."""
IMPLIED: Final = {"lifted": ("carried", "put_down", "placed"), "carried": ("put_down", "placed")}
"""What is done to a thing on the way to something else."""
LETS_GO: Final = frozenset({"put_down", "placed"})


@dataclass(frozen=True)
class Story:
    """A plan, played through.

    Args:
        events: what would be seen to be done, in order.
        symbols: what would be believed of the robot at the end.
        on: what each thing stands on at the end; "hands" for what is held.
        still: longest time stood still [s].
    """

    events: tuple[Expectation, ...]
    symbols: Symbols
    on: Mapping[str, str]
    still: float


def play(plan: Sequence[Subtask], on: Mapping[str, str]) -> Story:
    """Play a plan through from where things stand.

    Args:
        plan: valid subtasks.
        on: what each movable thing stands on.
    """
    symbols, places, came_from, still = UNKNOWN, dict(on), dict(on), 0.0
    events = []
    for step in plan:
        skill = skills.get(step.skill)
        event = skill.expectation(step.args)
        symbols = skill.effects(symbols, step.args)
        events.append(event)
        if symbols.holding is not None:
            places[symbols.holding] = "hands"
        if event.kind in LETS_GO and event.target is not None:
            near = _carried_to(events, event.target)
            places[event.target] = event.on or near or came_from.get(event.target, "floor")
            came_from[event.target] = places[event.target]
        if event.kind == "swept" and event.target is not None:
            places[event.target] = came_from[event.target] = "floor"
        if event.kind == "still":
            still = max(still, float(step.args.get("seconds", SECONDS)))
    return Story(tuple(events), symbols, places, still)


def _carried_to(events: Sequence[Expectation], thing: str) -> str | None:
    """Where a thing was carried since it was lifted last."""
    for event in reversed(events):
        if event.target == thing and event.kind == "carried":
            return event.on
        if event.target == thing and event.kind == "lifted":
            return None
    return None


@dataclass(frozen=True)
class Goal:
    """An end state that was asked for.

    Args:
        events: what has to happen, in order: (kind, target, side or place); a target or side left out is any.
        near, facing, holding: of the robot at the end; None for whatever, "nothing" for none.
        stands: on what things stand at the end. What it does not name stands where it stood, or is held.
        never: events that must not happen.
        still: shortest time of standing still [s].
    """

    events: tuple[tuple[str, ...], ...] = ()
    near: str | None = None
    facing: str | None = None
    holding: str | None = None
    stands: Mapping[str, str] = field(default_factory=dict)
    never: tuple[tuple[str, ...], ...] = ()
    still: float = 0.0

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Goal:
        """From a committed file of instructions."""
        rest = {k: v for k, v in data.items() if k not in ("events", "never")}
        return cls(events=_rows(data.get("events", ())), never=_rows(data.get("never", ())), **rest)

    def missed(self, story: Story, on: Mapping[str, str]) -> str:
        """What is not as it was asked for, or "".

        Args:
            story: the plan, played.
            on: where things stood before.
        """
        wanted = list(self.events)
        for event in story.events:
            hit = next((row for row in self.never if _matches(event, row)), None)
            if hit is not None:
                return f"{_words(event)} must not happen"
            if wanted and _matches(event, wanted[0]):
                wanted.pop(0)
            elif event.kind not in FREE and not self._implied(event):
                return f"{_words(event)} was not asked for"
            # Who arrives at a thing faces it.
            if event.kind == "at" and wanted and wanted[0] == ("facing", event.target):
                wanted.pop(0)
        if wanted:
            return f"{' '.join(wanted[0])} does not happen, or not in its place"
        for name in ("near", "facing", "holding"):
            asked, is_ = getattr(self, name), getattr(story.symbols, name)
            if asked is not None and asked != (is_ or "nothing"):
                return f"{name} is {is_ or 'nothing'}, not {asked}"
        for thing, place in story.on.items():
            asked_for = self.stands.get(thing, on.get(thing))
            if place not in ("hands", asked_for) or (place == "hands" and thing in self.stands):
                return f"{thing} ends on {place}, not on {asked_for}"
        return "" if story.still >= self.still else f"stands still for {story.still:g} s, not {self.still:g}"

    def _implied(self, event: Expectation) -> bool:
        return any(row[0] in IMPLIED.get(event.kind, ()) and row[1:2] == (event.target,) for row in self.events)


def _rows(data: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(str(word) for word in row) for row in data)


def _matches(event: Expectation, row: Sequence[str]) -> bool:
    """Whether an event is the one that a row names."""
    given = [str(v) for v in (event.target, event.side, event.on) if v is not None]
    if event.kind != row[0]:
        return False
    if event.kind == "waved":
        return len(row) < 2 or event.side == row[1]
    if row[1:2] and row[1] != event.target:
        return False
    return not row[2:] or row[2] in given[1:]


def _words(event: Expectation) -> str:
    return " ".join(str(v) for v in (event.kind, event.target, event.side, event.on) if v is not None)
