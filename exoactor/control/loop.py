"""One control step after the other: correct, act, step, sense, estimate, and feel whether the robot fell."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from exoactor.control.estimator import StateEstimator
from exoactor.control.outer import OuterLoops
from exoactor.types import Array, Controller, Interrupted, Robot, Sensors, TrackingCommand

FALL_TILT = 1.0
"""A pelvis tilted by more than this has fallen [rad]."""

FALL_TILT_SEATED = 1.3
"""The same of one that sits, and bows over its knees before it rises [rad]."""

FALL_HEIGHT = 0.35
"""A pelvis lower than this over its planted sole has fallen [m]."""


class Loop:
    """One robot under one controller.

    Args:
        robot: simulated or real.
        controller: the policy.
        estimator: of where the robot is.
        remember: the controller goes on from the last motion.

    Attributes:
        outer: loops that correct what is asked for; None while there are none.
        sensors: as measured last.
        targets: (29,) joint targets that were sent last [rad]; None before the first.
        fell: the robot has fallen.
    """

    def __init__(
        self, robot: Robot, controller: Controller, estimator: StateEstimator, *, remember: bool = False
    ) -> None:
        self.robot, self.controller, self.estimator = robot, controller, estimator
        robot.configure(controller.actuation)
        if not remember:
            controller.reset()
        self.outer: OuterLoops | None = None
        self.sensors: Sensors = robot.sense()
        estimator.update(self.sensors)
        self.targets: Array | None = None
        self.fell = False
        self._low = 0

    def tick(
        self,
        command: TrackingCommand,
        aim: Array | None = None,
        index: int | None = None,
        *,
        servo: bool = False,
        resting: bool = False,
        should_stop: Callable[[], bool] | None = None,
    ) -> bool:
        """One control step.

        Args:
            command: what is asked for.
            aim: (3,) x, y, yaw the root should have [m, m, rad]; None corrects nothing.
            index: frame of the motion that the outer loops correct towards, or None.
            servo: of the servos alone: the policy is not asked.
            resting: the reference stands still.
            should_stop: asked first.

        Returns:
            Whether the robot fell.

        Raises:
            Interrupted: on `should_stop`.
        """
        if should_stop is not None and should_stop():
            raise Interrupted("stopped by the caller")
        if self.outer is not None and aim is not None and not servo:
            command = self.outer.correct(command, aim, index, self.sensors, self.estimator, resting=resting)
        joint_targets = np.array(command.joint_pos) if servo else self.controller.act(self.sensors, command)
        if self.outer is not None and index is not None:
            stiffness = self.controller.actuation.kp
            joint_targets = self.outer.direct(joint_targets, command, index, stiffness, servo=servo)
        self.targets = joint_targets
        self.robot.step(joint_targets)
        self.sensors = self.robot.sense()
        self.estimator.update(self.sensors)
        # Who sits may bow deep over the knees, and has no sole on the floor that would say how high the pelvis is.
        low = self.estimator.height < FALL_HEIGHT and not self.estimator.seated
        down = low or self.estimator.tilt > (FALL_TILT_SEATED if self.estimator.seated else FALL_TILT)
        self._low = self._low + 1 if down else 0
        self.fell = self.fell or self._low >= 3
        return self.fell
