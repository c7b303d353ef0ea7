"""Where the robot's arms are, seen from outside: depth points near the robot that trunk, head and legs do not explain.

The encoders of the arms are not used: the check must see a gesture, not be told of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.spatial import cKDTree

from exoactor.perceive.body import PosedBody
from exoactor.perceive.cloud import Cloud
from exoactor.perceive.locate import depth_sigma
from exoactor.types import Array, Pose2D
from exoactor.types.rotations import yaw_matrix

Side = Literal["left", "right"]


@dataclass(frozen=True)
class ArmsCfg:
    """Tunables of the arm finder.

    Args:
        trunk_gap: points nearer than this to trunk, head or legs belong to them, plus 2 sigma of the depth noise [m].
        reach: an arm ends within this of its shoulder [m].
        link: points further apart than this are not one arm [m].
        least: points an arm needs.
        tip: length of the arm's far end that counts as the hand [m].
    """

    trunk_gap: float = 0.045
    reach: float = 0.62
    link: float = 0.075
    least: int = 12
    tip: float = 0.10


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


def find_arms(cloud: Cloud, body: PosedBody, pose: Pose2D, foreign: Array | None, cfg: ArmsCfg) -> dict[Side, Arm]:
    """The arms that can be seen.

    Args:
        cloud: depth points around the robot, full resolution.
        body: the posed surface; only its part without arms is used.
        pose: where the robot was located by vision.
        foreign: (N,) bool of cloud points that furniture explains, or None.
        cfg: tunables.
    """
    keep = np.square(cloud.points[:, :2] - pose.xy).sum(1) < 0.8**2
    keep &= (cloud.points[:, 2] > 0.35) & (cloud.points[:, 2] < 2.0)
    if foreign is not None:
        keep &= ~foreign
    points, sigma = cloud.points[keep], depth_sigma(cloud.depth[keep])
    if len(points) < cfg.least:
        return {}
    local = points - [pose.x, pose.y, 0.0]
    local[:, :2] = local[:, :2] @ yaw_matrix(pose.yaw)
    near_shoulder = np.min([np.linalg.norm(local - s, axis=1) for s in body.shoulders.values()], axis=0) < cfg.reach
    local, sigma = local[near_shoulder], sigma[near_shoulder]
    gap, _ = cKDTree(body.points[body.arm == 0]).query(local, distance_upper_bound=0.3)
    free = local[gap > cfg.trunk_gap + 2 * sigma]
    arms: dict[Side, Arm] = {}
    for group in _groups(free, cfg):
        blob = free[group]
        ends = {s: np.linalg.norm(blob - p, axis=1) for s, p in body.shoulders.items()}
        side: Side = "left" if np.percentile(ends["left"], 10) < np.percentile(ends["right"], 10) else "right"
        # An arm starts at its shoulder; what does not come near it is something else.
        if np.percentile(ends[side], 5) > 0.33:
            continue
        far = np.percentile(ends[side], 97)
        tip = blob[ends[side] > far - cfg.tip]
        arm = Arm(side, body.shoulders[side], np.median(tip, 0), len(blob))
        if side not in arms or arms[side].points < arm.points:
            arms[side] = arm
    return arms


def _groups(points: Array, cfg: ArmsCfg) -> list[Array]:
    """Index arrays of the connected groups of points, largest first; lone noise is left out."""
    if len(points) < cfg.least:
        return []
    tree = cKDTree(points)
    pairs = tree.query_pairs(cfg.link, output_type="ndarray")
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    n = len(points)
    graph = coo_matrix((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    _, label = connected_components(graph, directed=False)
    sizes = np.bincount(label)
    order = np.argsort(-sizes)
    return [np.flatnonzero(label == k) for k in order if sizes[k] >= cfg.least]
