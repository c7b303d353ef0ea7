"""Where two palms take hold of a thing, and where one stands to do it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoactor.grip import BOWED, FARTHEST, KNEES, faced_now, grip, sides, stance_for
from exoactor.types import CatalogueItem, SceneObject
from exoactor.types.rotations import wrap

ANGLE = st.floats(-np.pi, np.pi)


def thing(kind="box", size=(0.3, 0.36, 0.25), xy=(1.0, 0.5), z=0.4, yaw=0.0, id="box"):
    return SceneObject(CatalogueItem(id, kind, "red", np.array(size), True), [*xy, z], yaw, 1.0)


@given(ANGLE, ANGLE)
def test_palms_are_on_opposite_sides_of_a_box_at_equal_height(yaw, heading):
    box = thing(yaw=yaw)
    held = grip(box, heading)
    left, right = held.palms(0.0, 0.0, 0.0)
    assert np.allclose((left + right) / 2, held.middle)
    assert np.linalg.norm(left - right) in (pytest.approx(0.3), pytest.approx(0.36))
    # the pair of sides nearest to the left and right of the one who faces along `heading`
    assert held.left @ np.array([-np.sin(heading), np.cos(heading)]) >= np.cos(np.pi / 4) - 1e-9
    assert held.middle[2] == pytest.approx(0.4 + 0.125)


@given(ANGLE, ANGLE)
def test_a_round_thing_is_held_exactly_left_and_right(yaw, heading):
    held = grip(thing("cylinder", (0.3, 0.3, 0.3), yaw=yaw), heading)
    assert held.half == pytest.approx(0.15)
    assert np.allclose(held.forward, [np.cos(heading), np.sin(heading)])


@pytest.mark.parametrize(("depth", "off"), [(0.3, BOWED), (0.5, 0.02), (0.56, 0.0)])
def test_what_is_on_the_floor_is_bowed_for_from_further_off_but_no_further_than_hands_reach(depth, off):
    _, _, reach = stance_for(thing(size=(depth, 0.36, 0.2), z=0.0), 0.0, [])
    assert reach == pytest.approx(depth / 2 + KNEES + off)


@given(ANGLE, st.floats(0.0, 0.1))
def test_the_stance_faces_the_thing_and_keeps_the_knees_off_what_carries_it(yaw, margin):
    stand = thing("table", (0.3 + 2 * margin, 0.36 + 2 * margin, 0.4), z=0.0, yaw=yaw, id="stand")
    held, stance, reach = stance_for(thing(yaw=yaw), yaw, [stand])
    assert abs(wrap(stance.yaw - yaw)) < 1e-6
    assert reach == pytest.approx(0.15 + margin + KNEES)
    ahead = (held.middle[:2] - stance.xy) @ stance.forward
    assert ahead == pytest.approx(reach)


@given(ANGLE)
def test_a_chair_is_held_from_behind_by_the_sides_of_its_back(yaw):
    chair = thing("chair", (0.4, 0.38, 0.9), z=0.0, yaw=yaw)
    assert sides(chair) == (pytest.approx(yaw),)
    held, stance, reach = stance_for(chair, yaw, [])
    turn = np.array([[np.cos(yaw), np.sin(yaw)], [-np.sin(yaw), np.cos(yaw)]])
    local = turn @ (held.middle[:2] - chair.position[:2])
    back = -0.4 / 2 + 0.04 / 2
    assert back < local[0] < back + 0.06 and local[1] == pytest.approx(0.0, abs=1e-9)
    assert held.half == pytest.approx(0.19) and held.middle[2] > 0.45 + 0.05  # above the seat
    behind = turn @ (stance.xy - chair.position[:2])
    assert behind[0] < -0.2 - KNEES and reach < FARTHEST
    assert abs(wrap(stance.yaw - yaw)) < 1e-6


@given(ANGLE, st.floats(np.pi / 4 + 0.01, np.pi))
def test_a_chair_is_out_of_reach_from_its_sides_and_its_front(yaw, off):
    chair = thing("chair", (0.4, 0.38, 0.9), z=0.0, yaw=yaw)
    assert stance_for(chair, yaw + off, [])[2] == np.inf
    assert stance_for(chair, yaw - off, [])[2] == np.inf


@given(ANGLE, ANGLE)
def test_anything_else_is_held_from_any_side(yaw, heading):
    for kind, size in (("box", (0.3, 0.36, 0.25)), ("table", (0.4, 0.4, 0.5)), ("cylinder", (0.3, 0.3, 0.3))):
        assert np.isfinite(stance_for(thing(kind, size, yaw=yaw), heading, [])[2])


@pytest.mark.parametrize("flip", [np.pi, -np.pi / 2, np.pi / 2])
def test_who_faces_a_box_still_does_when_another_of_its_sides_is_seen_as_the_first(flip):
    then = SceneObject(CatalogueItem("box", "box", "red", np.array([0.3, 0.35, 0.25]), True), [1.0, 0, 0.4], 1.5, 1.0)
    heading = 0.3 - then.yaw
    assert faced_now(replace(then, yaw=then.yaw + 0.1 + flip), then, heading) == pytest.approx(0.4)
    chair = replace(then, item=replace(then.item, kind="chair"))
    turned = faced_now(replace(chair, yaw=chair.yaw + flip), chair, heading)
    assert np.cos(turned - 0.3 - flip) == pytest.approx(1.0)
