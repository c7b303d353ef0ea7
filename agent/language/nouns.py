"""Grounding: which thing of the catalogue a noun phrase means, or why that cannot be said."""

from __future__ import annotations

from agent.language import noun_words as nw
from agent.language.names import Names
from agent.language.tokens import Cursor
from exoactor.types import CatalogueItem
from exoactor.world.looks import COLORS


class NotUnderstood(Exception):
    """A clause cannot be accounted for.

    Args:
        reason: for a person.
        question: what to ask, if one answer settles it.
        unknown: words without a meaning here.
    """

    def __init__(self, reason: str, question: str = "", unknown: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.question = question
        self.unknown = unknown


class Nouns(Names):
    """Reads noun phrases at a cursor.

    Args:
        catalogue: the things there are.
    """

    def read(self, cursor: Cursor, *, modifiers: bool = True, standing: bool = True) -> tuple[str, ...]:
        """Take one noun phrase and give the ids it means, one unless it is plural.

        Args:
            cursor: moved.
            modifiers: with all that may further describe the thing.
            standing: if not, with what it stands on or bears at least ("the bottle on the table").

        Raises:
            NotUnderstood: unknown, ambiguous, or a pronoun without something to refer to.
        """
        start = cursor.at
        where = bool(cursor.take("where"))  # "to where the ball is"
        ids = self._pronoun(cursor)
        if not ids:
            ids = self._described(cursor)
            if modifiers:
                self._modifier(cursor)
            elif standing:
                self._on_something(cursor)
            cursor.take("itself", "themselves")
        if where and not cursor.take("is", "are", "stand", "sit", "lie", "be"):
            cursor.at = start
            raise self._no_noun(cursor)
        if cursor.at == start:
            raise self._no_noun(cursor)
        self.mentioned.note(ids)
        return ids

    def one(self, cursor: Cursor, *, modifiers: bool = True) -> str:
        """Take a noun phrase that means exactly one thing."""
        ids = self.read(cursor, modifiers=modifiers)
        if len(ids) != 1:
            raise NotUnderstood(f"one thing is wanted here, {', '.join(ids)} are {len(ids)}")
        return ids[0]

    def peek(self, cursor: Cursor) -> tuple[str, ...]:
        """Take a noun phrase without remembering that it was spoken of."""
        before = self.mentioned.last, self.mentioned.every
        ids = self.read(cursor)
        self.mentioned.last, self.mentioned.every = before
        return ids

    def place(self) -> str:
        """What "there" means."""
        return self._last("there")[0]

    def _last(self, pronoun: str) -> tuple[str, ...]:
        if not self.mentioned.last:
            raise NotUnderstood(f"{pronoun!r} refers to nothing that was named before", unknown=(pronoun,))
        if len(self.mentioned.last) > 1 and pronoun not in ("them", "both of them"):
            names = " or ".join(self.mentioned.last)
            raise NotUnderstood(f"{pronoun!r} could be {names}", f"Which one is {pronoun!r}: {names}?")
        return self.mentioned.last

    def _pronoun(self, cursor: Cursor) -> tuple[str, ...]:
        if cursor.take("both of them", "each of them", "all of them", "them all", "them both", "them"):
            if len(self.mentioned.last) == 1:  # "the bin and the shelf ... them": two phrases, only the last is kept
                raise NotUnderstood("'them' could be several things", "Which ones?", ("them",))
            return self._last("them")
        if cursor.take("it"):
            return self._last("it")
        if cursor.word in ("that", "this") and not self._noun_at(cursor, 1):
            return self._last(cursor.take("that one", "this one", "that", "this"))
        return ()

    def _described(self, cursor: Cursor) -> tuple[str, ...]:
        start = cursor.at
        every = bool(cursor.take_any(nw.QUANTIFIERS))
        bare = not cursor.take_any(nw.DETERMINERS) and not every
        back = " ".join(t.word for t in cursor.items[start : cursor.at]) in nw.BACK or cursor.word == "same"
        other = bool(cursor.take_any(nw.OTHER)) or (not bare and bool(cursor.take_any(nw.REMAINING)))
        if not bare and cursor.word in nw.ORDINALS and (cursor.peek() == "one" or cursor.word in ("former", "latter")):
            return self._counted_off(cursor)
        number = cursor.items[cursor.at].number if cursor else None
        counted = None
        if number and number >= 2 and self._noun_at(cursor, 1):
            counted = int(number)
            cursor.at += 1
        self._skip_descriptors(cursor)
        words: list[str] = []
        while cursor and len(words) < 6 and self._belongs(cursor, words):
            words.append(cursor.items[cursor.at].word)
            cursor.at += 1
            self._skip_descriptors(cursor)
        if not bare and len(words) == 1 and self._stands_alone(cursor, words[0]):
            words.append("one")  # "to the green chair, then to the red"
        while words and not self._is_head(words):
            words.pop()
            cursor.at -= 1
        if not words:
            if other:
                return self._other(None, cursor, start)
            raise self._no_noun(cursor)
        if not every and self._singular(words[-1]) == words[-1]:
            words = self._said_again(cursor, words)
        found, plural = self._matches(words, bare=bare)
        name = " ".join(words)
        if other:
            return self._other(found, cursor, start)
        if not found:
            raise NotUnderstood(
                f"there is no {name} in this scene; there are: {self._list(self.catalogue)}", unknown=(name,)
            )
        if counted is not None and counted != len(found):
            raise NotUnderstood(f"{counted} of {name} are asked for, there are {len(found)}: {self._list(found)}")
        if len(found) > 1 and back and not plural:  # "that chair": the one that was spoken of
            known = [item for item in found if item.id in self.mentioned.every]
            found = known if len(known) == 1 else found
        if len(found) > 1 and not (every or plural or counted):
            raise NotUnderstood(f"{name!r} could be {self._list(found)}", f"Which {name}: {self._list(found, ' or ')}?")
        return tuple(item.id for item in found)

    def _stands_alone(self, cursor: Cursor, color: str) -> bool:
        """Whether "the red" means the red one of those spoken of last."""
        ends = cursor.word in ("", ",", ".", "then") or (cursor.word == "and" and cursor.peek() not in COLORS)
        if color not in COLORS or not ends or not self.mentioned.last or self._is_head([color]):
            return False
        return len(self._matches([color, "one"], bare=False)[0]) == 1

    def _counted_off(self, cursor: Cursor) -> tuple[str, ...]:
        """Take "second one": the second thing of its kind that was spoken of, of two at least."""
        word = cursor.take(cursor.word)
        cursor.take("one")
        kinds = {i.kind for i in self.catalogue if i.id in self.mentioned.last}
        spoken = [name for name in self.mentioned.every for i in self.catalogue if i.id == name and i.kind in kinds]
        place = nw.ORDINALS[word]
        if (
            len(kinds) != 1
            or len(spoken) < 2
            or place > len(spoken)
            or (word in ("former", "latter") and len(spoken) > 2)
        ):
            raise NotUnderstood(f"it is not clear which one is the {word}", unknown=(word,))
        return (spoken[place - 1],)

    def _said_again(self, cursor: Cursor, words: list[str]) -> list[str]:
        """Take what names the same thing once more: "the chair that is red", "the bin, the yellow one"."""
        start = cursor.at
        more: list[str] = []
        if (
            not COLORS.keys() & set(words)
            and cursor.take("that is", "which is", ", which is")
            and cursor.word in COLORS
        ):
            more = [cursor.take(cursor.word), *words]
        elif cursor.take(", the"):
            if cursor.word in COLORS and cursor.peek() == "one" and not COLORS.keys() & set(words):
                more = [cursor.word, *words]
                cursor.at += 2
            elif words[-1] == "one" and self._singular(cursor.word) in self._heads:
                more = [*words[:-1], cursor.take(cursor.word)]
        if more and cursor.word in ("", ",", ".", "and", "then") and len(self._matches(more, bare=False)[0]) == 1:
            return more
        cursor.at = start
        return words

    def _skip_descriptors(self, cursor: Cursor) -> None:
        """Pass over descriptors that a noun follows, unless an id of this scene uses the word."""
        start = cursor.at
        while cursor and cursor.word in nw.DESCRIPTORS and not self._is_id_word(cursor.word):
            cursor.at += 1
        if not (cursor and (cursor.word == "one" or (cursor.word != "other" and self._noun_at(cursor, 0)))):
            cursor.at = start

    def _other(self, found: list[CatalogueItem] | None, cursor: Cursor, start: int) -> tuple[str, ...]:
        said = " ".join(t.text for t in cursor.items[start : cursor.at])
        if not self.mentioned.last:
            raise NotUnderstood(f"{said!r} refers to nothing that was named before", unknown=(said,))
        kinds = {i.kind for i in self.catalogue if i.id in self.mentioned.last}
        pool = [i for i in (self.catalogue if found is None else found) if found is not None or i.kind in kinds]
        left = [i for i in pool if i.id not in self.mentioned.last]
        if len(left) > 1:
            left = [i for i in left if i.id not in self.mentioned.every] or left
        if len(left) != 1:
            if not left:
                raise NotUnderstood(f"there is no other thing that {said!r} could be", unknown=(said,))
            options = self._list(left)
            raise NotUnderstood(f"{said!r} could be {options}", f"Which one is {said!r}: {self._list(left, ' or ')}?")
        return (left[0].id,)

    def _modifier(self, cursor: Cursor) -> None:
        """Take a further description of a thing that is known already ("the bottle on the table")."""
        if cursor.take_any(nw.WHERE) or self._on_something(cursor):
            return
        start = cursor.at
        if cursor.take("where"):  # "the table where the bottle is"
            if self.starts(cursor):
                self._described(cursor)
                if cursor.take("is", "are", "stand", "sit", "lie"):
                    return
            cursor.at = start
            return
        cursor.take("that is", "which is", "that", "which")
        cursor.take("stand", "sit", "lie")
        if cursor.take_any(nw.WHERE):
            return
        on_the_way = cursor.starts(("on", "your", "way")) or cursor.starts(("on", "the", "way"))
        if not on_the_way and cursor.take_any(nw.MODIFIERS) and self.starts(cursor) and cursor.word != "them":
            if not cursor.take("it"):
                self._described(cursor)
        else:
            cursor.at = start

    def _on_something(self, cursor: Cursor) -> bool:
        """Take what a known thing stands on or bears: "on the table", "it is standing on", "with the can on it"."""
        start = cursor.at
        if (self.mentioned.last and cursor.take_any(nw.UNDER_IT)) or cursor.take_any(nw.PLAINLY_WHERE):
            return True
        if cursor.starts(("on", "your", "way")) or cursor.starts(("on", "the", "way")):
            return False
        bears = bool(cursor.take_any(nw.AFTER_IT))
        if not bears:
            cursor.take("that is", "which is", "that", "which")
            cursor.take("stand", "sit", "lie")
        if (bears or cursor.take_any(nw.ON)) and self.starts(cursor) and cursor.word not in ("it", "them"):
            try:
                self._described(cursor)
            except NotUnderstood as problem:
                if not problem.question:  # which of several bottles it is need not be known, that there is one must
                    cursor.at = start
                    return False
            if not bears or cursor.take_any(nw.ON_IT):
                return True
        cursor.at = start
        return False

    def _no_noun(self, cursor: Cursor) -> NotUnderstood:
        words = [t.text for t in cursor.rest_of_clause()]
        strange = [w for w in words if w not in self.vocabulary()]
        what = strange[0] if strange else (" ".join(words) or "nothing")
        if not words:
            return NotUnderstood("a thing should be named here, but the sentence ends")
        return NotUnderstood(f"{what!r} is not in this scene; there are: {self._list(self.catalogue)}", unknown=(what,))
