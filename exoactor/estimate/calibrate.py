"""Measures the habits of the landmark network on clips of people whose motion is known.

Left and right share one table: a right landmark seen at some angle is the mirror image of the left one seen at
the opposite angle, so every example counts twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from exoactor.body import load_body
from exoactor.estimate.calibration import (
    ORDER,
    Calibration,
    harmonics,
    heading_error,
    pitch,
    view_angle,
    view_axes,
)
from exoactor.estimate.initial import in_world_axes, turned
from exoactor.estimate.landmarks import MIRROR, LandmarkTrack
from exoactor.estimate.points import INDICES, LANDMARKS, ROW, rest_body
from exoactor.types import Array, Camera, HumanMotion

_HIPS, _SHOULDERS = (ROW[23], ROW[24]), (ROW[11], ROW[12])
_UPRIGHT_ROWS = [ROW[k] for k in (11, 12, 25, 26, 27, 28)]
_HEADING_ORDER = 4
_RIDGE = 0.01  # belief that a habit is nil, as a share of the frames


@dataclass(frozen=True)
class Example:
    """A clip whose motion is known.

    Args:
        track: what the network saw.
        camera: calibration of the clip.
        motion: what was there, frame by frame.
    """

    track: LandmarkTrack
    camera: Camera
    motion: HumanMotion


def calibrate(examples: Sequence[Example]) -> Calibration:
    """Measure offsets, lean, view tables and scatter on at least a few dozen varied clips."""
    frames = [_Frames(e) for e in examples]
    offsets = _offsets(frames)
    for f in frames:
        f.place(offsets)
    lean, scale = _lean_and_scale(frames)
    for f in frames:
        f.upright(lean)
    heading = _heading(frames)
    for f in frames:
        f.turn(heading)
    angle = np.concatenate([f.angle for f in frames])
    seen = np.concatenate([f.weight for f in frames])
    pixel = np.concatenate([f.pixel_error() for f in frames])
    metric = np.concatenate([f.metric_error() for f in frames])
    pixel_shift, pixel_sigma = _tables(angle, pixel, seen)
    metric_shift, metric_sigma = _tables(angle, metric, np.ones_like(seen))
    return Calibration(offsets, scale, lean, heading, pixel_shift, metric_shift, pixel_sigma.mean(1), metric_sigma)


class _Frames:
    """One example, step by step brought into view axes."""

    def __init__(self, example: Example) -> None:
        track, motion = example.track, example.motion
        body, rest = load_body(), rest_body()
        self.camera, self.track = example.camera, track
        self.stature = body.height(motion.betas)
        rotations, positions = body.fk(motion.global_orient, motion.body_pose, motion.transl, motion.betas)
        owner = rest.owner[: len(LANDMARKS)]
        self.frames, self.joints = rotations[:, owner], positions[:, owner]
        joints = rest.joints + rest.joints_shape @ motion.betas
        points = rest.points + rest.points_shape @ motion.betas
        self.local = points[: len(LANDMARKS)] - joints[owner]
        self.weight = track.weight[:, INDICES] * track.found[:, None]
        self.xy = track.xy[:, INDICES]
        self.axes = view_axes(track.region[:, :2], example.camera)
        self.pitch = pitch(track.region[:, :2], example.camera)
        self.angle = view_angle(motion.heading, self.axes)
        world = in_world_axes(track, example.camera)[:, INDICES]
        self.metric = np.einsum("tij,tkj->tki", self.axes, world - world[:, _HIPS].mean(1, keepdims=True))

    def place(self, offsets: Array) -> None:
        self.points = self.joints + np.einsum("tkij,kj->tki", self.frames, self.local + offsets)
        relative = self.points - self.points[:, _HIPS].mean(1, keepdims=True)
        self.truth = np.einsum("tij,tkj->tki", self.axes, relative)

    def lean(self) -> float:
        """Turn about the view's right that brings the metric landmarks nearest to the truth [rad]."""
        a, b = self.metric[:, _UPRIGHT_ROWS, 1:], self.truth[:, _UPRIGHT_ROWS, 1:]
        across = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
        return float(np.arctan2(across.sum(), (a * b).sum()))

    def scale(self) -> float:
        """Factor from metric landmarks to metres, from the upright extent."""
        a, b = self.metric[:, _UPRIGHT_ROWS, 1:], self.truth[:, _UPRIGHT_ROWS, 1:]
        return float(np.sqrt((b**2).sum() / (a**2).sum()))

    def upright(self, lean: Array) -> None:
        angle = lean[0] + lean[1] * self.pitch
        c, s = np.cos(angle), np.sin(angle)
        self.metric = self.scale() * self.metric @ np.array([[1.0, 0, 0], [0, c, s], [0, -s, c]])

    def measured_angle(self) -> Array:
        """(T,) view angle as hips and shoulders of the metric landmarks show it [rad]."""
        left = sum(self.metric[:, row[0]] - self.metric[:, row[1]] for row in (_HIPS, _SHOULDERS))
        # the heading is a quarter turn clockwise of the direction to the person's left; forward is the second axis
        return np.asarray(np.arctan2(left[:, 1], left[:, 0]) + np.pi)

    def turn(self, heading: Array) -> None:
        self.metric = turned(self.metric, -heading_error(self.measured_angle(), heading))

    def pixel_error(self) -> Array:
        seen, _ = self.camera.project(self.points)
        return np.asarray((self.xy - seen) / self.track.region[:, 2, None, None])

    def metric_error(self) -> Array:
        return np.asarray(self.metric - self.truth)


