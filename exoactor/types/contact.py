"""What a video shows of a thing that is touched: where it slides, how far it rises, who does what to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from exoactor.types.arrays import Array, checked
from exoactor.types.fingers import Fingers

ContactKind = Literal["lift", "carry", "put_down", "push", "wipe", "sit", "rise"]
WITHOUT_HANDS = ("sit", "rise")
"""Kinds of contact of the seat, not of hands."""


@dataclass(frozen=True)
class Slide:
    """Where a thing is that is pushed over a floor or a top, as seen in a clip.

    Args:
        times: (N,) [s].
        shift: (N, 2) from where it stood, in the world [m]; NaN where it is not seen.
        drop: at the end it is seen so far below where it stood [m]; 0 if it is not.
    """

    times: Array
    shift: Array
    drop: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "times", checked("times", self.times, (len(self.shift),)))


@dataclass(frozen=True)
class Rise:
    """How far a thing is above where it stood, as seen in a clip.

    Args:
        times: (N,) [s].
        height: (N,) [m]; NaN where it is not seen.
    """

    times: Array
    height: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "times", checked("times", self.times, (len(self.height),)))


@dataclass(frozen=True)
class Contact:
    """A thing that hands take hold of and move, wipe, or that is sat on, as the video shows it.

    Args:
        thing: its id.
        hands: those on it, "left" and "right"; none for a seat.
        reach: when they leave for it, or the hips begin to go down to it [s].
        begin: when they are at it; when one who rises begins to [s].
        rise: when it leaves what it stood on, or begins to be let down; when one who rises stands [s].
        end: when it is let go, or the clip ends [s].
        lift: how far it rises, negative if it is let down or falls; of a seat, the person's hips [m].
        heading: of the person when it begins, relative to the thing's own x axis; of one who sits, while sitting [rad].
        bow: largest pitch of the trunk while the hands are on it, or on the way down or up [rad].
        kind: what is done to it: it is lifted, goes along with the person, is let down, pushed, wiped, sat on, or risen
            from.
        way: of what is pushed, ahead of and to the left of the person that begins to push; of the hand that wipes, how
            far it comes to be ahead from the first stroke to the last, and how long a stroke is to one side [m].
        at: the middle of what is wiped, in the thing's own frame [m].
        strokes: of the hand that wipes, to and fro counted apart.
        into: id of the basket or bin that what is let go of falls into; None for nothing.
        fingers: what those of the one hand on it are seen to do; None if nobody looked at them.
    """

    thing: str
    hands: tuple[str, ...]
    reach: float
    begin: float
    rise: float
    end: float
    lift: float
    heading: float
    bow: float
    kind: ContactKind = "lift"
    way: tuple[float, float] = (0.0, 0.0)
    at: tuple[float, float] = (0.0, 0.0)
    strokes: int = 0
    into: str | None = None
    fingers: Fingers | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(ContactKind):
            raise ValueError(f"kind: {self.kind!r} given, one of {', '.join(get_args(ContactKind))} wanted")
        if (not self.hands and self.kind not in WITHOUT_HANDS) or not set(self.hands) <= {"left", "right"}:
            raise ValueError(f"hands: {self.hands} given, 'left' and 'right' allowed, at least one wanted")
        if not 0 <= self.reach <= self.begin <= self.rise <= self.end:
            raise ValueError(
                f"reach, begin, rise and end must follow each other: {self.reach}, {self.begin}, {self.rise}, "
                f"{self.end} given"
            )
