"""The plans of a push: palms low before the body while the legs walk; one hand beside a thing and along its way."""

import numpy as np
import pytest

from exoactor.control import standing_pose
from exoactor.grasp import hand_point
from exoactor.push import HALF_APART, PALMS_AT
from exoactor.retarget import PushCfg, SweepCfg, brace_motion, raised, shove_motion, sweep_motion
from exoactor.retarget.hand_path import hand_misses
from exoactor.retarget.wholebody import forward
from exoactor.types import Contact, Pose2D
from exoactor.types.rotations import quat_to_rpy
from exoactor.world.g1 import PALM_CENTRE, default_actuation

pytestmark = pytest.mark.assets
FIRST = standing_pose(default_actuation())
STANCE = Pose2D(0.5, 0.2, 0.6)
LEFT = np.array([-STANCE.forward[1], STANCE.forward[0]])
FEET = np.array([[*(STANCE.xy + side * 0.115 * LEFT - 0.01 * STANCE.forward), 0.6] for side in (1, -1)])
WRISTS = ("left_wrist_yaw_link", "right_wrist_yaw_link")


def palms(motion, frames):
    places, turns = forward(motion.root_pos[frames], motion.root_quat[frames], motion.joint_pos[frames], WRISTS)
    return places + turns @ np.array(PALM_CENTRE)


def test_hands_come_down_before_the_body_and_stay_there_while_it_walks():
    cfg = PushCfg()
    brace = brace_motion(STANCE, FEET, PALMS_AT, HALF_APART, FIRST)
    at = palms(brace, [-1])[0]
    middle = FEET[:, :2].mean(axis=0)
    wanted = [[*(middle + cfg.ahead * STANCE.forward + side * HALF_APART * LEFT), PALMS_AT] for side in (1, -1)]
    np.testing.assert_allclose(at, wanted, atol=0.03)
    assert np.abs(quat_to_rpy(brace.root_quat)[:, 1]).max() < 0.12  # the pelvis stays upright, the waist bends
    goal = Pose2D(*(STANCE.xy + 0.5 * STANCE.forward), STANCE.yaw)
    walk = shove_motion(STANCE, goal, brace)
    assert walk.palms.frame == "root" and (~walk.contacts).any()
    assert np.ptp(walk.joint_pos[:, 15:], axis=0).max() < 0.1
    assert np.linalg.norm(walk.root_pos[-1, :2] - goal.xy) < 0.05
    ahead = (palms(walk, [0, -1]).mean(axis=1)[:, :2] - walk.root_pos[[0, -1], :2]) @ STANCE.forward
    assert ahead == pytest.approx([cfg.ahead] * 2, abs=0.08)
    back = shove_motion(goal, STANCE, walk)
    assert np.linalg.norm(back.root_pos[-1, :2] - STANCE.xy) < 0.05
    with pytest.raises(ValueError, match="palms"):
        shove_motion(STANCE, goal, sweep("right")[0])


def sweep(side, way=0.3):
    sign = 1.0 if side == "right" else -1.0
    touch = np.append(STANCE.xy + 0.36 * STANCE.forward - sign * 0.17 * LEFT, 0.78)
    contact = Contact("can", (side,), 1.0, 2.0, 2.0, 3.5, 0.0, 0.0, 0.0, "push", (0.0, sign * way))
    return sweep_motion(STANCE, FEET, side, touch, sign * way * LEFT, contact, raised(FIRST, side)), touch, sign


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_palm_goes_behind_the_thing_and_along_its_way(side):
    cfg = SweepCfg()
    motion, touch, sign = sweep(side)
    assert motion.hand.side == side and hand_misses(motion) < 0.05
    aside = sign * (motion.hand.point[:, :2] - touch[:2]) @ LEFT
    low = np.flatnonzero(np.abs(motion.hand.point[:, 2] - touch[2]) < 1e-3)
    assert aside[low[0]] < cfg.palm - 0.05  # it comes down behind it, not onto it
    assert aside.max() == pytest.approx(cfg.palm + 0.3, abs=1e-6)
    speed = np.abs(np.diff(aside[low])) * motion.fps
    assert speed.max() < 2 * cfg.speed
    assert motion.hand.point[-1, 2] > touch[2] + 0.15
    places, turns = forward(motion.root_pos, motion.root_quat, motion.joint_pos, (f"{side}_wrist_yaw_link",))
    assert np.degrees(np.arccos(turns[low, 0, 2, 2])).max() < 12.0
    points = places[:, 0] + turns[:, 0] @ hand_point(side)
    assert np.abs(points - motion.hand.point)[low].max() < 0.05
