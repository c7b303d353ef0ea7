"""Swappable parts by name: built in, or added by another package through an entry point.

A package adds a video model without touching this repository by declaring, in its pyproject.toml::

    [project.entry-points."exoactor.video_models"]
    my_model = "my_package.module:MyVideoModel"
"""

from __future__ import annotations

import re
from importlib import import_module
from importlib.metadata import entry_points, requires
from typing import Any

from exoactor.types import ConfigError, MissingExtra

_BUILT_IN: dict[str, dict[str, str]] = {
    "video_models": {"procedural": "exoactor.imagine.procedural:ProceduralVideoModel"},
    "motion_estimators": {"landmarks": "exoactor.estimate:LandmarkEstimator"},
    "controllers": {
        "student": "exoactor.control:StudentController",
        "teacher": "exoactor.control:OnnxTeacher",
        "qp": "exoactor.control:QPController",
    },
    "robots": {"sim": "exoactor.world.sim:SimRobot"},
    "verifiers": {"geometric": "exoactor.check:GeometricVerifier"},
}
KINDS_OF_PARTS = tuple(_BUILT_IN)


def names(kind: str) -> list[str]:
    """Names registered for a kind of part, e.g. "video_models"."""
    return sorted({*_built_in(kind), *(e.name for e in entry_points(group=f"exoactor.{kind}"))})


def load(kind: str, name: str) -> Any:
    """The class or factory of that name, imported now.

    Raises:
        ConfigError: unknown name, or its module cannot be imported; `MissingExtra` where a package is missing that
            one of the extras brings.
    """
    added = {e.name: e for e in entry_points(group=f"exoactor.{kind}")}
    try:
        if name in added:
            return added[name].load()
        module, _, attribute = _built_in(kind)[name].partition(":")
        return getattr(import_module(module), attribute)
    except KeyError:
        raise ConfigError(
            f"{kind}: {name!r} is not registered. Known: {', '.join(names(kind))}. "
            f'A package adds one through the entry point group "exoactor.{kind}".'
        ) from None
    except ImportError as error:
        if extra := _extra_with((error.name or "").partition(".")[0]):
            raise MissingExtra(extra, f"{kind} {name!r}") from error
        raise ConfigError(f"{kind}: {name!r} cannot be imported: {error}") from error


def _extra_with(module: str) -> str | None:
    """The extra whose packages include `module`, as declared in pyproject.toml."""
    for requirement in requires("exoactor") or []:
        package, extra = re.match(r"[\w.-]+", requirement), re.search(r"extra == ['\"](\w+)['\"]", requirement)
        if package and extra and package[0].replace("-", "_").lower() == module.lower():
            return extra[1]
    return None


def _built_in(kind: str) -> dict[str, str]:
    if kind not in _BUILT_IN:
        raise ConfigError(f"{kind!r} is not a kind of part. Known: {', '.join(_BUILT_IN)}")
    return _BUILT_IN[kind]
