"""The pictures that a model is shown: small JPEGs of what the camera saw, and of an imagined video."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np

from exoactor import attempt
from exoactor.formats.video import probe, read_frames
from exoactor.types import Array, ConfigError

WIDTH = 640
"""Wider pictures are scaled down [px]."""
QUALITY = 80
"""Of the JPEGs."""
ON_THE_WAY, OF_VIDEO = 4, 6
"""So many pictures of the looks while the robot moved, and of a video."""


@dataclass(frozen=True)
class Picture:
    """Args: name, what it shows, in words of this program ("before"); JPEG."""

    name: str
    jpeg: bytes


def of_outcome(folder: Path, *, on_the_way: bool) -> tuple[Picture, ...]:
    """Before and after an attempt, with nothing drawn into them; () where they are not there or cannot be read.

    Args:
        folder: of the attempt.
        on_the_way: with some of the looks in between, as far as there are any.
    """
    before, after = _read(folder / attempt.OBSERVATION), _read(folder / attempt.AFTER)
    if before is None or after is None:
        return ()
    between: list[Array] = []
    if on_the_way:
        try:
            between = attempt.load_pictures(folder / attempt.FRAMES, ON_THE_WAY)
        except (OSError, EOFError, ValueError, KeyError, BadZipFile):
            between = []
    named = [("before", before), *((f"on the way {i}", p) for i, p in enumerate(between, 1)), ("after", after)]
    return tuple(Picture(name, _small(picture)) for name, picture in named)


def of_video(video: Path) -> tuple[Picture, ...]:
    """Pictures of a clip, evenly spaced, its first and last among them; () where it cannot be read."""
    try:
        chosen = {round(v) for v in np.linspace(0, probe(video).frames - 1, OF_VIDEO)}
        kept = [_small(frame) for k, frame in enumerate(read_frames(video)) if k in chosen]
    except ConfigError:
        return ()
    return tuple(Picture(f"frame {i}", jpeg) for i, jpeg in enumerate(kept, 1))


def _read(path: Path) -> Array | None:
    """RGB (H, W, 3) uint8 of a picture, or None."""
    if not path.is_file() or not path.stat().st_size:
        return None
    picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    return None if picture is None else np.asarray(picture[..., ::-1])


def _small(rgb: Array) -> bytes:
    height, width = rgb.shape[:2]
    if width > WIDTH:
        rgb = cv2.resize(rgb, (WIDTH, round(WIDTH * height / width)), interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", np.ascontiguousarray(rgb[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return bytes(data.tobytes())
