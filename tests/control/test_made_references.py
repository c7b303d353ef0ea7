import numpy as np
import pytest

from exoactor.control.kinematics import Kinematics
from exoactor.control.training.footsteps import GaitCfg, walk
from exoactor.control.training.posing import Poser
from exoactor.control.training.references import FASTEST_JOINT, fastest_joint, made_references, without_jumps
from exoactor.control.training.sim import floor_model
from exoactor.types import RobotMotion

pytestmark = pytest.mark.assets


@pytest.fixture(scope="module")
def model():
    return floor_model(fast=True)


def soles(motion, k):
    """(2, 4, 3) corners of both soles in the world."""
    body = Kinematics()
    body.data.qpos[:36] = np.concatenate([motion.root_pos[k], motion.root_quat[k], motion.joint_pos[k]])
    import mujoco

    mujoco.mj_kinematics(body.model, body.data)
    return body.soles()


def test_planted_feet_stay_where_they_are(model):
    motion = walk(Poser(model), np.array([[1.0, 0.3, 0.6]]), GaitCfg())
    last = soles(motion, 0)
    for k in range(1, len(motion)):
        now = soles(motion, k)
        for foot in (0, 1):
            if motion.contacts[k, foot] and motion.contacts[k - 1, foot]:
                assert np.abs(now[foot] - last[foot]).max() < 0.004
        assert now[..., 2].min() > -0.012
        last = now


def test_a_walk_arrives_and_its_settling_cycle_is_periodic(model):
    goal = np.array([0.7, -0.2, -0.5])
    motion = walk(Poser(model), goal[None], GaitCfg(), in_place=2.0)
    assert np.allclose(motion.root_pos[-1, :2], goal[:2], atol=0.03)
    first, last = motion.settle
    assert np.abs(motion.joint_pos[first] - motion.joint_pos[last]).max() < 0.12
    assert not motion.contacts[first:last].all()
    assert motion.contacts[-20:].all()


def test_equal_seeds_give_equal_references_and_joints_are_never_wild(model):
    a, b = made_references(model, 3, 4), made_references(model, 3, 4)
    assert list(a) == list(b)
    for name, motion in a.items():
        assert np.array_equal(motion.joint_pos, b[name].joint_pos)
        assert fastest_joint(motion) < FASTEST_JOINT


def test_a_jump_is_cut_off():
    pos = np.zeros((100, 3))
    pos[:3, 2] = 5.0
    motion = RobotMotion(pos, np.tile([1.0, 0, 0, 0], (100, 1)), np.zeros((100, 29)), np.ones((100, 2), bool))
    assert len(without_jumps(motion)) == 97
