"""Sitting down and standing up, as steps."""

from __future__ import annotations

from agent.language import lexicon as lx
from agent.language.clauses import Clause, Step
from agent.language.nouns import NotUnderstood, Nouns
from agent.language.tokens import Cursor
from exoactor.seat import is_seat


class Sitting:
    """Reads what follows "sit down" and "stand up".

    Args:
        nouns: reads the things.
    """

    def __init__(self, nouns: Nouns) -> None:
        self.nouns = nouns

    def sit(self, cursor: Cursor) -> Clause:
        """What is sat on: what is named, what was spoken of last, or the only seat there is.

        Raises:
            NotUnderstood: it could be several things, or there is nothing to sit on.
        """
        if cursor.take_any(lx.SIT_ON):
            target = self.nouns.one(cursor, modifiers=False)
        elif cursor.take("there", "over there", "here", "right there"):
            target = self.nouns.place()
        else:
            target = self._unnamed()
        return Clause([Step("sit_on", {"target": target})], "sit", "target")

    def stand_up(self, cursor: Cursor) -> Clause:
        """Standing up; what from may be said, but it is what is sat on."""
        cursor.take("again")
        if cursor.take_any(lx.UP_FROM):
            self.nouns.peek(cursor)
        cursor.take("again")
        return Clause([Step("stand_up", {})], "stand_up")

    def _unnamed(self) -> str:
        seats = [item.id for item in self.nouns.catalogue if is_seat(item) and not item.movable]
        spoken = [id for id in self.nouns.mentioned.last if id in seats]
        if len(spoken) == 1:
            return spoken[0]
        if len(seats) == 1:
            self.nouns.mentioned.note((seats[0],))
            return seats[0]
        if not seats:
            raise NotUnderstood("there is nothing to sit on in this scene")
        names = " or ".join(id.replace("_", " ") for id in seats)
        raise NotUnderstood(f"it is not said what to sit on; it could be {names}", f"On which one: {names}?")
