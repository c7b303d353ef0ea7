"""The Unitree G1 as a MuJoCo model: position servos, motor inertias, feet and body contacts. No floor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import mujoco
import numpy as np

from exoactor.assets import asset
from exoactor.types import G1_JOINTS, Actuation, Array, ConfigError
from exoactor.world.hands import (
    ARMATURE,
    DAMPING,
    FRICTION_LOSS,
    STIFFNESS,
    TORQUE_LIMIT,
    is_hand,
    put_on_hands,
    soften,
)
from exoactor.world.visuals import FACES, decimated

TIMESTEP = 0.005
"""Physics step [s]; 2 ms and 1 ms give the same tracking figures, 5 ms is the cheapest that does."""
FRICTION = 0.8
"""Sliding friction of the soles."""
PALM_FRICTION = 1.0
"""Of rubber hands on cardboard, wood or plastic."""
PALM_CENTRE = (0.11, 0.0, 0.0)
"""Middle of a hand in the wrist_yaw frame [m]; the fingers point along +x, the palms face each other."""
PALM_SIZE = (0.10, 0.06, 0.07)
"""A rubber hand's palm as a slab [m]. The model's capsule touches a box in a line, about which it turns; a flat
hand does not."""

_MOTORS = {
    # name: rotor inertias of the three stages [kg m^2], gear ratios of the two stages, peak torque [Nm].
    # Source: Unitree's motor data as listed in mjlab 1.6.0, asset_zoo/robots/unitree_g1/g1_constants.py.
    "5020": ((0.139e-4, 0.017e-4, 0.169e-4), (1 + 46 / 18, 1 + 56 / 16), 25.0),
    "7520_14": ((0.489e-4, 0.098e-4, 0.533e-4), (4.5, 1 + 48 / 22), 88.0),
    "7520_22": ((0.489e-4, 0.109e-4, 0.738e-4), (4.5, 5.0), 139.0),
    "4010": ((0.068e-4, 0.0, 0.0), (5.0, 5.0), 5.0),
}


def motor_of(joint: str) -> tuple[str, int]:
    """Motor type of a joint and how many of them drive it (ankles and waist are parallel linkages of two)."""
    if any(part in joint for part in ("hip_pitch", "hip_yaw", "waist_yaw")):
        return "7520_14", 1
    if "hip_roll" in joint or "knee" in joint:
        return "7520_22", 1
    if "wrist_pitch" in joint or "wrist_yaw" in joint:
        return "4010", 1
    return "5020", 2 if "ankle" in joint or "waist" in joint else 1


def armature_of(joint: str) -> float:
    """Rotor inertia seen at the joint through its two-stage planetary gear [kg m^2]."""
    motor, count = motor_of(joint)
    (r1, r2, r3), (g1, g2), _ = _MOTORS[motor]
    return count * (r1 * (g1 * g2) ** 2 + r2 * g2**2 + r3)


def default_actuation() -> Actuation:
    """Gains, limits and standing pose that TWIST2 was trained with, and so our own network; but for the wrists.

    Those have the gains of TWIST2's configuration for the real robot and their motors' torque: at 4 Nm/rad a hand that
    presses turns on the edge of what it holds.
    """

    def body(
        leg: Sequence[float], waist: Sequence[float], left_arm: Sequence[float], right_arm: Sequence[float] = ()
    ) -> Array:
        return np.array([*leg, *leg, *waist, *left_arm, *(right_arm or left_arm)])

    return Actuation(
        kp=body([100, 100, 100, 150, 40, 40], [150] * 3, [40] * 4 + [20] * 3),
        kd=body([2, 2, 2, 4, 2, 2], [4] * 3, [5] * 4 + [1] * 3),
        torque_limit=body([100, 100, 100, 150, 40, 40], [150] * 3, [40] * 4 + [5] * 3),
        default_pos=body([-0.2, 0, 0, 0.4, -0.2, 0], [0] * 3, [0, 0.4, 0, 1.2, 0, 0, 0], [0, -0.4, 0, 1.2, 0, 0, 0]),
    )


def joint_addresses(model: mujoco.MjModel) -> tuple[Array, Array]:
    """Where the 29 joints are: (29,) indices into qpos and (29,) into qvel; fingers may lie between them."""
    joints = [model.joint(name) for name in G1_JOINTS]
    return np.array([j.qposadr[0] for j in joints]), np.array([j.dofadr[0] for j in joints])


def g1_spec(
    actuation: Actuation | None = None,
    *,
    contacts: Literal["feet", "all"] = "feet",
    visuals: bool = True,
    timestep: float = TIMESTEP,
    foot_capsules: Literal["all", "two"] = "all",
    mjcf: Path | None = None,
    hands: str = "rubber",
) -> mujoco.MjSpec:
    """The G1 with a free pelvis; its 29 actuators come first and in the order of `G1_JOINTS`.

    Contacts are between contype 1 of the surroundings and conaffinity 1 of the robot; the robot does
    not collide with itself (references are made without self-contact, and it costs half the speed).

    Args:
        actuation: servo gains and limits; `default_actuation()` by default.
        contacts: "feet", or "all" for contacts of legs, trunk, arms and hands too.
        visuals: with decimated meshes; without, the model is for physics and kinematics only.
        timestep: of the physics [s].
        foot_capsules: all 7 a foot, or the 2 long outer ones (two to three times faster stepping; for training).
        mjcf: another G1 description with the same 29 joint names; further joints (fingers) are held.
        hands: "rubber", or "dex3" for hands with fingers; their 14 actuators follow the 29.

    Raises:
        ConfigError: the MJCF cannot be read or is no such robot.
    """
    actuation = default_actuation() if actuation is None else actuation
    path = asset("g1/g1.xml") if mjcf is None else Path(mjcf)
    spec = _read(path)
    spec.option.timestep = timestep
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    for light in list(spec.lights):
        spec.delete(light)
    if visuals:
        _use_decimated_meshes(spec, path)
    if hands == "dex3":
        put_on_hands(spec, visuals=visuals)
    if not visuals:
        _remove_meshes(spec)
    _set_contacts(spec, contacts, foot_capsules)
    _set_servos(spec, actuation)
    return spec


def _read(path: Path) -> mujoco.MjSpec:
    try:
        spec = mujoco.MjSpec.from_file(str(path))
    except ValueError as error:
        raise ConfigError(f"robot model {path}: {error}") from error
    hinges = {j.name for j in spec.joints if j.type == mujoco.mjtJoint.mjJNT_HINGE}
    missing = [name for name in G1_JOINTS if name not in hinges]
    free = sum(j.type == mujoco.mjtJoint.mjJNT_FREE for j in spec.joints)
    if missing or free != 1:
        what = f"lacks the joints {', '.join(missing)}" if missing else f"has {free} free joints, 1 is wanted"
        raise ConfigError(f"robot model {path} {what}. Wanted is a G1 with 29 joints as in mjlab or MuJoCo Menagerie.")
    return spec


def _is_collision(geom: Any) -> bool:
    visual = geom.contype == 0 and geom.conaffinity == 0
    return not visual


def _set_contacts(spec: mujoco.MjSpec, contacts: str, foot_capsules: str) -> None:
    for geom in spec.geoms:
        if not _is_collision(geom):
            continue
        foot = geom.parent.name.endswith("ankle_roll_link")
        on = foot or contacts == "all"
        number = geom.name.partition("_foot")[2][:1]
        if foot and foot_capsules == "two" and number:
            on = number in "26"  # 1 and 7 are short toe capsules: alone they do not hold the heel
        geom.contype, geom.conaffinity = 0, int(on)
        geom.condim = 3
        if foot:
            geom.priority = 1  # the sole's friction counts, whatever the floor's or the object's
            geom.friction = [FRICTION, 0.005, 0.0001]
        if contacts == "all" and (geom.name or "").endswith("_hand_collision"):
            _flatten(geom)
        elif contacts == "all" and is_hand(geom.parent.name):
            soften(geom)


def _flatten(geom: Any) -> None:
    """Make the hand's capsule a palm that grips."""
    geom.type = mujoco.mjtGeom.mjGEOM_BOX
    geom.fromto = np.full(6, np.nan)
    geom.pos, geom.quat, geom.size = PALM_CENTRE, [1.0, 0, 0, 0], np.array(PALM_SIZE) / 2
    geom.priority, geom.condim = 2, 4
    geom.friction = [PALM_FRICTION, 0.02, 0.001]


