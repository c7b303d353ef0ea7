"""The way to a seat and back: feet where they stand, hips behind them, the weight over the feet; then the servos."""

import mujoco
import numpy as np
import pytest

from exoactor.formats.robot_motion import load_robot, save_robot
from exoactor.retarget import SitCfg, lower_motion, rise_motion, seated_joints, sit_back_motion, tip_forward_motion
from exoactor.retarget.seated import SeatedCfg
from exoactor.retarget.wholebody import forward, kinematics
from exoactor.types import Pose2D
from exoactor.types.rotations import yaw_matrix
from exoactor.world.g1 import default_actuation

pytestmark = pytest.mark.assets
YAW = 0.6
FEET = np.array([[*(np.array([1.0, 2.0]) + yaw_matrix(YAW) @ np.array([0.0, side])), YAW] for side in (0.115, -0.115)])
FIRST = default_actuation().default_pos


def ankles(motion):
    names = ("left_ankle_roll_link", "right_ankle_roll_link")
    return forward(motion.root_pos, motion.root_quat, motion.joint_pos, names)[0]


@pytest.mark.parametrize("seat", [0.40, 0.45])
def test_lowering_keeps_the_feet_and_the_weight_over_them(seat):
    motion = lower_motion(FEET, seat, 2.0, FIRST)
    assert np.abs(ankles(motion)[..., :2] - FEET[:, :2]).max() < 0.012
    cfg = SitCfg()
    behind = (FEET[:, :2].mean(axis=0) - motion.root_pos[-1, :2]) @ yaw_matrix(YAW)[:, 0]
    assert 0.09 < behind < cfg.back + 0.02
    assert motion.root_pos[-1, 2] == pytest.approx(seat + cfg.over - cfg.feel, abs=0.02)
    squat = round(2.0 * motion.fps) - 1  # from there on the seat is felt for
    model = kinematics()
    data = mujoco.MjData(model)
    data.qpos[:] = np.concatenate([motion.root_pos[squat], motion.root_quat[squat], motion.joint_pos[squat]])
    mujoco.mj_kinematics(model, data)
    mujoco.mj_comPos(model, data)
    over = data.subtree_com[0, :2] - FEET[:, :2].mean(axis=0)
    assert -0.04 < over @ yaw_matrix(YAW)[:, 0] < 0.12  # between heel and toe


def test_rising_ends_standing_with_the_arms_down():
    motion = rise_motion(FEET, 0.45, FIRST)
    assert motion.root_pos[-1, 2] == pytest.approx(SitCfg().body.pelvis_height, abs=0.02)
    assert motion.root_pos[0, 2] < motion.root_pos[-1, 2] - 0.08
    assert np.abs(motion.joint_pos[-1, 15:] - FIRST[15:]).max() < 0.05


def test_the_servos_go_on_from_the_targets_that_were_sent_last_without_a_jump():
    targets = FIRST + 0.2
    motion = sit_back_motion(Pose2D(1.0, 2.0, YAW), 0.6, targets, 3.0)
    assert motion.servo and np.abs(motion.joint_pos[0] - targets).max() < 0.02
    assert np.abs(np.diff(motion.joint_pos, axis=0)).max() < 0.35
    assert np.allclose(motion.joint_pos[-1], seated_joints())


@pytest.mark.parametrize("seconds", [0.0, 7.0, 60.0])
def test_how_long_is_sat_comes_from_the_video_within_limits(seconds):
    motion = sit_back_motion(Pose2D(0, 0, 0), 0.6, FIRST, seconds)
    still = int((np.abs(motion.joint_pos - seated_joints()).max(axis=1) < 1e-9).sum()) / motion.fps
    assert still == pytest.approx(np.clip(seconds, *SeatedCfg().stay), abs=0.1)


def test_that_a_motion_is_held_by_the_servos_is_kept_in_its_file(tmp_path):
    motion = tip_forward_motion(Pose2D(0, 0, 0), 0.6, seated_joints())
    save_robot(tmp_path / "tip.npz", motion)
    assert load_robot(tmp_path / "tip.npz").servo
    save_robot(tmp_path / "lower.npz", lower_motion(FEET, 0.45, 2.0, FIRST))
    assert not load_robot(tmp_path / "lower.npz").servo
