"""Motions on their way from a video to the robot."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from exoactor.types.arrays import Array, checked
from exoactor.types.fingers import Fingers
from exoactor.types.passage import Passage
from exoactor.types.robot import CONTROL_HZ, G1_JOINTS
from exoactor.types.scene import Pose2D

if TYPE_CHECKING:
    from pathlib import Path

    from exoactor.types.camera import Observation

BODY_JOINTS = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2",
    "left_ankle", "right_ankle", "spine3", "left_foot", "right_foot", "neck",
    "left_collar", "right_collar", "head", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist",
)  # fmt: skip
"""The 22 body joints of SMPL-X, in its order."""

TargetFrame = Literal["world", "root"]
ContactKind = Literal["lift", "carry", "put_down", "push", "wipe", "sit", "rise"]
WITHOUT_HANDS = ("sit", "rise")
"""Kinds of contact of the seat, not of hands."""


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
class Slide:
    """Where a thing is that is pushed over a floor or a top, as seen in a clip.

    Args:
        times: (N,) [s].
        shift: (N, 2) from where it stood, in the world [m]; NaN where it is not seen.
        drop: at the end it is seen so far below where it stood [m]; 0 if it is not.
    """

    times: Array
    shift: Array
    drop: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "times", checked("times", self.times, (len(self.shift),)))


@dataclass(frozen=True)
class Rise:
    """How far a thing is above where it stood, as seen in a clip.

    Args:
        times: (N,) [s].
        height: (N,) [m]; NaN where it is not seen.
    """

    times: Array
    height: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "times", checked("times", self.times, (len(self.height),)))


@dataclass(frozen=True)
class Contact:
    """A thing that hands take hold of and move, wipe, or that is sat on, as the video shows it.

    Args:
        thing: its id.
        hands: those on it, "left" and "right"; none for a seat.
        reach: when they leave for it, or the hips begin to go down to it [s].
        begin: when they are at it; when one who rises begins to [s].
        rise: when it leaves what it stood on, or begins to be let down; when one who rises stands [s].
        end: when it is let go, or the clip ends [s].
        lift: how far it rises, negative if it is let down or falls; of a seat, the person's hips [m].
        heading: of the person when it begins, relative to the thing's own x axis; of one who sits, while sitting [rad].
        bow: largest pitch of the trunk while the hands are on it, or on the way down or up [rad].
        kind: what is done to it: it is lifted, goes along with the person, is let down, pushed, wiped, sat on, or risen
            from.
        way: of what is pushed, ahead of and to the left of the person that begins to push; of the hand that wipes, how
            far it comes to be ahead from the first stroke to the last, and how long a stroke is to one side [m].
        at: the middle of what is wiped, in the thing's own frame [m].
        strokes: of the hand that wipes, to and fro counted apart.
        into: id of the basket or bin that what is let go of falls into; None for nothing.
        fingers: what those of the one hand on it are seen to do; None if nobody looked at them.
    """

    thing: str
    hands: tuple[str, ...]
    reach: float
    begin: float
    rise: float
    end: float
    lift: float
    heading: float
    bow: float
    kind: ContactKind = "lift"
    way: tuple[float, float] = (0.0, 0.0)
    at: tuple[float, float] = (0.0, 0.0)
    strokes: int = 0
    into: str | None = None
    fingers: Fingers | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(ContactKind):
            raise ValueError(f"kind: {self.kind!r} given, one of {', '.join(get_args(ContactKind))} wanted")
        if (not self.hands and self.kind not in WITHOUT_HANDS) or not set(self.hands) <= {"left", "right"}:
            raise ValueError(f"hands: {self.hands} given, 'left' and 'right' allowed, at least one wanted")
        if not 0 <= self.reach <= self.begin <= self.rise <= self.end:
            raise ValueError(
                f"reach, begin, rise and end must follow each other: {self.reach}, {self.begin}, {self.rise}, "
                f"{self.end} given"
            )


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


def _check_frame(frame: str) -> None:
    if frame not in get_args(TargetFrame):
        raise ValueError(f"frame: {frame!r} given, {' or '.join(map(repr, get_args(TargetFrame)))} allowed")


@dataclass(frozen=True)
class PalmTargets:
    """Where the palms have to be while the hands work on a thing.

    Args:
        position: (T, 2, 3) middle of the left and the right palm [m].
        weight: (T,) 0..1: at 0 the arms follow the joint reference alone, at 1 the palms are brought to `position`.
        press: (T, 2, 3) unit direction in which a palm presses and is not corrected, 0 where it presses nothing.
        frame: of `position` and `press`: "world", for a thing that stands or a robot that does; "root", x ahead of and
            y left of the pelvis, z above the floor, for what goes along with a walking robot.
    """

    position: Array
    weight: Array
    press: Array
    frame: TargetFrame = "world"

    def __post_init__(self) -> None:
        _check_frame(self.frame)
        n = len(self.weight)
        object.__setattr__(self, "position", checked("position", self.position, (n, 2, 3)))
        object.__setattr__(self, "weight", checked("weight", self.weight, (n,)))
        object.__setattr__(self, "press", checked("press", self.press, (n, 2, 3)))


@dataclass(frozen=True)
class HandTargets:
    """Where one hand has to be while it works on a thing, and how all fingers are held.

    Args:
        side: "left" or "right".
        point: (T, 3) the place between its fingers and thumb, see `exoactor.grasp.POINT` [m].
        heading: (T,) the fingers point along, seen from above [rad].
        weight: (T,) 0..1: at 0 the arm follows the joint reference alone, at 1 the hand is brought to `point`.
        fingers: (T, 14) targets of `HAND_JOINTS` [rad].
        roll: of the hand about its fingers: at 0 the thumb is up, at pi/2 a left palm faces down, at -pi/2 a right one
            [rad].
        pitch: of the fingers, down [rad].
        frame: of `point` and `heading`, as of `PalmTargets`.
    """

    side: Literal["left", "right"]
    point: Array
    heading: Array
    weight: Array
    fingers: Array
    roll: float = 0.0
    pitch: float = 0.0
    frame: TargetFrame = "world"

    def __post_init__(self) -> None:
        _check_frame(self.frame)
        if self.side not in ("left", "right"):
            raise ValueError(f"side: {self.side!r} given, 'left' or 'right' wanted")
        n = len(self.weight)
        for name, shape in (("point", (n, 3)), ("heading", (n,)), ("weight", (n,)), ("fingers", (n, 14))):
            object.__setattr__(self, name, checked(name, getattr(self, name), shape))


@dataclass(frozen=True)
class RobotMotion:
    """Reference for the controller, in the world frame.

    Args:
        root_pos: (T, 3) pelvis [m].
        root_quat: (T, 4) wxyz.
        joint_pos: (T, 29) [rad], order `G1_JOINTS`.
        contacts: (T, 2) bool, left and right foot planted.
        fps: frames per second.
        settle: [first, last) frame of a stepping-in-place cycle that the tracker may repeat until
            the root is where it should be, or skip; None if the motion does not walk.
        palms: where the palms have to be, or None if the hands work on nothing.
        hand: where a hand with fingers has to be, or None if none works alone.
        servo: the joints are held where they are shown, past the policy: for a body that rests on a seat. A policy that
            balances on its feet would go on stepping and pushing there.
    """

    root_pos: Array
    root_quat: Array
    joint_pos: Array
    contacts: Array
    fps: float = CONTROL_HZ
    settle: tuple[int, int] | None = None
    palms: PalmTargets | None = None
    hand: HandTargets | None = None
    servo: bool = False

    def __post_init__(self) -> None:
        n = len(self.root_pos)
        if n < 2:
            raise ValueError(f"a motion needs at least 2 frames, {n} given")
        object.__setattr__(self, "root_pos", checked("root_pos", self.root_pos, (n, 3)))
        quat = checked("root_quat", self.root_quat, (n, 4))
        if not np.allclose(np.linalg.norm(quat, axis=1), 1.0, atol=1e-3):
            raise ValueError("root_quat: not unit quaternions")
        object.__setattr__(self, "root_quat", quat)
        object.__setattr__(self, "joint_pos", checked("joint_pos", self.joint_pos, (n, 29)))
        object.__setattr__(self, "contacts", checked("contacts", self.contacts, (n, 2), np.bool_))
        if self.settle is not None and not 0 <= self.settle[0] < self.settle[1] <= n:
            raise ValueError(f"settle: {self.settle} given, frames within 0..{n} wanted")
        if self.palms is not None and len(self.palms.weight) != n:
            raise ValueError(f"palms: {len(self.palms.weight)} frames given, {n} wanted")
        if self.hand is not None and len(self.hand.weight) != n:
            raise ValueError(f"hand: {len(self.hand.weight)} frames given, {n} wanted")

    def __len__(self) -> int:
        return len(self.root_pos)

    @property
    def seconds(self) -> float:
        """Duration [s]."""
        return (len(self) - 1) / self.fps

    joint_names = G1_JOINTS


@dataclass(frozen=True)
class Rollout:
    """What came of tracking a motion, as the robot itself knows it (no ground truth).

    Args:
        fps: frames per second of the arrays.
        joint_pos: (T, 29) encoder angles [rad].
        pose: (T, 3) estimated root x, y, yaw [m, m, rad].
        reference: (T, 3) the same of the reference that was asked for.
        fell: pelvis low or tilted by IMU, or the camera saw it lying.
        seconds: simulated or real duration [s].
        frames: RGB-D looks taken on the way, oldest first (a few a second).
        video: rollout.mp4, or None when no recording was asked for.
        metrics: joint_error_deg, keypoint_error_mm, root_error_mm (against the estimate), real_time_factor.
        targets: (29,) joint targets that were sent last, from which the servos go on [rad]; None if there were none.
    """

    fps: float
    joint_pos: Array
    pose: Array
    reference: Array
    fell: bool
    seconds: float
    frames: tuple[Observation, ...] = ()
    video: Path | None = None
    metrics: dict[str, Any] = field(default_factory=dict)
    targets: Array | None = None

    def __post_init__(self) -> None:
        n = len(self.joint_pos)
        object.__setattr__(self, "joint_pos", checked("joint_pos", self.joint_pos, (n, 29)))
        object.__setattr__(self, "pose", checked("pose", self.pose, (n, 3)))
        object.__setattr__(self, "reference", checked("reference", self.reference, (n, 3)))
