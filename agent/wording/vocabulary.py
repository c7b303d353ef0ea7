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
the a an this that these those its it their them his her of on in into onto at by to toward towards from with without
and but then while as until when where which once before after during throughout meanwhile behind beside near nearer
nearest next close closer closest around round across along past between together apart away up upward upwards down
downward downwards out outward outwards inward inwards off over overhead under back forward forwards backward
backwards forth ahead again still so just only almost nearly very quite rather slightly more less most is are be being
each both every all other opposite own same one two three four five six several few twice half quarter about against
above below within for inside too also early late little there here well
"""
_BODY = """
head neck face eye ear nose mouth jaw gaze chest chin trunk torso stomach belly abdomen rib shoulder arm forearm elbow
wrist hand palm finger fingertip thumb fist knuckle hip waist pelvis lap knee leg thigh shin calf calves ankle foot
feet heel toe sole instep spine body weight balance posture bodyweight stance
"""
_SPACE = """
side front speed pose shape rhythm tempo beat count distance direction line arc floor ground spot place position end
start beginning middle centre center moment second time height level width edge top corner surface rest way movement
motion angle degree length metre meter path curve row bit pause room space stretch swing
"""
_HOW = """
left right upright straight bent relaxed natural steady calm slow smooth gentle careful easy comfortable even firm
flat low high lower higher small large big tiny short long wide slight full open loose soft quiet stable balanced
upper inner outer far farther further vertical horizontal whole entire clear visible first third last final quick
swift brisk complete single brief continuous deliberate controlled spread sideways halfway fully mid parallel neutral
tall square lightly heavily centred centered curved safe unhurried motionless cheerful friendly index extended rounded
tucked fluid fluent confident normal ordinary regular rhythmic moderate medium direct gradual delicate precise
accurate tight secure casual polite graceful elegant neat crisp distinct generous partial alert attentive stiff rigid
supple planted broad deep shallow additional evenly weighted fro overlapping ready purposeful narrow closed
"""
_COMMON_VERBS = """
stand stood stay keep kept remain look face shift relax breathe hang hung swing swung stop begin begun began start
finish continue bend bent straighten balance halt sink settle ease sway align adjust orient position focus make made
give do does use let steady prepare ready hinge
"""
# No word is here that is the name of a thing as well: plant, light, bow, cup, roll.
COMMON = listed(_FUNCTION + _BODY + _SPACE + _HOW + _COMMON_VERBS)
"""In every part of a description."""

_ARMS = "raise lower lift bring brought extend stretch reach hold held return drop rotate tilt lean fold unfold curl"
_HANDS = f"{_ARMS} grasp grip take taken close put set lay press touch release crouch squat support slide wrap clasp"
_HANDS += " squeeze hug secure withdraw rise kneel place"
VERBS: dict[ActionKind, frozenset[str]] = {
    "stand": listed("wait face"),
    "walk": listed(
        "walk step stride shuffle pace take go come approach arrive turn pass circle cross advance slow move follow"
    ),
    "turn": listed("turn swivel shuffle take rotate pivot step move come"),
    "wave": listed(f"wave {_ARMS} move greet oscillate"),
    "point": listed(f"point aim {_ARMS} straighten direct"),
    "lift": listed(f"{_HANDS} carry rise"),
    "carry": listed("carry walk step take go hold held turn approach arrive bring raise lift keep kept slow move come"),
    "put_down": listed(f"{_HANDS} place rise withdraw"),
    "pick": listed(f"{_HANDS} pick wrap curl"),
    "place": listed(f"{_HANDS} place withdraw uncurl"),
    "push": listed(f"{_HANDS} push slide sweep swept move walk step shove brush fall withdraw come"),
    "wipe": listed(f"{_HANDS} wipe slide glide sweep move stroke rub"),
    "sit": listed("sit sat seat seated slide lower lean rest hold hinge come"),
    "stand_up": listed("take rise rose risen get lean push extend step walk come"),
    "step_over": listed("step take lift raise clear cross lower lead put set come"),
    "duck_under": listed("duck crouch stoop lower walk step pass clear go dip squat rise come"),
}
"""Besides, by the kind of the action that is described."""

KEY: dict[ActionKind, frozenset[str]] = {
    "stand": listed("stand stood stay remain wait keep kept"),
    "walk": listed("walk step stride go move approach circle cross advance follow"),
    "turn": listed("turn swivel rotate pivot face shuffle"),
    "wave": listed("wave swing swung"),
    "point": listed("point aim"),
    "lift": listed("lift raise rise hold held"),
    "carry": listed("carry walk step bring"),
    "put_down": listed("put place set lower"),
    "pick": listed("pick take taken lift raise hold held"),
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
    " stagger twist lose stop pause sway bounce wobble"
)
"""What may always be among what must not happen; else it is what no action of the chain does."""
BESIDES = listed("anything something any else furniture things thing grip hold held")
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


WAYS = listed("heads headed heading backs backed backing")
"""Parts of the body only as they stand in `COMMON`; in these forms somebody goes somewhere."""


def is_known(word: str, words: frozenset[str]) -> bool:
    """Whether a word may be used among these."""
    return is_one_of(word, words) and (word not in WAYS or "walk" in words)


def words_for(kinds: Iterable[ActionKind]) -> frozenset[str]:
    """The words in which actions of these kinds may be described."""
    return COMMON.union(*(VERBS[kind] for kind in kinds))


def forbidden_by(kinds: Iterable[ActionKind]) -> frozenset[str]:
    """The words for what must not happen while actions of these kinds are done: nothing that they do."""
    done = frozenset[str]().union(*(VERBS[kind] | KEY[kind] for kind in kinds))
    return frozenset[str]().union(*VERBS.values()) - done | MISHAPS