def _offsets(frames: Sequence[_Frames]) -> Array:
    """(L, 3) shifts that make the landmarks' projections fit best, robustly."""
    out = np.zeros((len(LANDMARKS), 3))
    for row, point in enumerate(LANDMARKS):
        if point.index != 0 and point.index % 2 == 0:
            continue  # right ones are mirror images
        sides = [(row, np.array([0.0, 1, 1]))] if point.index == 0 else _pair(point.index)
        parts = [(_seen_from(f, k), sign) for f in frames for k, sign in sides]

        def residual(shift: Array, parts: list[tuple[tuple[Array, ...], Array]] = parts) -> Array:
            errors = []
            for (turn, place, focal, centre, xy, root_weight, size), sign in parts:
                local = place + turn @ (shift * sign)
                error = local[:, :2] / local[:, 2:] * focal + centre - xy
                errors.append(error / size * root_weight)
            return np.concatenate(errors).ravel()

        best = least_squares(residual, np.zeros(3), loss="soft_l1", f_scale=0.015, max_nfev=30).x
        for k, sign in sides:
            out[k] = best * sign
    return out


def _pair(left: int) -> list[tuple[int, Array]]:
    return [(ROW[left], np.array([1.0, 1, 1])), (ROW[int(MIRROR[left])], np.array([-1.0, 1, 1]))]


def _seen_from(f: _Frames, row: int) -> tuple[Array, ...]:
    """What `_offsets` needs of one landmark: camera-axes turn and place, focal length, centre, pixels, weight, size."""
    turn = f.camera.rotation.T @ f.frames[:, row]
    place = f.camera.to_camera(f.joints[:, row]) + turn @ f.local[row]
    k = f.camera.intrinsics
    return turn, place, np.diag(k)[:2], k[:2, 2], f.xy[:, row], np.sqrt(f.weight[:, row, None]), f.track.region[:, 2:]


def _lean_and_scale(frames: Sequence[_Frames]) -> tuple[Array, Array]:
    angles, pitches = np.array([f.lean() for f in frames]), np.array([f.pitch for f in frames])
    slope, intercept = np.polyfit(pitches, angles, 1)
    spread = float(np.std(angles - slope * pitches - intercept))
    scales = np.array([f.scale() for f in frames])
    return np.array([intercept, slope, spread]), np.array([scales.mean(), scales.std()])


def _heading(frames: Sequence[_Frames]) -> Array:
    measured = np.concatenate([f.measured_angle() for f in frames])
    error = measured - np.concatenate([f.angle for f in frames])
    error = (error + np.pi) % (2 * np.pi) - np.pi
    basis = np.sin(measured[:, None] * np.arange(1, _HEADING_ORDER + 1))
    return _robust_ridge(basis, error[:, None])[0][:, 0]


def _tables(angle: Array, error: Array, weight: Array) -> tuple[Array, Array]:
    """Harmonics (L, C, H) of errors (T, L, C) over the view angle, and robust scatter (L, C) about them."""
    components = error.shape[2]
    table = np.zeros((len(LANDMARKS), components, 2 * ORDER + 1))
    sigma = np.zeros((len(LANDMARKS), components))
    flip = np.array([-1.0, *([1.0] * (components - 1))])
    parity = np.array([1.0, *([1.0, -1.0] * ORDER)])  # of the harmonics under a change of sign of the angle
    for row, point in enumerate(LANDMARKS):
        if point.index != 0 and point.index % 2 == 0:
            continue
        other = ROW[int(MIRROR[point.index])]
        basis = np.concatenate([harmonics(angle), harmonics(-angle)])
        values = np.concatenate([error[:, row], error[:, other] * flip])
        trust = np.concatenate([weight[:, row], weight[:, other]])
        found, scatter = _robust_ridge(basis * trust[:, None], values * trust[:, None])
        table[row], sigma[row] = found.T, scatter
        table[other], sigma[other] = found.T * flip[:, None] * parity, scatter
    return table, sigma


def _robust_ridge(basis: Array, values: Array) -> tuple[Array, Array]:
    """Coefficients (H, C) and robust scatter (C,), reweighted against outliers."""
    coefficients, scatter = [], []
    for column in values.T:
        weight = np.ones(len(column))
        for _ in range(6):
            gram = (basis * weight[:, None]).T @ basis + _RIDGE * len(basis) * np.eye(basis.shape[1])
            solution = np.linalg.solve(gram, (basis * weight[:, None]).T @ column)
            rest = column - basis @ solution
            sigma = max(1.4826 * float(np.median(np.abs(rest))), 1e-6)
            weight = 1 / (1 + (rest / (2.5 * sigma)) ** 2)
        coefficients.append(solution)
        scatter.append(sigma)
    return np.stack(coefficients, 1), np.array(scatter)
