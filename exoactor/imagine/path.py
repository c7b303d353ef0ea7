"""The way a person walks: shortest path on the floor that keeps clear of the things that were perceived.

A 5 cm grid over the room, Dijkstra with a price on closeness, shortcuts where one can walk straight, and
corners rounded so that a walker need not stop at them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from exoactor.types import Array, Pose2D, Scene, SceneObject, StageError


@dataclass(frozen=True)
class PathCfg:
    """Tunables of the path.

    Args:
        cell: grid spacing [m].
        clearance: the path's middle keeps this far from footprints [m].
        tightest: a start or goal closer than `clearance` to a thing is left or reached down to this distance [m]; where
            the way begins somebody stands already, however near.
        comfort: closer than this costs extra [m].
        price: extra cost per metre at zero distance, falling to none at `comfort`.
        margin: free floor assumed around everything that was seen [m].
        rounding: standard deviation of the corner rounding along the path [m].
        spacing: distance of the points of the finished path [m].
        min_confidence: things perceived with less are not trusted as obstacles.
    """

    cell: float = 0.05
    clearance: float = 0.35
    tightest: float = 0.12
    comfort: float = 0.60
    price: float = 1.5
    margin: float = 1.2
    rounding: float = 0.14
    spacing: float = 0.02
    min_confidence: float = 0.2


class Obstacles:
    """Footprints of the things that stand on the floor."""

    def __init__(self, things: Sequence[SceneObject]) -> None:
        self.things = list(things)

    def distance(self, points: Array) -> Array:
        """(...,) distance of floor points (..., 2) to the nearest footprint, 0 inside, inf without things [m]."""
        nearest = np.full(points.shape[:-1], np.inf)
        for thing in self.things:
            c, s = np.cos(thing.yaw), np.sin(thing.yaw)
            delta = points - thing.position[:2]
            local = np.stack([c * delta[..., 0] + s * delta[..., 1], -s * delta[..., 0] + c * delta[..., 1]], -1)
            outside = np.maximum(np.abs(local) - thing.item.size[:2] / 2, 0.0)
            nearest = np.minimum(nearest, np.linalg.norm(outside, axis=-1))
        return nearest

    @classmethod
    def of(cls, scene: Scene, cfg: PathCfg) -> Obstacles:
        """Everything a walker could bump into: things whose underside is lower than a head."""
        return cls([o for o in scene.objects if o.confidence >= cfg.min_confidence and o.position[2] < 1.8])


def plan_path(
    scene: Scene, start: Pose2D, goal: Pose2D, via: Sequence[tuple[float, float]] = (), cfg: PathCfg | None = None
) -> Array:
    """Path (K, 2) from start through `via` to goal, about evenly spaced [m].

    Raises:
        StageError: ("imagine", "no_path") when things leave no room.
    """
    cfg = cfg or PathCfg()
    obstacles = Obstacles.of(scene, cfg)
    stations = [start.xy, *(np.asarray(v, float) for v in via), goal.xy]
    legs = [_leg(a, b, stations, obstacles, cfg) for a, b in pairwise(stations)]
    corners = np.concatenate([legs[0], *(leg[1:] for leg in legs[1:])])
    return _rounded(corners, obstacles, cfg)


def _leg(start: Array, goal: Array, stations: Sequence[Array], obstacles: Obstacles, cfg: PathCfg) -> Array:
    """Corner points (K, 2) of the way between two stations."""
    if np.linalg.norm(goal - start) < cfg.cell:
        return np.stack([start, goal])
    low, high = np.min(stations, 0) - cfg.margin, np.max(stations, 0) + cfg.margin
    for thing in obstacles.things:
        # a way round the end of a long wall would leave the room, and the picture
        low, high = (
            np.minimum(low, np.maximum(thing.footprint.min(0) - cfg.margin, low - 1.0)),
            np.maximum(high, np.minimum(thing.footprint.max(0) + cfg.margin, high + 1.0)),
        )
    counts = np.ceil((high - low) / cfg.cell).astype(int) + 1
    cells = low + cfg.cell * np.stack(np.meshgrid(*map(np.arange, counts), indexing="ij"), -1)
    distance = obstacles.distance(cells)
    needed = np.full(distance.shape, cfg.clearance)
    for place in (start, goal):
        here = float(obstacles.distance(place))
        stands = here > 0.0 and place is stations[0]
        if here < cfg.tightest and not stands:
            where = f"({place[0]:.2f}, {place[1]:.2f})"
            raise StageError("imagine", "no_path", f"{where} is {here:.2f} m from a thing; nobody can stand there")
        close = np.linalg.norm(cells - place, axis=-1) < cfg.clearance + 0.25
        needed[close] = np.minimum(needed[close], max(here - cfg.cell, min(here, cfg.tightest)))
    free = distance >= needed
    nodes = [tuple(np.round((p - low) / cfg.cell).astype(int)) for p in (start, goal)]
    for node in nodes:
        free[node] = True
    route = _dijkstra(free, distance, nodes[0], nodes[1], cfg)
    if route is None:
        raise StageError(
            "imagine",
            "no_path",
            f"no way {2 * cfg.clearance:.2f} m wide from ({start[0]:.2f}, {start[1]:.2f}) to "
            f"({goal[0]:.2f}, {goal[1]:.2f})",
        )
    points = low + cfg.cell * route
    points[0], points[-1] = start, goal
    return _shortcut(points, obstacles, cfg)


def _dijkstra(
    free: Array, distance: Array, start: tuple[int, ...], goal: tuple[int, ...], cfg: PathCfg
) -> Array | None:
    """Cheapest 8-connected route as cell indices (K, 2), or None."""
    index = np.arange(free.size).reshape(free.shape)
    closeness = np.clip(1 - distance / cfg.comfort, 0, 1)
    rows, columns, costs = [], [], []
    for dx, dy in ((1, 0), (0, 1), (1, 1), (1, -1)):
        here = (slice(0, -dx if dx else None), slice(max(-dy, 0), -dy if dy > 0 else None))
        there = (slice(dx, None), slice(max(dy, 0), dy if dy < 0 else None))
        both = free[here] & free[there]
        step = cfg.cell * np.hypot(dx, dy)
        cost = step * (1 + cfg.price * (closeness[here] + closeness[there]) / 2)
        rows.append(index[here][both])
        columns.append(index[there][both])
        costs.append(cost[both])
    graph = coo_matrix((np.concatenate(costs), (np.concatenate(rows), np.concatenate(columns))), (free.size, free.size))
    first, last = int(index[start]), int(index[goal])
    reached, before = dijkstra(graph.tocsr(), directed=False, indices=first, return_predecessors=True)
    if not np.isfinite(reached[last]):
        return None
    route = [last]
    while route[-1] != first:
        route.append(int(before[route[-1]]))
    return np.stack(np.unravel_index(route[::-1], free.shape), -1).astype(float)


def _shortcut(points: Array, obstacles: Obstacles, cfg: PathCfg) -> Array:
    """Leave out points between which one can walk straight at least as far from things as before."""
    kept, i = [points[0]], 0
    while i < len(points) - 1:
        following = i + 1
        for j in range(len(points) - 1, i + 1, -1):
            count = max(int(np.linalg.norm(points[j] - points[i]) / cfg.cell * 2), 2)
            straight = np.linspace(points[i], points[j], count)
            allowed = min(cfg.clearance + 0.05, float(obstacles.distance(points[i : j + 1]).min()))
            if obstacles.distance(straight).min() >= allowed - 1e-6:
                following = j
                break
        kept.append(points[following])
        i = following
    return np.array(kept)


def _rounded(corners: Array, obstacles: Obstacles, cfg: PathCfg) -> Array:
    """Evenly spaced points along the corners, smoothed as far as clearance allows; the ends stay."""
    lengths = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    keep = np.concatenate([[True], lengths > 1e-9])
    corners = corners[keep]
    if len(corners) < 2:
        return np.repeat(corners[:1], 2, axis=0)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    count = max(int(np.ceil(along[-1] / cfg.spacing)), 2) + 1
    s = np.linspace(0, along[-1], count)
    path = np.stack([np.interp(s, along, corners[:, k]) for k in (0, 1)], -1)
    allowed = min(cfg.clearance - 0.05, float(obstacles.distance(path).min()) - 0.02)
    for rounding in (cfg.rounding, cfg.rounding / 2, cfg.rounding / 4):
        sigma = rounding / (s[1] - s[0])
        # reflecting about the end points keeps the ends in place and straight
        reach = int(4 * sigma) + 1
        extended = np.pad(path, ((reach, reach), (0, 0)), mode="reflect", reflect_type="odd")[: len(path) + 2 * reach]
        smooth = gaussian_filter1d(extended, sigma, axis=0)[reach : reach + len(path)]
        smooth[0], smooth[-1] = path[0], path[-1]
        if obstacles.distance(smooth).min() >= allowed:
            return np.asarray(smooth)
    return path
