"""What refers to an earlier turn as a whole: the same again, the same with the other one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from agent.journal import read_events
from agent.plan import Subtask
from exoactor.types import Catalogue
from skills import acted_on
from skills.base import spoken


class Unclear(Exception):
    """What it refers to cannot be said; the message tells a person why."""


def the_other_one(turns: Sequence[Path], catalogue: Catalogue) -> tuple[str, tuple[Subtask, ...]]:
    """The plan of the last turn with the one other thing of the same kind in place of the one it was about.

    Returns:
        Id of the other thing, and the steps.

    Raises:
        Unclear: there was no plan, it was about several things, or there is not exactly one other.
    """
    asked = asked_for(turns[-1]) if turns else ()
    about = {thing for thing in (acted_on(step.args) for step in asked) if thing is not None}
    if len(about) != 1:
        named = ", ".join(sorted(about)) or "nothing"
        raise Unclear(f"I did not understand “the other one”: the last task was about {named}. Say which thing.")
    one = about.pop()
    kind = next((item.kind for item in catalogue if item.id == one), "")
    others = [item.id for item in catalogue if item.kind == kind and item.id != one]
    if len(others) != 1:
        named = ", ".join(spoken(id) for id in others) or f"no other {kind}"
        raise Unclear(f"I did not understand “the other one”: besides the {spoken(one)} there is {named}.")
    steps = tuple(
        Subtask(step.skill, {k: others[0] if v == one else v for k, v in step.args.items()}) for step in asked
    )
    return others[0], steps


def asked_for(turn: Path) -> tuple[Subtask, ...]:
    """The steps that the words of a turn asked for, without those the planner added."""
    for event in read_events(turn / "journal.jsonl"):
        if event["event"] == "planned" and event["status"] == "ok":
            return tuple(s for s in map(Subtask.from_json, event["plan"]) if not s.because)
    return ()
