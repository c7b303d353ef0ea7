"""When the robot is where: a person's path at a speed the robot can walk, standing and gestures at their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from exoactor.ground import RootPath
from exoactor.types import Array

_GRID = 0.01
"""Resolution of the way, in seconds at full speed."""


@dataclass(frozen=True)
class TimingCfg:
    """What the tracker follows well.

    Args:
        forward: fastest walk forward [m/s].
        backward: the same backward [m/s].
        sideways: the same sideways [m/s].
        turn: fastest turn [rad/s].
        ramp: time to full speed and to a stop [s].
        slowest: a person's speed below this share of the robot's is not imitated.
        join: a person's pause shorter than this, as between a turn and a walk, is stepped through: closing the feet
            and opening them again would take longer [s].
        closing: after a movement ends, the time for the feet to close before anything else begins [s].
    """

    forward: float = 0.5
    backward: float = 0.25
    sideways: float = 0.2
    turn: float = 1.1
    ramp: float = 0.8
    slowest: float = 0.35
    join: float = 1.4
    closing: float = 1.1


@dataclass(frozen=True)
class Timeline:
    """The retimed path.

    Args:
        human: (N,) time in the video [s] at each robot frame.
        poses: (N, 3) x [m], y [m], yaw [rad].
        walks: of each movement its first frame, its end, and the frame at which the video goes on after the feet
            had time to close.
    """

    human: Array
    poses: Array
    walks: tuple[tuple[int, int, int], ...]


def timeline(path: RootPath, hz: float, cfg: TimingCfg, extra_after: float) -> Timeline:
    """Stretch the time of a path.

    Args:
        path: path with the person's timing.
        hz: frames per second of the result.
        cfg: the robot's speeds.
        extra_after: time spent on the spot after the last movement (settling), beyond `cfg.closing` [s].
    """
    human: list[Array] = []
    walks: list[tuple[int, int, int]] = []
    at = 0.0
    count = 0
    last_frame = len(path.xy) - 1
    moves = _joined(path.moves, cfg.join * path.fps)
    for number, (first, last) in enumerate(moves):
        count += _stand(human, at, first / path.fps, hz)
        times = _move(path, first, last, hz, cfg)
        human.append(times)
        start, count = count, count + len(times)
        pause = cfg.closing + (extra_after if number == len(moves) - 1 else 0.0)
        hold = round(pause * hz)
        human.append(np.full(hold, last / path.fps))
        walks.append((start, count, count + hold))
        count += hold
        at = last / path.fps
    _stand(human, at, last_frame / path.fps, hz)
    times = np.concatenate(human) if human else np.zeros(2)
    if len(times) < 2:
        times = np.array([0.0, last_frame / path.fps])
    frames = np.arange(last_frame + 1) / path.fps
    poses = np.stack([np.interp(times, frames, column) for column in path.poses.T], axis=1)
    # the piecewise linear clock has corners where a movement begins and ends
    smooth = gaussian_filter1d(poses, 0.08 * hz, axis=0, mode="nearest")
    return Timeline(times, smooth, tuple(walks))


def _joined(moves: tuple[tuple[int, int], ...], longest_pause: float) -> list[tuple[int, int]]:
    """Frame ranges of the movements, those with less than `longest_pause` [frames] between them as one."""
    joined: list[tuple[int, int]] = []
    for first, last in moves:
        if joined and first - joined[-1][1] < longest_pause:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _stand(human: list[Array], start: float, end: float, hz: float) -> int:
    """Append a standing stretch at the person's own speed; number of frames."""
    n = round((end - start) * hz)
    if n > 0:
        human.append(start + np.arange(n) / hz)
    return max(n, 0)


def _move(path: RootPath, first: int, last: int, hz: float, cfg: TimingCfg) -> Array:
    """Times in the video [s] at the robot's frames of one movement."""
    poses = path.poses[first : last + 1]
    step = np.diff(poses, axis=0)
    yaw = (poses[1:, 2] + poses[:-1, 2]) / 2
    ahead = step[:, 0] * np.cos(yaw) + step[:, 1] * np.sin(yaw)
    aside = -step[:, 0] * np.sin(yaw) + step[:, 1] * np.cos(yaw)
    # seconds each video frame takes the robot at full speed
    cost = np.sqrt(
        (np.maximum(ahead, 0) / cfg.forward + np.maximum(-ahead, 0) / cfg.backward) ** 2
        + (aside / cfg.sideways) ** 2
        + (step[:, 2] / cfg.turn) ** 2
    )
    way = np.concatenate([[0.0], np.cumsum(cost + 1e-4)])
    grid = np.linspace(0.0, way[-1], max(3, int(way[-1] / _GRID) + 1))
    frame_at = np.interp(grid, way, np.arange(len(way)))
    rate = np.interp(frame_at, np.arange(len(cost)) + 0.5, cost * path.fps)  # robot seconds wanted per video second
    speed = np.clip(gaussian_filter1d(rate, 0.15 / max(grid[1], 1e-6), mode="nearest"), cfg.slowest, 1.0)
    speed = np.minimum(speed, np.sqrt(2 * (grid + 0.02) / cfg.ramp))
    speed = np.minimum(speed, np.sqrt(2 * (grid[-1] - grid + 0.02) / cfg.ramp))
    when = np.concatenate([[0.0], np.cumsum(np.diff(grid) * 2 / (speed[1:] + speed[:-1]))])
    n = max(2, round(when[-1] * hz))
    frames = np.interp(np.arange(n) / hz, when, frame_at)
    return np.asarray((first + frames) / path.fps)
