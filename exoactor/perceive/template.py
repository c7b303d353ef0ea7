"""Known-size shapes of catalogue things as signed distances and surface samples, batched over pose hypotheses."""

from __future__ import annotations

import numpy as np

from exoactor.types import Array, CatalogueItem
from exoactor.world.furniture import ROUND, parts


class Template:
    """The union of a thing's parts, in its own frame (origin at the centre of its underside).

    Args:
        item: kind and size.
        samples: number of surface samples.

    Attributes:
        item: as given.
        size: (3,) [m].
        radius: of the upright cylinder about its origin that holds it [m].
        period: yaw angle after which it looks the same [rad]; 0 for things round about the vertical.
        points, normals: (N, 3) surface samples of the parts that have the thing's colour.
    """

    def __init__(self, item: CatalogueItem, samples: int = 240) -> None:
        pieces = parts(item.kind, item.size)
        self._centres = np.array([p.center for p in pieces], float)
        self._halves = np.array([p.half_size for p in pieces], float)
        self._yaws = np.array([p.yaw for p in pieces])
        self._round = np.array([p.shape == "cylinder" for p in pieces])
        self._ball = np.array([p.shape == "sphere" for p in pieces])
        self._coloured = np.array([p.role != "accent" for p in pieces])
        self.item = item
        self.size = item.size
        self.radius = float(np.linalg.norm(item.size[:2]) / 2)
        self.period = _period(item)
        self.points, self.normals = self._surface(samples)

    def distance(self, points: Array) -> tuple[Array, Array]:
        """Signed distance (...) [m] to the surface and its gradient (..., 3), at points (..., 3) of the thing's frame.

        Exact outside; inside overlapping parts a lower bound of the depth, which is what a fit needs.
        """
        # Axis by axis: numpy is slow at reducing over a last axis of three.
        x, y, z = (points[..., None, k] - self._centres[:, k] for k in range(3))
        if self._yaws.any():
            c, s = np.cos(self._yaws), np.sin(self._yaws)
            x, y = c * x + s * y, c * y - s * x
        fx, fy, fz = np.abs(x), np.abs(y), np.abs(z)
        if self._round.any():
            # A cylinder's distance is measured along the radius; its second axis never decides.
            fx, fy = np.where(self._round, np.hypot(x, y), fx), np.where(self._round, 0.0, fy)
        if self._ball.any():
            reach = np.sqrt(x * x + y * y + z * z)
            fx, fy, fz = (np.where(self._ball, f, g) for f, g in ((reach, fx), (0.0, fy), (0.0, fz)))
        bx, by, bz = fx - self._halves[:, 0], fy - self._halves[:, 1], fz - self._halves[:, 2]
        ox, oy, oz = np.maximum(bx, 0.0), np.maximum(by, 0.0), np.maximum(bz, 0.0)
        signed = np.sqrt(ox * ox + oy * oy + oz * oz) + np.minimum(np.maximum(np.maximum(bx, by), bz), 0.0)
        part = signed.argmin(-1)
        flat = np.arange(part.size) * len(self._centres) + part.ravel()

        def of_nearest(values: Array) -> Array:
            return np.asarray(values.reshape(-1)[flat].reshape(part.shape))

        best, x, y, z = (of_nearest(v) for v in (signed, x, y, z))
        bx, by, bz = (of_nearest(v) for v in (bx, by, bz))
        ox, oy, oz = np.maximum(bx, 0.0), np.maximum(by, 0.0), np.maximum(bz, 0.0)
        length = np.sqrt(ox * ox + oy * oy + oz * oz)
        out = length > 1e-9
        safe = np.where(out, length, 1.0)
        steep_x = (bx >= by) & (bx >= bz)
        steep_y = ~steep_x & (by >= bz)
        gx = np.where(out, ox / safe, steep_x)
        gy = np.where(out, oy / safe, steep_y)
        gz = np.where(out, oz / safe, ~steep_x & ~steep_y)
        spin = self._round[part]
        sign_x, sign_y = np.where(x < 0, -gx, gx), np.where(y < 0, -gy, gy)
        if self._round.any():
            radial = np.maximum(np.hypot(x, y), 1e-9)
            sign_x, sign_y = np.where(spin, gx * x / radial, sign_x), np.where(spin, gx * y / radial, sign_y)
        gradient = np.stack([sign_x, sign_y, np.where(z < 0, -gz, gz)], -1)
        if self._ball.any():
            ball = self._ball[part]
            offset = np.stack([x, y, z], -1)
            reach = np.maximum(np.sqrt(x * x + y * y + z * z), 1e-9)[..., None]
            gradient = np.where(ball[..., None], offset / reach, gradient)
        if self._yaws.any():
            gradient = _turned(gradient, self._yaws[part])
        return best, gradient

    def _surface(self, samples: int) -> tuple[Array, Array]:
        """Samples and normals of the outer surface, spread by area, thin parts not forgotten."""
        rng = np.random.default_rng(0)
        points, normals, weights = [], [], []
        for k in range(len(self._centres)):
            if self._ball[k]:
                n = rng.normal(size=(600, 3))
                n /= np.linalg.norm(n, axis=1, keepdims=True)
                p, area = n * self._halves[k], 4 * np.pi * self._halves[k][0] ** 2
            elif self._round[k]:
                p, n, area = _on_cylinder(self._halves[k], rng, 600)
            else:
                p, n, area = _on_box(self._halves[k], rng, 600)
            points.append(_turned(p, self._yaws[k]) + self._centres[k])
            normals.append(_turned(n, self._yaws[k]))
            weights.append(np.full(len(p), (area + 0.02) / len(p) if self._coloured[k] else 0.0))
        p, n, w = np.concatenate(points), np.concatenate(normals), np.concatenate(weights)
        signed, _ = self.distance(p + 1e-4 * n)
        outer = (signed > 5e-5) & (w > 0)
        p, n, w = p[outer], n[outer], w[outer]
        chosen = rng.choice(len(p), min(samples, len(p)), replace=False, p=w / w.sum())
        return p[chosen], n[chosen]


