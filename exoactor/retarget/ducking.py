"""Walking under a bar: straight and slowly, knees bent and trunk bowed as in the video, no lower than need be."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from exoactor.ground.warp import smoothstep
from exoactor.retarget.footsteps import StepCfg, plan
from exoactor.retarget.shuffle import straight
from exoactor.retarget.timing import TimingCfg, timeline
from exoactor.retarget.wholebody import WholeBodyCfg, solve
from exoactor.types import CONTROL_HZ, Array, Passage, Pose2D, RobotMotion, StageError


@dataclass(frozen=True)
class DuckCfg:
    """How a G1 walks bent.

    Args:
        standing: pelvis of the upright robot [m].
        lowest: of the pelvis [m]; lower, the policy drags its feet.
        bowed: most that the trunk leans over [rad].
        hips: share of the trunk's pitch that the pelvis takes; the waist bends by 0.52 rad at most.
        top: height of the robot's highest point while it walks bent: of an upright one, and how that changes per metre
            that the pelvis is asked to come down, per radian of the trunk and per its square. Measured on the packaged
            student in 36 walks; mean residual 1 cm, 6 cm at most.
        back: the pelvis stays so far behind per radian of the trunk, so that the weight is over the feet [m/rad].
        margin: kept between it and the bar [m].
        down: time to go down and to come up again [s].
        steps: the gait.
        timing: its speeds.
        body: inverse kinematics.
    """

    standing: float = 0.77
    lowest: float = 0.60
    bowed: float = 1.0
    hips: float = 0.5
    top: tuple[float, float, float, float] = (1.359, -0.821, -0.094, -0.141)
    back: float = 0.10
    margin: float = 0.06
    down: float = 1.2
    steps: StepCfg = field(default_factory=StepCfg)
    timing: TimingCfg = field(default_factory=lambda: TimingCfg(forward=0.35))
    body: WholeBodyCfg = field(default_factory=WholeBodyCfg)


def duck_motion(
    start: Pose2D, goal: Pose2D, room: float, passage: Passage, arms: Array, cfg: DuckCfg | None = None
) -> RobotMotion:
    """Go down, walk from `start` straight to `goal`, come up again.

    Args:
        start: where the robot stands before the bar [m, rad].
        goal: where it ought to stand beyond it.
        room: height of the bar's underside [m].
        passage: what the video does: how far it goes down and bows.
        arms: (14,) arm angles to keep [rad].
        cfg: tunables.

    Raises:
        StageError: ("retarget", "not_bent") when the person does not bend as much as the robot has to.
    """
    cfg = cfg or DuckCfg()
    hz = float(CONTROL_HZ)
    sink, pitch = bent(room, passage, cfg)
    # the heading's error is walked off, so that the robot comes out squarely
    time = timeline(straight(start, goal, hz), hz, cfg.timing, 0.0)
    still = round(cfg.down * hz)
    poses = np.concatenate([np.tile(time.poses[0], (still, 1)), time.poses, np.tile(time.poses[-1], (still, 1))])
    walks = tuple((first + still, last + still, resumes + still) for first, last, resumes in time.walks)
    steps = plan(poses, walks, hz, cfg.steps, cfg.steps.swing, 0 if passage.first_foot == "left" else 1)
    count = len(poses)
    t = np.arange(count)
    low = smoothstep(t / still) * (1 - smoothstep((t - (count - still)) / still))
    ahead = np.column_stack([np.cos(poses[:, 2]), np.sin(poses[:, 2])])
    behind = (cfg.back * pitch * low)[:, None] * ahead
    pelvis = np.column_stack([poses[:, :2] + steps.sway - behind, cfg.standing - sink * low, poses[:, 2]])
    torso = np.column_stack([np.zeros(count), pitch * low, poses[:, 2]])
    root_pos, root_quat, joints = solve(
        steps, pelvis, torso, np.tile(arms, (count, 1)), hz, cfg.body, cfg.hips * pitch * low
    )
    return RobotMotion(root_pos, root_quat, joints, steps.contacts, hz, None)


def bent(room: float, passage: Passage, cfg: DuckCfg) -> tuple[float, float]:
    """How far the pelvis comes down [m] and the trunk leans over [rad]: as in the video, no more than the bar asks for.

    Raises:
        StageError: ("retarget", "not_bent").
    """
    sink = min(max(passage.lowered, 0.0) * cfg.standing, cfg.standing - cfg.lowest)
    pitch = min(max(passage.bow, 0.0), cfg.bowed)
    for share in np.linspace(0.0, 1.0, 21):
        if top(share * sink, share * pitch, cfg) <= room - cfg.margin:
            return float(share * sink), float(share * pitch)
    lowest = top(sink, pitch, cfg)
    raise StageError(
        "retarget", "not_bent", f"bent as in the video the robot is {lowest:.2f} m high, under {room:.2f} m"
    )


def top(sink: float, pitch: float, cfg: DuckCfg) -> float:
    """Height of the robot's highest point while it walks so [m]."""
    upright, per_metre, per_radian, per_square = cfg.top
    return upright + per_metre * sink + per_radian * pitch + per_square * pitch**2
