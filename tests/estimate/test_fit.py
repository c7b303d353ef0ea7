"""The fit on landmarks made from a known motion, without networks."""

from dataclasses import replace

import numpy as np
import pytest
from known_motion import seen_track, walking

from exoactor.estimate.body_torch import DOFS
from exoactor.estimate.estimator import EstimateCfg, LandmarkEstimator
from exoactor.estimate.landmarks import MIRROR, LandmarkTrack
from exoactor.types import Camera, HumanMotion
from exoactor.types.rotations import wrap


def fitted(track: LandmarkTrack, camera: Camera) -> HumanMotion:
    estimator = LandmarkEstimator(EstimateCfg())
    return estimator.motion(track, estimator.fit(track, camera, lambda _: None))


def root_error(found: HumanMotion, truth: HumanMotion) -> np.ndarray:
    return np.linalg.norm((found.joints - truth.joints)[:, 0, :2], axis=1)


@pytest.mark.parametrize("seed", [1, 2])
def test_finds_the_path_and_the_heading(seed):
    motion, camera = walking(seed)
    found = fitted(seen_track(motion, camera, noise=0.7, seed=seed), camera)
    assert np.median(root_error(found, motion)) < 0.06
    assert np.degrees(np.abs(wrap(found.heading - motion.heading))[-8:]).mean() < 9.0
    assert np.median(np.linalg.norm(found.joints - motion.joints, axis=2)) < 0.07


def test_planted_feet_neither_slide_nor_sink():
    motion, camera = walking(1)
    found = fitted(seen_track(motion, camera, noise=0.7), camera)
    feet = found.joints[:, [7, 8]]
    speed = np.linalg.norm(np.diff(feet[..., :2], axis=0), axis=2) * motion.fps
    planted = found.contacts[1:] & found.contacts[:-1]
    assert np.median(speed[planted]) < 0.08
    assert feet[..., 2].min() > 0.03


def test_hidden_legs_do_not_throw_it_off():
    motion, camera = walking(2)
    track = seen_track(motion, camera, noise=0.7)
    rng = np.random.default_rng(0)
    middle = slice(len(track) // 3, len(track) // 2)
    xy, weight = track.xy.copy(), track.weight.copy()
    xy[middle, 25:33] += rng.normal(0, 25, xy[middle, 25:33].shape)
    weight[middle, 25:33] = 0.05
    found = fitted(replace(track, xy=xy, weight=weight), camera)
    assert np.median(root_error(found, motion)) < 0.08


def test_a_hidden_arm_hangs_though_the_network_puts_it_along_the_other():
    motion, camera = walking(2)
    track = seen_track(motion, camera, noise=0.7)
    xy, world, weight = track.xy.copy(), track.world.copy(), track.weight.copy()
    left, right = [13, 15, 17, 19], [14, 16, 18, 20]
    rise = np.array([0.0, -60.0])
    xy[:, left], world[:, left], weight[:, left] = xy[:, right] + rise, world[:, right] + [0, -0.4, 0], 0.15
    found = fitted(replace(track, xy=xy, world=world, weight=weight), camera)
    drop = (found.joints[:, 16] - found.joints[:, 20])[:, 2]
    assert np.median(drop) > 0.35
    assert found.confidence[:, 20].mean() < 0.2


def test_angles_keep_their_limits():
    motion, camera = walking(1)
    estimator = LandmarkEstimator()
    result = estimator.fit(seen_track(motion, camera, noise=0.7), camera, lambda _: None)
    for column, dof in enumerate(DOFS, start=6):
        assert result.pose[:, column].min() > dof.low - 0.15, dof
        assert result.pose[:, column].max() < dof.high + 0.15, dof


def test_mirrored_track_gives_the_mirrored_motion():
    """Left and right are treated alike: fails if a sign is wrong on one side."""
    camera = Camera.looking_at(np.array([0.0, -4.0, 2.0]), np.array([0.0, 0.0, 0.8]), 55.0, (640, 480))
    motion, _ = walking(2, camera)
    track = seen_track(motion, camera)
    flip = np.array([-1.0, 1.0, 1.0])
    xy, region = track.xy[:, MIRROR].copy(), track.region.copy()
    xy[..., 0], region[:, 0] = 640 - xy[..., 0], 640 - region[:, 0]
    mirrored = replace(track, xy=xy, world=track.world[:, MIRROR] * flip, region=region)
    a, b = fitted(track, camera), fitted(mirrored, camera)
    np.testing.assert_allclose(b.joints[:, 0], a.joints[:, 0] * flip, atol=0.01)
    np.testing.assert_allclose(b.joints[:, 21], a.joints[:, 20] * flip, atol=0.02)
    np.testing.assert_array_equal(b.contacts.mean(0) > 0, a.contacts[:, ::-1].mean(0) > 0)
