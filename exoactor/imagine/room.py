"""The room as known from the perceived scene: what a ray from the camera meets first, and how far away.

Things are the pieces of their kind's template; walls are upright planes found in the observed depth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoactor.types import Array, Observation, Scene, SceneObject
from exoactor.world.furniture import parts

FLOOR, NOTHING = 0, -1
_WALL_BAND = 0.06


@dataclass(frozen=True)
class Piece:
    """A box, cylinder or sphere in the world: its frame, half extents (3,) [m] and catalogue colour."""

    shape: str
    center: Array
    yaw: float
    half_size: Array
    color: str
    role: str


class Room:
    """Pieces, walls and floor, for ray casting.

    Args:
        scene: what was perceived.
        observation: for the walls, which no catalogue knows.
        robot_mask: (H, W) bool, pixels to leave out when looking for walls.
    """

    def __init__(self, scene: Scene, observation: Observation, robot_mask: Array) -> None:
        self.pieces = [piece for thing in scene.objects for piece in pieces_of(thing)]
        self.walls = _walls(scene, observation, robot_mask)
        self._camera = scene.camera

    def cast(self, pixels: Array) -> tuple[Array, Array]:
        """First surfaces seen at pixels (N, 2), and their depth.

        Returns:
            labels: (N,) int, FLOOR, NOTHING, or a number that tells surfaces of different look apart.
            depth: (N,) along the optical axis [m]; inf for NOTHING.
        """
        camera = self._camera
        rays = camera.rays(pixels)
        origin = camera.position
        nearest = np.full(len(rays), np.inf)
        labels = np.full(len(rays), NOTHING)
        with np.errstate(divide="ignore", invalid="ignore"):
            floor = np.where(rays[:, 2] < -1e-6, -origin[2] / rays[:, 2], np.inf)
        labels[np.isfinite(floor)] = FLOOR
        nearest = np.minimum(nearest, floor)
        for index, (normal, offset) in enumerate(self.walls):
            with np.errstate(divide="ignore", invalid="ignore"):
                along = (offset - origin[:2] @ normal) / (rays[:, :2] @ normal)
            keep_nearer(nearest, labels, np.where(along > 0, along, np.inf), np.full(len(rays), 1 + index))
        for index, piece in enumerate(self.pieces):
            along, side = meet(piece, origin, rays)
            keep_nearer(nearest, labels, along, 10 + 8 * index + side)
        depth = nearest * (rays @ camera.rotation[:, 2])
        return labels, np.where(np.isfinite(nearest), depth, np.inf)

    def piece_of(self, label: int) -> Piece | None:
        """The piece a label belongs to; None for floor, walls and nothing."""
        return self.pieces[(label - 10) // 8] if label >= 10 else None


def pieces_of(thing: SceneObject) -> list[Piece]:
    """The pieces of a thing in the world."""
    item, position, yaw = thing.item, thing.position, thing.yaw
    c, s = np.cos(yaw), np.sin(yaw)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])
    return [
        Piece(p.shape, turn @ p.center + position, float(p.yaw + yaw), p.half_size, item.color, p.role)
        for p in parts(item.kind, item.size)
    ]


def keep_nearer(nearest: Array, labels: Array, along: Array, label: Array) -> None:
    """Where a surface with labels (N,) is met sooner, write its distance (N,) and its label into the first two."""
    nearer = along < nearest
    nearest[nearer] = along[nearer]
    labels[nearer] = label[nearer]


def meet(piece: Piece, origin: Array, rays: Array) -> tuple[Array, Array]:
    """Distance (N,) to a piece, inf where it is missed, and which of its sides (N,) 0..5 is met.

    Cylinders and spheres are met as the upright boxes around their widest section would be, narrowed to their
    silhouette: enough to say what is seen there.
    """
    c, s = np.cos(piece.yaw), np.sin(piece.yaw)
    turn = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1.0]])
    start, direction = turn @ (origin - piece.center), rays @ turn.T
    if piece.shape != "box":
        squeeze = np.ones(3) if piece.shape == "sphere" else np.array([1.0, 1.0, 0.0])
        a = (direction**2 * squeeze).sum(1)
        b = (direction * start * squeeze).sum(1)
        inside = b * b - a * ((start**2 * squeeze).sum() - piece.half_size[0] ** 2)
        along = (-b - np.sqrt(np.maximum(inside, 0))) / np.maximum(a, 1e-12)
        height = start[2] + along * direction[:, 2]
        met = (inside > 0) & (along > 0) & (np.abs(height) <= piece.half_size[2])
        if piece.shape == "cylinder":
            with np.errstate(divide="ignore", invalid="ignore"):
                lid = (piece.half_size[2] - start[2]) / direction[:, 2]
                on_lid = np.hypot(*(start[:2, None] + lid * direction[:, :2].T)) <= piece.half_size[0]
            top = on_lid & (lid > 0) & (direction[:, 2] < 0)
            return np.where(top, lid, np.where(met, along, np.inf)), np.where(top, 5, 0)
        return np.where(met, along, np.inf), np.zeros(len(rays), int)
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (-piece.half_size - start) / direction, (piece.half_size - start) / direction
    enter, leave = np.fmin(one, two), np.fmax(one, two)
    first = enter.max(1)
    side = 2 * enter.argmax(1) + (direction[np.arange(len(rays)), enter.argmax(1)] < 0)
    return np.where((first <= leave.min(1)) & (first > 0), first, np.inf), side


def _walls(scene: Scene, observation: Observation, robot_mask: Array) -> list[tuple[Array, float]]:
    """Upright planes as (normal (2,), offset) with normal @ xy = offset, largest first, from points of no thing."""
    rng = np.random.default_rng(0)
    camera = observation.camera
    points = camera.backproject(observation.depth)
    usable = (observation.depth > 0) & ~robot_mask & (points[..., 2] > 0.25) & (points[..., 2] < 2.4)
    candidates = points[usable]
    if len(candidates) > 4000:
        candidates = candidates[rng.choice(len(candidates), 4000, replace=False)]
    for thing in scene.objects:
        c, s = np.cos(thing.yaw), np.sin(thing.yaw)
        delta = candidates[:, :2] - thing.position[:2]
        local = np.stack([c * delta[:, 0] + s * delta[:, 1], -s * delta[:, 0] + c * delta[:, 1]], -1)
        candidates = candidates[(np.abs(local) > thing.item.size[:2] / 2 + 0.08).any(1)]
    walls: list[tuple[Array, float]] = []
    total = len(candidates)
    while len(walls) < 3 and len(candidates) > max(100, 0.08 * total):
        pairs = rng.integers(0, len(candidates), (150, 2))
        a, b = candidates[pairs[:, 0], :2], candidates[pairs[:, 1], :2]
        long = np.linalg.norm(b - a, axis=1) > 0.3
        if not long.any():
            break
        along = (b - a)[long] / np.linalg.norm(b - a, axis=1, keepdims=True)[long]
        normals = np.stack([-along[:, 1], along[:, 0]], -1)
        offsets = (normals * a[long]).sum(1)
        counts = (np.abs(candidates[:, :2] @ normals.T - offsets) < _WALL_BAND).sum(0)
        best = int(counts.argmax())
        if counts[best] < max(100, 0.06 * total):
            break
        on = np.abs(candidates[:, :2] @ normals[best] - offsets[best]) < _WALL_BAND
        walls.append((normals[best], float(np.median(candidates[on, :2] @ normals[best]))))
        candidates = candidates[np.abs(candidates[:, :2] @ normals[best] - offsets[best]) > 2 * _WALL_BAND]
    return walls
