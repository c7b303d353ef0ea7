"""The order of what is done: clauses with "after" and "before" are put where they belong, or refused."""

from __future__ import annotations

from abc import ABC, abstractmethod

from agent.language import order_words as ow
from agent.language.clauses import Clause, Sentence, Step, is_on_a_way
from agent.language.joints import Joint, Joints
from agent.language.nouns import NotUnderstood, Nouns
from agent.language.subordinate import Subordinate, take_subordinate
from agent.language.tokens import Cursor
from agent.language.verbs import Verbs
from skills import Fact


class Arranging(ABC):
    """What was said so far, and where the next clause goes.

    Args:
        nouns: reads the things.
    """

    def __init__(self, nouns: Nouns) -> None:
        self.nouns = nouns
        self.verbs = Verbs(nouns)
        self.joints = Joints(nouns, self.verbs)
        self._last: Clause | None = None
        self._way: Clause | None = None  # said last, but for pauses
        self._done: list[Step] = []
        self._now = Sentence()
        self._joint = Joint()  # before the clause that is read

    @abstractmethod
    def _clause(self, cursor: Cursor) -> list[Step]:
        """Take one clause."""

    def _before_this(self) -> list[Step]:
        """All steps that were said so far."""
        return [*self._done, *(s for clause in self._now.clauses for s in clause)]

    def _after(self, cursor: Cursor, sentence: Sentence, needs: list[Fact], *, leading: bool) -> None:
        """Keep "after X, Y" as said; turn "Y after X" round."""
        self._not_meanwhile(cursor)
        clause = self._subordinate(cursor)
        steps, facts = clause.steps, clause.facts
        ends = not cursor or cursor.word == "."
        if leading and not ends:
            self._must_be_joined(sentence)
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
        if clause.steps and self._leaves_out_a_verb(cursor):
            raise NotUnderstood("'after ... and then to ...' can be read in two orders", "In which order?")
        main = sentence.clauses.pop()
        earlier = [s for clause in sentence.clauses for s in clause] or self._done
        if steps and earlier and earlier[-1].same(steps[0]):
            steps = steps[1:]
        main[0].needs = facts + main[0].needs
        sentence.clauses.append([*steps, *main])

    def _must_be_joined(self, sentence: Sentence) -> None:
        """Refuse "wave, after walking there, turn round", where the middle could belong to either side."""
        if sentence.clauses and self._joint.kind == ",":
            raise NotUnderstood("a subordinate clause between two commas can belong to either side", "In which order?")

    def _not_meanwhile(self, cursor: Cursor) -> None:
        """Refuse "wave when you walk": two things at once."""
        start = cursor.at
        if cursor.peek(-1) == "when" and cursor.take("you"):
            found = self.verbs.match(cursor)
            token = cursor.items[cursor.at] if cursor else None
            if (
                found
                and token
                and token.text == token.word
                and (found[0] in ("circle", "wave", "greet", "point") or token.word in ("walk", "go", "head", "move"))
            ):
                raise NotUnderstood("'when you ...' asks for two things at once", unknown=("when",))
        cursor.at = start

    def _leaves_out_a_verb(self, cursor: Cursor) -> bool:
        """Whether what is joined on here has no verb of its own; takes nothing."""
        start = cursor.at
        joined = cursor.take("and", "and then", "then", ", then", ", and then", ", and")
        bare = (
            bool(joined)
            and bool(cursor)
            and self.verbs.match(cursor) is None
            and (self.nouns.starts(cursor) or cursor.word in ("to", "at", "towards", "around"))
        )
        cursor.at = start
        return bare

    def _before(self, cursor: Cursor, sentence: Sentence, *, leading: bool) -> None:
        """Keep "X before Y" as said; turn "before Y, X" round."""
        start = cursor.at
        leaving = bool(cursor.take_any(ow.DEPARTURE))
        if not leaving and any(walks([step]) for step in self._before_this()):
            leaving = bool(cursor.take_any(ow.GOING_THERE))
        if leaving and cursor.word in ("", ",", ".", "and", "then", "but", "though", "please"):
            self._before_departure(cursor, sentence, leading=leading)
            return
        cursor.at = start
        if cursor.take_any(ow.THAT):
            cursor.take(",")
            self._before_all_that(cursor, sentence)
            return
        clause = self._subordinate(cursor)
        steps = clause.steps + [
            Step("walk_to" if f.name == "near" else "turn_to", {"target": f.thing}) for f in clause.facts
        ]
        ends = not cursor or cursor.word == "."
        if leading and not ends:
            self._must_be_joined(sentence)
            if sentence.at_end:
                raise NotUnderstood("two 'before ...' in one sentence", "In which order?")
            sentence.at_end = steps
            return
        if not sentence.clauses:
            raise NotUnderstood("it is not said what to do before that")
        if steps and any(s.same(steps[0]) for s in self._before_this()[:-1]):  # "go there but stop before you reach it"
            raise NotUnderstood("something is asked for on the way, before what was said already is done")
        sentence.clauses.append(steps)
        sentence.joints.append("and")

    def _before_all_that(self, cursor: Cursor, sentence: Sentence) -> None:
        """Put what follows before the one step that was said."""
        if len(self._done) + len(sentence.clauses) != 1:
            raise NotUnderstood("'before that' could mean one step or all of them", "In which order?")
        # In the same sentence a later "then" may go on after either.
        sentence.whole = not sentence.clauses
        steps = sentence.clauses.pop() if sentence.clauses else [self._done.pop()]
        sentence.joints.clear()
        sentence.add(self._clause(cursor), "and")
        sentence.at_end = steps

    def _before_departure(self, cursor: Cursor, sentence: Sentence, *, leading: bool) -> None:
        """Put what is done "before you set off" in front of the one walk that was said, the step said last."""
        ends = not cursor or cursor.word == "."
        trailing = ends or not leading
        if trailing and not sentence.clauses:
            raise NotUnderstood("it is not said what to do before that")
        moved = sentence.clauses[-1] if trailing else []
        earlier = [*self._done, *(s for clause in sentence.clauses for s in clause)]
        earlier = earlier[: len(earlier) - len(moved)]
        if not earlier:
            return  # it comes first anyway
        if not walks(earlier) or walks(earlier[:-1]) or any(walks([s]) for s in earlier[:-1]) or sentence.at_end:
            raise NotUnderstood("it is not clear which walk is meant by setting off", "Before which walk?")
        if trailing:
            sentence.clauses.pop()
        holder = sentence.clauses[-1] if sentence.clauses else self._done
        walk = holder.pop()
        if sentence.clauses and holder:
            raise NotUnderstood("it is not clear which walk is meant by setting off", "Before which walk?")
        if sentence.clauses:
            sentence.clauses.pop()
            sentence.joints.pop()
        if trailing:
            sentence.clauses += [moved, [walk]]
            sentence.joints.append("and")
        else:
            sentence.at_end = [walk]

    def _on_the_way(self, cursor: Cursor, sentence: Sentence, *, leading: bool) -> None:
        """Put the walk of "on your way to X" behind the ways it is said of."""
        walk = [Step("walk_to", {"target": self.nouns.one(cursor)})]
        self._last = Clause(walk, "walk", "to")
        if leading and cursor.word == ",":
            if sentence.at_end or sentence.clauses:
                raise NotUnderstood(
                    "'on the way' in the middle of a sentence can belong to either side", "In which order?"
                )
            sentence.at_end, sentence.on_the_way = walk, True
            return
        if not sentence.clauses or not all(is_on_a_way(step) for step in sentence.clauses[-1]):
            raise NotUnderstood("'on the way' asks for two things at once")
        sentence.clauses.append(walk)
        sentence.joints.append("and")

    def _arrived(self, sentence: Sentence) -> None:
        """Go on behind the walk before which something was to be done: "... and when you get there"."""
        if sentence.at_end and self.nouns.place() != sentence.at_end[-1].args["target"]:
            raise NotUnderstood("it is not clear which walk leads there", "Where to?")
        sentence.clauses.append(sentence.at_end)
        sentence.joints.append("and")
        sentence.at_end = []

    def _subordinate(self, cursor: Cursor) -> Subordinate:
        clause = take_subordinate(cursor, self.nouns, self.verbs)
        self._last = clause.last or self._last
        self._note_way(clause.last)
        return clause

    def _note_way(self, clause: Clause | None) -> None:
        """Remember a way that a later "to the door" may go on with, over a pause but over nothing else."""
        if clause and clause.family != "stand":
            self._way = clause if clause.family in ("walk", "approach", "circle") else None

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


def walks(steps: list[Step]) -> bool:
    """Whether the last step is a walk."""
    return bool(steps) and steps[-1].skill in ("walk_to", "walk_around")


def _already(facts: list[Fact], sentence: Sentence) -> bool:
    """Whether the walk before the sentence's last clause leads to where the facts say."""
    before = [step for clause in sentence.clauses[:-1] for step in clause]
    return bool(before) and all(
        f.name == "near" and before[-1].skill == "walk_to" and before[-1].args["target"] == f.thing for f in facts
    )
