"""A calibrated pinhole camera and what it saw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from exoactor.types.arrays import Array, checked


@dataclass(frozen=True)
class Camera:
    """Pinhole camera without distortion, OpenCV axes (x right, y down, z forward).

    Args:
        size: width, height [px].
        intrinsics: (3, 3) K [px].
        position: (3,) optical centre in the world [m].
        rotation: (3, 3) camera axes in the world: `p_world = rotation @ p_camera + position`.
    """

    size: tuple[int, int]
    intrinsics: Array
    position: Array
    rotation: Array

    def __post_init__(self) -> None:
        if len(self.size) != 2 or min(self.size) < 16:
            raise ValueError(f"size: {self.size} given, (width, height) of at least 16 px wanted")
        object.__setattr__(self, "size", (int(self.size[0]), int(self.size[1])))
        object.__setattr__(self, "intrinsics", checked("intrinsics", self.intrinsics, (3, 3)))
        object.__setattr__(self, "position", checked("position", self.position, (3,)))
        rotation = checked("rotation", self.rotation, (3, 3))
        if not np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-5) or np.linalg.det(rotation) < 0:
            raise ValueError("rotation: not a proper rotation matrix")
        object.__setattr__(self, "rotation", rotation)

    @classmethod
    def looking_at(cls, position: Array, target: Array, fovy_deg: float, size: tuple[int, int]) -> Camera:
        """Camera at `position` [m] looking at `target` [m], image up = world z, vertical field of view [deg]."""
        position, target = np.asarray(position, float), np.asarray(target, float)
        forward = target - position
        if np.linalg.norm(forward) < 1e-6 or np.linalg.norm(forward[:2]) < 1e-6:
            raise ValueError("the camera must not look straight up or down, nor at its own position")
        forward = forward / np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        down = np.cross(forward, right)
        focal = 0.5 * size[1] / np.tan(np.radians(fovy_deg) / 2)
        intrinsics = np.array([[focal, 0, size[0] / 2], [0, focal, size[1] / 2], [0, 0, 1.0]])
        return cls(size, intrinsics, position, np.stack([right, down, forward], axis=1))

    @property
    def fovy_deg(self) -> float:
        """Vertical field of view [deg]."""
        return float(2 * np.degrees(np.arctan(0.5 * self.size[1] / self.intrinsics[1, 1])))

    def to_camera(self, points: Array) -> Array:
        """World points (..., 3) [m] in camera axes [m]."""
        return np.asarray((np.asarray(points) - self.position) @ self.rotation)

    def project(self, points: Array) -> tuple[Array, Array]:
        """World points (..., 3) [m] to pixels (..., 2) and depth along the optical axis (...) [m].

        Pixels of points behind the camera are meaningless; their depth is negative.
        """
        local = self.to_camera(points)
        depth = local[..., 2]
        safe = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
        uvw = local @ self.intrinsics.T
        return uvw[..., :2] / safe[..., None], depth

    def rays(self, pixels: Array) -> Array:
        """Unit viewing directions in the world (..., 3) of pixels (..., 2)."""
        pixels = np.asarray(pixels, float)
        ones = np.ones((*pixels.shape[:-1], 1))
        local = np.concatenate([pixels, ones], -1) @ np.linalg.inv(self.intrinsics).T
        world = local @ self.rotation.T
        return np.asarray(world / np.linalg.norm(world, axis=-1, keepdims=True))

    def backproject(self, depth: Array) -> Array:
        """World points (H, W, 3) [m] of a depth image (H, W) [m, along the optical axis]; NaN where depth is 0."""
        height, width = depth.shape
        u, v = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        local = np.stack([u, v, np.ones_like(u)], -1) @ np.linalg.inv(self.intrinsics).T
        points = (local * depth[..., None]) @ self.rotation.T + self.position
        points[depth <= 0] = np.nan
        return np.asarray(points)

    def to_json(self) -> dict[str, Any]:
        """Plain numbers for a sidecar file."""
        return {
            "size": list(self.size),
            "intrinsics": self.intrinsics.tolist(),
            "position": self.position.tolist(),
            "rotation": self.rotation.tolist(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Camera:
        """Inverse of `to_json`."""
        return cls(
            (data["size"][0], data["size"][1]),
            np.array(data["intrinsics"]),
            np.array(data["position"]),
            np.array(data["rotation"]),
        )


@dataclass(frozen=True)
class Proprioception:
    """What the robot feels of itself, noise included; never the simulator's free joint.

    Args:
        joint_pos: (29,) encoder angles [rad], order `G1_JOINTS`.
        pose: (3,) dead-reckoned x [m], y [m], yaw [rad] in the world, or None before the first fix.
        pose_std: (3,) one-sigma of `pose` [m, m, rad].
        roll_pitch: (2,) of the pelvis against gravity, by the IMU [rad]; None where it was not noted.
    """

    joint_pos: Array
    pose: Array | None = None
    pose_std: Array = field(default_factory=lambda: np.array([0.05, 0.05, 0.05]))
    roll_pitch: Array | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "joint_pos", checked("joint_pos", self.joint_pos, (29,)))
        if self.pose is not None:
            object.__setattr__(self, "pose", checked("pose", self.pose, (3,)))
        object.__setattr__(self, "pose_std", checked("pose_std", self.pose_std, (3,)))
        if self.roll_pitch is not None:
            object.__setattr__(self, "roll_pitch", checked("roll_pitch", self.roll_pitch, (2,)))


@dataclass(frozen=True)
class Observation:
    """One look of the fixed third-person camera, and what the robot feels at that moment.

    Args:
        time: [s] since the world began.
        rgb: (H, W, 3) uint8.
        depth: (H, W) float32 [m along the optical axis], 0 where there is no return.
        camera: calibration of both images.
        proprioception: encoders and dead reckoning.
    """

    time: float
    rgb: Array
    depth: Array
    camera: Camera
    proprioception: Proprioception

    def __post_init__(self) -> None:
        width, height = self.camera.size
        object.__setattr__(self, "rgb", checked("rgb", self.rgb, (height, width, 3), np.uint8))
        object.__setattr__(self, "depth", checked("depth", self.depth, (height, width), np.float32))
