"""Putting something into a basket or bin: what is refused before anything moves, and what is imagined."""

from dataclasses import replace

import numpy as np
import pytest

import skills
from exoactor.container import RIMS, opening
from exoactor.stance import distance_to_footprint
from exoactor.types import CatalogueItem, Pose2D, Scene, SceneObject, StageError
from exoactor.world.scene_file import load_scene
from skills import Symbols

ROOM = load_scene("laundry")
ARGS = {"object": "red_bottle", "target": "basket", "relation": "in"}
PLACE = skills.get("place")


def held_at(x, y, z=0.95):
    things = [SceneObject(t.item, t.position, t.yaw, 1.0) for t in ROOM.things]
    held = [replace(t, position=np.array([x, y, z])) if t.id == "red_bottle" else t for t in things]
    return Scene(tuple(held), Pose2D(0.45, 1.05, np.pi), 1.0, ROOM.camera)


def test_the_hand_goes_over_the_opening_down_to_above_the_rim_and_the_bottle_falls_the_rest():
    (drop,) = PLACE.actions(held_at(0.08, 1.2), ARGS)
    into = opening(held_at(0, 0).get("basket"))
    end = np.array([0.08, 1.2, 0.95]) + np.array([*drop.shift, drop.rise])
    assert drop.kind == "place" and drop.shift[0] < -0.05 and drop.shift[1] == pytest.approx(0.0)
    assert into.distance(end[:2]) == 0.0 and end[2] == pytest.approx(into.rim + 0.05)
    assert end[2] - drop.drop == pytest.approx(into.floor)
    expected = PLACE.expectation(ARGS)
    assert (expected.kind, expected.on, expected.inside) == ("placed", "basket", True)


def test_what_is_held_elsewhere_is_brought_first():
    with pytest.raises(StageError) as error:
        PLACE.actions(held_at(1.0, 0.4), ARGS)
    assert error.value.code == "not_above"
    assert [fact.name for fact in PLACE.preconditions(ARGS)] == ["holding", "above"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"target": "table"}, "no basket or bin"),
        ({"target": None}, "needs a target"),
        ({"relation": "on"}, "open above"),
        ({"relation": None}, "open above"),
        ({"relation": "under"}, "none of on, in"),
        ({"object": "chair"}, "allowed are"),
        ({"target": "cup"}, "too small for red_bottle"),
    ],
)
def test_what_is_not_open_or_too_small_is_refused_by_the_catalogue(change, why):
    args = {name: value for name, value in {**ARGS, **change}.items() if value is not None}
    cup = CatalogueItem("cup", "basket", "blue", np.array([0.1, 0.2, 0.2]), True)
    assert any(why in problem for problem in PLACE.problems(args, (*ROOM.catalogue(), cup)))
    assert PLACE.problems(ARGS, ROOM.catalogue()) == []


@pytest.mark.parametrize(("rim", "reached"), [(0.22, False), (0.72, True), (0.95, False)])
def test_a_rim_that_is_too_low_or_too_high_is_refused_as_soon_as_it_is_seen(rim, reached):
    holding = Symbols(holding="red_bottle", tops={"basket": rim})
    assert (PLACE.hindrance(holding, ARGS) is None) is reached
    low = held_at(0.0, 1.2)
    lift = np.array([0.0, 0.0, rim - 0.72])
    things = [replace(t, position=t.position + lift) if t.id == "basket" else t for t in low.objects]
    if not reached:
        with pytest.raises(StageError, match=f"{RIMS[0]} to {RIMS[1]} m wanted"):
            PLACE.actions(replace(low, objects=tuple(things)), ARGS)


def test_one_carries_it_before_a_free_side_of_the_stand():
    room = replace(held_at(1.35, -0.2), robot=Pose2D(0.95, -0.05, 0.0))
    *_, carry = skills.get("carry").actions(room, {"target": "red_bottle", "to": "basket"})
    stand = room.get("stand")
    assert 0.2 < distance_to_footprint(stand, carry.goal.xy) < 0.3
    toward = stand.position[:2] - carry.goal.xy
    assert carry.goal.forward @ toward / np.linalg.norm(toward) > 0.8


def test_nothing_is_stood_up_where_a_basket_is_below():
    with pytest.raises(StageError, match="held over basket"):
        PLACE.actions(held_at(-0.05, 1.2), {"object": "red_bottle"})
    (down,) = PLACE.actions(held_at(1.4, -0.1), {"object": "red_bottle"})
    assert down.drop == 0.0


def test_nothing_is_picked_out_of_a_basket():
    with pytest.raises(StageError) as error:
        skills.get("pick").actions(held_at(-0.1, 1.2, 0.515), {"object": "red_bottle"})
    assert error.value.code == "walled_in"
