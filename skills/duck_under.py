"""Walk bent under a high bar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from exoactor.passage import room_below
from exoactor.types import Expectation, SceneObject
from skills.base import Args, Argument
from skills.passes import PASS_FAILURES, Pass

CLEARANCE = 0.06
"""The person's head stays so far below the bar [m]."""


class DuckUnder(Pass):
    """Knees bent and trunk bowed, from before the bar to beyond it."""

    name = "duck_under"
    about = "Walk up to a high bar and go under it, bent, without touching it, then stand up."
    arguments = (Argument("object", "object", "id of the bar to go under", kinds=("beam",)),)
    failure_codes: ClassVar[Mapping[str, str]] = {
        **PASS_FAILURES,
        "too_low": "the robot cannot walk bent that low",
        "knocks_it": "the person in the video does not bend enough to get under the bar",
        "not_bent": "the video does not bend the robot enough to get under the bar",
    }
    kind = "duck_under"
    before = 0.75
    beyond = 0.75

    def says(self, name: str) -> str:
        """What the person does, in words."""
        return f"ducks, walks under the {name} and stands up beyond it"

    def rise(self, bar: SceneObject) -> float:
        """How high the head may be [m]."""
        return room_below(bar.item) - CLEARANCE

    def expectation(self, args: Args) -> Expectation:
        """Beyond the bar, which stands as it stood."""
        return Expectation("ducked_under", args["object"])
