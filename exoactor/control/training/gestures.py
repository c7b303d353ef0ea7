"""References that stay on the spot: standing, waving, pointing, reaching, squatting and bowing, drawn at random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from exoactor.control.training.footsteps import smoothstep, to_motion
from exoactor.control.training.posing import HANGING, SIDES, Pose, Poser
from exoactor.types import CONTROL_HZ, Array, RobotMotion

_LOW = np.array([-2.7, 0.05, -1.2, -0.8, -0.8, -0.6, -0.6])
_HIGH = np.array([0.6, 1.7, 1.2, 1.6, 0.8, 0.6, 0.6])
_MIRROR = np.array([1, -1, -1, 1, -1, 1, -1.0])
"""Left arm angles to right arm angles."""


@dataclass
class _Key:
    down: float = 0.0
    bow: float = 0.0
    waist: Array = field(default_factory=lambda: np.zeros(3))
    arms: dict[str, Array] = field(default_factory=lambda: {s: a.copy() for s, a in HANGING.items()})
    hands: dict[str, Array] = field(default_factory=dict)
    shake: dict[str, Array] = field(default_factory=lambda: {s: np.zeros(7) for s in SIDES})


def standing(poser: Poser, rng: np.random.Generator, seconds: float = 12.0) -> RobotMotion:
    """Standing still; arms as in one random relaxed pose."""
    key = _Key()
    for side in SIDES:
        key.arms[side] = HANGING[side] + rng.normal(0, 0.12, 7)
    return _play(poser, rng, [(0.0, key), (seconds, key)], balanced=False)


def gesture(poser: Poser, rng: np.random.Generator, seconds: float = 12.0) -> RobotMotion:
    """Arms to random postures (pointing among them), often shaken as in a wave, with a little waist turning."""

    def key(base: _Key) -> _Key:
        new = _Key(waist=np.array([rng.uniform(-0.4, 0.4) * (rng.random() < 0.4), 0, rng.uniform(-0.05, 0.12)]))
        for side in rng.choice(SIDES, size=rng.choice([1, 1, 1, 2]), replace=False):
            arm = rng.uniform(_LOW, _HIGH)
            if rng.random() < 0.4:
                arm[3] = rng.uniform(1.2, 1.6)  # a straight arm, as in pointing
            new.arms[side] = arm if side == "left" else arm * _MIRROR
            if rng.random() < 0.5:
                new.shake[side] = np.where(rng.random(7) < 0.4, rng.uniform(0, 0.5, 7), 0.0) * [1, 1, 1, 1, 0.5, 0, 0.5]
        return new

    return _play(poser, rng, _timed(rng, seconds, key, hold=(0.6, 3.0)), balanced=rng.random() < 0.3)


def reaching(poser: Poser, rng: np.random.Generator, seconds: float = 12.0) -> RobotMotion:
    """Both hands to random points before the body, with squats, bows and turns of the waist."""
    home = {"left": np.array([0.14, 0.19, -0.02]), "right": np.array([0.14, -0.19, -0.02])}

    def key(base: _Key) -> _Key:
        new = _Key(
            down=rng.choice([0, 0, 0.05, 0.12, 0.24]) * rng.random(),
            bow=rng.choice([0, 0.15, 0.35, 0.5]) * rng.random(),
            waist=np.array([rng.uniform(-0.5, 0.5) * (rng.random() < 0.6), 0, 0]),
        )
        for side, sign in (("left", 1), ("right", -1)):
            point = [rng.uniform(0.14, 0.48), sign * rng.uniform(-0.1, 0.42), rng.uniform(-0.2, 0.55)]
            new.hands[side] = home[side] if rng.random() < 0.35 else np.array(point)
        return new

    start = _Key(hands=dict(home))
    return _play(poser, rng, _timed(rng, seconds, key, start=start, hold=(0.2, 1.5)), balanced=rng.random() < 0.6)


def squatting(poser: Poser, rng: np.random.Generator, seconds: float = 10.0) -> RobotMotion:
    """Up and down, hands forward while low."""

    def key(base: _Key) -> _Key:
        if base.down > 0:
            return _Key()
        depth = rng.uniform(0.08, 0.3)
        new = _Key(down=depth, bow=rng.uniform(0.3, 1.2) * depth)
        for side in SIDES:
            raised = np.array([-3.0 * depth, 0.2, 0.0, 1.2 - 1.5 * depth, 0, 0, 0])
            new.arms[side] = raised if side == "left" else raised * _MIRROR
        return new

    return _play(poser, rng, _timed(rng, seconds, key, hold=(0.2, 1.2)), balanced=True)


def _timed(
    rng: np.random.Generator,
    seconds: float,
    draw: Callable[[_Key], _Key],
    *,
    start: _Key | None = None,
    hold: tuple[float, float],
) -> list[tuple[float, _Key]]:
    """Keys at times: the start pose, then random ones reached in 0.6-2 s and held."""
    first = start or _Key()
    keys, time = [(0.0, first), (0.5, first)], 0.5
    while time < seconds:
        key = draw(keys[-1][1]) if rng.random() < 0.8 else first
        time += rng.uniform(0.6, 2.0)
        keys.append((time, key))
        time += rng.uniform(*hold)
        keys.append((time, key))
    keys.append((time + 1.5, first))
    keys.append((time + 2.5, first))
    return keys


def _play(poser: Poser, rng: np.random.Generator, keys: list[tuple[float, _Key]], *, balanced: bool) -> RobotMotion:
    half_width, height = rng.uniform(0.095, 0.13), rng.uniform(0.735, 0.775)
    pitch, rate = rng.uniform(-0.03, 0.06), rng.uniform(1.0, 3.0)
    offset = rng.uniform(-0.02, 0.03)
    feet = {s: np.array([0.0, half_width * (1 if s == "left" else -1), 0.0, 0.0]) for s in SIDES}
    frames = []
    for k in range(int(keys[-1][0] * CONTROL_HZ)):
        time = k / CONTROL_HZ
        j = max(i for i in range(len(keys) - 1) if keys[i][0] <= time)
        (begin, a), (end, b) = keys[j], keys[j + 1]
        w = smoothstep((time - begin) / (end - begin))
        swing = np.sin(2 * np.pi * rate * time)
        arms = {s: (1 - w) * a.arms[s] + w * b.arms[s] + swing * ((1 - w) * a.shake[s] + w * b.shake[s]) for s in SIDES}
        hands = {s: (1 - w) * a.hands[s] + w * b.hands[s] for s in b.hands}
        bow = (1 - w) * a.bow + w * b.bow
        waist = (1 - w) * a.waist + w * b.waist + np.array([0, 0, 0.6 * bow])
        pelvis = np.array([offset - 0.05 * bow, 0.0, height - (1 - w) * a.down - w * b.down])
        pose = Pose(pelvis, 0.0, pitch + 0.4 * bow, feet, waist, arms, hands)
        if k == 0:
            poser.data.qpos[:3] = pelvis
            for _ in range(10):
                poser.solve(pose, balanced=balanced)
        frames.append(poser.solve(pose, balanced=balanced, iterations=3))
    return to_motion(np.array(frames))
