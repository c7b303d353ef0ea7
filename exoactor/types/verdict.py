"""What a finished subtask must look like, and what the look at it said."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pathlib import Path


class Outcome(StrEnum):
    """Three-valued: `CANNOT_TELL` is never success."""

    DONE = "done"
    NOT_DONE = "not_done"
    CANNOT_TELL = "cannot_tell"


ExpectationKind = Literal[
    "at", "circled", "facing", "waved", "pointing", "still", "lifted", "carried", "put_down", "placed",
    "pushed", "swept", "wiped", "seated", "standing", "stepped_over", "ducked_under",
]  # fmt: skip

MOVED_BY_HAND: tuple[ExpectationKind, ...] = (
    "lifted", "carried", "put_down", "placed", "pushed", "swept", "wiped",
)  # fmt: skip
"""Kinds that ask something of the target itself, not of where the robot stands or how it holds its arms."""

PASSED: tuple[ExpectationKind, ...] = ("stepped_over", "ducked_under")
"""Kinds that ask for the robot to be beyond a bar that stands as it stood."""


@dataclass(frozen=True)
class Expectation:
    """What must be seen when a skill is done.

    Args:
        kind: at (robot stands before `target`, facing it), circled (went round `target`, ends beyond it),
            facing (turned to `target` on the spot), waved, pointing (an arm held towards `target`), still,
            lifted (`target` is off what it stood on, for a second at least and still at the end),
            carried (`target` is held, over `on` or before it), put_down (`target` stands upright on something, on `on`
            if that is given, and the robot has let go of it), placed (the same of what one hand held; or it is inside
            `on`, however it lies there),
            pushed (`target` went `toward` there and stands upright on what it stood on), swept (`target` is off what it
            stood on, down), wiped (a hand went over `patch` of `target`, touching it or nearly), seated (on `target`,
            most of the weight on it, upright, at rest, hands off), standing (upright, free of all seats), stepped_over
            and ducked_under (robot stands beyond `target`, went across it between its ends, and it stands as it stood).
        target: object id, where the kind has one.
        side: hand for waved, pointing and wiped, or None for either.
        on: object id of where the target is brought to, or for pushed up to, or None for anywhere.
        inside: for placed: the target is to be inside `on`, a basket or bin, not on top of it.
        toward: direction in the world [rad], for pushed; for at, along which who stands at the wanted side faces.
        patch: for wiped: the rectangle of the target's top that the video wipes: its middle x, y in the world [m], the
            heading of who wipes it [rad], and its extent ahead and aside as seen from there [m].
    """

    kind: ExpectationKind
    target: str | None = None
    side: Literal["left", "right"] | None = None
    on: str | None = None
    toward: float | None = None
    patch: tuple[float, float, float, float, float] | None = None
    inside: bool = False


@dataclass(frozen=True)
class Verdict:
    """The check's answer.

    Args:
        outcome: done, not_done or cannot_tell.
        code: snake_case reason ("reached", "too_far", "not_facing", "target_not_seen", "robot_not_seen", ...).
        measured: the decisive quantity.
        threshold: what it was compared with.
        unit: of both.
        confidence: 0..1.
        evidence: pictures with overlays.
        details: further measured numbers.
    """

    outcome: Outcome
    code: str
    measured: float | None = None
    threshold: float | None = None
    unit: str = ""
    confidence: float = 1.0
    evidence: tuple[Path, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain data for verdict.json; evidence as file names."""
        return {
            "outcome": self.outcome.value,
            "code": self.code,
            "measured": self.measured,
            "threshold": self.threshold,
            "unit": self.unit,
            "confidence": self.confidence,
            "evidence": [p.name for p in self.evidence],
            "details": self.details,
        }