def _period(item: CatalogueItem) -> float:
    """Yaw after which a thing of this kind and size looks the same [rad]; 0 when every yaw does."""
    if item.kind in ROUND:
        return 0.0
    if item.kind in ("chair", "shelf"):
        return float(2 * np.pi)
    square = abs(item.size[0] - item.size[1]) < 0.02 * max(item.size[:2])
    return float(np.pi / 2 if square and item.kind != "door" else np.pi)


def _turned(vectors: Array, yaw: Array | float) -> Array:
    """Vectors (..., 3) turned about z by yaw (...) [rad]."""
    c, s = np.cos(yaw), np.sin(yaw)
    x, y = vectors[..., 0], vectors[..., 1]
    return np.stack([c * x - s * y, s * x + c * y, vectors[..., 2]], -1)


def _on_box(half: Array, rng: np.random.Generator, count: int) -> tuple[Array, Array, float]:
    areas = np.array([half[1] * half[2], half[0] * half[2], half[0] * half[1]])
    axis = rng.choice(3, count, p=areas / areas.sum())
    sign = rng.choice([-1.0, 1.0], count)
    points = rng.uniform(-1, 1, (count, 3)) * half
    normals = np.zeros((count, 3))
    rows = np.arange(count)
    points[rows, axis] = sign * half[axis]
    normals[rows, axis] = sign
    return points, normals, float(8 * areas.sum())


def _on_cylinder(half: Array, rng: np.random.Generator, count: int) -> tuple[Array, Array, float]:
    radius, height = half[0], 2 * half[2]
    side, cap = 2 * np.pi * radius * height, np.pi * radius**2
    on_side = rng.random(count) < side / (side + 2 * cap)
    angle = rng.uniform(0, 2 * np.pi, count)
    circle = np.stack([np.cos(angle), np.sin(angle)], 1)
    reach = np.where(on_side, radius, radius * np.sqrt(rng.random(count)))
    sign = rng.choice([-1.0, 1.0], count)
    z = np.where(on_side, rng.uniform(-1, 1, count) * half[2], sign * half[2])
    points = np.concatenate([circle * reach[:, None], z[:, None]], 1)
    normals = np.concatenate([circle * on_side[:, None], (sign * ~on_side)[:, None]], 1)
    return points, normals, float(side + 2 * cap)
