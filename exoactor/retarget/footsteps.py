"""Where and when the G1 puts its feet so that they keep up with a root path."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoactor.types import Array
from exoactor.types.rotations import wrap


@dataclass(frozen=True)
class StepCfg:
    """The robot's gait.

    Args:
        swing: time of a step, from one foot's lift to the other's [s].
        swing_range: cadences of the video within this are taken over [s].
        lift: height of the swing [m].
        settle_lift: the same while settling and in place [m].
        lead: the feet land behind their place by this time's walk; without it trackers march on the spot [s].
        half_width: distance of a foot from the path [m].
        sway: the pelvis leans this far over the standing foot [m].
        home: a foot closer than this to its place beside the standing root needs no closing step [m].
        home_yaw: the same for its heading [rad].
    """

    swing: float = 0.45
    swing_range: tuple[float, float] = (0.42, 0.50)
    lift: float = 0.07
    settle_lift: float = 0.025
    lead: float = 0.12
    half_width: float = 0.115
    sway: float = 0.022
    home: float = 0.004
    home_yaw: float = np.radians(0.7)


@dataclass(frozen=True)
class Footsteps:
    """Feet and sway per frame.

    Args:
        feet: (N, 2, 4) left and right: x, y, lift [m], yaw [rad].
        contacts: (N, 2) bool, planted.
        sway: (N, 2) shift of the pelvis in the world [m].
        settle: [first, last) frame of the stepping-in-place cycle, or None.
        closed: for each walk the frame from which both feet stay planted beside each other.
    """

    feet: Array
    contacts: Array
    sway: Array
    settle: tuple[int, int] | None
    closed: tuple[int, ...]

    def at(self, frames: Array) -> Footsteps:
        """The same at some of the frames (M,), in order; none of the settling cycle's may be missing."""
        settle = None
        if self.settle is not None:
            first = int(np.searchsorted(frames, self.settle[0]))
            settle = (first, first + self.settle[1] - self.settle[0])
        closed = tuple(int(np.searchsorted(frames, frame)) for frame in self.closed)
        return Footsteps(self.feet[frames], self.contacts[frames], self.sway[frames], settle, closed)


def home(pose: Array, foot: int, half_width: float) -> Array:
    """(3,) place of foot 0 (left) or 1 (right) beside a root pose (3,): x, y [m], yaw [rad]."""
    side = half_width if foot == 0 else -half_width
    return np.array([pose[0] - np.sin(pose[2]) * side, pose[1] + np.cos(pose[2]) * side, pose[2]])


def plan(
    poses: Array, walks: tuple[tuple[int, int, int], ...], hz: float, cfg: StepCfg, swing: float, first_foot: int
) -> Footsteps:
    """Alternate steps during the walks until the feet stand parallel beside the root, then one settling cycle.

    Args:
        poses: (N, 3) root path x, y [m], yaw [rad]; long enough after each walk for the closing steps.
        walks: first frame, end, and last frame for closing of each movement.
        hz: frames per second.
        cfg: gait.
        swing: duration of a step [s].
        first_foot: 0 left or 1 right.
    """
    n = len(poses)
    length = max(2, round(swing * hz))
    velocity = np.gradient(poses[:, :2], 1 / hz, axis=0)
    feet = np.zeros((n, 2, 4))
    contacts = np.ones((n, 2), bool)
    sway = np.zeros((n, 2))
    stand = [home(poses[0], 0, cfg.half_width), home(poses[0], 1, cfg.half_width)]
    foot, frame, settle = first_foot, 0, None
    closed: list[int] = []

    def hold(until: int) -> None:
        for side in (0, 1):
            feet[frame:until, side] = [stand[side][0], stand[side][1], 0.0, stand[side][2]]

    def step(side: int, place: Array) -> None:
        phase = (np.arange(length) + 1) / length
        glide = phase * phase * (3 - 2 * phase)
        begin = stand[side]
        span = slice(frame, frame + length)
        feet[span, side, :2] = begin[:2] + glide[:, None] * (place[:2] - begin[:2])
        reach = min(1.0, float(np.linalg.norm(place[:2] - begin[:2])) / 0.25)
        lift = cfg.settle_lift + reach * (cfg.lift - cfg.settle_lift)
        feet[span, side, 2] = lift * np.sin(np.pi * phase) ** 2
        feet[span, side, 3] = begin[2] + glide * float(wrap(place[2] - begin[2]))
        other = stand[1 - side]
        feet[span, 1 - side] = [other[0], other[1], 0.0, other[2]]
        contacts[frame : frame + length - 1, side] = False
        lean = (-cfg.sway if side == 0 else cfg.sway) * np.sin(np.pi * phase)
        yaw = poses[span, 2]
        sway[span] = np.column_stack([-np.sin(yaw), np.cos(yaw)]) * lean[:, None]
        stand[side] = np.array([place[0], place[1], begin[2] + float(wrap(place[2] - begin[2]))])

    for number, (first, last, resumes) in enumerate(walks):
        hold(first)
        frame = max(frame, first)
        while frame + length <= resumes:
            ahead = poses[min(frame + length + length // 2, n - 1)]
            if frame >= last and all(_is_home(stand[s], poses[frame], s, cfg) for s in (0, 1)):
                break
            place = home(ahead, foot, cfg.half_width)
            place[:2] -= cfg.lead * velocity[min(frame + length, n - 1)]
            step(foot, place)
            frame += length
            foot = 1 - foot
        if number == len(walks) - 1 and frame + 2 * length <= n:
            settle = (frame, frame + 2 * length)
            for side in (foot, 1 - foot):
                step(side, home(poses[-1], side, cfg.half_width))
                frame += length
        closed.append(frame)
    hold(n)
    return Footsteps(feet, contacts, sway, settle, tuple(closed))


def _is_home(place: Array, pose: Array, foot: int, cfg: StepCfg) -> bool:
    error = place - home(pose, foot, cfg.half_width)
    return bool(np.linalg.norm(error[:2]) < cfg.home and abs(wrap(error[2])) < cfg.home_yaw)


def rhythm(contacts: Array, fps: float, human: Array, hz: float, cfg: StepCfg) -> tuple[float, int | None]:
    """Step time and first foot of the video, on the robot's clock.

    Args:
        contacts: (T, 2) bool of the video.
        fps: frames per second of the video.
        human: (N,) time in the video [s] per robot frame.
        hz: robot frames per second.
        cfg: gait.

    Returns:
        Step time [s], the robot's own where the video's does not fit; foot that lifts first, or None.
    """
    lifts, touches = [], []
    for foot in (0, 1):
        change = np.diff(contacts[:, foot].astype(int))
        lifts += [(int(f) + 1, foot) for f in np.flatnonzero(change < 0)]
        touches += [int(f) + 1 for f in np.flatnonzero(change > 0)]
    first = min(lifts)[1] if lifts else None
    if len(touches) < 3:
        return cfg.swing, first
    on_robot = np.searchsorted(human, np.sort(touches) / fps) / hz
    step = float(np.median(np.diff(on_robot)))
    low, high = cfg.swing_range
    return (step if low <= step <= high else cfg.swing), first
