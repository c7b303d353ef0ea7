"""A sit is told from a perch, a squat, a slump and a fidget by the pelvis in the looks."""

from dataclasses import replace

import numpy as np
import pytest

from exoactor.check.cfg import CheckCfg
from exoactor.check.sitting import seated, standing
from exoactor.perceive.seated import SeatLook
from exoactor.seat import seats
from exoactor.types import Camera, CatalogueItem, Outcome, Pose2D, Scene, SceneObject

CFG = CheckCfg()
CHAIR = SceneObject(
    CatalogueItem("chair", "chair", "red", np.array([0.45, 0.45, 0.9]), False), np.array([1.0, 0, 0]), 0.0, 0.9
)
SEAT = seats(CHAIR)[0]
CAMERA = Camera.looking_at(np.array([0.5, -4, 1.7]), np.array([0.5, 0, 0.6]), 55.0, (640, 480))


def look(time=0.0, behind=0.18, above=0.145, lean=0.1, folded=True, confidence=0.85, aside=0.0, ahead=0.10, hand=0.2):
    x = float(SEAT.edge[0]) - behind
    arms = np.array([[x + 0.2, 0.15, SEAT.height + hand], [x + 0.2, -0.15, SEAT.height + hand]])
    balance = np.array([x + ahead, aside])
    return SeatLook(time, Pose2D(x, aside, 0.0), SEAT.height + above, confidence, balance, lean, folded, arms)


def looks(n=16, hz=4.2, **what):
    return [look(k / hz, **what) for k in range(n)]


@pytest.mark.parametrize(
    ("what", "outcome", "code"),
    [
        ({}, Outcome.DONE, "seated"),
        ({"behind": 0.07, "ahead": 0.03}, Outcome.NOT_DONE, "perched"),
        ({"behind": 0.12, "ahead": 0.15}, Outcome.NOT_DONE, "perched"),
        ({"behind": -0.05}, Outcome.NOT_DONE, "not_seated"),
        ({"above": 0.24}, Outcome.NOT_DONE, "not_seated"),
        ({"above": -0.2}, Outcome.NOT_DONE, "not_seated"),
        ({"folded": False}, Outcome.NOT_DONE, "not_seated"),
        ({"aside": 0.4}, Outcome.NOT_DONE, "not_seated"),
        ({"lean": 0.9}, Outcome.NOT_DONE, "slumped"),
        ({"hand": 0.0}, Outcome.NOT_DONE, "hands_on"),
    ],
)
def test_only_a_real_sit_is_done(what, outcome, code):
    seen = looks(**what)
    verdict = seated(seen, CHAIR, seen[-1].time, CFG)
    assert (verdict.outcome, verdict.code) == (outcome, code)


def test_who_turns_the_face_to_the_back_does_not_sit():
    seen = [replace(one, pose=Pose2D(one.pose.x, one.pose.y, np.pi)) for one in looks()]
    assert seated(seen, CHAIR, seen[-1].time, CFG).code == "not_seated"


def test_who_slides_is_restless_and_one_odd_look_is_not_believed():
    sliding = [look(k / 4.2, behind=0.14 + 0.008 * k) for k in range(16)]
    assert seated(sliding, CHAIR, sliding[-1].time, CFG).code == "restless"
    odd = looks()
    odd[9] = look(odd[9].time, behind=0.30)
    assert seated(odd, CHAIR, odd[-1].time, CFG).outcome is Outcome.DONE


def test_what_was_seen_too_short_or_not_at_the_end_cannot_be_told():
    brief = looks(n=5)
    assert seated(brief, CHAIR, brief[-1].time, CFG).code == "seen_too_short"
    seen = looks()
    assert seated(seen, CHAIR, seen[-1].time + 2.0, CFG).code == "robot_not_seen"
    assert seated([], CHAIR, 3.0, CFG).outcome is Outcome.CANNOT_TELL


def test_standing_is_upright_and_free_of_seats():
    def scene(pose):
        return Scene((CHAIR,), pose, 0.9, CAMERA)

    free, close = SEAT.stance(0.4), SEAT.stance(0.05)
    up = look(behind=-0.4, above=0.33, folded=False)
    assert standing([up], scene(free), CFG).outcome is Outcome.DONE
    assert standing([up], scene(close), CFG).code == "too_close"
    assert standing([look()], scene(Pose2D(1.05, 0.0, 0.0)), CFG).code == "still_seated"
    assert standing([], scene(free), CFG).outcome is Outcome.CANNOT_TELL
    assert standing([up], scene(None), CFG).outcome is Outcome.CANNOT_TELL
