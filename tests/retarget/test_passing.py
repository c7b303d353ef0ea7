"""References for stepping over and walking under: what the video shows is kept, and what cannot be is refused."""

import numpy as np
import pytest

from exoactor.control import standing_pose
from exoactor.retarget import DuckCfg, StepOverCfg, duck_motion, step_over_motion
from exoactor.retarget.ducking import bent, top
from exoactor.retarget.wholebody import SOLE, forward
from exoactor.types import Passage, Pose2D, StageError
from exoactor.world.g1 import default_actuation

HERE = Pose2D(0.4, -0.3, 0.5)
ARMS = standing_pose(default_actuation())[15:]
ANKLES = ("left_ankle_roll_link", "right_ankle_roll_link")


def passage(way, first="left", lift=0.16, lowered=0.25, bow=0.8):
    return Passage("bar", way, True, 0.0, 1.0, 2.0, first, (lift, lift), (lift, lift), 1.1, lowered, bow, 0.4)


def feet():
    left = np.array([-np.sin(HERE.yaw), np.cos(HERE.yaw)])
    return np.array([[*(HERE.xy + side * 0.115 * left), HERE.yaw] for side in (1, -1)])


@pytest.mark.parametrize("first", ["left", "right"])
def test_both_feet_go_over_where_the_bar_is_the_videos_first_foot_first(first):
    ahead = StepOverCfg().ahead
    motion = step_over_motion(HERE, feet(), ahead, passage("over", first), ARMS)
    places, _ = forward(motion.root_pos, motion.root_quat, motion.joint_pos, ANKLES)
    along = (places[..., :2] - HERE.xy) @ HERE.forward
    crossing = [int(np.argmax(along[:, k] > ahead)) for k in (0, 1)]
    assert crossing[("left", "right").index(first)] == min(crossing)
    for k in (0, 1):
        near = np.abs(along[:, k] - ahead) < 0.05
        assert (places[near, k, 2] - SOLE).min() > 0.12
        assert not motion.contacts[near, k].any()
    assert along[-1].min() > ahead + 0.2
    assert np.abs(along[-1, 0] - along[-1, 1]) < 0.02


def test_the_trunk_goes_down_as_in_the_video_but_no_lower_than_the_bar_asks_for():
    cfg = DuckCfg()
    high, low = bent(1.25, passage("under"), cfg), bent(1.13, passage("under"), cfg)
    assert high[0] < low[0] and high[1] < low[1] <= 0.8
    for room, (sink, pitch) in ((1.25, high), (1.13, low)):
        assert room - 0.10 < top(sink, pitch, cfg) <= room - cfg.margin
    kneeling, bowing = passage("under", lowered=0.22, bow=0.4), passage("under", lowered=0.1, bow=1.0)
    assert bent(1.24, kneeling, cfg)[0] > bent(1.24, bowing, cfg)[0]
    assert bent(1.24, kneeling, cfg)[1] < bent(1.24, bowing, cfg)[1]


def test_somebody_who_hardly_bends_does_not_get_the_robot_under():
    with pytest.raises(StageError) as caught:
        bent(1.1, passage("under", lowered=0.02, bow=0.1), DuckCfg())
    assert (caught.value.stage, caught.value.code) == ("retarget", "not_bent")


def test_it_is_bent_all_the_way_and_upright_at_both_ends():
    goal = Pose2D(*(HERE.xy + 1.2 * HERE.forward), HERE.yaw)
    motion = duck_motion(HERE, goal, 1.15, passage("under"), ARMS)
    heads, _ = forward(motion.root_pos, motion.root_quat, motion.joint_pos, ("torso_link",))
    along = (motion.root_pos[:, :2] - HERE.xy) @ HERE.forward
    under = (along > 0.2) & (along < 1.0)
    assert motion.root_pos[under, 2].max() < 0.72 and motion.root_pos[[0, -1], 2].min() > 0.74
    assert along[-1] == pytest.approx(1.2, abs=0.05)
    assert np.isfinite(heads).all()
