"""Several things named at once and then one by one: "visit both chairs: the red one, then the blue one"."""

from __future__ import annotations

from agent.language.clauses import Step
from agent.language.nouns import NotUnderstood, Nouns
from agent.language.tokens import Cursor
from skills import acted_on

_JOINED = (
    ",", "and", "then", ", then", ", and", "and then", ", and then", "and finally", ", finally", "next", ", next",
)  # fmt: skip


def thing_of(step: Step) -> str | None:
    """What a step is done to, or towards."""
    return acted_on(step.args) or next((need.thing for need in step.needs if need.name == "facing"), None)


def put_in_order(cursor: Cursor, nouns: Nouns, steps: list[Step]) -> bool:
    """Take the things of the steps one by one and put the steps in that order; False, nothing taken, if others follow.

    Raises:
        NotUnderstood: only some of them are named again.
    """
    start = cursor.at
    things = [thing_of(step) for step in steps]
    if len(steps) < 2 or None in things or len(set(things)) != len(things) or not nouns.starts(cursor):
        return False
    named: list[str] = []
    first = False
    while nouns.starts(cursor) and cursor.word not in ("it", "them", "there"):
        try:
            named += nouns.read(cursor)
        except NotUnderstood:
            cursor.at = start
            return False
        first = bool(cursor.take("first", "first of all")) or first
        cursor.take("second", "third", "next", "last", "at the end", "at last", "after that", "afterwards", "to finish")
        more = cursor.at
        if not (cursor.take_any(_JOINED) and nouns.starts(cursor)):
            cursor.at = more
            break
    if not set(named) & set(things):
        cursor.at = start
        return False
    if first and len(things) == 2 and len(named) == 1:
        named += [thing for thing in things if thing is not None and thing not in named]
    if sorted(named) != sorted(str(thing) for thing in things) or cursor.word not in ("", ",", "."):
        raise NotUnderstood("some of several things are named once more", "In which order?")
    steps.sort(key=lambda step: named.index(str(thing_of(step))))
    return True
