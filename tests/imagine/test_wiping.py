"""A person who wipes: the palm stays on the top while it goes to and fro, the other hand hangs, nothing is moved."""

import numpy as np
import pytest

from exoactor.body import load_body
from exoactor.imagine.motion import act
from exoactor.imagine.style import sample_style
from exoactor.types import Action, Pose2D
from exoactor.wipe import stroke_ends

WRISTS = {"left": 20, "right": 21}
WAY = (0.06, 0.28)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("top", [0.55, 0.70, 0.85])
def test_the_flat_hand_strokes_just_over_the_top(side, top):
    body, sign = load_body(), 1.0 if side == "left" else -1.0
    middle = np.array([0.38, 0.13 * sign])
    wipe = Action("wipe", "wipes", side=side, thing="table", at=(*middle, top), shift=WAY, strokes=4)
    motion = act((wipe,), {}, Pose2D(0.0, 0.0, 0.0), sample_style(body, 1), body, 25.0)
    rotations, joints = motion.joint_frames(body)
    wrist, turn = joints[:, WRISTS[side]], rotations[:, WRISTS[side]]
    low = np.flatnonzero(wrist[:, 2] < top + 0.06)
    assert np.abs(wrist[low, 2] - top - 0.05).max() < 0.02
    along = turn[low, :, 0] * sign  # of the T-pose hand, which points to its side
    assert along[:, 0].min() > 0.97 and turn[low, 2, 1].min() > 0.97  # fingers ahead, palm down
    ends = stroke_ends(middle, 0.0, side, WAY, 4)
    assert np.ptp(wrist[low, 1]) == pytest.approx(0.28, abs=0.02)
    assert (wrist[low[0], 1], wrist[low[-1], 1]) == pytest.approx((ends[0, 1], ends[-1, 1]), abs=0.03)
    reversals = np.flatnonzero(np.diff(np.sign(np.diff(np.round(wrist[low, 1], 3))[np.diff(wrist[low, 1]) != 0])))
    assert len(reversals) >= 3
    other = joints[:, WRISTS["left" if side == "right" else "right"]]
    assert np.linalg.norm(other[:, :2] - joints[:, 0, :2], axis=1).max() < 0.45
    assert motion.contacts.all() and not motion.carried
