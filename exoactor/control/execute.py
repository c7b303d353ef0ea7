"""The tracking loop: sense, estimate, correct, act, step; looks and video on the way; a safe stop when asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from exoactor.control.estimator import StateEstimator
from exoactor.control.feedback import (
    PostureFeedback,
    PostureFeedbackCfg,
    RootFeedback,
    RootFeedbackCfg,
    WristFeedback,
    WristFeedbackCfg,
)
from exoactor.control.hand import HandFeedback, HandFeedbackCfg
from exoactor.control.kinematics import Kinematics
from exoactor.control.palms import PalmAim, PalmFeedback, PalmFeedbackCfg, palm_aims
from exoactor.control.playback import Playback, SettleCfg
from exoactor.control.recorder import Localize, Recorder
from exoactor.control.reference import Reference
from exoactor.control.steps import StepFeedback, StepFeedbackCfg
from exoactor.control.trace import Trace
from exoactor.types import (
    CONTROL_HZ,
    Actuation,
    Array,
    Controller,
    HandTargets,
    Interrupted,
    Pose2D,
    Robot,
    RobotMotion,
    Rollout,
    Sensors,
    TrackingCommand,
)

FALL_TILT = 1.0
"""A pelvis tilted by more than this has fallen [rad]."""

FALL_TILT_SEATED = 1.3
"""The same of one that sits, and bows over its knees before it rises [rad]."""

FALL_HEIGHT = 0.35
"""A pelvis lower than this over its planted sole has fallen [m]."""

Until = Callable[[TrackingCommand, StateEstimator], bool]
"""(what was asked for, what the robot feels) -> whether the motion ends now; `metrics["ended"]` says if it did."""

STOP_SECONDS = 1.6
"""Simulated time in which a stopped robot is brought to a stand [s]."""


@dataclass(frozen=True)
class TrackCfg:
    """How a motion is tracked.

    Args:
        closed_loop: feed the estimated root back; without, the motion is played as it is.
        look_hz: RGB-D looks a second while standing, kept in `Rollout.frames` and used for fixes; 0 for none.
        look_hz_moving: the same while the root moves; None for no other.
        video_fps: frames a second of the recording.
        blend: seconds from the present posture to the first frame.
        end: seconds of standing after the last frame.
        settle: when to leave the stepping in place.
        root: outer loop on the root.
        steps: outer loop on the feet, or None.
        posture: outer loop on the joints, or None.
        wrist: outer loop on the wrists, or None.
        palm: outer loop on the palms of a motion that says where they have to be; it takes the place of those on
            joints and wrists.
        hand: outer loop on the one hand of a motion that says where it has to be; likewise.
        lead: waist and arms are asked for this early, for the servos lag [control steps].
    """

    closed_loop: bool = True
    look_hz: float = 2.5
    look_hz_moving: float | None = None
    video_fps: float = 12.5
    blend: float = 0.4
    end: float = 0.6
    settle: SettleCfg = field(default_factory=SettleCfg)
    root: RootFeedbackCfg = field(default_factory=RootFeedbackCfg)
    steps: StepFeedbackCfg | None = field(default_factory=StepFeedbackCfg)
    posture: PostureFeedbackCfg | None = field(default_factory=PostureFeedbackCfg)
    wrist: WristFeedbackCfg | None = field(default_factory=WristFeedbackCfg)
    palm: PalmFeedbackCfg = field(default_factory=PalmFeedbackCfg)
    hand: HandFeedbackCfg = field(default_factory=HandFeedbackCfg)
    lead: int = 3


def track(
    robot: Robot,
    controller: Controller,
    motion: RobotMotion,
    *,
    start: Pose2D | None = None,
    localize: Localize | None = None,
    cfg: TrackCfg | None = None,
    video: Path | None = None,
    should_stop: Callable[[], bool] | None = None,
    on_progress: Callable[[float], None] | None = None,
    estimator: StateEstimator | None = None,
    palm: PalmFeedback | None = None,
    hand: HandFeedback | None = None,
    goes_on: bool = False,
    until: Until | None = None,
) -> Rollout:
    """Make the robot perform `motion`.

    Args:
        robot: standing, simulated or real.
        controller: the policy.
        motion: what to do, root in the world frame.
        start: where the camera saw the robot just now; None goes on from `estimator`, or believes the motion's start.
        localize: (look, prior) -> pose, (3,) one-sigma, confidence, or None if it does not see the robot well.
        cfg: see `TrackCfg`.
        video: where to write the recording.
        should_stop: asked at every control step; True stops the robot.
        on_progress: called with the finished fraction.
        estimator: kept from motion to motion by the caller; a new one by default.
        palm: the loop on the palms, kept by the caller from the motion in which the hands closed; a new one by default.
        hand: the same for the loop on one hand.
        goes_on: the motion begins as the last one ended, with something in the hands: there is no blending, and the
            controller remembers.
        until: asked after every control step of the motion; True ends it there.

    Returns:
        What the robot knows of it; `fell` is set if it fell, and then the motion ends there.

    Raises:
        Interrupted: on `should_stop` or Ctrl-C, after the robot has been brought to a stand.
        ConfigError: the robot cannot run this controller.
    """
    cfg = cfg or TrackCfg()
    reference = Reference(motion)
    loop = _Loop(robot, controller, estimator or StateEstimator(), cfg, remember=goes_on)
    if start is not None:
        loop.estimator.start(start)
    elif not loop.estimator.located:
        loop.estimator.start(Pose2D(*(float(v) for v in reference.pose[0])))
    playback = Playback(reference, cfg.settle, closed_loop=cfg.closed_loop)
    steps = StepFeedback(reference, cfg.steps) if cfg.steps is not None and cfg.closed_loop else None
    if reference.palms is not None and cfg.closed_loop:
        loop.palm, loop.wrist = palm or PalmFeedback(cfg.palm), None
    elif reference.hand is not None and cfg.closed_loop:
        loop.hand, loop.wrist = hand or HandFeedback(cfg.hand), None
    elif cfg.posture is not None:
        loop.posture = PostureFeedback(cfg.posture, legs=not reference.stepping.any())
    wrists = _wrists(reference) if loop.wrist is not None and cfg.closed_loop else None
    palms = palm_aims(reference) if loop.palm is not None else None
    first_joints = loop.sensors.joint_pos
    blend, end = round(cfg.blend * CONTROL_HZ) * (not goes_on), round(cfg.end * CONTROL_HZ)
    trace, ended = Trace(), False
    began = time.monotonic()
    rates = (cfg.look_hz, cfg.look_hz if cfg.look_hz_moving is None else cfg.look_hz_moving)
    with Recorder(robot, loop.estimator, rates, cfg.video_fps, video, localize) as recorder, loop.stoppable():
        for k in range(blend):
            w = _smooth((k + 1) / blend)
            command = replace(
                reference.command(0),
                joint_pos=(1 - w) * first_joints + w * reference.joint_pos[0],
                velocity=np.zeros(2),
                yaw_rate=0.0,
            )
            recorder.tick(loop.sensors, moving=False)
            if loop.tick(command, playback.asked, resting=True, should_stop=should_stop):
                break
            trace.add(loop.sensors, loop.estimator.pose, playback, counted=False)
        over = 0
        while not loop.fell and over < end:
            recorder.tick(loop.sensors, moving=not (playback.resting or playback.done))
            i = min(playback.index, len(reference) - 1)
            resting = playback.resting or playback.done
            command = reference.command(playback.index, cfg.lead)
            if reference.hand is not None and loop.sensors.fingers is not None:
                robot.hold_fingers(reference.hand.fingers[i])
            if steps is not None:
                command = steps.correct(command, i, playback.aim, loop.estimator.pose)
            if loop.tick(
                command,
                playback.aim,
                wanted=reference.joint_pos[i],
                wrists=None if wrists is None else wrists[i],
                palms=None if palms is None else palms[i],
                hand=None if reference.hand is None else (reference.hand, i),
                servo=reference.servo,
                resting=resting,
                should_stop=should_stop,
            ):
                break
            if ended := until is not None and until(command, loop.estimator):
                break
            trace.add(loop.sensors, loop.estimator.pose, playback, counted=not playback.done)
            if playback.done:
                over += 1
            else:
                playback.advance(loop.estimator.pose)
            if on_progress is not None and len(trace.pose) % 25 == 0:
                on_progress(min(1.0, playback.index / len(reference)))
    return Rollout(
        fps=float(CONTROL_HZ),
        joint_pos=np.array(trace.joints),
        pose=np.array(trace.pose),
        reference=np.array(trace.asked),
        fell=loop.fell,
        seconds=len(trace.pose) / CONTROL_HZ,
        frames=tuple(recorder.frames),
        video=video,
        metrics={
            **trace.metrics(reference),
            "real_time_factor": len(trace.pose) / CONTROL_HZ / max(time.monotonic() - began, 1e-9),
            "fixes": recorder.fixes,
            "settle_repeats": playback.repeats,
            "settled": playback.settled,
            **({} if until is None else {"ended": ended}),
        },
        targets=loop.targets,
    )


def stand(
    robot: Robot,
    controller: Controller,
    seconds: float,
    *,
    estimator: StateEstimator | None = None,
    should_stop: Callable[[], bool] | None = None,
    blend: float = 0.5,
) -> bool:
    """Take the standing pose and hold it: to settle after a restart, or while the world is waited for.

    Args:
        robot: standing.
        controller: the policy.
        seconds: how long [s].
        estimator: goes on estimating meanwhile.
        should_stop: True ends it early.
        blend: seconds from the present posture to the standing pose.

    Returns:
        Whether the robot is still on its feet.

    Raises:
        Interrupted: on `should_stop` or Ctrl-C.
    """
    loop = _Loop(robot, controller, estimator or StateEstimator(), TrackCfg(closed_loop=False, wrist=None))
    with loop.stoppable():
        loop.stand(seconds, blend, should_stop)
    return not loop.fell


class _Loop:
    """One robot under one controller."""

    def __init__(
        self,
        robot: Robot,
        controller: Controller,
        estimator: StateEstimator,
        cfg: TrackCfg,
        *,
        remember: bool = False,
    ) -> None:
        self.robot, self.controller, self.estimator, self.cfg = robot, controller, estimator, cfg
        robot.configure(controller.actuation)
        if not remember:
            controller.reset()
        self.root = RootFeedback(cfg.root)
        self.posture: PostureFeedback | None = None
        self.palm: PalmFeedback | None = None
        self.hand: HandFeedback | None = None
        self.wrist = WristFeedback(cfg.wrist) if cfg.wrist is not None else None
        self.sensors: Sensors = robot.sense()
        estimator.update(self.sensors)
        self.targets: Array | None = None
        self.fell = False
        self._low = 0

    def tick(
        self,
        command: TrackingCommand,
        aim: Array | None = None,
        *,
        wanted: Array | None = None,
        wrists: Array | None = None,
        palms: PalmAim | None = None,
        hand: tuple[HandTargets, int] | None = None,
        servo: bool = False,
        resting: bool = False,
        should_stop: Callable[[], bool] | None = None,
    ) -> bool:
        """One control step, of the servos alone if asked for; True if the robot fell."""
        if should_stop is not None and should_stop():
            raise Interrupted("stopped by the caller")
        pose = self.estimator.pose
        if self.cfg.closed_loop and aim is not None and not servo:
            if self.posture is not None and wanted is not None:
                command = self.posture.correct(command, wanted, self.sensors.joint_pos)
            if self.wrist is not None and wrists is not None:
                command = self.wrist.correct(command, wrists, self.estimator.kinematics, float(aim[2] - pose[2]))
            if self.palm is not None and palms is not None:
                command = self.palm.correct(command, palms, pose, self.estimator.height, self.estimator.kinematics)
            if self.hand is not None and hand is not None:
                command = self.hand.correct(command, *hand, pose, self.estimator.height, self.estimator.kinematics)
            command = self.root.correct(command, aim, pose, resting=resting)
        joint_targets = np.array(command.joint_pos) if servo else self.controller.act(self.sensors, command)
        if self.palm is not None and palms is not None and not servo:
            joint_targets = self.palm.direct(joint_targets, command, self.controller.actuation.kp)
        if self.hand is not None and hand is not None:
            joint_targets = self.hand.direct(joint_targets, command, *hand)
        self.targets = joint_targets
        self.robot.step(joint_targets)
        self.sensors = self.robot.sense()
        self.estimator.update(self.sensors)
        # Who sits may bow deep over the knees, and has no sole on the floor that would say how high the pelvis is.
        low = self.estimator.height < FALL_HEIGHT and not self.estimator.seated
        down = low or self.estimator.tilt > (FALL_TILT_SEATED if self.estimator.seated else FALL_TILT)
        self._low = self._low + 1 if down else 0
        self.fell = self.fell or self._low >= 3
        return self.fell

    def stand(self, seconds: float, blend: float, should_stop: Callable[[], bool] | None = None) -> None:
        """Blend into the standing pose and hold it; who sits stays as it sits."""
        joints = standing_pose(self.controller.actuation)
        height = Kinematics().standing_height(joints)
        begin = np.array(self.sensors.joint_pos)
        for k in range(round(seconds * CONTROL_HZ)):
            if self.estimator.seated:
                seated = TrackingCommand(np.zeros(2), height, np.zeros(2), 0.0, begin)
                if self.tick(seated, servo=True, should_stop=should_stop):
                    return
                continue
            w = _smooth((k + 1) / max(1, round(blend * CONTROL_HZ)))
            command = TrackingCommand(np.zeros(2), height, np.zeros(2), 0.0, (1 - w) * begin + w * joints)
            if self.tick(command, should_stop=should_stop):
                return

    @contextmanager
    def stoppable(self) -> Iterator[None]:
        """On Ctrl-C or `Interrupted` inside the block, bring the robot to a stand first, then raise `Interrupted`."""
        try:
            yield
        except (KeyboardInterrupt, Interrupted) as error:
            if not self.fell:
                self.stand(STOP_SECONDS, 0.5)
            raise Interrupted("stopped; the robot stands" if not self.fell else "stopped; the robot fell") from error


def standing_pose(actuation: Actuation) -> Array:
    """(29,) default pose with the arms hanging closer to the body [rad]."""
    joints = np.array(actuation.default_pos)
    joints[[16, 23]] = 0.2, -0.2
    return joints


def _wrists(reference: Reference) -> Array:
    """(N, 2, 3) wrists of the reference in its heading frame [m]."""
    body = Kinematics()
    found = np.empty((len(reference), 2, 3))
    for i in range(len(reference)):
        body.update(reference.joint_pos[i], reference.root_quat[i])
        found[i] = body.wrists()
    return found


def _smooth(a: float) -> float:
    a = min(max(a, 0.0), 1.0)
    return a * a * (3 - 2 * a)
