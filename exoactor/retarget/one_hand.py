"""Whole-body inverse kinematics of a standing G1 one of whose hands goes where a thing is, turned as it has to be."""

from __future__ import annotations

from dataclasses import dataclass

import mink
import mujoco
import numpy as np

from exoactor.grasp import Side, hand_point
from exoactor.retarget.wholebody import SOLE, kinematics
from exoactor.types import G1_JOINTS, Array
from exoactor.types.rotations import wrap, yaw_matrix
from exoactor.world.g1 import default_actuation

_SIDES = ("left", "right")
ARM = {"left": slice(15, 22), "right": slice(22, 29)}
"""Each arm within the 29 joints."""


@dataclass(frozen=True)
class OneHandCfg:
    """Costs of the quadratic program and how a body goes down after its hand.

    Args:
        foot: position and orientation of the feet.
        pelvis: horizontal, horizontal and vertical position of the pelvis.
        pelvis_turn: roll, pitch and yaw of the pelvis.
        torso_turn: the same of the trunk; it turns freely about the vertical, an arm alone reaches 0.37 m.
        hand: position of the hand.
        hand_turn: roll, pitch and yaw of the hand: a bottle is round.
        posture: all angles, towards standing.
        arm: angles of an arm that works on nothing.
        balance: the centre of mass over the feet.
        ahead: the centre of mass is kept so far ahead of the ankles [m], and further by this a metre that the hand is
            low: a policy whose arm hangs out before it leans back by some centimetres.
        damping: of all degrees of freedom.
        iterations: a frame.
        settle_iterations: for the first frame.
        leg_speed: fastest of the legs' joints [rad/s].
        arm_speed: the same of waist and arms [rad/s].
        pelvis_height: standing [m].
        upright_above: a hand higher than this needs no crouch [m].
        crouch: how far the pelvis goes down a metre of hand height below that.
        bow: pitch of the trunk a metre of the same [rad/m].
        bow_least: pitch of the trunk before that [rad].
        bow_pelvis: share of the trunk's pitch that the pelvis takes.
        elbow_out: the shoulder's roll keeps the upper arm so far from the trunk at least [rad] ...
        turned_in: ... and its yaw turns the forearm before the chest by so much at most [rad].
    """

    foot: tuple[float, float] = (20.0, 10.0)
    pelvis: tuple[float, float, float] = (0.5, 0.5, 6.0)
    pelvis_turn: tuple[float, float, float] = (5.0, 3.0, 8.0)
    torso_turn: tuple[float, float, float] = (1.0, 1.0, 0.05)
    hand: float = 10.0
    hand_turn: tuple[float, float, float] = (2.0, 2.0, 0.3)
    posture: float = 0.08
    arm: float = 3.0
    balance: float = 8.0
    ahead: tuple[float, float] = (0.08, 0.2)
    damping: float = 1e-2
    iterations: int = 2
    settle_iterations: int = 20
    leg_speed: float = 3.0
    arm_speed: float = 3.5
    pelvis_height: float = 0.765
    upright_above: float = 0.80
    crouch: float = 0.35
    bow: float = 1.5
    bow_least: float = 0.06
    bow_pelvis: float = 0.5
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
) -> tuple[Array, Array, Array]:
    """Joint angles that bring the grasp point of one level hand where it has to be, the feet staying where they are.

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

    Returns:
        root_pos (N, 3) [m], root_quat (N, 4) wxyz, joint_pos (N, 29) [rad].
    """
    model = kinematics()
    configuration = mink.Configuration(model)
    middle, yaw = feet[:, :2].mean(axis=0), feet[0, 2] + float(wrap(feet[1, 2] - feet[0, 2])) / 2
    rotation = mink.SO3.from_z_radians(float(yaw))
    start = np.concatenate([middle, [cfg.pelvis_height], rotation.wxyz, first if begin is None else begin])
    configuration.update(start)
    soles = []
    for foot, (x, y, heading) in zip(_SIDES, feet, strict=True):
        task = mink.FrameTask(f"{foot}_ankle_roll_link", "body", *cfg.foot)
        turn = mink.SO3.from_z_radians(float(heading))
        task.set_target(mink.SE3.from_rotation_and_translation(turn, np.array([x, y, SOLE])))
        soles.append(task)
    hips = mink.FrameTask("pelvis", "body", list(cfg.pelvis), list(cfg.pelvis_turn))
    trunk = mink.FrameTask("torso_link", "body", 0.0, list(cfg.torso_turn))
    balance = mink.ComTask(cost=[cfg.balance, cfg.balance, 0.0])
    forward = yaw_matrix(float(yaw)) @ np.array([1.0, 0.0])
    costs = np.full(model.nv, cfg.posture)
    costs[6:][15:] = cfg.arm
    posture = mink.PostureTask(model, cost=costs)
    standing = start.copy()
    standing[7:] = np.where(np.arange(29) < 15, default_actuation().default_pos, first)
    posture.set_target(standing)
    hand = mink.FrameTask(f"{side}_wrist_yaw_link", "body", 0.0, 0.0)
    speeds = {name: cfg.leg_speed if i < 12 else cfg.arm_speed for i, name in enumerate(G1_JOINTS)}
    limits = [_kept_out(model, side, cfg), mink.VelocityLimit(model, speeds)]
    tasks = [*soles, hips, trunk, balance, posture, hand]
    offset, mine = hand_point(side), ARM[side]
    result = np.empty((len(points), 36))
    for k in range(len(points)):
        low = max(0.0, cfg.upright_above - float(body[k]))
        pitch = cfg.bow_least + cfg.bow * low
        bowed = rotation @ mink.SO3.from_y_radians(cfg.bow_pelvis * pitch)
        place = np.append(middle, cfg.pelvis_height - cfg.crouch * low)
        hips.set_target(mink.SE3.from_rotation_and_translation(bowed, place))
        ahead = cfg.ahead[0] + min(cfg.ahead[1] * low, 0.05)
        balance.set_target(np.append(middle + ahead * forward, 0.0))
        turned = rotation @ mink.SO3.from_y_radians(pitch)
        trunk.set_target(mink.SE3.from_rotation_and_translation(turned, np.zeros(3)))
        costs[6:][mine] = cfg.posture + (1.0 - weight[k]) * cfg.arm
        posture.set_cost(costs)
        level = mink.SO3.from_z_radians(float(headings[k]))
        wrist = points[k] - level.as_matrix() @ offset
        hand.set_position_cost(cfg.hand * weight[k])
        hand.set_orientation_cost(np.array(cfg.hand_turn) * weight[k])
        hand.set_target(mink.SE3.from_rotation_and_translation(level, wrist))
        dt = 1.0 / hz / cfg.iterations
        for _ in range(cfg.iterations if k else cfg.settle_iterations):
            velocity = mink.solve_ik(configuration, tasks, dt, "daqp", damping=cfg.damping, limits=limits)
            configuration.integrate_inplace(velocity, dt)
        result[k] = configuration.q
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
