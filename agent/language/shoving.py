"""Pushing a thing somewhere and sweeping it off a table, as steps."""

from __future__ import annotations

from agent.language import lexicon as lx
from agent.language.adverbials import complaint
from agent.language.clauses import Clause, Step
from agent.language.nouns import Nouns
from agent.language.tokens import Cursor

_DIRECTIONS = {"forward": lx.FORWARD, "left": lx.LEFTWARDS, "right": lx.RIGHTWARDS}


class Shoving:
    """Reads what follows a verb of pushing.

    Args:
        nouns: reads the things.
    """

    def __init__(self, nouns: Nouns) -> None:
        self.nouns = nouns

    def push(self, cursor: Cursor) -> Clause:
        """A thing pushed away, to the left or to the right, to another, or off what it stands on; away by default."""
        direction = self._direction(cursor)  # "push forward the crate"
        ids = self.nouns.read(cursor, modifiers=False)
        cursor.take_any((*lx.BOTH_HANDS, *lx.IN_ONE_HAND, *lx.A_LITTLE))
        if self._off(cursor):
            return self._swept(ids)
        direction = direction or self._direction(cursor)
        args = {"direction": direction or "forward"}
        if not direction and cursor.take_any(lx.CARRIED_TO):
            args = {"to": self._elsewhere(cursor)}
        cursor.take_any((*lx.BOTH_HANDS, *lx.IN_ONE_HAND))
        return Clause([Step("push", {"object": id, **args}) for id in ids], "push", "target")

    def sweep(self, cursor: Cursor) -> Clause:
        """A thing swept off the table; one that is only knocked is not said to fall."""
        ids = self.nouns.read(cursor, modifiers=False)
        cursor.take_any((*lx.IN_ONE_HAND, *lx.A_LITTLE))
        if not self._off(cursor):
            raise complaint(cursor, self.nouns, "it is not said what to sweep it off")
        return self._swept(ids)

    def _elsewhere(self, cursor: Cursor) -> str:
        """What a thing is pushed to; "it" goes on to mean what is pushed."""
        spoken = self.nouns.mentioned
        last = spoken.last
        id = self.nouns.one(cursor)
        spoken.last = last
        return id

    @staticmethod
    def _swept(ids: tuple[str, ...]) -> Clause:
        return Clause([Step("sweep", {"object": id}) for id in ids], "sweep", "target")

    @staticmethod
    def _direction(cursor: Cursor) -> str:
        for name, phrases in _DIRECTIONS.items():
            start = cursor.at
            cursor.take_any(lx.A_LITTLE)
            if cursor.take_any(phrases):
                return name
            cursor.at = start
        return ""

    def _off(self, cursor: Cursor) -> bool:
        """Take "off the table (and onto the floor)", "off its edge", "to the floor"."""
        if cursor.take_any(lx.TO_THE_FLOOR):
            return True
        if not cursor.take_any(lx.OFF_A_TOP):
            return False
        if self.nouns.starts(cursor):
            self.nouns.peek(cursor)
        cursor.take("and")
        cursor.take_any((*lx.TO_THE_FLOOR, *lx.IN_ONE_HAND))
        return True
