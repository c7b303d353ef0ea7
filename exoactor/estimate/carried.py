"""What goes along with the person in a clip: its colour is within the person's reach, and no more where it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from exoactor.colour import ACHROMATIC, labels
from exoactor.formats.video import probe, read_frames
from exoactor.silhouette import silhouette
from exoactor.types import Array, Camera, HumanMotion, SceneObject


@dataclass(frozen=True)
class CarriedCfg:
    """What counts as going along.

    Args:
        hz: pictures a second that are compared [1/s].
        way: pictures count in which the person is this far from where it began [m].
        reach: what hands hold is no further from the middle of the body than this [m] ...
        heights: ... and between these above the floor [m]. Where in that it would be is not asked: of somebody who
            turns away from the camera the estimated heading errs by more than a can is wide.
        lowered: who stays near may have let it down, so it is looked for where it was and so far below [m].
        enough: pictures in which fewer pixels have its colour say nothing, for the person hides it; of a small thing
            that shows few at first ...
        of_first: ... fewer than this share of those.
        least: mean share of its colour that is seen within reach, 0..1 ...
        most: ... and where it was at first, and below, there is no more than this share of what was seen of it there.
    """

    hz: float = 6.0
    way: float = 0.25
    reach: float = 0.6
    heights: tuple[float, float] = (0.5, 1.6)
    lowered: tuple[float, ...] = (0.0, -0.1, -0.2, -0.3, -0.4)
    enough: int = 48
    of_first: float = 0.15
    least: float = 0.6
    most: float = 0.3


def goes_along(
    video: Path,
    camera: Camera,
    motion: HumanMotion,
    things: Sequence[SceneObject],
    colours: Sequence[str],
    cfg: CarriedCfg | None = None,
) -> dict[str, float]:
    """Things that travel with the person, and the mean share of their colour that is seen within reach, 0..1.

    Somebody who walks away from the camera hides most of what is carried, so it is not asked how much of it is seen.
    Of somebody dressed in its colour it is told by what is seen no more where it was.

    Args:
        video: the clip.
        camera: its calibration.
        motion: of the person in it.
        things: that can be moved, where they were in the look that the clip starts from.
        colours: names of all colours in the scene, so that a pixel goes to the nearest.
        cfg: tunables.
    """
    cfg = cfg or CarriedCfg()
    names = [name for name in dict.fromkeys(colours) if name not in ACHROMATIC]
    followed = [thing for thing in things if thing.item.color in names]
    xy = motion.joints[:, 0, :2]
    away = np.linalg.norm(xy - xy[0], axis=1)
    if not followed or away.max() < cfg.way:
        return {}
    info = probe(video)
    every = max(1, round(info.fps / cfg.hz))
    seen_so: dict[str, list[tuple[float, float]]] = {thing.id: [] for thing in followed}
    stood = {
        thing.id: [silhouette(thing.moved(np.array([0.0, 0.0, z])).corners, camera) for z in cfg.lowered]
        for thing in followed
    }
    shown: dict[str, float] = {}
    for index, frame in enumerate(islice(read_frames(video), 0, None, every)):
        at = min(index * every, len(xy) - 1)
        if (index and away[at] < cfg.way) or frame.shape[:2] != (camera.size[1], camera.size[0]):
            continue
        seen = labels(frame, names)
        mine = {thing.id: seen == names.index(thing.item.color) for thing in followed}
        if index == 0:
            shown = {id: max(1.0, float((pixels & stood[id][0]).sum())) for id, pixels in mine.items()}
            continue
        around = silhouette(_reached(xy[at], cfg), camera)
        for id, pixels in mine.items():
            if pixels.sum() >= max(1.0, min(cfg.enough, cfg.of_first * shown.get(id, np.inf))):
                left = max(float((pixels & where).sum()) for where in stood[id]) / shown[id]
                seen_so[id].append((float((pixels & around).sum() / pixels.sum()), left))
    found = {}
    for id, shares in seen_so.items():
        if len(shares) < 2:
            continue
        # the last ones: the longer the way, the better the two are told apart
        in_reach, left = np.mean(shares[-max(2, len(shares) // 2) :], axis=0)
        if in_reach >= cfg.least and left <= cfg.most:
            found[id] = float(in_reach)
    return found


def _reached(xy: Array, cfg: CarriedCfg) -> Array:
    """(N, 3) corners of the space in which somebody whose pelvis is above `xy` (2,) holds things [m]."""
    angles = np.linspace(0.0, 2 * np.pi, 12, endpoint=False)
    circle = xy + cfg.reach * np.column_stack([np.cos(angles), np.sin(angles)])
    return np.concatenate([np.column_stack([circle, np.full(len(angles), height)]) for height in cfg.heights])