def _set_servos(spec: mujoco.MjSpec, actuation: Actuation) -> None:
    joints = {j.name: j for j in spec.joints}
    for actuator in list(spec.actuators):
        spec.delete(actuator)
    for key in list(spec.keys):
        spec.delete(key)  # poses of another actuator order
    rest = [n for n, j in joints.items() if n not in G1_JOINTS and j.type == mujoco.mjtJoint.mjJNT_HINGE]
    for i, name in enumerate((*G1_JOINTS, *rest)):
        ours = i < len(G1_JOINTS)
        joints[name].armature = armature_of(name) if ours else ARMATURE
        joints[name].damping = np.zeros((3, 1))
        joints[name].frictionloss = 0.0 if ours else FRICTION_LOSS
        actuator = spec.add_actuator(name=name, target=name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
        kp, kd, limit = (
            (a[i] for a in (actuation.kp, actuation.kd, actuation.torque_limit))
            if ours
            else (STIFFNESS, DAMPING, TORQUE_LIMIT)
        )
        actuator.set_to_position(kp=float(kp), kv=float(kd))
        actuator.forcelimited, actuator.ctrllimited = True, False
        actuator.forcerange = [-float(limit), float(limit)]


def _use_decimated_meshes(spec: mujoco.MjSpec, path: Path) -> None:
    folder = path.parent / spec.meshdir
    wanted = {m.name: folder / m.file for m in spec.meshes if m.file}
    for name, (vertices, faces) in decimated(wanted, FACES).items():
        mesh = spec.mesh(name)
        mesh.file = ""
        mesh.uservert = vertices.ravel()
        mesh.userface = faces.ravel()
        mesh.smoothnormal = True


def _remove_meshes(spec: mujoco.MjSpec) -> None:
    for geom in list(spec.geoms):
        if geom.type == mujoco.mjtGeom.mjGEOM_MESH and not _is_collision(geom):
            spec.delete(geom)
    used = {g.meshname for g in spec.geoms if g.type == mujoco.mjtGeom.mjGEOM_MESH}
    for mesh in list(spec.meshes):
        if mesh.name not in used:
            spec.delete(mesh)
