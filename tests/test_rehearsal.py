import subprocess
import sys

import numpy as np
import pytest

from exoactor.control.kinematics import Kinematics
from exoactor.control.training.references import FASTEST_JOINT, fastest_joint
from exoactor.formats.robot_motion import load_robot
from exoactor.rehearsal import KINDS, rehearsal

pytestmark = pytest.mark.assets


@pytest.mark.parametrize("kind", KINDS)
def test_a_motion_is_one_a_robot_could_do(kind):
    motion = rehearsal(kind, np.random.default_rng(5))
    assert fastest_joint(motion) < FASTEST_JOINT
    assert np.abs(np.diff(motion.root_pos, axis=0)).max() * motion.fps < 1.0
    body, low = Kinematics(), motion.root_pos[:, 2].min()
    assert 0.4 < low <= 0.8
    for k in range(0, len(motion), 25):
        body.update(motion.joint_pos[k], motion.root_quat[k])
        # standing and walking alike, the lower sole is about where the floor is
        assert abs(motion.root_pos[k, 2] - body.standing_height(motion.joint_pos[k])) < 0.25


def test_lifts_press_and_walks_with_a_load_go_on_pressing():
    lift = rehearsal("lift", np.random.default_rng(1))
    carry = rehearsal("carry", np.random.default_rng(1))
    assert lift.palms.press.any(axis=(1, 2)).any() and not lift.palms.press[-1].any()
    assert carry.palms.press[-1].any()
    assert not carry.contacts.all()


def test_the_command_writes_files_that_can_be_read(tmp_path):
    command = [sys.executable, "-m", "exoactor.rehearsal", "--count", "2", "--seed", "4", "-o", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    files = sorted(tmp_path.glob("*.npz"))
    assert [f.name for f in files] == ["carry_4_001.npz", "lift_4_000.npz"]
    again = rehearsal("lift", np.random.default_rng([4, 0]))
    assert np.allclose(load_robot(files[1]).joint_pos, again.joint_pos)
