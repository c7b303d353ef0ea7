"""Verbs said as nouns: "a short pause", "another wave", "have a little walk" mean "pause", "wave", "walk"."""

from __future__ import annotations

from collections.abc import Callable

from agent.language.tokens import Cursor

_A = ("a", "an", "another", "one", "one more", "one last", "yet another", "a final", "one final", "a last", "your")
_LIGHT = (
    "do", "make", "take", "have", "give", "give me", "give us", "give everyone", "give everybody", "give them",
    "have yourself", "take yourself", "give yourself", "treat yourself to", "treat us to", "do me", "do us", "offer",
    "offer me", "offer us", "throw", "throw in", "add", "send", "perform", "go for", "take yourself for",
)  # fmt: skip
_KINDLY = frozenset(
    ("quick", "short", "brief", "little", "small", "big", "friendly", "nice", "good", "cheerful", "final", "further",
     "warm", "polite", "hearty", "single", "proper", "tiny", "cheery", "last", "simple", "similar", "large", "lovely",
     "momentary")
)  # fmt: skip
"""Size and friendliness of an act make no other plan; its pace would."""
_ACTS = {
    "wave": "wave", "walk": "walk", "stroll": "walk", "wander": "walk", "trip": "walk", "amble": "walk",
    "saunter": "walk", "pause": "stand", "wait": "stand", "standstill": "stand", "breather": "stand", "break": "stand",
    "look": "face", "glance": "face", "visit": "approach", "circle": "circle", "loop": "circle", "turn": "turn",
}  # fmt: skip
_BEHIND = {
    "face": ("back at", "over at", "at", "towards", "over towards", "over to"), "approach": ("to",),
    "circle": ("around",),
    "turn": ("to", "towards"),
}  # fmt: skip
"""What must follow for the noun to mean this, and is part of the verb; "turn" keeps its preposition."""


def match_nominal(cursor: Cursor, starts_noun: Callable[[Cursor], bool]) -> tuple[str, str] | None:
    """The family and the words of the verb said as a noun that stands here; takes nothing."""
    start = cursor.at
    found = _match(cursor, starts_noun)
    cursor.at = start
    return found


def _match(cursor: Cursor, starts_noun: Callable[[Cursor], bool]) -> tuple[str, str] | None:
    start = cursor.at
    light = cursor.take_any(_LIGHT)
    if not cursor.take_any(_A):
        return None
    while cursor.word in _KINDLY:
        cursor.at += 1
    act = cursor.word
    family = _ACTS.get(act)
    if family is None or cursor.items[cursor.at].text != act:
        return None
    cursor.at += 1
    end = cursor.at
    if behind := _BEHIND.get(family):
        if not cursor.take_any(behind) or not starts_noun(cursor):
            return None
        end = end if family == "turn" else cursor.at
    if family == "walk" and light in ("throw", "send", "offer", "give", "give me", "give us"):
        return None
    return family, " ".join(token.word for token in cursor.items[start:end])
