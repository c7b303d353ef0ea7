"""Which frame of the reference is due, and where its root should be now: settling and aiming."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoactor.control.reference import Reference
from exoactor.types import CONTROL_HZ, Array
from exoactor.types.rotations import wrap, yaw_matrix


@dataclass(frozen=True)
class SettleCfg:
    """When stepping in place at the end of a walk is enough.

    Args:
        xy: distance of the root from its reference [m].
        yaw: difference of the heading [rad].
        repeats: most times the cycle is played again without coming nearer; later ones were seen to better nothing.
        nearer: a cycle that brings the root this much nearer does not count [m].
        most: most times in all.
        gain: speed at which the aim is moved against the error [1/s]; a proportional outer loop alone leaves a
            sideways bias of 5 to 10 cm.
        slow: speed of the reference at which half of a lag along the way counts as error [m/s].
        reach: most the aim is moved, each axis [m, rad].
    """

    xy: float = 0.07
    yaw: float = 0.07
    repeats: int = 3
    nearer: float = 0.02
    most: int = 15
    gain: float = 0.4
    slow: float = 0.05
    reach: float = 0.1


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
        self._nearest: float | None = None
        self._vain = 0

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
        self._steer(pose)
        self.index += 1
        if self.reference.settle is None or self.settled is not None:
            return
        first, last = self.reference.settle
        if self.index > first:
            self._errors.append(self._error(pose))
        if self.index < last:
            return
        # The pelvis sways by centimetres with each step: only the mean over a whole cycle says where it stands.
        # It must not be on its way through either, so the second half is looked at too.
        errors = np.array(self._errors)
        good = self._within(errors.mean(axis=0), 1.0) and self._within(errors[len(errors) // 2 :].mean(axis=0), 1.2)
        distance = float(np.hypot(*errors.mean(axis=0)[:2]))
        if self._nearest is None or distance < self._nearest - self.cfg.nearer:
            self._nearest = distance
        else:
            self._vain += 1
        # The first cycle is no repetition, so `vain` counts those after it.
        tried = self._vain >= self.cfg.repeats or self.repeats >= self.cfg.most
        if good or tried or not self._closed_loop:
            self.settled = good
            return
        self.repeats += 1
        self.index = first
        self._errors.clear()

    def _within(self, error: Array, factor: float) -> bool:
        return bool(np.hypot(error[0], error[1]) < factor * self.cfg.xy and abs(error[2]) < factor * self.cfg.yaw)

    def _steer(self, pose: Array) -> None:
        """Move the aim against errors that last while the robot steps; standing, leave it as it is."""
        if self.resting or self.done:
            return
        cfg, error = self.cfg, self._error(pose)
        rotation = yaw_matrix(self.asked[2])
        local = rotation.T @ error[:2]
        # Lagging behind a walk is no bias: along the way only what remains when it is slow counts.
        speed = float(np.hypot(*self.reference.velocity[min(self.index, len(self.reference) - 1), :2]))
        local[0] /= 1 + (speed / cfg.slow) ** 2
        change = cfg.gain / CONTROL_HZ * np.array([*(rotation @ local), error[2]])
        self.shift = np.clip(self.shift + change, -cfg.reach, cfg.reach)

    def _error(self, pose: Array) -> Array:
        error = self.asked - pose
        error[2] = float(wrap(error[2]))
        return np.asarray(error)
