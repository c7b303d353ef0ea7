"""Spoils a clip in one of the ways generated video fails, for the `bad_video` fault and to test the gates."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from exoactor.formats.video import probe, read_frames, write_mp4
from exoactor.types import Array, ConfigError

DEFECTS = ("cut", "pan", "freeze", "vanish", "teleport")


def plant(video: Path, defect: str, out: Path, seed: int) -> None:
    """Write a spoilt copy of a clip; size, rate and number of frames stay.

    cut: the second part is another shot of the room, mirrored and zoomed. pan: the camera turns slowly. freeze: the
    picture stands still for a good third of the clip. vanish: the person is gone for a while. teleport: from one
    frame to the next the person is somewhere else.

    Args:
        video: the clip.
        defect: one of `DEFECTS`.
        out: the spoilt clip; may be the same file.
        seed: of when, how much and which way.

    Raises:
        ConfigError: unknown defect, or a clip of less than 20 frames.
    """
    if defect not in DEFECTS:
        raise ConfigError(f"defect {defect!r} is not one of {', '.join(DEFECTS)}")
    info = probe(video)
    frames = list(read_frames(video))
    if len(frames) < 20:
        raise ConfigError(f"{video} has {len(frames)} frames; a defect needs at least 20")
    rng = np.random.default_rng([seed, DEFECTS.index(defect)])
    spoilt = {"cut": _cut, "pan": _pan, "freeze": _freeze, "vanish": _vanish, "teleport": _teleport}[defect](
        frames, rng
    )
    write_mp4(out, spoilt, info.fps)


def _cut(frames: list[Array], rng: np.random.Generator) -> list[Array]:
    height, width = frames[0].shape[:2]
    at = int(len(frames) * rng.uniform(0.25, 0.75))
    zoom = cv2.getRotationMatrix2D((width / 2, height / 2), 0, float(rng.uniform(1.1, 1.35)))
    other = [cv2.warpAffine(np.ascontiguousarray(f[:, ::-1]), zoom, (width, height)) for f in frames[at:]]
    return [*frames[:at], *other]


def _pan(frames: list[Array], rng: np.random.Generator) -> list[Array]:
    height, width = frames[0].shape[:2]
    total = rng.choice([-1, 1]) * rng.uniform(0.04, 0.12) * width
    begin = rng.uniform(0.0, 0.4)
    out = []
    for i, frame in enumerate(frames):
        share = float(np.clip((i / len(frames) - begin) / (0.95 - begin), 0, 1))
        move = np.array([[1, 0, total * share], [0, 1, 0]], np.float32)
        out.append(cv2.warpAffine(frame, move, (width, height), borderMode=cv2.BORDER_REPLICATE))
    return out


def _freeze(frames: list[Array], rng: np.random.Generator) -> list[Array]:
    length = int(len(frames) * rng.uniform(0.40, 0.6))
    at = int(rng.uniform(0.1, 0.9 - length / len(frames)) * len(frames))
    return [frames[at] if at <= i < at + length else f for i, f in enumerate(frames)]


def _vanish(frames: list[Array], rng: np.random.Generator) -> list[Array]:
    length = max(int(len(frames) * rng.uniform(0.15, 0.4)), 8)
    at = int(rng.uniform(0.1, 0.9 - length / len(frames)) * len(frames))
    empty, box = _without_person(frames)
    out = list(frames)
    for i in range(at, at + length):
        out[i] = frames[i].copy()
        out[i][box] = empty[box]
    return out


def _teleport(frames: list[Array], rng: np.random.Generator) -> list[Array]:
    """Cut the person out and put her down elsewhere, which a jump of a generated person looks like."""
    height, width = frames[0].shape[:2]
    empty, _ = _without_person(frames)
    at = int(len(frames) * rng.uniform(0.3, 0.7))
    boxes = [_person_box(f, empty) for f in frames]
    known = [b for b in boxes[at:] if b is not None] or [(0, 0, width, height)]
    left, right = min(b[0] for b in known), max(b[2] for b in known)
    size = float(np.median([b[3] - b[1] for b in known]))
    jump = int(size * rng.uniform(0.45, 0.8))
    # to the side with more room, so that she stays in the picture
    jump = -jump if left > width - right else jump
    out = list(frames[:at])
    for frame, box in zip(frames[at:], boxes[at:], strict=True):
        moved = empty.copy()
        if box is not None:
            x0, y0, x1, y1 = box
            shift = int(np.clip(jump, -x0, width - x1))
            moved[y0:y1, x0 + shift : x1 + shift] = frame[y0:y1, x0:x1]
        out.append(moved)
    return out


def _without_person(frames: list[Array]) -> tuple[Array, tuple[slice, slice]]:
    """The room with nobody in it, and the box that the person is ever in.

    Where the person never leaves a place the room behind is unknown; it is painted over from around.
    """
    stack = np.stack(frames[:: max(len(frames) // 24, 1)])
    empty = np.median(stack, axis=0).astype(np.uint8)
    spread = np.zeros(empty.shape[:2], np.uint8)
    for frame in stack:
        spread |= (cv2.absdiff(frame, empty).max(-1) > 18).astype(np.uint8)
    spread = cv2.morphologyEx(spread, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero(spread.any(1))[0], np.nonzero(spread.any(0))[0]
    if not len(rows):
        return empty, (slice(0, empty.shape[0]), slice(0, empty.shape[1]))
    return empty, (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))


def _person_box(frame: Array, empty: Array) -> tuple[int, int, int, int] | None:
    mask = (cv2.absdiff(frame, empty).max(-1) > 24).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
