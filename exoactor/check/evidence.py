"""Pictures a person can check the verdict with: what was seen, drawn over the look it was seen in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from exoactor.check.gestures import ArmLook
from exoactor.check.wiped import Painted
from exoactor.files import write_bytes
from exoactor.types import Array, Camera, Observation, Outcome, Pose2D, SceneObject, StageError, Verdict

_COLOURS = {
    Outcome.DONE: (60, 170, 40),
    Outcome.NOT_DONE: (40, 40, 210),
    Outcome.CANNOT_TELL: (0, 150, 230),
}
_ARROW, _TARGET, _PATH, _ARM = (30, 30, 230), (230, 140, 20), (200, 60, 200), (0, 220, 255)


def picture(
    observation: Observation,
    verdict: Verdict,
    title: str,
    *,
    robot: Pose2D | None = None,
    target: SceneObject | None = None,
    path: Sequence[Pose2D] = (),
    painted: Painted | None = None,
) -> Array:
    """(H, W, 3) uint8 BGR: robot arrow, target's footprint, path, patch, and a bar with measured against threshold.

    Of a patch what a hand passed over is green, what it did not red, what was hidden orange.
    """
    image = np.ascontiguousarray(observation.rgb[..., ::-1])
    camera = observation.camera
    if painted is not None:
        _paint(image, camera, painted)
    if target is not None:
        base, top = np.split(target.corners, 2)
        _polyline(image, camera, base, _TARGET, closed=True)
        _polyline(image, camera, top, _TARGET, closed=True)
        for low, high in zip(base, top, strict=True):
            _polyline(image, camera, np.stack([low, high]), _TARGET)
    if len(path) > 1:
        _polyline(image, camera, np.array([[p.x, p.y, 0.01] for p in path]), _PATH)
    if robot is not None:
        _robot(image, camera, robot)
    return _bar(image, verdict, title)


def film(
    observations: Sequence[Observation],
    looks: Sequence[ArmLook],
    verdict: Verdict,
    title: str,
    target: SceneObject | None,
    columns: int = 4,
) -> Array:
    """(H, W, 3) uint8 BGR contact sheet of up to 8 looks, cropped on the robot, arms drawn from shoulder to hand."""
    by_time = {o.time: o for o in observations}
    usable = [look for look in looks if look.time in by_time]
    chosen = [usable[i] for i in np.linspace(0, len(usable) - 1, min(8, len(usable))).astype(int)] if usable else []
    tiles = [_tile(by_time[look.time], look, target) for look in chosen]
    if not tiles:
        return _bar(np.full((120, 640, 3), 40, np.uint8), verdict, title)
    while len(tiles) % columns:
        tiles.append(np.full_like(tiles[0], 40))
    rows = [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    return _bar(np.vstack(rows), verdict, title)


def save(image: Array, folder: Path, number: int) -> Path:
    """Write evidence-<number>.png into a folder and return its path.

    Raises:
        StageError: the disk refused it.
    """
    path = Path(folder) / f"evidence-{number}.png"
    done, data = cv2.imencode(".png", image)
    if not done:
        raise StageError("check", "evidence_not_written", f"{path} could not be encoded")
    try:
        write_bytes(path, data.tobytes())
    except OSError as error:
        raise StageError("check", "evidence_not_written", f"{path}: {error}") from error
    return path


def _paint(image: Array, camera: Camera, painted: Painted) -> None:
    outcomes = np.where(painted.covered, 0, np.where(painted.unknown, 2, 1))
    pixels, _ = camera.project(painted.cells)
    for pixel, outcome in zip(pixels, outcomes, strict=True):
        colour = _COLOURS[tuple(Outcome)[outcome]]
        cv2.circle(image, (int(pixel[0]), int(pixel[1])), 1, colour, -1)


def _robot(image: Array, camera: Camera, pose: Pose2D) -> None:
    ring = np.linspace(0, 2 * np.pi, 25)
    circle = np.stack([pose.x + 0.2 * np.cos(ring), pose.y + 0.2 * np.sin(ring), 0 * ring + 0.01], 1)
    _polyline(image, camera, circle, _ARROW)
    ends = np.array([[*pose.xy, 0.01], [*(pose.xy + 0.45 * pose.forward), 0.01]])
    pixel, depth = camera.project(ends)
    if (depth > 0.1).all():
        a, b = (tuple(int(v) for v in p) for p in pixel)
        cv2.arrowedLine(image, a, b, _ARROW, 3, cv2.LINE_AA, tipLength=0.3)


def _tile(observation: Observation, look: ArmLook, target: SceneObject | None, size: int = 240) -> Array:
    image = np.ascontiguousarray(observation.rgb[..., ::-1])
    camera, pose = observation.camera, look.pose
    c, s = np.cos(pose.yaw), np.sin(pose.yaw)

    def world(p: Array) -> Array:
        return np.array([c * p[0] - s * p[1] + pose.x, s * p[0] + c * p[1] + pose.y, p[2]])

    for arm in look.arms.values():
        _polyline(image, camera, np.stack([world(arm.shoulder), world(arm.hand)]), _ARM)
    if target is not None:
        _polyline(image, camera, target.corners[:4], _TARGET, closed=True)
    _robot(image, camera, pose)
    pixel, depth = camera.project(np.array([[*pose.xy, 0.0], [*pose.xy, 1.7]]))
    if (depth > 0.1).all():
        middle, half = pixel.mean(0), max(60.0, 0.62 * abs(float(pixel[0, 1] - pixel[1, 1])))
        left, top = (int(max(v - half, 0)) for v in middle)
        right, bottom = (int(min(v + half, n)) for v, n in zip(middle, camera.size, strict=True))
        if right - left > 20 and bottom - top > 20:
            image = image[top:bottom, left:right]
    scale = size / max(image.shape[:2])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    tile = np.full((size, size, 3), 40, np.uint8)
    tile[: small.shape[0], : small.shape[1]] = small[:size, :size]
    cv2.putText(
        tile, f"{look.time:.2f} s", (6, size - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 1, cv2.LINE_AA
    )
    return tile


def _polyline(image: Array, camera: Camera, points: Array, colour: tuple[int, int, int], closed: bool = False) -> None:
    pixel, depth = camera.project(points)
    if (depth > 0.1).all():
        flat = np.clip(pixel, -4000, 4000).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(image, [flat], closed, colour, 2, cv2.LINE_AA)


def _bar(image: Array, verdict: Verdict, title: str) -> Array:
    bar = np.full((52, image.shape[1], 3), 25, np.uint8)
    bar[:, :8] = _COLOURS[verdict.outcome]
    measured = ""
    if verdict.measured is not None:
        measured = f"measured {verdict.measured:.2f} {verdict.unit}"
        if verdict.threshold is not None:
            measured += f", threshold {verdict.threshold:.2f}"
    first = f"{title}: {verdict.outcome.value.replace('_', ' ')} ({verdict.code})"
    for line, y, colour in ((first, 21, _COLOURS[verdict.outcome]), (measured, 43, (225, 225, 225))):
        cv2.putText(bar, line, (18, y), cv2.FONT_HERSHEY_SIMPLEX, 0.52, colour, 1, cv2.LINE_AA)
    return np.vstack([bar, image])
