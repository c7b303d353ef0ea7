"""Unitree's Dex3 hands, three fingers of seven joints each, put on the G1's wrists in place of its rubber hands."""

from __future__ import annotations

from typing import Any, Final

import mujoco
import numpy as np

from exoactor.assets import asset
from exoactor.types import HAND_JOINTS, Array, ConfigError
from exoactor.world.visuals import decimated

HANDS: Final = ("rubber", "dex3")
"""What a G1 can have at its wrists: rigid rubber hands, or hands that grasp."""

FACES: Final = 4_000
"""Wanted of both hands together; screws and shells that do not merge leave 17,000, a tenth more for a picture. The
parts' convex hulls are also what touches things."""
STIFFNESS, DAMPING, TORQUE_LIMIT = 0.8, 0.1, 1.0
"""Of a finger's servo [Nm/rad, Nms/rad, Nm]. Stiffer fingers kick away what they let go: with 2 Nm/rad a bottle was
left upright in half as many cases."""
ARMATURE, FRICTION_LOSS = 0.002, 0.02
"""Of a finger's joint [kg m^2, Nm]."""
FRICTION = 1.0
"""Sliding friction of a hand's rubber pads."""

_SOURCE = "g1_hands/g1_with_hands.xml"
_PALMS = {"left": (0.0415, 0.003, 0.0), "right": (0.0415, -0.003, 0.0)}
"""Of the palm's mesh in the wrist_yaw frame [m]."""


def put_on_hands(spec: mujoco.MjSpec, *, visuals: bool) -> None:
    """Replace both rubber hands of a G1 by Dex3 hands. Its other bodies, joints and contacts stay as they are.

    The new geoms touch as the rubber hands did: `g1_spec` sets who touches whom.

    Args:
        spec: of mjlab's G1, changed in place.
        visuals: draw them too.

    Raises:
        ConfigError: the robot has no rubber hands to replace.
    """
    path = asset(_SOURCE)
    source = mujoco.MjSpec.from_file(str(path))
    folder = path.parent / source.meshdir
    files = {m.name or m.file.removesuffix(".STL"): folder / m.file for m in source.meshes if "hand_" in m.file}
    for name, (vertices, faces) in decimated(files, FACES).items():
        spec.add_mesh(name=name, uservert=vertices.ravel(), userface=faces.ravel(), smoothnormal=True)
    for side in ("left", "right"):
        wrist = spec.body(f"{side}_wrist_yaw_link")
        rubber = [g for g in wrist.geoms if g.meshname == f"{side}_rubber_hand" or g.name == f"{side}_hand_collision"]
        if len(rubber) != 2:
            raise ConfigError(
                "Dex3 hands go onto the G1 of mjlab, whose rubber hands they replace; this is another one"
            )
        for geom in rubber:
            spec.delete(geom)
        theirs = source.body(f"{side}_wrist_yaw_link")
        _copy_inertia(theirs, wrist)
        _add_mesh(wrist, f"{side}_hand_palm_link", visuals, pos=_PALMS[side])
        for finger in theirs.bodies:
            _copy_finger(finger, wrist, visuals)
    spec.delete(spec.mesh("left_rubber_hand"))
    spec.delete(spec.mesh("right_rubber_hand"))


def finger_addresses(model: mujoco.MjModel) -> tuple[Array, Array] | None:
    """Where the 14 finger joints are: indices into qpos and into ctrl; None for a robot without fingers."""
    if any(mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, name) < 0 for name in HAND_JOINTS):
        return None
    positions = [model.joint(name).qposadr[0] for name in HAND_JOINTS]
    return np.array(positions), np.array([model.actuator(name).id for name in HAND_JOINTS])


def is_hand(body: str) -> bool:
    """Whether a body of that name is a part of a Dex3 hand, or carries its palm."""
    return "_hand_" in body or body.endswith("_wrist_yaw_link")


def soften(geom: Any) -> None:
    """Make a part of the hand hold what it touches."""
    geom.priority, geom.condim = 2, 4
    geom.friction = [FRICTION, 0.01, 0.0005]
    geom.solref = [0.01, 1.0]


def _copy_finger(source: Any, parent: Any, visuals: bool) -> None:
    body = parent.add_body(name=source.name, pos=source.pos, quat=source.quat)
    _copy_inertia(source, body)
    for joint in source.joints:
        body.add_joint(
            name=joint.name, type=mujoco.mjtJoint.mjJNT_HINGE, axis=joint.axis, pos=joint.pos, range=joint.range
        )
    for geom in source.geoms:
        if geom.type != mujoco.mjtGeom.mjGEOM_MESH:  # the thumb's middle link touches as a box
            body.add_geom(type=geom.type, size=geom.size, pos=geom.pos, quat=geom.quat, group=3, mass=0.0)
    boxed = any(geom.type != mujoco.mjtGeom.mjGEOM_MESH for geom in source.geoms)
    _add_mesh(body, source.name, visuals, touches=not boxed)
    for child in source.bodies:
        _copy_finger(child, body, visuals)


def _add_mesh(
    body: Any, mesh: str, visuals: bool, pos: tuple[float, float, float] = (0.0, 0.0, 0.0), *, touches: bool = True
) -> None:
    shape = {"type": mujoco.mjtGeom.mjGEOM_MESH, "meshname": mesh, "pos": pos, "mass": 0.0}
    if touches:
        body.add_geom(**shape, group=3)
    if visuals:
        body.add_geom(**shape, group=2, contype=0, conaffinity=0, rgba=[0.25, 0.25, 0.27, 1.0])


def _copy_inertia(source: Any, target: Any) -> None:
    target.mass, target.ipos, target.iquat = source.mass, source.ipos, source.iquat
    target.inertia, target.fullinertia = source.inertia, source.fullinertia
    target.explicitinertial = True
