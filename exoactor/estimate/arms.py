"""Which way a raised arm points: towards the camera or away from it.

One picture shows both alike, and the landmark network often guesses wrong. Its guess of the depth is weighed against
what arms do: they are raised before the body, a little to their own side, rather than across or behind it. The
choice is made once for every time an arm goes up, so it cannot flicker.
"""

from __future__ import annotations

import numpy as np

from exoactor.estimate.landmarks import (
    LEFT_ELBOW,
    LEFT_INDEX,
    LEFT_PINKY,
    LEFT_SHOULDER,
    LEFT_WRIST,
    RIGHT_ELBOW,
    RIGHT_INDEX,
    RIGHT_PINKY,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
)
from exoactor.types import Array

ARMS = (
    (LEFT_SHOULDER, LEFT_ELBOW, LEFT_WRIST, LEFT_PINKY, LEFT_INDEX),
    (RIGHT_SHOULDER, RIGHT_ELBOW, RIGHT_WRIST, RIGHT_PINKY, RIGHT_INDEX),
)
_DEPTH_SIGMA = 0.25  # of the network's depth of a raised wrist from its shoulder [m]
_BEFORE_THE_BODY = 6.0  # log odds of an arm in its usual direction against one at right angles to it
_HIDDEN = (0.1, 0.35)  # product of elbow's and wrist's weight: hidden below, seen above
_OUTWARD = np.radians(20)  # usual direction of a raised arm, from straight ahead to its own side
_HANGING = (0.5, 0.85)  # downward component of the unit vector from shoulder to wrist: raised below, hanging above


def hanging(metric: Array) -> Array:
    """(T, 2) 1 where the left and right arm hangs, 0 where it is raised; metric landmarks (T, 33, 3), z up."""
    down = np.stack([-_unit(metric[:, arm[2]] - metric[:, arm[0]])[:, 2] for arm in ARMS], 1)
    return np.asarray(np.clip((down - _HANGING[0]) / (_HANGING[1] - _HANGING[0]), 0, 1))


def arm_trust(weight: Array) -> Array:
    """(T, 2) 0..1, whether the left and right arm are seen at all; landmark weights (T, 33).

    Of an arm hidden by the body the network says that it lies along the other one, not that it does not know.
    """
    seen = np.stack([weight[:, arm[1]] * weight[:, arm[2]] for arm in ARMS], 1)
    return np.asarray(np.clip((seen - _HIDDEN[0]) / (_HIDDEN[1] - _HIDDEN[0]), 0.0, 1.0))


def depth_resolved(metric: Array, angle: Array) -> Array:
    """Metric landmarks with raised arms mirrored in depth where that is likelier.

    Args:
        metric: (T, 33, 3) in view axes (right, forward, up) [m].
        angle: (T,) view angle [rad].
    """
    out = metric.copy()
    raised = hanging(metric) < 0.5
    for side, arm in enumerate(ARMS):
        shoulder, elbow, wrist = (metric[:, k] for k in arm[:3])
        bones = (elbow - shoulder, wrist - elbow)
        full = np.zeros((len(metric), 3))
        for bone in bones:
            # the network shortens depth; a bone's length gives back its size, the network its sign
            length = np.percentile(np.linalg.norm(bone, axis=1), 80)
            depth = np.sqrt(np.maximum(length**2 - bone[:, 0] ** 2 - bone[:, 2] ** 2, bone[:, 1] ** 2))
            full += np.stack([bone[:, 0], np.sign(bone[:, 1]) * depth, bone[:, 2]], 1)
        guessed = sum(bone[:, 1] for bone in bones)
        for_guess = 2 * guessed * full[:, 1] / _DEPTH_SIGMA**2
        # mirrored, the component along the usual direction changes by twice the depth's share
        reach = np.maximum(np.linalg.norm(full, axis=1), 1e-6)
        usual = np.cos(angle + (_OUTWARD if side == 0 else -_OUTWARD))
        for_mirrored = _BEFORE_THE_BODY * -2 * full[:, 1] * usual / reach
        for first, last in _runs(raised[:, side]):
            if for_mirrored[first:last].mean() > for_guess[first:last].mean():
                below = list(arm[1:])
                pivot = metric[first:last, arm[0], None, 1]
                out[first:last, below, 1] = 2 * pivot - metric[first:last, below, 1]
    return out


def _runs(flags: Array) -> list[tuple[int, int]]:
    """[first, last) of the stretches where flags (T,) are set."""
    edges = np.flatnonzero(np.diff(np.r_[False, flags, False].astype(int)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9))
