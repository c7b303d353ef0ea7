"""A scene and the robot as one MuJoCo model.

Contacts: everything but the robot has contype 1; the robot has conaffinity 1 and contype 0, so it touches floor,
furniture and objects with every body, never itself. Objects move by contact and friction alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import mujoco
import numpy as np

from exoactor.types import Actuation, Array, Camera
from exoactor.world.furniture import Part, backdrop, parts
from exoactor.world.g1 import TIMESTEP, g1_spec
from exoactor.world.looks import CEILING_RGB, WALL_RGB, floor_texture, role_rgb
from exoactor.world.placement import Thing, corners, in_world
from exoactor.world.scene_file import SceneSpec

CAMERA = "third_person"
"""Name of the scene's camera in the model."""
SHADOW_PIXELS = 512
"""Edge of the shadow map; 1024 looks the same at 640x480 and costs 7 ms more a picture."""
AMBIENT, DIFFUSE, KEY_LIGHT = 0.42, 0.28, 0.40
"""Headlight ambient and diffuse, and the one lamp that casts shadows."""
LAMP_HEIGHT = 5.0
FLOOR_FRICTION = 0.2
"""Of two surfaces the larger coefficient counts: on this floor things slide as their own say, and soles hold."""
IMPEDANCE_RATIO = 10.0
"""Of frictional to normal constraints; higher slips less."""

_GEOMS = {
    "box": mujoco.mjtGeom.mjGEOM_BOX,
    "cylinder": mujoco.mjtGeom.mjGEOM_CYLINDER,
    "sphere": mujoco.mjtGeom.mjGEOM_SPHERE,
}


def build(
    scene: SceneSpec,
    actuation: Actuation | None = None,
    *,
    timestep: float = TIMESTEP,
    foot_capsules: Literal["all", "two"] = "all",
    mjcf: Path | None = None,
) -> mujoco.MjModel:
    """The physics and rendering model of a scene with the robot at its start.

    The robot's free joint and joints (fingers among them) come first in qpos, then 7 numbers for each movable thing in
    the order of the scene. A body is named as the thing's id.

    Args:
        scene: what to build.
        actuation: the robot's servos, see `g1_spec`.
        timestep: of the physics [s].
        foot_capsules: see `g1_spec`.
        mjcf: the user's own G1 description.
    """
    spec = g1_spec(
        actuation, contacts="all", timestep=timestep, foot_capsules=foot_capsules, mjcf=mjcf, hands=scene.hands
    )
    # With a pyramidal cone things creep out of a squeeze: 0 of 14 boxes were lifted with it, 20 of 20 with this.
    spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    spec.option.impratio = IMPEDANCE_RATIO
    pelvis = spec.body("pelvis")
    pelvis.pos = [scene.robot.x, scene.robot.y, pelvis.pos[2]]
    pelvis.quat = _yaw_quat(scene.robot.yaw)
    pelvis.add_site(name="pelvis_imu")
    spec.add_sensor(
        name="pelvis_accelerometer",
        type=mujoco.mjtSensor.mjSENS_ACCELEROMETER,
        objtype=mujoco.mjtObj.mjOBJ_SITE,
        objname="pelvis_imu",
    )
    furnish(spec, scene.things, scene.camera, keep_clear=[scene.robot.xy])
    return spec.compile()


def furnish(
    spec: mujoco.MjSpec, things: Sequence[Thing], camera: Camera, keep_clear: Sequence[Array] = ()
) -> mujoco.MjSpec:
    """Add floor, back walls, lights, things and camera to a model.

    Args:
        spec: changed in place, and returned.
        things: what stands where; movable ones get a free joint.
        camera: becomes the camera named `CAMERA`.
        keep_clear: points (2,) that must lie inside the room [m].
    """
    _set_visuals(spec, camera)
    world = spec.worldbody
    _add_texture(spec, "floor", floor_texture(), repeat=1.0)
    world.add_geom(
        name="floor",
        type=mujoco.mjtGeom.mjGEOM_PLANE,
        size=[0, 0, 0.05],
        material="floor",
        friction=[FLOOR_FRICTION, 0.005, 0.0001],
        contype=1,
        conaffinity=1,
    )
    for i, wall in enumerate(room_walls(things, camera, keep_clear)):
        world.add_geom(name=f"room_wall_{i}", **_geom(wall), rgba=[*WALL_RGB, 1], contype=1, conaffinity=1)
    for thing in things:
        _add_thing(world, thing)
    _add_lamp(world, camera)
    world.add_camera(name=CAMERA, pos=camera.position, quat=camera_quat(camera), fovy=camera.fovy_deg)
    return spec


