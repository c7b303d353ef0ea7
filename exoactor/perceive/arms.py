"""Where the robot's arms are, seen from outside: depth points near the robot that trunk, head and legs do not explain.

The encoders of the arms are not used: the check must see a gesture, not be told of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from exoactor.perceive.body import PosedBody
from exoactor.perceive.cloud import Cloud
from exoactor.perceive.locate import depth_sigma
from exoactor.types import Array, Camera, Pose2D
from exoactor.types.rotations import yaw_matrix

Side = Literal["left", "right"]


@dataclass(frozen=True)
class ArmsCfg:
    """Tunables of the arm finder.

    Args:
        margin: trunk, head and legs are drawn this much fatter than they are [m].
        before: points this much nearer to the camera than the trunk behind them are not trunk, plus 2.5 sigma [m].
        reach: an arm ends within this of its shoulder, plus 2 sigma [m].
        root: an arm begins within this of its shoulder [m].
        link: points further apart than this, plus 1.5 sigma, are not one arm [m].
        least: points an arm needs.
        tip: length of the arm's far end that counts as the hand [m].
        whole: an arm that ends nearer to its shoulder was cut off, as by a wall close behind: its hand is not seen [m].
        skin: from its visible surface to its middle [m].
    """

    margin: float = 0.025
    before: float = 0.05
    reach: float = 0.60
    root: float = 0.36
    link: float = 0.06
    least: int = 10
    tip: float = 0.10
    whole: float = 0.30
    skin: float = 0.025


@dataclass(frozen=True)
class Arm:
    """One arm as seen, in the robot's level frame (x forward, y left, z up, origin on the floor) [m].

    Args:
        side: whose shoulder it hangs on.
        shoulder: (3,) known from the trunk.
        hand: (3,) middle of the far end.
        points: number of depth points.
    """

    side: Side
    shoulder: Array
    hand: Array
    points: int

    @property
    def extent(self) -> float:
        """Length of the arm on the floor plane [m]."""
        return float(np.linalg.norm((self.hand - self.shoulder)[:2]))


def find_arms(cloud: Cloud, body: PosedBody, pose: Pose2D, camera: Camera, cfg: ArmsCfg) -> dict[Side, Arm]:
    """The arms that can be seen.

    Args:
        cloud: depth points that can be robot (furniture and walls left out), full resolution.
        body: the posed surface; only its part without arms is used.
        pose: where the robot was located by vision.
        camera: that saw them.
        cfg: tunables.
    """
    keep = np.square(cloud.points[:, :2] - pose.xy).sum(1) < 0.9**2
    keep &= (cloud.points[:, 2] > 0.35) & (cloud.points[:, 2] < 2.0)
    cloud = cloud.take(keep)
    if len(cloud) < cfg.least:
        return {}
    turn = yaw_matrix(pose.yaw)
    local = cloud.points - [pose.x, pose.y, 0.0]
    local[:, :2] = local[:, :2] @ turn
    eye = camera.position - [pose.x, pose.y, 0.0]
    eye[:2] = eye[:2] @ turn
    sigma = depth_sigma(cloud.depth)
    ends = {side: np.linalg.norm(local - place, axis=1) for side, place in body.shoulders.items()}
    free = np.minimum(*ends.values()) < cfg.reach + 2 * sigma
    free &= ~_trunk(cloud, body, pose, camera, sigma, cfg)
    chosen = np.flatnonzero(free)
    if len(chosen) < cfg.least:
        return {}
    arms: dict[Side, Arm] = {}
    for group in _groups(local[chosen], cfg.link + 1.5 * float(np.median(sigma[chosen])), cfg.least):
        index = chosen[group]
        near = {s: float(np.percentile(ends[s][index], 10)) for s in ends}
        aside = {s: _off_line(local[index], place) for s, place in body.shoulders.items()}
        # With the upper arm out of sight both shoulders may be as near; the forearm still points back to its own.
        order: list[Side] = ["left", "right"]
        side = min(order, key=lambda s: near[s] + 0.5 * aside[s])
        if near[side] > cfg.root:
            # An arm begins at its shoulder; what does not come near one is something else.
            continue
        far = float(np.percentile(ends[side][index], 96))
        if far < cfg.whole:
            continue
        tip = np.median(local[index[ends[side][index] > far - cfg.tip]], 0)
        # Only the near skin is seen; the middle of the hand lies behind it.
        inward = tip - eye
        tip = tip + cfg.skin * inward / np.linalg.norm(inward)
        if side not in arms or arms[side].points < len(index):
            arms[side] = Arm(side, body.shoulders[side], tip, len(index))
    return arms


def _off_line(points: Array, place: Array) -> float:
    """Distance of `place` (3,) from the straight line that runs along the points (N, 3) [m]."""
    middle = points.mean(0)
    along = np.linalg.svd(points - middle, full_matrices=False)[2][0]
    delta = place - middle
    return float(np.linalg.norm(delta - (delta @ along) * along))


def _trunk(cloud: Cloud, body: PosedBody, pose: Pose2D, camera: Camera, sigma: Array, cfg: ArmsCfg) -> Array:
    """(N,) bool: points that trunk, head or legs explain.

    Judged in the image, where a pixel is a centimetre: the noise of the depth is several times that.
    """
    world = body.points[body.arm == 0].copy()
    world[:, :2] = world[:, :2] @ yaw_matrix(pose.yaw).T + pose.xy
    pixel, depth = camera.project(world)
    low = np.array([cloud.columns.min(), cloud.rows.min()]) - 2
    shape = (int(cloud.rows.max() - low[1] + 3), int(cloud.columns.max() - low[0] + 3))
    front = np.full(shape, np.inf, np.float32)
    u, v = (pixel - low).astype(int).T
    inside = (u >= 0) & (u < shape[1]) & (v >= 0) & (v < shape[0]) & (depth > 0.1)
    np.minimum.at(front, (v[inside], u[inside]), depth[inside].astype(np.float32))
    # Samples lie 2.5 cm apart: grow each by that and by the margin.
    size = 2 * max(1, round((0.015 + cfg.margin) * camera.intrinsics[0, 0] / float(np.median(depth)))) + 1
    front = cv2.erode(front, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    behind = front[cloud.rows - low[1], cloud.columns - low[0]]
    return np.asarray(np.isfinite(behind) & (cloud.depth > behind - cfg.before - 2.5 * sigma))


def _groups(points: Array, link: float, least: int) -> list[Array]:
    """Index arrays of the connected groups of points, largest first; lone noise is left out."""
    pairs = cKDTree(points).query_pairs(link, output_type="ndarray")
    n = len(points)
    graph = coo_matrix((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    _, label = connected_components(graph, directed=False)
    sizes = np.bincount(label)
    return [np.flatnonzero(label == k) for k in np.argsort(-sizes) if sizes[k] >= least]
