"""How a thing is pushed about in a clip: its colour, compared with the picture it would make further on.

What the person hides says nothing, so the person's outline, as far as the estimated joints tell it, is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path

import cv2
import numpy as np

from exoactor.colour import ACHROMATIC, labels
from exoactor.formats.video import probe, read_frames
from exoactor.types import BODY_JOINTS, Array, Camera, HumanMotion, SceneObject, Slide
from exoactor.types.rotations import yaw_matrix
from exoactor.world.furniture import parts


@dataclass(frozen=True)
class SlideCfg:
    """How slides are looked for.

    Args:
        hz: pictures a second that are compared [1/s].
        near: only things that a wrist comes so near to are followed [m].
        stride: pixels between those looked at, of things higher than `small` in the picture [px].
        small: the same, below which every pixel counts [px].
        steps: of the search about where it was in the picture before, coarse and fine [m].
        reach: how far each of the two searches goes [steps].
        least: overlap of what is seen and its picture, 0..1, below which nothing is said.
        hidden: a thing of which less than this share is not behind the person is not seen.
        fewest: pixels of its colour without which it is not seen [px].
        lost: where it fits worse than this it is looked for all over, in steps of `wide` [m].
        wide: see `lost`.
        farthest: it is followed so far from where it stood [m].
        same: where it fits for this share of what it did in the picture before, it has not moved.
        fall: how far beyond where it was seen last a thing that fell is looked for on the floor [m].
        sooner: a fallen thing fits so much better there than where it stood.
        body, limb: thickness of the person's trunk and limbs [m].
    """

    hz: float = 8.0
    near: float = 0.40
    stride: int = 2
    small: float = 60.0
    steps: tuple[float, float] = (0.05, 0.02)
    reach: tuple[int, int] = (3, 2)
    least: float = 0.25
    hidden: float = 0.25
    fewest: int = 8
    lost: float = 0.55
    wide: float = 0.1
    farthest: float = 0.8
    same: float = 0.98
    fall: float = 0.6
    sooner: float = 0.12
    body: float = 0.34
    limb: float = 0.13


_BONES = (
    (0, 3), (3, 6), (6, 9), (9, 12), (12, 15), (1, 4), (4, 7), (7, 10), (2, 5), (5, 8), (8, 11),
    (13, 16), (14, 17), (16, 18), (18, 20), (17, 19), (19, 21), (16, 17), (1, 2),
)  # fmt: skip
"""Of the body's joints, those that are joined; the first four are the trunk."""
_WRISTS = tuple(BODY_JOINTS.index(f"{side}_wrist") for side in ("left", "right"))
_ELBOWS = tuple(BODY_JOINTS.index(f"{side}_elbow") for side in ("left", "right"))


def slides_of(
    video: Path,
    camera: Camera,
    motion: HumanMotion,
    things: Sequence[SceneObject],
    colours: Sequence[str],
    cfg: SlideCfg | None = None,
) -> dict[str, Slide]:
    """Follow things that hands come near to over the level they stand on, and at the end down to the floor.

    Args:
        video: the clip.
        camera: its calibration.
        motion: of the person in it.
        things: where they stood in the look that the clip starts from.
        colours: names of all colours in the scene, so that a pixel goes to the nearest.
        cfg: tunables.

    Returns:
        Slides by id, of things with a colour of their own that a hand comes near to.
    """
    cfg = cfg or SlideCfg()
    names = [name for name in dict.fromkeys(colours) if name not in ACHROMATIC]
    followed = [
        _Followed(thing, camera, names, cfg)
        for thing in things
        if list(colours).count(thing.item.color) == 1 and thing.item.color in names and _is_reached(thing, motion, cfg)
    ]
    if not followed:
        return {}
    info = probe(video)
    every = max(1, round(info.fps / cfg.hz))
    times = []
    for index, frame in enumerate(islice(read_frames(video), 0, None, every)):
        if frame.shape[:2] != (camera.size[1], camera.size[0]):
            return {}
        times.append(index * every / info.fps)
        joints = motion.joints[min(round(times[-1] * motion.fps), len(motion) - 1)]
        hides = _outline(joints, camera, cfg)
        for each in followed:
            each.look(frame, hides, joints[list(_WRISTS)])
    return {each.thing.id: Slide(np.array(times), np.array(each.shifts), each.drop()) for each in followed}


