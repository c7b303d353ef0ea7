"""Whether a top was really wiped: where a palm was while its hand touched it, or all but."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from exoactor.types import Array, Expectation, SceneObject
from exoactor.types.rotations import yaw_matrix
from exoactor.wipe import patch_cells
from exoactor.world.g1 import PALM_SIZE

if TYPE_CHECKING:
    from exoactor.world.truth import TruthTrack

TOUCHING = 0.015
"""A hand whose lowest point is no higher above a top than this wipes it [m] ..."""
PRESSED_IN = -0.02
"""... and one that is lower than this is beside it [m]."""
WIPED = 0.60
"""Share of the patch that a palm has to pass over."""


def wiped(track: TruthTrack, surface: SceneObject, expectation: Expectation) -> dict[str, Any]:
    """Share of the patch that a palm passed over, and how hard the arms pressed meanwhile [N]."""
    if expectation.patch is None:
        return {"true": False, "measured": 0.0, "unit": "share of patch"}
    x, y, heading = expectation.patch[:3]
    cells = np.array([x, y]) + patch_cells(expectation.patch) @ yaw_matrix(heading).T
    sides = ("left", "right") if expectation.side is None else (expectation.side,)
    shares, on = {}, np.zeros(len(track.root), bool)
    for number, side in enumerate(("left", "right")):
        above = np.array(track.lowest[side]) - surface.top
        down = (above < TOUCHING) & (above > PRESSED_IN)
        palms = np.array(track.palms)[down, number, :2]
        along = palms - np.array(track.hands[side])[down, :2]
        shares[side] = float(_covered(cells, palms, along).mean())
        on |= down
    pressed = np.array(track.pressed)[on]
    share = max(shares[side] for side in sides)
    return {
        "true": bool(share >= WIPED),
        "measured": share,
        "unit": "share of patch",
        "press_n": float(pressed.mean()) if len(pressed) else 0.0,
        "press_most_n": float(pressed.max()) if len(pressed) else 0.0,
    }


def _covered(cells: Array, palms: Array, along: Array) -> Array:
    """(N,) bool: which cells (N, 2) lie under a palm (M, 2) whose fingers point along (M, 2), at any time [m]."""
    found = np.zeros(len(cells), bool)
    for palm, fingers in zip(palms, along, strict=True):
        local = (cells - palm) @ yaw_matrix(float(np.arctan2(fingers[1], fingers[0])))
        found |= (np.abs(local) < np.array([PALM_SIZE[0], PALM_SIZE[2]]) / 2).all(axis=1)
    return found
