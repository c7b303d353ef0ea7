"""Find the catalogue's things: colour, then clusters, then known-size templates, then who is who."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import cv2
import numpy as np

from exoactor.perceive.cloud import Cloud
from exoactor.perceive.fit import FitCfg, Fitted, Outline, fit, to_world
from exoactor.perceive.locate import depth_sigma
from exoactor.perceive.lying import LyingTemplate
from exoactor.perceive.template import Template
from exoactor.types import Array, CatalogueItem, Observation, SceneObject
from exoactor.types.rotations import wrap, yaw_matrix
from exoactor.world.furniture import support


@dataclass(frozen=True)
class ObjectsCfg:
    """Tunables of the search for things.

    Args:
        least: pixels a cluster needs at the working stride.
        clusters: clusters tried per thing, largest first.
        snap: a thing's underside this near to a support or the floor stands on it [m].
        accept: fits that cost more than this are no find.
        doubtful: a thing whose fit costs more than this may have toppled.
        lying: as it lies it has to fit for this share of what it costs as it stands ...
        accept_lying: ... and for no more than this ...
        seen_lying: ... with so much of its side towards the camera seen: what is half hidden fits many ways.
        fit: of the template fit.
    """

    least: int = 6
    clusters: int = 3
    snap: float = 0.06
    accept: float = 0.55
    doubtful: float = 0.075
    lying: float = 0.6
    accept_lying: float = 0.20
    seen_lying: float = 0.30
    fit: FitCfg = field(default_factory=FitCfg)


def find_objects(
    items: Sequence[tuple[CatalogueItem, Template]],
    cloud: Cloud,
    mask: Array,
    observation: Observation,
    stride: int,
    standing: Sequence[SceneObject],
    cfg: ObjectsCfg,
    lying: Mapping[str, Sequence[LyingTemplate]] = MappingProxyType({}),
) -> list[SceneObject]:
    """The things of one colour, largest first; each takes its points away from the next.

    Args:
        items: things of that colour with their templates.
        cloud: points of that colour.
        mask: (h, w) bool, the pixels of that colour at `stride`.
        observation: the look.
        stride: of `mask` [px].
        standing: things found before, on which others may stand.
        cfg: tunables.
        lying: id of a thing -> ways in which it may lie.
    """
    if len(cloud) < cfg.least:
        return []
    outline = Outline(mask, observation.depth, observation.camera, stride)
    found: list[SceneObject] = []
    left = cloud
    waiting = sorted(items, key=lambda pair: -float(np.prod(pair[0].size)))
    while waiting:
        item, template = waiting.pop(0)
        around = [*standing, *found]
        best = _best_fit(item, template, left, mask.shape, outline, stride, around, cfg)
        if best is None:
            continue
        thing = None if best.cost > cfg.accept else _finished(item, template, best, observation, around, cfg)
        if best.cost > cfg.doubtful and lying.get(item.id):
            most = min(cfg.lying * best.cost, cfg.accept_lying)
            fallen = _toppled(lying[item.id], most, left, mask.shape, outline, stride, observation, around, cfg)
            thing, template = fallen or (thing, template)
        if thing is None:
            continue
        found.append(thing)
        left = left.take(~explained(template, thing, left))
    return found


def explained(template: Template, thing: SceneObject, cloud: Cloud, slack: float = 0.04) -> Array:
    """(N,) bool: cloud points that lie on or in a thing."""
    signed, _ = template.distance(_local(cloud.points, thing))
    return np.asarray(signed < slack + 2.5 * depth_sigma(cloud.depth))


def _local(points: Array, thing: SceneObject) -> Array:
    delta = points - thing.position
    return np.concatenate([delta[:, :2] @ yaw_matrix(thing.yaw), delta[:, 2:]], 1)


def _best_fit(
    item: CatalogueItem,
    template: Template,
    cloud: Cloud,
    shape: tuple[int, ...],
    outline: Outline,
    stride: int,
    standing: Sequence[SceneObject],
    cfg: ObjectsCfg,
) -> Fitted | None:
    best: Fitted | None = None
    for cluster in _clusters(cloud, shape, stride, template, cfg):
        centre = np.median(cluster.points, 0)
        near = np.square(cloud.points[:, :2] - centre[:2]).sum(1) < (1.6 * template.radius + 0.12) ** 2
        near &= np.abs(cloud.points[:, 2] - centre[2]) < template.size[2] + 0.1
        points = cloud.take(near)
        starts, free = _starts(item, template, points, centre, outline.camera.position, standing)
        fitted = fit(template, points.points, points.depth, outline, starts, cfg.fit, free=free)
        # A cluster much smaller than the thing should look is a poor witness for it.
        if best is None or fitted.cost < best.cost:
            best = fitted
    return best


def _toppled(
    ways: Sequence[LyingTemplate],
    most: float,
    cloud: Cloud,
    shape: tuple[int, ...],
    outline: Outline,
    stride: int,
    observation: Observation,
    standing: Sequence[SceneObject],
    cfg: ObjectsCfg,
) -> tuple[SceneObject, Template] | None:
    """The thing as it lies on floor or support, if it fits so for less than `most`."""
    tried = [(_best_fit(way.item, way, cloud, shape, outline, stride, standing, cfg), way) for way in ways]
    fits = [(fitted, way) for fitted, way in tried if fitted is not None and fitted.cost < most]
    if not fits:
        return None
    fitted, way = min(fits, key=lambda pair: pair[0].cost)
    above = abs(_level(fitted.pose[:2], float(fitted.pose[2]), standing) - float(fitted.pose[2]))
    if above > cfg.snap and fitted.cost > cfg.doubtful:
        return None  # in the robot's hands a thing is rather tilted than turned on its side
    thing = _finished(way.item, way, fitted, observation, standing, cfg, cfg.seen_lying)
    return None if thing is None else (replace(thing, lies=True), way)


def _clusters(cloud: Cloud, shape: tuple[int, ...], stride: int, template: Template, cfg: ObjectsCfg) -> list[Cloud]:
    """Connected patches of the colour, and the union of those near the largest (an occluder may cut a thing up)."""
    if len(cloud) < cfg.least:
        return []
    image = np.zeros(shape, np.uint8)
    image[cloud.rows // stride, cloud.columns // stride] = 1
    image = cv2.morphologyEx(image, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, label, stats, _ = cv2.connectedComponentsWithStats(image, connectivity=8)
    of_point = label[cloud.rows // stride, cloud.columns // stride]
    order = [k for k in 1 + np.argsort(-stats[1:, cv2.CC_STAT_AREA]) if (of_point == k).sum() >= cfg.least]
    if not order:
        return []
    patches = [cloud.take(of_point == k) for k in order[: cfg.clusters]]
    if len(order) > 1:
        middle = np.median(patches[0].points[:, :2], 0)
        near = np.square(cloud.points[:, :2] - middle).sum(1) < (2 * template.radius + 0.1) ** 2
        whole = near & np.isin(of_point, order)
        if whole.sum() > 1.1 * len(patches[0]):
            patches.insert(0, cloud.take(whole))
    return patches


def _starts(
    item: CatalogueItem,
    template: Template,
    points: Cloud,
    centre: Array,
    eye: Array,
    standing: Sequence[SceneObject],
) -> tuple[Array, tuple[bool, bool, bool, bool]]:
    """Pose hypotheses (H, 4) and which of x, y, z, yaw are free."""
    away = centre[:2] - eye[:2]
    away = away / max(float(np.linalg.norm(away)), 1e-6)
    middles = [centre[:2], centre[:2] + away * min(template.radius, 0.35) * 0.7]
    if template.period == 0:
        yaws = np.zeros(1)
    else:
        steps = {np.pi / 2: 3, np.pi: 4}.get(template.period, 6)
        yaws = np.arange(steps) * template.period / steps
    heights = [0.0]
    if item.movable:
        top, bottom = np.percentile(points.points[:, 2], [97, 3])
        heights = [max(float(top - item.size[2]), 0.0)]
        if abs(bottom - heights[0]) > 0.05:
            heights.append(max(float(bottom), 0.0))
        heights = [0.0 if h < 0.05 else h for h in heights]
        for thing in standing:
            surface = support(thing.item.kind, thing.item.size)
            if surface is None:
                continue
            level = float(thing.position[2] + surface.center[2])
            heights = [level if abs(h - level) < 0.06 else h for h in heights]
    starts = [[*m, h, y] for m in middles for h in sorted(set(heights)) for y in yaws]
    return np.array(starts), (True, True, item.movable, template.period != 0)


def _finished(
    item: CatalogueItem,
    template: Template,
    fitted: Fitted,
    observation: Observation,
    standing: Sequence[SceneObject],
    cfg: ObjectsCfg,
    least: float = 0.05,
) -> SceneObject | None:
    """The thing put on its support, with canonical yaw and confidence; None if less than `least` of it is seen."""
    x, y, z, yaw = (float(v) for v in fitted.pose)
    if item.movable:
        level = _level(np.array([x, y]), z, standing)
        z = level if abs(level - z) < cfg.snap else max(z, 0.0)
    if template.period == 0:
        yaw = 0.0
    else:
        half = template.period / 2
        yaw = float((yaw + half) % template.period - half) if template.period < 6 else float(wrap(yaw))
    seen = _seen_share(template, np.array([x, y, z, yaw]), observation)
    if seen < least:
        return None
    quality = float(np.exp(-np.square(max(fitted.cost - 0.10, 0.0) / 0.22)))
    evidence = min(1.0, seen / 0.30)
    confidence = float(np.clip(quality * (0.35 + 0.65 * evidence) * min(1.0, fitted.explained / 0.6), 0.0, 1.0))
    return SceneObject(item, np.array([x, y, z]), yaw, confidence)


def _level(place: Array, z: float, standing: Sequence[SceneObject]) -> float:
    """Height of the floor or the support at a place (2,) that is nearest to `z` [m]."""
    levels = [0.0]
    for thing in standing:
        surface = support(thing.item.kind, thing.item.size)
        if surface is None:
            continue
        local = (place - thing.position[:2]) @ yaw_matrix(thing.yaw) - surface.center[:2]
        if (np.abs(local) < surface.half_size + 0.05).all():
            levels.append(float(thing.position[2] + surface.center[2]))
    return min(levels, key=lambda level: abs(level - z))


def _seen_share(template: Template, pose: Array, observation: Observation) -> float:
    """Share of the samples facing the camera that the depth image confirms."""
    world = to_world(template.points, pose)
    normals = to_world(template.normals, np.array([0.0, 0.0, 0.0, pose[3]]))
    toward = observation.camera.position - world
    facing = (normals * toward).sum(1) > 0.1 * np.linalg.norm(toward, axis=1)
    pixel, depth = observation.camera.project(world)
    width, height = observation.camera.size
    inside = (pixel[:, 0] >= 0) & (pixel[:, 0] < width) & (pixel[:, 1] >= 0) & (pixel[:, 1] < height)
    use = np.flatnonzero(facing)
    if len(use) == 0:
        return 0.0
    column = np.clip(pixel[use, 0], 0, width - 1).astype(int)
    row = np.clip(pixel[use, 1], 0, height - 1).astype(int)
    gap = np.abs(observation.depth[row, column] - depth[use])
    return float((inside[use] & (gap < 0.04 + 3 * depth_sigma(depth[use]))).mean())
