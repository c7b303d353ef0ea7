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
    empty = _without_person(frames)
    out = list(frames)
    out[at : at + length] = [empty] * length
    return out


def _teleport(frames: list[Array], rng: np.random.Generator) -> list[Array]:
    """Cut the person out and put her down elsewhere, which a jump of a generated person looks like."""
    height, width = frames[0].shape[:2]
    empty = _without_person(frames)
    at = int(len(frames) * rng.uniform(0.3, 0.7))
    masks = [_person(f, empty) for f in frames[at:]]
    columns = np.nonzero(np.any([m.any(0) for m in masks], axis=0))[0]
    rows = np.nonzero(masks[0].any(1))[0]
    if not len(columns) or not len(rows):
        return frames
    jump = int((rows[-1] - rows[0]) * rng.uniform(0.5, 0.8))
    # to the side with more room, so that she stays in the picture
    right = width - 1 - columns[-1]
    jump = min(jump, int(right)) if right > columns[0] else -min(jump, int(columns[0]))
    move = np.array([[1, 0, jump], [0, 1, 0]], np.float32)
    out = list(frames[:at])
    for frame, mask in zip(frames[at:], masks, strict=True):
        alpha = cv2.warpAffine(mask.astype(np.float32), move, (width, height))[..., None]
        there = cv2.warpAffine(frame, move, (width, height))
        out.append(np.round(empty * (1 - alpha) + there * alpha).astype(np.uint8))
    return out


def _without_person(frames: list[Array]) -> Array:
    """The room with nobody in it.

    Where somebody moved, the frame that looks most like the surroundings continued sideways shows the room; where
    no frame does, because the person never left, the surroundings continued are all there is.
    """
    stack = np.stack(frames[:: max(len(frames) // 24, 1)])
    median = np.median(stack, axis=0).astype(np.uint8)
    active = np.zeros(median.shape[:2], np.uint8)
    for frame in stack:
        active |= (cv2.absdiff(frame, median).max(-1) > 14).astype(np.uint8)
    active = cv2.morphologyEx(active, cv2.MORPH_CLOSE, np.ones((25, 15), np.uint8))
    active = cv2.morphologyEx(active, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    outlines, _ = cv2.findContours(active, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    region = np.zeros_like(active)
    for outline in outlines:
        if cv2.contourArea(outline) > 30:
            cv2.fillConvexPoly(region, cv2.convexHull(outline), 1)
    region = cv2.dilate(region, np.ones((9, 9), np.uint8)).astype(bool)
    around = _continued_sideways(median, region)
    best, error = around.copy(), np.full(region.shape, 22.0, np.float32)
    for frame in stack:
        distance = cv2.blur(cv2.absdiff(frame, around).max(-1).astype(np.float32), (21, 21))
        nearer = region & (distance < error)
        best[nearer], error[nearer] = frame[nearer], distance[nearer]
    return np.asarray(best)


def _continued_sideways(image: Array, region: Array) -> Array:
    """Each row of the region filled by a ramp between the pixels left and right of it."""
    out = image.astype(np.float32)
    width = image.shape[1]
    for row in np.nonzero(region.any(1))[0]:
        edges = np.diff(np.concatenate([[0], region[row].astype(np.int8), [0]]))
        for left, right in zip(np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0], strict=True):
            ends = [out[row, max(left - 4, 0) : left], out[row, right : min(right + 4, width)]]
            known = [e.mean(0) for e in ends if len(e)] or [out[row].mean(0)]
            out[row, left:right] = np.linspace(known[0], known[-1], right - left)
    out[region] = cv2.GaussianBlur(out, (0, 0), 1)[region]
    return np.asarray(np.round(out).astype(np.uint8))


def _person(frame: Array, empty: Array) -> Array:
    """(H, W) bool: the largest thing that is in the frame and not in the empty room, parts near it included."""
    mask = (cv2.absdiff(frame, empty).max(-1) > 20).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return np.zeros(mask.shape, bool)
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    kept = [k for k in range(1, count) if stats[k, cv2.CC_STAT_AREA] > 0.08 * stats[largest, cv2.CC_STAT_AREA]]
    return np.isin(labels, kept)
