"""The 21-point hand landmark network (MediaPipe, Apache-2.0) on LiteRT, and how far it says that fingers are bent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exoactor.estimate.networks import Network, Region, cut
from exoactor.types import Array

_SIZE = 224
_FIRST = 0.85  # region of the first look over that of the hand's view
_SECOND = 1.8  # side of the second look over the extent of the points
_NOBODY = 0.1  # presence below which there is nothing to look at again
_FINGERS = ((5, 6, 7, 8), (9, 10, 11, 12), (13, 14, 15, 16), (17, 18, 19, 20))


@dataclass(frozen=True)
class HandReading:
    """What the network saw in one region.

    Args:
        world: (21, 3) metric landmarks about the hand's middle, turned as the picture is [m].
        presence: 0..1, that there is a hand at all.
        right: 0..1, that it is a right one.
    """

    world: Array
    presence: float
    right: float

    @property
    def flexion(self) -> Array:
        """(4,) mean angle between neighbouring bones of index, middle, ring and little finger [rad]."""
        return np.array([_bent(self.world[[0, *finger]]) for finger in _FINGERS])


class HandNetwork:
    """Reads a hand in two looks: the second at where the first has found it.

    Args:
        path: hand_landmark_full.tflite.
    """

    def __init__(self, path: Path) -> None:
        self._network = Network(path)

    def __call__(self, rgb: Array, region: Region) -> HandReading:
        """The hand in `region` of an (H, W, 3) uint8 picture, the forearm pointing up in it."""
        xy, reading = self._look(rgb, Region(region.x, region.y, _FIRST * region.size, region.angle))
        if reading.presence < _NOBODY:
            return reading
        x, y = (float(v) for v in xy.mean(0))
        return self._look(rgb, Region(x, y, float(_SECOND * np.ptp(xy, axis=0).max()), region.angle))[1]

    def _look(self, rgb: Array, region: Region) -> tuple[Array, HandReading]:
        points, presence, right, world = self._network(cut(rgb, region, _SIZE) / 255.0)
        affine = region.to_picture(_SIZE)
        xy = points.reshape(21, 3)[:, :2] @ affine[:, :2].T + affine[:, 2]
        return xy, HandReading(world.reshape(21, 3).astype(float), float(presence[0]), float(right[0]))


def _bent(points: Array) -> float:
    bones = np.diff(points, axis=0)
    bones /= np.maximum(np.linalg.norm(bones, axis=1, keepdims=True), 1e-9)
    return float(np.arccos(np.clip((bones[1:] * bones[:-1]).sum(1), -1, 1)).mean())
