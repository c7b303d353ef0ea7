"""What a description of a movement has to keep, whoever wrote it: rules in code, each with words for who broke it.

The camera, the room and the order are not the writer's; neither is what is touched, or by which hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.wording.names import NOUNS, Named, Names, Token
from agent.wording.vocabulary import BESIDES, CONTACT, END_KEY, KEY, MISHAPS, VERBS, is_one_of, listed, words_for
from exoactor.grasp import Side, is_graspable
from exoactor.stance import support_of
from exoactor.types import Action, ActionKind, Scene

LONGEST = {"text": 160, "manner": 120, "end": 160, "avoid": 80}
"""Of each part [characters]."""
MOST_PIECES, MOST_AVOIDED = 4, 5
"""So many pieces an action may be told in, and so many things may be named that must not happen."""
SIGNS = frozenset(",;:'-")
"""Besides letters and spaces; nothing that means something in a template, in Markdown or on a terminal."""
BODY_PARTS = listed(
    "hand arm forearm elbow wrist palm finger fingertip thumb fist foot feet leg knee heel shoulder hip thigh toe ankle"
    " shin calf sole"
)
_ARMS = listed("hand arm forearm elbow wrist palm finger fist thumb fingertip")
_AT_REST = listed("hang hung rest relax relaxed stay remain loose")
_DETERMINERS = listed("the a an its this that")
_WHICH = _DETERMINERS | listed("near far nearer front back upper outer own")
_PARTS = listed("edge top side corner surface front middle centre center back end start")
_SPATIAL = listed(
    "to toward towards at before behind beside near around round past from face faces facing between approach"
    " approaches approaching circle circles circling opposite front along"
)
"""Words after which a thing is named as a place, not as what is touched."""
_ACROSS: dict[ActionKind, frozenset[str]] = {
    "step_over": frozenset({"over", "across", "clear", "clears", "clearing", "beyond", "above", "crosses", "crossing"}),
    "duck_under": frozenset({"under", "below", "beneath", "beyond", "clear", "clears", "clearing"}),
}
_REACHING_IT = listed("touch lean brush collide hit bump")
"""What must not happen to a thing that nobody is to touch, but may have to where the skill touches it."""
_PICTURE = "camera|zoom|pan|dolly|close ?-?up|view|viewpoint|shot|frame|lens|picture|image|video|film"
_CUTS = "cut|cutting|fade|fading|scene|transition|montage|edit"
_SPEED = "slow(ed)?[ -]?motion|slo-?mo|time-?lapse|fast[ -]forward|freeze|freezing|frozen|rewind|real[ -]?time"
_PEOPLE = (
    "((an)?other |second )?(people|person|man|men|woman|women|child|children|crowd|friend|some(one|body)"
    "|any(one|body)|everyone|robot|human|figure|audience|helper|he|she|they|we|you|i)"
)
_TALKS_OF = tuple(
    (re.compile(rf"\b({words})(s|ing)?\b"), why)
    for words, why in (
        (_PICTURE, "the camera is fixed; of it and of the picture nothing is said"),
        (_CUTS, "it is one shot without a cut"),
        (_SPEED, "it is shown at its natural speed"),
        (_PEOPLE, "one person is alone in the picture; begin with the verb, and name nobody"),
    )
)
_LETTERS = re.compile(r"[a-z]+(?:'s)?")
_FACING_CAMERA = re.compile(r"\b(toward|towards|facing|faces|at) the camera\b")


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where: the number of a piece as in the prompt ("2a"), "end", "avoid 1" or "chain"."""

    where: str
    says: str

    def __str__(self) -> str:
        place = f"step {self.where}" if self.where[:1].isdigit() else self.where
        return f"{place}: {self.says}"


