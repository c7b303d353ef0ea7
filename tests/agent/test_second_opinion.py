"""The whole table of what a model may do to a verdict, cell by cell, and what must hold in every cell."""

from itertools import product
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.decide import Result, Situation, decide
from agent.models.config import POWERS
from agent.second_opinion import CONFIRMED, OPINIONS, UNSEEN, VETOED, Answer, Ruling, ask_twice, combine
from exoactor.types import Outcome

# measured, opinion, may it confirm -> flag where it may flag, veto, confirm
TABLE = """
done         yes            -        agrees         agrees         agrees
done         no             -        would_veto     vetoed         vetoed
done         unsure         -        unsure         unsure         unsure
done         contradictory  -        contradictory  contradictory  contradictory
done         failed         -        failed         failed         failed
done         yes            may      agrees         agrees         agrees
done         no             may      would_veto     vetoed         vetoed
done         unsure         may      unsure         unsure         unsure
done         contradictory  may      contradictory  contradictory  contradictory
done         failed         may      failed         failed         failed
not_done     yes            -        disagrees      disagrees      disagrees
not_done     no             -        agrees         agrees         agrees
not_done     unsure         -        unsure         unsure         unsure
not_done     contradictory  -        contradictory  contradictory  contradictory
not_done     failed         -        failed         failed         failed
not_done     yes            may      disagrees      disagrees      disagrees
not_done     no             may      agrees         agrees         agrees
not_done     unsure         may      unsure         unsure         unsure
not_done     contradictory  may      contradictory  contradictory  contradictory
not_done     failed         may      failed         failed         failed
cannot_tell  yes            -        disagrees      disagrees      disagrees
cannot_tell  no             -        agrees         agrees         agrees
cannot_tell  unsure         -        unsure         unsure         unsure
cannot_tell  contradictory  -        contradictory  contradictory  contradictory
cannot_tell  failed         -        failed         failed         failed
cannot_tell  yes            may      would_confirm  would_confirm  confirmed
cannot_tell  no             may      agrees         agrees         agrees
cannot_tell  unsure         may      unsure         unsure         unsure
cannot_tell  contradictory  may      contradictory  contradictory  contradictory
cannot_tell  failed         may      failed         failed         failed
"""
CELLS = [
    (Outcome(row[0]), row[1], row[2] == "may", power, flag)
    for row in map(str.split, TABLE.strip().splitlines())
    for power, flag in zip(("flag", "veto", "confirm"), row[3:], strict=True)
]
MEASURED = st.sampled_from(Outcome)
CODES = st.sampled_from(["reached", "arm_not_seen", *UNSEEN])
ANSWERS = st.sampled_from(get_args(Answer))
POWER = st.sampled_from(POWERS)


def test_the_table_is_whole():
    cells = {cell[:4] for cell in CELLS}
    every = set(product(Outcome, set(OPINIONS) - {"none"}, (False, True), set(POWERS) - {"off"}))
    assert cells == every and len(CELLS) == len(every)


@pytest.mark.parametrize(("outcome", "opinion", "may_confirm", "power", "flag"), CELLS)
def test_each_cell(outcome, opinion, may_confirm, power, flag):
    changed = {"vetoed": (Outcome.CANNOT_TELL, VETOED), "confirmed": (Outcome.DONE, CONFIRMED)}
    expected = changed.get(flag, (outcome, "some_code"))
    assert combine(outcome, "some_code", opinion, power, may_confirm) == Ruling(*expected, flag)


@pytest.mark.parametrize(("outcome", "may_confirm", "opinion"), list(product(Outcome, (False, True), OPINIONS)))
def test_who_is_off_or_was_not_asked_changes_nothing(outcome, may_confirm, opinion):
    assert combine(outcome, "c", opinion, "off", may_confirm) == Ruling(outcome, "c", "")
    for power in POWERS:
        assert combine(outcome, "c", "none", power, may_confirm) == Ruling(outcome, "c", "")


@pytest.mark.parametrize("code", sorted(UNSEEN))
def test_nothing_is_confirmed_that_no_camera_saw(code):
    assert combine(Outcome.CANNOT_TELL, code, "yes", "confirm", True) == Ruling(Outcome.CANNOT_TELL, code, "disagrees")


def together(outcome, code, answers, power, may_confirm):
    """The ruling where the model gives these answers to the plain and to the turned question, and what was asked."""
    asked = []

    def ask(turned):
        asked.append(turned)
        return answers[turned]

    opinion = ask_twice(ask, outcome, code, power, may_confirm)
    return combine(outcome, code, opinion, power, may_confirm), asked, opinion


@settings(max_examples=500, derandomize=True)
@given(MEASURED, CODES, ANSWERS, ANSWERS, POWER, st.booleans())
def test_whatever_a_model_answers(outcome, code, first, again, power, may_confirm):
    ruling, asked, _ = together(outcome, code, (first, again), power, may_confirm)
    if outcome is Outcome.NOT_DONE:
        assert ruling == Ruling(outcome, code) and not asked, "what was measured not to be done stays so, and is free"
    if ruling.outcome is Outcome.DONE and outcome is not Outcome.DONE:
        assert outcome is Outcome.CANNOT_TELL and may_confirm and power == "confirm" and code not in UNSEEN
        assert (first, again) == ("yes", "yes")
    if ruling.outcome is not outcome:
        assert asked == [False, True], "no single answer changes a verdict"
        assert first == again and power in ("veto", "confirm")
        assert ruling.code in (VETOED, CONFIRMED)
    else:
        assert ruling.code == code
    if "failed" in (first, again)[: len(asked)]:
        assert ruling.outcome is outcome
    if power in ("off", "flag"):
        assert ruling.outcome is outcome
    assert ruling.outcome is not Outcome.NOT_DONE or outcome is Outcome.NOT_DONE, "a veto only doubts"


@given(CODES, st.booleans())
def test_who_says_yes_to_every_question_changes_nothing_and_nor_does_who_says_no(code, may_confirm):
    """The turned question asks whether it is missed: a yes to that is a "no" to the plain one."""
    for outcome in Outcome:
        assert together(outcome, code, ("yes", "no"), "confirm", may_confirm)[0].outcome is outcome
        assert together(outcome, code, ("no", "yes"), "confirm", may_confirm)[0].outcome is outcome


def test_who_may_only_flag_is_asked_as_who_may_do_everything():
    for answers in product(get_args(Answer), repeat=2):
        flagged = together(Outcome.DONE, "c", answers, "flag", True)
        vetoing = together(Outcome.DONE, "c", answers, "confirm", True)
        assert flagged[1:] == vetoing[1:]
    assert together(Outcome.CANNOT_TELL, "c", ("yes", "yes"), "flag", True)[0].flag == "would_confirm"
    assert together(Outcome.CANNOT_TELL, "c", ("yes", "yes"), "veto", True)[1] == [], "it could not settle it"


def test_a_model_that_always_vetoes_comes_to_an_end():
    failures, replans, looked, moves = (), 0, False, 0
    for _ in range(100):
        result = Result("cannot_tell", VETOED)
        decision = decide(Situation(result, failures, looked, replans))
        if decision.do == "look":
            looked = True
            continue
        assert looked, "it is looked at again before anything moves"
        looked, moves = False, moves + 1
        if decision.do == "retry":
            failures = (*failures, VETOED)
        elif decision.do == "replan":
            failures, replans = (), replans + 1
        else:
            break
    assert decision.do == "ask" and moves <= 9
