"""Clips and landmark tracks whose motion is known."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from exoactor.body import load_body
from exoactor.estimate.calibration import calibration, harmonics, heading_error, pitch, view_angle, view_axes
from exoactor.estimate.initial import turned
from exoactor.estimate.landmarks import LandmarkTrack
from exoactor.estimate.points import INDICES, LANDMARKS, ROW, body_points
from exoactor.imagine.motion import act
from exoactor.imagine.style import sample_style
from exoactor.types import Action, Array, Camera, HumanMotion, Pose2D

FPS = 25.0
REGION = 330.0


@dataclass
class Shot:
    """A clip, its frames and what is true of it."""

    path: Path
    frames: list[Array]
    masks: list[Array]
    ground: Array
    camera: Camera
    motion: HumanMotion


def walking(seed: int, camera: Camera | None = None) -> tuple[HumanMotion, Camera]:
    """Somebody walks 1.3 m, away from the camera and to the side, and turns."""
    body = load_body()
    style = sample_style(body, seed)
    camera = camera or Camera.looking_at(np.array([0.4, -4.0, 2.0]), np.array([0.0, 0.0, 0.8]), 55.0, (640, 480))
    start, goal = Pose2D(-0.7, -0.5, 0.3), Pose2D(0.4, 0.2, 1.2)
    path = np.linspace(start.xy, goal.xy, 60)
    return act((Action("walk", "walks", goal=goal),), {0: path}, start, style, body, FPS).to_human(body), camera


def seen_track(motion: HumanMotion, camera: Camera, noise: float = 0.0, seed: int = 0) -> LandmarkTrack:
    """What a landmark network with exactly the calibrated habits would see, with pixel noise of `noise` [px]."""
    rng, rest, known = np.random.default_rng(seed), body_points(), calibration()
    body, count = load_body(), len(motion)
    frames, positions = body.fk(motion.global_orient, motion.body_pose, motion.transl, motion.betas)
    owner = rest.owner[: len(LANDMARKS)]
    joints = rest.joints + rest.joints_shape @ motion.betas
    local = (rest.points + rest.points_shape @ motion.betas)[: len(LANDMARKS)] - joints[owner]
    points = positions[:, owner] + np.einsum("tkij,kj->tki", frames[:, owner], local)
    pixels, _ = camera.project(points)
    hips = points[:, [ROW[23], ROW[24]]].mean(1, keepdims=True)
    middle, _ = camera.project(hips[:, 0])
    axes = view_axes(middle, camera)
    angle = view_angle(motion.heading, axes)
    habit = harmonics(angle)
    xy, world = np.zeros((count, 33, 2)), np.zeros((count, 33, 3))
    xy[:, INDICES] = pixels + REGION * np.einsum("lch,th->tlc", known.pixel_shift, habit)
    xy[:, INDICES] += rng.normal(0, noise, pixels.shape)
    metric = np.einsum("tij,tkj->tki", axes, points - hips) + np.einsum("lch,th->tlc", known.metric_shift, habit)
    lean = known.lean[0] + known.lean[1] * pitch(middle, camera)
    c, s = np.cos(lean), np.sin(lean)
    metric = (
        metric @ np.array([[1.0, 0, 0], [0, c, -s], [0, s, c]]) / (known.scale[0] * body.height(motion.betas) / 1.75)
    )
    metric = turned(metric, heading_error(angle, known.heading))
    # the network reports metric landmarks as if it looked straight at the region's middle
    sight = camera.rays(middle) @ camera.rotation
    axis = np.cross([0.0, 0.0, 1.0], sight)
    sine = np.linalg.norm(axis, axis=1, keepdims=True)
    turn = Rotation.from_rotvec(axis / np.maximum(sine, 1e-9) * np.arctan2(sine, sight[:, 2:])).as_matrix()
    world[:, INDICES] = np.einsum("tji,jk,tmk,tlm->tli", turn, camera.rotation.T, axes, metric)
    region = np.concatenate([middle, np.full((count, 1), REGION)], 1)
    found = np.ones(count, bool)
    return LandmarkTrack(motion.fps, camera.size, found, xy, np.ones((count, 33)), world, region, 1)
