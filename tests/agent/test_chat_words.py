import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from fakes import FakePipeline, room, thing

from agent.chat.references import Unclear, the_other_one
from agent.chat.scene_answers import Body, answer
from agent.chat.words import read
from agent.loop import work
from agent.plan import Context, PlanStatus, Subtask
from agent.planner import DeterministicPlanner
from agent.run_folder import Job, RunFolder
from agent.session import Session
from exoactor.types import CatalogueItem, SceneObject
from skills import Symbols

BOTTLE = SceneObject(
    CatalogueItem("red_bottle", "bottle", "red", np.array([0.06, 0.06, 0.22]), True),
    np.array([1.5, 0.2, 0.7]),
    0.0,
    0.9,
)
SCENE = replace(room(), objects=(*room().objects, BOTTLE), missing=("basket",))
CATALOGUE = (
    *(o.item for o in SCENE.objects),
    CatalogueItem("basket", "basket", "yellow", np.array([0.4, 0.4, 0.3]), True),
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("what do you see?", "see"),
        ("Where's the red bottle?", "where"),
        ("where are you", "self"),
        ("is the bottle on the table?", "on_what"),
        ("What's on the table?", "what_is_on"),
        ("is there a bottle?", "there_is"),
        ("what are you holding?", "holding"),
        ("why did you stop?", "why"),
        ("what went wrong?", "why"),
        ("what did you do", "did"),
        ("did it work?", "did"),
        ("how do you know?", "sure"),
        ("show me the prompt", "prompt"),
        ("what was the video prompt?", "prompt"),
        ("what are you doing?", "status"),
        ("stop", "stop"),
        ("STOP!!", "stop"),
        ("please stop", "stop"),
        ("no wait", "stop"),
        ("wait", "pause"),
        ("wait for three seconds", "do"),
        ("go on", "go_on"),
        ("do it again", "again"),
        ("the other one", "other"),
        ("could you wave?", "do"),
        ("stop waving and turn to the door", "do"),
        ("walk to the table", "do"),
        ("  ", "empty"),
    ],
)
def test_what_a_line_is(text, kind):
    assert read(text).kind == kind


@given(st.text(max_size=60))
def test_any_line_is_something(text):
    line = read(text)
    assert line.kind != "do" or line.text


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("no wait, the other one", "the other one"),
        ("No, go to the Door instead", "go to the Door"),
        ("wait, wave", "wave"),
        ("stop, no, turn to the door", "turn to the door"),
    ],
)
def test_a_change_of_mind_is_a_stop_and_what_is_wanted_instead(text, rest):
    line = read(text)
    assert (line.kind, line.rest) == ("stop", rest)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("what do you see?", "I see 4 things"),
        ("what do you see?", "I do not see: basket."),
        ("where is the red bottle?", "on the table, 1.5 m ahead of me, x 1.50 m"),
        ("where is the chair?", "to my left"),
        ("where is the door?", "behind me"),
        ("where is the basket?", "I do not see the basket."),
        ("where is the sofa?", "sofa"),
        ("where are you?", "I stand: x 0.00 m"),
        ("is the bottle on the table?", "Yes, the red bottle is on the table."),
        ("is the bottle on the floor?", "No, the red bottle is on the table."),
        ("is the basket on the table?", "I cannot tell"),
        ("what is on the table?", "On the table I see the red bottle."),
        ("what is on the chair?", "nothing I know"),
        ("is there a bottle?", "The red bottle is on the table"),
        ("what are you holding?", "My hands are empty."),
    ],
)
def test_questions_about_the_scene_are_answered_from_what_is_seen(question, says):
    assert says in answer(read(question), SCENE, CATALOGUE, Body())


def test_what_is_not_seen_well_is_not_said_to_be_there():
    unsure = replace(SCENE, objects=(replace(BOTTLE, confidence=0.3),), robot=None)
    assert "not sure" in answer(read("where is the bottle?"), unsure, CATALOGUE, Body())
    assert "I see none" in answer(read("what do you see?"), unsure, CATALOGUE, Body())
    assert "does not see where" in answer(read("where are you?"), unsure, CATALOGUE, Body())


def test_the_body_and_pronouns():
    held = Body(holding="red_bottle", seat=None)
    assert answer(read("where is it?"), SCENE, CATALOGUE, held, ("table", "red_bottle")).endswith("in my hands.")
    assert "sit on the red chair" in answer(read("are you sitting?"), SCENE, CATALOGUE, Body(seat="red_chair"))


def test_a_plan_begins_with_what_is_held_and_what_was_spoken_of():
    context = Context(symbols=Symbols(holding="basket"), mentioned=("table", "basket"))
    plan = DeterministicPlanner().plan("put it down", CATALOGUE, context)
    assert plan.subtasks == (Subtask("put_down", {"target": "basket"}),)
    assert DeterministicPlanner().plan("put it down", CATALOGUE).status is PlanStatus.ABSTAIN
    seated = Context(symbols=Symbols(seat="red_chair"))
    plan = DeterministicPlanner().plan("walk to the table", CATALOGUE, seated)
    assert [s.skill for s in plan.subtasks] == ["stand_up", "walk_to"]


def test_the_other_one_is_the_one_other_of_its_kind(tmp_path):
    turn = RunFolder.create(Job("walk to the chair, then wave", "room", 7), tmp_path / "turn")
    work(Session(turn, FakePipeline(), DeterministicPlanner()))
    blue = thing("blue_chair", "chair", 1, 1, color="blue").item
    id, steps = the_other_one([turn.path], (*CATALOGUE, blue))
    assert id == "blue_chair"
    assert steps == (Subtask("walk_to", {"target": "blue_chair"}), Subtask("wave"))
    for catalogue, why in (
        (CATALOGUE, "no other chair"),
        ((*CATALOGUE, blue, replace(blue, id="c3")), "blue chair, c3"),
    ):
        with pytest.raises(Unclear, match=why):
            the_other_one([turn.path], catalogue)
    with pytest.raises(Unclear, match="about nothing"):
        the_other_one([], CATALOGUE)
