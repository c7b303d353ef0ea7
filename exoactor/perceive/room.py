"""Floor and walls of the room: what is left out before things are looked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoactor.perceive.cloud import Cloud
from exoactor.perceive.locate import depth_sigma
from exoactor.types import Array, Observation


@dataclass(frozen=True)
class Wall:
    """An upright plane along a world axis that closes the view.

    Args:
        axis: 0 if the plane is x = const, 1 if y = const.
        sign: +1 if the room lies below that value, -1 if above.
        place: the constant times `sign` [m].
    """

    axis: int
    sign: float
    place: float


def above_floor(cloud: Cloud, observation: Observation, floor: float) -> Array:
    """(N,) bool: too high to be floor; noise along a ray lifts a floor point by the ray's slope."""
    slope = np.abs(cloud.points[:, 2] - observation.camera.position[2]) / cloud.depth
    return np.asarray(cloud.points[:, 2] > floor + 3 * depth_sigma(cloud.depth) * slope)


def find_walls(cloud: Cloud, colourless: Array, slack: float) -> tuple[Wall, ...]:
    """The room's walls: where the outermost colourless points above head height fill a row a metre long.

    Args:
        cloud: of the whole look.
        colourless: (N,) bool, points whose pixels are gray.
        slack: half thickness allowed beside the noise [m].
    """
    high = np.flatnonzero(colourless & (cloud.points[:, 2] > 1.35))
    if len(high) < 200:
        return ()
    points, tolerance = cloud.points[high], slack + 3 * depth_sigma(cloud.depth[high])
    walls = []
    for axis in (0, 1):
        for sign in (-1.0, 1.0):
            along = sign * points[:, axis]
            edge = np.percentile(along, 90)
            place = float(np.median(along[np.abs(along - edge) < 0.25]))
            thin = np.abs(along - place) < tolerance
            # Seen edge on, a wall along the other axis fills few of these bins; this wall fills a row of them.
            if len(np.unique(np.floor(points[thin, 1 - axis] / 0.1))) >= 10:
                walls.append(Wall(axis, sign, float(np.median(along[thin]))))
    return tuple(walls)


def in_walls(cloud: Cloud, walls: tuple[Wall, ...], slack: float) -> Array:
    """(N,) bool: in or behind one of the walls."""
    inside = np.zeros(len(cloud), bool)
    tolerance = slack + 3 * depth_sigma(cloud.depth)
    for wall in walls:
        inside |= wall.sign * cloud.points[:, wall.axis] > wall.place - tolerance
    return inside
