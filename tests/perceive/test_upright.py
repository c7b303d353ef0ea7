"""A blind camera, and a body on the floor."""

import numpy as np

from exoactor.perceive.upright import blind, lying
from exoactor.types import Camera, Observation, Proprioception

CAMERA = Camera.looking_at(np.array([0, -4, 1.7]), np.array([0, 0, 0.7]), 55, (64, 48))


def look(rgb, depth):
    return Observation(0.0, rgb, depth, CAMERA, Proprioception(np.zeros(29)))


def test_blind_for_a_reason():
    rng = np.random.default_rng(0)
    rgb, depth = rng.integers(0, 255, (48, 64, 3)).astype(np.uint8), np.full((48, 64), 3.0, np.float32)
    assert blind(look(rgb, depth)) == ""
    assert "black" in blind(look(np.zeros_like(rgb), depth))
    assert "uniform" in blind(look(np.full_like(rgb, 128), depth))
    assert "return" in blind(look(rgb, np.zeros_like(depth)))
    assert "covers" in blind(look(rgb, np.full_like(depth, 0.2)))


def body(size, count=900):
    return np.random.default_rng(1).uniform(-0.5, 0.5, (count, 3)) * size + [1.0, 2.0, size[2] / 2]


def test_lying_standing_and_nothing():
    assert lying(body(np.array([1.3, 0.4, 0.3])), np.array([1.0, 2.0])) is True
    assert lying(body(np.array([0.3, 0.45, 1.3])), np.array([1.0, 2.0])) is False
    assert lying(body(np.array([0.2, 0.2, 0.3])), None) is None
    assert lying(body(np.array([1.3, 0.4, 0.3])), np.array([-3.0, 2.0])) is None
    assert lying(np.zeros((0, 3)), None) is None
