"""How long something is to last: seconds, or a while that is not counted."""

from __future__ import annotations

from agent.language.tokens import Cursor

_FIXED = {
    "a second": 1.0, "one second": 1.0, "a couple of seconds": 2.0, "a couple seconds": 2.0, "a second or two": 2.0,
    "half a minute": 30.0, "a minute": 60.0, "one minute": 60.0, "a couple more seconds": 2.0, "half a second": 0.5,
}  # fmt: skip
_FOR = ("for", "for just", "just", "for only", "for another", "another")
_ABOUT = (
    "about", "at least", "exactly", "roughly", "around", "approximately", "a good", "some", "just about", "close to",
    "nearly", "almost", "something like", "a full", "the space of", "a total of", "a period of", "of",
)  # fmt: skip
_OR_SO = (
    "or so", "or thereabouts", "more or less", "give or take", "approximately", "in total", "altogether", "or more",
    "at least", "at the least", "exactly", "straight",
)  # fmt: skip
"""Nobody counts the tenths: a number said to be rough is that number."""
_A = (
    "a",
    "one",
    "just a",
    "only a",
    "another",
    "some",
    "a few",
    "several",
    "a couple of",
    "a couple more",
    "a few more",
)
_SIZE = frozenset(("short", "little", "brief", "small", "quick", "tiny", "wee", "more"))
_WHILE = (
    "moment", "moments", "bit", "while", "time", "instant", "tick", "seconds", "second or two", "moment or two",
    "second or so", "little", "spell", "beat", "heartbeat", "jiffy", "little bit", "while longer", "bit longer",
)  # fmt: skip


def take_seconds(cursor: Cursor) -> float | None:
    """Take "for three seconds", "2.5 seconds or so", "half a minute"; None if no duration stands here."""
    start = cursor.at
    cursor.take_any(_FOR)
    cursor.take_any(_ABOUT)
    if phrase := cursor.take_any(_FIXED):
        cursor.take_any(_OR_SO)
        return _FIXED[phrase]
    number = cursor.items[cursor.at].number if cursor else None
    if number is not None:
        cursor.at += 1
        if (
            cursor.take("or", "to")
            and cursor
            and (more := cursor.items[cursor.at].number) is not None
            and more > number
        ):
            cursor.at += 1  # "two or three seconds": the longer does for both
            number = more
        cursor.take("full", "whole", "more", "long", "good", "or so")
        if unit := cursor.take("seconds", "second", "minutes"):
            cursor.take_any(_OR_SO)
            return 60 * number if unit == "minutes" else number
    cursor.at = start
    return None


def take_a_while(cursor: Cursor) -> bool:
    """Take "for a short while", "a few moments", "briefly": a time that says no more than that it is short."""
    start = cursor.at
    if cursor.take("briefly", "momentarily", "for now"):
        return True
    cursor.take("for", "for just", "just")
    if cursor.take_any(_A):
        while cursor.word in _SIZE:
            cursor.at += 1
        if cursor.take_any(_WHILE) or (cursor.peek(-1) in _SIZE and cursor.word in ("", ",", ".", "and", "then")):
            cursor.take_any(_OR_SO)
            return True
    cursor.at = start
    return False
