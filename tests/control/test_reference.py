import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from exoactor.control.reference import FASTEST, Reference
from exoactor.types import RobotMotion


def circle(fps, seconds=4.0, speed=0.5, turn=0.5):
    t = np.arange(int(seconds * fps) + 1) / fps
    radius = speed / turn
    pos = np.column_stack([radius * np.sin(turn * t), radius * (1 - np.cos(turn * t)), np.full(len(t), 0.75)])
    quat = Rotation.from_rotvec(np.outer(turn * t, [0, 0, 1])).as_quat(scalar_first=True)
    joints = np.outer(np.sin(t), np.linspace(-0.5, 0.5, 29))
    return RobotMotion(pos, quat, joints, np.ones((len(t), 2), bool), fps)


@pytest.mark.parametrize("fps", [30.0, 50.0, 120.0])
def test_velocities_of_a_circle(fps):
    reference = Reference(circle(fps))
    assert len(reference) == 201
    middle = slice(20, -20)
    assert np.allclose(reference.velocity[middle], [0.5, 0, 0], atol=0.01)
    assert np.allclose(reference.angular_velocity[middle], [0, 0, 0.5], atol=0.01)
    assert np.allclose(reference.pose[-1, 2], 2.0, atol=1e-6)
    assert not reference.resting[middle].any()


def test_beyond_the_end_it_stands():
    reference = Reference(circle(50.0))
    command = reference.command(10_000)
    assert np.array_equal(command.velocity, [0, 0]) and command.yaw_rate == 0
    assert np.allclose(command.joint_pos, reference.joint_pos[-1])


def test_a_jump_in_a_clip_is_no_command():
    motion = circle(50.0)
    pos = np.array(motion.root_pos)
    pos[60:] += [5.0, 0, 0]
    reference = Reference(RobotMotion(pos, motion.root_quat, motion.joint_pos, motion.contacts, 50.0))
    assert np.abs(reference.velocity).max() <= FASTEST


def test_settle_frames_are_brought_to_the_control_rate():
    m = circle(25.0)
    reference = Reference(RobotMotion(m.root_pos, m.root_quat, m.joint_pos, m.contacts, 25.0, (20, 40)))
    assert reference.settle == (40, 80)


def test_commands_in_twist2_layout_agree_with_single_ones():
    from exoactor.control import twist2

    reference = Reference(circle(50.0))
    table = reference.mimic()
    assert table.shape == (201, twist2.MIMIC)
    assert np.allclose(table[77], twist2.mimic(reference.command(77)))


def test_only_waist_and_arms_are_asked_for_early():
    joints = np.linspace(0, 1, 60)[:, None] * np.ones(29)
    motion = RobotMotion(
        np.tile([0, 0, 0.75], (60, 1)), np.tile([1.0, 0, 0, 0], (60, 1)), joints, np.ones((60, 2), bool), 50.0
    )
    reference = Reference(motion)
    asked = reference.command(10, lead=3).joint_pos
    assert np.allclose(asked[:12], reference.joint_pos[10, :12])
    assert np.allclose(asked[12:], reference.joint_pos[13, 12:])
    assert np.allclose(reference.command(59, lead=3).joint_pos, reference.joint_pos[-1])
