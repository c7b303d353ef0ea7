"""How a small thing moves in a clip: its own picture at the clip's beginning, looked for higher and lower.

A bottle is a dozen pixels wide: the outline of its box does not fit it, and a hand hides a third of it. Its own picture
fits, with the fingers that are round it from the beginning or without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from exoactor.colour import labels
from exoactor.types import Array, Camera, SceneObject


@dataclass(frozen=True)
class SmallCfg:
    """How a small thing is followed.

    Args:
        highest: rises looked for [m] ...
        deepest: ... and falls: what is held before the shoulder is let down onto a low table [m].
        step: between two of them [m].
        margin: round the box of the thing, in the first picture [px].
        least: overlap of what is seen and what was seen at first, 0..1, below which that does not tell where it is.
        whole: nor does overlap with all of its outline below this: a hand that was round it at first may have gone.
            Then a hand hides most of it, and all rises are thought of that explain ...
        explained: ... this share of its colour ...
        few: ... of which that many pixels are seen; fewer say nothing [px] ...
        cautious: ... and the one at this share of their range is taken, from the end nearer to where it stood: what
            peeps out of a hand that is round a standing bottle has not risen.
        fewest: a thing that shows fewer pixels at first is not followed [px].
    """

    highest: float = 0.4
    deepest: float = 0.6
    step: float = 0.01
    margin: int = 3
    least: float = 0.2
    whole: float = 0.3
    explained: float = 0.8
    few: int = 5
    cautious: float = 0.5
    fewest: int = 12


def best_rise(shapes: Array, mine: Array, rises: Array, least: float) -> float:
    """The rise [m] whose picture fits best; NaN if none fits.

    Args:
        shapes: (N, h, w) bool, pictures of a thing at each rise.
        mine: (h, w) bool, what is seen of its colour.
        rises: (N,) [m].
        least: overlap of the two, 0..1, below which nothing is said.
    """
    both = (shapes & mine).sum((1, 2))
    either = (shapes | mine).sum((1, 2))
    overlap = both / np.maximum(either, 1)
    best = int(overlap.argmax())
    return float(rises[best]) if overlap[best] >= least else np.nan


class FollowedSmall:
    """One small thing's first picture, moved to all rises, to compare a frame with.

    Args:
        thing: where it is in the look that the clip starts from.
        camera: the clip's.
        cfg: tunables.
    """

    def __init__(self, thing: SceneObject, camera: Camera, cfg: SmallCfg | None = None) -> None:
        self._color, self._cfg = thing.item.color, cfg or SmallCfg()
        highest, step = self._cfg.highest, self._cfg.step
        lowest = np.floor(min(float(thing.position[2]), self._cfg.deepest) / step)
        self._rises = step * np.arange(-lowest, highest / step + 1e-9)
        middle = thing.position + np.array([0.0, 0.0, thing.item.size[2] / 2])
        up = middle + self._rises[:, None] * np.array([0.0, 0.0, 1.0])
        self._shifts = np.round(camera.project(up)[0] - camera.project(middle[None])[0]).astype(int)
        pixels, _ = camera.project(thing.corners)
        size, margin = np.array(camera.size), self._cfg.margin
        low = np.floor(pixels.min(0)).astype(int) - margin
        high = np.ceil(pixels.max(0)).astype(int) + margin
        self._box = (np.clip(low, 0, size - 1), np.clip(high, 1, size))
        all_low = np.clip(low + self._shifts.min(0), 0, size - 1)
        all_high = np.clip(high + self._shifts.max(0), all_low + 1, size)
        self._crop = (slice(all_low[1], all_high[1]), slice(all_low[0], all_high[0]))
        hulls = [cv2.convexHull((pixels + shift - all_low).astype(np.float32)) for shift in self._shifts]
        outlines = np.zeros((len(hulls), *(all_high - all_low)[::-1]), np.uint8)
        for picture, hull in zip(outlines, hulls, strict=True):
            cv2.fillConvexPoly(picture, np.round(hull).astype(np.int32), 1)
        self._outlines = outlines > 0
        self._shapes: Array | None = None

    def height(self, frame: Array, names: Sequence[str]) -> float:
        """How high it is in a frame (H, W, 3) [m], NaN where it is not seen well enough; the first one is the start."""
        mine = labels(frame[self._crop], list(names)) == list(names).index(self._color)
        if self._shapes is None:
            self._shapes = self._moved(mine)
        rise = best_rise(self._shapes, mine, self._rises, self._cfg.least)
        if not np.isfinite(rise):
            rise = best_rise(self._outlines, mine, self._rises, self._cfg.whole)
        return rise if np.isfinite(rise) else self._half_hidden(self._shapes, mine)

    def _half_hidden(self, shapes: Array, mine: Array) -> float:
        """A cautious rise or fall at which the little that is seen of it lies in its picture [m]; NaN if none does."""
        if mine.sum() < self._cfg.few:
            return np.nan
        inside = (shapes & mine).sum((1, 2)) >= self._cfg.explained * mine.sum()
        if not inside.any():
            return np.nan
        near, far = sorted(self._rises[inside][[0, -1]], key=abs)
        if near * far < 0:
            return 0.0  # it may well stand where it was
        return float(near + self._cfg.cautious * (far - near))

    def _moved(self, mine: Array) -> Array:
        """(N, h, w) bool of the thing's first picture at each rise."""
        rows, columns = self._crop
        low, high = (corner - [columns.start, rows.start] for corner in self._box)
        first = np.zeros(mine.shape, np.uint8)
        first[low[1] : high[1], low[0] : high[0]] = mine[low[1] : high[1], low[0] : high[0]]
        if first.sum() < self._cfg.fewest:
            return np.zeros((len(self._rises), *mine.shape), bool)
        moves = [np.array([[1.0, 0, x], [0, 1.0, y]]) for x, y in self._shifts]
        return np.array([cv2.warpAffine(first, move, mine.shape[::-1], flags=cv2.INTER_NEAREST) for move in moves]) > 0
