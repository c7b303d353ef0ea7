"""Wiping the top of something, as steps: "wipe the table with your left hand"."""

from __future__ import annotations

from typing import Any

from agent.language import lexicon as lx
from agent.language.adverbials import take_side
from agent.language.clauses import Clause, Step
from agent.language.hands import Hands
from agent.language.nouns import Nouns
from agent.language.tokens import Cursor


class Wiping:
    """Reads what follows a verb of wiping.

    Args:
        nouns: reads the things.
        hands: knows which hand was named last.
    """

    def __init__(self, nouns: Nouns, hands: Hands) -> None:
        self.nouns, self._hands = nouns, hands

    def wipe(self, cursor: Cursor) -> Clause:
        """What is wiped, and by which hand if that is said, before or after it."""
        side = self._side(cursor)
        cursor.take_any(lx.ITS_TOP)
        ids = self.nouns.read(cursor, modifiers=False)
        while cursor.take_any(lx.WIPED):
            pass
        side = side or self._side(cursor)
        while cursor.take_any(lx.WIPED):
            pass
        args: dict[str, Any] = {} if side is None else {"side": side}
        return Clause([Step("wipe", {"surface": id, **args}) for id in ids], "wipe", "target")

    def _side(self, cursor: Cursor) -> str | None:
        side = take_side(cursor, self._hands.last_side)
        if side is not None:
            self._hands.last_side = side
        else:
            cursor.take_any(lx.WITH_A_HAND)
        return side
