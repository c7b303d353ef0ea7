"""The motions a student is trained on: files from a folder, and made ones drawn with a seed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import mujoco
import numpy as np

from exoactor.control.training.footsteps import random_gait, walk
from exoactor.control.training.gestures import gesture, reaching, squatting, standing
from exoactor.control.training.posing import Poser
from exoactor.types import G1_JOINTS, Array, ConfigError, RobotMotion


def read_motion(path: Path) -> RobotMotion:
    """A motion file: fps, root_pos, root_quat_wxyz, joint_pos, joint_names; joints it lacks stay at zero.

    Raises:
        ConfigError: the file is not such an npz, or names joints the G1 does not have.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            names = [str(name) for name in data["joint_names"]]
            unknown = sorted(set(names) - set(G1_JOINTS))
            if unknown:
                raise ConfigError(f"{path}: joints {unknown} are not the G1's; known: {', '.join(G1_JOINTS)}")
            joints = np.zeros((len(data["joint_pos"]), 29))
            joints[:, [G1_JOINTS.index(name) for name in names]] = data["joint_pos"]
            planted = np.ones((len(joints), 2), bool)
            quat = np.asarray(data["root_quat_wxyz"], float)
            quat /= np.linalg.norm(quat, axis=1, keepdims=True)
            return RobotMotion(data["root_pos"], quat, joints, planted, float(data["fps"]))
    except (OSError, KeyError, ValueError) as error:
        raise ConfigError(
            f"{path}: not a motion file (npz with fps, root_pos, root_quat_wxyz, joint_pos, joint_names): {error}"
        ) from error


def read_motions(folder: Path, hold_out: Iterable[str] = ()) -> dict[str, RobotMotion]:
    """All `*.npz` of a folder by stem, without those held out.

    Raises:
        ConfigError: no such file, or a name to hold out that is not there.
    """
    found = {path.stem: path for path in sorted(Path(folder).glob("*.npz"))}
    left_out = set(hold_out)
    if not found or not left_out <= set(found):
        raise ConfigError(f"{folder}: motions {sorted(left_out) or '*.npz'} wanted, {sorted(found)} found")
    return {name: read_motion(path) for name, path in found.items() if name not in left_out}


def random_goals(rng: np.random.Generator) -> Array:
    """(n, 3) places to walk to, one after the other, from the origin: ahead, aside, behind, or turning on the spot."""
    pose, goals = np.zeros(3), []
    for _ in range(rng.integers(1, 4)):
        if rng.random() < 0.3:
            pose = pose + [0, 0, rng.choice([-1, 1]) * rng.uniform(0.4, np.pi)]
        elif rng.random() < 0.2:
            pose = pose + [*rng.uniform(-0.3, 0.3, 2), rng.uniform(-0.3, 0.3)]
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
    """`count` made motions, about half of them walks; equal seeds give equal motions."""
    made = {}
    for k in range(count):
        rng = np.random.default_rng([seed, k])
        poser = Poser(model)
        kind = ("walk", "gesture", "walk", "reach", "walk", "stand", "walk", "gesture", "walk", "reach", "squat")[
            k % 11
        ]
        if kind == "walk":
            motion = walk(poser, random_goals(rng), random_gait(rng), in_place=rng.uniform(1.0, 3.0))
        elif kind == "gesture":
            motion = gesture(poser, rng)
        elif kind == "reach":
            motion = reaching(poser, rng)
        elif kind == "squat":
            motion = squatting(poser, rng)
        else:
            motion = standing(poser, rng)
        made[f"{kind}_{k:03d}"] = motion
    return made
