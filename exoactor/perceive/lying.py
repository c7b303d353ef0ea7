"""Things that toppled: the faces they can come to rest on, and their shapes as they lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.spatial import ConvexHull, Delaunay

from exoactor.perceive.template import Template
from exoactor.types import Array, CatalogueItem
from exoactor.world.furniture import parts

KINDS = ("box", "cylinder", "chair", "table")
"""Kinds that are also looked for lying."""
_SOLID = ("box", "cylinder")
"""Those that look the same whichever of two opposite faces is up."""
_QUARTER = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
_SIGNS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])


class LyingTemplate(Template):
    """A thing's shape as it lies: x, y along its sides and z up, origin at the centre of its underside.

    Its `item` has the size of the box that holds it as it lies: a box on another face is a box of other dimensions.

    Args:
        item: as it stands.
        turn: (3, 3) rotation from its own frame.
        samples: number of surface samples.
    """

    def __init__(self, item: CatalogueItem, turn: Array, samples: int = 240) -> None:
        self._turn, self._origin = np.eye(3), np.zeros(3)
        super().__init__(item, samples)
        low, high = _extent(item, turn)
        if item.kind in _SOLID and (high - low)[0] > (high - low)[1]:
            # The longer side is its width whatever face is down, so that two looks agree on its heading.
            turn = _QUARTER @ turn
            low, high = _extent(item, turn)
        self._turn, self._origin = turn, -np.append((low + high)[:2] / 2, low[2])
        self.points, self.normals = self.points @ turn.T + self._origin, self.normals @ turn.T
        self.item = replace(item, size=high - low)
        self.size = self.item.size
        self.radius = float(np.linalg.norm(self.size[:2]) / 2)
        if item.kind == "box":
            self.period = Template(self.item, 8).period
        elif item.kind == "cylinder":
            self.period = float(np.pi)
        elif turn[2, 2] > -1 + 1e-6:  # not upside down, but on its side
            self.period = float(2 * np.pi)

    def distance(self, points: Array) -> tuple[Array, Array]:
        """See `Template`."""
        signed, gradient = super().distance((points - self._origin) @ self._turn)
        return signed, gradient @ self._turn.T


def lying_templates(item: CatalogueItem) -> tuple[LyingTemplate, ...]:
    """One for each way in which a thing may lie that looks different; none for what cannot fall over."""
    if not item.movable or item.kind not in KINDS:
        return ()
    return tuple(LyingTemplate(item, _turn(face)) for face in _resting_faces(item))


def _resting_faces(item: CatalogueItem) -> list[Array]:
    """Outward normals (3,), in its own frame, of the faces of its convex hull that it rests on: but its underside."""
    if item.kind == "cylinder":
        return [np.array([1.0, 0.0, 0.0])]
    pieces = parts(item.kind, item.size)
    corners = np.concatenate([p.center + _SIGNS * p.half_size for p in pieces])
    weights = np.array([np.prod(p.half_size) for p in pieces])
    middle = weights @ np.array([p.center for p in pieces]) / weights.sum()
    period = Template(item, 8).period
    c, s = np.cos(period), np.sin(period)
    same = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    faces: list[Array] = []
    for normal, offset in {tuple(np.round(e, 6)): (e[:3], e[3]) for e in ConvexHull(corners).equations}.values():
        on = corners[np.abs(corners @ normal + offset) < 1e-6]
        turn = _turn(normal)[:2]
        if normal[2] < -1 + 1e-6 or Delaunay(on @ turn.T).find_simplex(turn @ middle) < 0:
            continue  # that is how it stands; or it would fall over
        if item.kind in _SOLID and normal[2] > 1 - 1e-6:
            continue
        turned = [np.linalg.matrix_power(same, k) @ normal for k in range(round(2 * np.pi / period))]
        if not any(np.allclose(other, face, atol=1e-6) for other in turned for face in faces):
            faces.append(normal)
    return faces


def _turn(normal: Array) -> Array:
    """(3, 3) rotation that brings a normal (3,) down and leaves a level side along x or y."""
    along = np.eye(3)[1] if abs(normal[1]) < 1e-6 else np.eye(3)[0]
    across = np.cross(along, -normal)
    return np.array([across, along, -normal])


def _extent(item: CatalogueItem, turn: Array) -> tuple[Array, Array]:
    """Lowest and highest coordinates (3,) of its parts, turned."""
    low, high = [], []
    for part in parts(item.kind, item.size):
        corners = (part.center + _SIGNS * part.half_size) @ turn.T
        low.append(corners.min(axis=0))
        high.append(corners.max(axis=0))
    return np.min(low, axis=0), np.max(high, axis=0)
