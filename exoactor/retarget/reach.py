"""Whole-body inverse kinematics of a standing G1 whose palms go where a thing is: it crouches, bows and balances."""

from __future__ import annotations

from dataclasses import dataclass

import mink
import numpy as np

from exoactor.retarget.wholebody import SOLE, kinematics
from exoactor.types import G1_JOINTS, Array
from exoactor.types.rotations import wrap, yaw_matrix
from exoactor.world.g1 import PALM_CENTRE, default_actuation

_SIDES = ("left", "right")


@dataclass(frozen=True)
class ReachCfg:
    """Costs of the quadratic program and how a body goes down after its hands.

    Args:
        foot: position and orientation of the feet.
        pelvis: horizontal, horizontal and vertical position of the pelvis.
        pelvis_turn: roll, pitch and yaw of the pelvis.
        torso_turn: the same of the trunk.
        palm: position of the palms.
        palm_turn: roll, pitch and yaw of the palms.
        toe_in: fingers point inward by so much, so that the palm and not the wrist touches first [rad].
        posture: all angles, towards standing.
        balance: the centre of mass over the feet.
        ahead: the centre of mass is kept so far ahead of the ankles [m].
        damping: of all degrees of freedom.
        iterations: a frame.
        settle_iterations: for the first frame.
        leg_speed: fastest of the legs' joints [rad/s].
        arm_speed: the same of waist and arms [rad/s].
        pelvis_height: standing [m].
        lowest: most the pelvis goes down [m].
        upright_above: hands higher than this need no crouch [m].
        crouch: how far the pelvis goes down a metre of hand height below that; knees come forward with it, and push
            the robot off what stands before it.
        bow: pitch of the trunk a metre of the same [rad/m].
        bow_least: pitch of the trunk before that [rad].
        bow_pelvis: share of the trunk's pitch that the pelvis takes.
    """

    foot: tuple[float, float] = (20.0, 10.0)
    pelvis: tuple[float, float, float] = (0.5, 0.5, 6.0)
    pelvis_turn: tuple[float, float, float] = (5.0, 3.0, 8.0)
    torso_turn: tuple[float, float, float] = (3.0, 1.5, 3.0)
    palm: float = 8.0
    palm_turn: tuple[float, float, float] = (0.6, 0.3, 0.6)
    toe_in: float = 0.15
    posture: float = 0.08
    balance: float = 8.0
    ahead: float = 0.05
    damping: float = 1e-2
    iterations: int = 2
    settle_iterations: int = 20
    leg_speed: float = 3.0
    arm_speed: float = 3.5
    pelvis_height: float = 0.745
    lowest: float = 0.27
    upright_above: float = 0.86
    crouch: float = 0.45
    bow: float = 1.6
    bow_least: float = 0.10
    bow_pelvis: float = 0.55


def solve_reach(
    feet: Array,
    palms: Array,
    pitch_of_palms: Array,
    body: Array,
    arms: Array,
    first: Array,
    hz: float,
    cfg: ReachCfg,
    begin: Array | None = None,
) -> tuple[Array, Array, Array]:
    """Joint angles that bring the palms where they have to be, the feet staying where they are.

    Args:
        feet: (2, 3) left and right ankle's x, y [m] and heading [rad] in the world.
        palms: (N, 2, 3) left and right palm in the world [m].
        pitch_of_palms: (N,) how far the fingers point down [rad].
        body: (N,) height of the hands that the body goes down after [m].
        arms: (N,) 0..1 how much the palms are pulled there; before that the arms keep to `first`.
        first: (29,) joint angles to begin with [rad].
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
    for side, (x, y, heading) in zip(_SIDES, feet, strict=True):
        task = mink.FrameTask(f"{side}_ankle_roll_link", "body", *cfg.foot)
        turn = mink.SO3.from_z_radians(float(heading))
        task.set_target(mink.SE3.from_rotation_and_translation(turn, np.array([x, y, SOLE])))
        soles.append(task)
    hips = mink.FrameTask("pelvis", "body", list(cfg.pelvis), list(cfg.pelvis_turn))
    trunk = mink.FrameTask("torso_link", "body", 0.0, list(cfg.torso_turn))
    balance = mink.ComTask(cost=[cfg.balance, cfg.balance, 0.0])
    balance.set_target(np.append(middle + yaw_matrix(float(yaw)) @ np.array([cfg.ahead, 0.0]), 0.0))
    posture = mink.PostureTask(model, cost=cfg.posture)
    standing = start.copy()
    standing[7:] = np.where(np.arange(29) < 15, default_actuation().default_pos, first)
    posture.set_target(standing)
    hands = [mink.FrameTask(f"{side}_wrist_yaw_link", "body", 0.0, 0.0) for side in _SIDES]
    # Near a stretched arm the angles that fit best jump; the arm must not.
    speeds = {name: cfg.leg_speed if i < 12 else cfg.arm_speed for i, name in enumerate(G1_JOINTS)}
    limits = [mink.ConfigurationLimit(model), mink.VelocityLimit(model, speeds)]
    tasks = [*soles, hips, trunk, balance, posture, *hands]
    result = np.empty((len(palms), 36))
    for k in range(len(palms)):
        low = max(0.0, cfg.upright_above - float(body[k]))
        height = cfg.pelvis_height - min(cfg.crouch * low, cfg.lowest)
        pitch = cfg.bow_least + cfg.bow * low
        bowed = rotation @ mink.SO3.from_y_radians(cfg.bow_pelvis * pitch)
        hips.set_target(mink.SE3.from_rotation_and_translation(bowed, np.append(middle, height)))
        turned = rotation @ mink.SO3.from_y_radians(pitch)
        trunk.set_target(mink.SE3.from_rotation_and_translation(turned, np.zeros(3)))
        for sign, hand, point in zip((-1.0, 1.0), hands, palms[k], strict=True):
            inward = mink.SO3.from_z_radians(sign * cfg.toe_in)
            palm = rotation @ inward @ mink.SO3.from_y_radians(float(pitch_of_palms[k]))
            wrist = point - palm.as_matrix() @ np.array(PALM_CENTRE)
            hand.set_position_cost(cfg.palm * arms[k])
            hand.set_orientation_cost(np.array(cfg.palm_turn) * arms[k])
            hand.set_target(mink.SE3.from_rotation_and_translation(palm, wrist))
        rounds = cfg.iterations if k else cfg.settle_iterations
        dt = 1.0 / hz / cfg.iterations
        for _ in range(rounds):
            velocity = mink.solve_ik(configuration, tasks, dt, "daqp", damping=cfg.damping, limits=limits)
            configuration.integrate_inplace(velocity, dt)
        result[k] = configuration.q
    return result[:, :3], result[:, 3:7], result[:, 7:]
