"""What the camera sees while the robot moves: RGB-D looks that are kept and localize the robot, and the recording."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from exoactor.control.estimator import StateEstimator
from exoactor.formats.video import VideoWriter
from exoactor.types import CONTROL_HZ, Array, Observation, Pose2D, Proprioception, Robot, Sensors

Localize = Callable[[Observation, Pose2D], "tuple[Pose2D, Array, float] | None"]
"""(look, where the robot believes it is) -> pose, (3,) one-sigma, confidence; None if it is not seen well enough."""


class Recorder:
    """Context manager; call `tick` before every control step.

    Args:
        robot: whose camera is looked through.
        estimator: gets the fixes.
        look_hz: RGB-D looks a second while standing and while moving; 0 for none.
        video_fps: frames a second of the recording.
        video: the recording's file, or None.
        localize: finds the robot in a look, or None.

    Attributes:
        frames: the looks, oldest first.
        fixes: how many were believed.
    """

    def __init__(
        self,
        robot: Robot,
        estimator: StateEstimator,
        look_hz: tuple[float, float],
        video_fps: float,
        video: Path | None,
        localize: Localize | None,
    ) -> None:
        self.frames: list[Observation] = []
        self.fixes = 0
        self._robot, self._estimator, self._localize = robot, estimator, localize
        self._look_hz = look_hz
        self._until_look = 0.0
        self._frame_every = CONTROL_HZ / video_fps if video is not None else math.inf
        self._video, self._video_fps = video, video_fps
        self._steps = 0
        self._stack = ExitStack()
        self._writer: VideoWriter | None = None

    def __enter__(self) -> Self:
        if self._video is not None:
            self._writer = self._stack.enter_context(VideoWriter(self._video, self._video_fps, self._robot.camera.size))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def tick(self, sensors: Sensors, *, moving: bool) -> None:
        """Look and record if it is time to; `sensors` is the latest reading."""
        look = self._until_look < 1e-9 and self._look_hz[moving] > 0
        self._until_look += look - self._look_hz[moving] / CONTROL_HZ
        record = self._due(self._frame_every)
        self._steps += 1
        if not (look or record):
            return
        if record and self._writer is not None:
            self._writer.add(self._robot.look(depth=False)[1])
        if look:
            at, rgb, depth = self._robot.look(plain=True)
            believed = self._estimator.pose
            felt = Proprioception(sensors.joint_pos, believed, self._estimator.std, self._estimator.roll_pitch)
            seen = Observation(at, rgb, depth, self._robot.camera, felt)
            self.frames.append(seen)
            if self._localize is not None:
                found = self._localize(seen, Pose2D(*(float(v) for v in believed)))
                if found is not None:
                    self.fixes += self._estimator.fix(found[0], found[1])

    def _due(self, every: float) -> bool:
        return math.isfinite(every) and math.floor(self._steps / every) != math.floor((self._steps - 1) / every)
