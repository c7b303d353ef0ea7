"""A student controller as one file: weights, normalisation, servo settings, and a hash that says it is whole."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from exoactor.control import twist2
from exoactor.files import write_npz
from exoactor.types import CONTROL_HZ, Actuation, Array, ConfigError

HISTORY: Final = (1, 2, 4)
"""The past steps whose proprioception the student sees beside the present one."""

FORMAT: Final = 1
PACKAGED: Final = Path(__file__).parent / "weights" / "g1_student.npz"

Layers = tuple[tuple[Array, Array], ...]


@dataclass(frozen=True)
class Bundle:
    """A multilayer perceptron with SiLU between its layers, and all it needs to be run.

    Args:
        name: of the controller.
        mean: (I,) of the observations it was trained on.
        std: (I,) of the same.
        layers: (weight (out, in), bias (out,)) from the input on, float32; stored as float16.
        actuation: servo settings it was trained with.
        action_scale: joint target = default pose + this * action [rad].
        history: past steps in the observation, newest first.
        sha256: of the content; computed when the bundle is made.
    """

    name: str
    mean: Array
    std: Array
    layers: Layers
    actuation: Actuation = twist2.ACTUATION
    action_scale: float = twist2.ACTION_SCALE
    history: tuple[int, ...] = HISTORY
    sha256: str = field(default="")

    def __post_init__(self) -> None:
        width = twist2.MIMIC + twist2.PROPRIO * (1 + len(self.history))
        if self.mean.shape != (width,) or self.std.shape != (width,):
            raise ConfigError(f"bundle {self.name}: normalisation of shape {self.mean.shape}, ({width},) wanted")
        for number, (weight, bias) in enumerate(self.layers):
            if weight.ndim != 2 or weight.shape[1] != width or bias.shape != (weight.shape[0],):
                raise ConfigError(
                    f"bundle {self.name}: layer {number} is {weight.shape} with bias {bias.shape}, "
                    f"({width} inputs wanted)"
                )
            width = weight.shape[0]
        if width != 29:
            raise ConfigError(f"bundle {self.name}: {width} outputs, 29 joints wanted")
        if self.actuation.hz != CONTROL_HZ:
            raise ConfigError(f"bundle {self.name}: made for {self.actuation.hz} Hz, this loop runs at {CONTROL_HZ} Hz")
        numbers = [self.mean, self.std, *(part for layer in self.layers for part in layer)]
        if not all(np.isfinite(part).all() for part in numbers):
            raise ConfigError(f"bundle {self.name}: weights that are not finite")
        digest = _digest(self)
        if self.sha256 and self.sha256 != digest:
            raise ConfigError(
                f"bundle {self.name}: content has sha256 {digest}, the file says {self.sha256}; it is damaged or was "
                "changed by hand: get it again"
            )
        object.__setattr__(self, "sha256", digest)

    @classmethod
    def made(cls, mean: Array, std: Array, layers: list[tuple[Array, Array]], *, name: str) -> Bundle:
        """A bundle of freshly trained float32 arrays, rounded to what the file will hold."""
        rounded = tuple((_half(weight), _half(bias)) for weight, bias in layers)
        return cls(name, mean.astype(np.float32), std.astype(np.float32), rounded)

    @property
    def meta(self) -> dict[str, object]:
        """What is not an array, as stored."""
        return {
            "format": FORMAT,
            "name": self.name,
            "hz": self.actuation.hz,
            "joint_names": list(self.actuation.joint_names),
            "action_scale": self.action_scale,
            "history": list(self.history),
        }


def save_bundle(bundle: Bundle, path: Path) -> None:
    """Write a bundle atomically."""
    arrays: dict[str, Array] = {"mean": bundle.mean, "std": bundle.std}
    for number, (weight, bias) in enumerate(bundle.layers):
        arrays[f"weight_{number}"] = weight.astype(np.float16)
        arrays[f"bias_{number}"] = bias.astype(np.float16)
    for name in ("kp", "kd", "torque_limit", "default_pos"):
        arrays[name] = getattr(bundle.actuation, name)
    meta = json.dumps({**bundle.meta, "sha256": bundle.sha256})
    write_npz(path, {**arrays, "meta": np.array(meta)})


def load_bundle(path: Path | None = None) -> Bundle:
    """Read and check a bundle; None reads the one in the package.

    Raises:
        ConfigError: not a bundle, another format, joint names, rate or shapes that do not fit, damaged content.
    """
    path = Path(path) if path is not None else PACKAGED
    try:
        with np.load(path, allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
            meta = json.loads(str(arrays.pop("meta")))
        if meta["format"] != FORMAT:
            raise ConfigError(f"{path}: bundle format {meta['format']}, {FORMAT} wanted")
        count = sum(name.startswith("weight_") for name in arrays)
        layers = tuple(
            (arrays[f"weight_{n}"].astype(np.float32), arrays[f"bias_{n}"].astype(np.float32)) for n in range(count)
        )
        actuation = Actuation(
            arrays["kp"],
            arrays["kd"],
            arrays["torque_limit"],
            arrays["default_pos"],
            int(meta["hz"]),
            tuple(meta["joint_names"]),
        )
        return Bundle(
            meta["name"],
            arrays["mean"],
            arrays["std"],
            layers,
            actuation,
            float(meta["action_scale"]),
            tuple(meta["history"]),
            meta["sha256"],
        )
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
    except (OSError, KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ConfigError(
            f"{path}: not a controller bundle ({type(error).__name__}: {error}); "
            "make one with `python -m exoactor.control.training`"
        ) from error


def _half(array: Array) -> Array:
    return np.asarray(array, np.float16).astype(np.float32)


def _digest(bundle: Bundle) -> str:
    """sha256 over everything the controller's behaviour depends on."""
    content = hashlib.sha256(json.dumps(bundle.meta, sort_keys=True).encode())
    settings = (bundle.actuation.kp, bundle.actuation.kd, bundle.actuation.torque_limit, bundle.actuation.default_pos)
    for array in (bundle.mean, bundle.std, *settings, *(part for layer in bundle.layers for part in layer)):
        content.update(repr(array.shape).encode())
        content.update(np.ascontiguousarray(array, dtype=np.float64).tobytes())
    return content.hexdigest()
