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
from exoactor.world.g1 import PALM_CENTRE, PALM_SIZE

_WRISTS = ("left_wrist_yaw_link", "right_wrist_yaw_link")


@dataclass(frozen=True)
class PushCfg:
    """How a G1 pushes. Measured with true poses: 8 of 8 boxes of 2 to 5 kg, 9 to 17 N, went 0.25 m or more, upright.

    Args:
        ahead: the palms' middles are so far before the pelvis [m].
        palm: from there to the fingertips, which touch [m].
        raised: on their way down they pass at this height, near the body [m] ...
        near: and so far before the pelvis [m].
        wide: and further apart by this on either side [m].
        brace: time to come down [s].
        settle: time to come to rest there [s].
        pelvis: height of the pelvis [m]; lower, the steps no longer keep up.
        bow: of the trunk over the upright pelvis [rad]; the waist bends by 0.52.
        pitch: the fingers point down by so much [rad].
        steps: the gait.
        timing: and its speed; slower, a robot that is held back does not lean into it.
    """

    ahead: float = 0.36
    palm: float = PALM_SIZE[0] / 2
    raised: float = 0.85
    near: float = 0.24
    wide: float = 0.06
    brace: float = 2.0
    settle: float = 0.3
    pelvis: float = 0.66
    bow: float = 0.5
    pitch: float = 0.3
    steps: StepCfg = field(default_factory=lambda: StepCfg(lift=0.05))
    timing: TimingCfg = field(default_factory=lambda: TimingCfg(forward=0.4, backward=0.2))


def brace_motion(
    stance: Pose2D, feet: Array, height: float, apart: float, first: Array, cfg: PushCfg | None = None
) -> RobotMotion:
    """Bow, and bring both hands down before the body; the pelvis stays upright, so that one can walk like that.

    Args:
        stance: where the robot stands now.
        feet: (2, 3) left and right ankle's x, y [m] and heading [rad].
        height: of the palms [m].
        apart: from the middle to either palm [m].
        first: (29,) joint angles to begin with [rad].
        cfg: tunables.
    """
    cfg = cfg or PushCfg()
    hz = float(CONTROL_HZ)
    # The body goes down by shares of the whole way, not after the hands.
    body = ReachCfg(
        bow_pelvis=0.0, toe_in=0.0, upright_above=1.0, bow_least=0.0, bow=cfg.bow,
        crouch=ReachCfg.pelvis_height - cfg.pelvis,
    )  # fmt: skip
    ahead, left = stance.forward, np.array([-stance.forward[1], stance.forward[0]])
    middle = feet[:, :2].mean(axis=0)

    def palms(way: float, aside: float, z: float) -> Array:
        return np.array([[*(middle + way * ahead + side * aside * left), z] for side in (1.0, -1.0)])

    low = palms(cfg.ahead, apart, height)
    keys = (
        (0.45 * cfg.brace, palms(cfg.near, apart + cfg.wide, cfg.raised), 0.0),
        (0.55 * cfg.brace, low, 1.0),
        (cfg.settle, low, 1.0),
    )
    places, turns = forward_at(stance, body.pelvis_height, first, _WRISTS)
    last, down = np.asarray(places + turns @ np.array(PALM_CENTRE)), 0.0
    points, downs, weights = [], [], []
    for number, (seconds, to, share_down) in enumerate(keys):
        count = round(seconds * hz)
        share = smoothstep((np.arange(count) + 1) / count)
        points.append(last + share[:, None, None] * (to - last))
        downs.append(down + share * (share_down - down))
        weights.append(share if number == 0 else np.ones(count))
        last, down = to, share_down
    at, weight = np.concatenate(points), np.concatenate(weights)
    count = len(at)
    pitch = np.full(count, cfg.pitch)
    root_pos, root_quat, joints = solve_reach(
        feet, at, pitch, body.upright_above - np.concatenate(downs), weight, first, hz, body
    )
    targets = PalmTargets(at, weight, np.zeros((count, 2, 3)))
    return RobotMotion(root_pos, root_quat, joints, np.ones((count, 2), bool), hz, None, targets)


def shove_motion(here: Pose2D, goal: Pose2D, before: RobotMotion, cfg: PushCfg | None = None) -> RobotMotion:
    """Walk straight to a goal, bowed and with the palms before the body as they are at the end of `before`.

    Args:
        here: where the robot stands now.
        goal: where it ought to end.
        before: the motion that this one goes on from, of `brace_motion` or this function.
        cfg: tunables.

    Raises:
        ValueError: `before` has no palms.
    """
    cfg = cfg or PushCfg()
    if before.palms is None:
        raise ValueError("the motion before does not say where the palms are")
    _, turns = forward(before.root_pos[-1:], before.root_quat[-1:], before.joint_pos[-1:], ("torso_link",))
    pitch = float(-np.arcsin(turns[0, 0, 2, 0]))
    height = float(before.root_pos[-1, 2])
    arms = before.joint_pos[-1, 15:]
    walk = shuffle(here, goal, arms, cfg.steps, timing=cfg.timing, pelvis_height=height, pitch=pitch)
    palms = np.array(before.palms.position[-1])
    if before.palms.frame == "world":
        yaw = float(quat_to_rpy(before.root_quat[-1:])[0, 2])
        palms[:, :2] = (palms[:, :2] - before.root_pos[-1, :2]) @ yaw_matrix(yaw)
    count = len(walk)
    targets = PalmTargets(np.tile(palms, (count, 1, 1)), np.ones(count), np.zeros((count, 2, 3)), "root")
    return replace(walk, palms=targets)
