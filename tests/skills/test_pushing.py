"""What is asked for when things are pushed and swept: which way, by which hand, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

import skills
from exoactor.push import GAP
from exoactor.types import Camera, CatalogueItem, Expectation, Pose2D, Scene, SceneObject, StageError

CAMERA = Camera.looking_at(np.array([0.8, -5.0, 2.2]), np.array([0.8, 0.2, 0.5]), 58.0, (640, 480))
PUSH, SWEEP = skills.get("push"), skills.get("sweep")


def thing(id, kind, size, place, movable=True, **more):
    return SceneObject(CatalogueItem(id, kind, "red", np.array(size), movable), np.array(place), 0.0, 1.0, **more)


CRATE = thing("crate", "box", (0.4, 0.5, 0.6), (1.5, 0.0, 0.0))
TABLE = thing("table", "table", (0.6, 1.2, 0.7), (1.6, 0.0, 0.0), movable=False)
CAN = thing("can", "can", (0.066, 0.066, 0.12), (1.4, -0.2, 0.7))


ROBOT = Pose2D(0.0, 0.0, 0.3)


def scene(*things, robot=ROBOT):
    return Scene(things, robot, 1.0, CAMERA)


def asked(skill, where, **args):
    args = skill.settled(where, args)
    return args, skill.actions(where, args)


@pytest.mark.parametrize(
    ("direction", "toward", "behind"),
    [("forward", 0.0, (-1, 0)), ("left", 90.0, (0, -1)), ("right", -90.0, (0, 1))],
)
def test_a_crate_is_pushed_from_behind_as_the_robot_sees_it(direction, toward, behind):
    args, (walk, push) = asked(PUSH, scene(CRATE), object="crate", direction=direction)
    assert args["toward"] == toward
    half = 0.2 if direction == "forward" else 0.25
    np.testing.assert_allclose(walk.goal.xy, CRATE.position[:2] + np.array(behind) * (half + GAP), atol=1e-6)
    assert push.shift == pytest.approx(tuple(-0.4 * np.array(behind)), abs=1e-6)
    assert push.goal.xy - walk.goal.xy == pytest.approx(push.shift, abs=1e-6)
    assert PUSH.expectation(args) == Expectation("pushed", "crate", toward=pytest.approx(np.radians(toward)))


def test_left_stays_what_it_was_when_the_robot_has_walked_round():
    args, (walk, _) = asked(PUSH, scene(CRATE), object="crate", direction="left")
    again, actions = asked(PUSH, scene(CRATE, robot=walk.goal), **args)
    assert again == args and [a.kind for a in actions] == ["push"]


def test_a_turned_crate_is_pushed_square_to_its_side():
    args, (walk, push) = asked(PUSH, scene(replace(CRATE, yaw=0.3)), object="crate")
    assert args["toward"] == pytest.approx(np.degrees(0.3), abs=0.1)
    assert walk.goal.yaw == pytest.approx(0.3, abs=0.01) and np.hypot(*push.shift) == pytest.approx(0.4)


def test_on_a_table_one_hand_pushes_along_the_edge():
    _, (walk, push) = asked(PUSH, scene(TABLE, CAN), object="can", direction="left")
    assert push.goal is None and push.side == "right" and push.shift == pytest.approx((0.0, 0.25), abs=1e-6)
    assert abs(walk.goal.yaw) < 1e-6 and walk.goal.x < 1.3 - 0.15
    _, (_, push) = asked(PUSH, scene(TABLE, CAN), object="can", direction="right")
    assert push.side == "left" and push.shift[1] < 0


def refused(skill, where, **args):
    with pytest.raises(StageError) as caught:
        asked(skill, where, **args)
    return caught.value.stage, caught.value.code


def test_what_cannot_be_pushed_is_refused_with_the_reason():
    fixed = replace(CRATE, item=replace(CRATE.item, movable=False))
    assert refused(PUSH, scene(fixed), object="crate") == ("imagine", "fixed")
    assert refused(PUSH, scene(replace(CRATE, lies=True)), object="crate") == ("perceive", "toppled")
    barrel = thing("crate", "cylinder", (0.4, 0.4, 0.6), (1.5, 0.0, 0.0))
    assert refused(PUSH, scene(barrel), object="crate") == ("imagine", "no_side")
    low = thing("crate", "box", (0.3, 0.3, 0.25), (1.5, 0.0, 0.0))
    assert refused(PUSH, scene(low), object="crate") == ("imagine", "too_low")
    wall = thing("wall", "wall", (0.1, 1.5, 1.0), (1.95, 0.0, 0.0), movable=False)
    assert refused(PUSH, scene(CRATE, wall), object="crate") == ("imagine", "in_the_way")
    behind = thing("shelf", "shelf", (0.3, 0.9, 1.0), (1.5, -0.7, 0.0), movable=False)
    assert refused(PUSH, scene(CRATE, behind), object="crate", direction="left") == ("imagine", "no_free_place")
    chair = thing("crate", "chair", (0.45, 0.45, 0.9), (1.5, 0.0, 0.0))  # its back is towards the robot
    assert asked(PUSH, scene(chair), object="crate")[0]["toward"] == 0.0
    assert refused(PUSH, scene(chair), object="crate", direction="left") == ("imagine", "no_side")


def test_what_cannot_be_pushed_on_a_table_is_refused_with_the_reason():
    edge = replace(CAN, position=np.array([1.4, -0.5, 0.7]))
    assert refused(PUSH, scene(TABLE, edge), object="can", direction="right") == ("imagine", "would_fall")
    cup = thing("cup", "can", (0.066, 0.066, 0.12), (1.4, -0.05, 0.7))
    assert refused(PUSH, scene(TABLE, CAN, cup), object="can", direction="left") == ("imagine", "in_the_way")
    wide = thing("can", "box", (0.3, 0.3, 0.1), (1.5, 0.0, 0.7))
    assert refused(PUSH, scene(TABLE, wide), object="can", direction="left") == ("imagine", "too_large")
    far = replace(CAN, position=np.array([1.6, 0.0, 0.7]))
    deep = replace(TABLE, item=replace(TABLE.item, size=np.array([1.6, 1.2, 0.7])), position=np.array([1.6, 0, 0]))
    assert refused(PUSH, scene(deep, far), object="can", direction="left") == ("imagine", "out_of_reach")


def test_a_can_is_swept_over_the_nearest_edge_beside_it_from_the_front():
    _, (walk, sweep) = asked(SWEEP, scene(TABLE, CAN), object="can")
    assert sweep.rise == pytest.approx(-0.7) and sweep.side == "left"
    assert sweep.shift == pytest.approx((0.0, -0.49), abs=1e-6)  # 0.40 to the edge, and on
    assert abs(walk.goal.yaw) < 1e-6
    assert SWEEP.expectation({"object": "can"}) == Expectation("swept", "can")
    other = replace(CAN, position=np.array([1.4, 0.35, 0.7]))
    assert asked(SWEEP, scene(TABLE, other), object="can")[1][1].side == "right"


def test_what_cannot_be_swept_is_refused_with_the_reason():
    on_floor = replace(CAN, position=np.array([1.0, 0.0, 0.0]))
    assert refused(SWEEP, scene(on_floor), object="can") == ("imagine", "not_on_anything")
    middle = replace(CAN, position=np.array([1.6, 0.0, 0.7]))
    wide = replace(TABLE, item=replace(TABLE.item, size=np.array([1.4, 1.6, 0.7])))
    assert refused(SWEEP, scene(wide, middle), object="can") == ("imagine", "out_of_reach")


def test_directions_and_degrees_are_checked():
    catalogue = (CRATE.item, CAN.item)
    assert PUSH.problems({"object": "crate", "direction": "left"}, catalogue) == []
    assert "forward, left, right" in PUSH.problems({"object": "crate", "direction": "up"}, catalogue)[0]
    assert "degrees" in PUSH.problems({"object": "crate", "toward": "north"}, catalogue)[0]
    assert PUSH.problems({"object": "door"}, catalogue)
