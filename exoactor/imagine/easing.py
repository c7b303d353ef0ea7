"""The one ramp that limbs and bodies follow."""

from __future__ import annotations

import numpy as np

from exoactor.types import Array


def ease(share: Array) -> Array:
    """Minimum-jerk ramp from 0 to 1, clamped outside (Flash and Hogan 1985)."""
    u = np.clip(share, 0, 1)
    return np.asarray(u**3 * (10 - 15 * u + 6 * u * u))
