"""A person who sits down: hips on the seat, feet where they were, knees bent, hands off it; and one who gets up."""

import numpy as np
import pytest

from exoactor.body import load_body
from exoactor.imagine.motion import act
from exoactor.imagine.sitting import DEEP, FLESH
from exoactor.imagine.style import sample_style
from exoactor.seat import seats
from exoactor.types import Action, CatalogueItem, Pose2D, SceneObject, StageError

CHAIR = SceneObject(CatalogueItem("chair", "chair", "red", np.array([0.45, 0.45, 0.9]), False), np.zeros(3), 0.4, 1.0)
SEAT = seats(CHAIR)[0]
SIT = Action("sit", "sits down", seconds=1.5, thing="chair")
RISE = Action("stand_up", "stands up", 0.5, SEAT.stance(0.17), thing="chair")


def played(actions, start, seed=1):
    body = load_body()
    motion = act(actions, {}, start, sample_style(body, seed), body, 25.0, things={"chair": CHAIR})
    return motion, motion.joint_frames(body)[1]


@pytest.mark.parametrize("seed", range(3))
def test_the_hips_come_down_on_the_seat_and_the_feet_stay(seed):
    motion, joints = played((SIT,), SEAT.stance(0.17), seed)
    pelvis = joints[-10:, 0].mean(axis=0)
    assert SEAT.behind_edge(pelvis[:2]) == pytest.approx(DEEP, abs=0.04)
    assert pelvis[2] == pytest.approx(SEAT.height + FLESH, abs=0.02)
    assert motion.contacts.all() and np.ptp(joints[:, [7, 8]], axis=0).max() < 0.03
    knees = joints[-1, [4, 5]]
    assert (knees[:, 2] > 0.35).all() and SEAT.behind_edge(knees.mean(axis=0)[:2]) < 0
    up = joints[-1, 12] - joints[-1, 0]
    assert np.arctan2(np.linalg.norm(up[:2]), up[2]) < 0.25
    assert (joints[-1, [20, 21], 2] > SEAT.height + 0.08).all()


def test_on_the_way_down_the_trunk_bows_over_the_feet():
    _, joints = played((SIT,), SEAT.stance(0.17))
    up = joints[:, 12] - joints[:, 0]
    lean = np.arctan2(up[:, :2] @ SEAT.outward, up[:, 2])
    assert lean.max() > 0.5 and abs(lean[0]) < 0.15


def test_who_gets_up_begins_on_the_seat_and_ends_on_the_feet():
    _, joints = played((RISE,), Pose2D(*CHAIR.position[:2], CHAIR.yaw))
    assert SEAT.behind_edge(joints[0, 0, :2]) == pytest.approx(DEEP, abs=0.04)
    assert joints[0, 0, 2] == pytest.approx(SEAT.height + FLESH, abs=0.02)
    assert joints[-1, 0, 2] > 0.8 and SEAT.behind_edge(joints[-1, 0, :2]) < 0


def test_nobody_sits_down_with_the_face_to_the_chair():
    stance = SEAT.stance(0.17)
    with pytest.raises(StageError, match="no_seat"):
        played((SIT,), Pose2D(stance.x, stance.y, stance.yaw + np.pi))
