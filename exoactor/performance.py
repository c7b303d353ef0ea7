"""Performing a motion in stretches: walk, look again, take the last small steps, take hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from exoactor import attempt
from exoactor.control import StateEstimator, TrackCfg, standing_pose, track
from exoactor.control.execute import Until
from exoactor.control.hand import HandFeedback
from exoactor.control.mirrored import Mirrored
from exoactor.control.palms import PalmFeedback
from exoactor.control.recorder import Localize
from exoactor.formats.robot_motion import save_robot
from exoactor.formats.video import VideoWriter, probe, read_frames
from exoactor.grasp import Side
from exoactor.grip import FARTHEST, faced_now, grip, level_below, stance_for, tops_below
from exoactor.placing import spot_on
from exoactor.retarget import lift_motion, put_down_motion, shuffle
from exoactor.small_steps import PALMS, SmallSteps
from exoactor.types import (
    Array,
    Contact,
    Controller,
    Pose2D,
    Robot,
    RobotMotion,
    Rollout,
    Scene,
    SceneObject,
    StageError,
)
from exoactor.types.protocols import Progress
from exoactor.types.rotations import yaw_matrix

BETTER_HAND: Final[Side] = "left"
"""The packaged policy, as its teacher, stands firm while this arm is held out, and turns and treads on with the other
(true poses, tables of 0.75-0.85 m: pelvis turned by 3 to 10 degrees, and by 14 to 31)."""
MOST_ASIDE = 0.12
"""What is put down is moved by no more than this to where it stands wholly on a top [m]."""
MOST_OFF = 0.12
"""What is below may be nearer or further than in the video by this [m]."""


@dataclass(frozen=True)
class Means:
    """What the performers of an attempt work with.

    Args:
        folder: of the attempt.
        look: perceives the scene as it is now.
        cfg: of the tracking.
        localize: finds the robot in a look, or None.
    """

    folder: Path
    look: Callable[[], Scene]
    cfg: TrackCfg
    localize: Localize | None

    def keep(self, motion: RobotMotion) -> None:
        """Save what hands, hips or feet do at a thing, as robot-hold.npz."""
        save_robot(self.folder / attempt.ROBOT_HOLD, motion)


@dataclass
class Performance:
    """Stretches of one attempt, and the rollout that they make together.

    Args:
        robot: that performs.
        controller: its policy.
        estimator: goes on from stretch to stretch.
        folder: gets the recording, or None.
        should_stop: asked at every control step.
        progress: called with the finished fraction of each stretch.
        palm: the loop on the palms, which remembers how hard they press.
        hand: the loop on one hand.
        holding: the last motion that ends with something in the hands, or None.
    """

    robot: Robot
    controller: Controller
    estimator: StateEstimator
    folder: Path | None
    should_stop: Callable[[], bool]
    progress: Progress | None
    palm: PalmFeedback = field(default_factory=PalmFeedback)
    hand: HandFeedback = field(default_factory=HandFeedback)
    holding: RobotMotion | None = None
    stretches: list[Rollout] = field(default_factory=list)

    @property
    def here(self) -> Pose2D:
        """Where the robot stands as it knows."""
        return Pose2D(*(float(v) for v in self.estimator.pose))

    @property
    def fell(self) -> bool:
        """Whether the robot fell in the last stretch."""
        return bool(self.stretches) and self.stretches[-1].fell

    def track(
        self,
        motion: RobotMotion,
        cfg: TrackCfg,
        localize: Localize | None,
        *,
        start: Pose2D | None = None,
        goes_on: bool = False,
        until: Until | None = None,
    ) -> Rollout:
        """Perform one stretch; see `exoactor.control.track`."""
        video = None
        if self.folder is not None:
            name = Path(attempt.ROLLOUT_VIDEO)
            video = self.folder / (f"{name.stem}-{len(self.stretches)}{name.suffix}" if self.stretches else name)
        rollout = track(
            self.robot,
            self._policy(motion),
            motion,
            start=start,
            localize=localize,
            cfg=cfg,
            video=video,
            should_stop=self.should_stop,
            on_progress=self.progress,
            estimator=self.estimator,
            palm=self.palm,
            hand=self.hand,
            goes_on=goes_on,
            until=until,
        )
        self.stretches.append(rollout)
        return rollout

    def _policy(self, motion: RobotMotion) -> Controller:
        """The policy, in a mirror where the hand that works is the one with which it is worse."""
        if motion.hand is None or motion.hand.side == BETTER_HAND:
            return self.controller
        return Mirrored(self.controller)

    def rollout(self) -> Rollout:
        """All stretches as one; their recordings are joined."""
        if len(self.stretches) == 1:
            return self.stretches[0]
        parts = self.stretches
        seconds = np.array([part.seconds for part in parts])
        metrics = dict(parts[-1].metrics)
        for key in ("joint_error_deg", "keypoint_error_mm", "root_error_mm", "real_time_factor"):
            metrics[key] = float(np.average([part.metrics[key] for part in parts], weights=seconds))
        return Rollout(
            fps=parts[0].fps,
            joint_pos=np.concatenate([part.joint_pos for part in parts]),
            pose=np.concatenate([part.pose for part in parts]),
            reference=np.concatenate([part.reference for part in parts]),
            fell=self.fell,
            seconds=float(seconds.sum()),
            frames=tuple(frame for part in parts for frame in part.frames),
            video=_joined([part.video for part in parts if part.video is not None]),
            metrics={**metrics, "stretches": len(parts)},
        )


def take_hold(
    performed: Performance,
    means: Means,
    contact: Contact,
    before: Scene,
    *,
    then: SceneObject,
) -> None:
    """Look where the thing is now, step to where the hands reach it, and do with it what the video does.

    Args:
        performed: the walk so far; gets the stretches.
        means: of the attempt.
        contact: what the video does.
        before: as perceived before the walk.
        then: the thing as it was when the video was imagined.

    Raises:
        StageError: ("ground", "target_gone"), ("ground", "robot_not_seen"), ("ground", "out_of_reach") or ("track",
            "not_in_place").
    """
    first = standing_pose(performed.controller.actuation)
    steps = SmallSteps(PALMS.worth)
    for number in range(PALMS.rounds + 1):
        if performed.fell:
            return
        scene = means.look()
        thing = seen_thing(contact.thing, scene, before.get(contact.thing))
        here = performed.here
        held, stance, reach = stance_for(thing, faced_now(thing, then, contact.heading), scene.objects)
        if reach > FARTHEST:
            raise StageError("ground", "out_of_reach", f"{contact.thing} is {reach:.2f} m from where a robot can stand")
        if PALMS.arrived(here, stance, number):
            break
        performed.track(shuffle(here, steps.aim(here, stance), first[15:]), means.cfg, means.localize)
    motion = lift_motion(here, feet_of(performed.estimator), held, contact, first)
    means.keep(motion)
    # Standing, the legs tell better than a picture of a bent robot where it is.
    performed.holding = motion
    performed.track(motion, replace(means.cfg, end=0.2), None)


def let_go(
    performed: Performance,
    means: Means,
    contact: Contact,
    before: RobotMotion,
) -> None:
    """Let down what is held onto what is below it, and take the hands away.

    Args:
        performed: gets the stretch; its `palm` is that of the lift.
        means: of the attempt.
        contact: what the video does.
        before: the motion in which the thing was lifted.

    Raises:
        StageError: ("ground", "target_gone") or ("ground", "nothing_below").
    """
    scene = means.look()
    thing = scene.get(contact.thing)
    if thing is None:
        raise StageError("ground", "target_gone", f"{contact.thing} is not seen in the robot's hands")
    drop = drop_of(thing, contact, scene)
    here = performed.here
    held = grip(thing, here.yaw)
    first = standing_pose(performed.controller.actuation)
    tops = tops_below(thing, scene)
    aside = np.zeros(2) if not tops else spot_on(tops[0], thing, thing.position[:2]) - thing.position[:2]
    aside *= min(1.0, MOST_ASIDE / max(float(np.linalg.norm(aside)), 1e-6))
    feet = feet_of(performed.estimator)
    turned = performed.palm.turned(performed.estimator.kinematics)
    over = aside if np.any(aside) else None
    motion = put_down_motion(here, feet, held, drop, before, first, aside=over, turned=turned)
    means.keep(motion)
    performed.palm.carrying = False
    performed.track(motion, replace(means.cfg, end=0.6), None, goes_on=True)


def seen_thing(id: str, scene: Scene, earlier: SceneObject | None) -> SceneObject:
    """What one goes for, where it is seen now; the robot itself may hide it by now, then where it was earlier.

    Raises:
        StageError: ("ground", "target_gone") or ("ground", "robot_not_seen").
    """
    options = (scene.get(id), earlier)
    found = next((thing for thing in options if thing is not None and thing.confidence >= 0.5), None)
    if found is None:
        raise StageError("ground", "target_gone", f"{id} is not seen from where the robot stands")
    if scene.robot is None:
        raise StageError("ground", "robot_not_seen", f"the robot is not seen before {id}")
    return found


def drop_of(thing: SceneObject, contact: Contact, scene: Scene) -> float:
    """How far a held thing is above what is below it [m].

    Raises:
        StageError: ("ground", "nothing_below") when that is not as in the video.
    """
    drop = float(thing.position[2]) - level_below(thing, scene)
    if abs(drop + contact.lift) > MOST_OFF:
        raise StageError(
            "ground",
            "nothing_below",
            f"{contact.thing} is {drop:.2f} m above what is below it, {-contact.lift:.2f} m in the video",
        )
    return drop


def feet_of(estimator: StateEstimator) -> Array:
    """(2, 3) left and right ankle's x, y [m] and heading [rad] in the world, from encoders."""
    pose, feet = estimator.pose, estimator.kinematics.feet()
    return np.column_stack([feet[:, :2] @ yaw_matrix(float(pose[2])).T + pose[:2], feet[:, 2] + pose[2]])


def _joined(videos: list[Path]) -> Path | None:
    """One recording of several; the later files are removed."""
    if not videos:
        return None
    first = probe(videos[0])
    # The writer leaves the file alone until the last frame has come.
    with VideoWriter(videos[0], first.fps, (first.width, first.height)) as writer:
        for video in videos:
            for frame in read_frames(video):
                writer.add(frame)
    for video in videos[1:]:
        video.unlink()
    return videos[0]
