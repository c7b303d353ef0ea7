"""How a motion that ends with palms or a hand on something holds it, for the motion that goes on from there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from exoactor.ground.warp import smoothstep
from exoactor.retarget.wholebody import forward
from exoactor.types import CONTROL_HZ, Array, Pose2D, RobotMotion
from exoactor.types.rotations import yaw_matrix


def palms_in_world(motion: RobotMotion, pose: Pose2D) -> tuple[Array, Array]:
    """Palms (2, 3) [m] and press (2, 3) at the end of a motion, in the world, of a robot that stands at `pose`.

    Raises:
        ValueError: the motion does not end with the palms on something.
    """
    palms = motion.palms
    if palms is None or palms.weight[-1] < 1.0:
        raise ValueError("the motion does not end with the palms on something")
    position, press = np.array(palms.position[-1]), np.array(palms.press[-1])
    if palms.frame == "root":
        turn = yaw_matrix(pose.yaw).T
        position[:, :2] = position[:, :2] @ turn + pose.xy
        press[:, :2] = press[:, :2] @ turn
    return position, press


def hand_in_world(motion: RobotMotion, pose: Pose2D) -> tuple[Array, float]:
    """The hand's grasp point (3,) [m] and heading [rad] at the end of a motion, in the world, of a robot at `pose`.

    Raises:
        ValueError: the motion does not end with a hand on something.
    """
    hand = motion.hand
    if hand is None or hand.weight[-1] < 1.0:
        raise ValueError("the motion does not end with a hand on something")
    point, heading = np.array(hand.point[-1]), float(hand.heading[-1])
    if hand.frame == "root":
        point[:2] = yaw_matrix(pose.yaw) @ point[:2] + pose.xy
        heading += pose.yaw
    return point, heading


def fingers_down(motion: RobotMotion) -> float:
    """How far the fingers point down at the end of a motion [rad]; what is held turns with them."""
    return fingers_down_at(motion.root_pos[-1], motion.root_quat[-1], motion.joint_pos[-1])


def fingers_down_at(root_pos: Array, root_quat: Array, joint_pos: Array) -> float:
    """The same of one posture: root (3,) [m] and (4,) wxyz, (29,) joint angles [rad]."""
    names = ("left_wrist_yaw_link", "right_wrist_yaw_link")
    _, turns = forward(root_pos[None], root_quat[None], joint_pos[None], names)
    return float(np.arcsin(np.clip(-turns[0, :, 2, 0], -1.0, 1.0)).mean())


def led_in(motion: RobotMotion, root: Array, joints: Array, seconds: float) -> RobotMotion:
    """The motion, led into its first posture from another one, both feet on the floor; a jerk would make a robot step.

    Args:
        motion: at `CONTROL_HZ`; what its hands do begins when it does, and waits as it begins.
        root: (3,) pelvis [m] to begin with.
        joints: (29,) angles to begin with [rad].
        seconds: the time for it [s].
    """
    count = round(seconds * CONTROL_HZ)
    share = smoothstep(np.arange(1, count + 1) / count)[:, None]

    def led(start: Array, to: Array) -> Array:
        return np.concatenate([(1 - share) * start + share * to[0], to])

    def waited(values: Array) -> Array:
        return np.concatenate([np.repeat(values[:1], count, axis=0), values])

    def later(targets: Any, *names: str) -> Any:
        return None if targets is None else replace(targets, **{n: waited(getattr(targets, n)) for n in names})

    settle = None if motion.settle is None else (motion.settle[0] + count, motion.settle[1] + count)
    return replace(
        motion,
        root_pos=led(root, motion.root_pos),
        root_quat=waited(motion.root_quat),
        joint_pos=led(joints, motion.joint_pos),
        contacts=np.concatenate([np.ones((count, 2), bool), motion.contacts]),
        settle=settle,
        palms=later(motion.palms, "position", "weight", "press"),
        hand=later(motion.hand, "point", "heading", "weight", "fingers"),
    )
