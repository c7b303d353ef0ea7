"""Going over or under something, as a step: "step over the bar", "duck under the beam"."""

from __future__ import annotations

from agent.language import lexicon as lx
from agent.language.clauses import Clause, Step
from agent.language.nouns import NotUnderstood, Nouns
from agent.language.tokens import Cursor

KINDS = {"step_over": ("hurdle",), "duck_under": ("beam",)}
"""What "the bar" means after either verb."""


class Passing:
    """Reads what is gone over or under.

    Args:
        nouns: reads the things.
    """

    def __init__(self, nouns: Nouns) -> None:
        self.nouns = nouns

    def fits(self, cursor: Cursor, phrase: str) -> bool:
        """Whether a thing follows the phrase that stands here: not "go over to the table" or "walk over and wave"."""
        return self.nouns.names_one(cursor, len(phrase.split()))

    def over(self, cursor: Cursor) -> Clause:
        """Take what is stepped over."""
        return self._read(cursor, "step_over")

    def under(self, cursor: Cursor) -> Clause:
        """Take what is gone under."""
        return self._read(cursor, "duck_under")

    def _read(self, cursor: Cursor, skill: str) -> Clause:
        everything, start = self.nouns.catalogue, cursor.at
        fit = tuple(item for item in everything if item.kind in KINDS[skill])
        try:
            self.nouns.catalogue = fit or everything
            ids = self.nouns.read(cursor)
        except NotUnderstood:
            # said of something else: then what is wrong with that is to be told
            self.nouns.catalogue, cursor.at = everything, start
            ids = self.nouns.read(cursor)
        finally:
            self.nouns.catalogue = everything
        cursor.take_any(lx.TO_FAR_SIDE)
        return Clause([Step(skill, {"object": id}) for id in ids], "pass", "across")
