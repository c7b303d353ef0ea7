"""A person who lifts: hands at the thing's sides when they close, the thing going along, the feet staying."""

import numpy as np
import pytest

from exoactor.body import load_body
from exoactor.grip import grip
from exoactor.imagine.gait import LIFT_PHASES
from exoactor.imagine.motion import act
from exoactor.imagine.style import sample_style
from exoactor.types import Action, CatalogueItem, Pose2D, SceneObject

LIFT = Action("lift", "lifts the box", seconds=1.5, thing="box", rise=0.28)
AT = Pose2D(0.0, 0.0, 0.0)


def lifting(seed, height=0.4):
    body = load_body()
    box = SceneObject(CatalogueItem("box", "box", "red", np.array([0.3, 0.35, 0.25]), True), [0.4, 0, height], 0.1, 1.0)
    style = sample_style(body, seed)
    return act((LIFT,), {}, AT, style, body, 25.0, things={"box": box}), style, box, body


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("height", [0.3, 0.7])
def test_hands_close_on_both_sides_and_the_thing_rises_with_them(seed, height):
    motion, style, box, body = lifting(seed, height)
    _, joints = motion.joint_frames(body)
    closed = round((style.lead_in + sum(LIFT_PHASES[:2]) * style.tempo) * motion.fps)
    palms = grip(box, 0.0).palms(0.0, 0.02, 0.0)
    wrists = joints[:, [20, 21]]
    assert np.linalg.norm(wrists[closed] - palms, axis=1).max() < 0.14  # a palm is 8.5 cm beyond its wrist
    carried = motion.carried["box"]
    assert np.allclose(carried[:closed], 0.0, atol=0.01)
    assert carried[-1] == pytest.approx([0, 0, LIFT.rise, 0], abs=1e-6)
    went = wrists[-1] - wrists[closed]
    assert went[:, 2] == pytest.approx([LIFT.rise] * 2, abs=0.08)


def test_the_person_bends_for_low_things_only_and_stands_still():
    low, _, _, body = lifting(1, 0.3)
    high, *_ = lifting(1, 1.0)
    hips = [m.joint_frames(body)[1][:, 0, 2] for m in (low, high)]
    assert hips[0].min() < hips[0][0] - 0.2
    assert hips[1].min() > hips[1][0] - 0.1
    assert low.contacts.all()


def test_what_is_put_down_is_held_from_the_first_frame_and_let_go_of():
    body = load_body()
    box = SceneObject(CatalogueItem("box", "box", "red", np.array([0.3, 0.35, 0.25]), True), [0.4, 0, 0.62], 0.0, 1.0)
    down = Action("put_down", "puts the box down", seconds=0.4, thing="box", rise=-0.22)
    motion = act((down,), {}, AT, sample_style(body, 2), body, 25.0, things={"box": box})
    _, joints = motion.joint_frames(body)
    wrists = joints[:, [20, 21]]
    palms = grip(box, 0.0).palms(0.0, 0.02, 0.0)
    assert np.linalg.norm(wrists[0] - palms, axis=1).max() < 0.14
    assert motion.carried["box"][-1, 2] == pytest.approx(-0.22, abs=1e-6)
    assert np.linalg.norm(wrists[-1] - palms + [0, 0, 0.22], axis=1).min() > 0.2
    assert np.abs(joints[-1, 0, 2] - joints[:, 0, 2].max()) < 0.02  # it stands upright again
