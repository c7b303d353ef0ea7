"""The words in which a person's movement may be described: a closed list, so that nothing else comes into the picture.

A word that is not here is refused whatever it means: another thing, another person, a camera, a command.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from exoactor.types import ActionKind


def listed(words: str) -> frozenset[str]:
    """Words with spaces between them, as a set."""
    return frozenset(words.split())


_FUNCTION = """
a an the this that its it their them his her of on in into onto at by to toward towards from with and or then while as
until when before after behind beside near next close around round across along past between together apart away up down
out off over under back forward forwards backward backwards ahead again still so is are be being each both every all
other opposite own same one two three four several few once twice half about just only against above below inside
"""
_BODY = """
head neck face eye gaze chest chin trunk torso shoulder arm forearm elbow wrist hand palm finger fingertip thumb fist
hip waist pelvis knee leg thigh shin calf calves ankle foot feet heel toe sole spine body weight balance posture
bodyweight
"""
_SPACE = """
side front step pace stride rhythm tempo distance direction line circle arc floor ground spot place position end start
beginning middle centre center moment second time height level width edge top corner surface rest way turn movement
"""
_HOW = """
left right upright straight bent relaxed natural steady calm slow smooth gentle careful easy comfortable even firm flat
low high lower higher small short long wide slight full open loose soft quiet stable balanced upper inner outer far
vertical horizontal whole clear visible first third last final opposite quick brisk complete single brief continuous
deliberate controlled spread sideways halfway fully mid parallel neutral tall square squarely light lightly heavy
centred
"""
_COMMON_VERBS = """
stand stood stay keep kept remain look face shift relax breathe hang hung swing swung stop begin began start finish
continue come bend bent straighten balance plant
"""
COMMON = listed(_FUNCTION + _BODY + _SPACE + _HOW + _COMMON_VERBS)
"""In every part of a description."""

_ARMS = "raise lower lift bring extend stretch reach hold held return drop rotate tilt lean let"
_HANDS = f"{_ARMS} grasp grip take taken close put set lay press touch release go crouch squat support"
VERBS: dict[ActionKind, frozenset[str]] = {
    "stand": listed("wait face"),
    "walk": listed("walk step take go approach arrive turn pass circle cross advance slow move lead"),
    "turn": listed("turn take rotate pivot step move"),
    "wave": listed(f"wave {_ARMS} move greet oscillate"),
    "point": listed(f"point aim {_ARMS} straighten direct"),
    "lift": listed(f"{_HANDS} carry rise"),
    "carry": listed("carry walk step take go hold held turn approach arrive bring raise lift keep kept slow move"),
    "put_down": listed(f"{_HANDS} place rise withdraw"),
    "pick": listed(f"{_HANDS} pick wrap curl"),
    "place": listed(f"{_HANDS} place withdraw uncurl"),
    "push": listed(f"{_HANDS} push slide sweep swept move walk step shove fall withdraw"),
    "wipe": listed(f"{_HANDS} wipe slide glide sweep move stroke rub"),
    "sit": listed("sit sat seat seated lower lean rest hold hinge"),
    "stand_up": listed("take rise rose risen get lean push extend step walk"),
    "step_over": listed("step take lift raise clear cross lower lead put set"),
    "duck_under": listed("duck crouch stoop lower walk step pass clear go dip squat rise"),
}
"""Besides, by the kind of the action that is described."""

KEY: dict[ActionKind, frozenset[str]] = {
    "stand": listed("stand stood stay remain wait keep kept"),
    "walk": listed("walk step go approach circle cross advance"),
    "turn": listed("turn rotate pivot face"),
    "wave": listed("wave"),
    "point": listed("point aim"),
    "lift": listed("lift raise"),
    "carry": listed("carry walk step bring"),
    "put_down": listed("put place set lower"),
    "pick": listed("pick take taken lift"),
    "place": listed("place put set"),
    "push": listed("push slide sweep swept shove"),
    "wipe": listed("wipe rub sweep stroke slide glide"),
    "sit": listed("sit sat seat seated"),
    "stand_up": listed("stand rise get step"),
    "step_over": listed("step"),
    "duck_under": listed("duck stoop crouch"),
}
"""One of these has to be said of an action, or it was left out."""

END_KEY: dict[ActionKind, frozenset[str]] = {
    **dict.fromkeys(KEY, frozenset({"stand", "stood"})),
    **dict.fromkeys(("lift", "carry", "pick"), frozenset({"hold", "held", "carry"})),
    "sit": frozenset({"sit", "sat", "seat", "seated"}),
}
"""One of these has to be said of the end, by the kind of the last action."""

CONTACT: frozenset[ActionKind] = frozenset({"lift", "carry", "put_down", "pick", "place", "push", "wipe", "sit"})
"""Kinds of actions in which a thing is touched."""

MISHAPS = listed(
    "touch bump knock trip drop spill slip fall hit kick drag stumble tip lean collide brush hurry rush run jump"
    " stagger twist lose"
)
"""What must not happen is one of these."""
BESIDES = listed("anything something any furniture things thing grip hold held")
"""Words besides for what must not happen."""


def forms(word: str) -> Iterator[str]:
    """The word and what it may be an inflected form of: "waves", "waved", "waving", "slowly"."""
    yield word
    for ending, put in (
        ("'s", ""), ("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("d", ""), ("ied", "y"), ("ing", ""), ("ing", "e"),
        ("ly", ""), ("ily", "y"), ("ly", "le"),
    ):  # fmt: skip
        if word.endswith(ending) and len(word) > len(ending) + 1:
            stem = word[: -len(ending)]
            yield stem + put
            if ending in ("ed", "ing") and not put and len(stem) > 2 and stem[-1] == stem[-2]:
                yield stem[:-1]


def is_one_of(word: str, words: Iterable[str]) -> bool:
    """Whether a word is one of these, in any form."""
    known = words if isinstance(words, frozenset) else frozenset(words)
    return any(form in known for form in forms(word))


def words_for(kinds: Iterable[ActionKind]) -> frozenset[str]:
    """The words in which actions of these kinds may be described."""
    return COMMON.union(*(VERBS[kind] for kind in kinds))