def _is_reached(thing: SceneObject, motion: HumanMotion, cfg: SlideCfg) -> bool:
    return any(float(thing.distance(motion.joints[:, wrist]).min()) < cfg.near for wrist in _WRISTS)


def _outline(joints: Array, camera: Camera, cfg: SlideCfg) -> Array:
    """(H, W) uint8, 1 where the person is, from 22 joints (22, 3) [m]."""
    hands = np.array([2 * joints[w] - joints[e] for w, e in zip(_WRISTS, _ELBOWS, strict=True)])
    hands = joints[list(_WRISTS)] + 0.18 * _unit(hands - joints[list(_WRISTS)])
    pixels, depth = camera.project(np.concatenate([joints, hands]))
    mask = np.zeros((camera.size[1], camera.size[0]), np.uint8)
    if (depth < 0.2).any():
        return mask
    scale = float(camera.intrinsics[0, 0])
    bones = (*_BONES, *((wrist, 22 + k) for k, wrist in enumerate(_WRISTS)))
    for number, (a, b) in enumerate(bones):
        wide = (cfg.body if number < 4 else cfg.limb) * scale / float(depth[[a, b]].mean())
        ends = [(int(p[0]), int(p[1])) for p in np.round(pixels[[a, b]])]
        cv2.line(mask, ends[0], ends[1], 1, max(1, round(wide)))
    return mask


class _Followed:
    """One thing, where it was seen last, and where in every picture so far."""

    def __init__(self, thing: SceneObject, camera: Camera, names: list[str], cfg: SlideCfg) -> None:
        self.thing, self.shifts = thing, list[Array]()
        self._camera, self._names, self._cfg = camera, names, cfg
        self._hulls = [thing.position + points @ _about_z(thing.yaw) for points in _part_corners(thing)]
        pixels, _ = camera.project(thing.corners)
        self._stride = cfg.stride if float(np.ptp(pixels[:, 1])) > cfg.small else 1
        self._crop = _window(thing, camera, cfg.farthest)
        self._at, self._before, self._touched = np.zeros(2), 1.0, False
        self._last: tuple[Array, Array] | None = None

    def look(self, frame: Array, hides: Array, wrists: Array) -> None:
        """Find it in the next picture (H, W, 3), behind what hides it (H, W); it stays until a wrist (2, 3) is near."""
        self._touched = self._touched or float(self.thing.distance(wrists).min()) < self._cfg.near
        if not self._touched:
            self.shifts.append(self._at)
            return
        stride = self._stride
        picture = frame[self._crop][::stride, ::stride]
        seen = labels(picture, self._names) == self._names.index(self.thing.item.color)
        open_ = hides[self._crop][::stride, ::stride] == 0
        self._last = (seen & open_, open_)
        if self._last[0].sum() < self._cfg.fewest:
            self.shifts.append(np.full(2, np.nan))
            return
        best, place = self._fit(self._at, 0.0), self._at
        if best < self._cfg.same * self._before or best < self._cfg.least:
            best, place = self._best(self._at, 0.0)
        if best < self._cfg.lost:
            best, place = self._anywhere(best, place)
        self._before = best
        if best < self._cfg.least:
            self.shifts.append(np.full(2, np.nan))
            return
        self._at = place
        self.shifts.append(place)

    def drop(self) -> float:
        """How far below where it stood it is seen in the last picture [m]; NaN if it is not seen on either level."""
        height = float(self.thing.position[2])
        if self._last is None:
            return 0.0
        stands = self._fit(self._at, 0.0)
        if height < 0.3:
            return 0.0
        if self._last[0].sum() < self._cfg.fewest:
            return float("nan")
        cfg = self._cfg
        count = round(cfg.fall / 0.1)
        grid = [self._at + 0.1 * np.array(step) for step in product(range(-count, count + 1), repeat=2)]
        coarse = max(grid, key=lambda place: self._fit(place, -height))
        lies, _ = self._best(coarse, -height)
        if lies > max(cfg.least, stands + cfg.sooner):
            return height
        return 0.0 if stands >= cfg.least else float("nan")

    def _anywhere(self, best: float, place: Array) -> tuple[float, Array]:
        """The best overlap within reach: what was hidden for a while may be somewhere else when it is seen again."""
        count = round(self._cfg.farthest / self._cfg.wide)
        steps = self._cfg.wide * np.arange(-count, count + 1)
        coarse = max((np.array(there) for there in product(steps, repeat=2)), key=lambda there: self._fit(there, 0.0))
        if self._fit(coarse, 0.0) <= best:
            return best, place
        found = self._best(coarse, 0.0)
        return found if found[0] > best + 0.05 else (best, place)

    def _best(self, about: Array, rise: float) -> tuple[float, Array]:
        """The best overlap about a shift (2,) [m], and the shift; coarse, then fine."""
        place, best = about, self._fit(about, rise)
        for step, reach in zip(self._cfg.steps, self._cfg.reach, strict=True):
            start = place
            for move in product(range(-reach, reach + 1), repeat=2):
                there = start + step * np.array(move)
                fits = self._fit(there, rise)
                # what fits as well where it was has not moved
                if fits > best + 0.01:
                    place, best = there, fits
        return best, place

    def _fit(self, shift: Array, rise: float) -> float:
        """Overlap, 0..1, of its picture there and what is seen, where the person hides neither."""
        assert self._last is not None
        seen, open_ = self._last
        shape = np.zeros(seen.shape, np.uint8)
        move = np.array([shift[0], shift[1], rise])
        for points in self._hulls:
            pixels, depth = self._camera.project(points + move)
            if (depth < 0.2).any():
                return 0.0
            corner = np.array([self._crop[1].start, self._crop[0].start])
            hull = (cv2.convexHull(pixels.astype(np.float32))[:, 0] - corner) / self._stride
            cv2.fillConvexPoly(shape, np.round(hull - 0.5).astype(np.int32), 1)
        whole = shape.astype(bool)
        there = whole & open_
        if there.sum() < self._cfg.hidden * max(int(whole.sum()), 1):
            return 0.0
        return float((there & seen).sum() / max(int((there | seen).sum()), 1))


