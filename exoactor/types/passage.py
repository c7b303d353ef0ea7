"""Going over or under a bar, as a video shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Passage:
    """A bar that the person goes over or under.

    Args:
        thing: its id.
        way: over it or under it.
        forward: along the thing's own x axis, else against it.
        aside: where it is crossed, from its middle along its own y axis [m].
        reach: when the first foot leaves the floor for it, or the person begins to go down [s].
        begin: when the hips are over or under it [s].
        first_foot: that goes across first.
        lifts: how high the left and the right foot are raised to get over it [m].
        clears: the lower of ball and ankle of the left and the right foot as it is over it, above where it stood [m].
        crown: height of the top of the head under it [m].
        lowered: by how much the hips are lower there than standing, as a share of that height.
        bow: pitch of the trunk there beyond that of standing [rad].
        beyond: how far beyond its middle the video ends [m].
    """

    thing: str
    way: Literal["over", "under"]
    forward: bool
    aside: float
    reach: float
    begin: float
    first_foot: Literal["left", "right"]
    lifts: tuple[float, float]
    clears: tuple[float, float]
    crown: float
    lowered: float
    bow: float
    beyond: float

    def __post_init__(self) -> None:
        if self.way not in ("over", "under"):
            raise ValueError(f"way: {self.way!r} given, 'over' or 'under' wanted")
        if not 0 <= self.reach <= self.begin:
            raise ValueError(f"reach and begin must follow each other: {self.reach}, {self.begin} given")

    @classmethod
    def from_json(cls, data: dict[str, Any] | None) -> Passage | None:
        """What `dataclasses.asdict` wrote; None for null."""
        return None if data is None else cls(**{**data, "lifts": tuple(data["lifts"]), "clears": tuple(data["clears"])})
