"""Arms held out towards something: finding them in a motion, and turning them onto where the thing is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d
from scipy.spatial.transform import Rotation

from exoactor.body import PARENTS
from exoactor.types import BODY_JOINTS, Array, HumanMotion

_ARMS = {
    side: tuple(BODY_JOINTS.index(f"{side}_{joint}") for joint in ("shoulder", "elbow", "wrist"))
    for side in ("left", "right")
}


@dataclass(frozen=True)
class GestureCfg:
    """What counts as a held-out arm.

    Args:
        straight: shoulder-wrist distance over the arm's length.
        lifted: angle from hanging straight down [rad].
        steady: the direction turns slower than this [rad/s].
        shortest: and all that for this long [s].
    """

    straight: float = 0.80
    lifted: float = np.radians(36.0)
    steady: float = 0.9
    shortest: float = 0.45


@dataclass(frozen=True)
class HeldArm:
    """One arm held out.

    Args:
        side: "left" or "right".
        first: first frame.
        last: last frame.
        shoulder: (3,) mean place of the shoulder while held [m].
        direction: (3,) mean unit direction from shoulder to wrist.
        length: of upper arm and forearm [m].
    """

    side: str
    first: int
    last: int
    shoulder: Array
    direction: Array
    length: float


def held_arms(motion: HumanMotion, cfg: GestureCfg | None = None) -> list[HeldArm]:
    """Stretches in which an arm points, in order of time; waving arms are not steady enough."""
    cfg = cfg or GestureCfg()
    found = []
    for side, (shoulder, elbow, wrist) in _ARMS.items():
        p = motion.joints
        arm = gaussian_filter1d(p[:, wrist] - p[:, shoulder], 0.16 * motion.fps, axis=0, mode="nearest")
        reach = np.linalg.norm(arm, axis=1)
        length = np.linalg.norm(p[:, elbow] - p[:, shoulder], axis=1) + np.linalg.norm(
            p[:, wrist] - p[:, elbow], axis=1
        )
        unit = arm / reach[:, None]
        turning = np.linalg.norm(np.gradient(unit, 1 / motion.fps, axis=0), axis=1)
        held = (reach > cfg.straight * length) & (unit[:, 2] > -np.cos(cfg.lifted)) & (turning < cfg.steady)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], held.astype(int), [0]])))
        for first, end in edges.reshape(-1, 2):
            if (end - first) / motion.fps < cfg.shortest:
                continue
            mean = unit[first:end].mean(axis=0)
            mean /= np.linalg.norm(mean)
            place, reaches = p[first:end, shoulder].mean(axis=0), float(length[first:end].mean())
            found.append(HeldArm(side, int(first), int(end - 1), place, mean, reaches))
    return sorted(found, key=lambda h: h.first)


def aimed(motion: HumanMotion, held: HeldArm, direction: Array, lead: float = 0.35) -> HumanMotion:
    """The motion with one held arm straight along `direction` (3,); its slight bend is mostly the fit's depth error.

    The turn is blended in and out over about `lead` [s] beside the hold; the hand goes along with the forearm.
    """
    weight = np.zeros(len(motion))
    weight[held.first : held.last + 1] = 1.0
    width = max(1.0, lead * motion.fps / 2)
    weight = gaussian_filter1d(maximum_filter1d(weight, 2 * int(width) + 1), width / 2, mode="nearest")
    shoulder, elbow, wrist = _ARMS[held.side]
    joints, pose = motion.joints.copy(), motion.body_pose.copy()
    upper, fore = joints[:, elbow] - joints[:, shoulder], joints[:, wrist] - joints[:, elbow]
    by_upper, by_fore = (
        _onto(bone[held.first : held.last + 1].mean(axis=0), direction, weight) for bone in (upper, fore)
    )
    joints[:, elbow] = joints[:, shoulder] + by_upper.apply(upper)
    joints[:, wrist] = joints[:, elbow] + by_fore.apply(fore)
    upper_arm, forearm = (global_rotation(motion, joint) for joint in (shoulder, elbow))
    pose[:, shoulder - 1] = (global_rotation(motion, PARENTS[shoulder]).inv() * by_upper * upper_arm).as_rotvec()
    pose[:, elbow - 1] = ((by_upper * upper_arm).inv() * by_fore * forearm).as_rotvec()
    return replace(motion, joints=joints, body_pose=pose)


def _onto(old: Array, new: Array, weight: Array) -> Rotation:
    """Shortest rotation from one direction (3,) to another, a share `weight` (T,) of it at each frame."""
    turn, _ = Rotation.align_vectors(np.atleast_2d(new), np.atleast_2d(old))
    return Rotation.from_rotvec(weight[:, None] * turn.as_rotvec())


def global_rotation(motion: HumanMotion, joint: int) -> Rotation:
    """World rotation of one body joint over all frames."""
    chain = []
    while joint > 0:
        chain.append(joint)
        joint = PARENTS[joint]
    rotation = Rotation.from_rotvec(np.array(motion.global_orient))
    for link in reversed(chain):
        rotation = rotation * Rotation.from_rotvec(np.array(motion.body_pose[:, link - 1]))
    return rotation
