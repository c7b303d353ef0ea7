"""Both palms against a thing and the legs walk: it goes where the robot goes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from exoactor.ground.warp import smoothstep
from exoactor.retarget.footsteps import StepCfg
from exoactor.retarget.reach import ReachCfg, solve_reach
from exoactor.retarget.shuffle import shuffle
from exoactor.retarget.timing import TimingCfg
from exoactor.retarget.wholebody import forward, forward_at
from exoactor.types import CONTROL_HZ, Array, PalmTargets, Pose2D, RobotMotion
from exoactor.types.rotations import quat_to_rpy, yaw_matrix
from exoactor.world.g1 import PALM_CENTRE


@dataclass(frozen=True)
class PushCfg:
    ahead: float = 0.36
    raised: float = 0.85
    brace: float = 2.0
    pelvis: float = 0.66
    bow: float = 0.5
    pitch: float = 0.3
    release: float = 1.6
    steps: StepCfg = field(default_factory=lambda: StepCfg(lift=0.05))
    timing: TimingCfg = field(default_factory=lambda: TimingCfg(forward=0.25))


def _body(cfg: PushCfg, height: float) -> ReachCfg:
    return ReachCfg(bow_pelvis=0.0, toe_in=0.0, bow=1.0, crouch=1.0, upright_above=1.0, bow_least=0.0)


def brace_motion(stance: Pose2D, feet: Array, height: float, apart: float, first: Array, cfg: PushCfg | None = None) -> RobotMotion:
    """Hands before the body, low, the trunk bowed."""
    cfg = cfg or PushCfg()
    hz = float(CONTROL_HZ)
    wrists = ("left_wrist_yaw_link", "right_wrist_yaw_link")
    body = ReachCfg(bow_pelvis=0.0, toe_in=0.0, upright_above=1.0, bow_least=0.0, bow=cfg.bow, crouch=0.745 - cfg.pelvis,
                    palm_turn=(0.6, 0.3, 0.6))
    places, turns = forward_at(stance, body.pelvis_height, first, wrists)
    at = np.asarray(places + turns @ np.array(PALM_CENTRE))
    forward_, left = stance.forward, np.array([-stance.forward[1], stance.forward[0]])
    middle = feet[:, :2].mean(axis=0)

    def palms(ahead: float, aside: float, z: float) -> Array:
        return np.array([[*(middle + ahead * forward_ + s * aside * left), z] for s in (1.0, -1.0)])

    keys = [(0.45 * cfg.brace, palms(0.24, apart + 0.06, cfg.raised), 0.0), (0.55 * cfg.brace, palms(cfg.ahead, apart, height), 1.0), (0.3, palms(cfg.ahead, apart, height), 1.0)]
    rows, low, weight = [], [], []
    last, was = at, 0.0
    for number, (seconds, to, down) in enumerate(keys):
        count = round(seconds * hz)
        share = smoothstep((np.arange(count) + 1) / count)
        rows.append(last + share[:, None, None] * (to - last))
        low.append(was + share * (down - was))
        weight.append(share if number == 0 else np.ones(count))
        last, was = to, down
    points, lows, weights = np.concatenate(rows), np.concatenate(low), np.concatenate(weight)
    root_pos, root_quat, joints = solve_reach(feet, points, np.full(len(points), cfg.pitch), 1.0 - lows, weights, first, hz, body)
    press = np.zeros((len(points), 2, 3))
    return RobotMotion(root_pos, root_quat, joints, np.ones((len(points), 2), bool), hz, None, PalmTargets(points, weights, press))


def shove_motion(here: Pose2D, goal: Pose2D, before: RobotMotion, cfg: PushCfg | None = None) -> RobotMotion:
    """Walk with the hands before the body."""
    cfg = cfg or PushCfg()
    assert before.palms is not None
    arms = before.joint_pos[-1, 15:]
    height = float(before.root_pos[-1, 2])
    names = ("torso_link",)
    _, turns = forward(before.root_pos[-1:], before.root_quat[-1:], before.joint_pos[-1:], names)
    pitch = float(-np.arcsin(turns[0, 0, 2, 0]))
    walk = shuffle(here, goal, arms, cfg.steps, timing=cfg.timing, pelvis_height=height, pitch=pitch)
    x, y = before.root_pos[-1, :2]
    yaw = float(quat_to_rpy(before.root_quat[-1:])[0, 2])
    palms = np.array(before.palms.position[-1])
    if before.palms.frame == "world":
        palms[:, :2] = (palms[:, :2] - [x, y]) @ yaw_matrix(yaw)
    count = len(walk)
    return replace(walk, palms=PalmTargets(np.tile(palms, (count, 1, 1)), np.ones(count), np.zeros((count, 2, 3)), "root"))


def release_motion(here: Pose2D, back: Pose2D, before: RobotMotion, first: Array, cfg: PushCfg | None = None) -> RobotMotion:
    ...
