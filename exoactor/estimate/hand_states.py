"""How far a hand is closed over a clip: the hand is cut out where the estimated arm ends, and looked at.

Most hands in clips are small. What is too small, hidden, or like several states at once is not told.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np

from exoactor.estimate.hand_network import hand_features, load_hand_net
from exoactor.estimate.hand_view import HandView, hand_view, patch_of
from exoactor.formats.video import probe, read_frames
from exoactor.types import BODY_JOINTS, Array, Camera, HandStates, HumanMotion


@dataclass(frozen=True)
class HandCfg:
    """When a look at a hand tells something.

    Args:
        hz: looks a second [1/s].
        least: smaller hands say nothing [px].
        hidden: hands that are hidden with more than this probability say nothing.
        sure: nor do those whose likeliest state is less likely than this.
        seen: nor wrists estimated with less confidence than this: the patch may show something else.
    """

    hz: float = 12.5
    least: float = 14.0
    hidden: float = 0.5
    sure: float = 0.65
    seen: float = 0.3


def hand_states(
    video: Path,
    camera: Camera,
    motion: HumanMotion,
    side: Literal["left", "right"],
    span: tuple[float, float],
    cfg: HandCfg | None = None,
) -> HandStates:
    """Look at one hand through a part of a clip.

    Args:
        video: the clip.
        camera: its calibration; pictures of another size are not looked at.
        motion: of the person in it, as estimated.
        side: of the hand.
        span: first and last time [s].
        cfg: limits.
    """
    cfg = cfg or HandCfg()
    info = probe(video)
    every = max(1, round(info.fps / cfg.hz))
    first, last = round(span[0] * info.fps), round(span[1] * info.fps)
    elbow, wrist = BODY_JOINTS.index(f"{side}_elbow"), BODY_JOINTS.index(f"{side}_wrist")
    times: list[float] = []
    views: list[HandView] = []
    patches: list[Array] = []
    seen: list[float] = []
    for index, frame in enumerate(islice(read_frames(video), last + 1)):
        at = min(round(index / info.fps * motion.fps), len(motion) - 1)
        if index < first or (index - first) % every or frame.shape[:2] != (camera.size[1], camera.size[0]):
            continue
        view = hand_view(camera, motion.joints[at, elbow], motion.joints[at, wrist], left=side == "left")
        if view is not None:
            times.append(index / info.fps)
            views.append(view)
            patches.append(patch_of(frame, view))
            seen.append(float(motion.confidence[at, wrist]))
    if not views:
        return HandStates(side, np.zeros(0), np.zeros((0, 3)), np.zeros(0, bool), np.zeros(0))
    pixels = np.array([view.pixels for view in views])
    foreshortening = np.array([view.foreshortening for view in views])
    odds, told = read_hands(np.array(patches), pixels, foreshortening, cfg)
    return HandStates(side, np.array(times), odds, told & (np.array(seen) >= cfg.seen), pixels)


def read_hands(patches: Array, pixels: Array, foreshortening: Array, cfg: HandCfg | None = None) -> tuple[Array, Array]:
    """Probabilities (N, 3) of the states of hands, and whether each look tells anything (N,).

    Args:
        patches: (N, PATCH, PATCH, 3) uint8.
        pixels: (N,) lengths of the hands [px].
        foreshortening: (N,) of the forearms, 0..1.
        cfg: limits.
    """
    cfg = cfg or HandCfg()
    probabilities = load_hand_net()(hand_features()(patches), pixels, foreshortening)
    shown = probabilities[:, :3]
    odds = shown / np.maximum(shown.sum(1, keepdims=True), 1e-9)
    told = (np.asarray(pixels) >= cfg.least) & (probabilities[:, 3] <= cfg.hidden) & (odds.max(1) >= cfg.sure)
    return odds, told
