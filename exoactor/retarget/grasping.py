"""One hand takes a small thing or sets it down: from what the video does, and where the thing is, to joint angles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from exoactor.grasp import Grasp, Side, hand_point
from exoactor.ground.warp import smoothstep
from exoactor.retarget.one_hand import ARM, OneHandCfg, solve_one_hand
from exoactor.retarget.wholebody import forward, forward_at
from exoactor.types import CONTROL_HZ, HAND_JOINTS, Array, Contact, HandTargets, Pose2D, RobotMotion

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
class GraspCfg:
    """How a G1 with Dex3 hands takes a thing and sets it down.

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
        turns: of the hand against the robot's heading, in the order in which they are tried [rad].
        exact: a plan whose hand is everywhere nearer than this to where it ought to be is taken at once [m].
        carry: time from where it is held to above where it is to stand [s].
        settle: it comes to rest there [s].
        set_down: time to let it down [s].
        clear: it is let down to so far above where it would stand, for it has slipped down a little [m].
        open: time to open the fingers [s].
        leave: time backwards, aside, and then up as far as the body has to straighten [s].
        body: inverse kinematics.
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
    turns: tuple[float, ...] = (0.0, 0.35, -0.35)
    exact: float = 0.004
    carry: float = 1.8
    settle: float = 0.5
    set_down: float = 1.5
    clear: float = 0.003
    open: float = 0.8
    leave: tuple[float, float, float] = (1.2, 0.8, 1.2)
    body: OneHandCfg = field(default_factory=OneHandCfg)


