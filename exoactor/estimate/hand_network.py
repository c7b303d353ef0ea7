"""Tells open hands from closed ones: a small network on what the hand landmark network sees before it names points.

At the sizes that hands have in clips the landmarks themselves are wrong; what the network has gathered for them, one
vector a hand, still tells more about the fingers than they do. Made by `python -m exoactor.bench.hand_training`; see
weights/HAND_CARD.md for origin, figures and limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from exoactor.assets import asset
from exoactor.estimate.hand_view import PATCH
from exoactor.estimate.networks import Network
from exoactor.types import Array, ConfigError

WEIGHTS_FILE = Path(__file__).parent / "weights" / "hand_state.npz"
OUTPUTS = ("open", "half", "closed", "hidden")
GATHERED = 1152
"""Length of the landmark network's vector."""
_LAYER = "model_1/model/global_average_pooling2d/Mean"
_INPUT = 224
_INNER = slice(5, PATCH - 5)
"""The part of a patch that the landmark network is shown: it wants hands larger than a patch has them."""


class HandFeatures:
    """What the landmark network gathers of a hand.

    Args:
        path: hand_landmark_full.tflite.
    """

    def __init__(self, path: Path) -> None:
        self._network = Network(path, inner=_LAYER)

    def __call__(self, patches: Array) -> Array:
        """(N, GATHERED) float32, not negative, of patches (N, PATCH, PATCH, 3) uint8; 10 ms of CPU each."""
        if patches.shape[1:] != (PATCH, PATCH, 3):
            raise ValueError(f"patches: {patches.shape} given, (N, {PATCH}, {PATCH}, 3) wanted")
        found = np.empty((len(patches), GATHERED), np.float32)
        for k, patch in enumerate(patches):
            shown = cv2.resize(patch[_INNER, _INNER], (_INPUT, _INPUT), interpolation=cv2.INTER_LINEAR)
            found[k] = self._network(shown / 255.0)[0]
        return found


@dataclass(frozen=True)
class HandNet:
    """Two layers, run with numpy.

    Args:
        mean: (GATHERED + 2,) of the inputs.
        spread: (GATHERED + 2,) of the inputs.
        first: weight (GATHERED + 2, hidden) and bias (hidden,).
        last: weight (hidden, 4) and bias (4,).
        temperature: by which the outputs are divided, so that their softmax is as often right as it says.
    """

    mean: Array
    spread: Array
    first: tuple[Array, Array]
    last: tuple[Array, Array]
    temperature: float

    def __call__(self, gathered: Array, pixels: Array, foreshortening: Array) -> Array:
        """(N, 4) probabilities of `OUTPUTS`.

        Args:
            gathered: (N, GATHERED) of `HandFeatures`.
            pixels: (N,) lengths of the hands [px].
            foreshortening: (N,) of the forearms, 0..1.
        """
        x = (inputs(gathered, pixels, foreshortening) - self.mean) / self.spread
        x = np.maximum(x @ self.first[0] + self.first[1], 0.0)
        logits = (x @ self.last[0] + self.last[1]) / self.temperature
        odds = np.exp(logits - logits.max(1, keepdims=True))
        return np.asarray(odds / odds.sum(1, keepdims=True), float)

    def save(self, path: Path) -> None:
        """Write an npz in half precision; nothing that counts is lost."""
        arrays = {"mean": self.mean, "spread": self.spread}
        for name, (weight, bias) in (("first", self.first), ("last", self.last)):
            arrays |= {f"{name}_weight": weight, f"{name}_bias": bias}
        path.parent.mkdir(parents=True, exist_ok=True)
        halves = {name: array.astype(np.float16) for name, array in arrays.items()}
        np.savez_compressed(path, temperature=np.float32(self.temperature), **halves)  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def load_hand_net(path: Path = WEIGHTS_FILE) -> HandNet:
    """The packaged network, or that of a file.

    Raises:
        ConfigError: the file is missing or damaged.
    """
    try:
        with np.load(path) as data:
            arrays = {name: data[name].astype(np.float32) for name in data.files}
        first, last = ((arrays[f"{name}_weight"], arrays[f"{name}_bias"]) for name in ("first", "last"))
        return HandNet(arrays["mean"], arrays["spread"], first, last, float(arrays["temperature"]))
    except (OSError, KeyError, ValueError) as error:
        raise ConfigError(
            f"{path} is not a readable network of hands ({error}). Reinstall the package, or make it again: "
            "python -m exoactor.bench.hand_training"
        ) from error


@lru_cache(maxsize=1)
def hand_features() -> HandFeatures:
    """On the pulled asset, loaded once.

    Raises:
        ConfigError: it has not been pulled.
    """
    return HandFeatures(asset("landmarks/hand_landmark_full.tflite"))


def inputs(gathered: Array, pixels: Array, foreshortening: Array) -> Array:
    """(N, GATHERED + 2) float32 what the two layers are given."""
    told = np.stack([np.log(np.asarray(pixels) / 30.0), np.asarray(foreshortening) - 0.7], 1)
    return np.concatenate([np.log1p(gathered), told], 1).astype(np.float32)
