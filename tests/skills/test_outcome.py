from itertools import product
from typing import get_args

import pytest

import skills
from exoactor.types import Expectation, ExpectationKind
from skills.outcome import outcome, passes

KINDS = get_args(ExpectationKind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_one_sentence_of_its_own(kind):
    for target, side, on in product(("red_box", None), ("left", None), ("bench", None)):
        said = outcome(Expectation(kind, target, side, on=on, toward=1.0, patch=(0.0, 0.0, 0.0, 0.1, 0.1)))
        assert said.endswith(".") and "{" not in said and said.count(".") == 1
        others = {outcome(Expectation(k, target, side, on=on)) for k in KINDS if k not in (kind, "placed", "put_down")}
        assert said not in others
    said = outcome(Expectation(kind, "red_box", "left", on="bench"))
    assert "None" not in said


def test_things_are_named_by_their_ids_and_hands_by_their_sides():
    assert outcome(Expectation("waved", side="left")) == "The robot raised its left hand and swung it to and fro."
    assert outcome(Expectation("waved")) == "The robot raised one hand and swung it to and fro."
    assert outcome(Expectation("put_down", "red_box", on="bench")).startswith("red_box stands upright on bench,")
    assert "up to wall" in outcome(Expectation("pushed", "crate", on="wall", toward=0.3))


def test_what_is_over_before_the_last_look_is_to_be_seen_on_the_way():
    assert {k for k in KINDS if passes(Expectation(k))} == {"circled", "waved", "pointing", "still", "wiped"}


def test_only_what_is_no_harm_if_it_was_not_done_may_be_confirmed_by_a_model():
    assert {name for name, skill in skills.registry().items() if skill.model_may_confirm} == {"wave", "wipe"}
