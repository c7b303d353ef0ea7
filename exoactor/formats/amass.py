"""Human motions as npz in AMASS's SMPL-X layout; AMASS's SMPL-H and plain SMPL files are read too.

Fields that AMASS has: poses (T, 165) axis-angles [rad], its parts root_orient, pose_body, pose_jaw, pose_eye and
pose_hand, trans (T, 3) [m], betas, mocap_frame_rate [1/s], mocap_time_length [s], gender, surface_model_type. Fields of
ours beside them: joints (T, 22, 3) [m], contacts (T, 2), confidence (T, 22), body ("exoactor": whose betas these are).
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from exoactor.body import load_body
from exoactor.files import write_npz
from exoactor.types import Array, ConfigError, HumanMotion

_BODY = "exoactor"
_RATES = ("mocap_frame_rate", "mocap_framerate", "fps")
_PELVIS = {
    "smplx": np.array([0.0031, -0.3514, 0.0120]),
    "smplh": np.array([-0.0018, -0.2233, 0.0282]),
    "smpl": np.array([-0.0018, -0.2233, 0.0282]),
}
"""Where those models' mean neutral shape has its pelvis [m]; `trans` is counted from there."""
_COLUMNS = {165: "smplx", 159: "smplx", 156: "smplh", 72: "smpl", 66: "smplx"}


def save_human(path: Path, motion: HumanMotion) -> None:
    """Write a motion atomically.

    Args:
        path: the npz file.
        motion: what to write.
    """
    count = len(motion)
    hands, face = np.zeros((count, 90)), np.zeros((count, 9))
    body = motion.body_pose.reshape(count, 63)
    write_npz(
        Path(path),
        {
            "poses": np.concatenate([motion.global_orient, body, face, hands], 1),
            "root_orient": motion.global_orient,
            "pose_body": body,
            "pose_jaw": face[:, :3],
            "pose_eye": face[:, 3:],
            "pose_hand": hands,
            "trans": motion.transl,
            "betas": motion.betas,
            "num_betas": np.int64(10),
            "mocap_frame_rate": np.float64(motion.fps),
            "mocap_time_length": np.float64(motion.seconds),
            "gender": np.array("neutral"),
            "surface_model_type": np.array("smplx"),
            "body": np.array(_BODY),
            "joints": motion.joints,
            "contacts": motion.contacts,
            "confidence": motion.confidence,
        },
    )


def load_human(path: Path) -> HumanMotion:
    """Read a motion.

    A file of another body model (AMASS SMPL-X with 165 or 159 pose columns, SMPL-H with 156, SMPL with 72) keeps its
    posture and pelvis path; it is put on this project's mean body, since shape coefficients mean different
    things there, and its contacts come from the height and speed of the feet. Hands and face are left out.

    Raises:
        ConfigError: the file is absent, unreadable, lacks a field or holds bad numbers.
    """
    path = Path(path)
    data = _read(path)
    rate = next((name for name in _RATES if name in data), None)
    missing = [name for name in ("poses", "trans") if name not in data]
    if rate is None:
        missing.append(_RATES[0])
    if missing:
        raise ConfigError(
            f"{path}: lacks {', '.join(missing)}. A human motion is an AMASS npz with poses (T, 165), trans (T, 3) "
            "and mocap_frame_rate."
        )
    try:
        fps = float(data[rate or _RATES[0]])
        poses, trans = np.asarray(data["poses"], float), np.asarray(data["trans"], float)
        if poses.ndim != 2 or poses.shape[1] not in _COLUMNS:
            raise ValueError(f"poses: shape {poses.shape} given, (T, {' or '.join(map(str, _COLUMNS))}) wanted")
        if trans.shape != (len(poses), 3):
            raise ValueError(f"trans: shape {trans.shape} given, {(len(poses), 3)} wanted")
        if len(poses) < 2:
            raise ValueError(f"a motion needs at least 2 frames, {len(poses)} given")
        orient, body_pose = poses[:, :3], poses[:, 3:66].reshape(len(poses), 21, 3)
        if str(data.get("body", "")) == _BODY:
            given = {name: data[name] for name in ("betas", "joints", "contacts", "confidence") if name in data}
            if len(given) < 4:
                raise ValueError("betas, joints, contacts and confidence are wanted in a file of this project")
            return HumanMotion(fps, orient, trans, body_pose, **given)
        return _on_mean_body(
            fps, orient, trans, body_pose, str(data.get("surface_model_type", _COLUMNS[poses.shape[1]]))
        )
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{path}: {error}. Make the motion anew with `exoactor estimate`.") from error


def _on_mean_body(fps: float, orient: Array, trans: Array, body_pose: Array, model: str) -> HumanMotion:
    body, betas = load_body(), np.zeros(10)
    if not (np.isfinite(orient).all() and np.isfinite(trans).all() and np.isfinite(body_pose).all()):
        raise ValueError("poses and trans must be finite numbers")
    transl = trans + _PELVIS.get(model, _PELVIS["smplx"]) - body.joints(betas)[0]
    joints = body.fk(orient, body_pose, transl, betas)[1][:, :22]
    return HumanMotion(
        fps, orient, transl, body_pose, betas, joints, _contacts(joints, fps), np.ones((len(joints), 22))
    )


def _contacts(joints: Array, fps: float) -> Array:
    """(T, 2) feet whose ankle or ball is near its lowest and slow; thresholds allow for other bodies' sizes."""
    spots = joints[:, [7, 10, 8, 11]]
    low = spots[..., 2] < np.percentile(spots[..., 2], 5, axis=0) + 0.04
    slow = np.linalg.norm(np.gradient(spots, axis=0), axis=-1) * fps < 0.5
    planted = low & slow
    return np.asarray(planted[:, [0, 2]] | planted[:, [1, 3]])


def _read(path: Path) -> dict[str, Array]:
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise ConfigError(f"{path} {what}. Give a human motion, an npz in AMASS's SMPL-X layout.")
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files if name != "labels"}
    except (OSError, ValueError, EOFError, KeyError, AttributeError, zipfile.BadZipFile, zipfile.error) as error:
        raise ConfigError(f"{path} is not a readable npz ({error}). It may be cut off; make it anew.") from error
