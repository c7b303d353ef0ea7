"""Plans of a robot with a thing in its hands: drawn near, walked with, without a jump anywhere."""

from dataclasses import replace

import numpy as np
import pytest

from exoactor.control import standing_pose
from exoactor.grip import grip
from exoactor.retarget import carry_motion, draw_near_motion, lift_motion, put_down_motion, shuffle
from exoactor.retarget.held import fingers_down, fingers_down_at, palms_in_world
from exoactor.retarget.wholebody import forward
from exoactor.types import CatalogueItem, Contact, Pose2D, SceneObject
from exoactor.types.rotations import yaw_matrix
from exoactor.world.g1 import PALM_CENTRE, default_actuation

pytestmark = pytest.mark.assets
FIRST = standing_pose(default_actuation())
CONTACT = Contact("box", ("left", "right"), 1.0, 2.3, 2.8, 5.5, 0.28, 0.0, 0.5)
STANCE = Pose2D(0.5, 0.2, 0.6)
FEET = np.array([[0.435, 0.295, 0.62], [0.565, 0.105, 0.58]])
WRISTS = ("left_wrist_yaw_link", "right_wrist_yaw_link")
BOX = SceneObject(
    CatalogueItem("box", "box", "red", np.array([0.3, 0.35, 0.25]), True),
    [*(STANCE.xy + 0.44 * STANCE.forward), 0.4],
    STANCE.yaw,
    1.0,
)


@pytest.fixture(scope="module")
def lifted():
    return lift_motion(STANCE, FEET, grip(BOX, STANCE.yaw), CONTACT, FIRST)


@pytest.fixture(scope="module")
def drawn(lifted):
    return draw_near_motion(STANCE, FEET, 0.38, lifted, FIRST)


def walk_of(motion):
    goal = Pose2D(*(STANCE.xy + 0.4 * STANCE.forward), STANCE.yaw + 0.5)
    return carry_motion(shuffle(STANCE, goal, FIRST[15:]), motion), goal


def test_it_is_drawn_near_and_up_and_the_palms_keep_their_distance(lifted, drawn):
    before, after = lifted.palms.position[-1], drawn.palms.position[-1]
    assert after[:, 2] == pytest.approx([0.8, 0.8], abs=0.01)
    assert (after - before)[:, :2].mean(axis=0) @ STANCE.forward < -0.02
    assert np.linalg.norm(after[0] - after[1]) == pytest.approx(np.linalg.norm(before[0] - before[1]))
    assert np.abs(np.diff(np.vstack([lifted.joint_pos[-1:], drawn.joint_pos]), axis=0)).max() * 50 < 4.0


def test_a_walk_with_a_load_begins_as_it_was_held_and_keeps_trunk_and_arms(drawn):
    motion, _ = walk_of(drawn)
    assert motion.palms.frame == "root" and (motion.palms.weight == 1.0).all()
    assert np.allclose(motion.joint_pos[:, 12:], drawn.joint_pos[-1, 12:])
    assert np.abs(motion.joint_pos[0] - drawn.joint_pos[-1]).max() < 0.02
    assert np.abs(np.diff(motion.joint_pos, axis=0)).max() * 50 < 8.0


def test_palms_of_a_walking_robot_are_known_where_it_stands_then(drawn):
    motion, goal = walk_of(drawn)
    at_first, press = palms_in_world(drawn, STANCE)
    there, press_there = palms_in_world(motion, goal)
    turn = yaw_matrix(goal.yaw - STANCE.yaw)
    reference = drawn.root_pos[-1, :2]
    assert there[:, :2] == pytest.approx((at_first[:, :2] - reference) @ turn.T + goal.xy, abs=0.02)
    assert press_there[:, :2] == pytest.approx(press[:, :2] @ turn.T, abs=0.02)


def test_it_is_put_down_aside_from_where_it_was_carried(drawn):
    motion, goal = walk_of(drawn)
    box = BOX.moved(np.append(goal.xy + 0.38 * goal.forward - BOX.position[:2], 0.27), goal.yaw - BOX.yaw)
    aside = np.array([0.06, -0.03])
    down = put_down_motion(goal, FEET + np.array([0.3, 0.2, 0.5]), grip(box, goal.yaw), 0.1, motion, FIRST, aside=aside)
    start, _ = palms_in_world(motion, goal)
    pressing = down.palms.press.any(axis=(1, 2))
    lowest = int(np.argmin(np.where(pressing, down.palms.position[:, 0, 2], np.inf)))
    assert (down.palms.position[lowest] - start).mean(axis=0) == pytest.approx([*aside, -0.115], abs=0.01)


def test_free_hands_hold_nothing_and_fingers_point_down_as_planned(lifted):
    with pytest.raises(ValueError, match="palms on something"):
        palms_in_world(shuffle(STANCE, STANCE, FIRST[15:]), STANCE)
    _, turns = forward(lifted.root_pos[-1:], lifted.root_quat[-1:], lifted.joint_pos[-1:], WRISTS)
    assert fingers_down(lifted) == pytest.approx(float(np.arcsin(-turns[0, :, 2, 0]).mean()))
    assert np.array(PALM_CENTRE)[0] > 0


def test_what_was_taken_steeply_is_carried_flatter_and_let_down_as_it_was_taken():
    on_floor = replace(BOX, position=[*BOX.position[:2], 0.0])
    steep = lift_motion(STANCE, FEET, grip(on_floor, STANCE.yaw), CONTACT, FIRST)
    flat = draw_near_motion(STANCE, FEET, 0.38, steep, FIRST)
    assert fingers_down(steep) > 0.6 and fingers_down(flat) < 0.52
    turned = fingers_down(steep) - fingers_down(flat)
    down = put_down_motion(STANCE, FEET, grip(BOX, STANCE.yaw), 0.2, flat, FIRST, turned=turned)
    open_ = int(np.flatnonzero(down.palms.press.any(axis=(1, 2)))[-1])
    let_go = fingers_down_at(down.root_pos[open_], down.root_quat[open_], down.joint_pos[open_])
    assert let_go == pytest.approx(fingers_down(steep), abs=0.1)
