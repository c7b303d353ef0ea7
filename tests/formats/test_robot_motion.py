from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exoactor.formats.robot_motion import load_robot, resampled, save_robot
from exoactor.types import G1_JOINTS, ConfigError, HandTargets, PalmTargets, RobotMotion


def motion(seed=0, n=40, fps=50.0, settle=(10, 30)):
    rng = np.random.default_rng(seed)
    quat = np.array([1.0, 0, 0, 0]) + np.cumsum(rng.normal(0, 0.02, (n, 4)), axis=0)
    quat /= np.linalg.norm(quat, axis=1, keepdims=True)
    return RobotMotion(
        rng.normal(size=(n, 3)), quat, rng.normal(size=(n, 29)), rng.random((n, 2)) < 0.5, fps=fps, settle=settle
    )


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 80), st.booleans())
def test_round_trip(tmp_path_factory, seed, n, with_settle):
    path = tmp_path_factory.mktemp("m") / "robot.npz"
    made = motion(seed, n, settle=(0, n) if with_settle else None)
    save_robot(path, made)
    read = load_robot(path)
    np.testing.assert_allclose(read.root_pos, made.root_pos)
    np.testing.assert_allclose(read.joint_pos, made.joint_pos)
    np.testing.assert_array_equal(read.contacts, made.contacts)
    assert read.settle == made.settle


def test_23_joint_clip_at_30_hz_gets_wrists_and_50_hz(tmp_path):
    names = [n for n in G1_JOINTS if "wrist" not in n][::-1]
    t = np.arange(61) / 30.0
    joints = np.stack([np.sin(t + i) for i in range(23)], axis=1)
    quat = np.stack([np.cos(t / 2), 0 * t, 0 * t, np.sin(t / 2)], axis=1)
    np.savez(
        tmp_path / "clip.npz",
        fps=30.0,
        root_pos=np.stack([t, 0 * t, 0 * t + 0.75], 1),
        root_quat_wxyz=quat,
        joint_pos=joints,
        joint_names=names,
        source="test",
        licence="test",
    )
    read = load_robot(tmp_path / "clip.npz")
    assert read.fps == 50 and len(read) == 101
    new = np.arange(101) / 50
    np.testing.assert_allclose(read.root_pos[:, 0], new, atol=1e-9)
    np.testing.assert_allclose(2 * np.arctan2(read.root_quat[:, 3], read.root_quat[:, 0]), new, atol=1e-6)
    np.testing.assert_allclose(read.joint_pos[:, G1_JOINTS.index(names[3])], np.sin(new + 3), atol=2e-4)
    assert not read.joint_pos[:, [i for i, n in enumerate(G1_JOINTS) if "wrist" in n]].any()


def test_resampling_keeps_the_settle_cycle():
    half = resampled(motion(n=101, settle=(40, 81)), 25.0)
    assert half.settle == (20, 40) and len(half) == 51


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"joint_names": ["tail_joint", *G1_JOINTS[1:]]}, "tail_joint"),
        ({"joint_names": [G1_JOINTS[1], *G1_JOINTS[1:]]}, "twice"),
        ({"joint_pos": np.full((40, 29), np.nan)}, "finite"),
        ({"joint_pos": np.zeros((40, 28))}, "joint_pos"),
        ({"root_quat_wxyz": np.zeros((40, 4))}, "unit"),
        ({"fps": 0.0}, "fps"),
        ({"settle": np.array([30, 90])}, "settle"),
        ({"root_pos": None}, "root_pos"),
    ],
)
def test_bad_fields_are_named(tmp_path, change, word):
    path = tmp_path / "robot.npz"
    save_robot(path, motion())
    data = {**np.load(path), **change}
    np.savez(path, **{k: v for k, v in data.items() if v is not None})
    with pytest.raises(ConfigError, match=word):
        load_robot(path)


def test_unreadable_files_are_refused(tmp_path):
    path = tmp_path / "robot.npz"
    save_robot(path, motion())
    whole = path.read_bytes()
    for cut in (0, 10, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:cut])
        with pytest.raises(ConfigError):
            load_robot(path)
    for other in (tmp_path, tmp_path / "absent.npz"):
        with pytest.raises(ConfigError):
            load_robot(other)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 60), st.sampled_from([25.0, 50.0]))
def test_palms_survive_the_disk_and_another_rate(tmp_path_factory, seed, n, fps):
    rng = np.random.default_rng(seed)
    palms = PalmTargets(rng.normal(size=(n, 2, 3)), np.linspace(0, 1, n), rng.normal(size=(n, 2, 3)))
    path = tmp_path_factory.mktemp("m") / "robot.npz"
    save_robot(path, replace(motion(seed, n, fps, settle=None), palms=palms))
    read = load_robot(path)
    assert read.palms is not None and len(read.palms.weight) == len(read)
    np.testing.assert_allclose(read.palms.position[0], palms.position[0])
    np.testing.assert_allclose(read.palms.position[-1], palms.position[-1])
    assert read.palms.weight[-1] == pytest.approx(1.0)


def test_palms_of_another_length_are_refused():
    palms = PalmTargets(np.zeros((5, 2, 3)), np.zeros(5), np.zeros((5, 2, 3)))
    with pytest.raises(ValueError, match="palms: 5 frames given, 40 wanted"):
        replace(motion(settle=None), palms=palms)


@pytest.mark.parametrize("side", ["left", "right"])
def test_targets_of_one_hand_are_kept_and_resampled(tmp_path, side):
    rng = np.random.default_rng(3)
    numbers = rng.normal(size=(40, 3)), rng.normal(size=40), rng.random(40), rng.normal(size=(40, 14))
    hand = HandTargets(side, *numbers, 1.5, 0.1, "root" if side == "left" else "world")
    made = replace(motion(), hand=hand)
    save_robot(tmp_path / "m.npz", made)
    read = load_robot(tmp_path / "m.npz").hand
    assert read is not None and read.side == side
    for name in ("point", "heading", "weight", "fingers"):
        np.testing.assert_allclose(getattr(read, name), getattr(hand, name))
    assert (read.roll, read.pitch) == (1.5, 0.1)
    slower = resampled(made, 25.0)
    assert (
        slower.hand is not None
        and (slower.hand.roll, slower.hand.pitch) == (1.5, 0.1)
        and len(slower.hand.weight) == len(slower)
    )
    np.testing.assert_allclose(slower.hand.point[3], hand.point[6])
