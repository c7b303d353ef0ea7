"""Whole-body inverse kinematics of a standing G1 one of whose hands goes where a thing is, turned as it has to be."""

from __future__ import annotations

from dataclasses import dataclass

import mink
import mujoco
import numpy as np

from exoactor.grasp import Side, hand_point
from exoactor.retarget.standing import Standing, StandingCfg
from exoactor.retarget.wholebody import kinematics
from exoactor.types import Array

ARM = {"left": slice(15, 22), "right": slice(22, 29)}
"""Each arm within the 29 joints."""


@dataclass(frozen=True)
class OneHandCfg(StandingCfg):
    """How one hand is brought somewhere, beside what `StandingCfg` says of the body.

    The trunk turns freely about the vertical, an arm alone reaches 0.37 m.

    Args:
        hand: position of the hand.
        hand_turn: roll, pitch and yaw of the hand: a bottle is round.
        arm: angles of an arm that works on nothing.
        ahead: the centre of mass is kept so far ahead of the ankles [m], and further by this a metre that the hand is
            low. With 8 cm robots that hold an arm out over a high table tread on into it by up to 20 cm (true poses);
            with nothing those that bow to a low one tread back.
        elbow_out: the shoulder's roll keeps the upper arm so far from the trunk at least [rad] ...
        turned_in: ... and its yaw turns the forearm before the chest by so much at most [rad].
    """

    torso_turn: tuple[float, float, float] = (1.0, 1.0, 0.05)
    pelvis_height: float = 0.765
    lowest: float = np.inf
    upright_above: float = 0.80
    crouch: float = 0.35
    bow: float = 1.5
    bow_least: float = 0.06
    bow_pelvis: float = 0.5
    hand: float = 10.0
    hand_turn: tuple[float, float, float] = (2.0, 2.0, 0.3)
    arm: float = 3.0
    ahead: tuple[float, float] = (0.0, 0.2)
    elbow_out: float = 0.2
    turned_in: float = 0.2


def solve_one_hand(
    feet: Array,
    side: Side,
    points: Array,
    headings: Array,
    weight: Array,
    body: Array,
    first: Array,
    hz: float,
    cfg: OneHandCfg,
    begin: Array | None = None,
    turned: tuple[float, float] = (0.0, 0.0),
) -> tuple[Array, Array, Array]:
    """Joint angles that bring the grasp point of one hand where it has to be, the feet staying where they are.

    Args:
        feet: (2, 3) left and right ankle's x, y [m] and heading [rad] in the world.
        side: of the hand.
        points: (N, 3) its grasp point in the world [m].
        headings: (N,) its fingers point along [rad].
        weight: (N,) 0..1 how much the hand is pulled there; before that its arm keeps to `first`.
        body: (N,) height of the hand that the body goes down after [m].
        first: (29,) joint angles that the arms keep to [rad].
        hz: frames per second.
        cfg: costs.
        begin: (29,) joint angles of the posture to go on from [rad]; `first` by default.
        turned: roll and pitch of the hand, see `HandTargets` [rad].

    Returns:
        root_pos (N, 3) [m], root_quat (N, 4) wxyz, joint_pos (N, 29) [rad].
    """
    model = kinematics()
    costs = np.full(model.nv, cfg.posture)
    costs[6:][15:] = cfg.arm
    standing = Standing(feet, first, begin, costs, cfg)
    hand = mink.FrameTask(f"{side}_wrist_yaw_link", "body", 0.0, 0.0)
    limit, offset, mine = _kept_out(model, side, cfg), hand_point(side), ARM[side]
    roll, pitch = turned
    rolled = mink.SO3.from_y_radians(pitch) @ mink.SO3.from_x_radians(roll)
    # the costs are those of turns about the hand's own axes: what is level stays so however it is rolled
    turn_cost = np.abs(np.square(rolled.as_matrix().T) @ np.array(cfg.hand_turn))
    result = np.empty((len(points), 36))
    for k in range(len(points)):
        low = standing.low(body[k])
        standing.go_down(low, cfg.ahead[0] + min(cfg.ahead[1] * low, 0.05))
        costs[6:][mine] = cfg.posture + (1.0 - weight[k]) * cfg.arm
        standing.posture.set_cost(costs)
        level = mink.SO3.from_z_radians(float(headings[k])) @ rolled
        wrist = points[k] - level.as_matrix() @ offset
        hand.set_position_cost(cfg.hand * weight[k])
        hand.set_orientation_cost(turn_cost * weight[k])
        hand.set_target(mink.SE3.from_rotation_and_translation(level, wrist))
        result[k] = standing.solve([hand], limit, hz)
    return result[:, :3], result[:, 3:7], result[:, 7:]


def _kept_out(model: mujoco.MjModel, side: Side, cfg: OneHandCfg) -> mink.ConfigurationLimit:
    """The joints' limits, those of the working shoulder narrower: references are made without self-contact."""
    limit = mink.ConfigurationLimit(model)
    for joint, value in (("roll", cfg.elbow_out), ("yaw", -cfg.turned_in)):
        at = model.joint(f"{side}_shoulder_{joint}_joint").qposadr[0]
        if side == "left":
            limit.lower[at] = max(limit.lower[at], value)
        else:
            limit.upper[at] = min(limit.upper[at], -value)
    return limit
