"""Where the robot is: leg odometry and IMU between looks, corrected by the camera, in a small Kalman filter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoactor.control.kinematics import Kinematics
from exoactor.types import CONTROL_HZ, Array, Pose2D, Sensors
from exoactor.types.rotations import quat_to_rpy, wrap, yaw_matrix

DT = 1 / CONTROL_HZ


@dataclass(frozen=True)
class EstimatorCfg:
    """Noise the filter reckons with.

    Args:
        step_noise: standard deviation of the odometry a metre of way, as a share of it.
        rest_noise: random walk of the position while standing [m/sqrt(s)].
        flight_noise: the same while no foot is planted [m/sqrt(s)].
        yaw_noise: random walk of the IMU's yaw [rad/sqrt(s)].
        turn_noise: error of the IMU's yaw a radian turned, as a share of it.
        gate: fixes further from the estimate than this many standard deviations are not believed at once.
    """

    step_noise: float = 0.08
    rest_noise: float = 0.002
    flight_noise: float = 0.05
    yaw_noise: float = 0.004
    turn_noise: float = 0.02
    gate: float = 4.0


class StateEstimator:
    """Root x, y, yaw with covariance, and pelvis height, from the robot's own sensors and camera fixes.

    A planted foot does not move: what its lowest sole point moves relative to the pelvis, the pelvis has moved the
    other way. Taking the lowest point rather than the ankle keeps this right while the foot rolls over heel and toe.

    Attributes:
        located: whether a pose was ever given; before that the pose is relative to where it was switched on.
        height: pelvis above the floor [m], from the lower planted sole.
        tilt: angle between the pelvis's z axis and gravity [rad].
        kinematics: at the last reading.
        roll_pitch: (2,) of the pelvis against gravity, by the IMU [rad].
        seated: the pelvis rests on a seat: without a planted foot it stays where it is, instead of flying on.
    """

    def __init__(self, cfg: EstimatorCfg | None = None) -> None:
        self.cfg = cfg or EstimatorCfg()
        self.kinematics = Kinematics()
        self.located = False
        self.seated = False
        self.height = 0.75
        self.tilt = 0.0
        self.roll_pitch = np.zeros(2)
        self._state = np.zeros(3)
        self._covariance = np.diag([1.0, 1.0, 1.0])
        self._velocity = np.zeros(2)
        self._soles: Array | None = None
        self._contact = np.zeros(2, bool)
        self._imu_yaw = 0.0
        self._time = 0.0

    @property
    def pose(self) -> Array:
        """(3,) x [m], y [m], yaw [rad] in [-pi, pi)."""
        return np.array([self._state[0], self._state[1], float(wrap(self._state[2]))])

    @property
    def std(self) -> Array:
        """(3,) one-sigma of `pose` [m, m, rad]."""
        return np.asarray(np.sqrt(np.diag(self._covariance)))

    def start(self, pose: Pose2D, std: Array | None = None) -> None:
        """Forget what was believed about the pose and take this one; (3,) one-sigma `std` [m, m, rad]."""
        self._state = np.array([pose.x, pose.y, pose.yaw])
        self._covariance = np.diag(np.square(np.array([0.03, 0.03, 0.03]) if std is None else np.asarray(std, float)))
        self.located = True

    def update(self, sensors: Sensors) -> None:
        """Take one sensor reading; call at every control step. Readings of a time already seen change nothing."""
        roll, pitch, imu_yaw = quat_to_rpy(sensors.quat)
        self.roll_pitch = np.array([roll, pitch])
        self.tilt = float(np.arccos(np.clip(np.cos(roll) * np.cos(pitch), -1, 1)))
        if self._soles is not None and sensors.time <= self._time:
            return
        self.kinematics.update(sensors.joint_pos, sensors.quat)
        soles = self.kinematics.soles()
        low = soles[..., 2].min(axis=1)
        planted = np.array(sensors.foot_contact)
        if planted.any():
            self.height = float(-low[planted].min())
        if self._soles is not None:
            elapsed = sensors.time - self._time
            turned = float(wrap(imu_yaw - self._imu_yaw))
            self._predict(self._soles, soles, planted & self._contact, turned, elapsed)
        self._soles, self._contact, self._imu_yaw, self._time = soles, planted, float(imu_yaw), sensors.time

    def fix(self, pose: Pose2D, std: Array) -> bool:
        """Correct by a camera fix with (3,) one-sigma `std` [m, m, rad].

        Returns:
            False if the fix was too far off to be believed; the uncertainty then grows, so that a second fix
            that says the same is believed.
        """
        if not self.located:
            self.start(pose, std)
            return True
        noise = np.diag(np.square(np.asarray(std, float)))
        surprise = np.array([pose.x, pose.y, pose.yaw]) - self._state
        surprise[2] = float(wrap(surprise[2]))
        total = self._covariance + noise
        if float(surprise @ np.linalg.solve(total, surprise)) > self.cfg.gate**2:
            self._covariance = self._covariance + np.diag(np.square(surprise)) / 4
            return False
        gain = self._covariance @ np.linalg.inv(total)
        self._state = self._state + gain @ surprise
        rest = np.eye(3) - gain
        self._covariance = rest @ self._covariance @ rest.T + gain @ noise @ gain.T
        return True

    def _predict(self, before: Array, soles: Array, planted: Array, turned: float, elapsed: float) -> None:
        cfg = self.cfg
        # Both sets of points are in heading frames; bring the new ones into the old heading.
        turn = np.eye(3)
        turn[:2, :2] = yaw_matrix(turned)
        now = soles @ turn.T
        if planted.any():
            weight = np.exp(-(now[..., 2] + before[..., 2]) / 0.006)
            weight *= planted[:, None]
            weight /= weight.sum()
            moved = -(weight[..., None] * (now - before)).sum(axis=(0, 1))[:2]
            self._velocity = moved / max(elapsed, 1e-6)
            spread = cfg.rest_noise * np.sqrt(elapsed)
        else:
            if self.seated:
                self._velocity = np.zeros(2)
            moved = self._velocity * elapsed
            spread = cfg.flight_noise * np.sqrt(elapsed)
        world = yaw_matrix(self._state[2]) @ moved
        way = float(np.hypot(*moved))
        transition = np.eye(3)
        transition[0, 2], transition[1, 2] = -world[1], world[0]
        # Errors of successive steps are alike rather than independent: scale so that a metre adds step_noise.
        added = np.array([spread**2 + cfg.step_noise**2 * way] * 2 + [0.0])
        added[2] = cfg.yaw_noise**2 * elapsed + cfg.turn_noise**2 * abs(turned)
        self._covariance = transition @ self._covariance @ transition.T + np.diag(added)
        self._state = self._state + np.array([world[0], world[1], turned])
        self._velocity = yaw_matrix(-turned) @ self._velocity
