"""The living world of a simulated robot: saved and gone on with, waited in, disturbed, and what is true of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from exoactor import attempt
from exoactor.belief import Belief
from exoactor.control import stand, standing_pose
from exoactor.files import write_json, write_npz
from exoactor.perceive import RgbdPerception, own_body
from exoactor.types import ConfigError, Controller, Expectation, SafetyStop
from exoactor.world.faults import Fault
from exoactor.world.happened import happened
from exoactor.world.scene_file import SceneSpec
from exoactor.world.sim import SimRobot
from exoactor.world.truth import TruthTrack, true_objects

BENT = 0.7
"""A joint further from standing than this [rad], and the robot was left in the middle of something."""
STAND_UP_SECONDS, STAND_UP_BLEND = 3.0, 2.0
"""For how long a bent robot comes to stand, and how slowly it straightens [s]."""
AUTOSAVE_SECONDS = 0.5
"""How often the world is saved while the robot moves [simulated s]; a killed process goes on from there."""


class LivingWorld:
    """A robot in its world, and what it believes of it; both go on from attempt to attempt.

    Args:
        spec: the scene.
        controller: keeps the robot on its feet.
        seed: of sensor noise.
        closed_loop: see `Belief`.

    Attributes:
        robot: simulated.
        perception: reads its looks.
        belief: what it makes of them.
    """

    def __init__(self, spec: SceneSpec, controller: Controller, *, seed: int, closed_loop: bool) -> None:
        self.robot, self.controller = SimRobot(spec, seed=seed), controller
        self.robot.configure(controller.actuation)
        self.perception = RgbdPerception(self.robot.catalogue, body=own_body(spec.hands))
        self.belief = Belief(self.robot, self.perception, closed_loop=closed_loop)

    def straighten(self) -> None:
        """Stand up, if an attempt that failed has left the robot bent over."""
        belief = self.belief
        if belief.in_hands is not None or belief.seat is not None:
            return
        away = np.abs(self.robot.sense().joint_pos - standing_pose(self.controller.actuation))
        if away.max() > BENT:
            stand(self.robot, self.controller, STAND_UP_SECONDS, estimator=belief.estimator, blend=STAND_UP_BLEND)

    def save(self, path: Path) -> None:
        """Save the simulated world and what the robot believes of itself, atomically."""
        world = {f"world_{k}": v for k, v in self.robot.snapshot().items()}
        write_npz(path, {**world, **self.belief.to_arrays()})

    def saving(self, path: Path | None) -> Callable[[], None] | None:
        """What saves the world now and then when it is called at every control step; None for no file."""
        if path is None:
            return None
        steps, every = 0, round(AUTOSAVE_SECONDS * self.controller.actuation.hz)

        def on_step() -> None:
            nonlocal steps
            steps += 1
            if steps % every == 0:
                self.save(path)

        return on_step

    def load(self, path: Path) -> None:
        """Go on in a saved world; the robot first comes to rest, whatever it was doing.

        Raises:
            ConfigError: the file is missing, damaged or of another scene.
        """
        try:
            with np.load(path) as data:
                arrays = dict(data)
        except (OSError, ValueError, EOFError) as error:
            raise ConfigError(f"{path}: not a readable world snapshot: {error}") from error
        self.robot.restore({k.removeprefix("world_"): v for k, v in arrays.items() if k.startswith("world_")})
        self.belief.restore(arrays)
        stand(self.robot, self.controller, 2.0, estimator=self.belief.estimator)

    def disturb(self, fault: Fault) -> None:
        """Somebody does this to the world now; the robot is told nothing."""
        self.robot.arm([fault])

    def wait(self, seconds: float) -> None:
        """Let time pass; the robot stays as it is, on its feet or seated.

        Args:
            seconds: how long [simulated s].

        Raises:
            SafetyStop: it fell meanwhile.
        """
        if not stand(self.robot, self.controller, seconds, estimator=self.belief.estimator):
            raise SafetyStop("robot_fell", "the robot fell while it waited")

    def write_truth(self, folder: Path, expectation: Expectation) -> None:
        """Write what is true after an attempt, for benchmarks alone: truth.json, from what was recorded in tracking."""
        track_file = folder / attempt.TRUTH_TRACK
        if not track_file.exists():  # open the world again after a crash: nothing was recorded to the end
            return
        with np.load(track_file) as data:
            recorded = TruthTrack.from_arrays(dict(data))
        objects = true_objects(self.robot)
        write_json(
            folder / attempt.TRUTH,
            {
                **happened(expectation, recorded, objects),
                "expected": asdict(expectation),
                "robot": recorded.root[-1],
                "start": recorded.root[0],
                "objects": {id: [*position, yaw] for id, (_, position, yaw) in objects.items()},
            },
        )

    def close(self) -> None:
        """Free the renderer."""
        self.robot.close()
