"""Step over a low bar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from exoactor.types import Expectation, SceneObject
from skills.base import Args, Argument
from skills.passes import PASS_FAILURES, Pass

CLEARANCE = 0.10
"""The person's soles go so far above the bar [m]."""


class StepOver(Pass):
    """One foot after the other, high enough to touch nothing."""

    name = "step_over"
    about = "Walk up to a low bar and step over it, one foot after the other, without touching it."
    arguments = (Argument("object", "object", "id of the bar to step over", kinds=("hurdle",)),)
    failure_codes: ClassVar[Mapping[str, str]] = {
        **PASS_FAILURES,
        "too_high": "the robot cannot lift its feet that high",
        "kicks_it": "the person in the video does not lift the feet over the bar",
    }
    kind = "step_over"
    before = 0.36
    beyond = 0.42

    def says(self, name: str) -> str:
        """What the person does, in words."""
        return f"steps over the {name}, one foot after the other"

    def rise(self, bar: SceneObject) -> float:
        """How high the soles go [m]."""
        return bar.top + CLEARANCE

    def expectation(self, args: Args) -> Expectation:
        """Beyond the bar, which stands as it stood."""
        return Expectation("stepped_over", args["object"])