class Rules:
    """The rules for one action chain in one room.

    Args:
        scene: the room as perceived.
        actions: the chain, varied as it is to be.
    """

    def __init__(self, scene: Scene, actions: Sequence[Action]) -> None:
        self.actions = tuple(actions)
        self.names = Names(scene)
        self._scene = scene
        self._touched = [self._touched_by(action) for action in self.actions]
        self._hands = [hand_of(action, scene) for action in self.actions]

    def piece(self, step: int, text: str, part: str = "text") -> list[str]:
        """What is wrong with the text or the manner of a piece of an action (counted from 0)."""
        action = self.actions[step]
        # Who is waved to stands behind the camera.
        told = _FACING_CAMERA.sub("ahead", text.lower()) if action.kind == "wave" else text
        spatial = _SPATIAL | _ACROSS.get(action.kind, frozenset())
        tokens, found = self._read(told, part, words_for([action.kind]), f"a {action.kind.replace('_', ' ')}")
        found += self._touches(tokens, self._touched[step], spatial, free=action.kind in CONTACT)
        return found + _sides(tokens, {self._hands[step]}, swings=action.kind in ("wave", "wipe"))

    def whole(self, step: int, pieces: Iterable[str]) -> list[str]:
        """Whether the pieces of an action together still say it."""
        kind = self.actions[step].kind
        if any(is_one_of(w, KEY[kind]) for text in pieces for w in self._words(text)):
            return []
        return [f"the action itself ({kind.replace('_', ' ')}) is missing; say it with {_either(KEY[kind])}"]

    def end(self, text: str) -> list[str]:
        """What is wrong with how it ends."""
        kinds = [action.kind for action in self.actions]
        tokens, found = self._read(text, "end", words_for(kinds), "these actions")
        touched = frozenset[str]().union(*self._touched)
        found += self._touches(tokens, touched, _SPATIAL, free=not CONTACT.isdisjoint(kinds))
        found += _sides(tokens, set(self._hands))
        wanted = END_KEY[kinds[-1]]
        if not any(is_one_of(w, wanted) for w in tokens if isinstance(w, str)):
            found.append(f"how the person ends is missing; say it with {_either(wanted)}")
        return found

    def avoided(self, text: str) -> list[str]:
        """What is wrong with something that must not happen."""
        kinds = [action.kind for action in self.actions]
        wanted = frozenset[str]().union(*(KEY[kind] for kind in kinds))
        allowed = (words_for(VERBS) | MISHAPS | BESIDES) - (wanted - MISHAPS)
        tokens, found = self._read(text, "avoid", allowed, "what must not happen (what is to happen is not forbidden)")
        words = [w for w in tokens if isinstance(w, str)]
        if not words or not words[0].endswith("ing") or not is_one_of(words[0], MISHAPS):
            found.append(f"begin with what must not happen, in its -ing form, one of: {', '.join(sorted(MISHAPS))}")
        elif is_one_of(words[0], _REACHING_IT):
            touched = frozenset[str]().union(*self._touched)
            meant = [t.words for t in tokens if isinstance(t, Named) and t.ids & touched]
            found += [f"{words[0]!r} the {name} cannot be forbidden: the skill does" for name in meant]
        return found

    def _read(self, text: str, part: str, words: frozenset[str], about: str) -> tuple[list[Token], list[str]]:
        """The tokens of a text, and what is wrong with its length, its signs and its words."""
        if not text.strip():
            return [], ["it is empty"]
        if len(text) > LONGEST[part]:
            return [], [f"{len(text)} characters, at most {LONGEST[part]} are allowed"]
        tokens = self.names.tokens(text)
        plain = [t for t in tokens if isinstance(t, str) and t not in SIGNS]
        if signs := [*dict.fromkeys(t for t in (*plain, *re.findall(r"[^\S ]", text)) if not _LETTERS.fullmatch(t))]:
            return [], [f"{_list(signs)} must not be in it; letters, spaces and {' '.join(sorted(SIGNS))} may"]
        said = " ".join(t for t in tokens if isinstance(t, str))
        talks = [(m.group(), why) for talk, why in _TALKS_OF for m in talk.finditer(said)]
        found = [f"{what!r}: {why}" for what, why in dict(talks).items()]
        unknown = [w for w in dict.fromkeys(plain) if not is_one_of(w, words)]
        absent = [w for w in unknown if w in NOUNS or w.rstrip("s") in NOUNS]
        if absent:
            found.append(f"{_list(absent)}: names no single thing of this room; there are: {self.names}")
        told = {*absent, *(w for what, _ in talks for w in what.split())}
        strange = [w for w in unknown if w not in told]
        if strange:
            found.append(
                f"{_list(strange)}: no words for {about}; say it in plain words for body, posture and movement"
            )
        return tokens, found

    def _touches(
        self, tokens: Sequence[Token], touched: frozenset[str], spatial: frozenset[str], *, free: bool
    ) -> list[str]:
        """Things that are not named as places, and are not touched by the skill; `free` when "it" may be touched."""
        found = []
        for i, token in enumerate(tokens):
            named = token.ids if isinstance(token, Named) else frozenset[str]()
            pronoun = token in ("it", "them") and not free
            told_already = i > 0 and tokens[i - 1] in NOUNS  # "green chair": there is no green one
            if not (named - touched or pronoun) or told_already or _before(tokens, i) in spatial:
                continue
            what = token.words if isinstance(token, Named) else str(token)
            others = f"only {', '.join(sorted(touched))} is touched" if touched else "nothing is touched"
            found.append(
                f"{what!r} is named as if it were touched; {others}. Say where it is from there (to, before, ...)"
            )
        return found

    def _touched_by(self, action: Action) -> frozenset[str]:
        """Ids of what the skill touches: its thing, what that stands on, and what its own words name."""
        if action.kind not in CONTACT:
            return frozenset()
        thing = self._scene.get(action.thing or "")
        below = None if thing is None else support_of(thing, self._scene.objects)
        own = (token.ids for token in self.names.tokens(action.text) if isinstance(token, Named))
        return frozenset(o.id for o in (thing, below) if o is not None).union(*own)

    def _words(self, text: str) -> list[str]:
        return [token for token in self.names.tokens(text) if isinstance(token, str)]


