"""Find the robot without knowing where it is: colourless upright clusters, many headings, the best alignment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from exoactor.perceive.body import PosedBody
from exoactor.perceive.cloud import Cloud
from exoactor.perceive.locate import Fix, LocateCfg, align, near
from exoactor.types import Array, Observation, Pose2D


@dataclass(frozen=True)
class SearchCfg:
    """Tunables of the global search.

    Args:
        cell: of the floor grid [m].
        band: heights looked at, trunk and head of a standing robot [m].
        widest: a cluster wider than this is furniture or wall [m].
        clusters: candidates tried.
        headings: hypotheses a candidate.
        locate: of the alignment.
    """

    cell: float = 0.06
    band: tuple[float, float] = (0.55, 1.25)
    widest: float = 1.0
    clusters: int = 4
    headings: int = 10
    locate: LocateCfg = field(default_factory=LocateCfg)


def quality(fix: Fix) -> float:
    """0..1: what is not hidden is confirmed rather than seen through, enough of it is seen, and it fits tightly."""
    seen = max(fix.explained + fix.violated, 1e-6)
    agreement = np.clip((fix.explained - 1.5 * fix.violated) / seen, 0.0, 1.0)
    enough = min(1.0, fix.explained / 0.35)
    # A wall or a cupboard confirms a body laid upon it; but then most of what is there is not body.
    alone = np.clip((fix.coverage - 0.25) / 0.35, 0.0, 1.0)
    return float(agreement * enough * alone * np.exp(-np.square(fix.residual / 0.05)))


def find_robot(
    cloud: Cloud, body: PosedBody, observation: Observation, cfg: SearchCfg, rng: np.random.Generator
) -> Fix | None:
    """The best fix over all candidates and headings.

    Args:
        cloud: colourless points without floor and room walls.
        body: posed by the encoders.
        observation: the look.
        cfg: tunables.
        rng: picks points.
    """
    best: Fix | None = None
    for middle in candidates(cloud.points, cfg):
        points = near(
            cloud.points, Pose2D(float(middle[0]), float(middle[1]), 0.0), replace(cfg.locate, points=360), rng
        )
        coarse = replace(cfg.locate, iterations=6, reach=(0.25, 0.08))
        fixes = []
        away = middle - observation.camera.position[:2]
        pushed = middle + 0.05 * away / np.linalg.norm(away)
        for yaw in np.arange(cfg.headings) * 2 * np.pi / cfg.headings:
            fix = align(
                body,
                points,
                observation.camera,
                Pose2D(float(pushed[0]), float(pushed[1]), float(yaw)),
                observation.depth,
                coarse,
            )
            if fix is not None:
                fixes.append(fix)
        fixes.sort(key=quality, reverse=True)
        for start in _different(fixes)[:3]:
            full = near(cloud.points, start.pose, cfg.locate, rng)
            fix = align(body, full, observation.camera, start.pose, observation.depth, cfg.locate)
            if fix is not None and (best is None or quality(fix) > quality(best)):
                best = fix
    return best


def candidates(points: Array, cfg: SearchCfg) -> list[Array]:
    """Floor points (2,) under upright clusters of about the robot's width, most points first."""
    band = points[(points[:, 2] > cfg.band[0]) & (points[:, 2] < cfg.band[1])]
    if len(band) < 20:
        return []
    cells = np.floor(band[:, :2] / cfg.cell).astype(int)
    low = cells.min(0) - 2
    shape = cells.max(0) - low + 3
    if shape.max() > 600:
        return []
    grid = np.zeros(shape, np.int32)
    np.add.at(grid, tuple((cells - low).T), 1)
    # One stray return in a cell is noise.
    occupied = cv2.morphologyEx((grid > 1).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, label, _, _ = cv2.connectedComponentsWithStats(occupied, connectivity=8)
    of_point = label[tuple((cells - low).T)]
    found = []
    for k in range(1, count):
        member = band[of_point == k]
        if len(member) < 40:
            continue
        extent = np.percentile(member, 97, axis=0) - np.percentile(member, 3, axis=0)
        if max(extent[:2]) > cfg.widest or extent[2] < 0.25:
            continue
        found.append((len(member), np.median(member[:, :2], 0)))
    found.sort(key=lambda pair: -pair[0])
    return [middle for _, middle in found[: cfg.clusters]]


def _different(fixes: list[Fix]) -> list[Fix]:
    """Leave out fixes that ended where a better one did."""
    kept: list[Fix] = []
    for fix in fixes:
        if not any(fix.pose.is_near(k.pose, 0.05, 0.15) for k in kept):
            kept.append(fix)
    return kept
