"""How a person moves: as a video shows it, and moved to where the things are."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from exoactor.types.arrays import Array, checked
from exoactor.types.contact import Contact
from exoactor.types.passage import Passage
from exoactor.types.scene import Pose2D

BODY_JOINTS = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2",
    "left_ankle", "right_ankle", "spine3", "left_foot", "right_foot", "neck",
    "left_collar", "right_collar", "head", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist",
)  # fmt: skip
"""The 22 body joints of SMPL-X, in its order."""


def trunk_lean(joints: Array) -> Array:
    """(T,) how far the trunk leans over, any way [rad], from (T, 22, 3) positions of `BODY_JOINTS` in the world."""
    up = joints[:, BODY_JOINTS.index("neck")] - joints[:, 0]
    return np.asarray(np.arctan2(np.linalg.norm(up[:, :2], axis=1), up[:, 2]))


@dataclass(frozen=True)
class HumanMotion:
    """SMPL-X motion of one person in the world frame (z up, metres).

    Args:
        fps: frames per second.
        global_orient: (T, 3) axis-angle of the pelvis, SMPL-X body axes (x left, y up, z forward) to world.
        transl: (T, 3) SMPL-X `transl` [m]; the pelvis is at `transl + J0(betas)`.
        body_pose: (T, 21, 3) axis-angle of `BODY_JOINTS[1:]`, parent-relative.
        betas: (10,) shape coefficients of the project's body.
        joints: (T, 22, 3) world positions of `BODY_JOINTS` [m] (redundant, kept for readers without a body model).
        contacts: (T, 2) bool, left and right foot on the floor.
        confidence: (T, 22) 0..1 per joint.
    """

    fps: float
    global_orient: Array
    transl: Array
    body_pose: Array
    betas: Array
    joints: Array
    contacts: Array
    confidence: Array

    def __post_init__(self) -> None:
        if not 1.0 <= self.fps <= 240.0:
            raise ValueError(f"fps: {self.fps} given, 1..240 wanted")
        n = len(self.transl)
        if n < 2:
            raise ValueError(f"a motion needs at least 2 frames, {n} given")
        shapes: dict[str, tuple[int | None, ...]] = {
            "global_orient": (n, 3),
            "transl": (n, 3),
            "body_pose": (n, 21, 3),
            "betas": (10,),
            "joints": (n, 22, 3),
            "confidence": (n, 22),
        }
        for name, shape in shapes.items():
            object.__setattr__(self, name, checked(name, getattr(self, name), shape))
        object.__setattr__(self, "contacts", checked("contacts", self.contacts, (n, 2), np.bool_))

    def __len__(self) -> int:
        return len(self.transl)

    @property
    def seconds(self) -> float:
        """Duration [s]."""
        return (len(self) - 1) / self.fps

    def until(self, seconds: float) -> HumanMotion:
        """The motion up to a time [s], at least two frames of it."""
        n = int(np.clip(round(seconds * self.fps) + 1, 2, len(self)))
        arrays = ("global_orient", "transl", "body_pose", "joints", "contacts", "confidence")
        return replace(self, **{name: getattr(self, name)[:n] for name in arrays})

    @property
    def heading(self) -> Array:
        """(T,) unwrapped yaw the person faces [rad], from hips and shoulders."""
        lateral = (self.joints[:, 1] - self.joints[:, 2]) + (self.joints[:, 16] - self.joints[:, 17])
        return np.unwrap(np.arctan2(-lateral[:, 0], lateral[:, 1]))


@dataclass(frozen=True)
class GroundedMotion:
    """A human motion moved to where the things and the robot really are.

    Args:
        human: the motion, starting at `start` (root path and heading warped, posture kept); up to where the hands
            leave for a thing, if they do.
        start: where the robot stands [m, rad].
        goal: where the root path ends [m, rad].
        target: id of the thing the video approaches, faces or points at; None if there is none.
        shift: distance by which the end of the path was moved beyond the rigid alignment of its start [m].
        turn: the same for the heading at the end [rad].
        contact: what the hands do then, or None.
        passage: the bar that is gone over or under then, or None.
    """

    human: HumanMotion
    start: Pose2D
    goal: Pose2D
    target: str | None
    shift: float
    turn: float
    contact: Contact | None = None
    passage: Passage | None = None
