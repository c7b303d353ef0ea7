"""A hand that closes in a clip is read as open before and closed after; one too far away is not read."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from exoactor.body import BODY_TO_WORLD, load_body
from exoactor.estimate.hand_states import hand_states
from exoactor.formats.video import VideoWriter
from exoactor.imagine.clothes import texture
from exoactor.imagine.render import PersonRenderer
from exoactor.imagine.style import sample_style
from exoactor.types import Camera, HumanMotion

FPS, COUNT = 25.0, 50


def film(path, side, distance):
    """Somebody with arms stretched out sideways, whose fingers bend in the middle of the clip; seen from above."""
    body, style = load_body(), sample_style(load_body(), 12)
    bend = np.interp(np.arange(COUNT), [22, 28], [0.05, 1.0])
    hands = np.zeros((COUNT, 2, 5, 3, 3))
    for k, sign in ((0, -1.0), (1, 1.0)):
        hands[:, k, :4, :, 2] = sign * bend[:, None, None]
    facing = Rotation.from_matrix(BODY_TO_WORLD).as_rotvec()
    transl = np.tile([0.0, 0.0, 0.95], (COUNT, 1))
    pose = (np.tile(facing, (COUNT, 1)), np.zeros((COUNT, 21, 3)), transl, style.betas)
    turns, places = body.fk(*pose, hands.reshape(COUNT, 30, 3))
    hand = places[0, 20 if side == "left" else 21]
    camera = Camera.looking_at(hand + distance * np.array([0.75, 0.0, 0.66]), hand, 40.0, (320, 240))
    rng = np.random.default_rng(0)
    with (
        PersonRenderer(body, style.betas, texture(body, style), camera) as renderer,
        VideoWriter(path, FPS, camera.size) as writer,
    ):
        for turn, place in zip(turns, places, strict=True):
            renderer.pose(turn, place)
            colour = renderer.colour()
            room = np.clip(rng.normal(170, 4, colour.shape), 0, 255).astype(np.uint8)
            writer.add(np.where(colour.any(-1, keepdims=True), colour, room))
    still, sure = np.ones((COUNT, 2), bool), np.ones((COUNT, 22))
    return camera, HumanMotion(FPS, pose[0], transl, pose[1], style.betas, places[:, :22], still, sure)


@pytest.mark.assets
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_hand_is_seen_to_close(tmp_path, side):
    camera, motion = film(tmp_path / "clip.mp4", side, 1.2)
    states = hand_states(tmp_path / "clip.mp4", camera, motion, side, (0.0, 2.0))
    assert len(states) == 25 and states.side == side and np.median(states.pixels) > 45
    stretched, _, closed = states.odds.T
    assert stretched[:10].min() > 0.9 and stretched[15:].max() < 0.1
    assert closed[:10].max() < 0.05 and closed[15:].min() > 0.25
    assert states.letters()[:10] == "o" * 10 and "o" not in states.letters()[15:]


@pytest.mark.assets
def test_small_hands_and_wrists_that_are_not_seen_tell_nothing(tmp_path):
    camera, motion = film(tmp_path / "far.mp4", "right", 5.0)
    far = hand_states(tmp_path / "far.mp4", camera, motion, "right", (0.4, 1.6))
    assert len(far) == 16 and not far.told.any() and far.letters() == "." * 16
    camera, motion = film(tmp_path / "near.mp4", "right", 1.2)
    unseen = hand_states(
        tmp_path / "near.mp4", camera, replace(motion, confidence=0.1 * motion.confidence), "right", (0.0, 1.0)
    )
    assert len(unseen) > 0 and not unseen.told.any()
