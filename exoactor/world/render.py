"""RGB and depth of the scene's camera, rendered off screen with whatever OpenGL this machine has."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from exoactor.types import Array, Camera, ConfigError
from exoactor.world.backend import BACKENDS, choose_backend


@dataclass(frozen=True)
class DepthNoiseCfg:
    """A structured-light camera's depth errors, in the shape measured by Nguyen et al. (3DIMPVT 2012) for Kinect.

    Args:
        sigma_const: a of sigma = a + b z^2 [m].
        sigma_square: b [1/m].
        step_square: quantisation grows with distance: step = c z^2 [1/m].
        edge_jump: neighbouring pixels whose depth differs by more than this share of z lose their return, mostly.
        edge_loss: probability of that.
        random_loss: probability that any pixel has no return.
        near, far: outside of these there is no return [m].
    """

    sigma_const: float = 0.0015
    sigma_square: float = 0.0012
    step_square: float = 0.0007
    edge_jump: float = 0.03
    edge_loss: float = 0.6
    random_loss: float = 0.002
    near: float = 0.3
    far: float = 10.0


def noisy_depth(depth: Array, rng: np.random.Generator, cfg: DepthNoiseCfg | None = None) -> Array:
    """What a depth camera would return for a true depth image.

    Args:
        depth: (H, W) true distance along the optical axis [m].
        rng: source of the noise.
        cfg: noise model.

    Returns:
        (H, W) float32, 0 where there is no return.
    """
    cfg = cfg or DepthNoiseCfg()
    z = depth.astype(np.float32)
    square = z * z
    noise = rng.standard_normal(z.shape, dtype=np.float32)
    out = noise * (np.float32(cfg.sigma_const) + np.float32(cfg.sigma_square) * square)
    out += z
    step = np.maximum(np.float32(cfg.step_square) * square, np.float32(5e-4))
    out /= step
    np.rint(out, out=out)
    out *= step
    lost = rng.random(z.shape, dtype=np.float32)
    limit = np.float32(cfg.edge_jump) * z
    edge = np.zeros(z.shape, bool)
    down, right = np.abs(np.diff(z, axis=0)) > limit[1:], np.abs(np.diff(z, axis=1)) > limit[:, 1:]
    edge[1:] |= down
    edge[:-1] |= down
    edge[:, 1:] |= right
    edge[:, :-1] |= right
    out[edge & (lost < cfg.edge_loss)] = 0.0
    out[lost > 1.0 - cfg.random_loss] = 0.0
    out[(z < cfg.near) | (z > cfg.far)] = 0.0
    return np.asarray(out, np.float32)


class SceneRenderer:
    """Draws one camera of one model; keep it, a context costs 50 ms.

    Args:
        model: compiled with an off-screen buffer of at least the camera's size.
        camera: name of the camera in the model.
        size: width, height [px].
    """

    def __init__(self, model: Any, camera: str, size: tuple[int, int]) -> None:
        choose_backend()
        import mujoco

        self._mujoco = mujoco
        self._camera = camera
        try:
            self._renderer = _depth_reader()(model, size[1], size[0])
        except Exception as error:  # GL loaders raise all sorts
            name = os.environ.get("MUJOCO_GL", "default")
            packages = BACKENDS.get(name, BACKENDS["egl"])[1]
            raise ConfigError(
                f"the OpenGL backend {name!r} (MUJOCO_GL) does not work here: {error}. "
                f"Do: sudo apt install {packages}, or set MUJOCO_GL to another of {', '.join(BACKENDS)}; "
                "`exoactor doctor` tries them"
            ) from error
        self._option = mujoco.MjvOption()
        self._option.geomgroup[:] = [1, 1, 1, 0, 0, 0]  # group 3 holds collision shapes

    def rgb(self, data: Any, *, shadows: bool = True) -> Array:
        """(H, W, 3) uint8; cast shadows more than double the cost."""
        self._update(data, shadows=shadows, sky=True)
        return np.asarray(self._renderer.render())

    def rgbd(self, data: Any, *, shadows: bool = True) -> tuple[Array, Array]:
        """`rgb`, and (H, W) float32 true distance along the optical axis [m], from one drawing."""
        image = self.rgb(data, shadows=shadows)
        return image, self._renderer.distance()

    def close(self) -> None:
        """Give the GL context back."""
        self._renderer.close()

    def _update(self, data: Any, *, shadows: bool, sky: bool) -> None:
        self._renderer.update_scene(data, camera=self._camera, scene_option=self._option)
        flags = self._renderer.scene.flags
        flags[self._mujoco.mjtRndFlag.mjRND_SHADOW] = shadows
        flags[self._mujoco.mjtRndFlag.mjRND_REFLECTION] = False
        flags[self._mujoco.mjtRndFlag.mjRND_SKYBOX] = sky
        flags[self._mujoco.mjtRndFlag.mjRND_HAZE] = False


@cache
def _depth_reader() -> Any:
    """`mujoco.Renderer` that also gives the depth of the picture just drawn; on its own it draws everything again."""
    import mujoco

    class DepthReader(mujoco.Renderer):  # type: ignore[misc]
        def distance(self) -> Array:
            buffer = np.empty((self._height, self._width), np.float32)
            mujoco.mjr_readPixels(None, buffer, self._rect, self._mjr_context)
            near, far = (z * self._model.stat.extent for z in (self._model.vis.map.znear, self._model.vis.map.zfar))
            # the buffer holds 1 at the near plane and 0 at the far one, hyperbolic between
            return np.asarray(near * far / (np.flipud(buffer).astype(float) * (far - near) + near), np.float32)

    return DepthReader


def camera_of(model: Any, data: Any, name: str, size: tuple[int, int]) -> Camera:
    """Calibration of a camera as MuJoCo draws it (for tests: must equal the scene's)."""
    i = model.camera(name).id
    focal = 0.5 * size[1] / np.tan(np.radians(model.cam_fovy[i]) / 2)
    intrinsics = np.array([[focal, 0, size[0] / 2], [0, focal, size[1] / 2], [0, 0, 1.0]])
    rotation = data.cam_xmat[i].reshape(3, 3) @ np.diag([1.0, -1.0, -1.0])
    return Camera(size, intrinsics, data.cam_xpos[i], rotation)
