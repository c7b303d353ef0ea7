"""What can be asked for: one file a skill, and the registry of them all.

A package adds a skill without touching this one through the entry point group "exoactor.skills".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType

from exoactor.types import ConfigError
from skills.base import Args, Argument, Fact, Skill, Symbols, acted_on
from skills.carry import Carry
from skills.duck_under import DuckUnder
from skills.lift import Lift
from skills.pick import Pick
from skills.place import Place
from skills.point_at import PointAt
from skills.push import Push
from skills.put_down import PutDown
from skills.sit_on import SitOn
from skills.stand_still import StandStill
from skills.stand_up import StandUp
from skills.step_over import StepOver
from skills.sweep import Sweep
from skills.turn_to import TurnTo
from skills.walk_around import WalkAround
from skills.walk_to import WalkTo
from skills.wave import Wave
from skills.wipe import Wipe

__all__ = ["Args", "Argument", "Fact", "Skill", "Symbols", "acted_on", "get", "registry"]

_BUILT_IN: tuple[type[Skill], ...] = (
    WalkTo, WalkAround, TurnTo, Wave, PointAt, StandStill, Lift, Carry, PutDown, Pick, Place,
    Push, Sweep, Wipe, SitOn, StandUp, StepOver, DuckUnder,
)  # fmt: skip


@cache
def registry() -> Mapping[str, Skill]:
    """All skills by name: the built-in ones, then those of entry points.

    Raises:
        ConfigError: an entry point takes a name that is taken.
    """
    found: dict[str, Skill] = {kind.name: kind() for kind in _BUILT_IN}
    for entry in entry_points(group="exoactor.skills"):
        skill = entry.load()()
        if skill.name in found:
            raise ConfigError(f"skill {skill.name!r} of entry point {entry.value!r} has a name that is taken")
        found[skill.name] = skill
    return MappingProxyType(found)


def get(name: str) -> Skill:
    """The skill of that name.

    Raises:
        ConfigError: unknown name.
    """
    try:
        return registry()[name]
    except KeyError:
        raise ConfigError(f"{name!r} is not a skill; there are: {', '.join(registry())}") from None
