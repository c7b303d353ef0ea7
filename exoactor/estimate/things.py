"""How a thing moves in a clip: its colour, compared with the picture it would make higher up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from exoactor.colour import ACHROMATIC, labels
from exoactor.estimate.small_things import FollowedSmall, best_rise
from exoactor.formats.video import probe, read_frames
from exoactor.grasp import is_graspable
from exoactor.types import Array, Camera, Rise, SceneObject


@dataclass(frozen=True)
class RiseCfg:
    """How rises are looked for.

    Args:
        hz: pictures a second that are compared [1/s].
        highest: rises looked for, and falls, down to the floor [m].
        step: between two of them [m].
        stride: pixels between those looked at [px].
        least: overlap of colour and silhouette, 0..1, below which nothing is said about a picture.
    """

    hz: float = 8.0
    highest: float = 0.8
    step: float = 0.02
    stride: int = 2
    least: float = 0.15


def rises_of(
    video: Path, camera: Camera, things: Sequence[SceneObject], colours: Sequence[str], cfg: RiseCfg | None = None
) -> dict[str, Rise]:
    """Follow things up and down through a clip.

    Args:
        video: the clip.
        camera: its calibration.
        things: where they stood in the look that the clip starts from.
        colours: names of all colours in the scene, so that a pixel goes to the nearest.
        cfg: tunables.

    Returns:
        Heights by id; all NaN for a thing without a colour of its own, which cannot be told from its surroundings.
    """
    if not things:
        return {}
    cfg = cfg or RiseCfg()
    info = probe(video)
    every = max(1, round(info.fps / cfg.hz))
    names = [name for name in dict.fromkeys(colours) if name not in ACHROMATIC]
    followed: dict[str, _Followed | FollowedSmall] = {
        thing.id: FollowedSmall(thing, camera) if is_graspable(thing.item) else _Followed(thing, camera, cfg)
        for thing in things
        if thing.item.color in names
    }
    times: list[float] = []
    heights: dict[str, list[float]] = {thing.id: [] for thing in things}
    for index, frame in enumerate(islice(read_frames(video), 0, None, every)):
        times.append(index * every / info.fps)
        fits = frame.shape[:2] == (camera.size[1], camera.size[0])
        for id, seen in heights.items():
            seen.append(followed[id].height(frame, names) if fits and id in followed else np.nan)
    return {id: Rise(np.array(times), np.array(seen)) for id, seen in heights.items()}


class _Followed:
    """One thing's pictures at all rises, to compare a frame with."""

    def __init__(self, thing: SceneObject, camera: Camera, cfg: RiseCfg) -> None:
        lowest = np.floor(min(float(thing.position[2]), cfg.highest) / cfg.step)
        self._rises = cfg.step * np.arange(-lowest, cfg.highest / cfg.step + 1e-9)
        self._shapes, self._crop = _silhouettes(thing, camera, self._rises, cfg.stride)
        self._color, self._cfg = thing.item.color, cfg

    def height(self, frame: Array, names: Sequence[str]) -> float:
        """How high it is in a frame (H, W, 3) [m]; NaN where it is not seen well enough."""
        stride = self._cfg.stride
        mine = labels(frame[self._crop][::stride, ::stride], names) == names.index(self._color)
        return best_rise(self._shapes, mine, self._rises, self._cfg.least)


def _silhouettes(thing: SceneObject, camera: Camera, rises: Array, stride: int) -> tuple[Array, tuple[slice, slice]]:
    """Pictures (N, h, w) bool of the thing at each rise, and the part of the image they lie in."""
    hulls = []
    for rise in rises:
        pixels, _ = camera.project(thing.corners + np.array([0.0, 0.0, rise]))
        hulls.append(cv2.convexHull(pixels.astype(np.float32))[:, 0])
    every = np.concatenate(hulls)
    size = np.array(camera.size)
    low = np.clip(np.floor(every.min(0)).astype(int) - 8, 0, size - 2 * stride)
    high = np.clip(np.ceil(every.max(0)).astype(int) + 8, low + 2 * stride, size)
    shape = (len(range(low[1], high[1], stride)), len(range(low[0], high[0], stride)))
    shapes = np.zeros((len(rises), *shape), np.uint8)
    for picture, hull in zip(shapes, hulls, strict=True):
        cv2.fillConvexPoly(picture, np.round((hull - low) / stride).astype(np.int32), 1)
    return shapes.astype(bool), (slice(low[1], high[1]), slice(low[0], high[0]))
