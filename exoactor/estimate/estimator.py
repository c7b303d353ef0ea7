"""The embedded motion estimator: landmarks, then one fit over the whole clip."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from scipy.spatial.transform import Rotation
from smplx.lbs import batch_rigid_transform, batch_rodrigues

from exoactor.assets import asset
from exoactor.estimate.body_torch import joint_vectors
from exoactor.estimate.contacts import ContactCfg, foot_contacts, planted_at_first, planted_softly
from exoactor.estimate.fit import FitResult, SequenceFit
from exoactor.estimate.initial import first_pose, untangled
from exoactor.estimate.landmarks import LandmarkTrack, LandmarkTracker, TrackCfg
from exoactor.estimate.points import LANDMARKS, body_points
from exoactor.estimate.residuals import FitCfg
from exoactor.formats.video import probe, read_frames
from exoactor.types import BODY_JOINTS, Array, Camera, ConfigError, HumanMotion, Progress, StageError

_LANDMARK_SHARE = 0.4  # of the whole time, for progress
_PARENTS = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19)
_SEEN_BY = {
    "head": (0, 7, 8), "neck": (11, 12), "pelvis": (23, 24), "spine1": (23, 24), "spine2": (11, 12, 23, 24),
    "spine3": (11, 12), "left_collar": (11,), "right_collar": (12,), "left_hip": (23,), "right_hip": (24,),
    "left_knee": (25,), "right_knee": (26,), "left_ankle": (27, 29), "right_ankle": (28, 30),
    "left_foot": (31,), "right_foot": (32,), "left_shoulder": (11,), "right_shoulder": (12,),
    "left_elbow": (13,), "right_elbow": (14,), "left_wrist": (15,), "right_wrist": (16,),
}  # fmt: skip


@dataclass(frozen=True)
class EstimateCfg:
    """How motion is estimated.

    Args:
        shortest: least length of a clip [s].
        max_fps: faster clips are thinned to at most this [1/s].
        detector: pose_detection.tflite, or None for the pulled asset.
        landmarks: pose_landmark_full.tflite (or lite, heavy), or None for the pulled asset.
        track: when a person counts as found, lost or cut off.
        fit: sigmas and schedule of the fit.
        contacts: thresholds of foot contact.
    """

    shortest: float = 0.8
    max_fps: float = 30.0
    detector: Path | None = None
    landmarks: Path | None = None
    track: TrackCfg = field(default_factory=TrackCfg)
    fit: FitCfg = field(default_factory=FitCfg)
    contacts: ContactCfg = field(default_factory=ContactCfg)


class LandmarkEstimator:
    """Estimates the motion of the one person in a clip from its pixels and the camera's calibration.

    Args:
        cfg: settings.
    """

    name = "landmarks"

    def __init__(self, cfg: EstimateCfg | None = None) -> None:
        self.cfg = cfg or EstimateCfg()

    def estimate(self, video: Path, camera: Camera, progress: Progress | None = None) -> HumanMotion:
        """Motion of the person in the world frame.

        Args:
            video: the clip; nothing beside it is read.
            camera: calibration; a clip of another size but the same shape is scaled to it.
            progress: called with the finished fraction.

        Raises:
            ConfigError: the clip cannot be read or does not fit the camera.
            StageError: estimate/clip_too_short, no_person, several_people, lost_person or cut_off_person.
        """
        tell: Progress = progress or (lambda _: None)
        with _one_thread():
            track, scaled = self.landmarks(video, camera, lambda f: tell(_LANDMARK_SHARE * f))
            result = self.fit(track, scaled, lambda f: tell(_LANDMARK_SHARE + (1 - _LANDMARK_SHARE) * f))
            motion = self.motion(track, result)
        tell(1.0)
        return motion

    def landmarks(self, video: Path, camera: Camera, progress: Progress) -> tuple[LandmarkTrack, Camera]:
        """Landmarks of every frame, and the camera in the clip's pixels; raises as `estimate` does."""
        info = probe(video)
        if info.seconds < self.cfg.shortest:
            raise StageError(
                "estimate", "clip_too_short", f"{info.seconds:.2f} s given, at least {self.cfg.shortest} s wanted."
            )
        camera = _in_pixels_of(camera, (info.width, info.height))
        stride = max(1, int(np.ceil(info.fps / self.cfg.max_fps - 1e-6)))
        count = (info.frames + stride - 1) // stride
        cfg = self.cfg
        tracker = LandmarkTracker(
            cfg.detector or asset("landmarks/pose_detection.tflite"),
            cfg.landmarks or asset("landmarks/pose_landmark_full.tflite"),
            cfg.track,
        )

        def frames() -> Iterator[Array]:
            for index, frame in enumerate(islice(read_frames(video), 0, None, stride)):
                progress(index / count)
                yield frame

        return tracker.track(frames(), count, info.fps / stride), camera

    def fit(self, track: LandmarkTrack, camera: Camera, progress: Progress) -> FitResult:
        """Fit the body to landmarks; `camera` is in the clip's pixels."""
        body = body_points()
        reading = untangled(track, camera)
        problem = SequenceFit(reading, camera, body, planted_at_first(reading.track, camera), self.cfg.fit)
        return problem.solve(
            first_pose(reading, camera, body), lambda soles: planted_softly(soles, track.fps), progress
        )

    def motion(self, track: LandmarkTrack, result: FitResult) -> HumanMotion:
        """SMPL-X parameters, contacts and confidence of a fit; joints as `smplx` poses them."""
        body = body_points()
        local = joint_vectors(torch.as_tensor(result.pose)).numpy()
        orient = Rotation.from_matrix(result.posed.frames[:, 0].numpy()).as_rotvec()
        rest = body.joints + body.joints_shape @ result.shape
        turns = np.concatenate([orient[:, None], local[:, 1:]], 1)
        transl = result.pose[:, :3] - rest[0]
        rotations = batch_rodrigues(torch.as_tensor(turns.reshape(-1, 3))).reshape(len(turns), 22, 3, 3)
        rests = torch.as_tensor(rest).expand(len(turns), 22, 3)
        posed, _ = batch_rigid_transform(rotations, rests, torch.as_tensor(_PARENTS), dtype=torch.float64)
        return HumanMotion(
            fps=track.fps,
            global_orient=orient,
            transl=transl,
            body_pose=local[:, 1:],
            betas=result.shape,
            joints=posed.numpy() + transl[:, None],
            contacts=foot_contacts(result.posed.points[:, len(LANDMARKS) :].numpy(), track.fps, self.cfg.contacts),
            confidence=_confidence(track, result),
        )


