"""Fit a known-size template to coloured points: points onto its surface, its silhouette into the colour's mask."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from exoactor.perceive.locate import depth_sigma
from exoactor.perceive.template import Template
from exoactor.types import Array, Camera


@dataclass(frozen=True)
class FitCfg:
    """Tunables of the fit.

    Args:
        points: cloud points used at most.
        iterations: of Gauss-Newton.
        cull, kept: after so many iterations only so many starts go on.
        scale: first and last robust scale of a point's distance [m].
        outline: weight of the silhouette term against the points.
        polish: steps with visible faces only.
        outline_cap: silhouette distance beyond which the pull no longer grows [m].
    """

    points: int = 200
    iterations: int = 14
    cull: int = 5
    kept: int = 4
    scale: tuple[float, float] = (0.25, 0.025)
    outline: float = 1.0
    outline_cap: float = 0.30
    polish: int = 4


class Outline:
    """Distance from each pixel to the mask of a colour, with its slope.

    Args:
        mask: (h, w) bool at `stride`.
        depth: (H, W) depth image [m].
        camera: of the full images.
        stride: of the mask [px].
    """

    def __init__(self, mask: Array, depth: Array, camera: Camera, stride: int) -> None:
        self.camera, self.depth, self.stride, self.mask = camera, depth, stride, mask
        far = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3) * stride
        # Half a cell of slack: a surface that just touches the mask's border is inside.
        self.distance = np.maximum(far - stride, 0.0)
        self.slope_u = cv2.Sobel(self.distance, cv2.CV_32F, 1, 0, ksize=3) / (8.0 * stride)
        self.slope_v = cv2.Sobel(self.distance, cv2.CV_32F, 0, 1, ksize=3) / (8.0 * stride)

    def seen_at(self, world: Array) -> tuple[Array, Array]:
        """Depth the image has where world points (N, 3) project (0: none, or outside), and their own depth [m]."""
        row, column, own, inside = self._pixels(world)
        return np.where(inside, self.depth[row, column], 0.0).astype(float), own

    def on_mask(self, world: Array) -> Array:
        """(N,) bool: world points (N, 3) project onto the mask."""
        row, column, _, inside = self._pixels(world)
        return np.asarray(inside & self.mask[row // self.stride, column // self.stride])

    def _pixels(self, world: Array) -> tuple[Array, Array, Array, Array]:
        pixel, own = self.camera.project(world)
        height, width = self.depth.shape
        column = np.clip(pixel[..., 0], 0, width - 1).astype(int)
        row = np.clip(pixel[..., 1], 0, height - 1).astype(int)
        inside = (pixel[..., 0] >= 0) & (pixel[..., 0] < width) & (pixel[..., 1] >= 0) & (pixel[..., 1] < height)
        return row, column, own, inside & (own > 0.05)

    def look_up(self, world: Array) -> tuple[Array, Array, Array]:
        """For world points (..., 3): distance to the mask [m], its gradient (..., 3), and 1 where it counts.

        It does not count outside the image, nor where something nearer hides the point.
        """
        camera = self.camera
        local = camera.to_camera(world)
        z = np.maximum(local[..., 2], 0.05)
        focal = camera.intrinsics[0, 0]
        u = local[..., 0] / z * focal + camera.intrinsics[0, 2]
        v = local[..., 1] / z * camera.intrinsics[1, 1] + camera.intrinsics[1, 2]
        height, width = self.depth.shape
        inside = (u >= 0) & (u < width) & (v >= 0) & (v < height) & (local[..., 2] > 0.05)
        column, row = np.clip(u, 0, width - 1).astype(int), np.clip(v, 0, height - 1).astype(int)
        seen = self.depth[row, column]
        hidden = (seen > 0) & (seen < z - 0.06 - 3 * depth_sigma(z))
        row, column = row // self.stride, column // self.stride
        metre = z / focal
        distance = self.distance[row, column] * metre
        gu, gv = self.slope_u[row, column], self.slope_v[row, column]
        # d(distance)/d(camera point): pixels move by focal/z per metre, so the metre scale cancels.
        gradient = np.stack([gu, gv, -(gu * local[..., 0] + gv * local[..., 1]) / z], -1)
        return distance, gradient @ camera.rotation.T, (inside & ~hidden).astype(float)


@dataclass(frozen=True)
class Fitted:
    """The best of several hypotheses.

    Args:
        pose: (4,) x, y, z of the underside's centre [m], yaw [rad].
        cost: robust mean cost, 0 (perfect) .. 1 (nothing fits).
        point_error: root of the robust mean squared distance of points to the surface [m].
        outline_error: mean distance of the template's samples to the colour's mask [m].
        explained: share of the points within 3 sigma of the surface.
    """

    pose: Array
    cost: float
    point_error: float
    outline_error: float
    explained: float


def fit(
    template: Template,
    points: Array,
    depth: Array,
    outline: Outline,
    starts: Array,
    cfg: FitCfg,
    *,
    free: tuple[bool, bool, bool, bool] = (True, True, False, True),
) -> Fitted:
    """Gauss-Newton from several starts at once; the cheapest end wins.

    Args:
        template: the shape.
        points: (N, 3) world points thought to be on it [m].
        depth: (N,) their depth [m], for the noise.
        outline: colour mask of the thing.
        starts: (H, 4) x, y, z [m], yaw [rad].
        cfg: tunables.
        free: which of x, y, z, yaw are fitted.
    """
    if len(points) > cfg.points:
        chosen = np.linspace(0, len(points) - 1, cfg.points).astype(int)
        points, depth = points[chosen], depth[chosen]
    sigma = depth_sigma(depth) + 0.004
    pose = np.array(starts, float)
    fixed = ~np.array(free)
    scales = np.geomspace(*cfg.scale, cfg.iterations - 2)
    for k in range(cfg.iterations):
        scale = float(scales[min(k, len(scales) - 1)])
        cost, matrix, vector = _normal_equations(template, points, sigma, outline, pose, scale, cfg)
        if k == cfg.cull and len(pose) > cfg.kept:
            # Most starts are hopeless by now; the rest of the work goes to the best.
            kept = np.argsort(cost)[: cfg.kept]
            pose, matrix, vector = pose[kept], matrix[kept], vector[kept]
        pose = pose + _step(matrix, vector, fixed)
    cost, _, _ = _normal_equations(template, points, sigma, outline, pose, float(scales[-1]), cfg)
    # What the camera sees through cannot be there: tells a shelf's open side from its back.
    cost = cost + np.array([cfg.outline * seen_through(template, p, outline) for p in pose])
    best = int(cost.argmin())
    end = _polished(template, points, sigma, outline, pose[best], cfg, fixed)
    return _judge(template, points, sigma, outline, end, float(cost[best]), cfg)


def facing(template: Template, pose: Array, camera: Camera) -> tuple[Array, Array]:
    """World points and normals (M, 3) of the samples that face the camera at a pose (4,)."""
    world = to_world(template.points, pose)
    normals = to_world(template.normals, np.array([0.0, 0.0, 0.0, pose[3]]))
    toward = camera.position - world
    use = (normals * toward).sum(1) > 0.12 * np.linalg.norm(toward, axis=1)
    return world[use], normals[use]


def seen_through(template: Template, pose: Array, outline: Outline) -> float:
    """Share of the samples facing the camera behind which the depth image sees."""
    world, _ = facing(template, pose, outline.camera)
    if len(world) == 0:
        return 0.0
    seen, depth = outline.seen_at(world)
    return float(((seen > depth + 0.05 + 3 * depth_sigma(depth)) & (seen > 0)).mean())


def _polished(
    template: Template, points: Array, sigma: Array, outline: Outline, pose: Array, cfg: FitCfg, fixed: Array
) -> Array:
    """Last steps with visible faces only.

    Distances to a closed surface pull the middle of a thin plate onto its visible face, because noise puts points
    behind it; here each visible sample is compared with the depth seen in its own pixel.
    """
    pose = pose.copy()
    ray = outline.camera.position
    for _ in range(cfg.polish):
        world, normals = facing(template, pose, outline.camera)
        seen, depth = outline.seen_at(world)
        gap = seen - depth
        use = (seen > 0) & (np.abs(gap) < 0.05 + 3 * depth_sigma(depth)) & outline.on_mask(world)
        matrix, vector = np.zeros((4, 4)), np.zeros(4)
        if use.sum() >= 6:
            p, n = world[use], normals[use]
            # The seen point lies on the same ray: beyond the sample by gap, measured along the normal.
            offset = (p - ray) / depth[use, None] * gap[use, None]
            residual = (offset * n).sum(1)
            slope = np.abs(((p - ray) * n).sum(1)) / depth[use]
            width = np.hypot(depth_sigma(depth[use]) * slope, 0.006)
            arm = p - pose[:3]
            jacobian = np.concatenate([n, (n[:, 1] * arm[:, 0] - n[:, 0] * arm[:, 1])[:, None]], 1)
            x = residual / (3 * width)
            weight = 1 / np.square(1 + x * x) / np.square(width) / use.sum()
            matrix += jacobian.T @ (jacobian * weight[:, None])
            vector -= jacobian.T @ (weight * residual)
        away, slope_o, counts = outline.look_up(to_world(template.points, pose))
        arm = to_world(template.points, pose) - pose[:3]
        turn = slope_o[:, 1] * arm[:, 0] - slope_o[:, 0] * arm[:, 1]
        jacobian = np.concatenate([slope_o, turn[:, None]], 1)
        x = np.minimum(away, 0.1) / 0.02
        weight = counts / np.square(1 + x * x) / 0.006**2 / max(counts.sum(), 1.0)
        matrix += jacobian.T @ (jacobian * weight[:, None])
        vector += jacobian.T @ (weight * away)
        # Points well outside still have to be covered, and nothing may run away where neither term holds it.
        local = _to_local(points, pose[None])
        signed, gradient = template.distance(local)
        excess = np.where(signed < 0.15, np.maximum(signed - 2.5 * sigma, 0.0), 0.0)[0]
        c, s = np.cos(pose[3]), np.sin(pose[3])
        g = gradient[0]
        turn = g[:, 1] * -local[0, :, 0] + g[:, 0] * local[0, :, 1]
        jacobian = np.stack([-(c * g[:, 0] - s * g[:, 1]), -(s * g[:, 0] + c * g[:, 1]), -g[:, 2], turn], 1)
        weight = (excess > 0) / 0.01**2 / len(points)
        matrix += jacobian.T @ (jacobian * weight[:, None])
        vector += jacobian.T @ (weight * excess)
        matrix += np.diag([3.0, 3.0, 3.0, 0.3])
        step = -np.linalg.solve(matrix[np.ix_(~fixed, ~fixed)], vector[~fixed])
        pose[~fixed] += np.clip(step, -0.05, 0.05)
    return pose


def _to_local(points: Array, pose: Array) -> Array:
    """World points (N, 3) in the frames of poses (H, 4): (H, N, 3)."""
    delta = points[None] - pose[:, None, :3]
    c, s = np.cos(pose[:, 3])[:, None], np.sin(pose[:, 3])[:, None]
    return np.stack([c * delta[..., 0] + s * delta[..., 1], c * delta[..., 1] - s * delta[..., 0], delta[..., 2]], -1)


def to_world(points: Array, pose: Array) -> Array:
    """Points (N, 3) of a thing's frame at poses (..., 4): (..., N, 3)."""
    c, s = np.cos(pose[..., 3])[..., None], np.sin(pose[..., 3])[..., None]
    x, y, z = points.T
    moved = np.stack([c * x - s * y, s * x + c * y, np.broadcast_to(z, (c * x).shape)], -1)
    return np.asarray(moved + pose[..., None, :3])


