"""Which part does each stage, and whether what was chosen can work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exoactor import registry
from exoactor.control import load_bundle
from exoactor.retarget import METHODS, unknown_method
from exoactor.types import ConfigError, Controller

FPS_RANGE = (12, 60)
"""Of imagined videos; below, steps and waves can no longer be followed [1/s]."""


@dataclass(frozen=True)
class PipelineCfg:
    """Which part does each stage.

    Args:
        video_model: name in the registry, or "MODULE:CLASS" through an entry point.
        motion_estimator: the same.
        controller: "student", "teacher" or "qp".
        controller_path: bundle or ONNX file for the controller; None for the packaged one.
        verifier: name in the registry.
        retarget: "ik" or "direct".
        imagine_fps: frames per second of imagined videos.
        closed_loop: False is the paper's way: what was seen first is believed to the end, no grounding,
            no root feedback.
        gates: False lets every clip through.
        record: write rollout.mp4; nothing but people looks at it.
    """

    video_model: str = "procedural"
    motion_estimator: str = "landmarks"
    controller: str = "student"
    controller_path: Path | None = None
    verifier: str = "geometric"
    retarget: str = "ik"
    imagine_fps: int = 25
    closed_loop: bool = True
    gates: bool = True
    record: bool = True

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PipelineCfg:
        """From what job.json says of it."""
        path = data["controller_path"]
        return cls(**{**data, "controller_path": None if path is None else Path(path)})


def check_parts(cfg: PipelineCfg) -> None:
    """Find everything that is wrong with a configuration before anything is written or moves.

    Raises:
        ConfigError: an unknown part, a controller that cannot be loaded, or a number out of range.
    """
    for kind, name in (
        ("video_models", cfg.video_model),
        ("motion_estimators", cfg.motion_estimator),
        ("verifiers", cfg.verifier),
    ):
        registry.load(kind, name)
    load_controller(cfg.controller, cfg.controller_path)
    if cfg.retarget not in METHODS:
        raise unknown_method(cfg.retarget)
    if not FPS_RANGE[0] <= cfg.imagine_fps <= FPS_RANGE[1]:
        raise ConfigError(
            f"imagine_fps: {cfg.imagine_fps} given, {FPS_RANGE[0]} to {FPS_RANGE[1]} frames per second allowed"
        )


def load_controller(name: str, path: Path | None) -> Controller:
    """A controller by registry name; the student's bundle and the teacher's ONNX file by path.

    Raises:
        ConfigError: unknown name, or the teacher without a path.
    """
    factory = registry.load("controllers", name)
    if name == "student":
        return factory(load_bundle(path))  # type: ignore[no-any-return]
    if path is not None:
        return factory(path)  # type: ignore[no-any-return]
    if name == "teacher":
        raise ConfigError("controller 'teacher' needs its ONNX file: --controller-path FILE.onnx")
    return factory()  # type: ignore[no-any-return]