@dataclass(frozen=True)
class _Key:
    """What has to be by the end of a phase.

    Args:
        seconds: of the phase.
        point: (3,) of the hand [m].
        weight: how much the hand is brought there.
        fingers: (7,) as of a right hand [rad].
    """

    seconds: float
    point: Array
    weight: float
    fingers: Array


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

    def keys(along: Array, out: Array) -> tuple[_Key, ...]:
        beside = held.point - cfg.beside * out
        before = beside - cfg.back * along
        above = before - cfg.beside * out + cfg.above * up
        return (
            _Key(slow * cfg.over, above, 1.0, OPEN),
            _Key(slow * cfg.lower, before, 1.0, OPEN),
            _Key(cfg.wait, before, 1.0, OPEN),
            _Key(slow * cfg.approach, beside, 1.0, OPEN),
            _Key(cfg.enter, held.point, 1.0, HALF),
            _Key(0.7 * cfg.close, held.point, 1.0, CLOSED),
            _Key(0.3 * cfg.close, held.point, 1.0, CLOSED),
            _Key(cfg.lift, held.point + rise * up, 1.0, CLOSED),
            _Key(hold, held.point + rise * up, 1.0, CLOSED),
        )

    return _best(keys, stance, feet, held.side, first, None, cfg)


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
        before: the motion in which it was taken; this one goes on from its last frame.
        first: (29,) joint angles that the other arm keeps to, those of `raised` [rad].
        cfg: tunables.

    Raises:
        ValueError: `before` does not end with that hand on something.
    """
    cfg = cfg or GraspCfg()
    if before.hand is None or before.hand.side != side or before.hand.weight[-1] < 1.0:
        raise ValueError(f"the motion before does not end with the {side} hand on something")
    at, up = before.hand.point[-1], np.array([0.0, 0.0, 1.0])

    def keys(along: Array, out: Array) -> tuple[_Key, ...]:
        over = np.array([to[0], to[1], at[2]])
        low = to + cfg.clear * up
        free = low - cfg.back * along - 0.03 * out
        away = low - (cfg.back + 0.03) * along - 0.12 * out + 0.06 * up
        high = np.array([away[0], away[1], max(away[2], cfg.body.upright_above)])
        return (
            _Key(0.2, at, 1.0, CLOSED),
            _Key(cfg.carry, over, 1.0, CLOSED),
            _Key(cfg.settle, over, 1.0, CLOSED),
            _Key(cfg.set_down, low, 1.0, CLOSED),
            _Key(cfg.open, low, 1.0, OPEN),
            _Key(cfg.leave[0], free, 1.0, OPEN),
            _Key(cfg.leave[1], away, 1.0, OPEN),
            _Key(max(0.2, cfg.leave[2] * min(1.0, (high[2] - away[2]) / 0.15)), high, 1.0, np.zeros(7)),
        )

    return _best(keys, stance, feet, side, first, before, cfg)


def hand_misses(motion: RobotMotion) -> float:
    """How far the planned hand is from where it ought to be at worst, while it works [m]."""
    assert motion.hand is not None
    worked = np.flatnonzero(motion.hand.weight >= 1.0)[::5]
    wrist = f"{motion.hand.side}_wrist_yaw_link"
    places, turns = forward(motion.root_pos[worked], motion.root_quat[worked], motion.joint_pos[worked], (wrist,))
    points = places[:, 0] + turns[:, 0] @ hand_point(motion.hand.side)
    return float(np.linalg.norm(points - motion.hand.point[worked], axis=1).max(initial=0.0))


def _best(
    keys: Callable[[Array, Array], Sequence[_Key]],
    stance: Pose2D,
    feet: Array,
    side: Side,
    first: Array,
    before: RobotMotion | None,
    cfg: GraspCfg,
) -> RobotMotion:
    """The plan of the first turn of the hand that is exact, or of the most exact one.

    Args:
        keys: what to do, by the unit vectors (3,) along the fingers and out of the palm.
        stance: where the robot stands.
        feet: where its feet are.
        side: of the hand.
        first: (29,) joint angles of the arms while the hand is not brought anywhere [rad].
        before: the motion that this one goes on from, or None.
        cfg: tunables.
    """
    found: list[tuple[float, RobotMotion]] = []
    for turn in cfg.turns:
        heading = stance.yaw + (turn if side == "right" else -turn)
        along = np.array([np.cos(heading), np.sin(heading), 0.0])
        out = np.array([-along[1], along[0], 0.0]) * (1.0 if side == "right" else -1.0)
        motion = _played(keys(along, out), stance, heading, feet, side, first, before, cfg)
        found.append((hand_misses(motion), motion))
        if found[-1][0] < cfg.exact:
            break
    return min(found, key=lambda plan: plan[0])[1]


def _played(
    keys: Sequence[_Key],
    stance: Pose2D,
    heading: float,
    feet: Array,
    side: Side,
    first: Array,
    before: RobotMotion | None,
    cfg: GraspCfg,
) -> RobotMotion:
    hz = float(CONTROL_HZ)
    if before is None or before.hand is None:
        point, weight, turned, fingers = _shoulder_high(stance, first, side), 0.0, heading, np.zeros(7)
    else:
        hand = before.hand
        point, weight, turned, fingers = hand.point[-1], float(hand.weight[-1]), float(hand.heading[-1]), CLOSED
    columns: list[list[Array]] = [[] for _ in range(4)]
    for key in keys:
        count = max(1, round(key.seconds * hz))
        share = smoothstep((np.arange(count) + 1) / count)
        columns[0].append(point + share[:, None] * (key.point - point))
        columns[1].append(turned + share * (heading - turned))
        columns[2].append(weight + share * (key.weight - weight))
        columns[3].append(fingers + share[:, None] * (key.fingers - fingers))
        point, weight, fingers, turned = key.point, key.weight, key.fingers, float(columns[1][-1][-1])
    points, headings, weights, closing = (np.concatenate(column) for column in columns)
    # the body goes down after the hand while it works
    body = weights * points[:, 2] + (1.0 - weights) * cfg.body.upright_above
    begin = None if before is None else before.joint_pos[-1]
    root_pos, root_quat, joints = solve_one_hand(
        feet, side, points, headings, weights, body, first, hz, cfg.body, begin
    )
    both = np.zeros((len(points), len(HAND_JOINTS)))
    if side == "right":
        both[:, 7:] = closing
    else:
        both[:, :7] = closing * np.array([1.0, *[-1.0] * 6])
    planted = np.ones((len(points), 2), bool)
    return RobotMotion(
        root_pos, root_quat, joints, planted, hz, hand=HandTargets(side, points, headings, weights, both)
    )


def _shoulder_high(stance: Pose2D, first: Array, side: Side) -> Array:
    """(3,) the hand's grasp point in the posture `first` [m]."""
    places, turns = forward_at(stance, OneHandCfg().pelvis_height, first, (f"{side}_wrist_yaw_link",))
    return np.asarray(places[0] + turns[0] @ hand_point(side))