Hand = Side | str | None


def hand_of(action: Action, scene: Scene) -> Hand:
    """The hand that an action is done with: "left", "right", "both", or None where no hand does anything."""
    if action.kind in ("wave", "point", "pick", "place", "wipe"):
        return action.side
    if action.kind == "push":
        return action.side if action.goal is None else "both"
    if action.kind == "carry":
        thing = scene.get(action.thing or "")
        return action.side if thing is not None and is_graspable(thing.item) else "both"
    return "both" if action.kind in ("lift", "put_down") else None


def _sides(tokens: Sequence[Token], hands: set[Hand], *, swings: bool = False) -> list[str]:
    """Another hand than the demanded ones at work, and directions, which are the skill's."""
    one = {hand for hand in hands if hand in ("left", "right")}
    found = []
    for clause in _clauses(tokens):
        at_rest = any(is_one_of(w, _AT_REST) for w in clause)
        for side, part in ((w, _part_after(clause, i)) for i, w in enumerate(clause) if w in ("left", "right")):
            if not part and not at_rest and not (swings and {"left", "right"} <= set(clause)):
                found.append(f"{side!r}: which way it goes is settled; name a thing to go by, or a part of the body")
            elif is_one_of(part, _ARMS) and not at_rest and one and side not in one and "both" not in hands:
                found.append(f"'{side} {part}': this is done with the {' and the '.join(sorted(one))} hand")
            elif is_one_of(part, _ARMS) and "both" in hands and not one and not at_rest and "each" not in clause:
                found.append(f"'{side} {part}': this is done with both hands")
        if one and "both" not in hands and not at_rest and {"both", "two"} & set(clause) and _has_arms(clause):
            found.append(f"this is done with the {' and the '.join(sorted(one))} hand alone")
        if hands == {"both"} and "one" in clause and _has_arms(clause) and not {"each", "other"} & set(clause):
            found.append("this is done with both hands")
    return list(dict.fromkeys(found))


def _part_after(clause: Sequence[str], i: int) -> str:
    """The part of the body that a "left" or "right" belongs to, or ""."""
    after = [w for w in clause[i + 1 : i + 3] if w not in ("upper", "lower", "own")]
    return after[0] if after and is_one_of(after[0], BODY_PARTS) else ""


def _clauses(tokens: Sequence[Token]) -> list[list[str]]:
    clauses: list[list[str]] = [[]]
    for token in tokens:
        if token in (",", ";", ":", "and", "while", "then"):
            clauses.append([])
        elif isinstance(token, str):
            clauses[-1].append(token)
    return clauses


def _has_arms(clause: Iterable[str]) -> bool:
    return any(is_one_of(w, _ARMS) for w in clause)


def _before(tokens: Sequence[Token], i: int) -> str:
    """The word that says how a thing comes in: past its article, and past "the edge of"."""
    j = _past(tokens, i - 1, _DETERMINERS)
    if j >= 1 and tokens[j] == "of" and tokens[j - 1] in _PARTS:
        in_front = tokens[j - 1] == "front" and j >= 2 and tokens[j - 2] == "in"
        j = j - 1 if in_front else _past(tokens, j - 2, _WHICH)
    token = tokens[j] if j >= 0 else ""
    return token if isinstance(token, str) else ""


def _past(tokens: Sequence[Token], j: int, words: frozenset[str]) -> int:
    while j >= 0 and tokens[j] in words:
        j -= 1
    return j


def _either(words: Iterable[str]) -> str:
    return " or ".join(sorted(words))


def _list(words: Sequence[str]) -> str:
    return ", ".join(repr(w[:30]) for w in words[:8])
