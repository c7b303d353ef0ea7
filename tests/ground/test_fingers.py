"""What looks at the fingers say of a hand that takes something or lets go of it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exoactor.ground import fingers_of, must_move, span_of
from exoactor.types import Contact, Expectation, Fingers, HandStates, StageError

LIFT = Contact("can", ("right",), 2.0, 3.0, 3.6, 6.0, 0.16, 0.0, 0.1, "lift")
DOWN = Contact("can", ("right",), 0.0, 0.0, 1.4, 4.0, -0.2, 0.0, 0.1, "put_down")
SURE = {"o": (0.9, 0.07, 0.03), "h": (0.1, 0.8, 0.1), "c": (0.03, 0.07, 0.9), "?": (0.4, 0.3, 0.3)}


def looks(letters, begin=2.0, hz=8.0):
    odds = np.array([SURE[letter] for letter in letters]).reshape(-1, 3)
    times = begin + np.arange(len(letters)) / hz
    return HandStates("right", times, odds, np.array([x != "?" for x in letters]), np.full(len(letters), 25.0))


def test_a_hand_that_closes_before_the_thing_rises_agrees_and_says_when():
    found = fingers_of(looks("oooohhhhhh" + "c" * 20), LIFT)
    assert found.agree == "yes" and found.sure > 0.9 and found.looks.startswith("oooohh")
    assert found.at == pytest.approx(2.0 + 10 / 8, abs=0.2)


def test_a_hand_that_opens_after_the_thing_has_come_down_agrees():
    found = fingers_of(looks("c" * 16 + "hoooooooo", begin=0.0), DOWN)
    assert found.agree == "yes" and found.at == pytest.approx(2.0, abs=0.2)


def test_a_hand_stretched_out_while_the_thing_goes_with_it_disagrees_and_the_video_is_refused():
    found = fingers_of(looks("o" * 32), LIFT)
    assert found.agree == "no" and found.at is None and found.sure > 0.95
    contact = replace(LIFT, fingers=found)
    with pytest.raises(StageError, match="hand_stays_open"):
        must_move(Expectation("lifted", "can"), contact)
    must_move(Expectation("lifted", "can"), replace(LIFT, fingers=replace(found, agree="cannot_tell", sure=0.0)))


@pytest.mark.parametrize(
    "letters", ["?" * 32, "oooo" + "?" * 28, "c" * 32, "oc" * 16, "c" * 14 + "o" * 4 + "hc" * 7, ""]
)
def test_too_few_looks_and_mixed_ones_say_nothing(letters):
    found = fingers_of(looks(letters), LIFT)
    assert (found.agree, found.at, found.sure) == ("cannot_tell", None, 0.0)
    must_move(Expectation("lifted", "can"), replace(LIFT, fingers=found))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("ohc?"), max_size=40), st.booleans())
def test_whatever_is_seen_the_word_keeps_its_own_rules(letters, lift):
    contact = LIFT if lift else DOWN
    begin = span_of(contact, 6.0)[0]
    found = fingers_of(looks(letters, begin), contact)
    assert (found.at is not None) == (found.agree == "yes") and (found.sure == 0.0) == (found.agree == "cannot_tell")
    if found.agree == "no":
        assert letters.count("o") >= 3


def test_fingers_that_do_not_agree_have_no_time():
    with pytest.raises(ValueError, match="do not agree"):
        Fingers("no", at=1.0)
    with pytest.raises(ValueError, match="'maybe' given"):
        Fingers("maybe")
    with pytest.raises(ValueError, match="sum to one"):
        HandStates("left", np.zeros(1), np.full((1, 3), 0.5), np.ones(1, bool), np.ones(1))
