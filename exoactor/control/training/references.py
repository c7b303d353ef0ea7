"""The motions a student is trained on: files from a folder, and made ones drawn with a seed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import mujoco
import numpy as np

from exoactor.control.training.footsteps import high_gait, low_gait, random_gait, walk
from exoactor.control.training.gestures import gesture, reaching, squatting, standing
from exoactor.control.training.posing import Poser
from exoactor.formats.robot_motion import load_robot
from exoactor.types import Array, ConfigError, RobotMotion

FASTEST_ROOT = 3.0
"""[m/s]"""

FASTEST_JOINT = 12.0
"""Made motions with a faster joint are left out: a leg could not reach its foot [rad/s]."""


_GAITS = {"walk": random_gait, "high": high_gait, "low": low_gait}
_CYCLE = (
    *("walk", "gesture", "walk", "reach", "high", "walk", "stand", "low"),
    *("walk", "gesture", "high", "walk", "reach", "low", "squat"),
)


def fastest_joint(motion: RobotMotion) -> float:
    """Largest joint speed [rad/s]."""
    return float(np.abs(np.diff(motion.joint_pos, axis=0)).max() * motion.fps)


def without_jumps(motion: RobotMotion) -> RobotMotion:
    """The longest stretch in which the root moves slower than `FASTEST_ROOT`; captured clips may begin with a jump."""
    speed = np.linalg.norm(np.diff(motion.root_pos, axis=0), axis=1) * motion.fps
    breaks = [-1, *np.flatnonzero(speed > FASTEST_ROOT), len(motion) - 1]
    first, last = max(pairwise(breaks), key=lambda pair: pair[1] - pair[0])
    span = slice(first + 1, last + 1)
    return RobotMotion(
        motion.root_pos[span], motion.root_quat[span], motion.joint_pos[span], motion.contacts[span], motion.fps
    )


def read_motions(folder: Path, hold_out: Iterable[str] = ()) -> dict[str, RobotMotion]:
    """All `*.npz` of a folder by stem, without those held out.

    Raises:
        ConfigError: no such file, or a name to hold out that is not there.
    """
    found = {path.stem: path for path in sorted(Path(folder).glob("*.npz"))}
    left_out = set(hold_out)
    if not found or not left_out <= set(found):
        raise ConfigError(f"{folder}: motions {sorted(left_out) or '*.npz'} wanted, {sorted(found)} found")
    return {name: without_jumps(load_robot(path)) for name, path in found.items() if name not in left_out}


def random_goals(rng: np.random.Generator) -> Array:
    """(n, 3) places to walk to, one after the other, from the origin: ahead, aside, behind, or turning on the spot."""
    pose, goals = np.zeros(3), []
    for _ in range(rng.integers(1, 4)):
        if rng.random() < 0.3:
            pose = pose + np.array([0, 0, rng.choice([-1, 1]) * rng.uniform(0.4, np.pi)])
        elif rng.random() < 0.2:
            pose = pose + rng.uniform(-0.3, 0.3, 3)
        else:
            distance, bearing = rng.uniform(0.5, 2.5), pose[2] + rng.normal(0, 0.7)
            pose = np.array(
                [
                    pose[0] + distance * np.cos(bearing),
                    pose[1] + distance * np.sin(bearing),
                    bearing + rng.normal(0, 0.5),
                ]
            )
        goals.append(pose)
    return np.array(goals)


def made_references(model: mujoco.MjModel, seed: int, count: int) -> dict[str, RobotMotion]:
    """Up to `count` made motions, about half of them walks; equal seeds give equal motions."""
    made = {}
    for k in range(count):
        rng = np.random.default_rng([seed, k])
        poser = Poser(model)
        kind = _CYCLE[k % len(_CYCLE)]
        if kind in _GAITS:
            motion = walk(poser, random_goals(rng), _GAITS[kind](rng), in_place=rng.uniform(1.0, 3.0))
        elif kind == "gesture":
            motion = gesture(poser, rng)
        elif kind == "reach":
            motion = reaching(poser, rng)
        elif kind == "squat":
            motion = squatting(poser, rng)
        else:
            motion = standing(poser, rng)
        if fastest_joint(motion) < FASTEST_JOINT:
            made[f"{kind}_{k:03d}"] = motion
    return made
