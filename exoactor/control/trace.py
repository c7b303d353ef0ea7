"""What the robot knows of a motion it performed, step by step, and how far it was from what was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from exoactor.control.kinematics import Kinematics
from exoactor.control.playback import Playback
from exoactor.control.reference import Reference
from exoactor.types import Array, Sensors


@dataclass
class Trace:
    """What is noted at every control step, and the errors in it."""

    joints: list[Array] = field(default_factory=list)
    pose: list[Array] = field(default_factory=list)
    asked: list[Array] = field(default_factory=list)
    quat: list[Array] = field(default_factory=list)
    frame: list[int] = field(default_factory=list)

    def add(self, sensors: Sensors, pose: Array, playback: Playback, *, counted: bool) -> None:
        """Note the outcome of a control step; only `counted` ones enter the errors."""
        self.joints.append(np.array(sensors.joint_pos))
        self.pose.append(pose)
        self.asked.append(playback.asked)
        self.quat.append(np.array(sensors.quat))
        self.frame.append(playback.index if counted else -1)

    def metrics(self, reference: Reference) -> dict[str, Any]:
        """Mean errors over the frames of the motion."""
        taken = [k for k, frame in enumerate(self.frame) if frame >= 0]
        if not taken:
            return {"joint_error_deg": None, "keypoint_error_mm": None, "root_error_mm": None, "root_end_mm": None}
        frames = np.array([self.frame[k] for k in taken])
        # A target asked for at one step is where the joint should be at the next.
        joints = np.abs(np.array([self.joints[k] for k in taken]) - reference.joint_pos[_next(frames, reference)])
        off = np.array([self.pose[k] - self.asked[k] for k in taken])
        distance = np.hypot(off[:, 0], off[:, 1])
        body, errors = Kinematics(), []
        for k, frame in list(zip(taken, _next(frames, reference), strict=True))[::5]:
            body.update(self.joints[k], self.quat[k])
            is_at = body.keypoints()
            body.update(reference.joint_pos[frame], reference.root_quat[frame])
            errors.append(np.linalg.norm(is_at - body.keypoints(), axis=1))
        return {
            "joint_error_deg": float(np.degrees(joints.mean())),
            "keypoint_error_mm": float(1e3 * np.mean(errors)),
            "root_error_mm": float(1e3 * distance.mean()),
            "root_end_mm": float(1e3 * distance[-1]),
        }


def _next(frames: Array, reference: Reference) -> Array:
    return np.asarray(np.minimum(frames + 1, len(reference) - 1))
