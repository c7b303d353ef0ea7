"""A bare G1 on a floor, without rendering: for training, benchmarks and tests of controllers."""

from __future__ import annotations

from typing import Literal

import mujoco
import numpy as np

from exoactor.control.twist2 import ACTUATION
from exoactor.types import CONTROL_HZ, Actuation, Array, Camera, Catalogue, ConfigError, Sensors
from exoactor.types.rotations import quat_to_rpy
from exoactor.world.g1 import g1_spec
from exoactor.world.sensors import SensorNoiseCfg, SensorSuite

TIMESTEP = 0.005
SUBSTEPS = round(1 / CONTROL_HZ / TIMESTEP)


def floor_model(
    actuation: Actuation = ACTUATION, *, fast: bool = False, friction: float = 0.8, torso_mass: float = 0.0
) -> mujoco.MjModel:
    """The G1 with position servos on an endless floor.

    Args:
        actuation: gains and limits.
        fast: two contact capsules a foot instead of seven: three times as fast.
        friction: sliding friction of the feet.
        torso_mass: added to the torso [kg].
    """
    capsules: Literal["all", "two"] = "two" if fast else "all"
    spec = g1_spec(actuation, contacts="feet", visuals=False, timestep=TIMESTEP, foot_capsules=capsules)
    spec.worldbody.add_geom(
        name="floor",
        type=mujoco.mjtGeom.mjGEOM_PLANE,
        size=[0, 0, 0.05],
        contype=1,
        conaffinity=1,
        friction=[friction, 0.005, 0.0001],
    )
    spec.add_sensor(
        name="pelvis_accelerometer",
        type=mujoco.mjtSensor.mjSENS_ACCELEROMETER,
        objtype=mujoco.mjtObj.mjOBJ_SITE,
        objname="imu_in_pelvis",
    )
    model = spec.compile()
    for g in range(model.ngeom):
        if "_foot" in model.geom(g).name:
            model.geom_friction[g, 0] = friction
    model.body_mass[model.body("torso_link").id] += torso_mass
    return model


def place(model: mujoco.MjModel, data: mujoco.MjData, qpos: Array) -> None:
    """Put the robot in pose `qpos` (36,) with its lower sole just on the floor."""
    data.qpos[:36] = qpos
    mujoco.mj_kinematics(model, data)
    soles = [g for g in range(model.ngeom) if "_foot" in model.geom(g).name]
    data.qpos[2] -= min(data.geom_xpos[g, 2] - model.geom_size[g, 0] for g in soles) + 0.001
    mujoco.mj_forward(model, data)


def fallen(data: mujoco.MjData) -> bool:
    """Pelvis below 0.3 m or tilted by more than 70 degrees (truth, for scoring only)."""
    _, x, y, _ = data.qpos[3:7]
    return bool(data.qpos[2] < 0.3 or 1 - 2 * (x * x + y * y) < 0.34)


class FloorRobot:
    """The bare G1 as a `Robot` with the world's noisy sensors, in the dark: its image is black, its depth empty.

    Args:
        model: of `floor_model`.
        qpos: (36,) to begin in; the soles are put on the floor.
        seed: of the noise.
        noise: sizes of the sensors' errors.
    """

    def __init__(
        self, model: mujoco.MjModel, qpos: Array, *, seed: int = 0, noise: SensorNoiseCfg | None = None
    ) -> None:
        self.model = model
        self.data = mujoco.MjData(model)
        place(model, self.data, qpos)
        self.data.ctrl[:29] = qpos[7:36]
        self.camera = Camera.looking_at(np.array([3.0, -3.0, 1.6]), np.array([0.0, 0.0, 0.7]), 50.0, (64, 48))
        self.catalogue: Catalogue = ()
        self._suite = SensorSuite(model, seed, noise)
        self._steps = 0

    def configure(self, actuation: Actuation) -> None:
        """Check that the model's servos are those of `actuation`."""
        if not np.allclose(self.model.actuator_gainprm[:29, 0], actuation.kp):
            raise ConfigError("this model was built with other servo gains; build it with floor_model(actuation)")

    def sense(self) -> Sensors:
        """Noisy readings."""
        return self._suite.read(self.data, self._steps)

    def look(self, *, depth: bool = True, plain: bool = False) -> tuple[float, Array, Array]:
        """Time and black images."""
        width, height = self.camera.size
        dark = np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.float32)
        return float(self.data.time), *dark

    def hold_fingers(self, targets: Array) -> None:
        """It has none."""
        raise ConfigError("the robot that policies are trained on has rubber hands, without fingers")

    def step(self, joint_targets: Array) -> None:
        """One control period."""
        self.data.ctrl[:29] = joint_targets
        mujoco.mj_step(self.model, self.data, nstep=SUBSTEPS)
        self._steps += 1
        self._suite.advance(self._steps, 1 / CONTROL_HZ)

    @property
    def truth(self) -> Array:
        """(3,) true root x, y, yaw: for scoring, and for simulated camera fixes with stated noise."""
        return np.array([*self.data.qpos[:2], quat_to_rpy(self.data.qpos[3:7])[2]])
