from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import skills
from exoactor.types import Camera, CatalogueItem, Pose2D, Scene, SceneObject, StageError
from exoactor.types.rotations import wrap
from exoactor.world.scene_file import load_scene
from skills.approach import TURNS

ROBOT = Pose2D(-0.6, 0.0, 0.0)


def scene(name="depot", robot=ROBOT, **moved):
    spec = load_scene(name)
    objects = tuple(SceneObject(t.item, np.array(moved.get(t.id, t.position)), t.yaw, 1.0) for t in spec.things)
    return Scene(objects, robot, 1.0, spec.camera)


def steps(where, skill, args):
    args = skills.get(skill).settled(where, args)
    return args, skills.get(skill).actions(where, args)


def off(where, robot, id, goal):
    """How far round the thing one goes [rad], 0 for the near side."""
    way = where.get(id).position[:2] - robot.xy
    return float(wrap(goal.yaw - np.arctan2(way[1], way[0])))


@pytest.mark.parametrize(
    ("skill", "name", "id", "args", "side"),
    [
        ("lift", "depot", "box", {"target": "box"}, "far"),
        *[("walk_to", "open_room", "table", {"target": "table"}, side) for side in ("left", "right", "far")],
    ],
)
def test_one_goes_to_the_side_that_is_asked_for(skill, name, id, args, side):
    where = scene(name)
    args, (walk, *_) = steps(where, skill, {**args, "approach": side})
    assert walk.kind == "walk" and abs(wrap(off(where, where.robot, id, walk.goal) - TURNS[side])) < np.radians(46)
    place = walk.goal.xy - where.get(id).position[:2]
    across = {"left": place[1] > 0.3, "right": place[1] < -0.3, "far": place[0] > 0.3}
    assert across[side], "left and right are those of the robot, which looks along x"
    near = steps(where, skill, {k: v for k, v in args.items() if k not in ("approach", "toward")})[1][0]
    assert abs(off(where, where.robot, id, near.goal)) < np.radians(46), "unasked it goes to the near side"
    there = replace(where, robot=Pose2D(*(walk.goal.xy - 0.5 * walk.goal.forward), walk.goal.yaw))
    again = steps(there, skill, args)[1][0].goal
    assert abs(wrap(again.yaw - walk.goal.yaw)) < 0.1, "from there it is still the same side"


@pytest.mark.parametrize("side", ["left", "right"])
def test_what_the_camera_sees_along_the_arms_is_not_lifted_from_there(side):
    with pytest.raises(StageError, match=f"not the {side} side of box, which is asked for, shows") as refused:
        steps(scene(), "lift", {"target": "box", "approach": side})
    assert refused.value.code == "not_shown"
    aside = Camera.looking_at(np.array([-3.4, -0.1, 1.75]), np.array([0.9, -0.1, 0.6]), 55.0, (640, 480))
    turned = replace(scene(), camera=aside)
    assert steps(turned, "lift", {"target": "box", "approach": side})[1][-1].kind == "lift"


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["left", "right", "far"]), st.floats(-np.pi, np.pi), st.floats(-3, 3))
def test_once_seen_a_side_is_one_in_the_world(side, angle, turned):
    where = scene()
    place = where.get("box").position[:2] - 1.5 * np.array([np.cos(angle), np.sin(angle)])
    before = replace(where, robot=Pose2D(*place, turned))
    args = skills.get("lift").settled(before, {"target": "box", "approach": side})
    assert skills.get("lift").settled(where, args) == args
    gap = abs(wrap(np.radians(args["toward"]) - angle - TURNS[side]))
    assert gap < np.pi / 4 + 0.06, "which way the robot looks says nothing of its left of the thing"
    assert skills.get("walk_to").expectation(args).toward == pytest.approx(np.radians(args["toward"]))


def test_a_side_without_room_is_refused_with_words():
    wall = SceneObject(CatalogueItem("wall", "box", "grey", np.array([0.1, 0.5, 0.8]), False), np.zeros(3), 0.0, 1.0)
    where = scene()
    beside = replace(wall, position=where.get("box").position * [1, 1, 0] + [0.7, 0.0, 0.0])
    where = replace(where, objects=(*where.objects, beside))
    with pytest.raises(StageError, match="not the far side of box, which is asked for, has room") as refused:
        steps(where, "lift", {"target": "box", "approach": "far"})
    assert (refused.value.stage, refused.value.code) == ("imagine", "no_free_place")
    with pytest.raises(StageError, match="not the far side of box"):
        steps(where, "walk_to", {"target": "box", "approach": "far"})
    steps(where, "walk_to", {"target": "box", "approach": "left"})


def test_a_chair_is_lifted_by_its_back_alone():
    where = scene("open_room", robot=Pose2D(-0.9, 1.4, 0.0))
    chair = where.get("chair")
    light = replace(chair, item=replace(chair.item, movable=True))
    where = replace(where, objects=tuple(light if o.id == "chair" else o for o in where.objects))
    refused = []
    for side in ("left", "right", "far"):
        try:
            skills.get("lift").settled(where, {"target": "chair", "approach": side})
        except StageError as error:
            refused.append(error.code)
    assert refused.count("no_side") >= 2


def test_other_words_are_refused():
    catalogue = tuple(o.item for o in scene().objects)
    problem = skills.get("lift").problems({"target": "box", "approach": "top"}, catalogue)
    assert problem == ["lift: approach: 'top' is none of left, right, far"]
    assert skills.get("wave").problems({"approach": "left"}, catalogue)
