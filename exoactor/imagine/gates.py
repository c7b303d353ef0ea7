"""Is a clip what the next stages can work with: one shot, a camera at rest, one person who moves and stays?

Looked for in the pixels of the mp4 alone, in one pass, with OpenCV and no network. A person who stands still all
clip long cannot be told from furniture by a median image, so vanishing and jumping are found as what they are:
from one frame to the next a solid piece of the picture as large as a person changes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from exoactor.formats.video import probe, read_frames
from exoactor.types import Array, GateResult, StageError


@dataclass(frozen=True)
class GateCfg:
    """Thresholds.

    Args:
        width: clips are looked at scaled to this width [px].
        min_seconds: shorter clips are refused [s].
        cut: share of the picture that may change solidly from one frame to the next.
        pan: how far a corner of the background may move, share of the width [%].
        pan_hz: how often the background is tracked [1/s].
        inliers: share of tracked points that must move together for a track to count.
        freeze: share of the clip that may stand still.
        still: share of pixels that change in a fifth of a second in a picture that does not stand still.
        still_grain: grey level difference that counts for it, 0..255; a repeated frame is decoded all but equal, while
            even somebody far off who only sways changes some pixels by more.
        solid: share of the picture that a person's disappearance changes solidly; less is ordinary movement.
        sudden: and more than this times what the frames around change.
        jump: of a person in one frame, in heights of that person.
        grain: colour difference below which a pixel has not changed, 0..255.
    """

    width: int = 320
    min_seconds: float = 0.8
    cut: float = 0.12
    pan: float = 1.0
    pan_hz: float = 6.0
    inliers: float = 0.35
    freeze: float = 0.25
    still: float = 1.5e-4
    still_grain: int = 3
    solid: float = 0.0025
    sudden: float = 4.0
    jump: float = 0.25
    grain: int = 18


@dataclass
class _Trace:
    """What was measured frame by frame."""

    solid: list[float] = field(default_factory=list)
    blobs: list[list[tuple[float, float, float, float]]] = field(default_factory=list)
    still: list[bool] = field(default_factory=list)
    corner: list[float] = field(default_factory=list)
    corner_frames: list[int] = field(default_factory=list)
    tracked: list[bool] = field(default_factory=list)


def run_gates(video: Path, cfg: GateCfg | None = None) -> list[GateResult]:
    """Check a clip: decode, cut, pan, freeze, vanish, teleport, in the order in which they matter.

    Raises:
        ConfigError: the file is no whole video.
    """
    cfg = cfg or GateCfg()
    info = probe(video)
    if info.seconds < cfg.min_seconds:
        return [GateResult("decode", False, info.seconds, cfg.min_seconds, "s")]
    trace = _watch(video, info.fps, info.width, info.height, cfg)
    solid = np.array(trace.solid)
    worst = int(solid.argmax()) + 1
    corner = max(trace.corner, default=0.0)
    lost = not trace.tracked or np.mean(trace.tracked) < 0.5
    # somebody near the camera changes much of the picture with every frame of a step; a jump stands alone
    sudden = np.maximum(cfg.solid, cfg.sudden * _around(solid, 5))
    events = [int(i) for i in np.nonzero((solid > sudden) & (solid <= cfg.cut))[0]]
    jumps = {i + 1: _jump(trace.blobs[i]) for i in events}
    teleports = {i: d for i, d in jumps.items() if d > cfg.jump}
    gone = {i + 1: float(solid[i]) for i in events if i + 1 not in teleports}
    still = float(np.mean(trace.still))
    return [
        GateResult("decode", True, info.seconds, cfg.min_seconds, "s"),
        GateResult("cut", bool(solid.max() <= cfg.cut), float(solid.max()), cfg.cut, "share of picture", worst),
        GateResult(
            "pan",
            bool(corner <= cfg.pan and not lost),
            float("inf") if lost else corner,
            cfg.pan,
            "% of width",
            trace.corner_frames[int(np.argmax(trace.corner))] if trace.corner else None,
        ),
        GateResult("freeze", still <= cfg.freeze, still, cfg.freeze, "share of clip", None),
        _event("vanish", gone, float(solid[solid <= sudden].max(initial=0.0)), cfg.solid, "share of picture"),
        _event("teleport", teleports, 0.0, cfg.jump, "heights"),
    ]


def enforce(results: Sequence[GateResult]) -> None:
    """Raise `StageError("gate", name)` for the first check that was not passed."""
    for result in results:
        if not result.passed:
            where = "" if result.frame is None else f" at frame {result.frame}"
            raise StageError(
                "gate", result.name, f"{result.value:.3g} {result.unit}, at most {result.threshold:.3g} allowed{where}"
            )


def _event(name: str, events: dict[int, float], otherwise: float, threshold: float, unit: str) -> GateResult:
    if not events:
        return GateResult(name, True, otherwise, threshold, unit)
    worst = max(events, key=lambda frame: events[frame])
    return GateResult(name, False, events[worst], threshold, unit, worst)


def _watch(video: Path, fps: float, width: int, height: int, cfg: GateCfg) -> _Trace:
    size = (cfg.width, round(cfg.width * height / width))
    lag, every = max(round(fps / 5), 1), max(round(fps / cfg.pan_hz), 1)
    trace, recent = _Trace(), deque[Array](maxlen=lag)
    before: Array | None = None
    anchor: Array | None = None
    last: Array | None = None
    anchored, moved = np.eye(3), np.eye(3)
    for index, frame in enumerate(read_frames(video)):
        small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
        gray = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        if before is not None:
            share, blobs = _solid_change(before, small, cfg.grain)
            trace.solid.append(share)
            trace.blobs.append(blobs)
        if len(recent) == lag:
            changed = cv2.absdiff(gray, recent[0]) > cfg.still_grain
            trace.still.append(bool(changed.mean() < cfg.still))
        if anchor is None or last is None:
            anchor = last = gray
        elif index % every == 0:
            step = _background_motion(anchor, gray, cfg.inliers)
            if step is None:
                # too far from the anchor, or behind a cut: go on from the frame before
                anchor, anchored = last, moved
                step = _background_motion(anchor, gray, cfg.inliers)
            trace.tracked.append(step is not None)
            if step is None:
                anchor = gray
            else:
                moved = step @ anchored
                trace.corner.append(_worst_corner(moved, size))
                trace.corner_frames.append(index)
            last = gray
        recent.append(gray)
        before = small
    return trace


def _around(values: Array, reach: int) -> Array:
    """How lively it is about each of (N,) values, itself left out.

    The third largest of the `reach` values before and after it, or one right beside it: somebody who begins to step
    swings a leg for some frames, somebody who vanishes does so in one.
    """
    padded = np.pad(values, reach, mode="reflect") if len(values) > reach else np.pad(values, reach, mode="edge")
    windows = np.delete(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), reach, axis=1)
    beside = windows[:, reach - 1 : reach + 1].max(axis=1)
    return np.asarray(np.maximum(np.sort(windows, axis=1)[:, -3], beside))


def _solid_change(before: Array, after: Array, grain: int) -> tuple[float, list[tuple[float, float, float, float]]]:
    """Share of the picture that changed in pieces thicker than the rim a moving person leaves.

    Returns:
        share: of all pixels.
        blobs: of each solid piece its area, centre x, centre y and height [px], largest first.
    """
    changed = (cv2.absdiff(before, after).max(-1) > grain).astype(np.uint8)
    if not changed.any():
        return 0.0, []
    solid = cv2.morphologyEx(changed, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    share = float(solid.mean())
    if share == 0.0:
        return 0.0, []
    joined = cv2.dilate(solid, np.ones((9, 5), np.uint8))
    count, _, stats, centres = cv2.connectedComponentsWithStats(joined)
    blobs = [
        (
            float(stats[k, cv2.CC_STAT_AREA]),
            float(centres[k, 0]),
            float(centres[k, 1]),
            float(stats[k, cv2.CC_STAT_HEIGHT]),
        )
        for k in range(1, count)
    ]
    return share, sorted(blobs, reverse=True)


def _jump(blobs: list[tuple[float, float, float, float]]) -> float:
    """How far apart the two largest pieces are, in heights of the larger; 0 if there is one that outweighs all."""
    if len(blobs) < 2 or blobs[1][0] < 0.2 * blobs[0][0]:
        return 0.0
    (_, x0, y0, high), (_, x1, y1, other) = blobs[:2]
    apart = abs(x1 - x0)
    # pieces above one another belong to one person
    return apart / max(high, other) if abs(y1 - y0) < max(high, other) else 0.0


def _background_motion(before: Array, after: Array, inliers: float) -> Array | None:
    """(3, 3) similarity that most corners of the picture moved by, None if they do not agree."""
    points = cv2.goodFeaturesToTrack(before, 250, 0.01, 6)
    if points is None or len(points) < 12:
        return None
    tracked, found, _ = cv2.calcOpticalFlowPyrLK(before, after, points, None, winSize=(15, 15), maxLevel=3)
    good = found.ravel() == 1
    if good.sum() < 12:
        return None
    model, agree = cv2.estimateAffinePartial2D(
        points[good], tracked[good], method=cv2.RANSAC, ransacReprojThreshold=1.0
    )
    if model is None or agree.mean() < inliers:
        return None
    return np.vstack([model, [0, 0, 1]])


def _worst_corner(moved: Array, size: tuple[int, int]) -> float:
    """Largest displacement of a corner of the picture [% of its width]."""
    corners = np.array([[0, 0, 1], [size[0], 0, 1], [0, size[1], 1], [size[0], size[1], 1.0]]).T
    return float(np.linalg.norm((moved @ corners - corners)[:2], axis=0).max() / size[0] * 100)
