"""What a skill is: typed arguments, symbolic preconditions and effects, an action chain, an expected outcome."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

from exoactor.types import KINDS, Action, Catalogue, Expectation, Pose2D, Scene, SceneObject, StageError

Args = Mapping[str, Any]
ArgumentType = Literal["object", "side", "seconds", "flag", "direction", "degrees", "relation", "approach"]
ID_PATTERN = re.compile(r"[a-z0-9_]{1,40}")
DIRECTIONS = ("forward", "left", "right")
"""As seen by the robot."""
APPROACHES = ("left", "right", "far")
"""Sides of a thing as seen by the robot; its near side is where it goes unasked, if there is room."""
RELATIONS = ("on", "in")
"""Of what is put somewhere to what it is put on or in."""
MIN_CONFIDENCE = 0.5
"""Below this a perceived thing is not used as a target."""


@dataclass(frozen=True)
class Argument:
    """One argument of a skill.

    Args:
        name: keyword.
        type: an object's id, a hand ("left" or "right"), seconds, a flag (true or false), a direction as seen by the
            robot (one of `DIRECTIONS`), one in the world in degrees, a relation (one of `RELATIONS`), or the side of a
            thing to come to (one of `APPROACHES`).
        about: one line for prompts and help.
        required: False when the skill has a default.
        kinds: for objects, the kinds allowed.
        low, high: for seconds, the range allowed [s].
    """

    name: str
    type: ArgumentType
    about: str
    required: bool = True
    kinds: tuple[str, ...] = KINDS
    low: float = 1.0
    high: float = 20.0

    def problem(self, value: Any, catalogue: Catalogue) -> str | None:
        """Why `value` is not allowed, or None."""
        if self.type == "side":
            return None if value in ("left", "right") else f"{self.name}: {value!r} is neither 'left' nor 'right'"
        if self.type == "flag":
            return None if isinstance(value, bool) else f"{self.name}: {value!r} is neither true nor false"
        if self.type == "direction":
            allowed = ", ".join(DIRECTIONS)
            return None if value in DIRECTIONS else f"{self.name}: {value!r} is none of {allowed}"
        if self.type == "relation":
            return None if value in RELATIONS else f"{self.name}: {value!r} is none of {', '.join(RELATIONS)}"
        if self.type == "approach":
            return None if value in APPROACHES else f"{self.name}: {value!r} is none of {', '.join(APPROACHES)}"
        if self.type == "degrees":
            finite = isinstance(value, (int, float)) and not isinstance(value, bool) and -360 <= value <= 360
            return None if finite else f"{self.name}: {value!r} given, -360 to 360 degrees allowed"
        if self.type == "seconds":
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if number and self.low <= value <= self.high:
                return None
            return f"{self.name}: {value!r} given, {self.low:g} to {self.high:g} seconds allowed"
        known = {item.id: item for item in catalogue}
        if not isinstance(value, str) or value not in known:
            return f"{self.name}: {value!r} is not in the scene; there are: {', '.join(known) or 'no things'}"
        kind = known[value].kind
        if kind not in self.kinds:
            return f"{self.name}: {value} is a {kind}; allowed are: {', '.join(self.kinds)}"
        return None


@dataclass(frozen=True)
class Fact:
    """One symbolic fact: the robot is near a thing, faces it, holds it, or holds something above it."""

    name: Literal["near", "facing", "holding", "above"]
    thing: str


@dataclass(frozen=True)
class Symbols:
    """What is believed of the robot while a plan is checked, before anything moves.

    Args:
        near: id of the thing it stands at, or None.
        facing: id of the thing it faces, or None.
        holding: id of the thing it holds, or None.
        seat: id of the thing it sits on, or None when it stands.
        on: id of each thing of which it is known -> id of what it stands on.
        above: id of what is below the thing that is held; None where that is not known, and may be anything.
        tops: id of each thing of which it is known -> height of its upper side [m].
    """

    near: str | None = None
    facing: str | None = None
    holding: str | None = None
    seat: str | None = None
    on: Mapping[str, str] = field(default_factory=dict)
    above: str | None = None
    tops: Mapping[str, float] = field(default_factory=dict)

    def holds(self, fact: Fact) -> bool:
        """Whether the fact is believed."""
        if fact.name == "above":
            return self.above in (None, fact.thing)
        believed: str | None = getattr(self, fact.name)
        return believed == fact.thing

    def moved(self, *, near: str | None, facing: str | None) -> Symbols:
        """The beliefs after the robot walked."""
        return replace(self, near=near, facing=facing)

    def turned(self, facing: str | None) -> Symbols:
        """The beliefs after the robot turned on the spot."""
        return replace(self, facing=facing)


def acted_on(args: Args) -> str | None:
    """Id of the thing that a skill with these arguments is done to: its object, target or surface, else None."""
    found = args.get("object") or args.get("target") or args.get("surface")
    return None if found is None else str(found)


class Skill(ABC):
    """One thing that can be asked for. Stateless; `exoactor skills` lists them, planners choose among them."""

    name: ClassVar[str]
    about: ClassVar[str]
    arguments: ClassVar[tuple[Argument, ...]] = ()
    on_foot: ClassVar[bool] = False
    """Whether it needs the feet, so that who sits is taken to stand up for it; else that has to be said."""
    model_may_confirm: ClassVar[bool] = False
    """Whether a model that sees it done may settle what measuring cannot tell, if the user lets it. For what pictures
    show as plainly as numbers do, and what is no harm if it was not done after all."""
    failure_codes: ClassVar[Mapping[str, str]] = {}
    """Codes that `actions` and the check can give, with what each means."""

    def problems(self, args: Args, catalogue: Catalogue) -> list[str]:
        """Everything that is wrong with `args`, all at once; empty when they are fine."""
        declared = {a.name: a for a in self.arguments}
        found = [
            f"{self.name} has no argument {name!r}; it has: {', '.join(declared) or 'none'}"
            for name in args
            if name not in declared
        ]
        for argument in self.arguments:
            if argument.name not in args:
                if argument.required:
                    found.append(f"{self.name} needs {argument.name!r}: {argument.about}")
                continue
            problem = argument.problem(args[argument.name], catalogue)
            if problem:
                found.append(f"{self.name}: {problem}")
        return found

    def hindrance(self, symbols: Symbols, args: Args) -> str | None:
        """Why the skill cannot be done in that state, or None. By default it needs free hands, and is done standing."""
        if symbols.seat is not None:
            return f"{self.name} cannot be done sitting on {symbols.seat}; say 'stand up' first"
        if symbols.holding is None:
            return None
        return f"{self.name} cannot be done while holding {symbols.holding}"

    def preconditions(self, args: Args) -> tuple[Fact, ...]:
        """Facts that must be believed before the skill starts."""
        return ()

    def settled(self, scene: Scene, args: Args) -> Args:
        """The arguments as they are to be understood from the first look on, whatever the robot does meanwhile.

        Raises:
            StageError: stage "perceive" when target or robot were not seen.
        """
        return args

    @abstractmethod
    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """The beliefs after the skill succeeded."""

    @abstractmethod
    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """The action chain to imagine, from where the robot is seen.

        Raises:
            StageError: stage "perceive" when target or robot were not seen, "imagine" when there is no place.
        """

    @abstractmethod
    def expectation(self, args: Args) -> Expectation:
        """What must be seen when the skill is done."""

    def describe(self) -> dict[str, Any]:
        """Name, documentation and arguments as plain data, for prompts and `exoactor skills --json`."""
        return {
            "name": self.name,
            "about": self.about,
            "arguments": [
                {
                    "name": a.name,
                    "type": a.type,
                    "about": a.about,
                    "required": a.required,
                    **({"kinds": list(a.kinds)} if a.type == "object" else {}),
                    **({"low": a.low, "high": a.high} if a.type == "seconds" else {}),
                }
                for a in self.arguments
            ],
            "failure_codes": dict(self.failure_codes),
            "model_may_confirm": self.model_may_confirm,
        }


COMMON_FAILURES = {
    "target_not_seen": "the target was not found in the image",
    "robot_not_seen": "the robot was not found in the image",
    "no_solution": "no joint angles of the robot follow the motion",
}


def robot_pose(scene: Scene) -> Pose2D:
    """Where the robot stands, or `StageError("perceive", "robot_not_seen")`."""
    if scene.robot is None:
        raise StageError("perceive", "robot_not_seen", "the robot was not found in the camera image")
    return scene.robot


def seen_target(scene: Scene, id: str) -> SceneObject:
    """The perceived thing of that id, or `StageError("perceive", "target_not_seen")`."""
    found = scene.get(id)
    if found is None or found.confidence < MIN_CONFIDENCE:
        how = "was not found" if found is None else f"was found with confidence {found.confidence:.2f} only"
        raise StageError("perceive", "target_not_seen", f"{id} {how}")
    return found


def spoken(id: str) -> str:
    """An id as words: "red_chair" -> "red chair"."""
    return id.replace("_", " ")
