"""Whether a thing is off what it stood on, and stays there: its height in the looks on the way and in the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exoactor.check.cfg import CheckCfg
from exoactor.types import Outcome, SceneObject, Verdict


@dataclass(frozen=True)
class HeightLook:
    """One look.

    Args:
        time: [s].
        heights: of the lowest and the highest part that is seen of the thing above the floor [m], or None.
    """

    time: float
    heights: tuple[float, float] | None


def lifted(looks: Sequence[HeightLook], before: SceneObject, cfg: CheckCfg) -> Verdict:
    """Up in every look of the last second at least.

    Args:
        looks: on the way and at the end, oldest first.
        before: the thing where it stood.
        cfg: thresholds.
    """
    seen = [look for look in looks if look.heights is not None]
    if not looks or looks[-1].heights is None or len(seen) < cfg.held_looks:
        return Verdict(Outcome.CANNOT_TELL, "target_not_seen", float(len(seen)), float(cfg.held_looks), "looks", 0.3)
    bottom, top = float(before.position[2]), float(before.position[2] + before.item.size[2])
    # A thing that tilts where it stands has its top raised, one whose foot is hidden its bottom; lifted ones have both.
    rises = np.array([min(low - bottom, high - top) for low, high in (look.heights or (0.0, 0.0) for look in seen)])
    up = rises >= cfg.held_above
    details = {"highest_m": round(float(rises.max()), 3), "last_m": round(float(rises[-1]), 3), "looks": len(seen)}
    if not up[-1]:
        code = "dropped" if up.any() else "not_lifted"
        return Verdict(Outcome.NOT_DONE, code, float(rises[-1]), cfg.held_above, "m", details=details)
    down = np.flatnonzero(~up)
    since = seen[down[-1] + 1] if len(down) else seen[0]
    seconds = looks[-1].time - since.time
    count = len(seen) - (down[-1] + 1 if len(down) else 0)
    if seconds < cfg.held_seconds or count < cfg.held_looks:
        return Verdict(Outcome.CANNOT_TELL, "held_too_short", seconds, cfg.held_seconds, "s", details=details)
    return Verdict(Outcome.DONE, "lifted", float(rises[up][-count:].min()), cfg.held_above, "m", details=details)
