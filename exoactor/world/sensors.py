"""What the robot feels of itself, with the errors its sensors have. Nothing here reads the free joint's position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np

from exoactor.types import HAND_JOINTS, Array, Sensors
from exoactor.types.rotations import quat_multiply, yaw_quat
from exoactor.world.g1 import joint_addresses
from exoactor.world.hands import finger_addresses


@dataclass(frozen=True)
class SensorNoiseCfg:
    """One-sigma errors; round figures for the G1's class of parts (17-bit encoders behind a gear, a MEMS IMU).

    Args:
        encoder: zero-point error of each joint, fixed [rad].
        encoder_noise: [rad].
        velocity_noise: of the differentiated encoders [rad/s].
        gyro_bias: fixed, after calibration at rest [rad/s].
        gyro_noise: [rad/s].
        accel_bias: fixed [m/s^2].
        accel_noise: [m/s^2].
        tilt: fixed error of roll and pitch [rad].
        tilt_noise: [rad].
        yaw_drift: constant rate of the attitude filter's yaw [rad/s].
        yaw_walk: its random walk [rad/sqrt(s)].
        foot_load: normal force above which a foot counts as pressed on the floor [N].
    """

    encoder: float = 0.003
    encoder_noise: float = 0.001
    velocity_noise: float = 0.03
    gyro_bias: float = 0.002
    gyro_noise: float = 0.01
    accel_bias: float = 0.03
    accel_noise: float = 0.05
    tilt: float = 0.004
    tilt_noise: float = 0.001
    yaw_drift: float = 0.0005
    yaw_walk: float = 0.001
    foot_load: float = 20.0


class SensorSuite:
    """Reads one robot's sensors.

    Noise is drawn from (seed, step number), so that neither the number of readings nor looks through
    the camera change it, and only the drifting yaw has to be saved with the world.

    Args:
        model: with the robot's bodies.
        seed: of the fixed errors and the noise.
        cfg: sizes of the errors.

    Attributes:
        yaw_error: of the IMU's yaw against the world's [rad]; starts anywhere, for an IMU knows no north.
    """

    def __init__(self, model: Any, seed: int, cfg: SensorNoiseCfg | None = None) -> None:
        self.cfg = cfg or SensorNoiseCfg()
        self._model, self._seed = model, seed
        rng = np.random.default_rng([seed, 1])
        self._encoder_zero = rng.normal(0, self.cfg.encoder, 29)
        self._gyro_bias = rng.normal(0, self.cfg.gyro_bias, 3)
        self._accel_bias = rng.normal(0, self.cfg.accel_bias, 3)
        self._tilt = rng.normal(0, self.cfg.tilt, 2)
        self._drift = rng.normal(0, self.cfg.yaw_drift)
        self.yaw_error = float(rng.uniform(-np.pi, np.pi))
        self._qpos, self._qvel = joint_addresses(model)
        self._fingers = finger_addresses(model)
        self._finger_zero = rng.normal(
            0, self.cfg.encoder, len(HAND_JOINTS)
        )  # drawn last: the others stay as they were
        self._feet = [model.body(f"{side}_ankle_roll_link").id for side in ("left", "right")]
        self._accelerometer = model.sensor("pelvis_accelerometer").adr[0]

    def advance(self, step: int, seconds: float) -> None:
        """Let the yaw drift over one control period."""
        walk = np.random.default_rng([self._seed, 2, step]).normal()
        self.yaw_error += self._drift * seconds + self.cfg.yaw_walk * np.sqrt(seconds) * walk

    def read(self, data: Any, step: int) -> Sensors:
        """The reading of control step `step`."""
        cfg, rng = self.cfg, np.random.default_rng([self._seed, 3, step])
        roll, pitch = (self._tilt + rng.normal(0, cfg.tilt_noise, 2)) / 2
        tilt = np.array([1.0, roll, pitch, 0.0])
        quat = quat_multiply(yaw_quat(self.yaw_error), quat_multiply(data.qpos[3:7], tilt / np.linalg.norm(tilt)))
        start = self._accelerometer
        fingers = None
        if self._fingers is not None:
            noise = np.random.default_rng([self._seed, 5, step]).normal(0, cfg.encoder_noise, len(HAND_JOINTS))
            fingers = data.qpos[self._fingers[0]] + self._finger_zero + noise
        return Sensors(
            time=float(data.time),
            joint_pos=data.qpos[self._qpos] + self._encoder_zero + rng.normal(0, cfg.encoder_noise, 29),
            joint_vel=data.qvel[self._qvel] + rng.normal(0, cfg.velocity_noise, 29),
            quat=quat,
            gyro=data.qvel[3:6] + self._gyro_bias + rng.normal(0, cfg.gyro_noise, 3),
            accel=data.sensordata[start : start + 3] + self._accel_bias + rng.normal(0, cfg.accel_noise, 3),
            foot_contact=self._foot_load(data) > cfg.foot_load,
            fingers=fingers,
        )

    def _foot_load(self, data: Any) -> Array:
        """(2,) normal force under each foot [N]."""
        load, force = np.zeros(2), np.zeros(6)
        bodies = self._model.geom_bodyid[data.contact.geom] if data.ncon else np.zeros((0, 2), int)
        for i, pair in enumerate(bodies):
            for side, foot in enumerate(self._feet):
                if foot in pair:
                    mujoco.mj_contactForce(self._model, data, i, force)
                    load[side] += force[0]
        return load
