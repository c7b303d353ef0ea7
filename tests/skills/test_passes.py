"""Going over and under bars: where one begins and ends, and what is refused before anybody is imagined."""

import numpy as np
import pytest

import skills
from exoactor.passage import HIGHEST, LOWEST
from exoactor.types import Camera, CatalogueItem, Expectation, Pose2D, Scene, SceneObject, StageError
from exoactor.world.furniture import BEAM
from skills import Symbols

CAMERA = Camera.looking_at(np.array([0.8, -4.2, 1.7]), np.array([0.8, 0.2, 0.6]), 58.0, (640, 480))


def bar(kind="hurdle", height=0.05, at=(1.0, 0.0), yaw=0.0, **more):
    size = (0.05, 1.0, height) if kind == "hurdle" else (0.36, 1.3, height + BEAM)
    return SceneObject(CatalogueItem("bar", kind, "red", np.array(size), True), np.array([*at, 0.0]), yaw, 1.0, **more)


HERE = Pose2D(-0.2, 0.1, 0.0)


def actions(name, thing, *others, robot=HERE):
    scene = Scene((thing, *others), robot, 1.0, CAMERA)
    return skills.get(name).actions(scene, {"object": "bar"})


@pytest.mark.parametrize(("name", "kind", "height"), [("step_over", "hurdle", 0.05), ("duck_under", "beam", 1.15)])
@pytest.mark.parametrize("yaw", [0.2, 0.2 - np.pi])
def test_a_walk_up_to_it_and_straight_across_to_its_other_side(name, kind, height, yaw):
    walk, across = actions(name, bar(kind, height, yaw=yaw))
    assert (walk.kind, across.kind, across.thing) == ("walk", name, "bar")
    before, beyond = walk.goal, across.goal
    assert before.x < 1.0 < beyond.x
    way = beyond.xy - before.xy
    assert np.arctan2(way[1], way[0]) == pytest.approx(0.2) and before.yaw == pytest.approx(0.2)
    assert beyond.yaw == pytest.approx(before.yaw)


def test_the_feet_go_higher_than_the_bar_and_the_head_lower():
    assert actions("step_over", bar(height=0.04))[-1].rise == pytest.approx(0.14)
    assert actions("duck_under", bar("beam", 1.15))[-1].rise == pytest.approx(1.09)


def test_who_stands_before_it_already_takes_no_walk():
    assert [a.kind for a in actions("step_over", bar(), robot=Pose2D(0.66, 0.02, 0.0))] == ["step_over"]


def test_it_is_crossed_beside_what_stands_in_the_way_beyond_it():
    chair = SceneObject(
        CatalogueItem("chair", "chair", "blue", np.array([0.3, 0.3, 0.8]), False), np.array([1.7, -0.4, 0]), 0.0, 1.0
    )
    assert actions("step_over", bar(), chair, robot=Pose2D(-0.2, -0.2, 0.0))[-1].goal.y > -0.2


@pytest.mark.parametrize(
    ("name", "thing", "code"),
    [
        ("step_over", bar(height=HIGHEST + 0.03), "too_high"),
        ("duck_under", bar("beam", LOWEST - 0.05), "too_low"),
        ("step_over", bar(lies=True), "toppled"),
        ("step_over", bar(at=(4.0, 0.0)), "no_free_place"),
    ],
)
def test_what_cannot_be_done_is_said_before_anybody_is_imagined(name, thing, code):
    with pytest.raises(StageError) as caught:
        actions(name, thing)
    assert (caught.value.stage, caught.value.code) == ("imagine", code)
    assert code in skills.get(name).failure_codes


def test_the_wrong_kind_of_thing_and_full_hands_are_refused():
    items = (bar("beam", 1.2).item,)
    assert "allowed are: hurdle" in skills.get("step_over").problems({"object": "bar"}, items)[0]
    assert skills.get("duck_under").problems({"object": "bar"}, items) == []
    assert skills.get("duck_under").hindrance(Symbols(holding="box"), {"object": "bar"})


def test_it_counts_when_the_robot_is_beyond_and_no_longer_near_anything():
    assert skills.get("step_over").expectation({"object": "bar"}) == Expectation("stepped_over", "bar")
    assert skills.get("duck_under").expectation({"object": "bar"}) == Expectation("ducked_under", "bar")
    after = skills.get("step_over").effects(Symbols(near="bar", facing="bar"), {"object": "bar"})
    assert (after.near, after.facing) == (None, None)
