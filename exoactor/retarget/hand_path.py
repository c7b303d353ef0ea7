"""One hand led through key places while the body stands: to joint angles, in the turn of the hand that fits best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from exoactor.grasp import Side, hand_point
from exoactor.ground.warp import smoothstep
from exoactor.retarget.held import hand_in_world
from exoactor.retarget.one_hand import OneHandCfg, solve_one_hand
from exoactor.retarget.wholebody import forward, forward_at
from exoactor.types import CONTROL_HZ, HAND_JOINTS, Array, HandTargets, Pose2D, RobotMotion

_MIRRORED = np.array([1.0, *[-1.0] * 6])
"""Signs of a left hand's finger joints against those of a right one."""


@dataclass(frozen=True)
class HandPathCfg:
    """How a hand is led.

    Args:
        turns: of the hand against the robot's heading, in the order in which they are tried [rad].
        exact: a plan whose hand is everywhere nearer than this to where it ought to be is taken at once [m].
        roll: of a left hand about its fingers, see `HandTargets`; a right one is rolled the other way [rad].
        pitch: of its fingers, down [rad].
        body: inverse kinematics.
    """

    turns: tuple[float, ...] = (0.0, 0.35, -0.35)
    exact: float = 0.004
    roll: float = 0.0
    pitch: float = 0.0
    body: OneHandCfg = field(default_factory=OneHandCfg)


@dataclass(frozen=True)
class Key:
    """What has to be by the end of a phase.

    Args:
        seconds: of the phase.
        point: (3,) of the hand [m].
        weight: how much the hand is brought there.
        fingers: (7,) as of a right hand [rad].
        turn: of the hand beyond that of the whole path, inwards [rad].
    """

    seconds: float
    point: Array
    weight: float
    fingers: Array
    turn: float = 0.0


def hand_misses(motion: RobotMotion) -> float:
    """How far the planned hand is from where it ought to be at worst, while it works [m]."""
    assert motion.hand is not None
    worked = np.flatnonzero(motion.hand.weight >= 1.0)[::5]
    wrist = f"{motion.hand.side}_wrist_yaw_link"
    places, turns = forward(motion.root_pos[worked], motion.root_quat[worked], motion.joint_pos[worked], (wrist,))
    points = places[:, 0] + turns[:, 0] @ hand_point(motion.hand.side)
    return float(np.linalg.norm(points - motion.hand.point[worked], axis=1).max(initial=0.0))


def best_path(
    keys: Callable[[Array, Array], Sequence[Key]],
    stance: Pose2D,
    feet: Array,
    side: Side,
    first: Array,
    before: RobotMotion | None,
    cfg: HandPathCfg,
) -> RobotMotion:
    """The plan of the first turn of the hand that is exact, or of the most exact one.

    Args:
        keys: what to do, by the unit vectors (3,) along the fingers and out of the palm.
        stance: where the robot stands.
        feet: where its feet are.
        side: of the hand.
        first: (29,) joint angles of the arms while the hand is not brought anywhere [rad].
        before: the motion that this one goes on from, with the hand on something; or None.
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
    keys: Sequence[Key],
    stance: Pose2D,
    heading: float,
    feet: Array,
    side: Side,
    first: Array,
    before: RobotMotion | None,
    cfg: HandPathCfg,
) -> RobotMotion:
    hz = float(CONTROL_HZ)
    if before is None or before.hand is None:
        point, weight, turned, fingers = _shoulder_high(stance, first, side), 0.0, heading, np.zeros(7)
    else:
        point, turned = hand_in_world(before, stance)
        weight, fingers = 1.0, _of_right(before.hand)
    columns: list[list[Array]] = [[] for _ in range(4)]
    for key in keys:
        count = max(1, round(key.seconds * hz))
        share = smoothstep((np.arange(count) + 1) / count)
        columns[0].append(point + share[:, None] * (key.point - point))
        inwards = key.turn if side == "right" else -key.turn
        columns[1].append(turned + share * (heading + inwards - turned))
        columns[2].append(weight + share * (key.weight - weight))
        columns[3].append(fingers + share[:, None] * (key.fingers - fingers))
        point, weight, fingers, turned = key.point, key.weight, key.fingers, float(columns[1][-1][-1])
    points, headings, weights, closing = (np.concatenate(column) for column in columns)
    # the body goes down after the hand while it works
    body = weights * points[:, 2] + (1.0 - weights) * cfg.body.upright_above
    begin = None if before is None else before.joint_pos[-1]
    roll = cfg.roll if side == "left" else -cfg.roll
    root_pos, root_quat, joints = solve_one_hand(
        feet, side, points, headings, weights, body, first, hz, cfg.body, begin, (roll, cfg.pitch)
    )
    both = np.zeros((len(points), len(HAND_JOINTS)))
    if side == "right":
        both[:, 7:] = closing
    else:
        both[:, :7] = closing * _MIRRORED
    planted = np.ones((len(points), 2), bool)
    return RobotMotion(
        root_pos,
        root_quat,
        joints,
        planted,
        hz,
        hand=HandTargets(side, points, headings, weights, both, roll, cfg.pitch),
    )


def _of_right(hand: HandTargets) -> Array:
    """(7,) how the fingers are held at the end, as of a right hand [rad]."""
    return np.asarray(hand.fingers[-1, 7:] if hand.side == "right" else hand.fingers[-1, :7] * _MIRRORED)


def _shoulder_high(stance: Pose2D, first: Array, side: Side) -> Array:
    """(3,) the hand's grasp point in the posture `first` [m]."""
    places, turns = forward_at(stance, OneHandCfg().pelvis_height, first, (f"{side}_wrist_yaw_link",))
    return np.asarray(places[0] + turns[0] @ hand_point(side))
