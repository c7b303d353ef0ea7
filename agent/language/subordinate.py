"""What follows "after", "once", "before": things to be done, or where one must be."""

from __future__ import annotations

from dataclasses import dataclass

from agent.language import order_words as ow
from agent.language.adverbials import complaint, take_place
from agent.language.clauses import Clause, Step
from agent.language.durations import take_a_while, take_seconds
from agent.language.manners import TRAILING
from agent.language.nouns import NotUnderstood, Nouns
from agent.language.tokens import Cursor
from agent.language.verbs import Verbs
from skills import Fact


@dataclass(frozen=True)
class Subordinate:
    """A subordinate clause.

    Args:
        steps: to be done.
        facts: states that are to hold ("you are at the table"; a walk there brings one about).
        gerund: said with "-ing".
        several: more than one verb.
        last: its last clause, for what follows and leaves out its verb.
    """

    steps: list[Step]
    facts: list[Fact]
    gerund: bool
    several: bool
    last: Clause | None


def take_subordinate(cursor: Cursor, nouns: Nouns, verbs: Verbs) -> Subordinate:
    """Take what follows "after" or "before"."""
    steps: list[Step] = []
    facts: list[Fact] = []
    gerund = cursor.items[cursor.at].text.endswith("ing") if cursor else False
    count = 0
    last: Clause | None = None
    while True:
        cursor.take_any(ow.STATES)
        _take_done(cursor, verbs)
        if (seconds := take_seconds(cursor)) is not None:
            return Subordinate([*steps, Step("stand_still", {"seconds": seconds})], facts, gerund, False, last)
        if take_a_while(cursor):
            return Subordinate([*steps, Step("stand_still", {})], facts, gerund, False, last)
        if (place := take_place(cursor, nouns)) is not None:
            facts.append(place)
            return Subordinate(steps, facts, gerund, False, last)
        found = verbs.match(cursor)
        start = cursor.at
        clause = verbs.read(cursor) or verbs.been(cursor)
        if clause is None:
            cursor.at = start
            raise complaint(cursor, nouns, "I do not understand this here")
        last = clause
        count += 1
        if found and found[0] in ("approach", "face"):
            name = "near" if found[0] == "approach" else "facing"
            facts += [Fact(name, s.args["target"]) for s in clause.steps]  # type: ignore[arg-type]
        else:
            steps += clause.steps
        cursor.take_any((*TRAILING, *ow.FIRST))
        more = cursor.at
        joined = cursor.take("and", "and then", "then", ", then", ", and", ", and then", ",")
        goes_on = gerund and verbs.match(cursor) and cursor.items[cursor.at].text.endswith("ing")
        if joined not in ("", "and") and goes_on:  # "wave after walking there, then turning round"
            raise NotUnderstood("it is not clear what belongs to the subordinate clause", "In which order?")
        if joined == "and" and verbs.match(cursor):
            verb = cursor.items[cursor.at].text
            comma = any(t.word == "," for t in cursor.items[cursor.at : cursor.at + 12])
            if verb.endswith("ing") == gerund and (gerund or comma):
                continue
        cursor.at = more
        return Subordinate(steps, facts, gerund, count > 1, last)


def _take_done(cursor: Cursor, verbs: Verbs) -> None:
    """Take the "done" of "when you are done waving"."""
    start = cursor.at
    cursor.take("are", "be", "have")
    done = cursor.take_any((*ow.DONE, "stop"))
    if not (done and verbs.match(cursor) and cursor.items[cursor.at].text.endswith("ing")):
        cursor.at = start
