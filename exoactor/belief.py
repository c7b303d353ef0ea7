"""What the robot makes of its looks and keeps between attempts: where it is, what it holds, on what it sits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from exoactor.acting import InHands, is_elsewhere
from exoactor.control import StateEstimator
from exoactor.perceive import RgbdPerception
from exoactor.performance import Performance
from exoactor.picking import held_at
from exoactor.seat import noted_seat, seat_note, with_seat
from exoactor.types import (
    Array,
    Expectation,
    Observation,
    Outcome,
    Pose2D,
    Proprioception,
    Robot,
    Scene,
    SceneObject,
    Verdict,
)
from exoactor.types.rotations import quat_to_rpy

LOOK_STD = np.array([0.02, 0.02, 0.03])
"""One sigma of the robot's pose as a whole look gives it: x, y [m], yaw [rad]."""
STILL_HELD = ("too_far",)
"""Codes of a thing that was not brought where it should be, and is in the hands nevertheless."""


class Belief:
    """The state between attempts, and the looks that correct it.

    Args:
        robot: whose belief it is.
        perception: reads its looks.
        closed_loop: open loop only the first look counts, with the robot where the plan left it.

    Attributes:
        estimator: where the robot stands.
        in_hands: what it holds.
        sat_on: what it last sat down on, as seen before.
    """

    def __init__(self, robot: Robot, perception: RgbdPerception, *, closed_loop: bool) -> None:
        self.robot, self.perception, self.closed_loop = robot, perception, closed_loop
        self.estimator = StateEstimator()
        self.in_hands: InHands | None = None
        self.sat_on: SceneObject | None = None
        self._first: Scene | None = None

    @property
    def prior(self) -> Pose2D | None:
        """Where it believes it stands; None before the first fix."""
        return Pose2D(*self.estimator.pose) if self.estimator.located else None

    @property
    def seat(self) -> SceneObject | None:
        """What it sits on; None when it stands."""
        return self.sat_on if self.estimator.seated else None

    def look(self) -> Observation:
        """Picture, depth and what the robot feels of itself, now."""
        time, rgb, depth = self.robot.look()
        pose = self.estimator.pose if self.estimator.located else None
        sensors = self.robot.sense()
        felt = Proprioception(sensors.joint_pos, pose, self.estimator.std, quat_to_rpy(sensors.quat)[:2])
        return Observation(time, rgb, depth, self.robot.camera, felt)

    def scene(self, observation: Observation | None = None) -> Scene:
        """What is to be believed of the room: what a look shows, by default one taken now.

        Raises:
            StageError: "camera_blind".
        """
        if self._first is not None:
            return self._first
        scene = self.seen(observation)
        if not self.closed_loop:
            self._first = scene
        return scene

    def seen(self, observation: Observation | None = None) -> Scene:
        """What a look shows, by default one taken now; corrects where the robot is and what it holds.

        Raises:
            StageError: "camera_blind".
        """
        observation = observation or self.look()
        scene = with_seat(self.perception.perceive(observation, self.prior), self.seat)
        self.fix(scene)
        if self.in_hands is not None and is_elsewhere(self.in_hands, scene, self.estimator):
            self.in_hands = None
        return self.with_held(scene, observation)

    def with_held(self, scene: Scene, observation: Observation) -> Scene:
        """The scene with a small thing where the hand is that holds it, if its colour is seen there."""
        held = self.in_hands
        hand = None if held is None else held.motion.hand
        if held is None or hand is None:
            return scene
        item = next(item for item in self.robot.catalogue if item.id == held.thing)
        return self.perception.with_held(scene, observation, item.id, held_at(self.estimator, hand, item))

    def fix(self, scene: Scene) -> None:
        """Correct where the robot is by where it is seen."""
        if scene.robot is not None:
            self.estimator.fix(scene.robot, LOOK_STD)

    def planned(self, goal: Pose2D) -> None:
        """Open loop the robot is taken to be where the plan was to bring it."""
        if self._first is not None:
            self._first = replace(self._first, robot=goal)

    def performed(self, performed: Performance, thing: str) -> None:
        """Keep hold of the thing if the hands ended on it."""
        motion = performed.holding
        if motion is not None:
            self.in_hands = InHands(thing, performed.palm if motion.hand is None else performed.hand, motion)

    def stopped(self, performed: Performance) -> None:
        """Who is brought to a stand takes the arms down, and lets go of what two palms press; fingers stay closed."""
        if performed.holding is not None and performed.holding.hand is None:
            performed.holding = None
        if self.in_hands is not None and self.in_hands.motion.hand is None:
            self.in_hands = None

    def checked(self, expectation: Expectation, verdict: Verdict) -> None:
        """Keep what is held only if it was to be, and is not seen to be lost."""
        held = verdict.outcome is Outcome.DONE or verdict.code == "camera_blind"  # nobody saw that it was lost
        if not (held and expectation.kind in ("lifted", "carried")) and verdict.code not in STILL_HELD:
            self.in_hands = None

    def to_arrays(self) -> dict[str, Array]:
        """What has to survive the process; what is held does not, for whoever wakes up brings the robot to rest."""
        return {
            "located": np.array(self.estimator.located),
            "seat": np.array(seat_note(self.seat, self.robot.camera)),
            "estimate_pose": self.estimator.pose,
            "estimate_std": self.estimator.std,
        }

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Go on from `to_arrays`."""
        self.estimator = StateEstimator()
        if bool(arrays["located"]):
            self.estimator.start(Pose2D(*arrays["estimate_pose"]), arrays["estimate_std"])
        self.sat_on = noted_seat(str(arrays.get("seat", "")))
        self.estimator.seated = self.sat_on is not None
