"""What is asked for when a table is wiped: which patch, from where, by which hand, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

import skills
from exoactor.grasp import stance_to_grasp
from exoactor.stance import square_to
from exoactor.types import Camera, CatalogueItem, Expectation, Pose2D, Scene, SceneObject, StageError
from exoactor.wipe import CLEAR, DRIFT, SPAN, STROKES, fits, in_the_way

CAMERA = Camera.looking_at(np.array([0.8, -5.0, 2.2]), np.array([0.8, 0.2, 0.5]), 58.0, (640, 480))
WIPE = skills.get("wipe")
ROBOT = Pose2D(0.0, 0.0, 0.3)


def thing(id, kind, size, place, movable=True):
    return SceneObject(CatalogueItem(id, kind, "red", np.array(size), movable), np.array(place), 0.0, 1.0)


TABLE = thing("table", "table", (0.6, 1.2, 0.7), (1.6, 0.0, 0.0), movable=False)
CAN = thing("can", "can", (0.066, 0.066, 0.12), (1.45, -0.1, 0.7))


def scene(*things, robot=ROBOT):
    return Scene(things, robot, 1.0, CAMERA)


@pytest.mark.parametrize("side", ["left", "right"])
def test_one_walks_up_and_wipes_a_free_patch_before_the_hand(side):
    where = scene(TABLE, CAN)
    walk, wipe = WIPE.actions(where, {"surface": "table", "side": side})
    assert (walk.kind, wipe.kind, wipe.side, wipe.thing, wipe.strokes) == ("walk", "wipe", side, "table", STROKES)
    assert wipe.at[2] == pytest.approx(0.7) and wipe.shift == (DRIFT, SPAN)
    middle, heading = np.array(wipe.at[:2]), square_to(TABLE, walk.goal.yaw)
    assert walk.goal.yaw == pytest.approx(heading)
    assert stance_to_grasp(middle, heading, side, TABLE)[0].is_near(walk.goal, 1e-6, 1e-6)
    assert fits(TABLE, middle, heading, wipe.shift)
    assert in_the_way(TABLE, middle, heading, wipe.shift, where.objects, CLEAR) is None


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_hand_named_is_the_one_that_the_camera_sees(side):
    walk, wipe = WIPE.actions(scene(TABLE), {"surface": "table", "side": side})
    to_hand = np.array(wipe.at[:2]) - walk.goal.xy
    assert to_hand @ (walk.goal.xy - CAMERA.position[:2]) < 0.1  # not behind the trunk


def test_with_no_hand_named_the_nearer_stance_decides():
    walk, wipe = WIPE.actions(scene(TABLE), {"surface": "table"})
    assert wipe.side == "right" and walk.goal.x < 1.3  # before the side that the robot comes from, towards the camera
    assert WIPE.expectation({"surface": "table"}) == Expectation("wiped", "table")
    assert WIPE.expectation({"surface": "table", "side": "left"}).side == "left"
    again = scene(TABLE, robot=walk.goal)
    assert [action.kind for action in WIPE.actions(again, {"surface": "table"})] == ["wipe"]


def test_a_table_full_of_things_or_without_room_about_it_is_not_wiped():
    cans = [
        replace(CAN, item=replace(CAN.item, id=f"can_{i}_{j}"), position=np.array([1.4 + 0.2 * i, -0.5 + 0.2 * j, 0.7]))
        for i in range(3)
        for j in range(6)
    ]
    with pytest.raises(StageError, match="no patch of table") as caught:
        WIPE.actions(scene(TABLE, *cans), {"surface": "table"})
    assert (caught.value.stage, caught.value.code) == ("imagine", "no_free_patch")
    walls = [thing(f"bin_{k}", "bin", (0.5, 0.5, 0.4), place) for k, place in enumerate(
        [(1.0, -0.5, 0), (1.0, 0.0, 0), (1.0, 0.5, 0), (2.2, -0.5, 0), (2.2, 0, 0), (2.2, 0.5, 0), (1.6, 0.95, 0),
         (1.6, -0.95, 0)])]  # fmt: skip
    with pytest.raises(StageError, match="room to stand") as caught:
        WIPE.actions(scene(TABLE, *walls), {"surface": "table"})
    assert caught.value.code == "no_free_place"


def test_what_is_too_low_or_would_slide_away_is_refused_beforehand():
    def problems(item, **args):
        return WIPE.problems({"surface": item.id, **args}, (item,))

    assert not problems(TABLE.item) and not problems(TABLE.item, side="left")
    assert "neither" in problems(TABLE.item, side="both")[0]
    low = CatalogueItem("bench", "table", "red", np.array([0.5, 1.0, 0.4]), False)
    assert "0.40 m high" in problems(low)[0]
    light = CatalogueItem("stool", "table", "red", np.array([0.5, 0.5, 0.6]), True)
    assert "slide away" in problems(light)[0]
    assert "allowed are: table, box" in problems(CAN.item)[0]
    after = WIPE.effects(skills.Symbols(), {"surface": "table"})
    assert (after.near, after.facing, after.holding) == ("table", "table", None)
    assert "while holding can" in str(WIPE.hindrance(skills.Symbols(holding="can"), {"surface": "table"}))
