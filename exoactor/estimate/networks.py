"""The two landmark networks (BlazePose, Apache-2.0) on LiteRT: a person detector and a 33-point landmark regressor.

Their input is a square patch cut out of the picture, turned so that the person stands upright in it. Pixel
coordinates here are continuous: (0, 0) is the picture's top left corner, a pixel's middle is at +0.5.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from exoactor.types import Array, ConfigError

_DETECTOR_SIZE = 224
_DETECTOR_STRIDES = (8, 16, 32, 32, 32)
_LANDMARK_SIZE = 256
_HEATMAP_SIZE = 64
_POINTS = 39  # 33 of the body, 2 that span the next region, 4 unused
_REGION_SCALE = 1.25  # region half side over the distance from hips to the far alignment point


@dataclass(frozen=True)
class Region:
    """A turned square of the picture.

    Args:
        x: middle, to the right [px].
        y: middle, down [px].
        size: side [px].
        angle: by which the square is turned, clockwise on the screen [rad].
    """

    x: float
    y: float
    size: float
    angle: float

    @classmethod
    def spanned(cls, middle: Array, top: Array) -> Region:
        """Region round a person from the middle of the hips (2,) and the far alignment point (2,) [px]."""
        dx, dy = np.asarray(top) - np.asarray(middle)
        angle = (np.pi / 2 - np.arctan2(-dy, dx) + np.pi) % (2 * np.pi) - np.pi
        return cls(float(middle[0]), float(middle[1]), float(2 * np.hypot(dx, dy) * _REGION_SCALE), float(angle))

    def to_picture(self, out: int) -> Array:
        """(2, 3) affine from patch pixels (patch of `out` x `out`) to picture pixels, both continuous."""
        c, s = np.cos(self.angle) * self.size / out, np.sin(self.angle) * self.size / out
        half = out / 2
        return np.array([[c, -s, self.x - c * half + s * half], [s, c, self.y - s * half - c * half]])


@dataclass(frozen=True)
class Detection:
    """One person found by the detector.

    Args:
        region: where.
        score: 0..1.
    """

    region: Region
    score: float


@dataclass(frozen=True)
class PoseReading:
    """What the landmark network saw in one region.

    Args:
        xy: (33, 2) picture coordinates [px].
        visibility: (33,) 0..1, not hidden by something.
        presence: (33,) 0..1, inside the region.
        world: (33, 3) metric landmarks about the middle of the hips, camera axes turned towards the region [m].
        person: 0..1, whether there is a person at all.
        following: region for the next frame.
    """

    xy: Array
    visibility: Array
    presence: Array
    world: Array
    person: float
    following: Region


class Network:
    """A tflite file run on one thread.

    Args:
        path: of it.
        inner: name of a layer whose output is wanted instead of the network's own, or None.
    """

    def __init__(self, path: Path, inner: str | None = None) -> None:
        from ai_edge_litert.interpreter import Interpreter

        try:
            with warnings.catch_warnings():  # keeping what is inside costs memory, it says
                warnings.simplefilter("ignore", UserWarning)
                self._interpreter: Any = Interpreter(
                    model_path=str(path), num_threads=1, experimental_preserve_all_tensors=inner is not None
                )
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError, OSError) as error:
            raise ConfigError(
                f"{path} is not a readable landmark network ({error}). Do: exoactor assets pull"
            ) from error
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = [d["index"] for d in self._interpreter.get_output_details()]
        if inner is not None:
            found = [d["index"] for d in self._interpreter.get_tensor_details() if d["name"] == inner]
            if not found:
                raise ConfigError(f"{path} holds no {inner!r}; it is another network. Do: exoactor assets pull")
            self._outputs = found

    def __call__(self, patch: Array) -> list[Array]:
        """Outputs, in the order of the file, of one input without its batch axis."""
        self._interpreter.set_tensor(self._input, np.ascontiguousarray(patch[None], np.float32))
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(i)[0] for i in self._outputs]


class PersonDetector:
    """Finds people in a whole picture.

    Args:
        path: pose_detection.tflite.
    """

    def __init__(self, path: Path) -> None:
        self._network = Network(path)
        self._anchors = _anchors()

    def __call__(self, rgb: Array, threshold: float = 0.5, within: Region | None = None) -> list[Detection]:
        """People in an (H, W, 3) uint8 picture, or in a part of it, best first."""
        height, width = rgb.shape[:2]
        whole = within or Region(width / 2, height / 2, float(max(height, width)), 0.0)
        patch = cut(rgb, whole, _DETECTOR_SIZE)
        raw, logits = self._network(patch / 127.5 - 1.0)
        scores = _sigmoid(logits[:, 0])
        likely = np.flatnonzero(scores > threshold)
        if likely.size == 0:
            return []
        boxes = raw[likely].astype(float) / _DETECTOR_SIZE
        boxes[:, [0, 4, 6, 8, 10]] += self._anchors[likely, :1]
        boxes[:, [1, 5, 7, 9, 11]] += self._anchors[likely, 1:]
        affine = whole.to_picture(_DETECTOR_SIZE)
        found = []
        for box, score in _merged(boxes, scores[likely]):
            points = box[4:8].reshape(2, 2) * _DETECTOR_SIZE @ affine[:, :2].T + affine[:, 2]
            found.append(Detection(Region.spanned(points[0], points[1]), float(score)))
        return found


class LandmarkNetwork:
    """Reads 33 body landmarks in a region.

    Args:
        path: pose_landmark_full.tflite (lite and heavy have the same layout).
    """

    def __init__(self, path: Path) -> None:
        self._network = Network(path)

    def __call__(self, rgb: Array, region: Region) -> PoseReading:
        """Landmarks of the person in `region` of an (H, W, 3) uint8 picture."""
        outputs = {o.size: o for o in self._network(cut(rgb, region, _LANDMARK_SIZE) / 255.0)}
        points = outputs[_POINTS * 5].reshape(_POINTS, 5).astype(float)
        heat = outputs[_HEATMAP_SIZE**2 * _POINTS].reshape(_HEATMAP_SIZE, _HEATMAP_SIZE, _POINTS)
        refined = _refined(points[:, :2], heat)
        affine = region.to_picture(_LANDMARK_SIZE)
        xy = refined @ affine[:, :2].T + affine[:, 2]
        world = outputs[_POINTS * 3].reshape(_POINTS, 3)[:33].astype(float)
        c, s = np.cos(region.angle), np.sin(region.angle)
        world[:, :2] = world[:, :2] @ np.array([[c, s], [-s, c]])
        return PoseReading(
            xy=xy[:33],
            visibility=_sigmoid(points[:33, 3]),
            presence=_sigmoid(points[:33, 4]),
            world=world,
            person=float(outputs[1].reshape(-1)[0]),
            following=Region.spanned(xy[33], xy[34]),
        )


def cut(rgb: Array, region: Region, out: int) -> Array:
    """Patch (out, out, 3) uint8 of a region; black outside the picture."""
    affine = region.to_picture(out)
    # OpenCV puts a pixel's middle at whole numbers, we put it at +0.5
    affine[:, 2] += affine[:, :2].sum(1) * 0.5 - 0.5
    patch = cv2.warpAffine(rgb, affine, (out, out), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.asarray(patch)


def _anchors() -> Array:
    """(2254, 2) anchor middles as shares of the detector's input; neighbouring equal strides share a grid."""
    rows: list[Array] = []
    for stride in sorted(set(_DETECTOR_STRIDES)):
        cells = _DETECTOR_SIZE // stride
        centre = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(centre, centre), -1).reshape(-1, 2)
        rows.append(np.repeat(grid, 2 * _DETECTOR_STRIDES.count(stride), axis=0))
    return np.concatenate(rows)


