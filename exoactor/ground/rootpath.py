"""The path of a person's pelvis over the floor, without the sway of the gait, and when it moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from exoactor.types import Array, HumanMotion


@dataclass(frozen=True)
class RootPathCfg:
    """What counts as moving.

    Args:
        smoothing: width of the Gaussian that takes the gait's sway out [s].
        speed: above this the person travels [m/s].
        turn_rate: above this the person turns [rad/s].
        bridge: a pause shorter than this does not interrupt a movement [s].
        least_travel: a movement needs this path length [m] ...
        least_turn: ... or this turn [rad]; less is the estimate's noise.
    """

    smoothing: float = 0.16
    speed: float = 0.15
    turn_rate: float = 0.35
    bridge: float = 0.45
    least_travel: float = 0.12
    least_turn: float = np.radians(8.0)


@dataclass(frozen=True)
class RootPath:
    """Pelvis path on the floor.

    Args:
        fps: frames per second.
        xy: (T, 2) [m]; constant where the person stands.
        yaw: (T,) unwrapped heading [rad]; constant where the person stands.
        moves: frame ranges [first, last] of the movements; at both frames the person still or again stands.
    """

    fps: float
    xy: Array
    yaw: Array
    moves: tuple[tuple[int, int], ...]

    @property
    def travel(self) -> float:
        """Farthest the path gets from its start [m]."""
        return float(np.linalg.norm(self.xy - self.xy[0], axis=1).max())

    @property
    def poses(self) -> Array:
        """(T, 3) x [m], y [m], yaw [rad]."""
        return np.column_stack([self.xy, self.yaw])


def root_path(motion: HumanMotion, cfg: RootPathCfg | None = None) -> RootPath:
    """Path of the pelvis and heading, smooth while moving and held at the median while standing."""
    cfg = cfg or RootPathCfg()
    width = cfg.smoothing * motion.fps
    poses = np.column_stack([motion.joints[:, 0, :2], motion.heading])
    smooth = gaussian_filter1d(poses, width, axis=0, mode="nearest")
    rate = np.gradient(smooth, 1 / motion.fps, axis=0)
    moving = (np.linalg.norm(rate[:, :2], axis=1) > cfg.speed) | (np.abs(rate[:, 2]) > cfg.turn_rate)
    moves = [
        (first, last)
        for first, last in _bridged(moving, cfg.bridge * motion.fps)
        if np.linalg.norm(np.diff(smooth[first : last + 1, :2], axis=0), axis=1).sum() > cfg.least_travel
        or np.abs(np.diff(smooth[first : last + 1, 2])).sum() > cfg.least_turn
    ]
    clean = _hold_still(poses, smooth, moves)
    return RootPath(motion.fps, clean[:, :2], clean[:, 2], tuple(moves))


def _bridged(moving: Array, longest_pause: float) -> list[tuple[int, int]]:
    """Runs of True as inclusive frame ranges, widened by one frame, short pauses between them closed."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], moving.astype(int), [0]])))
    runs: list[tuple[int, int]] = []
    for first, end in edges.reshape(-1, 2):
        start, last = max(int(first) - 1, 0), min(int(end), len(moving) - 1)
        if runs and start - runs[-1][1] < longest_pause:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((start, last))
    return runs


def _hold_still(poses: Array, smooth: Array, moves: list[tuple[int, int]]) -> Array:
    """Standing stretches at their median, movements bent linearly so that they join them."""
    clean = smooth.copy()
    n = len(poses)
    bounds = [0, *(frame for move in moves for frame in move), n - 1]
    stands = [(bounds[i], bounds[i + 1]) for i in range(0, len(bounds), 2)]
    at: dict[int, Array] = {}
    for first, last in stands:
        # a clip that starts or ends in motion has no standing frames there: its end frame must do
        place = np.median(poses[first : last + 1], axis=0) if last - first >= 2 else smooth[first]
        clean[first : last + 1] = place
        at[first] = at[last] = place
    for first, last in moves:
        ramp = np.linspace(0, 1, last - first + 1)[:, None]
        clean[first : last + 1] = (
            smooth[first : last + 1] + (1 - ramp) * (at[first] - smooth[first]) + ramp * (at[last] - smooth[last])
        )
    return clean
