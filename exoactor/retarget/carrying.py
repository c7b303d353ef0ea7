"""Walking with a thing in the hands: the legs walk as without it, trunk and arms hold it near the body."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from exoactor.ground.warp import smoothstep
from exoactor.retarget.held import fingers_down, hand_in_world, led_in, palms_in_world
from exoactor.retarget.reach import ReachCfg, solve_reach
from exoactor.types import CONTROL_HZ, Array, HandTargets, PalmTargets, Pose2D, RobotMotion
from exoactor.types.rotations import quat_to_rpy, yaw_matrix


@dataclass(frozen=True)
class CarryCfg:
    """How a G1 walks with a thing.

    Args:
        level: the palms are held so high [m]; higher, the bent arms press less, and lower, thighs hit the thing.
        draw: time to bring it there [s].
        pitch: the fingers point down by no more than this [rad]; steeper, what is carried slips out.
        over_ankles: the pelvis of an upright robot with a load is so far before its ankles [m].
        stand_up: time to take up the posture of walking below the hands [s].
        body: inverse kinematics while it is drawn near.
    """

    level: float = 0.80
    draw: float = 3.0
    pitch: float = 0.5
    over_ankles: float = -0.03
    stand_up: float = 1.0
    body: ReachCfg = field(default_factory=ReachCfg)


def draw_near_motion(
    stance: Pose2D, feet: Array, ahead: float, before: RobotMotion, first: Array, cfg: CarryCfg | None = None
) -> RobotMotion:
    """Bring what is held near the body and up, the robot standing.

    Args:
        stance: where the robot stands now.
        feet: (2, 3) left and right ankle's x, y [m] and heading [rad].
        ahead: from the pelvis to the palms' middle at the end [m]; what is nearer already stays there.
        before: the motion in which it was taken hold of; this one goes on from its last frame.
        first: (29,) joint angles of standing [rad].
        cfg: tunables.
    """
    cfg = cfg or CarryCfg()
    hz = float(CONTROL_HZ)
    at, press = palms_in_world(before, stance)
    middle = at.mean(axis=0)
    upright = feet[:, :2].mean(axis=0) + cfg.over_ankles * stance.forward
    back = min(ahead - float((middle[:2] - upright) @ stance.forward), 0.0)
    way = np.array([*(back * stance.forward), cfg.level - middle[2]])
    count = round(cfg.draw * hz)
    share = smoothstep(np.arange(1, count + 1) / count)
    palms = at + share[:, None, None] * way
    pitch = fingers_down(before)
    turned = pitch + share * (min(pitch, cfg.pitch) - pitch)
    weight = np.ones(count)
    root_pos, root_quat, joints = solve_reach(
        feet, palms, turned, palms[:, :, 2].mean(axis=1), weight, first, hz, cfg.body, before.joint_pos[-1]
    )
    targets = PalmTargets(palms, weight, np.broadcast_to(press, (count, 2, 3)))
    return RobotMotion(root_pos, root_quat, joints, np.ones((count, 2), bool), hz, None, targets)


def carry_motion(walk: RobotMotion, before: RobotMotion, cfg: CarryCfg | None = None) -> RobotMotion:
    """A walk with trunk and arms as they are at the end of `before`, and palms or hand where they are against the root.

    Args:
        walk: of a robot with free hands, at `CONTROL_HZ`.
        before: the motion that ends with the palms, or one hand, on the thing.
        cfg: tunables.

    Raises:
        ValueError: `before` does not end with palms or a hand on something.
    """
    cfg = cfg or CarryCfg()
    x, y = before.root_pos[-1, :2]
    here = Pose2D(float(x), float(y), float(quat_to_rpy(before.root_quat[-1:])[0, 2]))
    count = len(walk)
    walking = replace(
        walk,
        joint_pos=np.column_stack([walk.joint_pos[:, :12], np.tile(before.joint_pos[-1, 12:], (count, 1))]),
        palms=None if before.palms is None else _kept_palms(before, here, count),
        hand=None if before.hand is None else _kept_hand(before, here, count),
    )
    # A jerk of the legs at the first step would shake the thing loose.
    return led_in(walking, np.append(walk.root_pos[0, :2], before.root_pos[-1, 2]), before.joint_pos[-1], cfg.stand_up)


def _kept_palms(before: RobotMotion, here: Pose2D, count: int) -> PalmTargets:
    palms, press = palms_in_world(before, here)
    back = yaw_matrix(here.yaw)
    palms[:, :2], press[:, :2] = (palms[:, :2] - here.xy) @ back, press[:, :2] @ back
    return PalmTargets(np.tile(palms, (count, 1, 1)), np.ones(count), np.tile(press, (count, 1, 1)), "root")


def _kept_hand(before: RobotMotion, here: Pose2D, count: int) -> HandTargets:
    assert before.hand is not None
    point, heading = hand_in_world(before, here)
    point[:2] = (point[:2] - here.xy) @ yaw_matrix(here.yaw)
    return replace(
        before.hand,
        point=np.tile(point, (count, 1)),
        heading=np.full(count, heading - here.yaw),
        weight=np.ones(count),
        fingers=np.tile(before.hand.fingers[-1], (count, 1)),
        frame="root",
    )
