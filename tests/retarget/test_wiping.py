"""The plan of a wipe: palm down, its lowest just over the top, to and fro; up and down well clear of it."""

import numpy as np
import pytest

from exoactor.control import standing_pose
from exoactor.retarget import WipeCfg, raised, wipe_motion
from exoactor.retarget.wholebody import forward
from exoactor.types import Contact, Pose2D
from exoactor.wipe import stroke_ends
from exoactor.world.g1 import PALM_CENTRE, PALM_SIZE, default_actuation

pytestmark = pytest.mark.assets
FIRST = standing_pose(default_actuation())
STANCE = Pose2D(0.5, 0.2, 0.6)
LEFT = np.array([-STANCE.forward[1], STANCE.forward[0]])
FEET = np.array([[*(STANCE.xy + side * 0.115 * LEFT - 0.01 * STANCE.forward), 0.6] for side in (1, -1)])
CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * np.array(PALM_SIZE) / 2


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("top", [0.55, 0.70, 0.85])
def test_the_palm_lies_on_the_top_while_it_strokes(side, top):
    cfg, sign = WipeCfg(), 1.0 if side == "left" else -1.0
    middle = STANCE.xy + 0.38 * STANCE.forward + sign * 0.13 * LEFT
    ends = stroke_ends(middle, STANCE.yaw, side, (0.06, 0.28), 4)
    contact = Contact("table", (side,), 1, 2, 2, 6, 0, 0, 0, "wipe", (0.06, 0.28), (0, 0), 4)
    motion = wipe_motion(STANCE, FEET, side, ends, top, contact, raised(FIRST, side))
    places, turns = forward(motion.root_pos, motion.root_quat, motion.joint_pos, (f"{side}_wrist_yaw_link",))
    places, turns = places[:, 0], turns[:, 0]
    palm = places + turns @ np.array(PALM_CENTRE)
    lowest = (places[:, None] + (np.array(PALM_CENTRE) + CORNERS) @ turns.transpose(0, 2, 1))[..., 2].min(axis=1)
    assert motion.hand.roll == pytest.approx(sign * np.pi / 2)
    begin, end = (int(motion.fps * (cfg.over + cfg.lower + wait)) for wait in (cfg.wait, cfg.wait + 6.0))
    on = slice(begin, end)
    assert np.abs(lowest[on] - top - cfg.gap).max() < 0.006
    assert (-sign * turns[on, 2, 1]).max() < -0.98  # out of the palm is down
    local = (palm[on, :2] - middle) @ np.column_stack([STANCE.forward, LEFT])
    assert np.ptp(local[:, 1]) == pytest.approx(0.28, abs=0.03)
    assert np.abs(local).max(axis=0) == pytest.approx([0.03, 0.14], abs=0.025)
    speed = np.linalg.norm(np.diff(motion.hand.point[on, :2], axis=0), axis=1) * motion.fps
    assert speed.max() < 2 * cfg.speed[1]
    assert lowest.min() > top - 0.002 and lowest[-1] > top + 0.15


def test_hasty_strokes_are_slowed_down_and_slow_ones_sped_up():
    cfg = WipeCfg()
    ends = stroke_ends(STANCE.xy + 0.38 * STANCE.forward - 0.13 * LEFT, STANCE.yaw, "right", (0.0, 0.28), 4)

    def seconds(shown):
        contact = Contact("table", ("right",), 1, 2, 2, 2 + shown, 0, 0, 0, "wipe", (0.0, 0.28), (0, 0), 4)
        return wipe_motion(STANCE, FEET, "right", ends, 0.7, contact, raised(FIRST, "right")).seconds

    hasty, slow = seconds(1.0), seconds(40.0)
    assert slow - hasty == pytest.approx(4 * 0.28 * (1 / cfg.speed[0] - 1 / cfg.speed[1]), abs=0.1)
    assert hasty < seconds(8.0) < slow
