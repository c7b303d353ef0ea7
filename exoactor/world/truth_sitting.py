"""Whether the robot really sat, or really stood up: the weight on the seat, where the pelvis was, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from exoactor.seat import seat_facing
from exoactor.types import SceneObject

if TYPE_CHECKING:
    from exoactor.world.truth import TruthTrack

SEATED_SECONDS = 5.0
"""Looked at, up to the end [s]."""
SEATED_SHARE = (0.60, 0.50)
"""Of the weight on the seat: mean over that time, and least mean of any second of it."""
SEATED_BEHIND = 0.08
"""Pelvis behind the seat's front edge [m]: it is a ball of 7 cm, so the whole of it; with less it perches."""
SEATED_STILL = 0.03
"""The pelvis stays within this, any way [m]."""
STANDING_HEIGHT = 0.65
"""Of a pelvis that stands [m], for the last half second, nothing touched."""


def seated(track: TruthTrack, target: SceneObject) -> dict[str, Any]:
    """A real sit: most of the weight on the seat, the pelvis over it, at rest, hands off, for five seconds."""
    count = round(SEATED_SECONDS * track.hz)
    root, height = np.array(track.root), np.array(track.height)
    share = np.zeros(len(root))
    for sample, value in track.rests.get(target.id, []):
        share[int(sample)] = value
    seat = seat_facing(target, float(root[-1, 2]))
    behind = -1.0 if seat is None else seat.behind_edge(root[-1, :2])
    found: dict[str, Any] = {"behind_edge_m": behind, "share": float(share[-count:].mean()), "unit": "share of weight"}
    found["measured"] = found["share"]
    if seat is None or len(root) < count:
        return {**found, "true": False}
    second = round(track.hz)
    least = min(share[-count:][k : k + second].mean() for k in range(0, count - second + 1, second))
    moved = float(np.ptp(np.column_stack([root[-count:, :2], height[-count:]]), axis=0).max())
    hands = sum(1 for sample in track.arms_on if sample >= len(root) - count)
    enough = found["share"] >= SEATED_SHARE[0] and least >= SEATED_SHARE[1]
    over = behind >= SEATED_BEHIND and seat.holds(root[-1, :2])
    true = bool(enough and over and moved < SEATED_STILL and not hands)
    return {**found, "true": true, "least_share": float(least), "moved_m": moved, "hands_on_samples": hands}


def standing(track: TruthTrack) -> dict[str, Any]:
    """Upright at the end, touching nothing but the floor."""
    half_second = max(1, round(0.5 * track.hz))
    height = np.array(track.height)[-half_second:]
    touched = any(sample >= len(track.root) - half_second for sample in track.touches)
    true = bool(height.min() >= STANDING_HEIGHT and not touched)
    return {"true": true, "measured": float(height.min()), "unit": "m", "touches": touched}
