"""One hand takes a small thing or sets it down: from what the video does, and where the thing is, to joint angles."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from exoactor.grasp import Grasp, Side
from exoactor.retarget.hand_path import HandPathCfg, Key, best_path
from exoactor.retarget.held import hand_in_world, led_in
from exoactor.retarget.one_hand import ARM
from exoactor.types import Array, Contact, Pose2D, RobotMotion

# Angles of the right hand's thumb_0, 1, 2, middle_0, 1, index_0, 1; the left hand's but the first have the other sign.
OPEN = np.array([0.0, 0.6, 0.0, 0.0, 0.0, 0.0, 0.0])
HALF = np.array([0.0, 0.3, -0.2, 0.15, 0.2, 0.15, 0.2])
CLOSED = np.array([0.0, -0.8, -1.2, 1.4, 1.5, 1.4, 1.5])
"""Deep inside what is held: the servos' torque limit makes the grip."""

# Angles of the right arm; roll and yaw joints of the left one have the other sign.
RAISED = np.array([0.8, -0.25, -0.7, -0.9, 0.0, -0.1, 0.0])
"""Elbow back, hand a metre up beside the shoulder: straight ahead it would knock over what it comes for."""
OUT_OF_THE_WAY = np.array([0.2, -0.3, 0.0, 1.1, 0.0, 0.0, 0.0])
"""Hand beside the hip: hanging hands are 15 cm ahead of it and would push against the table."""
_MIRROR = np.array([1.0, -1.0, -1.0, 1.0, -1.0, 1.0, -1.0])


@dataclass(frozen=True)
class GraspCfg(HandPathCfg):
    """How a G1 with Dex3 hands takes a thing and sets it down, beside what `HandPathCfg` says of the hand's way.

    Args:
        over: time from before the shoulder to before the thing, above its grasp [s].
        lower: and down to the height of the grasp [s].
        wait: it comes to rest there [s].
        approach: time forward until the thing is beside the palm [s].
        enter: time sideways until it lies between fingers and thumb [s].
        close: time to close and grip [s].
        lift: time of the lift [s].
        hold: shortest and longest time it is held up [s].
        back: the hand approaches over this way, along its fingers [m].
        beside: with the thing so much further from its palm [m].
        above: it comes from so high above the grasp [m].
        rise: share of the video's lift, and least and most of it [m].
        near: what is carried is held so far ahead and to the side of the ankles, and so high [m].
        draw: time to bring it there [s].
        fastest: what is held is raised and let down no faster than this in the mean [m/s].
        carry: time from where it is held to above where it is to stand [s].
        settle: it comes to rest there [s].
        come_to_rest: time to come into the posture of a walk with it, and from that of a walk into another [s].
        set_down: shortest time to let it down [s].
        clear: it is let down to so far above where it would stand, for it has slipped down a little [m].
        open: time to open the fingers [s].
        leave: time backwards, aside, and then up as far as the body has to straighten [s].
    """

    over: float = 1.5
    lower: float = 0.7
    wait: float = 0.4
    approach: float = 1.3
    enter: float = 0.5
    close: float = 1.1
    lift: float = 1.5
    hold: tuple[float, float] = (2.2, 3.2)
    back: float = 0.11
    beside: float = 0.02
    above: float = 0.06
    rise: tuple[float, float, float] = (1.0, 0.12, 0.16)
    near: tuple[float, float, float] = (0.30, 0.16, 1.05)
    draw: float = 1.8
    fastest: float = 0.12
    carry: float = 1.8
    settle: float = 0.5
    come_to_rest: float = 1.0
    set_down: float = 1.5
    clear: float = 0.003
    open: float = 0.8
    leave: tuple[float, float, float] = (1.2, 0.8, 1.2)


def raised(first: Array, side: Side) -> Array:
    """(29,) joint angles of one who stands before a table with one hand up and the other out of the way [rad].

    Hands come up a step away from the table: close to it they would be caught under its edge.
    """
    joints = np.array(first, float)
    for each in ARM:
        arm = RAISED if each == side else OUT_OF_THE_WAY
        joints[ARM[each]] = arm * (_MIRROR if each == "left" else 1.0)
    return joints


def pick_motion(
    stance: Pose2D, feet: Array, held: Grasp, contact: Contact, first: Array, cfg: GraspCfg | None = None
) -> RobotMotion:
    """Bring a raised hand round the thing, close it and lift, with the video's timing where the robot can keep up.

    Args:
        stance: where the robot stands now.
        feet: (2, 3) left and right ankle's x, y [m] and heading [rad].
        held: how the thing is taken, as perceived now.
        contact: what the video does.
        first: (29,) joint angles to begin with, those of `raised` [rad].
        cfg: tunables.
    """
    cfg = cfg or GraspCfg()
    rise = float(np.clip(cfg.rise[0] * contact.lift, *cfg.rise[1:]))
    hold = float(np.clip(contact.end - contact.rise - cfg.lift, *cfg.hold))
    slow = float(np.clip((contact.begin - contact.reach) / (cfg.over + cfg.lower + cfg.approach), 1.0, 1.5))
    up = np.array([0.0, 0.0, 1.0])

    def keys(along: Array, out: Array) -> tuple[Key, ...]:
        beside = held.point - cfg.beside * out
        before = beside - cfg.back * along
        above = before - cfg.beside * out + cfg.above * up
        return (
            Key(slow * cfg.over, above, 1.0, OPEN),
            Key(slow * cfg.lower, before, 1.0, OPEN),
            Key(cfg.wait, before, 1.0, OPEN),
            Key(slow * cfg.approach, beside, 1.0, OPEN),
            Key(cfg.enter, held.point, 1.0, HALF),
            Key(0.7 * cfg.close, held.point, 1.0, CLOSED),
            Key(0.3 * cfg.close, held.point, 1.0, CLOSED),
            Key(cfg.lift, held.point + rise * up, 1.0, CLOSED),
            Key(hold, held.point + rise * up, 1.0, CLOSED),
        )

    return best_path(keys, stance, feet, held.side, first, None, cfg)


