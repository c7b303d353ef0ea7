"""The last small steps to where hands reach: how near they have to bring a robot, and where they are aimed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from exoactor.types import Array, Pose2D, StageError
from exoactor.types.rotations import wrap, yaw_matrix


@dataclass(frozen=True)
class Approach:
    """How near small steps have to bring the robot to a stance; the defaults are those for two palms.

    Args:
        near: off by less than this, ahead and aside, will do [m]: palms reach a few centimetres further or less.
        turned: the same of the heading [rad].
        worth: when no more steps are taken, a stance off by more is not worth a try [m].
        rounds: most rounds of small steps.
        farthest: small steps go straight, whatever is in their way: further off, the way is planned anew [m].
    """

    near: float = 0.03
    turned: float = float(np.radians(6.0))
    worth: float = 0.10
    rounds: int = 3
    farthest: float = 0.5

    def arrived(self, here: Pose2D, stance: Pose2D, number: int) -> bool:
        """Whether a robot stands where it ought to, or as near to it as it gets after `number` rounds of small steps.

        Raises:
            StageError: ("track", "not_in_place") when it is too far off.
        """
        off = yaw_matrix(-stance.yaw) @ (here.xy - stance.xy)
        turned = abs(float(wrap(here.yaw - stance.yaw)))
        if (np.abs(off) < self.near).all() and turned < self.turned:
            return True
        last, away = number == self.rounds, float(np.hypot(*off))
        if away > self.farthest or (last and (np.abs(off).max() > self.worth or turned > 2 * self.turned)):
            reason = f"after {number} tries the robot stands {away:.2f} m off its place"
            raise StageError("track", "not_in_place", reason)
        return last


PALMS = Approach()


@dataclass
class SmallSteps:
    """Where small steps are aimed so that they end at a stance.

    Robots lean into a small step and do not take it, or run on with a hand raised: by how much the last steps missed
    is made up for by the next, whatever the reason.

    Args:
        limit: they are aimed beside the stance by no more than this, ahead and aside [m].
        beside: where they are aimed, against the stance's heading [m].
    """

    limit: float
    beside: Array = field(default_factory=lambda: np.zeros(2))
    _last: Pose2D | None = None

    def aim(self, here: Pose2D, stance: Pose2D) -> Pose2D:
        """What to aim at from `here`, which is where the last ones ended, to come to `stance`."""
        if self._last is not None:
            missed = (self._last.xy - here.xy) @ yaw_matrix(self._last.yaw)
            self.beside = np.clip(self.beside + missed, -self.limit, self.limit)
        self._last = stance
        x, y = stance.xy + yaw_matrix(stance.yaw) @ self.beside
        return replace(stance, x=float(x), y=float(y))
