"""The project's own tracking policy: a small network distilled by `exoactor.control.training`, run with numpy."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import numpy as np

from exoactor.control import twist2
from exoactor.control.bundle import Bundle, Layers, load_bundle
from exoactor.types import Array, Sensors, TrackingCommand


class StudentController:
    """Runs a bundle. Implements `Controller`.

    Args:
        bundle: a loaded bundle, the path of one, or None for the packaged one.
    """

    def __init__(self, bundle: Bundle | Path | None = None) -> None:
        self.bundle = bundle if isinstance(bundle, Bundle) else load_bundle(bundle)
        self.name = self.bundle.name
        self.actuation = self.bundle.actuation
        self.reset()

    def reset(self) -> None:
        """Forget the past."""
        self._past: deque[Array] = deque(
            [np.zeros(twist2.PROPRIO)] * max(self.bundle.history), maxlen=max(self.bundle.history)
        )
        self._last = np.zeros(29)

    def act(self, sensors: Sensors, command: TrackingCommand) -> Array:
        """(29,) joint position targets [rad]."""
        bundle, default = self.bundle, self.actuation.default_pos
        now = twist2.sensed(sensors, self._last, default)
        past = [self._past[-steps] for steps in bundle.history]
        observation = np.concatenate([twist2.mimic(command), now, *past]).astype(np.float32)
        self._past.append(now)
        action = forward(observation, bundle.mean, bundle.std, bundle.layers)
        self._last = np.clip(action, -twist2.ACTION_LIMIT, twist2.ACTION_LIMIT).astype(float)
        return np.asarray(self._last * bundle.action_scale + default)


def forward(observation: Array, mean: Array, std: Array, layers: Layers) -> Array:
    """Network output (..., 29) of observations (..., I); float32."""
    x = np.clip((observation - mean) / std, -8, 8)
    for number, (weight, bias) in enumerate(layers):
        x = x @ weight.T + bias
        if number < len(layers) - 1:
            x = 0.5 * x * (1 + np.tanh(0.5 * x))  # SiLU, without overflow
    return np.asarray(x)
