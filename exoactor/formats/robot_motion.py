"""Robot motions as npz: what `retarget` writes, `track` reads and reference clips come in."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

from exoactor.files import write_npz
from exoactor.types import CONTROL_HZ, G1_JOINTS, Array, ConfigError, HandTargets, PalmTargets, RobotMotion

_HAND = ("side", "point", "heading", "weight", "fingers", "roll", "pitch", "frame")
_NEEDED = ("fps", "root_pos", "root_quat_wxyz", "joint_pos", "joint_names")


def save_robot(path: Path, motion: RobotMotion) -> None:
    """Write a motion atomically.

    Fields: fps [1/s], root_pos (T, 3) [m], root_quat_wxyz (T, 4), joint_pos (T, 29) [rad], joint_names (29,),
    contacts (T, 2) bool and settle (2,) frames, (-1, -1) for none; where the hands work on something also
    palm_pos (T, 2, 3) [m], palm_weight (T,), palm_press (T, 2, 3) and palm_frame, "world" or "root"; where one hand
    does, hand_side, hand_point (T, 3) [m], hand_heading (T,) [rad], hand_weight (T,), hand_fingers (T, 14) [rad] and
    hand_roll and hand_pitch [rad] and hand_frame, as palm_frame.
    A motion that is held by the servos alone also has servo, true.
    """
    settle = (-1, -1) if motion.settle is None else motion.settle
    palms = motion.palms
    hands = {}
    if palms is not None:
        hands = {
            "palm_pos": palms.position,
            "palm_weight": palms.weight,
            "palm_press": palms.press,
            "palm_frame": np.array(palms.frame),
        }
    if motion.hand is not None:
        hands |= {f"hand_{name}": np.asarray(getattr(motion.hand, name)) for name in _HAND}
    if motion.servo:
        hands["servo"] = np.array(True)
    write_npz(
        Path(path),
        {
            "fps": np.float64(motion.fps),
            "root_pos": motion.root_pos,
            "root_quat_wxyz": motion.root_quat,
            "joint_pos": motion.joint_pos,
            "joint_names": np.array(G1_JOINTS),
            "contacts": motion.contacts,
            "settle": np.array(settle, np.int64),
            **hands,
        },
    )


def load_robot(path: Path) -> RobotMotion:
    """Read a motion and bring it to `CONTROL_HZ` and the order of `G1_JOINTS`.

    Joints the file does not have stay at 0 (clips for the 23-joint G1 have no wrists); without `contacts` both
    feet count as planted.

    Raises:
        ConfigError: the file is absent, unreadable, lacks a field, names an unknown joint or holds bad numbers.
    """
    path = Path(path)
    data = _read(path)
    names = [str(n) for n in np.atleast_1d(data["joint_names"])]
    odd = [n for n in names if n not in G1_JOINTS]
    if odd:
        raise ConfigError(f"{path}: unknown joints {', '.join(odd[:5])}. Allowed: {', '.join(G1_JOINTS)}.")
    if len(set(names)) != len(names):
        raise ConfigError(f"{path}: joint_names names a joint twice.")
    try:
        fps = float(data["fps"])
        if not 1.0 <= fps <= 1000.0:
            raise ValueError(f"fps: {fps} given, 1..1000 wanted")
        root_pos = np.asarray(data["root_pos"], float)
        quat = np.asarray(data["root_quat_wxyz"], float)
        length = np.linalg.norm(quat, axis=-1, keepdims=True)
        # clips blended linearly between key frames are a little short; anything else is left for the check below
        quat = np.where(np.abs(length - 1) < 0.1, quat / np.maximum(length, 0.5), quat)
        given = np.asarray(data["joint_pos"], float)
        n = len(root_pos)
        if given.shape != (n, len(names)):
            raise ValueError(f"joint_pos: shape {given.shape} given, {(n, len(names))} wanted")
        joints = np.zeros((n, len(G1_JOINTS)))
        joints[:, [G1_JOINTS.index(name) for name in names]] = given
        contacts = np.asarray(data.get("contacts", np.ones((n, 2))), bool)
        settle = _settle(data.get("settle"))
        palms = None
        if "palm_pos" in data:
            frame: Any = str(data.get("palm_frame", "world"))
            palms = PalmTargets(data["palm_pos"], data["palm_weight"], data["palm_press"], frame)
        hand = _hand(data) if "hand_side" in data else None
        servo = bool(data.get("servo", False))
        motion = RobotMotion(root_pos, quat, joints, contacts, fps, settle, palms, hand, servo)
    except (KeyError, ValueError, TypeError) as error:
        raise ConfigError(f"{path}: {error}. Make the motion anew with `exoactor retarget`.") from error
    return resampled(motion, CONTROL_HZ)


def resampled(motion: RobotMotion, fps: float) -> RobotMotion:
    """The same motion at another frame rate [1/s]: linear in positions and angles, great circle in rotation."""
    if abs(motion.fps - fps) < 1e-9:
        return motion
    n = len(motion)
    old = np.arange(n) / motion.fps
    new = np.arange(max(2, int(np.floor(old[-1] * fps + 1e-6)) + 1)) / fps
    new = np.minimum(new, old[-1])

    def linear(values: Array) -> Array:
        return np.stack([np.interp(new, old, column) for column in values.T], axis=1)

    rotation = Slerp(old, Rotation.from_quat(motion.root_quat, scalar_first=True))(new)
    nearest = np.clip(np.rint(new * motion.fps).astype(int), 0, n - 1)
    palms = None
    if motion.palms is not None:
        position = linear(motion.palms.position.reshape(n, 6)).reshape(-1, 2, 3)
        weight = np.interp(new, old, motion.palms.weight)
        palms = replace(motion.palms, position=position, weight=weight, press=motion.palms.press[nearest])
    hand = None
    if motion.hand is not None:
        given = motion.hand
        heading, weight = (np.interp(new, old, values) for values in (given.heading, given.weight))
        hand = replace(given, point=linear(given.point), heading=heading, weight=weight, fingers=linear(given.fingers))
    settle = None
    if motion.settle is not None:
        first, last = (round(f * fps / motion.fps) for f in motion.settle)
        first = min(first, len(new) - 1)
        settle = (first, min(max(last, first + 1), len(new)))
    return RobotMotion(
        linear(motion.root_pos),
        rotation.as_quat(scalar_first=True),
        linear(motion.joint_pos),
        motion.contacts[nearest],
        fps,
        settle,
        palms,
        hand,
        motion.servo,
    )


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise ConfigError(f"{path} {what}. A robot motion is an npz with {', '.join(_NEEDED)}.")
    try:
        with np.load(path, allow_pickle=False) as stored:
            data = {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, KeyError, AttributeError, zipfile.BadZipFile, zipfile.error) as error:
        raise ConfigError(f"{path} is not a readable npz ({error}). It may be cut off; make it anew.") from error
    missing = [name for name in _NEEDED if name not in data]
    if missing:
        raise ConfigError(f"{path}: lacks {', '.join(missing)}. A robot motion has {', '.join(_NEEDED)}.")
    return data


def _hand(data: dict[str, Any]) -> HandTargets:
    side: Literal["left", "right"] = "left" if str(data["hand_side"]) == "left" else "right"
    point, heading, weight, fingers = (data[f"hand_{name}"] for name in _HAND[1:5])
    roll, pitch = (float(data.get(f"hand_{name}", 0.0)) for name in ("roll", "pitch"))
    frame: Any = str(data.get("hand_frame", "world"))
    return HandTargets(side, point, heading, weight, fingers, roll, pitch, frame)


def _settle(stored: Any) -> tuple[int, int] | None:
    if stored is None:
        return None
    first, last = (int(v) for v in np.asarray(stored).reshape(-1))
    return None if first < 0 else (first, last)