def _window(thing: SceneObject, camera: Camera, reach: float) -> tuple[slice, slice]:
    """Rows and columns of the image in which a thing can be that is pushed about, and falls to the floor."""
    moves = [[x, y, z] for x in (-reach, reach) for y in (-reach, reach) for z in (0.0, -float(thing.position[2]))]
    pixels, _ = camera.project(np.concatenate([thing.corners + np.array(move) for move in moves]))
    size = np.array(camera.size)
    low = np.clip(np.floor(pixels.min(0)).astype(int), 0, size - 4)
    high = np.clip(np.ceil(pixels.max(0)).astype(int), low + 4, size)
    return slice(low[1], high[1]), slice(low[0], high[0])


def _part_corners(thing: SceneObject) -> list[Array]:
    """Points (N, 3) of each piece's outline in the thing's frame [m]."""
    found = []
    for part in parts(thing.item.kind, thing.item.size):
        x, y, z = part.half_size
        if part.shape == "box":
            flat = np.array([[x, y], [-x, y], [-x, -y], [x, -y]]) @ yaw_matrix(part.yaw).T
        else:
            angles = np.arange(12) * np.pi / 6
            flat = x * np.column_stack([np.cos(angles), np.sin(angles)])
        if part.shape == "sphere":
            rings = ((0.0, 1.0), (0.7, 0.71), (-0.7, 0.71), (1.0, 0.0), (-1.0, 0.0))
            points = [np.column_stack([share * flat, np.full(len(flat), level * x)]) for level, share in rings]
        else:
            points = [np.column_stack([flat, np.full(len(flat), level)]) for level in (-z, z)]
        found.append(np.concatenate(points) + part.center)
    return found


def _about_z(yaw: float) -> Array:
    """(3, 3) for points as rows."""
    turn = np.eye(3)
    turn[:2, :2] = yaw_matrix(yaw).T
    return turn


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-6))
