"""Draws the textured person from a calibrated camera, on nothing: a MuJoCo skin on one mocap body per joint."""

from __future__ import annotations

from typing import Self

import mujoco
import numpy as np
from scipy.spatial.transform import Rotation

from exoactor.body import Body
from exoactor.types import Array, Camera
from exoactor.world.backend import choose_backend

_NEAR, _FAR = 0.05, 30.0
_PIXEL = 1e-5  # side of a pixel on the sensor [m]; any will do


class PersonRenderer:
    """Context manager around one GL context, one person and one camera.

    Args:
        body: the body model.
        betas: (10,) shape.
        texture: (S, S, 3) uint8.
        camera: where it is seen from.
        light: brightness factor.
    """

    def __init__(self, body: Body, betas: Array, texture: Array, camera: Camera, light: float = 1.0) -> None:
        choose_backend()
        self._model = _model(body, betas, texture, camera, light)
        self._data = mujoco.MjData(self._model)
        width, height = camera.size
        self._renderer = mujoco.Renderer(self._model, height, width)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._renderer.close()

    def aim(self, camera: Camera) -> None:
        """See the poses to come from another camera, of the same picture size."""
        height, width = self._renderer.height, self._renderer.width
        if camera.size != (width, height):
            raise ValueError(f"camera: size {camera.size} given, {(width, height)} wanted")
        model, (fx, fy) = self._model, np.diag(camera.intrinsics)[:2]
        cx, cy = camera.intrinsics[:2, 2]
        model.cam_pos[0] = camera.position
        model.cam_quat[0] = _turn(camera)
        model.cam_intrinsic[0] = _PIXEL * np.array([fx, fy, width / 2 - cx, cy - height / 2])

    def pose(self, rotations: Array, positions: Array) -> None:
        """Take a pose: joint frames (55, 3, 3) and (55, 3) [m] in the world."""
        self._data.mocap_pos[:] = positions
        self._data.mocap_quat[:] = Rotation.from_matrix(rotations).as_quat(scalar_first=True)
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)
        self._renderer.update_scene(self._data, "camera")

    def colour(self) -> Array:
        """(H, W, 3) uint8 of the pose taken last; black where there is nobody. Valid until the next call."""
        return np.asarray(self._renderer.render())

    def depth(self) -> Array:
        """(H, W) float32 [m along the optical axis] of the pose taken last; at least 20 where there is nobody."""
        self._renderer.enable_depth_rendering()
        try:
            return np.asarray(self._renderer.render()).copy()
        finally:
            self._renderer.disable_depth_rendering()


def _model(body: Body, betas: Array, texture: Array, camera: Camera, light: float) -> mujoco.MjModel:
    spec = mujoco.MjSpec()
    width, height = camera.size
    spec.visual.global_.offwidth, spec.visual.global_.offheight = width, height
    spec.visual.quality.offsamples = 0
    spec.visual.quality.shadowsize = 0
    spec.visual.headlight.ambient = [0.44 * light] * 3
    spec.visual.headlight.diffuse = [0.30 * light] * 3
    spec.visual.headlight.specular = [0, 0, 0]
    spec.stat.extent = 1.0
    spec.visual.map.znear, spec.visual.map.zfar = _NEAR, _FAR
    world = spec.worldbody
    world.add_light(
        pos=[1.5, -2, 3.2],
        dir=[-0.35, 0.45, -1],
        type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL,
        castshadow=False,
        diffuse=[0.45 * light] * 3,
        ambient=[0, 0, 0],
        specular=[0.05] * 3,
    )
    fx, fy = camera.intrinsics[0, 0], camera.intrinsics[1, 1]
    cx, cy = camera.intrinsics[0, 2], camera.intrinsics[1, 2]
    world.add_camera(
        name="camera",
        pos=camera.position,
        quat=_turn(camera),
        resolution=[width, height],
        sensor_size=[width * _PIXEL, height * _PIXEL],
        focal_pixel=[fx, fy],
        principal_pixel=[width / 2 - cx, cy - height / 2],
    )
    rest = body.joints(betas)
    for joint in range(len(rest)):
        world.add_body(name=f"joint{joint}", mocap=True, pos=rest[joint])
    _add_skin(spec, body, betas, rest, texture)
    return spec.compile()


def _turn(camera: Camera) -> Array:
    """(4,) wxyz: MuJoCo's cameras look along -z with y up, OpenCV's along z with y down."""
    turned = camera.rotation @ np.diag([1.0, -1, -1])
    return np.asarray(Rotation.from_matrix(turned).as_quat(scalar_first=True))


def _add_skin(spec: mujoco.MjSpec, body: Body, betas: Array, rest: Array, texture: Array) -> None:
    image = spec.add_texture(
        name="person",
        type=mujoco.mjtTexture.mjTEXTURE_2D,
        width=texture.shape[1],
        height=texture.shape[0],
        nchannel=3,
    )
    image.data = np.ascontiguousarray(texture).tobytes()
    material = spec.add_material(name="person", specular=0.05, shininess=0.05)
    roles = list(material.textures)
    roles[int(mujoco.mjtTextureRole.mjTEXROLE_RGB)] = "person"
    material.textures = roles
    vertices = body.vertices(betas)
    dressed = vertices + _normals(vertices, body.faces) * body.clothing[:, None]
    # a skin has one texture coordinate a vertex: vertices on a seam are doubled
    pairs = np.stack([body.faces.reshape(-1), body.uv_faces.reshape(-1)], -1)
    unique, corner = np.unique(pairs, axis=0, return_inverse=True)
    uv = body.uv[unique[:, 1]] * [1, -1] + [0, 1]
    skin = spec.add_skin(name="person", material="person", group=0)
    skin.vert = dressed[unique[:, 0]].reshape(-1).tolist()
    skin.texcoord = uv.reshape(-1).tolist()
    skin.face = corner.reshape(-1).tolist()
    weights = body.weights[unique[:, 0]]
    joints = [j for j in range(len(rest)) if (weights[:, j] > 1e-4).any()]
    moved = [np.nonzero(weights[:, j] > 1e-4)[0] for j in joints]
    skin.bodyname = [f"joint{j}" for j in joints]
    skin.bindpos = rest[joints].reshape(-1).tolist()
    skin.bindquat = np.tile([1.0, 0, 0, 0], len(joints)).tolist()
    skin.vertid = [found.tolist() for found in moved]
    skin.vertweight = [weights[found, j].tolist() for j, found in zip(joints, moved, strict=True)]


def _normals(vertices: Array, faces: Array) -> Array:
    """(V, 3) unit vertex normals, weighted by area."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    flat = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(normals, faces[:, k], flat)
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12))
