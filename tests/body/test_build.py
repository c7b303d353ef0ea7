import importlib.util

import numpy as np
import pytest

from exoactor.body import JOINT_NAMES, PARENTS, load_body
from exoactor.body.build import ORIGIN, bone_of, joint_regressor, mirrored_joint, raised_arms, sample_people, symmetric
from exoactor.body.paint import TEXTURE_SIZE
from exoactor.types import ConfigError

BODY = load_body()


def test_every_joint_but_pelvis_and_jaw_has_its_bone() -> None:
    bones = [bone_of(name) for name in JOINT_NAMES]
    assert [n for n, b in zip(JOINT_NAMES, bones, strict=True) if b is None] == ["pelvis", "jaw"]
    named = [b for b in bones if b]
    # the head's bone is the head's only
    assert len(set(named)) == len(named)
    assert bone_of("left_index2") == "finger2-2.L"


def test_mirroring_twice_is_nothing() -> None:
    other = mirrored_joint()
    assert (other[other] == np.arange(55)).all()
    assert other[0] == 0
    parents = np.array(PARENTS)
    assert (other[parents[1:]] == parents[other[1:]]).all()


def test_symmetric_fields_equal_their_image() -> None:
    rng = np.random.default_rng(0)
    partner = np.array([1, 0, 2, 4, 3])
    field = symmetric(rng.normal(size=(5, 3, 2)), partner)
    assert np.allclose(field[partner] * np.array([-1, 1, 1])[:, None], field)


def test_arms_are_raised_from_any_pose() -> None:
    rest = BODY.joints(np.zeros(10))
    pose = np.zeros((1, 21, 3))
    pose[0, 15, 2], pose[0, 16, 2] = -0.8, 0.8
    pose[0, 17, 1] = -0.3
    rotations, positions = BODY.fk(np.zeros((1, 3)), pose, np.zeros((1, 3)), np.zeros(10))
    lowered = BODY.skin(rotations[0], positions[0], np.zeros(10))
    _, joints = raised_arms(lowered, positions[0], np.asarray(BODY.weights))
    assert np.allclose(joints[0], ORIGIN)
    assert np.abs(joints[16:22] - rest[16:22]).max() < 0.01


def test_the_regressor_finds_joints_it_was_made_from() -> None:
    rng = np.random.default_rng(1)
    shapes = rng.normal(size=(6, 10))
    mean = np.asarray(BODY.v_template)
    near = np.unique(
        np.concatenate([np.argsort(np.linalg.norm(mean - j, axis=1))[:40] for j in BODY.joints(np.zeros(10))])
    )
    distance = np.linalg.norm((mean[near] * [-1, 1, 1])[:, None] - mean[near][None], axis=-1)
    partner = distance.argmin(1)
    vertices = np.stack([BODY.vertices(b)[near] for b in shapes])
    joints = np.stack([BODY.joints(b) for b in shapes])
    regressor = joint_regressor(vertices, joints, partner)
    assert regressor.min() >= 0
    assert np.allclose(regressor.sum(1), 1)
    error = np.linalg.norm(np.einsum("jv,nvc->njc", regressor, vertices) - joints, axis=-1)
    assert error.mean() < 0.01


@pytest.mark.skipif(importlib.util.find_spec("anny") is not None, reason="anny is installed")
def test_without_anny_the_build_says_what_to_install() -> None:
    with pytest.raises(ConfigError, match=r"anny==0\.6\.2"):
        sample_people(2)


def test_the_texture_has_the_size_it_was_painted_in() -> None:
    assert BODY.labels.shape == (TEXTURE_SIZE, TEXTURE_SIZE)
