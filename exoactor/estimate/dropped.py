"""What a thing falls into that somebody lets go of in a clip: its colour is seen to end in a basket or bin.

Behind a rim a thing vanishes, wholly or in part; what tells that it went in is where it was seen last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from exoactor.colour import ACHROMATIC, labels
from exoactor.container import BESIDE_IT, Opening, is_container, opening
from exoactor.formats.video import probe, read_frames
from exoactor.silhouette import silhouette
from exoactor.types import Array, Camera, SceneObject


@dataclass(frozen=True)
class DroppedCfg:
    """What counts as falling in.

    Args:
        hz: pictures a second that are compared [1/s].
        few: fewer pixels of its colour are not seen [px].
        margin: what is round the opening by this still counts as over it [m]; a person's hand errs by some centimetres.
        high: what is held over a rim has its top no higher above it than its own height and this [m].
        stands: what has fallen in has its top no higher than one that stands inside, and this [m].
        last: the end of the clip that is looked at [s].
        seen: share of the pictures before the end in which it has to be seen, 0..1.
    """

    hz: float = 8.0
    few: int = 8
    margin: float = 0.05
    high: float = 0.45
    stands: float = 0.09
    last: float = 0.6
    seen: float = 0.3


def falls_into(
    video: Path,
    camera: Camera,
    thing: SceneObject,
    things: Sequence[SceneObject],
    colours: Sequence[str],
    cfg: DroppedCfg | None = None,
) -> str | None:
    """Id of the basket or bin that a held thing is let drop into; None if it ends elsewhere or that cannot be told.

    Args:
        video: the clip.
        camera: its calibration.
        thing: what is held as the clip begins, and where.
        things: in the scene.
        colours: names of all colours in the scene, so that a pixel goes to the nearest.
        cfg: tunables.
    """
    cfg = cfg or DroppedCfg()
    names = [name for name in dict.fromkeys(colours) if name not in ACHROMATIC]
    near = [
        other
        for other in things
        if is_container(other.item) and opening(other).distance(thing.position[:2]) < BESIDE_IT + cfg.margin
    ]
    if thing.item.color not in names or not near:
        return None
    info = probe(video)
    every = max(1, round(info.fps / cfg.hz))
    last = max(1, round(cfg.last * info.fps / every))
    found: list[Array] = []
    elsewhere: Array | None = None
    for frame in islice(read_frames(video), 0, None, every):
        if frame.shape[:2] != (camera.size[1], camera.size[0]):
            return None
        mine = labels(frame, names) == names.index(thing.item.color)
        if elsewhere is None:  # what has its colour and is not it stays where it is
            elsewhere = mine & ~silhouette(thing.corners, camera, 6)
        rows, columns = np.nonzero(mine & ~elsewhere)
        found.append(np.column_stack([columns, rows]) + 0.5)
    seen = [pixels for pixels in found[:-last] if len(pixels) >= cfg.few]
    if len(seen) < cfg.seen * len(found):
        return None
    end = [pixels for pixels in found[-last:] if len(pixels) >= cfg.few]
    return next((other.id for other in near if _ends_in(opening(other), thing, camera, seen, end, cfg)), None)


def _ends_in(
    into: Opening, thing: SceneObject, camera: Camera, seen: Sequence[Array], end: Sequence[Array], cfg: DroppedCfg
) -> bool:
    """Whether pixels (N, 2) of a thing, the last ones before the end and those of the end, say that it is in there."""
    tall = float(thing.item.size[2])
    over = silhouette(_column(into, into.floor, into.rim + cfg.high, cfg.margin), camera)
    if not _mostly(seen[-1], over):
        return False
    inside = max(into.floor + tall, into.rim) + cfg.stands
    within = silhouette(_column(into, into.floor, inside, cfg.margin), camera)
    return all(_mostly(pixels, within) and _top(pixels, into, camera) < inside for pixels in end)


def _mostly(pixels: Array, region: Array) -> bool:
    column, row = pixels.astype(int).T
    return bool(region[row, column].mean() > 0.7)


def _top(pixels: Array, into: Opening, camera: Camera) -> float:
    """Height of the highest of some pixels, if they are at the middle of an opening [m]."""
    heights = np.linspace(into.floor, into.rim + 1.0, 200)
    rows = camera.project(np.column_stack([np.tile(into.middle, (200, 1)), heights]))[0][:, 1]
    return float(np.interp(-np.percentile(pixels[:, 1], 3), -rows, heights))


def _column(into: Opening, low: float, high: float, margin: float) -> Array:
    """(8, 3) corners of what is over an opening between two heights [m]."""
    signs = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    c, s = np.cos(into.yaw), np.sin(into.yaw)
    place = (signs * (into.half + margin)) @ np.array([[c, s], [-s, c]]) + into.middle
    return np.concatenate([np.column_stack([place, np.full(4, z)]) for z in (low, high)])
