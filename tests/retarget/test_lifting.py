"""The plan of a lift: palms where they have to be, feet where they are, joints that do not jump."""

import mujoco
import numpy as np
import pytest

from exoactor.control import standing_pose
from exoactor.control.kinematics import bare_model
from exoactor.grip import grip
from exoactor.retarget import lift_motion, shuffle
from exoactor.retarget.held import fingers_down_at
from exoactor.retarget.wholebody import forward
from exoactor.types import CatalogueItem, Contact, Pose2D, SceneObject
from exoactor.world.g1 import PALM_CENTRE, default_actuation

pytestmark = pytest.mark.assets
FIRST = standing_pose(default_actuation())
CONTACT = Contact("box", ("left", "right"), 1.0, 2.3, 2.8, 5.5, 0.28, 0.0, 0.5)
STANCE = Pose2D(0.5, 0.2, 0.6)
FEET = np.array([[0.435, 0.295, 0.62], [0.565, 0.105, 0.58]])
ANKLES, WRISTS = ("left_ankle_roll_link", "right_ankle_roll_link"), ("left_wrist_yaw_link", "right_wrist_yaw_link")


def plan(height):
    forward_ = 0.39 * STANCE.forward
    place = [*(STANCE.xy + forward_), height]
    box = SceneObject(CatalogueItem("box", "box", "red", np.array([0.3, 0.35, 0.25]), True), place, STANCE.yaw, 1.0)
    return lift_motion(STANCE, FEET, grip(box, STANCE.yaw), CONTACT, FIRST), box


@pytest.mark.parametrize("height", [0.3, 0.5, 0.7])
def test_palms_get_there_and_feet_stay(height):
    motion, _ = plan(height)
    feet, _ = forward(motion.root_pos, motion.root_quat, motion.joint_pos, ANKLES)
    assert np.abs(feet[:, :, :2] - FEET[:, :2]).max() < 0.015
    places, turns = forward(motion.root_pos, motion.root_quat, motion.joint_pos, WRISTS)
    palms = places + turns @ np.array(PALM_CENTRE)
    gripping = np.flatnonzero(motion.palms.press.any(axis=(1, 2)))[:40]
    off = np.abs((palms - motion.palms.position)[gripping])
    assert off.max() < 0.03
    assert motion.palms.weight[0] < 0.05 and motion.palms.weight[-1] == 1.0


def test_off_the_floor_the_fingers_keep_pointing_down_as_they_do_at_the_grip():
    motion, _ = plan(0.0)
    gripping = np.flatnonzero(motion.palms.press.any(axis=(1, 2)))
    frames = gripping[60::20]
    down = [fingers_down_at(motion.root_pos[i], motion.root_quat[i], motion.joint_pos[i]) for i in frames]
    assert down[0] > 0.6  # more than the 0.35 rad that higher things are held with
    assert np.ptp(down) < 0.2


def test_joints_do_not_jump_and_the_palms_come_from_above_and_outside():
    motion, box = plan(0.4)
    assert np.abs(np.diff(motion.joint_pos, axis=0)).max() * motion.fps < 4.0
    local = motion.palms.position - box.position
    beside = np.abs(local @ np.array([-np.sin(box.yaw), np.cos(box.yaw), 0.0]))
    touching = motion.palms.press.any(axis=(1, 2))
    low = local[:, 0, 2] < 0.25
    assert beside[low & ~touching].min() > 0.175 + 0.03  # never through the box


def test_a_shuffle_steps_to_a_pose_nearby():
    goal = Pose2D(0.55, 0.28, 0.5)
    motion = shuffle(STANCE, goal, FIRST[15:])
    assert motion.root_pos[0, :2] == pytest.approx(STANCE.xy, abs=0.01)
    assert motion.root_pos[-1, :2] == pytest.approx(goal.xy, abs=0.01)
    assert not motion.contacts.all() and motion.settle is not None


def test_the_weight_stays_back_while_the_thing_rises_and_comes_forward_again_while_it_is_held():
    motion, _ = plan(0.3)
    ahead = balance(motion) @ STANCE.forward
    pressing = motion.palms.press.any(axis=(1, 2))
    up = motion.palms.position[:, 0, 2] - motion.palms.position[np.argmax(pressing), 0, 2]
    bowed = ahead[pressing & (up < 1e-6)].mean()
    rising = ahead[pressing & (up > 0.12) & (up < 0.25)].mean()
    assert rising < bowed - 0.02
    assert ahead[-1] > rising + 0.02
    # the shift is not a jolt, whose reaction would do what it is against
    assert np.abs(np.diff(ahead)).max() * motion.fps < 0.25


def balance(motion):
    """(N, 2) centre of mass from the middle between the ankles [m]."""
    model, found = bare_model(), []
    data = mujoco.MjData(model)
    ankles = [model.body(name).id for name in ANKLES]
    for root, quat, joints in zip(motion.root_pos, motion.root_quat, motion.joint_pos, strict=True):
        data.qpos[:36] = np.concatenate([root, quat, joints])
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        found.append(data.subtree_com[model.body("pelvis").id, :2] - data.xpos[ankles, :2].mean(axis=0))
    return np.array(found)
