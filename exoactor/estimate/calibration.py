"""How the landmark network's answers differ from the body's spots, as measured once on rendered people.

The network's hips are not SMPL-X's hips, its people lean away from a camera that looks down, and its error in depth
depends on the side from which a person is seen. These are habits of the network, the same in every clip, so they
are measured (`exoactor.estimate.calibrate`) and taken off. What remains is scatter, whose size is measured too.

View axes of a frame: right, forward (away from the camera, horizontal), up. The view angle is the person's heading
relative to forward, counter-clockwise: 0 from behind, pi from the front, pi / 2 when the person looks to the left.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from exoactor.files import write_json
from exoactor.types import Array, Camera

CALIBRATION_FILE = Path(__file__).parent / "landmark_calibration.json"
ORDER = 3
"""Harmonics of the view angle in the tables."""


@dataclass(frozen=True)
class Calibration:
    """Habits and scatter of the network, for the L landmarks of `exoactor.estimate.points`.

    Args:
        offsets: (L, 3) shift of each landmark in its joint's rest axes [m].
        scale: mean and spread of the factor from metric landmarks to metres.
        lean: of the metric landmarks away from a camera that looks down: intercept [rad], slope by the camera's
            pitch, spread [rad].
        heading: (H,) coefficients of sin(k * view angle) of the heading's error [rad].
        pixel_shift: (L, 2, 2 * ORDER + 1) harmonics of the error right and down, as shares of the region's side.
        metric_shift: (L, 3, 2 * ORDER + 1) harmonics of the error right, forward and up [m].
        pixel_sigma: (L,) scatter, as a share of the region's side.
        metric_sigma: (L, 3) scatter right, forward and up [m].
    """

    offsets: Array
    scale: Array
    lean: Array
    heading: Array
    pixel_shift: Array
    metric_shift: Array
    pixel_sigma: Array
    metric_sigma: Array

    def save(self, path: Path = CALIBRATION_FILE) -> None:
        """Write to JSON."""
        write_json(path, {name: np.round(value, 6) for name, value in asdict(self).items()})


@lru_cache(maxsize=1)
def calibration() -> Calibration:
    """The calibration that comes with the package."""
    data = json.loads(CALIBRATION_FILE.read_text())
    return Calibration(**{name: np.array(value) for name, value in data.items()})


def view_axes(pixels: Array, camera: Camera) -> Array:
    """(T, 3, 3) rows right, forward, up in world axes, for lines of sight through pixels (T, 2)."""
    sight = camera.rays(pixels)
    right = np.cross(sight, [0.0, 0.0, 1.0])
    right /= np.maximum(np.linalg.norm(right, axis=1, keepdims=True), 1e-9)
    up = np.tile([0.0, 0.0, 1.0], (len(right), 1))
    return np.stack([right, np.cross(up, right), up], 1)


def pitch(pixels: Array, camera: Camera) -> float:
    """Mean angle of lines of sight through pixels (T, 2) below the horizontal [rad]."""
    return float(-np.arcsin(camera.rays(pixels)[:, 2]).mean())


def view_angle(heading: Array, axes: Array) -> Array:
    """(T,) heading [rad] relative to the forward of `view_axes` [rad]."""
    return np.asarray(heading - np.arctan2(axes[:, 1, 1], axes[:, 1, 0]))


def harmonics(angle: Array) -> Array:
    """(..., 2 * ORDER + 1): 1, cos, sin, cos 2, sin 2, ..."""
    parts = [np.ones_like(angle)]
    for k in range(1, ORDER + 1):
        parts += [np.cos(k * angle), np.sin(k * angle)]
    return np.stack(parts, -1)


def heading_error(angle: Array, table: Array) -> Array:
    """Error of a heading [rad] read at a view angle; odd, since the network has no favourite side."""
    k = np.arange(1, len(table) + 1)
    return np.asarray(np.sin(np.asarray(angle)[..., None] * k) @ table)
