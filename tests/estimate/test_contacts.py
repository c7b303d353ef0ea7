"""Foot contacts of made-up soles."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from exoactor.estimate.contacts import foot_contacts, planted_softly

FPS = 25.0


def stepping(frames: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """Left foot steps 0.5 m ahead between frames 20 and 34, right foot stands; soles (T, 4, 3) and the truth."""
    soles = np.zeros((frames, 4, 3))
    soles[:, 2:, 1] = -0.2
    soles[:, [1, 3], 0] = 0.18
    t = np.clip((np.arange(frames) - 20) / 14, 0, 1)
    soles[:, :2, 0] += (0.5 * t**2 * (3 - 2 * t))[:, None]
    soles[:, :2, 2] = 0.12 * np.sin(np.pi * t)[:, None]
    truth = np.ones((frames, 2), bool)
    truth[21:34, 0] = False
    return soles, truth


def test_a_step_is_one_clean_gap():
    soles, truth = stepping()
    found = foot_contacts(soles, FPS)
    assert found[:, 1].all()
    assert np.abs(np.diff(found[:, 0].astype(int))).sum() == 2
    assert (found[:, 0] != truth[:, 0]).sum() <= 4


@given(noise=st.floats(0, 0.004), seed=st.integers(0, 100))
@settings(max_examples=20, deadline=None)
def test_noise_makes_no_blips(noise, seed):
    soles, _ = stepping()
    soles = soles + np.random.default_rng(seed).normal(0, noise, soles.shape)
    found = foot_contacts(soles, FPS)
    changes = np.abs(np.diff(found.astype(int), axis=0)).sum(0)
    assert changes[0] == 2
    assert changes[1] == 0


def test_heel_off_with_the_ball_down_is_still_contact():
    soles, _ = stepping()
    soles[40:60, 0, 2] = 0.10
    assert foot_contacts(soles, FPS)[45:55, 0].all()
    held = planted_softly(soles, FPS)
    assert held[50, 0] < 0.1
    assert held[50, 1] > 0.9


def test_a_lifted_foot_at_rest_is_no_contact():
    soles, _ = stepping()
    soles[:, :2, 2] = 0.2
    assert not foot_contacts(soles, FPS)[:, 0].any()
