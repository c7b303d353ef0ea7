"""Where one hand takes a thing, and where the robot stands for it."""

import numpy as np
import pytest

from exoactor.grasp import (
    FARTHEST,
    NEAREST,
    grasp,
    hand_of,
    hand_point,
    hand_that_holds,
    is_graspable,
    stance_at,
    stance_to_grasp,
)
from exoactor.types import CatalogueItem, Contact, SceneObject


def thing(kind="bottle", size=(0.07, 0.07, 0.24), at=(1.2, 0.1, 0.72), movable=True, yaw=0.0):
    return SceneObject(CatalogueItem(kind, kind, "red", np.array(size), movable), np.array(at), yaw, 1.0)


TABLE = thing("table", (0.6, 1.2, 0.72), (1.4, 0.0, 0.0), movable=False)


def test_a_bottle_is_held_by_its_body_and_a_can_clear_of_the_table():
    assert grasp(thing(), "right").low == pytest.approx(0.10)
    assert grasp(thing("can", (0.066, 0.066, 0.12)), "right").low == pytest.approx(0.065)
    np.testing.assert_allclose(grasp(thing(), "left").point, [1.2, 0.1, 0.82])


def test_only_small_movable_things_are_graspable():
    assert is_graspable(thing().item)
    assert not is_graspable(thing(size=(0.12, 0.12, 0.3)).item)
    assert not is_graspable(thing(movable=False).item)
    assert not is_graspable(thing("box", (0.06, 0.06, 0.06)).item)


@pytest.mark.parametrize("side, sign", [("left", 1.0), ("right", -1.0)])
def test_the_robot_stands_with_the_thing_before_its_hand_and_off_the_edge(side, sign):
    for heading in (0.0, 0.8):
        stance, ahead = stance_to_grasp(np.array([1.2, 0.1]), heading, side, TABLE)
        local = stance.forward @ (np.array([1.2, 0.1]) - stance.xy)
        assert local == pytest.approx(ahead) and ahead >= NEAREST
        left = np.array([-stance.forward[1], stance.forward[0]])
        assert sign * (left @ (np.array([1.2, 0.1]) - stance.xy)) > 0.05
    stance, ahead = stance_to_grasp(np.array([1.2, 0.1]), 0.0, side, TABLE)
    assert stance.x < 1.1 - 0.2 and ahead < FARTHEST
    _, far = stance_to_grasp(np.array([1.4, 0.1]), 0.0, side, TABLE)
    assert far > FARTHEST


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("heading", [0.0, 2.5, -1.3])
def test_a_thing_is_held_by_the_hand_before_whose_side_it_is(side, heading):
    stance, _ = stance_to_grasp(np.array([1.2, 0.1]), heading, side, None)
    assert hand_that_holds(thing(at=(1.2, 0.1, 0.9)), stance) == side


def test_hands_mirror():
    np.testing.assert_allclose(hand_point("left"), hand_point("right") * [1, -1, 1])


def test_the_stance_for_a_thing_is_square_before_what_carries_it():
    stance, _ = stance_at(thing(), 0.3, "right", [thing(), TABLE])
    assert stance.yaw == pytest.approx(0.0)
    assert stance.xy == pytest.approx(stance_to_grasp(np.array([1.2, 0.1]), 0.0, "right", TABLE)[0].xy)


def test_one_hand_of_a_contact_is_named_and_two_are_not():
    times = (0.0, 1.0, 1.5, 3.0, 0.1, 0.0, 0.1)
    assert hand_of(Contact("it", ("right",), *times)) == "right"
    assert hand_of(Contact("it", ("left", "right"), *times)) is None
