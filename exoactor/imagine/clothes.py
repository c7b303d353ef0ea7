"""The texture of one person: a palette looked up in the body's map of labels, with pattern and weave."""

from __future__ import annotations

import cv2
import numpy as np

from exoactor.body import LABELS, Body
from exoactor.imagine.style import Style
from exoactor.types import Array

_FIXED = {"eye_white": (236, 232, 226), "iris": (80, 58, 40), "pupil": (26, 26, 26), "belt": (38, 32, 28)}
_CLOTH = ("shirt", "sleeve", "trousers", "shin", "belt", "shoe", "hair")


def texture(body: Body, style: Style) -> Array:
    """(S, S, 3) uint8 RGB, row 0 at v = 1."""
    palette = {**_FIXED, **style.palette}
    palette["sleeve"] = palette["shirt"] if style.long_sleeves else palette["skin"]
    palette["shin"] = palette["skin"] if style.short_trousers else palette["trousers"]
    colours = np.array([palette[name] for name in LABELS], np.float32)
    image = colours[body.labels]
    cloth = np.isin(body.labels, [LABELS.index(name) for name in _CLOTH])
    shirt = body.labels == LABELS.index("shirt")
    if style.long_sleeves:
        shirt |= body.labels == LABELS.index("sleeve")
    if style.pattern != "plain":
        x, y = (body.pattern[..., k].astype(np.float32) / 127 - 1 for k in (0, 1))
        bands = (
            np.floor(y * 22) % 2 if style.pattern == "stripes" else (np.floor(y * 26) % 2 + np.floor(x * 26) % 2) / 2
        )
        image[shirt] *= (0.72 + 0.36 * bands[shirt])[:, None]
    # the network that finds people has never seen perfectly even cloth, nor has anybody else
    rng = np.random.default_rng(style.noise_seed)
    weave = cv2.GaussianBlur(rng.normal(size=body.labels.shape).astype(np.float32), (0, 0), 1.2) * 18
    folds = cv2.resize(
        rng.normal(size=(24, 24)).astype(np.float32), body.labels.shape[::-1], interpolation=cv2.INTER_CUBIC
    )
    image += np.where(cloth, weave + 7 * folds, 0.4 * weave)[..., None]
    return np.clip(image, 24, 250).astype(np.uint8)
