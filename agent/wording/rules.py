"""What a description of a movement has to keep, whoever wrote it: rules in code, each with words for who broke it.

The camera, the room and the order are not the writer's; neither is what is touched, or by which hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent.wording.hands import hand_of, sides
from agent.wording.names import NOUNS, Named, Names, Token
from agent.wording.vocabulary import (
    BESIDES,
    COMMON,
    CONTACT,
    END_KEY,
    KEY,
    MISHAPS,
    VERBS,
    forbidden_by,
    is_known,
    is_one_of,
    listed,
    words_for,
)
from exoactor.stance import support_of
from exoactor.types import Action, ActionKind, Scene
from skills.variation import EITHER_HAND

LONGEST = {"text": 160, "manner": 120, "end": 160, "avoid": 80}
"""Of each part [characters]."""
MOST_PIECES, MOST_AVOIDED = 4, 5
"""So many pieces an action may be told in, and so many things may be named that must not happen."""
SIGNS = frozenset(",;:'-")
"""Besides letters and spaces; nothing that means something in a template, in Markdown or on a terminal."""
_STILL = listed("steady still straight high level there down up out sideways again back from")
_OF_ARMS = listed("swing wave hold keep")
_SWINGS = re.compile(r"\b(from |to the )?(left|right)( and | to )(to the )?(left|right)\b(?! (hand|arm|palm|forearm))")
_JUST = re.compile(r"\bright (?=angle|in front|before|behind|beside|next|up|at|to the (?!left|right))")
"""Where "right" is no side."""
_DETERMINERS = listed("the a an its this that")
_WHICH = _DETERMINERS | listed("near far nearer front back upper outer own")
_PARTS = listed("edge top side corner surface front middle centre center back end start reach length")
_SPATIAL = listed(
    "to toward towards at before behind beside near around round past from face faces facing between approach"
    " approaches approaching circle circles circling opposite front along within where"
)
"""Words after which a thing is named as a place, not as what is touched."""
_ACROSS: dict[ActionKind, frozenset[str]] = {
    "step_over": frozenset({"over", "across", "clear", "clears", "clearing", "beyond", "above", "crosses", "crossing"}),
    "duck_under": frozenset({"under", "below", "beneath", "beyond", "clear", "clears", "clearing"}),
}
_REACHING_IT = listed("touch lean brush collide hit bump")
"""What must not happen to a thing that nobody is to touch, but may have to where the skill touches it."""
_PICTURE = "camera|zoom|pan|dolly|close[ -]*up|view|viewpoint|shot|frame|lens|picture|image|video|film"
_CUTS = "cut|cutting|fade|fading|scene|transition|montage|edit"
_SPEED = "slow(ed)?[ -]*motion|slo[ -]*mo|time[ -]*lapse|fast[ -]*forward|freeze|freezing|frozen|rewind|real[ -]*time"
_PEOPLE = (
    "((an)?other |second )?(people|person|man|men|woman|women|child|children|crowd|friend|some(one|body)"
    "|any(one|body)|everyone|robot|human|figure|audience|helper)"
)
_SOMEBODY = "he|she|they|we|you|i"
_TALKS_OF = tuple(
    (re.compile(rf"\b({words})\b"), why)
    for words, why in (
        (f"({_PICTURE})(s|ing|ning)?", "the camera is fixed; of it and of the picture nothing is said"),
        (f"({_CUTS})(s|ting|ing)?", "it is one shot without a cut"),
        (f"({_SPEED})(s|ing)?", "it is shown at its natural speed"),
        (f"({_PEOPLE})(s|'s)?|{_SOMEBODY}", "one person is alone in the picture; begin with the verb, and name nobody"),
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
        told = _FACING_CAMERA.sub("ahead", text.lower()) if action.kind == "wave" else text.lower()
        told = _SWINGS.sub("sideways", told) if action.kind in ("wave", "wipe") else told
        spatial = _SPATIAL | _ACROSS.get(action.kind, frozenset())
        tokens, found = self._read(told, part, words_for([action.kind]), f"a {action.kind.replace('_', ' ')}")
        free, arm = action.kind in CONTACT, action.kind in EITHER_HAND
        found += self._touches(tokens, self._touched[step], spatial, free=free, arm=arm)
        found += _undone(tokens, KEY[action.kind])
        return found + sides(tokens, {self._hands[step]}, VERBS[action.kind] | KEY[action.kind])

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
        found += sides(tokens, set(self._hands), frozenset[str]().union(*(VERBS[kind] for kind in kinds)))
        wanted = END_KEY[kinds[-1]]
        if not any(is_one_of(w, wanted) for w in tokens if isinstance(w, str)):
            found.append(f"how the person ends is missing; say it with {_either(wanted)}")
        return found

    def avoided(self, text: str) -> list[str]:
        """What is wrong with something that must not happen."""
        begins = forbidden_by(action.kind for action in self.actions)
        tokens, found = self._read(text, "avoid", (COMMON | begins | BESIDES) - {"without"}, "what must not happen")
        words = [w for w in tokens if isinstance(w, str)]
        if not words or not words[0].endswith("ing") or not is_one_of(words[0], begins):
            found.append("begin with what no action does, in its -ing form: touching, stumbling, stopping, ...")
        elif is_one_of(words[0], _REACHING_IT):
            touched = {action.thing for action in self.actions if action.kind in CONTACT}
            meant = [t.words for t in tokens if isinstance(t, Named) and t.ids & touched]
            found += [f"{words[0]!r} the {name} cannot be forbidden: the skill does" for name in meant]
        return found

    def _read(self, text: str, part: str, words: frozenset[str], about: str) -> tuple[list[Token], list[str]]:
        """The tokens of a text, and what is wrong with its length, its signs and its words."""
        if not text.strip():
            return [], ["it is empty"]
        if len(text) > LONGEST[part]:
            return [], [f"{len(text)} characters, at most {LONGEST[part]} are allowed"]
        tokens = self.names.tokens(_meant(text.lower()))
        plain = [t for t in tokens if isinstance(t, str) and t not in SIGNS]
        if signs := [*dict.fromkeys(t for t in (*plain, *re.findall(r"[^\S ]", text)) if not _LETTERS.fullmatch(t))]:
            return [], [f"{_list(signs)} must not be in it; letters, spaces and {' '.join(sorted(SIGNS))} may"]
        said = " ".join(t for t in tokens if isinstance(t, str))
        talks = [(m.group(), why) for talk, why in _TALKS_OF for m in talk.finditer(said)]
        found = [f"{what!r}: {why}" for what, why in dict(talks).items()]
        without = {after for word, after in pairwise(plain) if word == "without" and is_one_of(after, MISHAPS)}
        unknown = [w for w in dict.fromkeys(plain) if w not in without and not is_known(w, words)]
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
        self,
        tokens: Sequence[Token],
        touched: frozenset[str],
        spatial: frozenset[str],
        *,
        free: bool,
        arm: bool = False,
    ) -> list[str]:
        """Things that are neither touched by the skill nor named as places.

        Args:
            tokens: of a text.
            touched: ids of what the skill touches.
            spatial: words after which a thing is a place.
            free: "it" may be touched.
            arm: "it" may be an arm.
        """
        found, unnamed = [], not any(isinstance(token, Named) for token in tokens)
        for i, token in enumerate(tokens):
            named = token.ids if isinstance(token, Named) else frozenset[str]()
            # An arm that is held steady is no thing.
            moved = unnamed and i > 0 and is_one_of(str(tokens[i - 1]), _OF_ARMS)
            steady = arm and (moved or (i + 1 < len(tokens) and tokens[i + 1] in _STILL))
            pronoun = token in ("it", "them") and not free and not steady
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


def _meant(text: str) -> str:
    """A text without turns of speech that the rules would take at their word."""
    text = re.sub(r"\blet(s|ting)? go\b( of\b)?", "releases", _JUST.sub("", text))
    return text.replace("within reach of", "near").replace("short of", "before")


def _undone(tokens: Sequence[Token], wanted: frozenset[str]) -> list[str]:
    """The action itself behind a "without"."""
    for i, token in enumerate(tokens):
        after = [w for w in tokens[i + 1 : i + 3] if isinstance(w, str) and is_one_of(w, wanted)]
        if token == "without" and after:
            return [f"'without {after[0]}': that is the action itself"]
    return []


def _before(tokens: Sequence[Token], i: int) -> str:
    """The word that says how a thing comes in: past its article, and past "the edge of"."""
    j = _past(tokens, i - 1, _DETERMINERS)
    if j >= 1 and tokens[j] == "of" and tokens[j - 1] in _PARTS:
        if tokens[max(j - 2, 0)] in ("in", "far", "other", "opposite"):  # in front of it, on the far side of it
            return "front"
        j = _past(tokens, j - 2, _WHICH)
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