def _normal_equations(
    template: Template, points: Array, sigma: Array, outline: Outline, pose: Array, scale: float, cfg: FitCfg
) -> tuple[Array, Array, Array]:
    """Cost (H,), J^T J (H, 4, 4) and J^T r (H, 4) of both terms at poses (H, 4), Geman-McClure weights."""
    local = _to_local(points, pose)
    signed, gradient = template.distance(local)
    width = np.hypot(scale, 2.0 * sigma)
    x = signed / width
    weight = 1 / np.square(1 + x * x) / np.square(width) / len(points)
    # World gradient, and the turn about the thing's own z axis: the point moves backwards in its frame.
    turn = gradient[..., 1] * -local[..., 0] + gradient[..., 0] * local[..., 1]
    c, s = np.cos(pose[:, 3])[:, None], np.sin(pose[:, 3])[:, None]
    gx, gy = c * gradient[..., 0] - s * gradient[..., 1], s * gradient[..., 0] + c * gradient[..., 1]
    jacobian = np.stack([-gx, -gy, -gradient[..., 2], turn], -1)
    cost = (x * x / (1 + x * x)).mean(1)
    weighted = jacobian * weight[..., None]
    matrix = weighted.transpose(0, 2, 1) @ jacobian
    vector = np.einsum("hni,hn->hi", weighted, signed)

    world = to_world(template.points, pose)
    away, slope, counts = outline.look_up(world)
    width_o = np.hypot(max(scale, 0.03), 0.02)
    x = np.minimum(away, cfg.outline_cap) / width_o
    n = np.maximum(counts.sum(1, keepdims=True), 0.25 * counts.shape[1])
    weight = cfg.outline * counts / np.square(1 + x * x) / width_o**2 / n
    arm = world - pose[:, None, :3]
    turn = slope[..., 1] * arm[..., 0] - slope[..., 0] * arm[..., 1]
    jacobian = np.concatenate([slope, turn[..., None]], -1)
    cost = cost + cfg.outline * (counts * x * x / (1 + x * x) / n).sum(1)
    weighted = jacobian * weight[..., None]
    matrix = matrix + weighted.transpose(0, 2, 1) @ jacobian
    vector = vector + np.einsum("hni,hn->hi", weighted, away)
    return cost, matrix, vector


