"""Where hands are cut out of a picture, and the small network that judges them."""

import numpy as np
import pytest

from exoactor.bench.hand_training import temperature_of, trained
from exoactor.estimate.hand_network import GATHERED, inputs, load_hand_net
from exoactor.estimate.hand_view import LENGTH, PATCH, REGION, hand_view, patch_of
from exoactor.types import Camera, ConfigError

CAMERA = Camera.looking_at(np.array([0.0, -3.0, 1.5]), np.array([0.0, 0.0, 1.0]), 50.0, (640, 480))
ELBOW, WRIST = np.array([0.1, 0.0, 1.0]), np.array([0.35, 0.0, 1.0])


def picture():
    """A white spot at the tip of the forearm's line, a red one above it."""
    rgb = np.zeros((480, 640, 3), np.uint8)
    tip, thumb = CAMERA.project(np.array([[0.5, 0.0, 1.0], [0.44, 0.0, 1.08]]))[0].astype(int)
    rgb[tip[1] - 3 : tip[1] + 4, tip[0] - 3 : tip[0] + 4] = 255
    rgb[thumb[1] - 3 : thumb[1] + 4, thumb[0] - 3 : thumb[0] + 4, 0] = 255
    return rgb


def test_the_forearm_points_up_in_the_patch_and_a_left_hand_is_mirrored():
    right, left = (hand_view(CAMERA, ELBOW, WRIST, left=left) for left in (False, True))
    assert right.pixels == pytest.approx(CAMERA.intrinsics[1, 1] * LENGTH / 3.03, rel=0.03)
    assert right.region.size == pytest.approx(REGION * right.pixels) and right.foreshortening > 0.95
    patch, mirrored = patch_of(picture(), right), patch_of(picture(), left)
    assert patch.shape == (PATCH, PATCH, 3)
    row, column = (int(v.mean()) for v in np.nonzero(patch[..., 2] > 128))
    assert row < PATCH / 2 - 8 and abs(column - PATCH / 2) < 4  # the tip, beyond the middle of the hand
    _, column = (int(v.mean()) for v in np.nonzero((patch[..., 0] > 128) & (patch[..., 2] < 90)))
    assert column < PATCH / 2 - 8  # what is up in the picture is left of a forearm that points right
    assert np.array_equal(mirrored, patch[:, ::-1])


def test_a_forearm_along_the_view_is_foreshortened_and_one_behind_the_camera_is_none():
    away = hand_view(CAMERA, np.array([0.0, -1.0, 1.2]), np.array([0.0, -0.75, 1.15]), left=False)
    assert away.foreshortening < 0.3
    assert hand_view(CAMERA, np.array([0.0, -4.0, 1.2]), np.array([0.0, -4.3, 1.2]), left=False) is None


def test_a_trained_network_says_what_it_was_taught_also_from_its_file(tmp_path):
    rng = np.random.default_rng(0)
    wanted = np.arange(600) % 4
    looks = rng.uniform(0, 0.5, (600, GATHERED)).astype(np.float32)
    for state in range(4):
        looks[wanted == state, 100 * state : 100 * state + 100] += 0.4
    pixels, foreshortening = rng.uniform(12, 90, 600), rng.uniform(0, 1, 600)
    net = trained(inputs(looks, pixels, foreshortening)[:400], wanted[:400], rounds=60, seed=0)
    said = net(looks[400:], pixels[400:], foreshortening[400:])
    assert said.sum(1) == pytest.approx(1.0) and (said.argmax(1) == wanted[400:]).mean() > 0.95
    net.save(tmp_path / "net.npz")
    again = load_hand_net(tmp_path / "net.npz")(looks[400:], pixels[400:], foreshortening[400:])
    assert again == pytest.approx(said, abs=0.02)


def test_the_temperature_is_the_one_under_which_words_are_as_often_right_as_they_say():
    rng = np.random.default_rng(1)
    wanted = rng.integers(0, 4, 4000)
    wanted[rng.random(4000) < 0.3] = 0  # so that one word is right by chance more often
    right = np.where(rng.random(4000) < 0.6, wanted, rng.integers(0, 4, 4000))
    boastful = np.full((4000, 4), 0.001)
    boastful[np.arange(4000), right] = 0.997
    assert temperature_of(boastful, wanted) > 2.5  # two of three are right, not all


def test_a_damaged_network_is_refused_by_name(tmp_path):
    path = tmp_path / "hand.npz"
    np.savez(path, mean=np.zeros(3))
    with pytest.raises(ConfigError, match=r"hand\.npz .*hand_training"):
        load_hand_net(path)
