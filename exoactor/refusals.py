"""What is refused before anything moves: actions the body cannot do, videos that do not show what they should."""

from __future__ import annotations

from collections.abc import Sequence

from exoactor.acting import InHands, must_hold
from exoactor.ground import must_move, must_pass, must_sit
from exoactor.types import MOVED_BY_HAND, Action, Contact, Expectation, HumanMotion, Passage, Robot, Scene, StageError

HELD_FIRST = ("carried", "put_down", "placed")
"""What is expected of a thing that is in the hands when the attempt begins."""


def must_be_able(actions: Sequence[Action], robot: Robot, seat: str | None) -> None:
    """Refuse to imagine what the robot could not do.

    Args:
        actions: the chain.
        robot: whose body it is.
        seat: what it sits on, or None.

    Raises:
        StageError: ("imagine", code) with code no_fingers, thumb_in_the_way or seated.
    """
    if any(action.kind in ("pick", "place") for action in actions) and robot.sense().fingers is None:
        raise StageError("imagine", "no_fingers", "the robot's hands have no fingers to take a thing with")
    if any(action.kind == "wipe" for action in actions) and robot.sense().fingers is not None:
        raise StageError("imagine", "thumb_in_the_way", "of a hand with fingers the thumb, not the palm, would wipe")
    if seat is not None and actions and actions[0].kind != "stand_up":
        raise StageError("imagine", "seated", f"the robot sits on {seat}; it has to stand up first")


def must_show(
    expectation: Expectation,
    human: HumanMotion,
    contact: Contact | None,
    passage: Passage | None,
    scene: Scene,
    *,
    in_hands: InHands | None,
    seat: str | None,
) -> None:
    """Refuse a video that does not show at all what is to be brought about; how it does so is its own affair.

    Args:
        expectation: what the skill is to bring about.
        human: the video's motion.
        contact: what it does with a thing, or None.
        passage: the bar it goes over or under, or None.
        scene: in which it was imagined.
        in_hands: what the robot holds, or None.
        seat: what it sits on, or None.

    Raises:
        StageError: ("estimate", code), see `exoactor.ground`; ("ground", "not_in_hands").
    """
    if expectation.kind in HELD_FIRST:
        must_hold(in_hands, expectation.target)
    if expectation.kind in MOVED_BY_HAND:
        must_move(expectation, contact)
    if expectation.kind == "seated" or seat is not None:
        must_sit(expectation, contact)
    must_pass(expectation, passage, human, scene)
