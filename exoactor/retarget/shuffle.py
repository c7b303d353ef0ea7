"""A few small steps to a pose nearby: the last centimetres before hands can reach a thing."""

from __future__ import annotations

import numpy as np

from exoactor.ground import RootPath
from exoactor.retarget.footsteps import StepCfg, plan
from exoactor.retarget.timing import TimingCfg, timeline
from exoactor.retarget.wholebody import WholeBodyCfg, solve
from exoactor.types import CONTROL_HZ, Array, Pose2D, RobotMotion
from exoactor.types.rotations import wrap

_FRAMES = 25
_PELVIS = 0.77


def shuffle(
    start: Pose2D,
    goal: Pose2D,
    arms: Array,
    steps_cfg: StepCfg | None = None,
    *,
    timing: TimingCfg | None = None,
    pelvis_height: float = _PELVIS,
    pitch: float = 0.0,
) -> RobotMotion:
    """Step from `start` straight to `goal`, sideways or backwards if need be.

    Args:
        start: where the robot stands [m, rad].
        goal: where it ought to stand.
        arms: (14,) arm angles to keep [rad].
        steps_cfg: the gait.
        timing: how fast.
        pelvis_height: of the walking robot [m].
        pitch: of its trunk [rad].
    """
    hz = float(CONTROL_HZ)
    steps_cfg = steps_cfg or StepCfg()
    time = timeline(straight(start, goal, hz), hz, timing or TimingCfg(), 2 * steps_cfg.swing)
    sideways = float((goal.xy - start.xy) @ np.array([-np.sin(start.yaw), np.cos(start.yaw)]))
    steps = plan(time.poses, time.walks, hz, steps_cfg, steps_cfg.swing, 0 if sideways > 0 else 1)
    count = len(time.poses)
    pelvis = np.column_stack([time.poses[:, :2] + steps.sway, np.full(count, pelvis_height), time.poses[:, 2]])
    torso = np.column_stack([np.zeros(count), np.full(count, pitch), time.poses[:, 2]])
    root_pos, root_quat, joints = solve(steps, pelvis, torso, np.tile(arms, (count, 1)), hz, WholeBodyCfg())
    return RobotMotion(root_pos, root_quat, joints, steps.contacts, hz, steps.settle)


def straight(start: Pose2D, goal: Pose2D, hz: float) -> RootPath:
    """The way from one pose to another, turning evenly by the smaller angle."""
    share = np.linspace(0.0, 1.0, _FRAMES)
    xy = start.xy + share[:, None] * (goal.xy - start.xy)
    return RootPath(hz, xy, start.yaw + share * float(wrap(goal.yaw - start.yaw)), ((0, _FRAMES - 1),))
