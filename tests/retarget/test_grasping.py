"""The plan of a pick: the hand where it has to be, level, feet where they are, joints that do not jump."""

import numpy as np
import pytest

from exoactor.control import standing_pose
from exoactor.grasp import grasp, hand_point
from exoactor.retarget import carry_motion, hand_in_world, hold_near_motion, pick_motion, place_motion, raised, shuffle
from exoactor.retarget.wholebody import forward
from exoactor.types import CatalogueItem, Contact, Pose2D, SceneObject
from exoactor.world.g1 import default_actuation

pytestmark = pytest.mark.assets
FIRST = standing_pose(default_actuation())
STANCE = Pose2D(0.5, 0.2, 0.6)
FEET = np.array([[0.435, 0.295, 0.62], [0.565, 0.105, 0.58]])
ANKLES = ("left_ankle_roll_link", "right_ankle_roll_link")


def plan(height, side):
    sign = 1.0 if side == "left" else -1.0
    left = np.array([-STANCE.forward[1], STANCE.forward[0]])
    place = [*(STANCE.xy + 0.36 * STANCE.forward + sign * 0.13 * left), height]
    can = SceneObject(CatalogueItem("can", "can", "red", np.array([0.066, 0.066, 0.12]), True), place, 0.0, 1.0)
    contact = Contact("can", (side,), 1.0, 2.3, 2.8, 5.5, 0.15, 0.0, 0.2)
    held = grasp(can, side)
    return pick_motion(STANCE, FEET, held, contact, raised(FIRST, side)), held


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("height", [0.56, 0.70, 0.84])
def test_the_hand_gets_there_level_and_feet_stay(height, side):
    motion, held = plan(height, side)
    feet, _ = forward(motion.root_pos, motion.root_quat, motion.joint_pos, ANKLES)
    assert np.abs(feet[:, :, :2] - FEET[:, :2]).max() < 0.015
    places, turns = forward(motion.root_pos, motion.root_quat, motion.joint_pos, (f"{side}_wrist_yaw_link",))
    points = places[:, 0] + turns[:, 0] @ hand_point(side)
    working = np.flatnonzero(motion.hand.weight >= 1.0)
    assert np.abs(points - motion.hand.point)[working].max() < 0.012
    assert np.degrees(np.arccos(turns[working, 0, 2, 2])).max() < 6.0
    assert np.abs(np.diff(motion.joint_pos, axis=0)).max() * motion.fps < 4.0
    assert np.linalg.norm(motion.hand.point - held.point, axis=1).min() < 1e-6
    assert motion.hand.point[-1, 2] - held.point[2] == pytest.approx(0.15, abs=0.02)


def test_fingers_of_the_working_hand_close_after_it_is_there_and_open_after_it_is_down():
    motion, held = plan(0.7, "right")
    closing = np.flatnonzero(np.abs(np.diff(motion.hand.fingers[:, 11])) > 1e-6)
    assert not motion.hand.fingers[:, :7].any()
    at = np.linalg.norm(motion.hand.point - held.point, axis=1)
    assert at[closing[-1]] < 1e-6 and motion.hand.fingers[-1, 11] > 1.0
    down = place_motion(STANCE, FEET, "right", held.point, motion, raised(FIRST, "right"))
    assert np.abs(down.joint_pos[0] - motion.joint_pos[-1]).max() < 0.05
    opening = np.flatnonzero(np.abs(np.diff(down.hand.fingers[:, 11])) > 1e-6)
    low = down.hand.point[opening[0]]
    np.testing.assert_allclose(low, held.point, atol=0.01)
    assert np.linalg.norm(down.hand.point[-1] - held.point) > 0.12  # well away at the end
    with pytest.raises(ValueError, match="left hand"):
        place_motion(STANCE, FEET, "left", held.point, motion, raised(FIRST, "left"))


@pytest.mark.parametrize("side", ["left", "right"])
def test_what_one_hand_holds_is_walked_with_level_and_square_and_put_down_elsewhere(side):
    picked, _ = plan(0.6, side)
    first = raised(FIRST, side)
    near = hold_near_motion(STANCE, FEET, picked, first)
    assert np.abs(near.joint_pos[0] - picked.joint_pos[-1]).max() < 0.05
    assert near.hand.point[-1, 2] == pytest.approx(1.05) and abs(near.joint_pos[-1, 12]) < 0.05
    over = near.hand.point[:, 2] >= near.hand.point[-1, 2] - 1e-6
    assert np.linalg.norm((near.hand.point - picked.hand.point[-1])[~over, :2], axis=1).max() < 1e-6  # up first

    goal = Pose2D(0.9, 0.8, 1.4)
    walk = carry_motion(shuffle(STANCE, goal, FIRST[15:]), near)
    assert walk.hand.frame == "root" and walk.palms is None and (walk.hand.fingers == near.hand.fingers[-1]).all()
    assert np.abs(walk.joint_pos[0] - near.joint_pos[-1]).max() < 0.02
    point, heading = hand_in_world(walk, goal)
    assert point[2] == pytest.approx(1.05) and heading == pytest.approx(goal.yaw, abs=0.1)

    feet = np.array([[0.8, 0.82, 1.4], [1.0, 0.78, 1.4]])
    down = place_motion(goal, feet, side, point - [0.0, 0.0, 0.3], walk, first)
    steps = np.diff(np.vstack([walk.joint_pos[-1:], down.joint_pos]), axis=0)
    assert np.abs(steps).max() * down.fps < 4.0
    assert np.linalg.norm(down.hand.point[0] - point) < 1e-6
    lowest = down.hand.point[down.hand.point[:, 2].argmin()]
    np.testing.assert_allclose(lowest, point - [0.0, 0.0, 0.3], atol=0.01)


def test_a_hand_that_walks_with_something_is_near_the_pelvis_though_it_was_far_ahead_of_it():
    picked, _ = plan(0.6, "right")
    near = hold_near_motion(STANCE, FEET, picked, raised(FIRST, "right"))
    ahead = (near.hand.point - near.root_pos)[:, :2] @ STANCE.forward
    assert ahead[-1] == pytest.approx(0.35, abs=0.03)
    walk = carry_motion(shuffle(STANCE, Pose2D(0.9, 0.8, 1.4), FIRST[15:]), near)
    assert walk.hand.point[-1, 0] == pytest.approx(ahead[-1], abs=0.01)
