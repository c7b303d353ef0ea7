"""What memory has to say about a step: which of several ways worked here, and how that is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.attempts import Attempt, action_from
from agent.decide import Result
from agent.journal import WORDED
from agent.memory import Tried, fingerprint
from agent.plan import Subtask
from agent.proposal import as_said
from exoactor.types import ConfigError

if TYPE_CHECKING:
    from agent.session import Session

ONE_HANDED = frozenset({"wave", "point", "pick", "place", "wipe"})
"""Actions of one hand."""
MOST_TOLD = 20
"""So many ways are told to a language model."""
MOST_SAID = 4
"""And so many to a person, of each plan."""


def note(session: Session, attempt: Attempt, result: Result, before: Subtask | None) -> None:
    """Write down what came of an attempt. Who cannot write goes on without: a memory is no reason to stop."""
    if result.kind == "interrupted":
        return
    tried = Tried(
        attempt.subtask.skill,
        as_said(attempt.subtask),
        hand_of(session, attempt),
        None if before is None else before.skill,
        attempt.number > 1,
        result.kind,
        result.code,
    )
    run, scene = session.run, fingerprint(session.pipeline.catalogue)
    try:
        session.memory.note(str(run.path), attempt.name, scene, run.job.scene, tried)
    except ConfigError as error:
        session.emit("not_remembered", key=f"{attempt.name}/not-remembered", why=str(error))


def hand_of(session: Session, attempt: Attempt) -> str | None:
    """The hand that an attempt was imagined with; None where none was chosen, or nothing was imagined."""
    told = session.run.journal.get(attempt.key(WORDED))
    actions = [action_from(action) for action in told["actions"]] if told else []
    return next((action.side for action in reversed(actions) if action.kind in ONE_HANDED), None)


def facing_of(session: Session, attempt: Attempt) -> float | None:
    """Heading of who stands where an attempt was to be done [rad]; None where nobody saw where that is."""
    looked = session.run.journal.get(f"{attempt.name}/observe")
    if looked is None or looked["event"] != "stage_finished":
        return None
    scene, actions = attempt.load()
    goal = next((a.goal for a in reversed(actions) if a.kind == "walk"), scene.robot)
    return None if goal is None else goal.yaw


def recall(session: Session) -> tuple[Tried, ...]:
    """What was tried in this scene; nothing where memory cannot be read."""
    try:
        return session.memory.recall(fingerprint(session.pipeline.catalogue))
    except ConfigError:
        return ()


def worth(way: Sequence[Subtask], step: Subtask, tried: Iterable[Tried]) -> int:
    """How much oftener a way of doing a step was seen to work here than not.

    Args:
        way: steps of which the last with the skill of `step` is `step` done in another way.
        step: that failed.
        tried: what is remembered.
    """
    index = max(i for i, s in enumerate(way) if s.skill == step.skill)
    goal, before = way[index], way[index - 1].skill if index else None
    of_it = [t for t in tried if _same(t, goal) and (before is None or t.before == before)]
    return sum(t.times if t.outcome == "done" else -t.times for t in of_it)


def _same(tried: Tried, step: Subtask) -> bool:
    """Whether it is the same skill with the same things, and with the hand that the step asks for."""
    wanted, args = as_said(step), dict(tried.args)
    hand = wanted.pop("side", None)
    args.pop("side", None)
    return tried.skill == step.skill and args == wanted and hand in (None, tried.hand)


def about(plan: Iterable[Subtask], tried: Sequence[Tried], *, replanned: bool) -> list[dict[str, Any]]:
    """What is worth saying of a plan: of steps that failed here before, what did; of another way, what it did."""
    rows: list[Tried] = []
    counted = _whatever_seed(tried)
    for step in plan:
        of_it = [t for t in counted if _same(t, step)]
        if replanned:
            of_it = [t for t in of_it if t.outcome == "done"]
        elif all(t.outcome == "done" for t in of_it):
            continue
        rows += [t for t in of_it if t not in rows]
    return [to_json(t) for t in rows[:MOST_SAID]]


def _whatever_seed(tried: Iterable[Tried]) -> list[Tried]:
    """First attempts and those with another seed counted together."""
    counted: dict[str, Tried] = {}
    for t in tried:
        key = repr(replace(t, again=False, times=0, last=0.0))
        known = counted.get(key)
        counted[key] = replace(t, again=False, times=t.times + (known.times if known else 0))
    return list(counted.values())


def to_json(tried: Tried) -> dict[str, Any]:
    """Plain data: ids, numbers and codes."""
    how = {"hand": tried.hand, "after": tried.before, "another_seed": tried.again}
    told = {"skill": tried.skill, "args": dict(tried.args), **{k: v for k, v in how.items() if v}}
    return {**told, "outcome": tried.outcome, "code": tried.code, "times": tried.times}


def in_words(row: Mapping[str, Any]) -> str:
    """A remembered way as a person is told of it."""
    how = f"the {row['hand']} hand " if "hand" in row else ""
    how += f"after {row['after']} " if "after" in row else ""
    how += "with another seed " if "another_seed" in row else ""
    did = "worked" if row["outcome"] == "done" else "failed"
    times = {1: "once", 2: "twice"}.get(row["times"], f"{row['times']} times")
    why = "" if row["outcome"] == "done" else f" ({row['code'].replace('_', ' ')})"
    args = {k: v for k, v in row["args"].items() if k != "side" or "hand" not in row}
    return f"{Subtask(row['skill'], args)}: {how}{did} here {times}{why}"
