"""What a model's opinion of pictures may do to a verdict that was measured: a table, and no model in it.

A verdict of `not_done` stands whatever a model says. A veto makes of `done` a `cannot_tell`, not a `not_done`: two
witnesses differ and nobody knows, so that `agent.decide` looks once more before anything moves, and then counts it as
a failure like any other, within its budgets. Only where a skill lets it, and the user too, a model's yes makes of
`cannot_tell` a `done`. A model that fails, is unsure or contradicts itself changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from agent.models.config import Power
from exoactor.types import Outcome

Answer = Literal["yes", "no", "cannot_tell", "failed"]
"""To one question; "failed" where the model gave none."""
Opinion = Literal["none", "yes", "no", "unsure", "contradictory", "failed"]
"""After all questions; "none" where nobody was asked."""
OPINIONS: tuple[Opinion, ...] = get_args(Opinion)

VETOED, CONFIRMED = "vetoed_by_model", "confirmed_by_model"
BY_WORD = "done"
"""What a person may answer to a veto besides what may be answered to every failure. The job goes on with it; it is the
person's word and no verdict, which stays what it was."""
UNSEEN = frozenset({"camera_blind", "robot_not_seen"})
"""Codes of `cannot_tell` that no model mends: who saw a robot there that measuring did not find made it up."""


@dataclass(frozen=True)
class Sight:
    """One answer.

    Args:
        answer: to the question as it is put first, also where it was turned round.
        seen: what it says it sees, by name of the picture or "seen"; quoted, at most 200 characters each.
        failure: code of `agent.models.failures` where there is no answer, else "".
        reason: of the failure.
    """

    answer: Answer
    seen: Mapping[str, str] = field(default_factory=dict)
    failure: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Ruling:
    """What becomes of a verdict.

    Args:
        outcome: of both together.
        code: the verdict's own, `VETOED` or `CONFIRMED`.
        flag: for a person: "vetoed", "confirmed", "would_veto", "would_confirm", "agrees", "disagrees", "unsure",
            "contradictory", "failed"; "" where nobody was asked.
    """

    outcome: Outcome
    code: str
    flag: str = ""


def combine(outcome: Outcome, code: str, opinion: Opinion, power: Power, may_confirm: bool) -> Ruling:
    """The table.

    Args:
        outcome: as measured.
        code: its reason.
        opinion: of the model.
        power: what the user lets the model do.
        may_confirm: whether the skill lets a model confirm it.
    """
    if power == "off" or opinion == "none":
        return Ruling(outcome, code)
    if opinion in ("unsure", "contradictory", "failed"):
        return Ruling(outcome, code, opinion)
    if outcome is Outcome.DONE and opinion == "no":
        if power == "flag":
            return Ruling(outcome, code, "would_veto")
        return Ruling(Outcome.CANNOT_TELL, VETOED, "vetoed")
    if outcome is Outcome.CANNOT_TELL and opinion == "yes" and may_confirm and code not in UNSEEN:
        if power != "confirm":
            return Ruling(outcome, code, "would_confirm")
        return Ruling(Outcome.DONE, CONFIRMED, "confirmed")
    return Ruling(outcome, code, "agrees" if (outcome is Outcome.DONE) == (opinion == "yes") else "disagrees")


def ask_twice(
    ask: Callable[[bool], Answer], outcome: Outcome, code: str, power: Power, may_confirm: bool = False
) -> Opinion:
    """The model's opinion, asked for only where it may matter, and twice before it does.

    Where the first answer would change the verdict, the question is turned round ("is it missed?") and asked again, so
    that who says yes to everything, or no, contradicts itself. Who may only flag is asked as who may do everything.

    Args:
        ask: puts the question, turned round or not, and gives the answer to the plain one.
        outcome: as measured.
        code: its reason.
        power: what the user lets the model do.
        may_confirm: whether the skill lets a model confirm it.
    """

    def changes(opinion: Opinion) -> bool:
        reach: Power = "confirm" if power == "flag" else power
        return combine(outcome, code, opinion, reach, may_confirm).outcome is not outcome

    if not (changes("yes") or changes("no")):
        return "none"
    first = ask(False)
    if first == "cannot_tell":
        return "unsure"
    if first == "failed" or not changes(first):
        return first
    again = ask(True)
    if again == "failed":
        return "failed"
    return first if again == first else "contradictory"
