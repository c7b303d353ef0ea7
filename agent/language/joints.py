"""What stands between clauses: breaks, connectives, politeness, and what they say of the order."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.language import courtesy, manners
from agent.language import order_words as ow
from agent.language.nouns import NotUnderstood, Nouns
from agent.language.order import take_announced, take_preamble, take_rank
from agent.language.tokens import Cursor
from agent.language.verbs import Verbs


@dataclass
class Joint:
    """What stood before a clause.

    Args:
        kind: "", ",", "and" or "then", the strongest of them.
        first: "first" or the like was said.
        but: "but" was said.
        marks: of the clause, see `agent.language.order`.
        arrived: "when you get there" or the like was said.
        wished: politeness after which a past form is a wish.
    """

    kind: str = ""
    first: bool = False
    but: bool = False
    marks: set[str] = field(default_factory=set)
    wished: bool = False
    arrived: bool = False


_CLOSING = tuple(p for p in ow.CONNECTIVES if p.startswith("to around"))
"""Begin as "to circle" does: "to round it off"."""
_PHRASES = (*ow.CONNECTIVES, *ow.OPENERS, *manners.POLITE, "if you can")


class Joints:
    """Reads joints at a cursor.

    Args:
        nouns: what "there" means.
        verbs: tells a verb from politeness.
    """

    def __init__(self, nouns: Nouns, verbs: Verbs) -> None:
        self.nouns = nouns
        self.verbs = verbs

    def take(self, cursor: Cursor, *, begun: bool, walked: bool) -> Joint:
        """Take all that stands before the next clause.

        Args:
            cursor: moved.
            begun: something was said before.
            walked: the step said last is a walk, so that one can have arrived.

        Raises:
            NotUnderstood: an arrival without a walk, a word that may take back what was said.
        """
        joint = Joint()
        while cursor:
            if cursor.take(","):
                joint.kind = joint.kind or ","
            elif self.purpose(cursor):  # "go to the table to wave"
                joint.kind = joint.kind or "and"
                break
            elif not (self._ordered(cursor, joint) or self._phrase(cursor, joint, begun=begun, walked=walked)):
                break
        return joint

    def purpose(self, cursor: Cursor) -> bool:
        """Take the "to" of "... to wave"; not at the beginning, where "to start" may stand."""
        start = cursor.at
        closing = cursor.take_any(_CLOSING)
        cursor.at = start
        if start > 0 and not closing and cursor.take("to") and self.verbs.match(cursor):
            return True
        cursor.at = start
        return False

    def follows(self, cursor: Cursor) -> bool:
        """Whether a joint, or the beginning of a subordinate clause, stands here; takes nothing."""
        start = cursor.at
        found = self.purpose(cursor) or bool(
            cursor.take_any((*ow.CONNECTIVES, *ow.BEFORE, *ow.AFTER, *ow.RANKS, *ow.ON_THE_WAY))
            or take_announced(cursor)
        )
        cursor.at = start
        return found

    def _ordered(self, cursor: Cursor, joint: Joint) -> bool:
        mark = take_announced(cursor) or take_rank(cursor)
        if not mark:
            return False
        joint.first = joint.first or mark == "1"
        joint.kind = "then" if mark == "next" else joint.kind or "and"
        joint.marks.add(mark)
        return True

    def _phrase(self, cursor: Cursor, joint: Joint, *, begun: bool, walked: bool) -> bool:
        start = cursor.at
        if cursor.take_any(manners.CORRECTIONS):
            if begun and not cursor.starts(("do", "not")):
                raise NotUnderstood("this may take back what was said; say it anew", "What is to be done?")
            return True
        if cursor and cursor.items[start].text == "done" and cursor.peek() in ("", "."):
            cursor.at += 1
            return True
        if begun and cursor.starts(("once", "with")):  # "once with the left hand and once with the right"
            cursor.at += 1
            return True
        if take_preamble(cursor) or self._frame(cursor, joint):
            return True
        if start == 0 and cursor.take("hi", "hello", "right", "now then") and cursor.word in (",", ".", "please"):
            return True
        cursor.at = start
        if cursor.word == "there" and (cursor.peek() == "," or self._verb_at(cursor, 1)):
            cursor.at += 1
            self._arrive(walked)
            joint.arrived = True
            return True
        phrase = cursor.take_any(_PHRASES)
        done = phrase and (phrase.split()[-1] in ow.DONE) and cursor and cursor.items[cursor.at].text.endswith("ing")
        if not phrase or (done and len(phrase.split()) > 1) or (phrase in ow.ARRIVED and cursor.word == "at"):
            cursor.at = start
            return False
        if phrase not in ow.CONNECTIVES and phrase in manners.POLITE:
            if self._is_needed(cursor, start):
                cursor.at = start
                return False
            joint.wished = joint.wished or phrase.endswith(manners.WISHED)
        if phrase == "if you can" and self._verb_at(cursor, 0):
            raise NotUnderstood("'if you can ...' is a condition; say only what to do", unknown=("if",))
        if phrase in ow.ARRIVED:
            self._arrive(walked)
            joint.arrived = True
        elif phrase in ow.CONNECTIVES and "there" in phrase.split():
            self.nouns.place()  # refers to something, or is not understood
        if phrase in ow.OPENERS:
            joint.first = True
        elif phrase in ow.SEQUENCE:
            joint.kind = "then"
        elif phrase in ow.CONNECTIVES:
            joint.kind = joint.kind if joint.kind == "then" else "and"
        if phrase in (*ow.LAST, *ow.LATER):
            joint.marks.add("later")
        joint.but = joint.but or phrase.startswith("but")
        return True

    def _frame(self, cursor: Cursor, joint: Joint) -> bool:
        """Take a courteous frame that a verb follows."""
        start = cursor.at
        frame = cursor.take_any(courtesy.FRAMES)
        if frame:
            end = cursor.at
            while cursor.word in courtesy.BETWEEN and not self.verbs.match(cursor):
                cursor.at += 1
            if self.verbs.match(cursor):
                cursor.at = end
                joint.wished = joint.wished or frame.endswith(manners.WISHED)
                return True
        cursor.at = start
        return False

    def _arrive(self, walked: bool) -> None:
        self.nouns.place()
        if not walked:
            raise NotUnderstood("it is not clear which walk leads there", "Where to?")

    def _verb_at(self, cursor: Cursor, offset: int) -> bool:
        cursor.at += offset
        found = self.verbs.match(cursor) is not None
        cursor.at -= offset
        return found

    def _is_needed(self, cursor: Cursor, start: int) -> bool:
        """Whether words taken as politeness begin a verb or a noun ("can" in "can 2", "stay well")."""
        end = cursor.at
        cursor.at = start
        needed = self.verbs.match(cursor) is not None
        cursor.at = end
        return needed
