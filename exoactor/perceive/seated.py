"""A robot that does not stand on its soles: where its pelvis is, its height too, from encoders, IMU and depth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from exoactor.perceive.body import PosedBody, RobotBody
from exoactor.perceive.cloud import Cloud
from exoactor.perceive.locate import Fix, LocateCfg, depth_sigma, visible
from exoactor.perceive.search import quality
from exoactor.types import Array, Observation, Pose2D
from exoactor.types.rotations import yaw_matrix

HEIGHTS = np.arange(0.48, 0.85, 0.04)
"""Heights of the pelvis that are tried, from a low seat to standing [m]."""
HIPS, KNEES = (0, 6), (3, 9)
"""Hip pitch and knees among the 29 joints."""
FOLDED = (0.65, 0.55)
"""Hips and knees bent more than this are those of one that sits, squats or lies [rad]."""
_ROUNDS = 6


@dataclass(frozen=True)
class SeatLook:
    """The robot's pelvis in one look.

    Args:
        time: of the look [s].
        pose: of the pelvis on the floor plane.
        height: of the pelvis above the floor [m].
        confidence: 0..1.
        balance: (2,) its centre of mass on the floor plane, by its own masses [m].
        lean: of the trunk against the vertical, any way [rad].
        folded: hips and knees are bent as in sitting, by the encoders that the depth image confirms.
        arms: (N, 3) points of arms and hands in the world [m].
    """

    time: float
    pose: Pose2D
    height: float
    confidence: float
    balance: Array
    lean: float
    folded: bool
    arms: Array


def folded(joint_pos: Array) -> bool:
    """Whether (29,) encoder angles [rad] bend both hips forward and both knees."""
    hips, knees = np.asarray(joint_pos)[list(HIPS)], np.asarray(joint_pos)[list(KNEES)]
    return bool((hips < -FOLDED[0]).all() and (knees > FOLDED[1]).all())


def seated_fix(
    body: RobotBody, joint_pos: Array, roll_pitch: Array, aligned: Callable[[PosedBody], Fix | None]
) -> tuple[Fix, PosedBody, float] | None:
    """The best alignment over heights of the pelvis, the body as then posed, and that height [m].

    Args:
        body: the robot's surface.
        joint_pos: (29,) encoders [rad].
        roll_pitch: (2,) by the IMU [rad].
        aligned: aligns a posed body with the look.
    """
    best: tuple[Fix, PosedBody, float] | None = None
    for height in HEIGHTS:
        posed = body.seated(joint_pos, roll_pitch, float(height))
        fix = aligned(posed)
        if fix is not None and (best is None or quality(fix) > quality(best[0])):
            best = fix, posed, float(height)
    return best


def refined(
    body: RobotBody,
    found: tuple[Fix, PosedBody, float],
    cloud: Cloud,
    observation: Observation,
    cfg: LocateCfg,
) -> SeatLook:
    """Pose and height settled together: depth points against the surface along its normals, three shifts at once.

    Args:
        body: the robot's surface.
        found: of `seated_fix`.
        cloud: what may belong to the robot.
        observation: the look.
        cfg: of the alignment.
    """
    fix, posed, height = found
    felt = observation.proprioception
    assert felt.roll_pitch is not None
    turn = yaw_matrix(fix.pose.yaw)
    place, rise = fix.pose.xy.copy(), 0.0
    close = np.square(cloud.points[:, :2] - place).sum(1) < cfg.radius**2
    points, sigma = cloud.points[close], depth_sigma(cloud.depth[close])
    world = posed.points.copy()
    world[:, :2] = posed.points[:, :2] @ turn.T + place
    normals = posed.normals.copy()
    normals[:, :2] = normals[:, :2] @ turn.T
    seen = visible(world, normals, observation.camera, cfg.cell)
    shift = np.zeros(3)
    if len(seen) > 40 and len(points) > 40:
        tree = cKDTree(world[seen])
        for gate in np.geomspace(0.10, 0.05, _ROUNDS):
            distance, nearest = tree.query(points - shift, distance_upper_bound=gate)
            hit = np.isfinite(distance)
            if hit.sum() < 40:
                break
            n = normals[seen[nearest[hit]]]
            off = ((points[hit] - shift - world[seen[nearest[hit]]]) * n).sum(1)
            weight = (1 - (distance[hit] / gate) ** 2) ** 2 / (0.01 + sigma[hit]) ** 2
            system = n.T @ (n * weight[:, None]) + 1e-3 * weight.sum() * np.eye(3)
            shift = shift + np.linalg.solve(system, n.T @ (weight * off))
    place, rise = place + shift[:2], float(shift[2])
    arms = world[posed.arm != 0] + shift
    balance = place + turn @ body.balance(felt.joint_pos, felt.roll_pitch)
    up = posed.head - np.array([0.0, 0.0, height])
    lean = float(np.arctan2(np.hypot(up[0], up[1]), up[2]))
    pose = Pose2D(float(place[0]), float(place[1]), fix.pose.yaw)
    return SeatLook(observation.time, pose, height + rise, quality(fix), balance, lean, folded(felt.joint_pos), arms)
