import mink
import numpy as np
import pytest

from exoactor.control import standing_pose
from exoactor.retarget import shuffle, wholebody
from exoactor.types import Pose2D, StageError
from exoactor.world.g1 import default_actuation

pytestmark = pytest.mark.assets

ARMS = standing_pose(default_actuation())[15:]


def test_arms_that_have_sagged_past_their_limits_are_brought_back():
    low, high = wholebody.kinematics().jnt_range[16:30].T
    arms = ARMS.copy()
    arms[[1, 8]] = high[1] + 0.05, low[8] - 0.05
    motion = shuffle(Pose2D(0.0, 0.0, 0.0), Pose2D(0.05, 0.0, 0.0), arms)
    assert (motion.joint_pos[:, 15:] <= high + 1e-6).all() and (motion.joint_pos[:, 15:] >= low - 1e-6).all()


def test_a_motion_no_robot_can_follow_is_refused_with_a_reason(monkeypatch):
    def none(*_, **__):
        raise mink.NoSolutionFound("daqp")

    monkeypatch.setattr(wholebody.mink, "solve_ik", none)
    with pytest.raises(StageError, match="no_solution") as refused:
        shuffle(Pose2D(0.0, 0.0, 0.0), Pose2D(0.05, 0.0, 0.0), ARMS)
    assert refused.value.stage == "retarget"


def test_it_ends_where_it_was_sent_to():
    motion = shuffle(Pose2D(0.0, 0.0, 0.0), Pose2D(-0.1, 0.12, 0.2), ARMS)
    assert np.allclose(motion.root_pos[-1, :2], [-0.1, 0.12], atol=0.03)
