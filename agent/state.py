"""Where the loop is: what a checkpoint holds, and the moves that several nodes make from it."""

from __future__ import annotations

from typing import Any, TypedDict

from langgraph.graph import END
from langgraph.types import Command

from agent.plan import Subtask


class State(TypedDict, total=False):
    """What a checkpoint holds: ids and small numbers; everything else is in the run folder.

    `plan` holds {"id", "skill", "args", "because"}; `cursor` indexes it; `attempt` counts from 1; `looks`
    counts checks of the attempt; `failures` are the reasons of this subtask; `history` the failures of the job, of
    which a person who said "retry" has `forgiven` the first ones; `by_word` counts steps that a person says are done;
    `edits` counts edited prompts of the job, `takes`
    those that were usable; `objection` is to the last one.
    """

    plan: list[dict[str, Any]]
    cursor: int
    attempt: int
    looks: int
    failures: list[str]
    history: list[dict[str, Any]]
    replans: int
    result: dict[str, Any]
    resume_at: str
    edits: int
    takes: int
    objection: str
    status: str
    reason: str
    skipped: int
    by_word: int
    forgiven: int


def step_before(state: State) -> Subtask | None:
    """The step before the present one."""
    return Subtask.from_json(state["plan"][state["cursor"] - 1]) if state["cursor"] else None


def next_step(state: State, *, done: bool, by_word: bool = False) -> Command[str]:
    """On to the next step, or to the end after the last one.

    Args:
        state: the loop's.
        done: the step was seen to be done.
        by_word: it was not, but a person says it is.
    """
    cursor, skipped = state["cursor"] + 1, state.get("skipped", 0) + (not done and not by_word)
    words, steps = state.get("by_word", 0) + by_word, len(state["plan"])
    if cursor == steps:
        if skipped:
            return finish("failed", f"{skipped} of {steps} steps were not seen to be done")
        return finish("achieved", f"{words} of {steps} steps by a person's word alone" if words else "")
    update: State = {"cursor": cursor, "attempt": 1, "looks": 0, "failures": [], "skipped": skipped}
    return Command(goto="observe", update={**update, "by_word": words})


def finish(status: str, reason: str) -> Command[str]:
    """To the end of the run."""
    return Command(goto=END, update={"status": status, "reason": reason})