def _step(matrix: Array, vector: Array, fixed: Array) -> Array:
    """Damped Gauss-Newton steps (H, 4), at most 0.3 m or rad."""
    diagonal = np.einsum("hii->hi", matrix)
    damped = matrix + (0.01 * diagonal + 1e-3)[:, :, None] * np.eye(4)
    damped[:, fixed, :] = 0.0
    damped[:, :, fixed] = 0.0
    damped[:, fixed, fixed] = 1.0
    vector = vector.copy()
    vector[:, fixed] = 0.0
    step = -np.linalg.solve(damped, vector[..., None])[..., 0]
    return np.asarray(np.clip(step, -0.3, 0.3))


def _judge(
    template: Template, points: Array, sigma: Array, outline: Outline, pose: Array, cost: float, cfg: FitCfg
) -> Fitted:
    signed, _ = template.distance(_to_local(points, pose[None])[0])
    close = np.abs(signed) < 3 * sigma + 0.01
    away, _, counts = outline.look_up(to_world(template.points, pose))
    outline_error = float((away * counts).sum() / max(counts.sum(), 1.0))
    point_error = float(np.sqrt(np.square(signed[close]).mean())) if close.any() else float("inf")
    return Fitted(pose, cost, point_error, outline_error, float(close.mean()))
