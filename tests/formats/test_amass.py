"""AMASS files: what goes in comes out; foreign and broken files."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exoactor.body import load_body
from exoactor.formats.amass import load_human, save_human
from exoactor.types import ConfigError, HumanMotion

SMPL_PELVIS = np.array([-0.0018, -0.2233, 0.0282])


def random_motion(seed: int, frames: int = 12) -> HumanMotion:
    rng = np.random.default_rng(seed)
    orient, pose = rng.normal(0, 1, (frames, 3)), rng.normal(0, 0.3, (frames, 21, 3))
    transl, betas = rng.normal(0, 1, (frames, 3)), rng.normal(0, 1, 10)
    joints = load_body().fk(orient, pose, transl, betas)[1][:, :22]
    contacts = rng.random((frames, 2)) < 0.5
    return HumanMotion(25.0, orient, transl, pose, betas, joints, contacts, rng.random((frames, 22)))


@given(seed=st.integers(0, 10_000), frames=st.integers(2, 9))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_round_trip_is_exact(tmp_path, seed, frames):
    motion = random_motion(seed, frames)
    save_human(tmp_path / "m.npz", motion)
    back = load_human(tmp_path / "m.npz")
    assert back.fps == motion.fps
    for name in ("global_orient", "transl", "body_pose", "betas", "joints", "contacts", "confidence"):
        np.testing.assert_array_equal(getattr(back, name), getattr(motion, name))


def test_file_has_amass_layout(tmp_path):
    save_human(tmp_path / "m.npz", random_motion(0))
    with np.load(tmp_path / "m.npz", allow_pickle=False) as data:
        assert data["poses"].shape == (12, 165)
        assert data["trans"].shape == (12, 3)
        assert str(data["surface_model_type"]) == "smplx"
        assert float(data["mocap_frame_rate"]) == 25.0
        np.testing.assert_array_equal(data["poses"][:, 3:66], data["pose_body"])


@pytest.mark.parametrize(
    ("columns", "rate"), [(72, "mocap_framerate"), (156, "mocap_framerate"), (165, "mocap_frame_rate")]
)
def test_reads_plain_amass_of_other_bodies(tmp_path, columns, rate):
    motion = random_motion(3)
    poses = np.zeros((12, columns))
    poses[:, :3], poses[:, 3:66] = motion.global_orient, motion.body_pose.reshape(12, 63)
    np.savez(tmp_path / "m.npz", poses=poses, trans=motion.transl, betas=np.ones(16), gender="neutral", **{rate: 30.0})
    back = load_human(tmp_path / "m.npz")
    assert back.fps == 30.0
    np.testing.assert_allclose(back.body_pose, motion.body_pose)
    np.testing.assert_array_equal(back.betas, 0)
    expected = load_body().fk(back.global_orient, back.body_pose, back.transl, back.betas)[1][:, :22]
    np.testing.assert_allclose(back.joints, expected, atol=1e-12)
    if columns != 165:  # the pelvis stays where the other body had it
        np.testing.assert_allclose(back.joints[:, 0], motion.transl + SMPL_PELVIS, atol=1e-9)


def test_contacts_of_a_plain_file_follow_the_feet(tmp_path):
    frames = 40
    poses, trans = np.zeros((frames, 72)), np.zeros((frames, 3))
    poses[:, :3] = [2 * np.pi / 3 / np.sqrt(3)] * 3  # upright, looking along x
    lifted = np.clip(np.sin(np.linspace(-1, np.pi + 1, frames)), 0, None)
    poses[:, 3 + 3 * 0], poses[:, 3 + 3 * 3] = -1.2 * lifted, 1.2 * lifted  # left hip and knee
    np.savez(tmp_path / "m.npz", poses=poses, trans=trans, mocap_framerate=30)
    contacts = load_human(tmp_path / "m.npz").contacts
    assert contacts[:, 1].all()
    assert not contacts[15:25, 0].any()
    assert contacts[0, 0]


def _truncated(path):
    save_human(path, random_motion(1))
    path.write_bytes(path.read_bytes()[:500])


def _without_trans(path):
    np.savez(path, poses=np.zeros((5, 165)), mocap_frame_rate=30)


def _wrong_columns(path):
    np.savez(path, poses=np.zeros((5, 100)), trans=np.zeros((5, 3)), mocap_frame_rate=30)


def _not_finite(path):
    np.savez(path, poses=np.full((5, 72), np.nan), trans=np.zeros((5, 3)), mocap_frame_rate=30)


def _one_frame(path):
    np.savez(path, poses=np.zeros((1, 72)), trans=np.zeros((1, 3)), mocap_frame_rate=30)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (_truncated, "cut off"),
        (_without_trans, "trans"),
        (_wrong_columns, r"\(5, 100\)"),
        (_not_finite, "finite"),
        (_one_frame, "at least 2 frames"),
        (lambda p: p.mkdir(), "is a folder"),
        (lambda p: None, "does not exist"),
        (lambda p: p.write_text("no npz"), "not a readable npz"),
    ],
)
def test_bad_files_are_one_clear_error(tmp_path, make, word):
    path = tmp_path / "m.npz"
    make(path)
    with pytest.raises(ConfigError, match=word):
        load_human(path)
