"""Whole-body inverse kinematics of the G1 with mink: feet where the plan puts them, trunk and arms as asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import mink
import mujoco
import numpy as np

from exoactor.retarget.footsteps import Footsteps
from exoactor.types import G1_JOINTS, Array, Pose2D, StageError
from exoactor.world.g1 import default_actuation, g1_spec

SOLE = 0.035
"""Height of the ankle roll frame above the floor, the foot flat [m]."""

_ARMS = slice(15, 29)


@dataclass(frozen=True)
class WholeBodyCfg:
    """Costs of the quadratic program.

    Args:
        foot: position and orientation of the feet.
        pelvis: position and orientation of the pelvis.
        torso: orientation of the trunk.
        arms: arm angles.
        posture: all other angles, towards standing.
        damping: of all degrees of freedom.
        iterations: a frame.
        settle_iterations: for the first frame.
        leg_speed: of hip, knee and ankle joints [rad/s].
        arm_speed: of waist and arm joints [rad/s].
    """

    foot: tuple[float, float] = (60.0, 30.0)
    pelvis: tuple[float, float] = (5.0, 5.0)
    torso: float = 3.0
    arms: float = 4.0
    posture: float = 0.05
    damping: float = 1e-3
    iterations: int = 2
    settle_iterations: int = 25
    leg_speed: float = 15.0
    arm_speed: float = 10.0


@lru_cache(maxsize=1)
def kinematics() -> mujoco.MjModel:
    """The G1 without meshes and motors, for kinematics."""
    spec = g1_spec(visuals=False)
    for actuator in list(spec.actuators):
        spec.delete(actuator)
    return spec.compile()


def solve(
    steps: Footsteps,
    pelvis: Array,
    torso_rpy: Array,
    arms: Array,
    hz: float,
    cfg: WholeBodyCfg,
    bow: Array | None = None,
) -> tuple[Array, Array, Array]:
    """Joint angles that put the body as asked.

    Args:
        steps: feet per frame.
        pelvis: (N, 4) x, y, z [m], yaw [rad].
        torso_rpy: (N, 3) roll, pitch, yaw of the trunk in the world [rad].
        arms: (N, 14) left and right arm angles [rad].
        hz: frames per second.
        cfg: costs.
        bow: (N,) pitch of the pelvis [rad]; upright by default.

    Returns:
        root_pos (N, 3) [m], root_quat (N, 4) wxyz, joint_pos (N, 29) [rad].
    """
    model = kinematics()
    default = default_actuation().default_pos
    configuration = mink.Configuration(model)
    start = np.concatenate([pelvis[0, :3], _about_z(pelvis[0, 3]).wxyz, default])
    start[7:][_ARMS] = arms[0]
    start[7:] = within_limits(start[7:])
    configuration.update(start)
    feet = [_frame(f"{side}_ankle_roll_link", *cfg.foot) for side in ("left", "right")]
    hips, trunk = _frame("pelvis", *cfg.pelvis), _frame("torso_link", 0.0, cfg.torso)
    costs = np.full(model.nv, cfg.posture)
    costs[6:][_ARMS] = cfg.arms
    posture = mink.PostureTask(model, cost=costs)
    speeds = {name: cfg.leg_speed if i < 12 else cfg.arm_speed for i, name in enumerate(G1_JOINTS)}
    limits = [mink.ConfigurationLimit(model), mink.VelocityLimit(model, speeds)]
    tasks: list[Any] = [*feet, hips, trunk, posture]
    target = start.copy()
    result = np.empty((len(pelvis), 36))
    for i in range(len(pelvis)):
        for foot, (x, y, lift, yaw) in zip(feet, steps.feet[i], strict=True):
            foot.set_target(_pose(_about_z(yaw), np.array([x, y, SOLE + lift])))
        turned = _about_z(pelvis[i, 3])
        if bow is not None:
            turned = turned @ mink.SO3.from_y_radians(float(bow[i]))
        hips.set_target(_pose(turned, pelvis[i, :3]))
        trunk.set_target(_pose(mink.SO3.from_rpy_radians(*torso_rpy[i]), np.zeros(3)))
        target[7:][_ARMS] = arms[i]
        posture.set_target(target)
        rounds = cfg.iterations if i else cfg.settle_iterations
        dt = 1.0 / hz / cfg.iterations
        for _ in range(rounds):
            configuration.integrate_inplace(solve_ik(configuration, tasks, dt, cfg.damping, limits), dt)
        result[i] = configuration.q
    return result[:, :3], result[:, 3:7], result[:, 7:]


def within_limits(joints: Array) -> Array:
    """(29,) joint angles, those a servo has let sag past its limit brought back; nothing can be solved from outside."""
    low, high = kinematics().jnt_range[1:30].T
    return np.clip(joints, low, high)


def solve_ik(configuration: Any, tasks: list[Any], dt: float, damping: float, limits: list[Any]) -> Array:
    """Velocities that bring the tasks nearer within the limits.

    Raises:
        StageError: ("retarget", "no_solution").
    """
    try:
        return np.asarray(mink.solve_ik(configuration, tasks, dt, "daqp", damping=damping, limits=limits))
    except mink.NoSolutionFound as error:
        raise StageError("retarget", "no_solution", "no joint angles of the robot follow this motion") from error


def forward(root_pos: Array, root_quat: Array, joint_pos: Array, bodies: tuple[str, ...]) -> tuple[Array, Array]:
    """Positions (N, B, 3) [m] and rotation matrices (N, B, 3, 3) of bodies of the G1 in the world."""
    model = kinematics()
    data = mujoco.MjData(model)
    ids = [model.body(name).id for name in bodies]
    places, turns = np.empty((len(root_pos), len(ids), 3)), np.empty((len(root_pos), len(ids), 3, 3))
    for i in range(len(root_pos)):
        data.qpos[:3], data.qpos[3:7], data.qpos[7:] = root_pos[i], root_quat[i], joint_pos[i]
        mujoco.mj_kinematics(model, data)
        places[i] = data.xpos[ids]
        turns[i] = data.xmat[ids].reshape(-1, 3, 3)
    return places, turns


def forward_at(stance: Pose2D, pelvis: float, joint_pos: Array, bodies: tuple[str, ...]) -> tuple[Array, Array]:
    """Positions (B, 3) [m] and rotations (B, 3, 3) of bodies of a G1 that stands there, its pelvis so high [m]."""
    root = np.array([[stance.x, stance.y, pelvis]])
    quat = np.array([[np.cos(stance.yaw / 2), 0.0, 0.0, np.sin(stance.yaw / 2)]])
    places, turns = forward(root, quat, np.asarray(joint_pos)[None], bodies)
    return places[0], turns[0]


def _frame(body: str, position: float, orientation: float) -> Any:
    return mink.FrameTask(body, "body", position_cost=position, orientation_cost=orientation)


def _about_z(yaw: float) -> Any:
    return mink.SO3.from_z_radians(float(yaw))


def _pose(rotation: Any, translation: Array) -> Any:
    return mink.SE3.from_rotation_and_translation(rotation, translation)
