"""Sentences: clauses in the order in which they are to be done."""

from __future__ import annotations

from agent.language import lexicon as lx
from agent.language import order_words as ow
from agent.language.adverbials import complaint, take_leading_place
from agent.language.arranging import walks
from agent.language.clauses import Clause, Sentence, Step
from agent.language.elaboration import put_in_order
from agent.language.hands import before_a_thing
from agent.language.manners import TRAILING
from agent.language.nominals import match_nominal
from agent.language.nouns import NotUnderstood, Nouns
from agent.language.order import BREAKS, contradictions, take_closing
from agent.language.sides import Sides
from agent.language.tokens import Cursor, tokens
from agent.language.topics import take_topic
from exoactor.types import Catalogue
from skills import Fact


class Parser(Sides):
    """Reads a whole instruction.

    Args:
        catalogue: the things there are.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(Nouns(catalogue))
        self.problems: list[NotUnderstood] = []
        self._order = ""  # said behind the clause read last

    def parse(self, text: str) -> list[Step]:
        """Steps in order; `problems` holds what was not understood, and then the steps must not be used."""
        cursor = Cursor(tokens(text))
        while cursor:
            sentence = self._now = Sentence()
            self._sentence(cursor, sentence)
            self._done += [step for clause in sentence.clauses for step in clause] + sentence.at_end
        self.problems += contradictions(self._done)
        return self._done

    # -- a sentence ------------------------------------------------------------------------------

    def _sentence(self, cursor: Cursor, sentence: Sentence) -> None:
        needs: list[Fact] = []
        while cursor and cursor.word != ".":
            try:
                self._next(cursor, sentence, needs)
            except NotUnderstood as problem:
                self.problems.append(problem)
                cursor.skip_clause()
        cursor.take(".")
        if needs:
            self.problems.append(NotUnderstood("the sentence ends before it says what to do then"))
        self.problems += sentence.problems()

    def _next(self, cursor: Cursor, sentence: Sentence, needs: list[Fact]) -> None:
        if self._topic(cursor, sentence):
            return
        before = self._before_this()
        walked = walks(before) or walks(sentence.at_end)
        said = self._joint = self.joints.take(cursor, begun=bool(before), walked=walked)
        joint = said.kind
        if not cursor or cursor.word == ".":
            return
        if said.arrived and not walks(before):
            self._arrived(sentence)
        if not said.first and self._topic(cursor, sentence):
            return
        row = sentence.clauses[-1] if joint == "," and sentence.clauses else []
        if self._last and row == self._last.steps and put_in_order(cursor, self.nouns, row):
            return
        fresh = not sentence.clauses or bool(joint)
        if self.verbs.match(cursor) is None and self._negation(cursor, sentence):
            return
        if joint == "," and self._late_side(cursor):
            return
        if (
            said.first and said.but and self._done and not sentence.clauses and not sentence.at_end
        ):  # "Wave. But first go to the table."
            self._before_all_that(cursor, sentence)
            return
        if said.first and (sentence.clauses or self._done):
            sentence.add(self._clause(cursor), joint, "first", begun=bool(self._done))
            return
        if cursor.take_any(ow.ON_THE_WAY):
            self._on_the_way(cursor, sentence, leading=fresh)
            return
        if (cursor.word != "on" and cursor.take_any(ow.AFTER)) or self._on_doing(cursor):
            self._after(cursor, sentence, needs, leading=fresh)
            return
        if cursor.take_any(ow.BEFORE):
            self._before(cursor, sentence, leading=fresh)
            return
        if not self._another_look(cursor) and (place := take_leading_place(cursor, self.nouns, self.verbs.match)):
            needs.append(place)
        steps = self._clause(cursor)
        steps[0].needs = needs + steps[0].needs
        needs.clear()
        marks = said.marks | ({self._order} if self._order else set())
        for step in steps:
            step.marks |= marks - {"first", "next"}
        sentence.add(steps, joint, self._order or next(iter(said.marks), ""), begun=bool(self._done))

    def _topic(self, cursor: Cursor, sentence: Sentence) -> bool:
        """Take what is only spoken of; "the table is where to end up" is a last step too."""
        if sentence.clauses and not sentence.sequenced:
            return False
        topic = take_topic(cursor, self.nouns, self.verbs)
        if topic is None:
            return False
        if topic.end:
            if sentence.clauses or sentence.at_end:
                raise NotUnderstood("an end said in the middle of a sentence", "In which order?")
            sentence.at_end, sentence.whole = [Step("walk_to", {"target": topic.ids[0]})], True
        return True

    @staticmethod
    def _on_doing(cursor: Cursor) -> bool:
        """Take the "on" of "on reaching the desk"."""
        following = cursor.items[cursor.at + 1].text if cursor.peek() else ""
        return following.endswith("ing") and bool(cursor.take("on"))

    def _another_look(self, cursor: Cursor) -> bool:
        """Whether "at the door" goes on with "look at the table", not with a place where the next thing is done.

        Raises:
            NotUnderstood: it could be both.
        """
        start = cursor.at
        if self._last is None or self._last.family not in ("face", "point", "wave", "greet") or not self._last.way:
            return False
        goes_on = bool(cursor.take("at")) and self.nouns.starts(cursor)
        if goes_on:
            self.nouns.peek(cursor)
            goes_on = self.verbs.match(cursor) is None
            if cursor.take(",") and self.verbs.match(cursor):
                raise NotUnderstood("this can be one more thing to look at, or a place", "Which of the two?")
        cursor.at = start
        return goes_on

    # -- a clause --------------------------------------------------------------------------------

    def _clause(self, cursor: Cursor) -> list[Step]:
        """Take one clause and what politely follows it.

        Raises:
            NotUnderstood: no verb, or words left over.
        """
        self._framed(cursor, (*ow.BEGIN, *ow.GO_ON, *ow.FINISH))
        repeated = self._repeat(cursor)
        if repeated is not None:
            return repeated
        start = cursor.at
        self._must_ask(cursor)
        ending = bool(self._now.clauses) and self._with_a_wave(cursor)
        side = self._leading_side(cursor)
        verbless = lx.VERBLESS if self._last is None else lx.OFF
        if before_a_thing(cursor, self.nouns, verbless):
            self._last = Clause([], "walk", "to")
            self._not_addressed(cursor)
        clause = self.verbs.read(cursor) or (None if side and not self._goes_on_pointing(cursor) else self._gap(cursor))
        if clause is None and cursor.take("to"):
            clause = self.verbs.read(cursor)
        if clause is None:
            cursor.at = start
            raise complaint(cursor, self.nouns, "I do not understand this here")
        if side:
            self._give_side(clause, side)
        self._order = ""
        while self._ends_arriving(cursor, clause) or self._ends_ordered(cursor) or self._take_trailing(cursor):
            pass
        if ending and self._order != "last":
            raise NotUnderstood("'with a wave' can belong to what was said before", "When?")
        self._last = clause
        self._note_way(clause)
        self._expect_end(cursor, clause.family)
        return clause.steps

    def _not_addressed(self, cursor: Cursor) -> None:
        """Refuse "to the door, wave", which can be a wave to the door as well as a walk."""
        start = cursor.at
        if cursor.take("to", "towards"):
            self.nouns.peek(cursor)
            found = self.verbs.match(cursor) if cursor.take(",") else None
            if found and found[0] not in ("walk", "approach", "circle", "stand"):
                raise NotUnderstood("it can be a way or a direction; begin with what to do", "Go there first?")
        cursor.at = start

    def _with_a_wave(self, cursor: Cursor) -> bool:
        """Take the "with" of "..., with a wave at the end"."""
        start = cursor.at
        if cursor.take("with") and (found := match_nominal(cursor, self.nouns.starts)) and found[0] == "wave":
            return True
        cursor.at = start
        return False

    def _gap(self, cursor: Cursor) -> Clause | None:
        """Take a clause without a verb; "point at A and B with your left hand" gives A the hand too."""
        clause = self.verbs.gap(cursor, self._last)
        if clause is None and before_a_thing(cursor, self.nouns, lx.VERBLESS):  # "walk to A, wait, then to B"
            clause = self.verbs.gap(cursor, self._way)
        side = next((s.args["side"] for s in clause.steps if "side" in s.args), None) if clause else None
        if clause and side and self._last and clause.steps[0].skill in ("wave", "point_at"):
            for step in self._last.steps:
                # Safe whichever way it was meant: without this any hand would do.
                if step.skill == clause.steps[0].skill and (step.args.get("target") or step.needs):
                    step.args.setdefault("side", side)
        return clause

    def _must_ask(self, cursor: Cursor) -> None:
        """Refuse what tells of the past ("you waved") where it does not wish ("... if you waved")."""
        if not cursor:
            return
        token = cursor.items[cursor.at]
        if token.told and not self._joint.wished and not self._now.wished and self.verbs.match(cursor):
            raise NotUnderstood(f"{token.text!r} tells what is done or was done, it does not ask for it")
        self._now.wished = self._now.wished or self._joint.wished

    def _ends_ordered(self, cursor: Cursor) -> bool:
        mark = take_closing(cursor)
        self._order = mark or self._order
        return bool(mark)

    def _ends_arriving(self, cursor: Cursor, clause: Clause) -> bool:
        """Take "... when you get there" behind a clause.

        Raises:
            NotUnderstood: no walk was said just before.
        """
        start = cursor.at
        if not cursor.take_any(ow.ARRIVED) or cursor.word not in BREAKS:
            cursor.at = start
            return False
        if not walks([*self._before_this(), *clause.steps[:-1]]):
            raise NotUnderstood("it is not clear which walk leads there", "Where to?")
        return True

    @staticmethod
    def _take_trailing(cursor: Cursor) -> bool:
        """Take what politely ends a clause, unless it begins the next ("... the table then the door")."""
        start = cursor.at
        if cursor.starts(("again", "and", "again")):  # as often as one likes
            return False
        phrase = cursor.take_any(TRAILING)
        if phrase == "then" and cursor.word == ",":  # "the door then, after a pause, ...": it goes on
            cursor.at = start
            return False
        if phrase in ("", "please", "again", "once more"):
            return cursor.at > start
        if not cursor or cursor.word in (",", ".", "and", "then", "but", *TRAILING):
            return True
        cursor.at = start
        return False

    def _framed(self, cursor: Cursor, frames: tuple[str, ...]) -> bool:
        """Take "start by" or "finish with"; "end at the table" becomes a walk there."""
        start = cursor.at
        frame = cursor.take_any(frames)
        if frame in ow.BEGIN and (self._done or self._now.clauses):
            raise NotUnderstood(f"{frame!r} comes after other steps; the order is not clear", "What comes first?")
        if frame and cursor.word == "by" and self.nouns.starts_after(cursor, 1):  # "end by the table": a place
            self._last = Clause([], "walk", "to")
            return True
        if frame and (cursor.take_any(ow.BY) or cursor.word == "face"):
            return True
        if frame and cursor.word in ("at", "near", "beside", "next", "in"):
            self._last = Clause([], "walk", "to")
            return True
        cursor.at = start
        return False

    def _expect_end(self, cursor: Cursor, family: str) -> None:
        """A clause is followed by a break, a connective, another verb, or the end; anything else is not understood."""
        if not cursor or cursor.word in (",", "."):
            return
        if self.verbs.match(cursor) and family != "stand" and not cursor.items[cursor.at].text.endswith("ing"):
            return  # spoken without a pause; but "stop waving" is no wave
        if not self.joints.follows(cursor):
            raise complaint(cursor, self.nouns, "I do not understand this here")
