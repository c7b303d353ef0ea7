"""Depth images as point clouds with colour, thinned and cropped before anything is computed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from exoactor.types import Array, Camera, Observation

Window = tuple[int, int, int, int]
"""Left, top, right, bottom [px], right and bottom excluded."""


@dataclass(frozen=True)
class Cloud:
    """Points seen by a depth camera.

    Args:
        points: (N, 3) in the world [m].
        depth: (N,) along the optical axis [m].
        rows, columns: (N,) pixel each point was seen at [px].
    """

    points: Array
    depth: Array
    rows: Array
    columns: Array

    def __len__(self) -> int:
        return len(self.points)

    def take(self, chosen: Array) -> Cloud:
        """The points of an index or boolean array."""
        return Cloud(self.points[chosen], self.depth[chosen], self.rows[chosen], self.columns[chosen])


def cloud_of(observation: Observation, stride: int = 1, window: Window | None = None) -> Cloud:
    """Back-project every `stride`-th pixel with a depth return.

    Args:
        observation: RGB-D look.
        stride: of rows and columns [px].
        window: part of the image, or None for all of it.
    """
    width, height = observation.camera.size
    left, top, right, bottom = window or (0, 0, width, height)
    depth = observation.depth[top:bottom:stride, left:right:stride]
    rows, columns = np.nonzero(depth > 0)
    z = depth[rows, columns].astype(float)
    rows, columns = rows * stride + top, columns * stride + left
    # The viewing ray is affine in the pixel: one multiplication a point instead of a matrix product.
    ray = observation.camera.rotation @ np.linalg.inv(observation.camera.intrinsics)
    u, v = columns + 0.5, rows + 0.5
    points = np.empty((len(z), 3))
    for axis in range(3):
        points[:, axis] = z * (ray[axis, 0] * u + ray[axis, 1] * v + ray[axis, 2])
        points[:, axis] += observation.camera.position[axis]
    return Cloud(points, z, rows, columns)


def window_of(camera: Camera, centre: Array, radius: float, height: float) -> Window | None:
    """Image window of an upright cylinder standing on the floor at `centre` (2,) [m]; None if it is not in view."""
    corners = np.array([[dx, dy, z] for dx in (-radius, radius) for dy in (-radius, radius) for z in (0.0, height)])
    corners[:, :2] += np.asarray(centre)[:2]
    pixel, depth = camera.project(corners)
    if (depth < 0.2).any():
        return None
    low, high = pixel.min(0), pixel.max(0)
    left, top = max(int(low[0]), 0), max(int(low[1]), 0)
    right, bottom = min(int(np.ceil(high[0])), camera.size[0]), min(int(np.ceil(high[1])), camera.size[1])
    if right - left < 4 or bottom - top < 4:
        return None
    return left, top, right, bottom


def in_view(camera: Camera, points: Array, margin: float = 0.0) -> Array:
    """(...) bool: world points (..., 3) project into the image, `margin` [px] away from its edge."""
    pixel, depth = camera.project(points)
    width, height = camera.size
    inside = (pixel[..., 0] >= margin) & (pixel[..., 0] < width - margin)
    inside &= (pixel[..., 1] >= margin) & (pixel[..., 1] < height - margin)
    return np.asarray(inside & (depth > 0.05))


def patches(cloud: Cloud, mine: Array, shape: tuple[int, ...], least: int, part: float) -> Array:
    """(N,) bool: points of a thing's patches in the picture. It may be more than one: the robot's arms may divide it.

    Args:
        cloud: N points, every pixel of a part of the picture.
        mine: (N,) bool, those of the thing's colour.
        shape: height and width of the picture [px].
        least: pixels of the largest patch; if it has fewer, there is none.
        part: share of the largest patch that another one must have to count.
    """
    picture = np.zeros(shape, np.uint8)
    picture[cloud.rows[mine], cloud.columns[mine]] = 1
    # A rim of mixed pixels has the depth of what is behind it.
    picture = cv2.erode(picture, np.ones((3, 3), np.uint8))
    _, patch, stats, _ = cv2.connectedComponentsWithStats(picture, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA] * (np.arange(len(stats)) > 0)
    counted = np.flatnonzero((areas >= max(part * areas.max(), 1)) & (areas.max() >= least))
    return np.isin(patch[cloud.rows, cloud.columns], counted)


def patch_heights(cloud: Cloud, mine: Array, least: int) -> list[float]:
    """Median height of each connected patch of the picture [m].

    Args:
        cloud: of every pixel with a depth.
        mine: (H, W) bool, pixels of the colour looked for.
        least: pixels of a patch; smaller ones are noise.
    """
    _, patch, stats, _ = cv2.connectedComponentsWithStats(mine.astype(np.uint8), connectivity=8)
    of_point = patch[cloud.rows, cloud.columns]
    large = 1 + np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] >= least)
    return [float(np.median(cloud.points[of_point == k, 2])) for k in large if (of_point == k).any()]


def small_patch(cloud: Cloud, mine: Array, size: float, least: int) -> Array:
    """(N,) bool: points of a thing a few pixels wide, of which a rim cannot be spared.

    Args:
        cloud: N points.
        mine: (N,) bool, those of the thing's colour.
        size: largest extent of the thing; mixed pixels lie further off from its middle [m].
        least: if it has fewer pixels, there is none.
    """
    if mine.sum() < least:
        return np.zeros(len(mine), bool)
    middle = np.median(cloud.points[mine], axis=0)
    near = mine & (np.linalg.norm(cloud.points - middle, axis=1) < 0.6 * size)
    return near if near.sum() >= least else np.zeros(len(mine), bool)
