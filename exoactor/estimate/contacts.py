"""When a foot is on the floor: its soles' height and speed, with hysteresis so that events are clean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from exoactor.estimate.initial import floor_points
from exoactor.estimate.landmarks import LEFT_HEEL, LEFT_TOE, RIGHT_HEEL, RIGHT_TOE, LandmarkTrack
from exoactor.types import Array, Camera


@dataclass(frozen=True)
class ContactCfg:
    """Thresholds of foot contact.

    Args:
        touch_height: a sole point below this may begin a contact [m].
        leave_height: a sole point above this ends it [m].
        touch_speed: a sole point slower than this may begin a contact [m/s].
        leave_speed: a sole point faster than this ends it [m/s].
        shortest: contacts and gaps shorter than this are dropped [s].
        smooth: sigma of the smoothing of the soles' path [s].
    """

    touch_height: float = 0.05
    leave_height: float = 0.08
    touch_speed: float = 0.35
    leave_speed: float = 0.7
    shortest: float = 0.1
    smooth: float = 0.04


def foot_contacts(soles: Array, fps: float, cfg: ContactCfg | None = None) -> Array:
    """(T, 2) bool, left and right foot on the floor.

    A foot is on the floor while its heel or its ball is.

    Args:
        soles: (T, 4, 3) left heel, left ball, right heel, right ball in the world [m].
        fps: frames per second.
        cfg: thresholds.
    """
    cfg = cfg or ContactCfg()
    height, speed = soles[..., 2], sole_speed(soles, fps, cfg.smooth)
    touching = (height < cfg.touch_height) & (speed < cfg.touch_speed)
    leaving = (height > cfg.leave_height) | (speed > cfg.leave_speed)
    held = np.stack([_hysteresis(touching[:, k], leaving[:, k]) for k in range(4)], 1)
    feet = held[:, [0, 2]] | held[:, [1, 3]]
    shortest = max(1, round(cfg.shortest * fps))
    return np.stack([_without_blips(foot, shortest) for foot in feet.T], 1)


def sole_speed(soles: Array, fps: float, smooth: float = 0.04) -> Array:
    """(T, 4) speed of sole points (T, 4, 3) [m/s], smoothed over `smooth` [s]."""
    path = gaussian_filter1d(soles, smooth * fps, axis=0, mode="nearest")
    return np.asarray(np.linalg.norm(np.gradient(path, axis=0) * fps, axis=-1))


def planted_softly(soles: Array, fps: float) -> Array:
    """(T, 4) 0..1, how much the fit should hold sole points (T, 4, 3) [m] to the floor and in place."""
    slow = 1 / (1 + np.exp((sole_speed(soles, fps) - 0.35) / 0.06))
    low = 1 / (1 + np.exp((soles[..., 2] - 0.04) / 0.008))
    return np.asarray(slow * low)


def planted_at_first(track: LandmarkTrack, camera: Camera) -> Array:
    """(T, 4) the same before anything is fitted: feet that stand still in the picture are planted."""
    floor = floor_points(track.xy[:, [LEFT_HEEL, LEFT_TOE, RIGHT_HEEL, RIGHT_TOE]], camera, 0.03)
    floor = np.nan_to_num(floor, nan=1e3)
    path = gaussian_filter1d(floor, 0.08 * track.fps, axis=0, mode="nearest")
    speed = np.linalg.norm(np.gradient(path, axis=0) * track.fps, axis=-1)
    return np.asarray(1 / (1 + np.exp((speed - 0.3) / 0.06)))


def _hysteresis(on: Array, off: Array) -> Array:
    state, out = bool(on[0]), np.zeros(len(on), bool)
    for t in range(len(on)):
        state = bool(on[t]) if not state else not off[t]
        out[t] = state
    return out


def _without_blips(signal: Array, shortest: int) -> Array:
    """Runs shorter than `shortest` frames take the value of what surrounds them, gaps first."""
    out = signal.copy()
    for value in (False, True):
        edges = np.flatnonzero(np.diff(out.astype(int))) + 1
        starts, ends = np.r_[0, edges], np.r_[edges, len(out)]
        for start, end in zip(starts, ends, strict=True):
            inner = start > 0 and end < len(out)
            if inner and end - start < shortest and out[start] == value:
                out[start:end] = not value
    return out
