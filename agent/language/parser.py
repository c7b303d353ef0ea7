"""Sentences: clauses in the order in which they are to be done."""

from __future__ import annotations

from agent.language import lexicon as lx
from agent.language.adverbials import complaint, take_leading_place, take_side
from agent.language.clauses import Clause, Sentence, Step
from agent.language.nouns import NotUnderstood, Nouns
from agent.language.subordinate import Subordinate, take_subordinate
from agent.language.tokens import Cursor, tokens
from agent.language.verbs import Verbs
from exoactor.types import Catalogue
from skills import Fact


class Parser:
    """Reads a whole instruction.

    Args:
        catalogue: the things there are.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.nouns = Nouns(catalogue)
        self.verbs = Verbs(self.nouns)
        self.problems: list[NotUnderstood] = []
        self._last: Clause | None = None
        self._done: list[Step] = []
        self._now = Sentence()
        self._order = ""  # of the clause read last

    def parse(self, text: str) -> list[Step]:
        """Steps in order; `problems` holds what was not understood, and then the steps must not be used."""
        cursor = Cursor(tokens(text))
        while cursor:
            sentence = self._now = Sentence()
            self._sentence(cursor, sentence)
            self._done += [step for clause in sentence.clauses for step in clause] + sentence.at_end
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
        joint, first = self._joint(cursor)
        if not cursor or cursor.word == ".":
            return
        fresh = not sentence.clauses or bool(joint)
        if self.verbs.match(cursor) is None and self._negation(cursor, sentence):
            return
        if first and (sentence.clauses or self._done):
            sentence.add(self._clause(cursor), joint, "first", begun=bool(self._done))
            return
        if cursor.take_any(lx.AFTER):
            self._after(cursor, sentence, needs, leading=fresh)
            return
        if cursor.take_any(lx.BEFORE):
            self._before(cursor, sentence, leading=fresh)
            return
        if place := take_leading_place(cursor, self.nouns, self.verbs.match):
            needs.append(place)
        steps = self._clause(cursor)
        steps[0].needs = needs + steps[0].needs
        needs.clear()
        sentence.add(steps, joint, self._order, begun=bool(self._done))

    def _joint(self, cursor: Cursor) -> tuple[str, bool]:
        """Take breaks, connectives and politeness; give the strongest joint and whether "first" was said."""
        joint, first = "", False
        while cursor:
            if cursor.take(","):
                joint = joint or ","
                continue
            start = cursor.at
            if self._purpose(cursor):  # "go to the table to wave"
                joint = joint or "and"
                break
            phrase = cursor.take_any((*lx.CONNECTIVES, *lx.OPENERS, *lx.POLITE))
            if not phrase:
                break
            if phrase in lx.POLITE and phrase not in lx.CONNECTIVES and self._is_needed(cursor, start):
                cursor.at = start
                break
            if phrase in lx.CONNECTIVES and "there" in phrase.split():
                self.nouns.place()  # refers to something, or is not understood
            if phrase in lx.OPENERS:
                first = True
            elif phrase in lx.SEQUENCE:
                joint = "then"
            elif phrase in lx.CONNECTIVES:
                joint = joint if joint == "then" else "and"
        return joint, first

    def _purpose(self, cursor: Cursor) -> bool:
        """Take the "to" of "... to wave"; not at the beginning, where "to start" may stand."""
        start = cursor.at
        if start > 0 and cursor.take("to") and self.verbs.match(cursor):
            return True
        cursor.at = start
        return False

    def _is_needed(self, cursor: Cursor, start: int) -> bool:
        """Whether words taken as politeness begin a verb or a noun ("can" in "can 2", "stay well")."""
        end = cursor.at
        cursor.at = start
        needed = self.verbs.match(cursor) is not None
        cursor.at = end
        return needed

    # -- a clause --------------------------------------------------------------------------------

    def _clause(self, cursor: Cursor) -> list[Step]:
        """Take one clause and what politely follows it.

        Raises:
            NotUnderstood: no verb, or words left over.
        """
        self._framed(cursor, (*lx.BEGIN, *lx.GO_ON, *lx.FINISH))
        repeated = self._repeat(cursor)
        if repeated is not None:
            return repeated
        start = cursor.at
        side = take_side(cursor, self.verbs.hands.last_side) if cursor.word in lx.WITH else None
        if side and (not cursor or cursor.word in (".", "and", "then")):  # "... and then with your right hand"
            cursor.at, side = start, None
        if side and not cursor.take(","):
            cursor.take("to", "and")
        clause = self.verbs.read(cursor) or (None if side else self.verbs.gap(cursor, self._last))
        if clause is None and cursor.take("to"):
            clause = self.verbs.read(cursor)
        if clause is None:
            cursor.at = start
            raise complaint(cursor, self.nouns, "I do not understand this here")
        if side:
            self._give_side(clause, side)
        self._order = ""
        while self._take_order(cursor) or self._take_trailing(cursor):
            pass
        self._last = clause
        self._expect_end(cursor, clause.family)
        return clause.steps

    @staticmethod
    def _take_trailing(cursor: Cursor) -> bool:
        """Take what politely ends a clause, unless it begins the next ("... the table then the door")."""
        start = cursor.at
        if cursor.take_any(lx.TRAILING) in ("", "please", "again", "once more"):
            return cursor.at > start
        if not cursor or cursor.word in (",", ".", "and", "then", "but", *lx.TRAILING):
            return True
        cursor.at = start
        return False

    def _take_order(self, cursor: Cursor) -> bool:
        """Take what says at a clause's end that it is the first or the last, unless it begins the next clause."""
        start = cursor.at
        for order, phrases in (("first", lx.FIRST), ("last", lx.LAST)):
            if cursor.take_any(phrases) and (not cursor or cursor.word in (",", ".", "and", "then", "but")):
                self._order = order
                return True
            cursor.at = start
        return False

    def _framed(self, cursor: Cursor, frames: tuple[str, ...]) -> bool:
        """Take "start by" or "finish with"; "end at the table" becomes a walk there."""
        start = cursor.at
        frame = cursor.take_any(frames)
        if frame in lx.BEGIN and (self._done or self._now.clauses):
            raise NotUnderstood(f"{frame!r} comes after other steps; the order is not clear", "What comes first?")
        if frame and (cursor.take_any(lx.BY) or cursor.word == "face"):
            return True
        if frame and cursor.word in ("at", "near", "beside", "next", "in"):
            self._last = Clause([], "walk", "to")
            return True
        cursor.at = start
        return False

    def _repeat(self, cursor: Cursor) -> list[Step] | None:
        """Take "do that again": the last clause once more."""
        start = cursor.at
        if not cursor.take_any(lx.AGAIN):
            return None
        if self._last is None or not self._last.steps or not (not cursor or cursor.word in (",", ".", "and", "then")):
            cursor.at = start
            return None
        return [Step(s.skill, dict(s.args), list(s.needs)) for s in self._last.steps]

    def _give_side(self, clause: Clause, side: str) -> None:
        self.verbs.hands.last_side = side
        for step in clause.steps:
            if step.skill not in ("wave", "point_at"):
                raise NotUnderstood(f"{step.skill} is not done with a hand", unknown=(f"{side} hand",))
            step.args.setdefault("side", side)

    def _expect_end(self, cursor: Cursor, family: str) -> None:
        """A clause is followed by a break, a connective, another verb, or the end; anything else is not understood."""
        if not cursor or cursor.word in (",", "."):
            return
        if self.verbs.match(cursor) and family != "stand" and not cursor.items[cursor.at].text.endswith("ing"):
            return  # spoken without a pause; but "stop waving" is no wave
        start = cursor.at
        follows = self._purpose(cursor) or cursor.take_any((*lx.CONNECTIVES, *lx.BEFORE, *lx.AFTER, "first"))
        cursor.at = start
        if not follows:
            raise complaint(cursor, self.nouns, "I do not understand this here")

    # -- order -----------------------------------------------------------------------------------

    def _after(self, cursor: Cursor, sentence: Sentence, needs: list[Fact], *, leading: bool) -> None:
        """Keep "after X, Y" as said; turn "Y after X" round."""
        clause = self._subordinate(cursor)
        steps, facts = clause.steps, clause.facts
        ends = not cursor or cursor.word == "."
        if leading and not ends:
            before = [s for clause in sentence.clauses for s in clause] or self._done
            fresh = [s for i, s in enumerate(steps) if not (before and i == 0 and before[-1].same(s))]
            if fresh:
                sentence.clauses.append(fresh)
                sentence.joints.append("and")
            needs += facts
            return
        if not sentence.clauses:
            raise NotUnderstood("it is not said what to do after that")
        if not steps and _already(facts, sentence):
            return  # "go to the desk and wave when you are there"
        if len(sentence.clauses) > 1 and sentence.joints[-1] != "then":
            raise NotUnderstood("'after ...' could mean the last step or all of them", "In which order?")
        if cursor.word == "and" and not clause.gerund and not clause.several:
            raise NotUnderstood("'after ... and ...' can be read in two ways", "In which order?")
        main = sentence.clauses.pop()
        earlier = [s for clause in sentence.clauses for s in clause] or self._done
        if steps and earlier and earlier[-1].same(steps[0]):
            steps = steps[1:]
        main[0].needs = facts + main[0].needs
        sentence.clauses.append([*steps, *main])

    def _before(self, cursor: Cursor, sentence: Sentence, *, leading: bool) -> None:
        """Keep "X before Y" as said; turn "before Y, X" round."""
        if cursor.take("that"):
            if len(self._done) + len(sentence.clauses) != 1:
                raise NotUnderstood("'before that' could mean one step or all of them", "In which order?")
            steps = sentence.clauses.pop() if sentence.clauses else [self._done.pop()]
            cursor.take(",")
            sentence.add(self._clause(cursor), "and")
            sentence.at_end, sentence.whole = steps, True
            return
        clause = self._subordinate(cursor)
        steps = clause.steps + [
            Step("walk_to" if f.name == "near" else "turn_to", {"target": f.thing}) for f in clause.facts
        ]
        ends = not cursor or cursor.word == "."
        if leading and not ends:
            if sentence.at_end:
                raise NotUnderstood("two 'before ...' in one sentence", "In which order?")
            sentence.at_end = steps
            return
        if not sentence.clauses:
            raise NotUnderstood("it is not said what to do before that")
        sentence.clauses.append(steps)
        sentence.joints.append("and")

    def _subordinate(self, cursor: Cursor) -> Subordinate:
        clause = take_subordinate(cursor, self.nouns, self.verbs)
        self._last = clause.last or self._last
        return clause

    def _negation(self, cursor: Cursor, sentence: Sentence) -> bool:
        """Take back a step that was said before ("do not X"); any other negation is not understood."""
        start = cursor.at
        if not cursor.take("do not", "not") or self.verbs.match(cursor) is None:
            cursor.at = start
            return False
        refused = self._clause(cursor)
        said = [(clause, s) for clause in [*sentence.clauses, self._done] for s in clause]
        for step in refused:
            hits = [(clause, s) for clause, s in said if s.same(step)]
            if len(hits) != 1:
                raise NotUnderstood(
                    "'not' is a negation of something that is not a step said before; say only what to do",
                    unknown=("not",),
                )
            hits[0][0].remove(hits[0][1])
        sentence.clauses = [c for c in sentence.clauses if c]
        sentence.joints = sentence.joints[: len(sentence.clauses)]
        return True


def _already(facts: list[Fact], sentence: Sentence) -> bool:
    """Whether the walk before the sentence's last clause leads to where the facts say."""
    before = [step for clause in sentence.clauses[:-1] for step in clause]
    return bool(before) and all(
        f.name == "near" and before[-1].skill == "walk_to" and before[-1].args["target"] == f.thing for f in facts
    )
