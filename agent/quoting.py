"""Whether a proposed event has words of the instruction behind it, and not words that forbid it."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from agent.models.failures import quoted

QUOTE = '"said" has to quote the words of the instruction that it carries out; leave the event out if there are none'
_NOT = r"(?:don't|dont|do not|does not|doesn't|never|without|must not|mustn't|should not|shouldn't|may not)"
_HARMLESS = r"(?:forget|hesitate|fail|mind|worry)"
FORBIDS = re.compile(rf" {_NOT} (?!{_HARMLESS} )")
FORBIDS_NEXT = re.compile(rf" {_NOT} (?:ever |please |even |just )?$")
"""The words right after these are what is not to be done."""


def objection(said: Any, instruction: str, things: Collection[Any] = ()) -> str:
    """What is wrong with the words that an event claims to carry out, or "".

    They have to follow each other in the instruction; an ellipsis joins two such pieces. They must not be what the
    instruction forbids: small models pass over a "don't". And ids alone are no words for what has nothing to do with
    the things of those ids, whatever they are called.

    Args:
        said: the words.
        instruction: as the user gave it.
        things: what the event's arguments are.
    """
    if not isinstance(said, str):
        return QUOTE
    told = f" {' '.join(_words(instruction))} "
    pieces = [p for p in (" ".join(_words(piece)) for piece in re.split(r"\.\.\.|…", said[:1000])) if p]
    if not pieces or any(f" {piece} " not in told for piece in pieces):
        return QUOTE
    words = {w for piece in pieces for w in piece.split()} - {"the", "a", "an"}
    if words and all("_" in w for w in words) and not any(w in things for w in words):
        return f'"{quoted(" ".join(sorted(words)), 60)}" names what the event has nothing to do with: {QUOTE}'
    for piece in pieces:
        if FORBIDS.search(f" {piece} "):
            return (
                f'"{quoted(piece, 60)}" forbids something: quote only the words that ask for the event, or leave it out'
            )
        before = [told[: m.start() + 1] for m in re.finditer(f"(?= {re.escape(piece)} )", told)]
        if all(FORBIDS_NEXT.search(words) for words in before):
            return f'"{quoted(piece, 60)}" is what the instruction forbids: leave the event out'
    return ""


def _words(text: str) -> list[str]:
    return [w for word in re.findall(r"[\w']+", text.lower().replace("’", "'")) if (w := word.strip("'"))]
