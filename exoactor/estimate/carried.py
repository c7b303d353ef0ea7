"""What goes along with the person in a clip: its colour is where the thing would be in the hands, not where it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from exoactor.colour import ACHROMATIC, labels
from exoactor.formats.video import probe, read_frames
from exoactor.types import Array, Camera, HumanMotion, SceneObject
from exoactor.types.rotations import wrap, yaw_matrix


@dataclass(frozen=True)
class CarriedCfg:
    """What counts as going along.

    Args:
        hz: pictures a second that are compared [1/s].
        way: pictures count in which the person is this far from where it began [m].
        raised: heights above where it was at first at which the thing is looked for [m].
        margin: the silhouette in the hands is taken so much larger, for the person's place is an estimate.
        enough: pictures in which fewer pixels have its colour say nothing, for the person hides it; of a small thing
            that shows few at first ...
        of_first: ... fewer than this share of those.
        least: mean share of its colour that is seen in the hands, 0..1 ...
        more: ... and by so much more than where it was.
    """

    hz: float = 6.0
    way: float = 0.25
    raised: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
    margin: float = 1.4
    enough: int = 48
    of_first: float = 0.15
    least: float = 0.6
    more: float = 0.3


def goes_along(
    video: Path,
    camera: Camera,
    motion: HumanMotion,
    things: Sequence[SceneObject],
    colours: Sequence[str],
    cfg: CarriedCfg | None = None,
) -> dict[str, float]:
    """Things that travel with the person, and the mean share of their colour that is seen in the hands, 0..1.

    Somebody who walks away from the camera hides most of what is carried, so it is not asked how much of it is seen.

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
    xy, heading = motion.joints[:, 0, :2], motion.heading
    away = np.linalg.norm(xy - xy[0], axis=1)
    if not followed or away.max() < cfg.way:
        return {}
    info = probe(video)
    every = max(1, round(info.fps / cfg.hz))
    there: dict[str, list[tuple[float, float]]] = {thing.id: [] for thing in followed}
    enough: dict[str, float] = {}
    for index, frame in enumerate(islice(read_frames(video), 0, None, every)):
        at = min(index * every, len(xy) - 1)
        if (index and away[at] < cfg.way) or frame.shape[:2] != (camera.size[1], camera.size[0]):
            continue
        seen = labels(frame, names)
        if index == 0:
            shown = {thing.id: np.sum(seen == names.index(thing.item.color)) for thing in followed}
            enough = {id: max(1.0, min(cfg.enough, cfg.of_first * float(count))) for id, count in shown.items()}
            continue
        turn = float(wrap(heading[at] - heading[0]))
        for thing in followed:
            place = xy[at] + yaw_matrix(turn) @ (thing.position[:2] - xy[0]) - thing.position[:2]
            mine = seen == names.index(thing.item.color)
            options = [thing.moved(np.append(place, rise), turn) for rise in cfg.raised]
            if mine.sum() >= enough[thing.id]:
                in_hands = max(_share(option, camera, mine, cfg.margin) for option in options)
                there[thing.id].append((in_hands, _share(thing, camera, mine, 1.0)))
    found = {}
    for id, overlaps in there.items():
        if len(overlaps) < 2:
            continue
        # the last ones: the longer the way, the better the two are told apart
        in_hands, stayed = np.mean(overlaps[-max(2, len(overlaps) // 2) :], axis=0)
        if in_hands >= cfg.least and in_hands >= stayed + cfg.more:
            found[id] = float(in_hands)
    return found


def _share(thing: SceneObject, camera: Camera, mine: Array, margin: float) -> float:
    """Share of a colour that lies within a thing's silhouette, 0..1.

    Args:
        thing: where it would be.
        camera: of the picture.
        mine: (H, W) bool, pixels of the colour.
        margin: factor on the silhouette.
    """
    pixels, depth = camera.project(thing.corners)
    if (depth < 0.1).any():
        return 0.0
    hull = cv2.convexHull(pixels.astype(np.float32))[:, 0]
    hull = hull.mean(axis=0) + margin * (hull - hull.mean(axis=0))
    shape = np.zeros(mine.shape, np.uint8)
    cv2.fillConvexPoly(shape, np.round(hull).astype(np.int32), 1)
    return float((shape.astype(bool) & mine).sum() / mine.sum())
