"""Stepping over a bar: one foot after the other, as high as in the video, the body moving on all the while.

Slow steps with the body held over one foot were tried first: the policy has never seen them, stands short of its
reference and puts the foot down on the bar. Steps of a walk that are only longer and higher it follows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.ndimage import gaussian_filter1d

from exoactor.ground.warp import smoothstep
from exoactor.retarget.footsteps import Footsteps, home
from exoactor.retarget.wholebody import WholeBodyCfg, solve
from exoactor.types import CONTROL_HZ, Array, Passage, Pose2D, RobotMotion
from exoactor.types.rotations import wrap


@dataclass(frozen=True)
class StepOverCfg:
    """How a G1 steps over something.

    Found by random search for the highest bar that the packaged student clears with both feet, its right foot first,
    though it stands 2 cm off: 7.7 cm. The left foot goes first as well in the controller's mirror image, see
    `exoactor.control.mirrored`.

    Args:
        ahead: from the middle of the ankles to the bar's at the beginning [m].
        swing: of the first high step, and of the second [s].
        double: both feet stand between two steps [s].
        wait: before the first [s].
        stride: the first foot comes down so far ahead [m], ...
        onward: and both end so much further on [m].
        exaggerated: the policy lifts a foot to two thirds of what it is asked; the video's height times this is asked.
        lift: least and most that is asked [m]. It is a narrow range: asked for less, the second foot comes late, and
            asked for more, the next step goes wild.
        tolerance: a bar that is nearer or farther than `ahead` by less than this is stepped over all the same, which
            the search allowed for; only beyond it are strides changed, which the policy answers with other steps [m].
        second: the second foot is asked to go this much higher [m]; it comes from behind.
        back: a foot that is raised is first drawn back [m].
        sway: the pelvis leans so far over the standing foot [m] ...
        early: beginning this long before the other is lifted [s].
        lead: the pelvis goes along with the middle of the feet this long before it [s], ...
        smooth: smoothed by this [s].
        lean: of the trunk, forward [rad].
        pelvis_height: [m].
        half_width: distance of a foot from the middle [m].
        step: time of the steps that follow [s].
        step_lift: their height, of the first and of those on the spot [m].
        step_sway: [m].
        finish: standing at the end [s].
        body: inverse kinematics; a swinging foot need not be level: the ankle does not bend that far.
    """

    ahead: float = 0.315
    swing: tuple[float, float] = (0.552, 0.524)
    double: float = 0.11
    wait: float = 0.315
    stride: float = 0.486
    onward: float = 0.133
    exaggerated: float = 1.2
    lift: tuple[float, float] = (0.197, 0.205)
    tolerance: float = 0.03
    second: float = -0.042
    back: float = 0.023
    sway: float = 0.064
    early: float = 0.084
    lead: float = 0.181
    smooth: float = 0.152
    lean: float = 0.255
    pelvis_height: float = 0.745
    half_width: float = 0.115
    step: float = 0.45
    step_lift: tuple[float, float] = (0.05, 0.025)
    step_sway: float = 0.022
    finish: float = 0.6
    body: WholeBodyCfg = field(default_factory=lambda: WholeBodyCfg(iterations=3, pelvis=(12.0, 5.0), foot=(60.0, 6.0)))


@dataclass(frozen=True)
class _Step:
    """One step: foot 0 left or 1 right, first frame, frames, height [m], place ahead of the start [m], sway [m]."""

    foot: int
    begin: int
    frames: int
    lift: float
    to: float
    sway: float
    high: bool


def step_over_motion(
    stance: Pose2D, feet: Array, ahead: float, passage: Passage, arms: Array, cfg: StepOverCfg | None = None
) -> RobotMotion:
    """Step over what is ahead, two steps high and two to stand beyond it.

    Args:
        stance: where the robot stands [m, rad].
        feet: (2, 3) left and right ankle's x, y [m] and heading [rad].
        ahead: from the middle of its ankles to the bar's [m].
        passage: what the video does: which foot first, how high either goes.
        arms: (14,) arm angles to keep [rad].
        cfg: tunables.
    """
    cfg = cfg or StepOverCfg()
    hz = float(CONTROL_HZ)
    off = ahead - cfg.ahead
    steps = _steps(off - float(np.clip(off, -cfg.tolerance, cfg.tolerance)), passage, cfg, hz)
    end = steps[-1].begin + steps[-1].frames
    count = end + round(cfg.finish * hz)
    forward = stance.forward
    left = np.array([-forward[1], forward[0]])
    middle = feet[:, :2].mean(axis=0)
    places, contacts, sway = _placed(steps, feet, stance, count, cfg, hz)
    along = gaussian_filter1d((places[:, :, :2].mean(axis=1) - middle) @ forward, cfg.smooth * hz, mode="nearest")
    t = np.arange(count)
    along = np.interp(t + cfg.lead * hz, t, along)
    pelvis = np.column_stack(
        [
            stance.xy + along[:, None] * forward + gaussian_filter1d(sway, 1.5)[:, None] * left,
            np.full(count, cfg.pelvis_height),
            np.full(count, stance.yaw),
        ]
    )
    over = smoothstep(t / round(cfg.wait * hz)) * (1 - smoothstep((t - steps[-2].begin) / (0.5 * hz)))
    torso = np.column_stack([np.zeros(count), cfg.lean * over, np.full(count, stance.yaw)])
    plan = Footsteps(places, contacts, np.zeros((count, 2)), None, ())
    root_pos, root_quat, joints = solve(plan, pelvis, torso, np.tile(arms, (count, 1)), hz, cfg.body)
    return RobotMotion(root_pos, root_quat, joints, contacts, hz, None)


def _steps(further: float, passage: Passage, cfg: StepOverCfg, hz: float) -> list[_Step]:
    """Two high steps, one that closes them, two on the spot."""
    first = 0 if passage.first_foot == "left" else 1
    lifts = np.clip(cfg.exaggerated * np.array(passage.lifts), *cfg.lift)
    near, far = cfg.stride + further, cfg.stride + cfg.onward + further
    usual, pause = round(cfg.step * hz), round(cfg.double * hz)
    steps, begin = [], round(cfg.wait * hz)
    for k, (frames, lift, to, sway, gap) in enumerate(
        (
            (round(cfg.swing[0] * hz), float(lifts[first]), near, cfg.sway, pause),
            (round(cfg.swing[1] * hz), float(lifts[1 - first]) + cfg.second, (near + far) / 2, cfg.sway, pause),
            (usual, cfg.step_lift[0], far, cfg.step_sway, 0),
            (usual, cfg.step_lift[1], far, cfg.step_sway, 0),
            (usual, cfg.step_lift[1], far, cfg.step_sway, 0),
        )
    ):
        steps.append(_Step((first, 1 - first)[k % 2], begin, frames, lift, to, sway, k < 2))
        begin += frames + gap
    return steps


def _placed(
    steps: list[_Step], feet: Array, stance: Pose2D, count: int, cfg: StepOverCfg, hz: float
) -> tuple[Array, Array, Array]:
    """Feet (N, 2, 4), contacts (N, 2) and sway to the left (N,) [m]."""
    places, contacts, sway = np.zeros((count, 2, 4)), np.ones((count, 2), bool), np.zeros(count)
    places[..., :2], places[..., 3] = feet[:, :2], feet[:, 2]
    forward = stance.forward
    middle = feet[:, :2].mean(axis=0)
    for step in steps:
        u = (np.arange(step.frames) + 1) / step.frames
        span = slice(step.begin, step.begin + step.frames)
        begin = places[step.begin, step.foot].copy()
        place = home(np.array([*(middle + step.to * forward), stance.yaw]), step.foot, cfg.half_width)
        go = smoothstep(u)[:, None]
        drawn = cfg.back * step.high * np.sin(np.pi * np.clip(2 * u, 0, 1))[:, None]
        turn = float(wrap(place[2] - begin[3]))
        places[span, step.foot, :2] = begin[:2] + go * (place[:2] - begin[:2]) - drawn * forward
        places[span, step.foot, 2] = step.lift * np.sin(np.pi * u) ** 2
        places[span, step.foot, 3] = begin[3] + go[:, 0] * turn
        places[span.stop :, step.foot, :2], places[span.stop :, step.foot, 3] = place[:2], begin[3] + turn
        contacts[span.start : span.stop - 1, step.foot] = False
        lean = slice(step.begin - round(cfg.early * hz), span.stop)
        share = (np.arange(lean.stop - lean.start) + 1) / (lean.stop - lean.start)
        sway[lean] += (-step.sway if step.foot == 0 else step.sway) * np.sin(np.pi * share)
    return places, contacts, sway
