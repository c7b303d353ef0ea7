"""Where the robot stands: three-degree-of-freedom alignment of its own posed surface with depth points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from exoactor.perceive.body import PosedBody
from exoactor.types import Array, Camera, Observation, Pose2D
from exoactor.types.rotations import wrap, yaw_matrix


@dataclass(frozen=True)
class LocateCfg:
    """Tunables of the alignment.

    Args:
        points: depth points used at most.
        iterations: of association and least squares.
        reach: first and last gate on point to surface distance [m].
        radius: depth points further than this from the prior, on the floor, are left out [m].
        inlier: an aligned point lies within this of the surface, plus the depth noise [m].
        cell: bins of the visibility test [px].
    """

    points: int = 700
    iterations: int = 10
    reach: tuple[float, float] = (0.20, 0.05)
    radius: float = 0.65
    inlier: float = 0.025
    cell: int = 6


@dataclass(frozen=True)
class Fix:
    """Result of an alignment.

    Args:
        pose: of the robot's level frame.
        std: (3,) one sigma from the curvature of the fit [m, m, rad].
        explained: share of the camera-facing model surface that depth confirms, 0..1.
        violated: share of it that depth sees through, 0..1; the rest is hidden by nearer things.
        coverage: share of the depth points close to the body's axis that lie on the body, 0..1.
        residual: robust mean distance of inliers to the surface [m].
        inliers: number of depth points on the surface.
    """

    pose: Pose2D
    std: Array
    explained: float
    violated: float
    coverage: float
    residual: float
    inliers: int


def depth_sigma(depth: Array | float) -> Array:
    """One-sigma noise of the depth camera at a depth [m] (its data sheet's law)."""
    return np.asarray(0.0015 + 0.0014 * np.square(depth))


def depth_at(observation: Observation, points: Array) -> tuple[Array, Array, Array]:
    """Depth (N,) that the picture has where world points (N, 3) are, their own depth [m], and (N,) whether it is there.

    Of points outside the picture the nearest pixel's is given.
    """
    pixel, own = observation.camera.project(points)
    width, height = observation.camera.size
    inside = (pixel >= 0).all(1) & (pixel[:, 0] < width) & (pixel[:, 1] < height) & (own > 0)
    column = np.clip(pixel[:, 0], 0, width - 1).astype(int)
    row = np.clip(pixel[:, 1], 0, height - 1).astype(int)
    return observation.depth[row, column], own, inside


def surface_seen(observation: Observation, points: Array) -> Array:
    """(N,) whether the picture shows a surface where world points (N, 3) are, as well as depth is measured there."""
    seen, own, inside = depth_at(observation, points)
    return np.asarray(inside & (np.abs(seen - own) < 0.05 + 3 * depth_sigma(own)))


def visible(points: Array, normals: Array, camera: Camera, cell: int) -> Array:
    """Indices of the world surface points (N, 3) the camera sees: facing it and not behind others."""
    toward = camera.position - points
    pixel, depth = camera.project(points)
    facing = (normals * toward).sum(1) > 0.15 * np.linalg.norm(toward, axis=1)
    width, height = camera.size
    inside = (depth > 0.1) & (pixel[:, 0] >= 0) & (pixel[:, 0] < width) & (pixel[:, 1] >= 0) & (pixel[:, 1] < height)
    index = np.flatnonzero(facing & inside)
    if len(index) == 0:
        return index
    u, v = (pixel[index] // cell).astype(int).T
    front = np.full((height // cell + 2, width // cell + 2), np.inf)
    np.minimum.at(front, (v, u), depth[index])
    return np.asarray(index[depth[index] < front[v, u] + 0.06])


def align(
    body: PosedBody,
    observed: Array,
    camera: Camera,
    start: Pose2D,
    depth: Array,
    cfg: LocateCfg,
    *,
    chosen: Array | None = None,
) -> Fix | None:
    """Align the body's visible surface with observed world points (M, 3), starting at `start`.

    Args:
        body: the posed surface.
        observed: depth points near the robot, floor left out [m].
        camera: the camera of `depth`.
        start: first guess, within about 0.3 m and 30 deg.
        depth: (H, W) depth image [m], for the free-space test at the end.
        cfg: tunables.
        chosen: indices of body points to use, or None for all.

    Returns:
        None when too few points lie near the body.
    """
    chosen = np.arange(len(body.points)) if chosen is None else chosen
    points, normals = body.points[chosen], body.normals[chosen]
    pose = np.array([start.x, start.y, start.yaw])
    tree, seen = None, np.arange(0)
    gates = np.geomspace(*cfg.reach, cfg.iterations)
    hessian = np.eye(3)
    inliers, residual = 0, np.inf
    local, hit = observed, np.zeros(len(observed), bool)
    for k, gate in enumerate(gates):
        turn = yaw_matrix(pose[2])
        if k in (0, 3, 6):
            world = _place(points, turn, pose)
            world_normals = normals.copy()
            world_normals[:, :2] = normals[:, :2] @ turn.T
            seen = visible(world, world_normals, camera, cfg.cell)
            if len(seen) < 40:
                return None
            tree = cKDTree(points[seen])
        assert tree is not None
        local = observed - [pose[0], pose[1], 0.0]
        local = np.concatenate([local[:, :2] @ turn, local[:, 2:]], 1)
        distance, nearest = tree.query(local, distance_upper_bound=gate)
        hit = np.isfinite(distance)
        inliers = int(hit.sum())
        if inliers < 40:
            return None
        p, n = points[seen[nearest[hit]]], normals[seen[nearest[hit]]]
        away = local[hit] - p
        plane = (away * n).sum(1)
        weight = (1 - (distance[hit] / gate) ** 2) ** 2
        # Columns: body-frame shift x, y and turn; a point moves with the body by (dx - y*dyaw, dy + x*dyaw).
        jacobian = np.stack([n[:, 0], n[:, 1], n[:, 1] * p[:, 0] - n[:, 0] * p[:, 1]], 1)
        soft = 0.25
        ones, zeros = np.ones(len(p)), np.zeros(len(p))
        jx = np.stack([ones, zeros, -p[:, 1]], 1) * soft
        jy = np.stack([zeros, ones, p[:, 0]], 1) * soft
        stacked = np.concatenate([jacobian, jx, jy])
        target = np.concatenate([plane, away[:, 0] * soft, away[:, 1] * soft])
        weights = np.concatenate([weight, weight, weight])
        hessian = stacked.T @ (stacked * weights[:, None]) + 1e-6 * np.eye(3)
        step = np.linalg.solve(hessian, stacked.T @ (weights * target))
        pose[:2] += turn @ step[:2]
        pose[2] += step[2]
        residual = float(np.sqrt((weight * plane**2).sum() / max(weight.sum(), 1e-9)))
    found = Pose2D(float(pose[0]), float(pose[1]), float(wrap(pose[2])))
    explained, violated = confirmation(points[seen], found, camera, depth, cfg)
    std = np.sqrt(np.diag(np.linalg.inv(hessian))) * max(residual, 0.005) * 2
    core = np.square(local[:, :2]).sum(1) < 0.28**2
    coverage = float(hit[core].mean()) if core.any() else 0.0
    return Fix(found, np.maximum(std, [0.005, 0.005, 0.01]), explained, violated, coverage, residual, inliers)


def confirmation(points: Array, pose: Pose2D, camera: Camera, depth: Array, cfg: LocateCfg) -> tuple[float, float]:
    """Shares of visible body points that the depth image confirms, and that it sees through."""
    world = _place(points, yaw_matrix(pose.yaw), np.array([pose.x, pose.y]))
    pixel, model_depth = camera.project(world)
    height, width = depth.shape
    u = np.clip(pixel[:, 0].astype(int), 0, width - 1)
    v = np.clip(pixel[:, 1].astype(int), 0, height - 1)
    seen = depth[v, u]
    valid = seen > 0
    if valid.sum() < 20:
        return 0.0, 0.0
    gap = seen - model_depth
    tolerance = cfg.inlier + 2.5 * depth_sigma(model_depth)
    return float((np.abs(gap) < tolerance)[valid].mean()), float((gap > tolerance + 0.05)[valid].mean())


def near(observed: Array, pose: Pose2D, cfg: LocateCfg, rng: np.random.Generator) -> Array:
    """At most `cfg.points` of the world points (M, 3) that can belong to a robot at `pose`."""
    offset = observed[:, :2] - pose.xy
    kept = np.flatnonzero((np.square(offset).sum(1) < cfg.radius**2) & (observed[:, 2] > 0.04) & (observed[:, 2] < 1.5))
    if len(kept) > cfg.points:
        kept = rng.choice(kept, cfg.points, replace=False)
    return np.asarray(observed[kept])


def _place(points: Array, turn: Array, pose: Array) -> Array:
    world = points.copy()
    world[:, :2] = points[:, :2] @ turn.T + pose[:2]
    return np.asarray(world)
