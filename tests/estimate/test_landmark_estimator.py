"""The whole estimator on rendered clips: errors, robustness, and what it refuses."""

from pathlib import Path

import av
import numpy as np
import pytest
import torch
from known_motion import FPS, Shot

from exoactor.body import load_body
from exoactor.estimate import EstimateCfg, LandmarkEstimator
from exoactor.formats.video import write_mp4
from exoactor.types import Camera, ConfigError, HumanMotion, StageError
from exoactor.types.rotations import wrap

pytestmark = pytest.mark.assets


@pytest.fixture(scope="module")
def found(shot: Shot) -> HumanMotion:
    return LandmarkEstimator().estimate(shot.path, shot.camera)


def test_motion_is_near_the_truth(shot, found):
    truth = shot.motion
    assert len(found) == len(truth)
    off = np.linalg.norm((found.joints - truth.joints)[:, 0, :2], axis=1)
    assert off.mean() < 0.10
    end = (found.joints - truth.joints)[-8:, 0, :2].mean(0) - (found.joints - truth.joints)[:8, 0, :2].mean(0)
    assert np.linalg.norm(end) < 0.07
    turn = np.degrees(np.abs(wrap(found.heading - truth.heading)))
    assert turn[:8].mean() < 10
    assert turn[-8:].mean() < 10
    posture = (found.joints - found.joints[:, :1]) - (truth.joints - truth.joints[:, :1])
    assert np.linalg.norm(posture, axis=2).mean() < 0.06
    assert abs(load_body().height(found.betas) - load_body().height(truth.betas)) < 0.05
    assert found.confidence.min() >= 0
    assert found.confidence.mean() > 0.5


def test_joints_belong_to_the_parameters(found):
    _, joints = load_body().fk(found.global_orient, found.body_pose, found.transl, found.betas)
    np.testing.assert_allclose(found.joints, joints[:, :22], atol=1e-6)


def test_same_clip_same_result_and_threads_left_alone(shot, tmp_path):
    write_mp4(tmp_path / "short.mp4", shot.frames[:40], FPS)
    before = torch.get_num_threads()
    found, again = (LandmarkEstimator().estimate(tmp_path / "short.mp4", shot.camera) for _ in range(2))
    assert torch.get_num_threads() == before
    for name in ("global_orient", "transl", "body_pose", "betas", "joints", "contacts", "confidence"):
        np.testing.assert_array_equal(getattr(again, name), getattr(found, name))


def test_only_pixels_count(shot, found, tmp_path):
    """Renamed, re-encoded at another quality, without sidecar or metadata: the same motion within 2 cm."""
    stripped = tmp_path / "zz.mp4"
    with av.open(str(shot.path)) as source, av.open(str(stripped), "w") as target:
        stream = target.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        stream.options = {"crf": "24", "preset": "veryfast"}
        for frame in source.decode(video=0):
            target.mux(stream.encode(av.VideoFrame.from_ndarray(frame.to_ndarray(format="rgb24"), format="rgb24")))
        target.mux(stream.encode())
    other = LandmarkEstimator().estimate(stripped, shot.camera)
    moved = np.linalg.norm((other.joints - found.joints)[:, 0], axis=1)
    assert moved.mean() < 0.02
    assert np.median(np.linalg.norm(other.joints - found.joints, axis=2)) < 0.02


def test_progress_grows_to_one(shot, tmp_path):
    write_mp4(tmp_path / "short.mp4", shot.frames[:24], FPS)
    told: list[float] = []
    LandmarkEstimator().estimate(tmp_path / "short.mp4", shot.camera, told.append)
    assert told == sorted(told)
    assert told[0] < 0.1
    assert told[-1] == 1.0


def refused(code: str, frames: list[np.ndarray], camera: Camera, folder: Path) -> None:
    write_mp4(folder / "clip.mp4", frames, FPS)
    with pytest.raises(StageError) as caught:
        LandmarkEstimator().estimate(folder / "clip.mp4", camera)
    assert (caught.value.stage, caught.value.code) == ("estimate", code)
    assert caught.value.hint


def test_refuses_an_empty_room(shot, tmp_path):
    refused("no_person", [shot.ground] * 25, shot.camera, tmp_path)


def test_refuses_two_people(shot, tmp_path):
    frames = []
    for frame, mask in zip(shot.frames[:25], shot.masks[:25], strict=True):
        both, other = frame.copy(), np.roll(mask, 200, axis=1)
        both[other] = np.roll(frame, 200, axis=1)[other]
        frames.append(both)
    refused("several_people", frames, shot.camera, tmp_path)


def test_refuses_a_person_who_leaves(shot, tmp_path):
    refused("lost_person", shot.frames[:20] + [shot.ground] * 20, shot.camera, tmp_path)


def test_refuses_cut_off_feet(shot, tmp_path):
    rows = np.flatnonzero(shot.masks[0].any(1))
    shift = 480 - rows[-1] + round(0.18 * len(rows))
    frames = [np.concatenate([frame[:1].repeat(shift, 0), frame[:-shift]]) for frame in shot.frames[:25]]
    refused("cut_off_person", frames, shot.camera, tmp_path)


def test_refuses_a_clip_too_short(shot, tmp_path):
    refused("clip_too_short", shot.frames[:15], shot.camera, tmp_path)


@pytest.mark.parametrize("size", [0, 900, 20_000])
def test_truncated_clip_is_a_config_error(shot, tmp_path, size):
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(shot.path.read_bytes()[:size])
    with pytest.raises(ConfigError, match="cut"):
        LandmarkEstimator().estimate(cut, shot.camera)


def test_camera_of_another_shape_is_a_config_error(shot):
    wide = Camera.looking_at(np.array([0.4, -4.0, 2.0]), np.array([0.0, 0.0, 0.8]), 55.0, (640, 360))
    with pytest.raises(ConfigError, match="640x360"):
        LandmarkEstimator().estimate(shot.path, wide)


def test_broken_network_file_is_a_config_error(shot, tmp_path):
    (tmp_path / "bad.tflite").write_bytes(b"no network")
    with pytest.raises(ConfigError, match="assets pull"):
        LandmarkEstimator(EstimateCfg(detector=tmp_path / "bad.tflite")).estimate(shot.path, shot.camera)


def test_one_detector_call_a_clip(shot, tmp_path):
    write_mp4(tmp_path / "short.mp4", shot.frames[:60], FPS)
    track, camera = LandmarkEstimator().landmarks(tmp_path / "short.mp4", shot.camera, lambda _: None)
    assert track.detector_calls == 1
    assert track.found.all()
    assert camera is shot.camera


def test_half_size_clip_uses_the_scaled_camera(shot, found, tmp_path):
    write_mp4(tmp_path / "half.mp4", [np.ascontiguousarray(f[::2, ::2]) for f in shot.frames[:40]], FPS)
    small = LandmarkEstimator().estimate(tmp_path / "half.mp4", shot.camera)
    off = np.linalg.norm((small.joints - shot.motion.joints[:40])[:, 0, :2], axis=1)
    assert off.mean() < 0.15
