"""The files of one attempt, so that every stage can be taken up again by another process."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from exoactor.files import write_bytes, write_json, write_npz
from exoactor.formats.amass import load_human, save_human
from exoactor.types import (
    Array,
    Camera,
    ConfigError,
    Contact,
    Fingers,
    GroundedMotion,
    Observation,
    Passage,
    Pose2D,
    Proprioception,
    Rollout,
    Scene,
)

OBSERVATION = "observation.png"
OBSERVATION_DEPTH = "observation-depth.png"
OBSERVATION_JSON = "observation.json"
AFTER = "after.jpg"
IMAGINED = "imagined.mp4"
HUMAN = "human.npz"
CONTACT = "contact.json"
PASSAGE = "passage.json"
GROUNDED = "grounded.npz"
ROBOT = "robot.npz"
ROBOT_HOLD = "robot-hold.npz"
ROLLOUT = "rollout.npz"
ROLLOUT_VIDEO = "rollout.mp4"
FRAMES = "frames.npz"
VERDICT = "verdict.json"
TRUTH = "truth.json"
TRUTH_TRACK = "truth-track.npz"

_MILLIMETRES = 1000.0


def save_observation(folder: Path, observation: Observation, scene: Scene) -> None:
    """Write observation.png, observation-depth.png (uint16, mm) and observation.json (what was perceived)."""
    write_bytes(folder / OBSERVATION, _encode(observation.rgb[..., ::-1]))
    write_bytes(folder / OBSERVATION_DEPTH, _encode(_to_millimetres(observation.depth)))
    felt = observation.proprioception
    write_json(
        folder / OBSERVATION_JSON,
        {
            "time": observation.time,
            "scene": scene.to_json(),
            "joint_pos": felt.joint_pos,
            "pose": felt.pose,
            "pose_std": felt.pose_std,
            "roll_pitch": felt.roll_pitch,
        },
    )


def save_after(folder: Path, last: Observation) -> None:
    """Write after.jpg: the picture of the latest look at the outcome, with nothing drawn into it."""
    write_bytes(folder / AFTER, _encode(last.rgb[..., ::-1], ".jpg", cv2.IMWRITE_JPEG_QUALITY, 95))


def load_observation(folder: Path) -> tuple[Observation, Scene]:
    """What `save_observation` wrote.

    Raises:
        ConfigError: a file is missing or damaged.
    """
    scene = load_scene(folder)
    try:
        data = json.loads((folder / OBSERVATION_JSON).read_text())
        rgb = _decode((folder / OBSERVATION).read_bytes())[..., ::-1]
        depth = _decode((folder / OBSERVATION_DEPTH).read_bytes()) / _MILLIMETRES
    except (OSError, KeyError, ValueError) as error:
        raise ConfigError(f"{folder}: its observation cannot be read: {error}") from error
    pose = None if data["pose"] is None else np.array(data["pose"])
    tilt = None if data.get("roll_pitch") is None else np.array(data["roll_pitch"])
    felt = Proprioception(np.array(data["joint_pos"]), pose, np.array(data["pose_std"]), tilt)
    return Observation(data["time"], rgb, depth, scene.camera, felt), scene


def load_scene(folder: Path) -> Scene:
    """What was perceived in the observation, without its pictures.

    Raises:
        ConfigError: observation.json is missing or damaged.
    """
    try:
        return Scene.from_json(json.loads((folder / OBSERVATION_JSON).read_text())["scene"])
    except (OSError, KeyError, ValueError) as error:
        raise ConfigError(f"{folder}: its observation cannot be read: {error}") from error


def save_frames(path: Path, frames: Sequence[Observation]) -> None:
    """Write RGB-D looks, PNG-compressed, so that the check can be made by another process."""
    arrays: dict[str, Any] = {
        "camera": json.dumps(frames[0].camera.to_json()) if frames else "",
        "time": np.array([f.time for f in frames]),
        "joint_pos": np.array([f.proprioception.joint_pos for f in frames]),
        "pose": np.array(
            [f.proprioception.pose if f.proprioception.pose is not None else [np.nan] * 3 for f in frames]
        ),
        "pose_std": np.array([f.proprioception.pose_std for f in frames]),
        "roll_pitch": np.array(
            [[np.nan] * 2 if f.proprioception.roll_pitch is None else f.proprioception.roll_pitch for f in frames]
        ),
    }
    for i, frame in enumerate(frames):
        arrays[f"rgb_{i}"] = np.frombuffer(_encode(frame.rgb[..., ::-1]), np.uint8)
        arrays[f"depth_{i}"] = np.frombuffer(_encode(_to_millimetres(frame.depth)), np.uint8)
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # the pictures are compressed already
    write_bytes(path, stream.getvalue())


def load_frames(path: Path) -> tuple[Observation, ...]:
    """What `save_frames` wrote."""
    with np.load(path) as data:
        if not len(data["time"]):
            return ()
        camera = Camera.from_json(json.loads(str(data["camera"])))
        frames = []
        for i, time in enumerate(data["time"]):
            pose = data["pose"][i]
            tilt = data["roll_pitch"][i] if "roll_pitch" in data else np.full(2, np.nan)
            felt = Proprioception(
                data["joint_pos"][i],
                pose if np.isfinite(pose).all() else None,
                data["pose_std"][i],
                tilt if np.isfinite(tilt).all() else None,
            )
            rgb = _decode(data[f"rgb_{i}"].tobytes())[..., ::-1]
            depth = _decode(data[f"depth_{i}"].tobytes()) / _MILLIMETRES
            frames.append(Observation(float(time), rgb, depth, camera, felt))
        return tuple(frames)


def load_pictures(path: Path, most: int) -> list[Array]:
    """RGB (H, W, 3) uint8 of at most so many of the looks that `save_frames` wrote, evenly spaced, ends left out.

    Args:
        path: of the looks.
        most: pictures.

    Raises:
        OSError, EOFError, ValueError, KeyError, BadZipFile: the file is missing or damaged.
    """
    with np.load(path) as data:
        count = len(data["time"])
        chosen = sorted({round(v) for v in np.linspace(0, count - 1, most + 2)[1:-1]}) if count else []
        return [_decode(data[f"rgb_{i}"].tobytes())[..., ::-1] for i in chosen]


def save_contact(folder: Path, contact: Contact | None) -> None:
    """Write contact.json: what the hands do in the clip, null if nothing."""
    write_json(folder / CONTACT, {"contact": None if contact is None else asdict(contact)})


def load_contact(folder: Path) -> Contact | None:
    """What `save_contact` wrote."""
    return _contact(json.loads((folder / CONTACT).read_text())["contact"])


def _contact(data: dict[str, Any] | None) -> Contact | None:
    if data is None:
        return None
    pairs = {name: tuple(data[name]) for name in ("hands", "way", "at")}
    return Contact(**{**data, **pairs, "fingers": Fingers.from_json(data.get("fingers"))})


def save_passage(folder: Path, passage: Passage | None) -> None:
    """Write passage.json: the bar that the clip goes over or under, null if none."""
    write_json(folder / PASSAGE, {"passage": None if passage is None else asdict(passage)})


def load_passage(folder: Path) -> Passage | None:
    """What `save_passage` wrote."""
    return Passage.from_json(json.loads((folder / PASSAGE).read_text())["passage"])


def save_grounded(folder: Path, grounded: GroundedMotion) -> None:
    """Write grounded.npz (the moved human motion) and grounded.json (where it was put)."""
    save_human(folder / GROUNDED, grounded.human)
    write_json(
        (folder / GROUNDED).with_suffix(".json"),
        {
            "start": grounded.start.to_json(),
            "goal": grounded.goal.to_json(),
            "target": grounded.target,
            "shift_m": grounded.shift,
            "turn_rad": grounded.turn,
            "contact": None if grounded.contact is None else asdict(grounded.contact),
            "passage": None if grounded.passage is None else asdict(grounded.passage),
        },
    )


def load_grounded(folder: Path) -> GroundedMotion:
    """What `save_grounded` wrote."""
    report = json.loads((folder / GROUNDED).with_suffix(".json").read_text())
    return GroundedMotion(
        load_human(folder / GROUNDED),
        Pose2D(*report["start"]),
        Pose2D(*report["goal"]),
        report["target"],
        report["shift_m"],
        report["turn_rad"],
        _contact(report["contact"]),
        Passage.from_json(report["passage"]),
    )


def save_rollout(folder: Path, rollout: Rollout) -> None:
    """Write rollout.npz and the looks taken on the way."""
    save_frames(folder / FRAMES, rollout.frames)
    write_npz(
        folder / ROLLOUT,
        {
            "fps": rollout.fps,
            "joint_pos": rollout.joint_pos,
            "pose": rollout.pose,
            "reference": rollout.reference,
            "fell": rollout.fell,
            "seconds": rollout.seconds,
            "metrics": json.dumps(rollout.metrics),
        },
    )


def _to_millimetres(depth: Array) -> Array:
    return np.asarray(np.clip(np.round(depth * _MILLIMETRES), 0, 65535).astype(np.uint16))


def _encode(image: Array, kind: str = ".png", *options: int) -> bytes:
    # Noisy depth holds no repetitions to look for: entropy coding alone is as small and twice as fast.
    options = options or (cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_HUFFMAN_ONLY)
    ok, data = cv2.imencode(kind, np.ascontiguousarray(image), list(options))
    if not ok:
        raise ValueError(f"a picture could not be encoded as {kind}")
    return bytes(data.tobytes())


def _decode(data: bytes) -> Array:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise ValueError("not a readable PNG")
    return np.asarray(image)
