"""What to do after an attempt. Pure code with budgets; no model has a say in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agent.second_opinion import VETOED

Next = Literal["next", "look", "retry", "replan", "ask", "abort", "safety_stop"]
ResultKind = Literal["done", "not_done", "cannot_tell", "error", "interrupted", "unsafe"]

POINTLESS = frozenset(
    {
        "no_free_place", "no_free_path", "no_path", "out_of_view", "path_blocked", "arm_not_seen",
        "too_low", "too_high", "too_wide", "out_of_reach", "fixed", "toppled", "lost", "not_in_hands", "not_above",
        "too_large", "no_side", "in_the_way", "would_fall", "fell_off", "not_on_anything", "not_on_a_table",
        "rim_out_of_reach", "walled_in", "not_shown",
        "seated", "perched", "slumped", "hands_on", "seat_taken", "no_seat",
    }
)  # fmt: skip
"""Reasons that another seed from the same place cannot mend: no room, no line of sight, a thing that toppled or fell,
that is not for the hands, or not in them; a robot that sits, or sits badly, and has to stand up first."""


@dataclass(frozen=True)
class Budgets:
    """Limits that are always on.

    Args:
        attempts: per subtask.
        same_reason: how often one subtask may fail for the same reason before it is no longer tried that way.
        replans: per job.
        seconds: wall time of the job [s]; no new attempt starts beyond it.
    """

    attempts: int = 3
    same_reason: int = 2
    replans: int = 2
    seconds: float = 3600.0


@dataclass(frozen=True)
class Result:
    """How an attempt ended.

    Args:
        kind: verdict's outcome; "error" for a stage that failed; "interrupted" for a motion that a crash cut off;
            "unsafe" when the robot must not move again.
        code: snake_case reason.
        stage: stage that caused it; "check" for a verdict.
        hint: one sentence for a person.
    """

    kind: ResultKind
    code: str
    stage: str = "check"
    hint: str = ""


@dataclass(frozen=True)
class Situation:
    """What the decision may depend on.

    Args:
        result: of the latest look or stage.
        failures: reasons with which this subtask failed before, in this plan, oldest first; without `result`.
        looked_again: the free second look was taken in this attempt.
        replans: replans so far.
        seconds: wall time so far [s].
        closed_loop: False: one attempt each, verdicts decide nothing.
        holding: something was measured to be in the hands.
    """

    result: Result
    failures: tuple[str, ...] = ()
    looked_again: bool = False
    replans: int = 0
    seconds: float = 0.0
    closed_loop: bool = True
    holding: bool = False


@dataclass(frozen=True)
class Decision:
    """What to do, and why, for journal and report."""

    do: Next
    why: str


def decide(situation: Situation, budgets: Budgets = Budgets()) -> Decision:
    """The next move.

    - unsafe: halt; a person must look. - done: next subtask. - cannot_tell: look again once, then it is a failure.
    - interrupted: a new attempt, not counted as a failure. - vetoed with something in the hands: a person.
    - otherwise another seed, unless the attempts are used up, the same reason came too often, or another seed cannot
      help: then another plan, then a person.
    """
    result = situation.result
    if result.kind == "unsafe":
        return Decision("safety_stop", f"{result.code}: the robot must not move before a person has looked")
    if result.kind == "done":
        return Decision("next", f"seen to be done ({result.code})")
    if result.kind == "interrupted":
        return Decision("retry", "the motion was cut off and its goal is not seen to be reached; from a fresh look")
    if not situation.closed_loop:
        if result.kind == "error":
            return Decision("abort", f"open loop: {result.stage} failed ({result.code}) and is not repeated")
        return Decision("next", f"open loop: goes on after {result.kind} ({result.code})")
    if result.kind == "cannot_tell" and not situation.looked_again:
        return Decision("look", f"cannot tell ({result.code}); one more look costs nothing")
    if situation.seconds >= budgets.seconds:
        return Decision("abort", f"out of time: {situation.seconds:.0f} of {budgets.seconds:.0f} s are used")
    if result.code == VETOED and situation.holding:
        return Decision("ask", "a model doubts it, and another attempt would lose what seems to be in the hands")
    failures = (*situation.failures, result.code)
    same = failures.count(result.code)
    if result.code in POINTLESS:
        why = f"{result.code}: another seed cannot help"
    elif same >= budgets.same_reason:
        why = f"{result.code} for the {_ordinal(same)} time"
    elif len(failures) >= budgets.attempts:
        why = f"{len(failures)} attempts failed"
    else:
        return Decision("retry", f"{result.code}; attempt {len(failures) + 1} of {budgets.attempts} with another seed")
    if situation.replans < budgets.replans:
        return Decision("replan", why)
    return Decision("ask", f"{why}, and {situation.replans} replans are used up")


def _ordinal(n: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(n, f"{n}th")
