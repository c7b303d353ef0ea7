"""Which hand, where it is said apart from its verb: before it, after a comma, or of an act that is repeated."""

from __future__ import annotations

from agent.language import lexicon as lx
from agent.language.adverbials import take_side
from agent.language.arranging import Arranging
from agent.language.clauses import Clause, Step
from agent.language.hands import before_a_thing
from agent.language.nouns import NotUnderstood
from agent.language.order import BREAKS
from agent.language.tokens import Cursor


class Sides(Arranging):
    """Gives hands to the gestures they are said of."""

    def _late_side(self, cursor: Cursor) -> bool:
        """Take ", with your left hand" behind the waves it belongs to.

        Raises:
            NotUnderstood: it could as well belong to what follows, or another hand was named.
        """
        start = cursor.at
        gestures: list[Step] = []
        for step in reversed(self._before_this()):
            if step.skill not in ("wave", "point_at") or (gestures and step.skill != gestures[0].skill):
                break
            gestures.append(step)
        if gestures and cursor.take_any(lx.WITH_A_HAND) and cursor.word in BREAKS:
            return True
        cursor.at = start
        handed = cursor.word in lx.WITH or cursor.starts(("this", "time"))
        side = take_side(cursor, self.verbs.hands.last_side) if handed and gestures else None
        if side is None or cursor.word not in BREAKS:
            cursor.at = start
            return False
        if (cursor.word == "," and cursor.peek() not in ("and", "then", "but")) or "side" in gestures[0].args:
            raise NotUnderstood(f"it is not clear what the {side} hand is for", unknown=(side,))
        for step in gestures:
            step.args.setdefault("side", side)
        self.verbs.hands.last_side = side
        return True

    def _goes_on_pointing(self, cursor: Cursor) -> bool:
        """Whether "at the box" stands here after a gesture: "... and with your right at the box"."""
        gesture = self._last is not None and self._last.family in ("point", "show", "wave", "greet")
        return gesture and before_a_thing(cursor, self.nouns, lx.AT_ONLY)

    def _leading_side(self, cursor: Cursor) -> str | None:
        """Take "with your left hand, (wave)"; but "... and then with your right hand" has its verb before it."""
        start = cursor.at
        bare = cursor.word in ("your", "the")  # "..., your left hand to wave"
        side = take_side(cursor, self.verbs.hands.last_side) if bare or cursor.word in lx.WITH else None
        if side and self._goes_on_pointing(cursor):
            return side
        if side:
            joined = cursor.take(",", "to", "and")
            if self.verbs.match(cursor) and (joined == "to" or not bare):
                return side
        cursor.at = start
        return None

    def _repeat(self, cursor: Cursor) -> list[Step] | None:
        """Take "do that again (with your left)": the last clause once more."""
        start = cursor.at
        if not cursor.take_any(lx.AGAIN):
            return None
        last = self._last.steps if self._last else []
        steps = [Step(s.skill, dict(s.args), list(s.needs)) for s in last]
        gestures = bool(steps) and all(s.skill in ("wave", "point_at") for s in steps)
        if gestures and (side := take_side(cursor, self.verbs.hands.last_side)):
            self.verbs.hands.last_side = side
            for step in steps:
                step.args["side"] = side
        elif cursor.peek(-1) == "same":  # "the same" with nothing changed, or at another place, is not plain
            steps = []
        cursor.take("please", "too", "as well")
        if not steps or cursor.word not in ("", ",", ".", "and", "then"):
            cursor.at = start
            return None
        return steps

    def _give_side(self, clause: Clause, side: str) -> None:
        self.verbs.hands.last_side = side
        for step in clause.steps:
            if step.skill not in ("wave", "point_at", "wipe", "pick"):
                raise NotUnderstood(f"{step.skill} is not done with a hand", unknown=(f"{side} hand",))
            step.args.setdefault("side", side)
