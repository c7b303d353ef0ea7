"""The picture of a convex body: which pixels it covers, whatever stands before it."""

from __future__ import annotations

import cv2
import numpy as np

from exoactor.types import Array, Camera

NEAREST = 0.1
"""What is not all further from the camera than this has no picture [m]."""


def silhouette(points: Array, camera: Camera, margin: int = 0) -> Array:
    """(H, W) bool, the picture of the hull of points, so much larger; empty if some are not before the camera.

    Args:
        points: (N, 3) in the world [m].
        camera: its calibration.
        margin: [px].
    """
    picture = np.zeros((camera.size[1], camera.size[0]), np.uint8)
    pixels, depth = camera.project(points)
    if (depth >= NEAREST).all():
        cv2.fillConvexPoly(picture, cv2.convexHull(np.round(pixels).astype(np.int32)), 1)
    if margin:
        picture = cv2.dilate(picture, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8))
    return picture.astype(bool)
