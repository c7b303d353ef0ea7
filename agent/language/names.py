"""What a word can name in this scene, and which things a row of words fits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent.language import noun_words as nw
from agent.language.tokens import Cursor
from exoactor.grasp import is_graspable
from exoactor.types import KINDS, Catalogue, CatalogueItem
from exoactor.world.looks import COLORS


@dataclass
class Mentioned:
    """What was spoken of so far, for "it", "there" and "the other one"."""

    last: tuple[str, ...] = ()
    every: tuple[str, ...] = ()

    def note(self, ids: tuple[str, ...]) -> None:
        """Remember that these were spoken of last."""
        self.last = ids
        self.every = (*self.every, *(i for i in ids if i not in self.every))


class Names:
    """Matches words against the things there are.

    Args:
        catalogue: the things there are.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.mentioned = Mentioned()
        self._id_words = {item.id: tuple(w for w in item.id.split("_") if w) for item in catalogue}
        self._heads = (
            set(KINDS)
            | set(nw.SYNONYMS)
            | set(nw.SEVERAL_KINDS)
            | {w for words in self._id_words.values() for w in words}
        )

    def is_small(self, id: str) -> bool:
        """Whether a thing is one that a hand closes round."""
        return any(item.id == id and is_graspable(item) for item in self.catalogue)

    def vocabulary(self) -> set[str]:
        """Every word that can stand in a noun phrase here."""
        words = self._heads | set(COLORS) | {"it", "there", "them", "one", *nw.OTHER, *nw.ORDINALS}
        words |= {w for phrase in nw.PHRASES for w in phrase}
        words |= nw.DESCRIPTORS
        for phrase in (*nw.QUANTIFIERS, *nw.DETERMINERS, *nw.MODIFIERS, *nw.WHERE):
            words |= set(phrase.split())
        return words

    def starts(self, cursor: Cursor) -> bool:
        """Whether a noun phrase seems to begin here."""
        if cursor.word in (*nw.DETERMINERS, "it", "them", "where", "both", "all", "each", "every", *nw.OTHER):
            return True
        return self._noun_at(cursor, 0)

    def starts_after(self, cursor: Cursor, offset: int) -> bool:
        """Whether a noun phrase seems to begin `offset` words further on."""
        cursor.at += offset
        found = bool(cursor) and self.starts(cursor)
        cursor.at -= offset
        return found

    def names_one(self, cursor: Cursor, offset: int) -> bool:
        """Whether a thing is named, or meant by "it", `offset` words further on: not "a moment" or "a walk"."""
        while cursor.peek(offset) in nw.DETERMINERS:
            offset += 1
        word = cursor.peek(offset)
        return word in ("it", "them", "both", *nw.OTHER, *nw.DESCRIPTORS) or self._noun_at(cursor, offset)

    def _noun_at(self, cursor: Cursor, offset: int) -> bool:
        word = cursor.peek(offset)
        if word in COLORS or word == "other" or self._singular(word) in self._heads:
            return True
        return (word, self._singular(cursor.peek(offset + 1))) in nw.PHRASES

    def _belongs(self, cursor: Cursor, before: list[str]) -> bool:
        """Whether the word here can be part of a name; digits only where an id has them."""
        token = cursor.items[cursor.at]
        if token.word == "one":
            named_next = cursor.peek() == "," and cursor.peek(2) == "the"  # "the red one, the chair"
            return bool(self.mentioned.every) or bool(before and (self._numbered("1") or named_next))
        if token.number is not None:
            return self._numbered(f"{token.number:g}")
        if token.word == "can" and cursor.peek() in ("you", "not"):
            return False
        if before and (self._singular(before[-1]), token.word) in nw.PHRASES:
            return True
        return token.word != "other" and self._noun_at(cursor, 0)

    def _numbered(self, digits: str) -> bool:
        return any(digits in words for words in self._id_words.values())

    def _is_head(self, words: list[str]) -> bool:
        last = words[-1]
        if last in COLORS and not any(last in ids and len(ids) == 1 for ids in self._id_words.values()):
            return False
        if len(words) > 1 and (self._singular(words[-2]), self._singular(last)) in nw.PHRASES:
            return True
        return last in ("one", "ones") or self._singular(last) in self._heads or last.isdigit()

    def _matches(self, words: list[str], *, bare: bool) -> tuple[list[CatalogueItem], bool]:
        """Things that all words fit, and whether the phrase is plural."""
        plain = [self._singular(w) for w in words]
        plural = (plain[-1] != words[-1] and words[-1] not in ("shelves",)) or words[-1] in ("shelves", "boxes")
        exact = [i for i in self.catalogue if list(self._id_words[i.id]) in (words, plain)]
        if exact and (bare or len(words) > 1) and not plural:
            return exact, False
        kind = nw.PHRASES.get((plain[-2], plain[-1])) if len(plain) > 1 else None
        if kind:
            plain = [*plain[:-2], kind]
        if plain[-1] == "one":
            kinds = {i.kind for i in self.catalogue if i.id in self.mentioned.last}
            candidates = [i for i in self.catalogue if i.kind in kinds]
            plain = plain[:-1]
        else:
            candidates = list(self.catalogue)
        found = [i for i in candidates if all(self._fits(w, i) for w in plain)]
        return found, plural

    def _fits(self, word: str, item: CatalogueItem) -> bool:
        number = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}.get(word, word)
        own = {item.kind, item.color.replace("grey", "gray"), *self._id_words[item.id]}
        own |= {w.replace("grey", "gray") for w in item.color.split("_")}
        return (
            word in own
            or number in own
            or (nw.SYNONYMS.get(word) in own and word not in self._spoken_ids())
            or (item.kind in nw.SEVERAL_KINDS.get(word, ()))
        )

    def _spoken_ids(self) -> set[str]:
        return {w for words in self._id_words.values() for w in words}

    def _singular(self, word: str) -> str:
        for ending, instead in (("shelves", "shelf"), ("boxes", "box"), ("benches", "bench"), ("s", "")):
            if word.endswith(ending) and word not in KINDS and len(word) > 3:
                single = word.removesuffix(ending) + instead
                if single in KINDS or single in nw.SYNONYMS or single == "one" or self._is_id_word(single):
                    return single
        return word

    def _is_id_word(self, word: str) -> bool:
        return any(word in words for words in self._id_words.values())

    @staticmethod
    def _list(items: Iterable[CatalogueItem], joint: str = ", ") -> str:
        return joint.join(f"{i.id} ({i.color})" if i.id.find(i.color) < 0 else i.id for i in items)