def _confidence(track: LandmarkTrack, result: FitResult) -> Array:
    """(T, 22): how well the landmarks of a joint were seen, times how well the fit explains them."""
    row = {p.index: k for k, p in enumerate(LANDMARKS)}
    out = np.zeros((len(track), len(BODY_JOINTS)))
    for joint, name in enumerate(BODY_JOINTS):
        seen = track.weight[:, list(_SEEN_BY[name])].mean(1)
        error = result.pixel_error[:, [row[k] for k in _SEEN_BY[name]]].mean(1)
        out[:, joint] = seen / (1 + 0.15 * error**2)
    return np.clip(out, 0.0, 1.0)


def _in_pixels_of(camera: Camera, size: tuple[int, int]) -> Camera:
    """The camera for pictures of another size but the same shape."""
    if size == camera.size:
        return camera
    scale = np.array(size) / np.array(camera.size)
    if abs(scale[0] / scale[1] - 1) > 0.02:
        raise ConfigError(
            f"the clip is {size[0]}x{size[1]} and the camera {camera.size[0]}x{camera.size[1]}; "
            "their shapes must agree. Give the calibration of this clip's camera."
        )
    return replace(camera, size=size, intrinsics=np.diag([*scale, 1.0]) @ camera.intrinsics)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Small matrices are slower on many threads, and one thread gives the same sums every time."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.no_grad():
            yield
    finally:
        torch.set_num_threads(before)
