"""The empty room to draw the person into: the observed image without the robot, and what stands before what.

Where the robot was, each surface that the room shows there is continued from the pixels of the same surface
around it, so that edges of furniture stay sharp.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import cv2
import numpy as np

from exoactor.imagine.carried import outline
from exoactor.imagine.room import FLOOR, NOTHING, Room
from exoactor.silhouette import silhouette
from exoactor.types import Array, Camera, Observation, Pose2D, Scene
from exoactor.world.looks import role_rgb

ROBOT_RADIUS, ROBOT_HEIGHT = 0.45, 1.40
"""Cylinder that surely holds the standing robot [m]."""

_MARGIN = 48


@dataclass(frozen=True)
class Plate:
    """Background of the clip.

    Args:
        rgb: (H, W, 3) uint8, the room without the robot.
        before: (H, W) float32 depth of what can hide a person, inf for floor and open space [m].
        floor_xy: (H, W, 2) float32 floor point of each pixel [m]; NaN where no floor is seen.
    """

    rgb: Array
    before: Array
    floor_xy: Array


def empty_room(scene: Scene, observation: Observation, without: Collection[str] = ()) -> Plate:
    """Take the robot out of the observed image, and things that will not stay where they are.

    Args:
        scene: as perceived.
        observation: what it was perceived in.
        without: ids of the things.

    Raises:
        ValueError: the scene does not say where the robot is.
    """
    if scene.robot is None:
        raise ValueError("the scene does not say where the robot is")
    camera = observation.camera
    mask = robot_pixels(camera, scene.robot)
    depth = observation.depth.copy()
    moved = np.zeros_like(mask)
    for thing in scene.objects:
        if thing.id in without:
            low, high = outline(thing, camera)
            moved[low[1] : high[1], low[0] : high[0]] = True
    mask |= moved
    scene = replace(scene, objects=tuple(o for o in scene.objects if o.id not in without))
    assert scene.robot is not None
    room = Room(scene, observation, mask)
    top, bottom, left, right = _around(mask)
    crop = (slice(top, bottom), slice(left, right))
    rows, columns = np.mgrid[top:bottom, left:right]
    labels, cast = room.cast(np.stack([columns.ravel() + 0.5, rows.ravel() + 0.5], -1))
    labels, cast = labels.reshape(rows.shape), cast.reshape(rows.shape)
    inside = mask[crop]
    # a thing in front of the robot is no robot, whatever the cylinder says
    nearer = inside & ~moved[crop] & (depth[crop] > 0) & (depth[crop] < _front(camera, scene.robot) - 0.03)
    inside = inside & ~nearer
    rgb = observation.rgb.copy()
    rgb[crop] = _continued(rgb[crop], labels, inside, room)
    depth[crop] = np.where(inside, np.where(np.isfinite(cast), cast, 0), depth[crop])
    floor_xy, floor = _floor(camera)
    missing = depth <= 0
    if missing.mean() > 0.5:
        every = np.mgrid[0 : depth.shape[0], 0 : depth.shape[1]].reshape(2, -1).T[:, ::-1] + 0.5
        depth = np.where(missing, room.cast(every)[1].reshape(depth.shape), depth)
    before = _occluders(depth, floor)
    floor_xy[np.isfinite(before) & (before < floor - 0.10)] = np.nan
    return Plate(rgb, before, floor_xy)


def robot_pixels(camera: Camera, robot: Pose2D) -> Array:
    """(H, W) bool: the picture of the cylinder around a standing robot, and of the shadow at its feet."""
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], -1)
    points = [
        np.column_stack([robot.xy + radius * circle, np.full(len(angles), height)])
        for radius, height in ((ROBOT_RADIUS, 0.0), (ROBOT_RADIUS, 0.9), (0.3, ROBOT_HEIGHT))
    ]
    return silhouette(np.concatenate(points), camera)


def _front(camera: Camera, robot: Pose2D) -> float:
    """Depth of the side of the robot's cylinder that faces the camera [m]."""
    return float(camera.to_camera(np.array([robot.x, robot.y, 0.7]))[2]) - ROBOT_RADIUS


def _around(mask: Array) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    if not len(rows):
        return 0, 1, 0, 1
    height, width = mask.shape
    return (
        max(int(rows[0]) - _MARGIN, 0),
        min(int(rows[-1]) + _MARGIN, height),
        max(int(columns[0]) - _MARGIN, 0),
        min(int(columns[-1]) + _MARGIN, width),
    )


def _continued(rgb: Array, labels: Array, hole: Array, room: Room) -> Array:
    """Fill `hole` (h, w), label by label, from the pixels of the same label outside it."""
    out = rgb.astype(np.float32)
    for label in np.unique(labels[hole]):
        here = hole & (labels == label)
        # a pixel at a surface's edge may show its neighbour
        sure = cv2.erode(((labels == label) & ~hole).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
        piece = room.piece_of(int(label))
        if sure.sum() < 12:
            if piece is not None:
                out[here] = np.array(role_rgb(piece.color, piece.role)) * 215
                continue
            sure = ~hole & (labels == NOTHING) if label == NOTHING else ~hole
        filled = np.zeros(here.shape, bool)
        for sigma in (5, 15, 45, 135):
            weight = cv2.GaussianBlur(sure.astype(np.float32), (0, 0), sigma)
            blurred = cv2.GaussianBlur(out * sure[..., None], (0, 0), sigma) / np.maximum(weight, 1e-6)[..., None]
            reached = here & ~filled & (weight > (0.02 if sigma < 135 else 0))
            out[reached] = blurred[reached]
            filled |= reached
    # seams between near and far filling
    soft = cv2.GaussianBlur(out, (0, 0), 2.0)
    same = cv2.erode(hole.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool) & (labels <= FLOOR)
    out[same] = soft[same]
    return np.clip(np.round(out), 0, 255).astype(np.uint8)


def _floor(camera: Camera) -> tuple[Array, Array]:
    """Floor point (H, W, 2) and depth (H, W) of each pixel; NaN and inf above the horizon."""
    width, height = camera.size
    u, v = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    rays = camera.rays(np.stack([u, v], -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        along = np.where(rays[..., 2] < -1e-6, -camera.position[2] / rays[..., 2], np.inf)
    seen = along < 30
    xy = np.where(seen[..., None], camera.position[:2] + rays[..., :2] * np.where(seen, along, 0)[..., None], np.nan)
    depth = np.where(seen, along * (rays @ camera.rotation[:, 2]), np.inf)
    return xy.astype(np.float32), depth


def _occluders(depth: Array, floor: Array) -> Array:
    """Depth of what stands up from the floor, holes of the sensor filled from the nearer side."""
    filled = np.where(depth > 0, depth, np.float32(1e3)).astype(np.float32)
    near = cv2.erode(filled, np.ones((5, 5), np.uint8))
    filled = np.where(depth > 0, filled, near)
    # depth noise grows with the square of distance
    slack = 0.05 + 0.012 * np.where(np.isfinite(floor), floor, 0) ** 2
    return np.where((filled < floor - slack) & (filled < 100), filled, np.inf).astype(np.float32)
