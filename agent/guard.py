"""What has failed twice in one way for one reason is not tried that way a third time, whoever proposes it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from agent.plan import Failure, Subtask
from agent.proposal import as_said

Way = tuple[str, str]
"""A step, and the step before it: the same step after another one is another way of doing it."""


def repeats(plan: Sequence[Subtask], done: Sequence[Subtask], history: Sequence[Failure], most: int = 2) -> list[str]:
    """What in a plan was tried too often, in words that can be sent back; empty when nothing was.

    Args:
        plan: what is to be done next.
        done: what was done before it.
        history: failures so far.
        most: how often one way may fail for one reason.
    """
    counted = Counter((_way(f.subtask, f.before), f.code) for f in history)
    hopeless = {way: code for (way, code), times in counted.items() if times >= most}
    before: Sequence[Subtask | None] = [done[-1] if done else None, *plan[:-1]][: len(plan)]
    return [
        f"{step} failed {most} times in this way ({hopeless[way]}): another hand, another step before it, "
        "another skill, ask, or abstain"
        for step, earlier in zip(plan, before, strict=True)
        if (way := _way(step, earlier)) in hopeless
    ]


def failures_of(step: Subtask, before: Subtask | None, history: Sequence[Failure]) -> tuple[str, ...]:
    """Reasons for which a step failed in this very way, oldest first."""
    return tuple(f.code for f in history if _way(f.subtask, f.before) == _way(step, before))


def _way(step: Subtask, before: Subtask | None) -> Way:
    return _key(step), "" if before is None else _key(before)


def _key(step: Subtask) -> str:
    return json.dumps([step.skill, as_said(step)], sort_keys=True)
