"""Planted faults: `KIND[:key=value,...]@SUBTASK.ATTEMPT`, e.g. `push_robot:newton_seconds=12,t=1.5@2.1`."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from exoactor.types import ConfigError
from exoactor.world.placement import overlapping, robot_clearance
from exoactor.world.scene_file import SceneSpec

Option = float | str


@dataclass(frozen=True)
class _OptionSpec:
    """One option of a kind of fault: its default (None: required) and what it may be."""

    default: Option | None
    allowed: tuple[float, float] | tuple[str, ...] | type[str]
    unit: str = ""


DEFECTS = ("cut", "pan", "freeze", "vanish", "teleport")
_KINDS: dict[str, dict[str, _OptionSpec]] = {
    "move_object": {
        "id": _OptionSpec(None, str),
        "dx": _OptionSpec(0.0, (-5.0, 5.0), "m"),
        "dy": _OptionSpec(0.0, (-5.0, 5.0), "m"),
    },
    "put_back": {"id": _OptionSpec(None, str)},
    "push_robot": {
        "newton_seconds": _OptionSpec(10.0, (0.0, 100.0), "Ns"),
        "direction_deg": _OptionSpec(90.0, (-360.0, 360.0), "deg, 0 forward, 90 to the robot's left"),
        "t": _OptionSpec(1.0, (0.0, 60.0), "s after the motion starts"),
    },
    "bad_video": {"defect": _OptionSpec("cut", DEFECTS)},
    "slip": {"friction": _OptionSpec(0.25, (0.01, 2.0))},
    "occlude": {},
    "model_down": {},
}
FAULT_KINDS = tuple(_KINDS)
HANDLED = ("move_object", "put_back")
"""Somebody takes a thing in the hand."""
WORLD_FAULTS = (*HANDLED, "push_robot", "slip", "occlude")
"""The kinds that `SimRobot.arm` carries out; the others concern the video and the language model."""

_FORM = re.compile(r"(?P<kind>[a-z_]+)(:(?P<options>[^@]*))?@(?P<subtask>\d+)\.(?P<attempt>\d+)")


@dataclass(frozen=True)
class Fault:
    """One planted fault.

    Args:
        kind: one of `FAULT_KINDS`.
        options: every option of the kind, defaults filled in; lengths [m], times [s], angles [deg].
        subtask: of which subtask of the plan, from 1.
        attempt: at which attempt of it, from 1.
    """

    kind: str
    options: Mapping[str, Option]
    subtask: int
    attempt: int

    def number(self, name: str) -> float:
        """A numeric option."""
        return float(self.options[name])

    def __str__(self) -> str:
        """The text it is parsed from, options in full."""
        options = ",".join(f"{k}={v:g}" if isinstance(v, float) else f"{k}={v}" for k, v in self.options.items())
        return f"{self.kind}{':' + options if options else ''}@{self.subtask}.{self.attempt}"


def parse_fault(text: str) -> Fault:
    """Read `KIND[:key=value,...]@SUBTASK.ATTEMPT`.

    Raises:
        ConfigError: saying what is wrong, what is allowed.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ConfigError(f"fault {text!r}: KIND[:key=value,...]@SUBTASK.ATTEMPT wanted, e.g. push_robot:t=1.5@2.1")
    kind, options = match["kind"], _KINDS.get(match["kind"])
    if options is None:
        close = difflib.get_close_matches(kind, FAULT_KINDS, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ConfigError(f"fault {text!r}: kind {kind!r} is not one of {', '.join(FAULT_KINDS)}{hint}")
    subtask, attempt = int(match["subtask"]), int(match["attempt"])
    if subtask < 1 or attempt < 1:
        raise ConfigError(f"fault {text!r}: subtasks and attempts are counted from 1")
    values: dict[str, Option] = {name: spec.default for name, spec in options.items() if spec.default is not None}
    for entry in filter(None, (match["options"] or "").split(",")):
        name, equals, value = (part.strip() for part in entry.partition("="))
        if name not in options or not equals:
            allowed = ", ".join(options) or "none"
            raise ConfigError(f"fault {text!r}: {entry!r} given, key=value with a key of {kind} wanted ({allowed})")
        values[name] = _value(text, name, value, options[name])
    missing = [name for name in options if name not in values]
    if missing:
        raise ConfigError(f"fault {text!r}: {kind} needs {', '.join(missing)}=...")
    return Fault(kind, values, subtask, attempt)


def parse_faults(texts: Iterable[str], scene: SceneSpec | None = None) -> tuple[Fault, ...]:
    """Read several; with a scene, ids are looked up and moved things must have room where they go."""
    faults = tuple(parse_fault(text) for text in texts)
    if scene is not None:
        for fault in faults:
            if fault.kind in HANDLED:
                _check_move(fault, scene)
    return faults


def _value(text: str, name: str, value: str, spec: _OptionSpec) -> Option:
    if spec.allowed is str:
        return value
    assert isinstance(spec.allowed, tuple)
    if isinstance(spec.allowed[0], str):
        if value not in spec.allowed:
            raise ConfigError(f"fault {text!r}: {name}={value}, one of {', '.join(map(str, spec.allowed))} wanted")
        return value
    low, high = float(spec.allowed[0]), float(spec.allowed[1])
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        raise ConfigError(f"fault {text!r}: {name}={value}, a number in {low:g}..{high:g} {spec.unit} wanted".rstrip())
    return number


def _check_move(fault: Fault, scene: SceneSpec) -> None:
    id = str(fault.options["id"])
    thing = scene.thing(id)
    if thing is None:
        raise ConfigError(
            f"fault {str(fault)!r}: no {id!r} in scene {scene.name}: {', '.join(t.id for t in scene.things)}"
        )
    if fault.kind == "put_back":
        if not thing.item.movable:
            raise ConfigError(f"fault {str(fault)!r}: {id!r} is furniture; only what can be moved is put back")
        return
    place = thing.position + np.array([fault.number("dx"), fault.number("dy"), 0.0])
    moved = replace(thing, position=place)
    carried = {t.id for t in scene.things if t.on == id}
    hit = [t.id for t in scene.things if t.id not in (id, *carried) and overlapping(moved, t)]
    if thing.on == "floor" and robot_clearance(moved, scene.robot) < 0:
        hit.append("the robot's start")
    if hit:
        raise ConfigError(f"fault {str(fault)!r}: {id!r} would stand in {' and '.join(hit)}; choose another dx, dy")
