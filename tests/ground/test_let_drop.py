"""A hand that lets something drop is at it first and away from the rim at the end; who keeps hold of it does not."""

from dataclasses import replace

import numpy as np
import pytest

from exoactor.body import load_body
from exoactor.container import let_go_at, opening
from exoactor.ground import let_drop, must_move
from exoactor.imagine.motion import act
from exoactor.imagine.style import sample_style
from exoactor.types import Action, Camera, CatalogueItem, Expectation, Pose2D, Scene, SceneObject, StageError

CAMERA = Camera.looking_at(np.array([0.4, -3.0, 2.0]), np.array([0.4, 0, 0.7]), 55.0, (640, 480))
BASKET = SceneObject(
    CatalogueItem("basket", "basket", "yellow", np.array([0.28, 0.36, 0.22]), True), [0.42, -0.1, 0.5], 0.0, 1.0
)
BOTTLE = SceneObject(
    CatalogueItem("bottle", "bottle", "red", np.array([0.07, 0.07, 0.24]), True), [0.33, -0.14, 0.95], 0.0, 0.7
)
AT = Pose2D(0.0, 0.0, 0.0)
SCENE = Scene((BASKET, BOTTLE), AT, 1.0, CAMERA)
IN = Expectation("placed", "bottle", on="basket", inside=True)


def person(seed):
    at = let_go_at(BASKET, BOTTLE, BOTTLE.position[:2])
    way = at - BOTTLE.position
    action = Action("place", "", 0.4, thing="bottle", rise=way[2], shift=(way[0], way[1]), drop=0.26)
    body = load_body()
    return act((action,), {}, AT, sample_style(body, seed), body, 25.0, things={"bottle": BOTTLE}).to_human(body)


@pytest.mark.parametrize("seed", range(3))
def test_the_hand_that_held_it_puts_it_in(seed):
    contact = let_drop(person(seed), BOTTLE, SCENE, "basket")
    assert contact is not None and (contact.kind, contact.hands, contact.into) == ("put_down", ("right",), "basket")
    assert contact.lift == pytest.approx(opening(BASKET).floor - 0.95)
    must_move(IN, contact)


def test_who_keeps_hold_of_it_or_walks_off_lets_nothing_drop():
    human = person(1)
    assert let_drop(human.until(1.9), BOTTLE, SCENE, "basket") is None  # the hand is over the rim
    joints = human.joints + np.linspace(0, 1, len(human))[:, None, None] * np.array([0.0, 0.9, 0.0])
    assert let_drop(replace(human, joints=joints), BOTTLE, SCENE, "basket") is None
    assert let_drop(human, BOTTLE.moved(np.array([0.0, 1.5, 0.0])), SCENE, "basket") is None


def test_in_and_on_are_not_taken_for_each_other():
    contact = let_drop(person(1), BOTTLE, SCENE, "basket")
    with pytest.raises(StageError, match="let into basket"):
        must_move(Expectation("placed", "bottle", on="table"), contact)
    with pytest.raises(StageError, match="not into bin"):
        must_move(replace(IN, on="bin"), replace(contact, into=None))
