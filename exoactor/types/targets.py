"""Where palms and hands have to be while the robot works on a thing, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from exoactor.types.arrays import Array, checked

TargetFrame = Literal["world", "root"]


def _check_frame(frame: str) -> None:
    if frame not in get_args(TargetFrame):
        raise ValueError(f"frame: {frame!r} given, {' or '.join(map(repr, get_args(TargetFrame)))} allowed")


@dataclass(frozen=True)
class PalmTargets:
    """Where the palms have to be while the hands work on a thing.

    Args:
        position: (T, 2, 3) middle of the left and the right palm [m].
        weight: (T,) 0..1: at 0 the arms follow the joint reference alone, at 1 the palms are brought to `position`.
        press: (T, 2, 3) unit direction in which a palm presses and is not corrected, 0 where it presses nothing.
        frame: of `position` and `press`: "world", for a thing that stands or a robot that does; "root", x ahead of and
            y left of the pelvis, z above the floor, for what goes along with a walking robot.
    """

    position: Array
    weight: Array
    press: Array
    frame: TargetFrame = "world"

    def __post_init__(self) -> None:
        _check_frame(self.frame)
        n = len(self.weight)
        object.__setattr__(self, "position", checked("position", self.position, (n, 2, 3)))
        object.__setattr__(self, "weight", checked("weight", self.weight, (n,)))
        object.__setattr__(self, "press", checked("press", self.press, (n, 2, 3)))


@dataclass(frozen=True)
class HandTargets:
    """Where one hand has to be while it works on a thing, and how all fingers are held.

    Args:
        side: "left" or "right".
        point: (T, 3) the place between its fingers and thumb, see `exoactor.grasp.POINT` [m].
        heading: (T,) the fingers point along, seen from above [rad].
        weight: (T,) 0..1: at 0 the arm follows the joint reference alone, at 1 the hand is brought to `point`.
        fingers: (T, 14) targets of `HAND_JOINTS` [rad].
        roll: of the hand about its fingers: at 0 the thumb is up, at pi/2 a left palm faces down, at -pi/2 a right one
            [rad].
        pitch: of the fingers, down [rad].
        frame: of `point` and `heading`, as of `PalmTargets`.
    """

    side: Literal["left", "right"]
    point: Array
    heading: Array
    weight: Array
    fingers: Array
    roll: float = 0.0
    pitch: float = 0.0
    frame: TargetFrame = "world"

    def __post_init__(self) -> None:
        _check_frame(self.frame)
        if self.side not in ("left", "right"):
            raise ValueError(f"side: {self.side!r} given, 'left' or 'right' wanted")
        n = len(self.weight)
        for name, shape in (("point", (n, 3)), ("heading", (n,)), ("weight", (n,)), ("fingers", (n, 14))):
            object.__setattr__(self, name, checked(name, getattr(self, name), shape))
