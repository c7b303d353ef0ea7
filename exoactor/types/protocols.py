"""The swappable parts. Each is one or two methods; register yours as an entry point (see `exoactor.registry`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from exoactor.types.arrays import Array
from exoactor.types.camera import Camera, Observation
from exoactor.types.human import HumanMotion
from exoactor.types.robot import Actuation, Sensors, TrackingCommand
from exoactor.types.scene import Catalogue, Pose2D, Scene
from exoactor.types.verdict import Expectation, Verdict
from exoactor.types.video import ImaginedVideo, ImagineRequest

Progress = Callable[[float], None]
"""Called with the finished fraction 0..1; may raise `Interrupted`."""


class VideoModel(Protocol):
    """Imagines a third-person video of a person doing something in the observed scene."""

    name: str

    def imagine(self, request: ImagineRequest, out: Path, progress: Progress | None = None) -> ImaginedVideo:
        """Write an mp4 to `out` and describe it. Raises `StageError("imagine", ...)`."""
        ...


class MotionEstimator(Protocol):
    """Estimates one person's motion from the pixels of a clip."""

    name: str

    def estimate(self, video: Path, camera: Camera, progress: Progress | None = None) -> HumanMotion:
        """Raises `StageError("estimate", ...)` for no person, several, a cut-off one, a clip too short."""
        ...


class Controller(Protocol):
    """A whole-body tracking policy at `actuation.hz`."""

    name: str
    actuation: Actuation

    def reset(self) -> None:
        """Forget the past (history, last action)."""
        ...

    def act(self, sensors: Sensors, command: TrackingCommand) -> Array:
        """(29,) joint position targets [rad]."""
        ...


class Robot(Protocol):
    """A humanoid with its own sensors, watched by one fixed calibrated camera; simulated or real."""

    camera: Camera
    catalogue: Catalogue

    def configure(self, actuation: Actuation) -> None:
        """Set servo gains and limits for a controller. Raises `ConfigError` on a mismatch."""
        ...

    def sense(self) -> Sensors:
        """The robot's own sensors now."""
        ...

    def look(self, *, depth: bool = True, plain: bool = False) -> tuple[float, Array, Array]:
        """Time [s], RGB (H, W, 3) uint8 and depth (H, W) float32 [m] of the camera now.

        A simulated camera may draw a `plain` picture faster, without cast shadows; a real one has no such choice.
        """
        ...

    def step(self, joint_targets: Array) -> None:
        """Hold (29,) position targets [rad] for one control period."""
        ...

    def hold_fingers(self, targets: Array) -> None:
        """Position targets (14,) of `HAND_JOINTS` [rad] for the coming control periods, until there are others.

        Raises `ConfigError` if the hands have no fingers (`Sensors.fingers` is None then).
        """
        ...


class Perception(Protocol):
    """Finds things and the robot in RGB-D."""

    def perceive(self, observation: Observation, prior: Pose2D | None = None) -> Scene:
        """The scene; `prior` is where the robot believes it stands. Raises `StageError("perceive", ...)`."""
        ...

    def locate_robot(self, observation: Observation, prior: Pose2D) -> tuple[Pose2D, Array, float] | None:
        """Quick fix near a prior: pose, (3,) one-sigma, confidence; None if it is not seen well enough."""
        ...


class Verifier(Protocol):
    """Decides from images whether a subtask is done."""

    name: str

    def check(
        self,
        expectation: Expectation,
        before: Scene,
        frames: Sequence[Observation],
        after: Scene,
        last: Observation,
        evidence_dir: Path,
    ) -> Verdict:
        """Compare what was seen with what was expected; writes evidence-*.png."""
        ...
