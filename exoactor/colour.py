"""Which colour name a pixel shows, whatever the light: decided by chromaticity, brightness only bounded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exoactor.types import Array
from exoactor.world.looks import rgb

ACHROMATIC = ("white", "gray", "black")
"""Names that share one label: under unknown light they cannot be told apart by a pixel alone."""
NOTHING = -1
COLOURLESS = -2

_CHROMA_GATE = 0.075
_BRIGHTNESS = (0.12, 1.7)
_NEUTRAL = np.array([1.0, 1.0, 1.0]) / 3


def labels(image: Array, names: Sequence[str]) -> Array:
    """Index into `names` for each pixel; `COLOURLESS` for grays, `NOTHING` for what is none of them.

    Shading scales all three channels of a pixel alike, so r/(r+g+b) and g/(r+g+b) stay; only highlights
    and mixed pixels at edges move towards gray.

    Args:
        image: (h, w, 3) uint8.
        names: chromatic colour names of `looks.COLORS`.
    """
    value = image.astype(np.float32) / 255
    total = value.sum(-1)
    chroma = value[..., :2] / np.maximum(total, 0.02)[..., None]
    wanted = [n for n in names if n not in ACHROMATIC]
    label = np.full(image.shape[:2], NOTHING, np.int16)
    # Dark pixels have noisy ratios: widen the gate for them rather than lose the thing.
    gate = _CHROMA_GATE * (1 + 0.25 / np.maximum(total, 0.12))
    best = gate.copy()
    neutral = np.hypot(chroma[..., 0] - _NEUTRAL[0], chroma[..., 1] - _NEUTRAL[1])
    label[neutral < np.minimum(gate, 0.06 * (1 + 0.2 / np.maximum(total, 0.1)))] = COLOURLESS
    best = np.minimum(best, np.where(label == COLOURLESS, neutral, np.inf))
    for name in wanted:
        reference = np.array(rgb(name), np.float32)
        target = reference[:2] / reference.sum()
        distance = np.hypot(chroma[..., 0] - target[0], chroma[..., 1] - target[1])
        ratio = total / reference.sum()
        hit = (distance < best) & (ratio > _BRIGHTNESS[0]) & (ratio < _BRIGHTNESS[1])
        label[hit] = list(names).index(name)
        best = np.where(hit, distance, best)
    return label
