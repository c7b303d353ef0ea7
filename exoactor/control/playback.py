"""Which frame of the reference is due, and where its root should be now: settling and aiming."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoactor.control.reference import Reference
from exoactor.types import CONTROL_HZ, Array
from exoactor.types.rotations import wrap


@dataclass(frozen=True)
class SettleCfg:
    """When stepping in place at the end of a walk is enough.

    Args:
        xy: distance of the root from its reference [m].
        yaw: difference of the heading [rad].
        repeats: most times the cycle is played again.
        gain: share of the error by which the aim is moved the other way after each cycle; a proportional outer
            loop alone leaves a sideways bias of 5 to 10 cm.
        reach: most the aim is moved, each axis [m, rad].
        forget: what is kept of that from one control step to the next once the stepping is over.
    """

    xy: float = 0.04
    yaw: float = 0.07
    repeats: int = 10
    gain: float = 0.5
    reach: float = 0.2
    forget: float = 0.95


class Playback:
    """Goes through a `Reference` one control step at a time.

    Attributes:
        index: frame due now.
        shift: (3,) what is added to the root's reference x, y, yaw [m, m, rad].
        repeats: how often the settling cycle was played again.
        settled: None before the settling cycle's end (or without one), then whether the tolerance was met.
    """

    def __init__(self, reference: Reference, cfg: SettleCfg, *, closed_loop: bool = True) -> None:
        self.reference = reference
        self.cfg = cfg
        self.index = 0
        self.shift = np.zeros(3)
        self.repeats = 0
        self.settled: bool | None = None
        self._closed_loop = closed_loop
        self._errors: list[Array] = []

    @property
    def done(self) -> bool:
        """No frames are left."""
        return self.index >= len(self.reference)

    @property
    def asked(self) -> Array:
        """(3,) root x, y, yaw of the frame due, as the motion has it."""
        return np.array(self.reference.pose[min(self.index, len(self.reference) - 1)])

    @property
    def aim(self) -> Array:
        """(3,) the same with the shift: what the feedback steers to."""
        return np.asarray(self.asked + self.shift)

    @property
    def resting(self) -> bool:
        """Whether the reference stands still."""
        return bool(self.reference.resting[min(self.index, len(self.reference) - 1)])

    def advance(self, pose: Array) -> None:
        """Go on by one control step, the root being estimated at `pose` (3,)."""
        self.index += 1
        if self.settled is not None:
            self.shift = self.shift * self.cfg.forget
        if self.reference.settle is None or self.settled is not None:
            return
        first, last = self.reference.settle
        if self.index > first:
            self._errors.append(self._error(pose))
        if self.index < last:
            return
        if not self._closed_loop:
            self.settled = False
            return
        # The pelvis sways by centimetres with each step: only the mean over a whole cycle says where it stands.
        error = np.mean(self._errors, axis=0)
        good = bool(np.hypot(error[0], error[1]) < self.cfg.xy and abs(error[2]) < self.cfg.yaw)
        if good or self.repeats >= self.cfg.repeats:
            self.settled = good
            return
        self.shift = np.clip(self.shift + self.cfg.gain * error, -self.cfg.reach, self.cfg.reach)
        self.repeats += 1
        self.index = first
        self._errors.clear()

    def _error(self, pose: Array) -> Array:
        error = self.asked - pose
        error[2] = float(wrap(error[2]))
        return np.asarray(error)
