"""Walking bent under something: knees, hips and head come down before it and up again beyond it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exoactor.imagine.course import Gesture
from exoactor.imagine.easing import ease
from exoactor.imagine.gait import DUCK_SECONDS
from exoactor.imagine.style import Style
from exoactor.types import Array

KNEES = 0.45
"""Share of what the head has to come down that the hips come down; the trunk bows for the rest."""
DEEPEST, MOST_BENT = 0.45, 1.35
"""Most that the hips come down [m] and the trunk bows [rad] in walking."""
TRUNK = 0.47
"""From the hips to the crown, as a share of the height."""
ROUND = 0.84
"""A back is round: the line from hips to crown leans over by this share of what hips and chest lean together."""


class Ducks:
    """What all walks under something ask of the body, over time.

    Args:
        gestures: of the chain.
        style: who walks.
        times: (T,) [s].

    Attributes:
        crouch: (T,) how far the hips go down [m].
        bow: (T,) how far the trunk leans over [rad].
    """

    def __init__(self, gestures: Sequence[Gesture], style: Style, times: Array) -> None:
        self.crouch, self.bow = np.zeros(len(times)), np.zeros(len(times))
        for gesture in gestures:
            if gesture.action.kind != "duck_under":
                continue
            seconds = DUCK_SECONDS * style.tempo
            down = ease((times - gesture.begin) / seconds) * ease((gesture.end - times) / seconds)
            lower = max(style.height - gesture.action.rise, 0.0)
            hips = min(KNEES * lower, DEEPEST)
            trunk = TRUNK * style.height
            bow = min(float(np.arccos(np.clip(1 - (lower - hips) / trunk, 0.0, 1.0))) / ROUND, MOST_BENT)
            self.crouch = np.maximum(self.crouch, hips * down)
            self.bow = np.maximum(self.bow, bow * down)

    @property
    def back(self) -> Array:
        """(T,) how far the hips go back, so that the weight stays over the feet [m]."""
        return np.asarray(0.12 * self.bow)
