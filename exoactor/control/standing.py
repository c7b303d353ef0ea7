"""Standing: its pose, how a robot comes to it and holds it, and how one that is stopped is brought to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from exoactor.control.estimator import StateEstimator
from exoactor.control.feedback import BRAKE_OVER, against
from exoactor.control.kinematics import Kinematics
from exoactor.control.loop import Loop
from exoactor.types import CONTROL_HZ, Actuation, Array, Controller, Interrupted, Robot, TrackingCommand

STOP_SECONDS = 1.9
"""Simulated time in which a stopped robot is brought to a stand [s]."""


def standing_pose(actuation: Actuation) -> Array:
    """(29,) default pose with the arms hanging closer to the body [rad]."""
    joints = np.array(actuation.default_pos)
    joints[[16, 23]] = 0.2, -0.2
    return joints


def stand(
    robot: Robot,
    controller: Controller,
    seconds: float,
    *,
    estimator: StateEstimator | None = None,
    should_stop: Callable[[], bool] | None = None,
    blend: float = 0.5,
) -> bool:
    """Take the standing pose and hold it: to settle after a restart, or while the world is waited for.

    Args:
        robot: standing.
        controller: the policy.
        seconds: how long [s].
        estimator: goes on estimating meanwhile.
        should_stop: True ends it early.
        blend: seconds from the present posture to the standing pose.

    Returns:
        Whether the robot is still on its feet.

    Raises:
        Interrupted: on `should_stop` or Ctrl-C.
    """
    loop = Loop(robot, controller, estimator or StateEstimator())
    with stoppable(loop):
        _come_to_stand(loop, seconds, blend, should_stop)
    return not loop.fell


@contextmanager
def stoppable(loop: Loop) -> Iterator[None]:
    """On Ctrl-C or `Interrupted` inside the block, bring the robot to a stand first, then raise `Interrupted`."""
    try:
        yield
    except (KeyboardInterrupt, Interrupted) as error:
        if not loop.fell:
            _come_to_stand(loop, STOP_SECONDS, 0.5, brake=True)
        raise Interrupted("stopped; the robot stands" if not loop.fell else "stopped; the robot fell") from error


def smooth(a: float) -> float:
    """0..1 of a way that begins and ends gently, at the fraction `a` of its time."""
    a = min(max(a, 0.0), 1.0)
    return a * a * (3 - 2 * a)


def _come_to_stand(
    loop: Loop, seconds: float, blend: float, should_stop: Callable[[], bool] | None = None, *, brake: bool = False
) -> None:
    """Blend into the standing pose and hold it, against what speed is left if it is to brake.

    Who sits stays as it sits.
    """
    joints = standing_pose(loop.controller.actuation)
    height = Kinematics().standing_height(joints)
    begin = np.array(loop.sensors.joint_pos)
    poses = deque([np.array(loop.estimator.pose)], maxlen=BRAKE_OVER)
    for k in range(round(seconds * CONTROL_HZ)):
        if loop.estimator.seated:
            seated = TrackingCommand(np.zeros(2), height, np.zeros(2), 0.0, begin)
            if loop.tick(seated, servo=True, should_stop=should_stop):
                return
            continue
        w = smooth((k + 1) / max(1, round(blend * CONTROL_HZ)))
        command = TrackingCommand(np.zeros(2), height, np.zeros(2), 0.0, (1 - w) * begin + w * joints)
        if brake:
            velocity, yaw_rate = against(poses)
            command = replace(command, velocity=velocity, yaw_rate=yaw_rate)
        if loop.tick(command, should_stop=should_stop):
            return
        poses.append(np.array(loop.estimator.pose))