def hold_near_motion(
    stance: Pose2D, feet: Array, before: RobotMotion, first: Array, cfg: GraspCfg | None = None
) -> RobotMotion:
    """Bring what one hand holds up before the shoulder, the robot straightening up, to walk with it.

    Args:
        stance: where the robot stands now.
        feet: as of `pick_motion`.
        before: the motion in which it was taken; this one goes on from its last frame.
        first: (29,) joint angles that the other arm keeps to, those of `raised` [rad].
        cfg: tunables.

    Raises:
        ValueError: `before` does not end with a hand on something.
    """
    cfg = cfg or GraspCfg()
    at, _ = hand_in_world(before, stance)
    assert before.hand is not None
    side = before.hand.side
    left = np.array([-stance.forward[1], stance.forward[0]])
    # Who straightens up has the pelvis over the ankles; bowed it is ahead of them, and the hand would end farther out.
    ankles = feet[:, :2].mean(axis=0)
    near = ankles + cfg.near[0] * stance.forward + (cfg.near[1] if side == "left" else -cfg.near[1]) * left
    up = np.array([0.0, 0.0, max(cfg.near[2] - at[2], 0.0)])
    high = np.array([*near, cfg.near[2]])

    def keys(along: Array, out: Array) -> tuple[Key, ...]:
        return (
            Key(0.2, at, 1.0, CLOSED),
            # over what stands beside it first, then away from the table
            Key(max(0.4, up[2] / cfg.fastest), at + up, 1.0, CLOSED),
            Key(cfg.draw, high, 1.0, CLOSED),
            Key(cfg.settle, high, 1.0, CLOSED),
        )

    square = _square(cfg)
    # with its weight ahead a policy that begins to walk runs on
    upright = replace(square, turns=(0.0,), body=replace(square.body, ahead=(0.0, 0.0)))
    motion = best_path(keys, stance, feet, side, first, before, upright)
    return led_in(motion, before.root_pos[-1], before.joint_pos[-1], cfg.come_to_rest)


def place_motion(
    stance: Pose2D,
    feet: Array,
    side: Side,
    to: Array,
    before: RobotMotion,
    first: Array,
    cfg: GraspCfg | None = None,
) -> RobotMotion:
    """Carry what one hand holds to above a place, let it down, open the fingers, leave backwards and aside.

    The hand stays there: on its way down to the hip it would knock over what it has put there, so one steps back first.

    Args:
        stance: where the robot stands now.
        feet: as of `pick_motion`.
        side: of the hand.
        to: (3,) where the hand's grasp point is when the thing stands there [m].
        before: the motion that holds it; this one goes on from its last frame.
        first: (29,) joint angles that the other arm keeps to, those of `raised` [rad].
        cfg: tunables.

    Raises:
        ValueError: `before` does not end with that hand on something.
    """
    cfg = cfg or GraspCfg()
    if before.hand is None or before.hand.side != side:
        raise ValueError(f"the motion before does not end with the {side} hand on something")
    at, _ = hand_in_world(before, stance)
    up = np.array([0.0, 0.0, 1.0])
    lower = max(cfg.set_down, float(at[2] - to[2]) / cfg.fastest)

    def keys(along: Array, out: Array) -> tuple[Key, ...]:
        over = np.array([to[0], to[1], at[2]])
        low = to + cfg.clear * up
        free = low - cfg.back * along - 0.03 * out
        away = low - (cfg.back + 0.03) * along - 0.12 * out + 0.06 * up
        high = np.array([away[0], away[1], max(away[2], cfg.body.upright_above)])
        return (
            Key(0.2, at, 1.0, CLOSED),
            Key(cfg.carry, over, 1.0, CLOSED),
            Key(cfg.settle, over, 1.0, CLOSED),
            Key(lower, low, 1.0, CLOSED),
            Key(cfg.open, low, 1.0, OPEN),
            Key(cfg.leave[0], free, 1.0, OPEN),
            Key(cfg.leave[1], away, 1.0, OPEN),
            Key(max(0.2, cfg.leave[2] * min(1.0, (high[2] - away[2]) / 0.15)), high, 1.0, np.zeros(7)),
        )

    if before.hand.frame == "world":
        return best_path(keys, stance, feet, side, first, before, cfg)
    motion = best_path(keys, stance, feet, side, first, before, _square(cfg))
    return led_in(motion, np.append(stance.xy, before.root_pos[-1, 2]), before.joint_pos[-1], cfg.come_to_rest)


def _square(cfg: GraspCfg) -> GraspCfg:
    """The same with the trunk kept square: a policy whose trunk is turned against the pelvis turns the pelvis."""
    return replace(cfg, body=replace(cfg.body, torso_turn=(1.0, 1.0, 1.0)))