def _merged(boxes: Array, scores: Array, overlap: float = 0.3) -> list[tuple[Array, float]]:
    """Score-weighted non-maximum suppression over (N, 12) boxes whose first four are x, y, width, height."""
    order = np.argsort(-scores, kind="stable")
    low, high = boxes[:, :2] - boxes[:, 2:4] / 2, boxes[:, :2] + boxes[:, 2:4] / 2
    area = np.prod(boxes[:, 2:4], axis=1)
    kept = []
    while order.size:
        best = order[0]
        inside = np.clip(np.minimum(high[best], high[order]) - np.maximum(low[best], low[order]), 0, None).prod(1)
        same = inside / (area[best] + area[order] - inside) > overlap
        same[0] = True
        weight = scores[order[same], None]
        kept.append(((boxes[order[same]] * weight).sum(0) / weight.sum(), float(scores[best])))
        order = order[~same]
    return kept


def _refined(xy: Array, heat: Array) -> Array:
    """Points (39, 2) [patch px] moved to the centre of mass of the heat map about them, where that is confident."""
    cell = _LANDMARK_SIZE / _HEATMAP_SIZE
    out = xy.copy()
    for k, (x, y) in enumerate(xy / cell):
        column, row = int(np.floor(x)), int(np.floor(y))
        if not (0 <= column < _HEATMAP_SIZE and 0 <= row < _HEATMAP_SIZE):
            continue
        left, top = max(0, column - 3), max(0, row - 3)
        window = _sigmoid(heat[top : row + 4, left : column + 4, k])
        if window.max() >= 0.5:
            total = window.sum()
            out[k, 0] = (window.sum(0) @ np.arange(left, left + window.shape[1])) / total * cell
            out[k, 1] = (window.sum(1) @ np.arange(top, top + window.shape[0])) / total * cell
    return out


def _sigmoid(x: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -60.0, 60.0))))
