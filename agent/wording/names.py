"""Which things of the scene a text names: by id, by colour and kind, or by kind alone where there is just one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.language.noun_words import SEVERAL_KINDS, SYNONYMS
from agent.wording.vocabulary import COMMON, listed
from exoactor.types import KINDS, Scene, SceneObject
from exoactor.world.looks import COLORS
from skills.base import MIN_CONFIDENCE, spoken

WORD = re.compile(r"[a-z]+(?:'s)?|[^\sa-z]")
MORE_COLORS = listed("wooden golden silver beige turquoise crimson navy cyan magenta violet")
_PARTS = {"table": ("tabletop",), "chair": ("seat",)}
"""Parts that stand for their thing."""
NOUNS = frozenset((*KINDS, *SYNONYMS, *SEVERAL_KINDS, *COLORS, *MORE_COLORS))
"""Words that name a thing, or tell it from others: what is left of them names nothing that is there."""


@dataclass(frozen=True)
class Named:
    """A thing that is named.

    Args:
        words: as said.
        ids: of what it may mean, one as a rule.
    """

    words: str
    ids: frozenset[str]


Token = str | Named


class Names:
    """The names of what is seen in a room.

    Args:
        scene: the room as perceived.
    """

    def __init__(self, scene: Scene) -> None:
        self.seen = [o for o in scene.objects if o.confidence >= MIN_CONFIDENCE]
        found: dict[tuple[str, ...], set[str]] = {}
        for thing in self.seen:
            for name in _names(thing):
                found.setdefault(tuple(WORD.findall(name)), set()).add(thing.id)
        own = {tuple(WORD.findall(spoken(o.id))): {o.id} for o in self.seen}
        # a thing that is called "left_hand" does not take the words for hands away
        own = {name: ids for name, ids in own.items() if not COMMON.issuperset(name)}
        alike = {o.item.kind for o in self.seen if sum(o.item.kind == p.item.kind for p in self.seen) > 1}
        self._ambiguous = {(name,) for kind in alike for name in (kind, *_PARTS.get(kind, ()))} - own.keys()
        self._ids = {**found, **own}
        self._longest = max((len(name) for name in self._ids), default=1)

    def tokens(self, text: str) -> list[Token]:
        """Words and signs of a text in lower case, with what names things put together.

        An ambiguous kind ("chair", where there are two) stays a word.
        """
        words = WORD.findall(text.lower().replace("_", " ").replace("\u2019", "'"))
        tokens: list[Token] = []
        at = 0
        while at < len(words):
            for length in range(min(self._longest, len(words) - at), 0, -1):
                name = tuple(w.removesuffix("'s") for w in words[at : at + length])
                if name in self._ids and name not in self._ambiguous:
                    tokens.append(Named(" ".join(name), frozenset(self._ids[name])))
                    at += length
                    break
            else:
                tokens.append(words[at])
                at += 1
        return tokens

    def __str__(self) -> str:
        return ", ".join(spoken(o.id) for o in self.seen) or "nothing"


def _names(thing: SceneObject) -> list[str]:
    color, kind = thing.item.color, thing.item.kind
    colors = (color, "wooden") if color == "wood" else (color,)
    return [kind, *_PARTS.get(kind, ()), *(f"{c} {kind}" for c in colors), *(f"{c} {spoken(thing.id)}" for c in colors)]
