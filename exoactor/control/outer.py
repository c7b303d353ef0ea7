"""The outer loops that are closed round the policy while a motion is tracked: on the root, and on joints or hands."""

from __future__ import annotations

import numpy as np

from exoactor.control.estimator import StateEstimator
from exoactor.control.feedback import PostureFeedback, RootFeedback, WristFeedback
from exoactor.control.hand import HandFeedback
from exoactor.control.kinematics import Kinematics
from exoactor.control.palms import PalmFeedback, palm_aims
from exoactor.control.reference import Reference
from exoactor.types import Array, Sensors, TrackingCommand


class OuterLoops:
    """The loops of one motion.

    Args:
        reference: the motion.
        root: loop on the root.
        posture: loop on the joints, or None.
        wrist: loop on the wrists, or None.
        palm: loop on the palms of a motion that says where they have to be, or None.
        hand: likewise on one hand.
    """

    def __init__(
        self,
        reference: Reference,
        root: RootFeedback,
        *,
        posture: PostureFeedback | None = None,
        wrist: WristFeedback | None = None,
        palm: PalmFeedback | None = None,
        hand: HandFeedback | None = None,
    ) -> None:
        self._palm, self._hand = palm, hand
        self._reference, self._root, self._posture, self._wrist = reference, root, posture, wrist
        self._wrists = None if wrist is None else _wrists(reference)
        self._palms = None if palm is None else palm_aims(reference)

    def correct(
        self,
        command: TrackingCommand,
        aim: Array,
        index: int | None,
        sensors: Sensors,
        estimator: StateEstimator,
        *,
        resting: bool,
    ) -> TrackingCommand:
        """The command, corrected towards the reference.

        Args:
            command: of this control step.
            aim: (3,) x, y, yaw the root should have [m, m, rad].
            index: frame of the reference; None on the way to its first, when the root alone is corrected.
            sensors: as measured now.
            estimator: of where the robot is.
            resting: the reference stands still.
        """
        pose, height, body = estimator.pose, estimator.height, estimator.kinematics
        if index is not None:
            if self._posture is not None:
                command = self._posture.correct(command, self._reference.joint_pos[index], sensors.joint_pos)
            if self._wrist is not None and self._wrists is not None:
                command = self._wrist.correct(command, self._wrists[index], body, float(aim[2] - pose[2]))
            if self._palm is not None and self._palms is not None:
                command = self._palm.correct(command, self._palms[index], pose, height, body)
            if self._hand is not None and self._reference.hand is not None:
                command = self._hand.correct(command, self._reference.hand, index, pose, height, body)
        return self._root.correct(command, aim, pose, resting=resting)

    def direct(
        self, joint_targets: Array, command: TrackingCommand, index: int, stiffness: Array, *, servo: bool
    ) -> Array:
        """(29,) joint targets, those of arms and wrists that hands need taken from the command, past the policy.

        Args:
            joint_targets: (29,) of the policy [rad].
            command: as corrected.
            index: frame of the reference.
            stiffness: (29,) of the servos [Nm/rad].
            servo: no policy was asked.
        """
        if self._palm is not None and not servo:
            joint_targets = self._palm.direct(joint_targets, command, stiffness)
        if self._hand is not None and self._reference.hand is not None:
            joint_targets = self._hand.direct(joint_targets, command, self._reference.hand, index)
        return joint_targets


def _wrists(reference: Reference) -> Array:
    """(N, 2, 3) wrists of the reference in its heading frame [m]."""
    body = Kinematics()
    found = np.empty((len(reference), 2, 3))
    for i in range(len(reference)):
        body.update(reference.joint_pos[i], reference.root_quat[i])
        found[i] = body.wrists()
    return found
