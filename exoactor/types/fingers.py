"""What the fingers of a hand are seen to do in a clip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from exoactor.types.arrays import Array, checked

FINGER_STATES = ("open", "half", "closed")
"""Stretched; bent half way, as before a thing is taken or round a thick one; bent round something or to a fist."""
Word = Literal["yes", "no", "cannot_tell"]


@dataclass(frozen=True)
class HandStates:
    """How far one hand is closed over time.

    Args:
        side: "left" or "right".
        times: (N,) of the looks [s].
        odds: (N, 3) probabilities of `FINGER_STATES`, each row sums to one.
        told: (N,) bool, whether the look tells anything: the hand is large enough, shown, and the reading sure enough.
        pixels: (N,) length of the stretched hand in the picture [px].
    """

    side: Literal["left", "right"]
    times: Array
    odds: Array
    told: Array
    pixels: Array

    def __post_init__(self) -> None:
        if self.side not in ("left", "right"):
            raise ValueError(f"side: {self.side!r} given, 'left' or 'right' wanted")
        n = len(self.times)
        for name, shape in (("times", (n,)), ("odds", (n, 3)), ("pixels", (n,))):
            object.__setattr__(self, name, checked(name, getattr(self, name), shape))
        object.__setattr__(self, "told", checked("told", self.told, (n,), np.bool_))
        if n and not (np.allclose(self.odds.sum(1), 1.0, atol=1e-3) and (self.odds >= 0).all()):
            raise ValueError("odds: rows of probabilities wanted, that sum to one")

    def __len__(self) -> int:
        return len(self.times)

    def letters(self) -> str:
        """One letter a look, "o", "h" or "c", "." where it tells nothing."""
        return "".join("ohc"[k] if told else "." for k, told in zip(self.odds.argmax(1), self.told, strict=True))


@dataclass(frozen=True)
class Fingers:
    """Whether fingers close round what a hand takes, or open when it lets go, as far as they are seen.

    Args:
        agree: "yes" if they do what the thing's own movement says, "no" if they surely do not, else "cannot_tell".
        at: when they close, or open [s]; None unless they agree.
        sure: probability of that word, 0..1; 0 for "cannot_tell".
        looks: one letter a look, as of `HandStates.letters`; for people and reports.
        pixels: median length of the hand in the picture [px].
    """

    agree: Word
    at: float | None = None
    sure: float = 0.0
    looks: str = ""
    pixels: float = 0.0

    def __post_init__(self) -> None:
        if self.agree not in get_args(Word):
            raise ValueError(f"agree: {self.agree!r} given, one of {', '.join(get_args(Word))} wanted")
        if self.at is not None and self.agree != "yes":
            raise ValueError(f"at: {self.at} given for fingers that do not agree")
        if not 0.0 <= self.sure <= 1.0:
            raise ValueError(f"sure: {self.sure} given, 0..1 wanted")

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Fingers | None:
        """From what `dataclasses.asdict` makes of it."""
        return None if data is None else cls(**data)
