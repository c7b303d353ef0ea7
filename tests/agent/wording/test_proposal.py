"""Answers read: what is set, what is told in which order, and that nothing else gets through."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wordings import asked, kitchen, reply

from agent.wording.proposal import read_wording, wording_schema
from agent.wording.rules import MOST_PIECES
from agent.wording.writer import EXAMPLE
from exoactor.types import Piece, Wording

POINT = asked("point_at", target="red_chair")
GOOD = reply(
    (1, "turns on the spot with small steps to face the red chair"),
    (2, "stretches the right arm out", "without hurrying"),
    (2, "points at the red chair with one finger and keeps the arm straight"),
    end="stands upright, facing the red chair, arms at the sides",
    avoid=["leaning back"],
    settings=[{"step": 2, "seconds": 5, "side": None}],
)
WALK = asked("walk_to", target="table")


def problems(answer, of=POINT):
    return " | ".join(map(str, read_wording(answer, of).problems))


def test_a_good_answer_sets_what_may_be_set_and_keeps_the_rest():
    draft = read_wording(GOOD, POINT)
    assert draft.problems == () and draft.wording.by == "model"
    turn, point = draft.actions
    assert (point.seconds, point.side, point.at) == (5.0, "right", POINT.actions[1].at)
    assert turn == replace(POINT.actions[0], text="turns on the spot with small steps to face the red chair")
    assert [len(pieces) for pieces in draft.wording.steps] == [1, 2]
    assert draft.wording.steps[1][0] == Piece("stretches the right arm out", "without hurrying", main=False)
    assert draft.wording.steps[1][1].main, "the skill's own numbers stand with the piece that points"


def test_what_the_template_says_itself_is_taken_off():
    draft = read_wording(reply((1, "The person walks to the table.")), WALK)
    assert draft.problems == () and draft.wording.steps == ((Piece("walks to the table"),),)


def test_the_skills_own_words_are_always_good():
    for skill, args in (("wave", {}), ("lift", {"target": "parcel"}), ("sit_on", {"target": "red_chair"})):
        of = asked(skill, kitchen(), **args)
        answer = reply(*((n, action.text) for n, action in enumerate(of.actions, 1)))
        assert read_wording(answer, of).problems == ()


def test_who_sets_the_other_hand_has_to_say_it():
    wave = asked("wave")
    left = [{"step": 1, "side": "left", "seconds": None}]
    assert "this is done with the left hand" in problems(reply((1, wave.actions[0].text), settings=left), wave)
    draft = read_wording(reply((1, "raises the left hand and waves"), settings=left), wave)
    assert draft.problems == () and draft.actions[0].side == "left"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"actions": GOOD["actions"][:1]}, "step 2 is left out"),
        ({"actions": GOOD["actions"][1:]}, "step 1 is left out"),
        ({"actions": GOOD["actions"][::-1]}, "not in their order"),
        ({"actions": [*GOOD["actions"], {"step": 3, "text": "waves", "manner": ""}]}, "an action is of no step"),
        ({"actions": [{"step": True, "text": "turns", "manner": ""}]}, "has to be an object"),
        ({"actions": [*GOOD["actions"], *[GOOD["actions"][2]] * MOST_PIECES]}, "at most 4 are allowed"),
        ({"actions": "wave"}, "step 1, 2 is left out"),
        ({"actions": ["wave"]}, "has to be an object"),
        ({"actions": [{**GOOD["actions"][0], "speed": 2}, *GOOD["actions"][1:]]}, "has to be an object"),
        ({"settings": [{"step": 2, "seconds": 60}]}, "60 given, a number from 3.5 to 6.5 wanted"),
        ({"settings": [{"step": 2, "seconds": 1}]}, "1 given, a number from 3.5 to 6.5 wanted"),
        ({"settings": [{"step": 2, "seconds": float("nan")}]}, "nan given"),
        ({"settings": [{"step": 2, "side": "both"}]}, "one of left, right wanted"),
        ({"settings": [{"step": 2, "goal": [0, 0]}]}, "'goal' cannot be set; what may be: seconds"),
        ({"settings": [{"step": 1, "seconds": 3}]}, "'seconds' cannot be set; what may be: nothing"),
        ({"settings": [{"step": 9, "seconds": 3}]}, "a setting is of no step"),
        ({"settings": "fast"}, "has to be an object"),
        ({"end_state": "sits on the red chair"}, "end: 'sits'"),
        ({"end_state": 3}, '"end_state" has to be a text'),
        ({"must_not_happen": ["pointing at it"]}, "avoid 1: begin with"),
        ({"must_not_happen": ["stumbling"] * 6}, "6 things given, at most 5"),
        ({"must_not_happen": [{}]}, "a list of texts"),
        ({"shot": "the camera pans"}, "'shot' not wanted"),
    ],
)
def test_what_breaks_a_rule_is_said(change, says):
    assert says in problems({**GOOD, **change})


def test_what_the_instruction_settles_cannot_be_set():
    told = asked("wave", side="left")
    assert "'side' cannot be set" in problems(
        reply((1, told.actions[0].text), settings=[{"step": 1, "side": "right"}]), told
    )
    still = asked("stand_still", seconds=5.0)
    assert "settings" not in wording_schema(still)["properties"]


def test_the_schema_is_strict_and_offers_what_may_be_set():
    schema = wording_schema(POINT)
    assert schema["required"] == ["actions", "settings", "end_state", "must_not_happen"]
    assert schema["properties"]["actions"]["items"]["properties"]["step"]["enum"] == [1, 2]
    (branch,) = schema["properties"]["settings"]["items"]["anyOf"]
    assert [*branch["properties"]] == branch["required"] == ["step", "seconds", "side"]
    assert branch["properties"]["step"]["enum"] == [2] and branch["additionalProperties"] is False
    wipe = wording_schema(asked("wipe", kitchen(), surface="table"))["properties"]["settings"]["items"]["anyOf"][0]
    assert wipe["properties"]["strokes"]["anyOf"][0] == {"type": "integer"}


def test_the_example_in_the_prompt_keeps_the_rules():
    from fakes import room, thing

    scene = room()
    of = asked("walk_to", replace(scene, objects=(thing("bench", "table", 1.6, 0.0),)), target="bench")
    told = EXAMPLE[0]["actions"][0]
    assert (told["kind"], told["does"]) == (of.actions[0].kind, of.actions[0].text)
    assert problems(EXAMPLE[1], of) == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.sampled_from(["left", "waves"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
ROW = st.fixed_dictionaries(
    {
        "step": st.sampled_from([1, 2]) | JSON,
        "text": st.sampled_from(["turns to the red chair", "points at the red chair", "waves"]) | JSON,
        "manner": st.just("") | JSON,
    }
)
SETTING = st.fixed_dictionaries(
    {"step": st.sampled_from([1, 2]) | JSON}, optional={"seconds": st.floats() | JSON, "side": JSON}
)
REPLY = JSON.filter(lambda v: isinstance(v, dict)) | st.fixed_dictionaries(
    {
        "actions": st.lists(ROW, max_size=4) | JSON,
        "settings": st.lists(SETTING, max_size=2) | JSON,
        "end_state": st.just("") | JSON,
        "must_not_happen": st.just([]) | JSON,
    }
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(REPLY)
def test_no_answer_whatever_breaks_the_reading_or_changes_what_is_settled(answer):
    draft = read_wording(answer, POINT)
    assert all(str(p).isprintable() for p in draft.problems)
    for own, action in zip(POINT.actions, draft.actions, strict=True):
        assert replace(action, text="", seconds=0, side="left") == replace(own, text="", seconds=0, side="left")
        assert own.seconds <= action.seconds <= own.seconds + 3
    assert Wording.from_json(draft.wording.to_json()) == draft.wording
