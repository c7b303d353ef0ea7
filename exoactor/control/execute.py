"""Tracking a motion from its first frame to its last: looks and video on the way; a safe stop when asked."""

from __future__ import annotations

import time
from collections.abc import Callable
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
from exoactor.control.loop import Loop
from exoactor.control.outer import OuterLoops
from exoactor.control.palms import PalmFeedback, PalmFeedbackCfg
from exoactor.control.playback import Playback, SettleCfg
from exoactor.control.recorder import Localize, Recorder
from exoactor.control.reference import Reference
from exoactor.control.standing import smooth, stoppable
from exoactor.control.steps import StepFeedback, StepFeedbackCfg
from exoactor.control.trace import Trace
from exoactor.types import CONTROL_HZ, Controller, Pose2D, Robot, RobotMotion, Rollout, TrackingCommand

Until = Callable[[TrackingCommand, StateEstimator], bool]
"""(what was asked for, what the robot feels) -> whether the motion ends now; `metrics["ended"]` says if it did."""


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
    loop = Loop(robot, controller, estimator or StateEstimator(), remember=goes_on)
    if start is not None:
        loop.estimator.start(start)
    elif not loop.estimator.located:
        loop.estimator.start(Pose2D(*(float(v) for v in reference.pose[0])))
    playback = Playback(reference, cfg.settle, closed_loop=cfg.closed_loop)
    steps = StepFeedback(reference, cfg.steps) if cfg.steps is not None and cfg.closed_loop else None
    loop.outer = _outer_loops(reference, cfg, palm, hand) if cfg.closed_loop else None
    first_joints = loop.sensors.joint_pos
    blend, end = round(cfg.blend * CONTROL_HZ) * (not goes_on), round(cfg.end * CONTROL_HZ)
    trace, ended = Trace(), False
    began = time.monotonic()
    rates = (cfg.look_hz, cfg.look_hz if cfg.look_hz_moving is None else cfg.look_hz_moving)
    with Recorder(robot, loop.estimator, rates, cfg.video_fps, video, localize) as recorder, stoppable(loop):
        for k in range(blend):
            w = smooth((k + 1) / blend)
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
            if loop.tick(command, playback.aim, i, servo=reference.servo, resting=resting, should_stop=should_stop):
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


def _outer_loops(
    reference: Reference, cfg: TrackCfg, palm: PalmFeedback | None, hand: HandFeedback | None
) -> OuterLoops:
    """The loops for a motion: the one on palms or a hand, if it says where they have to be, is alone with the root's.

    Args:
        reference: the motion.
        cfg: of all loops.
        palm: of a motion before, or None.
        hand: likewise.
    """
    root = RootFeedback(cfg.root)
    if reference.palms is not None:
        return OuterLoops(reference, root, palm=palm or PalmFeedback(cfg.palm))
    if reference.hand is not None:
        return OuterLoops(reference, root, hand=hand or HandFeedback(cfg.hand))
    posture = None
    if cfg.posture is not None:
        posture = PostureFeedback(cfg.posture, legs=not reference.stepping.any())
    wrist = None if cfg.wrist is None else WristFeedback(cfg.wrist)
    return OuterLoops(reference, root, posture=posture, wrist=wrist)
