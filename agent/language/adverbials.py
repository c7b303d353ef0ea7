"""What goes with a verb: which hand, how long, how often, where; and the error for words that go with nothing."""

from __future__ import annotations

from collections.abc import Callable

from agent.language import lexicon as lx
from agent.language.nouns import NotUnderstood, Nouns
from agent.language.tokens import Cursor
from skills import Fact

_BEHIND_A_BARE_SIDE = ("", ",", ".", "and", "then", "but", "at", "this", "please", "before", "once", "when", "after")


def take_side(cursor: Cursor, last_side: str | None) -> str | None:
    """Take "with your left hand", "your right arm", "left handed"; give "left" or "right".

    Raises:
        NotUnderstood: "the other hand" or "the same hand" before any hand was named.
    """
    start = cursor.at
    cursor.take("this time", "but")
    held = bool(cursor.take_any(lx.WITH))
    cursor.take("your", "the", "a", "that", "this", "that very", "your very")
    word = cursor.take("left", "right", "other", "same")
    bare = cursor.peek(-2) in ("your", "the") and cursor.word in _BEHIND_A_BARE_SIDE
    if word and (cursor.take("hand", "arm", "handed", "index finger") or (held and cursor.take("one")) or bare):
        cursor.take("outstretched", "stretch out", "extend", "this time")
        if word in ("left", "right"):
            return word
        if last_side is None:
            raise NotUnderstood(f"'the {word} hand': no hand was named before", unknown=(word,))
        return last_side if word == "same" else {"left": "right", "right": "left"}[last_side]
    cursor.at = start
    return None


def take_place(cursor: Cursor, nouns: Nouns, but: tuple[str, ...] = ()) -> Fact | None:
    """Take "by the door": the robot must stand there."""
    start = cursor.at
    preposition = cursor.take_any(p for p in lx.STANDING_AT if p not in but)
    of_time = preposition == "before" and cursor.word in ("that", "this", "it", "them")  # "wave before that"
    if preposition and not of_time and nouns.starts(cursor):
        return Fact("near", nouns.one(cursor))
    cursor.at = start
    return None


def take_leading_place(cursor: Cursor, nouns: Nouns, verb_here: Callable[[Cursor], object]) -> Fact | None:
    """Take "from the table, ..." or "at the table ..." in front of a verb, which `verb_here` recognizes."""
    start = cursor.at
    if cursor.take("from", "at") and nouns.starts(cursor):
        place = Fact("near", nouns.one(cursor))
        if cursor.take(",") or verb_here(cursor):
            return place
    cursor.at = start
    return None


def take_count(cursor: Cursor) -> int | None:
    """Take "twice", "three times"; None when nothing is said.

    Raises:
        NotUnderstood: more than five times.
    """
    start = cursor.at
    if phrase := cursor.take_any(lx.COUNTS):
        if phrase == "once" and cursor.word in ("you", "there", "that", "this", "it", "do", "finish"):
            cursor.at = start  # "once you have ...": no number
            return None
        return lx.COUNTS[phrase]
    number = cursor.items[cursor.at].number if cursor else None
    ahead = 2 if cursor.peek() == "more" else 1  # "two more times"
    if number and number == int(number) and cursor.peek(ahead) == "times":
        cursor.at += ahead + 1
        if not 1 <= number <= 5:
            raise NotUnderstood(f"{int(number)} times is too often, 1 to 5 are allowed")
        return int(number)
    return None


def complaint(cursor: Cursor, nouns: Nouns, why: str) -> NotUnderstood:
    """The error for what stands here: a word that is refused, words without a meaning, or else `why`."""
    words = cursor.rest_of_clause()
    known = lx.VOCABULARY | nouns.vocabulary()
    strange = tuple(dict.fromkeys(t.text for t in words if t.word not in known and t.number is None))
    if strange:
        return NotUnderstood("I do not understand " + ", ".join(repr(w) for w in strange), unknown=strange)
    for token in words:
        if token.word in lx.REFUSED:
            what = f"{token.text!r} is {lx.REFUSED[token.word]}; say only what to do, step by step"
            return NotUnderstood(what, unknown=(token.text,))
    rest = " ".join(t.text for t in words)
    return NotUnderstood(f"{why} (at {rest!r})" if rest else why, unknown=(rest,) if rest else ())