def room_walls(things: Sequence[Thing], camera: Camera, keep_clear: Sequence[Array] = ()) -> tuple[Part, ...]:
    """The walls behind the things, as boxes in the world frame."""
    along_walls = ("door", "shelf")
    free = [c for t in things if t.item.kind not in along_walls for p in in_world(t) for c in corners(p)]
    thin = [c for t in things if t.item.kind in along_walls for p in in_world(t) for c in corners(p)]
    return backdrop(np.array([*free, *keep_clear]), np.array(thin).reshape(-1, 2), camera.position)


def camera_quat(camera: Camera) -> Array:
    """(4,) wxyz of a MuJoCo camera body (x right, y up, looking along -z) with the given calibration."""
    quat = np.zeros(4)
    mujoco.mju_mat2Quat(quat, (camera.rotation @ np.diag([1.0, -1.0, -1.0])).ravel())
    return quat


def _yaw_quat(yaw: float) -> list[float]:
    return [float(np.cos(yaw / 2)), 0.0, 0.0, float(np.sin(yaw / 2))]


def _geom(part: Part) -> dict[str, Any]:
    size = part.half_size if part.shape != "cylinder" else np.array([part.half_size[0], part.half_size[2], 0])
    return {"type": _GEOMS[part.shape], "size": size, "pos": part.center, "quat": _yaw_quat(part.yaw)}


def _add_thing(world: Any, thing: Thing) -> None:
    # A movable thing starts 1 mm above what carries it, so that contacts do not start with a push.
    lift = 0.001 if thing.item.movable else 0.0
    body = world.add_body(name=thing.id, pos=thing.position + np.array([0, 0, lift]), quat=_yaw_quat(thing.yaw))
    pieces = parts(thing.item.kind, thing.item.size)
    mass: dict[str, float] = {}
    if thing.item.movable:
        body.add_freejoint(name=thing.id)
    volume = sum(float(np.prod(p.half_size)) for p in pieces)
    for i, part in enumerate(pieces):
        if thing.item.movable:
            mass = {"mass": thing.mass * float(np.prod(part.half_size)) / volume}
        body.add_geom(
            name=f"{thing.id}_{i}",
            **_geom(part),
            **mass,
            rgba=[*role_rgb(thing.item.color, part.role), 1.0],
            friction=[thing.friction, 0.005, 0.0005],
            condim=4 if thing.item.movable else 3,
            contype=1,
            conaffinity=1,
        )


def _add_lamp(world: Any, camera: Camera) -> None:
    """A spot light over the camera's side of the room: behind the viewer, so that no wall shades it."""
    forward = camera.rotation[:2, 2] / np.linalg.norm(camera.rotation[:2, 2])
    middle = camera.position[:2] + 4.0 * forward  # what the camera looks at, roughly
    side = np.array([forward[1], -forward[0]])
    place = np.array([*(middle - 2.2 * forward + 0.6 * side), LAMP_HEIGHT])
    world.add_light(
        name="lamp",
        type=mujoco.mjtLightType.mjLIGHT_SPOT,  # a directional light's shadow map is too coarse: stripes on the floor
        pos=place,
        dir=np.array([*middle, 0.3]) - place,
        cutoff=75,
        exponent=0,
        attenuation=[1, 0, 0],
        castshadow=True,
        diffuse=[KEY_LIGHT] * 3,
        specular=[0.05] * 3,
        ambient=[0, 0, 0],
    )


def _add_texture(spec: mujoco.MjSpec, name: str, image: Array, repeat: float) -> None:
    texture = spec.add_texture(
        name=name,
        type=mujoco.mjtTexture.mjTEXTURE_2D,
        width=image.shape[1],
        height=image.shape[0],
        nchannel=3,
    )
    texture.data = np.ascontiguousarray(image).tobytes()
    material = spec.add_material(name=name, texrepeat=[repeat, repeat], texuniform=True, specular=0.05, shininess=0.1)
    roles = list(material.textures)
    roles[int(mujoco.mjtTextureRole.mjTEXROLE_RGB)] = name
    material.textures = roles


def _set_visuals(spec: mujoco.MjSpec, camera: Camera) -> None:
    visual = spec.visual
    visual.global_.offwidth, visual.global_.offheight = camera.size
    visual.quality.shadowsize = SHADOW_PIXELS
    visual.quality.offsamples = 0
    visual.headlight.ambient = [AMBIENT] * 3
    visual.headlight.diffuse = [DIFFUSE] * 3
    visual.headlight.specular = [0, 0, 0]
    spec.add_texture(
        name="above_the_walls",
        type=mujoco.mjtTexture.mjTEXTURE_SKYBOX,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_FLAT,
        rgb1=CEILING_RGB,
        rgb2=CEILING_RGB,
        width=8,
        height=48,
    )
    visual.map.znear, visual.map.zfar = 0.02, 8.0  # in units of the extent below
    spec.stat.extent = 4.0
    spec.stat.center = [*camera.position[:2] * 0.3, 0.7]
