"""A person who takes a thing with one hand: the hand at it when it closes, the thing going along, the feet staying."""

import numpy as np
import pytest

from exoactor.body import load_body
from exoactor.grasp import grasp
from exoactor.imagine.gait import LIFT_PHASES
from exoactor.imagine.motion import act
from exoactor.imagine.style import sample_style
from exoactor.types import Action, CatalogueItem, Pose2D, SceneObject

AT = Pose2D(0.0, 0.0, 0.0)


def bottle(y, height=0.7):
    item = CatalogueItem("bottle", "bottle", "red", np.array([0.07, 0.07, 0.24]), True)
    return SceneObject(item, [0.36, y, height], 0.4, 1.0)


def acting(kind, rise, side, height=0.7, seed=1):
    body, thing = load_body(), bottle(0.13 if side == "left" else -0.13, height)
    action = Action(kind, "takes it", seconds=1.5, side=side, thing="bottle", rise=rise)
    style = sample_style(body, seed)
    return act((action,), {}, AT, style, body, 25.0, things={"bottle": thing}), style, thing, body


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("seed", range(3))
def test_one_hand_goes_round_it_and_the_thing_rises_with_it(side, seed):
    motion, style, thing, body = acting("pick", 0.16, side, seed=seed)
    _, joints = motion.joint_frames(body)
    wrist, other = joints[:, 20 if side == "left" else 21], joints[:, 21 if side == "left" else 20]
    closed = round((style.lead_in + sum(LIFT_PHASES[:2]) * style.tempo) * motion.fps)
    held = grasp(thing, side).point
    assert np.linalg.norm(wrist[closed] - held) < 0.2  # beside its axis, 9 cm beyond the wrist
    assert np.linalg.norm(other[closed] - held) > 0.3
    carried = motion.carried["bottle"]
    assert np.allclose(carried[:closed], 0.0, atol=0.01)
    assert carried[-1] == pytest.approx([0, 0, 0.16, 0], abs=1e-6)
    assert wrist[-1, 2] - wrist[closed, 2] == pytest.approx(0.16, abs=0.09)
    assert motion.contacts.all()


def test_what_is_placed_is_held_from_the_first_frame_and_let_go_of():
    motion, _, thing, body = acting("place", -0.15, "right", height=0.85)
    _, joints = motion.joint_frames(body)
    held = grasp(thing, "right").point
    assert np.linalg.norm(joints[0, 21] - held) < 0.2
    assert motion.carried["bottle"][-1, 2] == pytest.approx(-0.15, abs=1e-6)
    assert np.linalg.norm(joints[-1, 21] - held + [0, 0, 0.15]) > 0.2


def test_what_is_let_drop_goes_aside_and_down_with_the_hand_and_then_falls_by_itself():
    body, thing = load_body(), bottle(-0.13, 0.95)
    action = Action("place", "lets it drop", 0.4, thing="bottle", rise=-0.18, shift=(0.08, 0.02), drop=0.25)
    motion = act((action,), {}, AT, sample_style(body, 2), body, 25.0, things={"bottle": thing})
    _, joints = motion.joint_frames(body)
    carried, wrist = motion.carried["bottle"], joints[:, 21]
    assert carried[-1] == pytest.approx([0.08, 0.02, -0.43, 0.0], abs=1e-6)
    begins = int(np.argmax(carried[:, 2] < -0.181))  # lower than the hand brings it
    assert carried[begins - 1, :2] == pytest.approx([0.08, 0.02], abs=0.005)
    together = wrist[:begins] - (thing.position + carried[:begins, :3])
    assert np.ptp(together[6:], axis=0).max() < 0.08
    falling = np.flatnonzero(carried[begins:, 2] > -0.43)
    assert 3 <= len(falling) <= 7  # 23 hundredths of a second
    assert wrist[begins + 6, 2] > thing.position[2] - 0.3 + 0.1
