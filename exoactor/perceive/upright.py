"""Does the camera see at all, and does the robot stand or lie on the floor?"""

from __future__ import annotations

import cv2
import numpy as np

from exoactor.types import Array, Observation

STANDING_TOP = 0.95
"""A standing or crouching robot reaches at least this high [m]."""
LYING_TOP = 0.72
"""A robot on the floor, shoulder upwards, stays below this [m]."""
LYING_LENGTH = (0.55, 1.8)
"""Extent on the floor of a robot that lies or has sunk to its knees and hands [m]."""


def blind(observation: Observation) -> str:
    """Why the camera sees nothing, or "" when it does: black, uniform, covered, or without depth."""
    depth, gray = observation.depth[::8, ::8], observation.rgb[::8, ::8].mean(-1)
    returns = float((depth > 0).mean())
    if returns < 0.2:
        return f"only {100 * returns:.0f} % of the depth image has a return"
    if gray.max() < 20:
        return "the colour image is black"
    if gray.std() < 4:
        return "the colour image is uniform"
    covered = float(((depth > 0) & (depth < 0.35)).mean())
    return f"something covers {100 * covered:.0f} % of the view" if covered > 0.6 else ""


def lying(points: Array, near: Array | None, reach: float = 1.5, cell: float = 0.08) -> bool | None:
    """Whether an unexplained body lies on the floor.

    Args:
        points: (N, 3) colourless points above the floor that neither furniture nor walls explain [m].
        near: (2,) where the robot should be, or None for anywhere [m].
        reach: how far from there it may lie [m].
        cell: of the floor grid [m].

    Returns:
        True for a body-sized low cluster, False for one that stands, None for neither.
    """
    if near is not None:
        points = points[np.square(points[:, :2] - near).sum(1) < reach**2]
    if len(points) < 60:
        return None
    cells = np.floor(points[:, :2] / cell).astype(int)
    low = cells.min(0) - 1
    shape = cells.max(0) - low + 2
    if shape.max() > 400:
        return None
    grid = np.zeros(shape, np.int32)
    np.add.at(grid, tuple((cells - low).T), 1)
    # One stray return in a cell is noise; a gap of one cell is an edge without returns.
    solid = cv2.morphologyEx((grid > 1).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, label = cv2.connectedComponents(solid, connectivity=8)
    of_point = label[tuple((cells - low).T)]
    found: bool | None = None
    for k in range(1, count):
        member = points[of_point == k]
        if len(member) < 60:
            continue
        top = float(np.percentile(member[:, 2], 97))
        spread = member[:, :2] - member[:, :2].mean(0)
        axis = np.linalg.svd(spread, full_matrices=False)[2][0]
        along = spread @ axis
        length = float(np.percentile(along, 98) - np.percentile(along, 2))
        if top >= STANDING_TOP and length < 1.0:
            return False
        if 0.15 < top < LYING_TOP and LYING_LENGTH[0] < length < LYING_LENGTH[1]:
            found = True
    return found
