"""Where a hand is in a picture, how large, and the upright patch that a reader of hands looks at."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from exoactor.estimate.networks import Region, cut
from exoactor.types import Array, Camera

LENGTH = 0.18
"""From the wrist to the tip of the middle finger of a grown-up [m]; a hand's size in pixels is that of this length."""
_MIDDLE = 0.09
REGION = 1.9
"""Side of the region over the length of the hand: fingers stretched any way, and what the hand is at."""
PATCH = 64
"""Side of the patch [px]."""


@dataclass(frozen=True)
class HandView:
    """One hand in one picture.

    Args:
        region: the square round it, turned so that the forearm points up in it.
        pixels: length of the stretched hand, were it not foreshortened [px].
        foreshortening: of the forearm, 0 (it points along the view) to 1 (across it).
        left: it is the left hand.
    """

    region: Region
    pixels: float
    foreshortening: float
    left: bool


def hand_view(camera: Camera, elbow: Array, wrist: Array, *, left: bool) -> HandView | None:
    """Where a hand is seen; None if it is behind the camera.

    Args:
        camera: in the pixels of the picture.
        elbow: (3,) in the world [m].
        wrist: (3,) in the world [m].
        left: it is the left one.
    """
    along = (np.asarray(wrist) - elbow) / max(float(np.linalg.norm(np.asarray(wrist) - elbow)), 1e-6)
    middle = wrist + _MIDDLE * along
    pixels, depth = camera.project(np.stack([elbow, middle]))
    if depth.min() < 0.1:
        return None
    size = float(camera.intrinsics[1, 1] * LENGTH / depth[1])
    dx, dy = pixels[1] - pixels[0]
    angle = float((np.arctan2(dy, dx) + np.pi / 2 + np.pi) % (2 * np.pi) - np.pi)
    sight = (middle - camera.position) / np.linalg.norm(middle - camera.position)
    region = Region(float(pixels[1, 0]), float(pixels[1, 1]), REGION * size, angle)
    return HandView(region, size, float(np.linalg.norm(np.cross(along, sight))), left)


def patch_of(rgb: Array, view: HandView) -> Array:
    """(PATCH, PATCH, 3) uint8 of a hand, a left one mirrored so that it looks like a right one."""
    finer = max(1, round(view.region.size / PATCH))
    patch = cut(rgb, view.region, finer * PATCH)
    if finer > 1:
        patch = cv2.resize(patch, (PATCH, PATCH), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(patch[:, ::-1] if view.left else patch)
