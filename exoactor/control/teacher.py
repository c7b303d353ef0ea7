"""Any policy in TWIST2's ONNX format, by path: as a controller, and in batches as a teacher."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from exoactor.control import twist2
from exoactor.types import Array, ConfigError, Sensors, TrackingCommand

PAST: Final = 10
"""Past frames in the observation."""

FRAME: Final = twist2.MIMIC + twist2.PROPRIO
WIDTH: Final = FRAME * (1 + PAST) + twist2.MIMIC
"""1432: the present frame, ten past ones oldest first, the command again."""


class OnnxTeacher:
    """A TWIST2-format policy as a `Controller`.

    Args:
        path: ONNX file with one input (N, 1432) and one output (N, 29).

    Raises:
        ConfigError: no such file, or other inputs and outputs.
    """

    def __init__(self, path: Path) -> None:
        self._batch = BatchTeacher(path, 1)
        self.name = Path(path).stem
        self.actuation = twist2.ACTUATION
        self.reset()

    def reset(self) -> None:
        """Forget the past."""
        self._batch.reset(0)
        self._last = np.zeros(29)

    def act(self, sensors: Sensors, command: TrackingCommand) -> Array:
        """(29,) joint position targets [rad]."""
        now = twist2.sensed(sensors, self._last, self.actuation.default_pos)
        self._last = self._batch.act(twist2.mimic(command)[None], now[None])[0].astype(float)
        action = np.clip(self._last, -twist2.ACTION_LIMIT, twist2.ACTION_LIMIT)
        return np.asarray(action * twist2.ACTION_SCALE + self.actuation.default_pos)


class BatchTeacher:
    """The policy for `count` robots at once; keeps each one's past."""

    def __init__(self, path: Path, count: int) -> None:
        self._session = _session(Path(path))
        self._input = self._session.get_inputs()[0].name
        self._past = np.zeros((count, PAST, FRAME), np.float32)

    def reset(self, robot: int) -> None:
        """Forget one robot's past."""
        self._past[robot] = 0

    def act(self, mimic: Array, proprio: Array) -> Array:
        """(N, 29) actions, not clipped, of commands (N, 35) and proprioception (N, 92)."""
        frame = np.concatenate([mimic, proprio], axis=1).astype(np.float32)
        past = self._past.reshape(len(frame), -1)
        observation = np.concatenate([frame, past, mimic.astype(np.float32)], axis=1)
        self._past = np.concatenate([self._past[:, 1:], frame[:, None]], axis=1)
        return np.asarray(self._session.run(None, {self._input: observation})[0])


def _session(path: Path) -> Any:
    import onnxruntime

    if not path.is_file():
        raise ConfigError(f"{path}: no such file; a policy in TWIST2's ONNX format is wanted")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions share no public base class
        raise ConfigError(f"{path}: onnxruntime cannot read it: {error}") from error
    shapes = [tuple(port.shape[1:]) for port in (*session.get_inputs(), *session.get_outputs())]
    if shapes != [(WIDTH,), (29,)]:
        raise ConfigError(f"{path}: inputs and outputs {shapes}, [({WIDTH},), (29,)] wanted (TWIST2's format)")
    return session
