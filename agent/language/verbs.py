"""One clause: a verb with what belongs to it, as steps of the skills."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from agent.language import lexicon as lx
from agent.language.adverbials import complaint, take_count, take_place, take_side
from agent.language.clauses import Clause, Step
from agent.language.durations import take_a_while, take_seconds
from agent.language.hands import Hands, before_a_thing
from agent.language.nominals import match_nominal
from agent.language.nouns import NotUnderstood, Nouns
from agent.language.passing import Passing
from agent.language.shoving import Shoving
from agent.language.sitting import Sitting
from agent.language.tokens import Cursor
from agent.language.wiping import Wiping
from skills import Fact


class Verbs:
    """Reads clauses at a cursor; raises `NotUnderstood` where words are left that it has no meaning for."""

    def __init__(self, nouns: Nouns) -> None:
        self.nouns = nouns
        self.hands = hands = Hands(nouns)
        shoving = Shoving(nouns)
        sitting = Sitting(nouns)
        self.passing = passing = Passing(nouns)
        self._readers: dict[str, tuple[Iterable[str], Callable[[Cursor], Clause]]] = {
            "walk": (lx.WALK, self._walk),
            "approach": (lx.APPROACH, self._approach),
            "circle": (lx.CIRCLE, self._circle),
            "turn": (lx.TURN, self._turn),
            "face": (lx.FACE, self._face),
            "wave": ((*lx.WAVE, *lx.GIVE), hands.wave),
            "raise": (lx.RAISE, hands.raised),
            "lift": (lx.LIFT, hands.lift),
            "carry": (lx.CARRY, hands.carry),
            "put_down": (lx.PUT_DOWN, hands.put_down),
            "drop": (lx.DROP, hands.drop),
            "push": (lx.PUSH, shoving.push),
            "sweep": (lx.SWEEP, shoving.sweep),
            "wipe": (lx.WIPE, Wiping(nouns, hands).wipe),
            "greet": (lx.GREET, hands.greet),
            "give": (("give",), hands.give),
            "point": (lx.POINT, hands.point),
            "show": (lx.SHOW, hands.show),
            "pay": (("pay",), self._pay),
            "stand": (lx.STAND, self._stand),
            "sit": (lx.SIT, sitting.sit),
            "stand_up": (lx.STAND_UP, sitting.stand_up),
            "step_over": (lx.STEP_OVER, passing.over),
            "duck_under": (lx.DUCK_UNDER, passing.under),
        }

    def match(self, cursor: Cursor) -> tuple[str, str] | None:
        """The family and phrase of the longest verb that stands here."""
        best: tuple[str, str] | None = None
        for family, (phrases, _) in self._readers.items():
            for phrase in phrases:
                words = tuple(phrase.split())
                if phrase == "take" and not self.nouns.names_one(cursor, 1):
                    continue
                if family == "stand_up" and cursor.peek(len(words)) in lx.NEAR_TO:  # "get up close to the bin"
                    continue
                if family in ("step_over", "duck_under") and not self.passing.fits(cursor, phrase):
                    continue
                if cursor.starts(words) and (best is None or len(words) > len(best[1].split())):
                    best = (family, phrase)
        if cursor.take("move"):  # "move the box to the stool", but "move to the stool"
            best = ("carry", "move") if self.nouns.starts(cursor) and best == ("walk", "move") else best
            cursor.at -= 1
        said = match_nominal(cursor, self.nouns.starts)
        return said if said and (best is None or len(said[1].split()) > len(best[1].split())) else best

    def read(self, cursor: Cursor) -> Clause | None:
        """Take one clause, or None (and nothing taken) when no verb stands here."""
        found = self.match(cursor)
        if found is None:
            return None
        cursor.take(found[1])
        clause = self._readers[found[0]][1](cursor)
        return Clause(clause.steps, clause.family or found[0], clause.way)

    def gap(self, cursor: Cursor, before: Clause | None) -> Clause | None:
        """Take a clause that leaves out the verb of the one before ("... and then to the door")."""
        if before is None:
            return None
        start = cursor.at
        if before.family in ("wave", "greet") and cursor.take("one", "another", "another one", "one more"):
            if cursor.word not in ("with", "use", "at", "to", "towards"):  # a wave, not a thing
                cursor.at = start
                return None
            return self.hands.waving(cursor, [], {})
        noun = self.nouns.starts(cursor)
        if before.family in ("walk", "approach", "circle"):
            if noun:
                skill = "walk_around" if before.way == "around" else "walk_to"
                ids = self.nouns.read(cursor)
                return Clause([Step(skill, {"target": i}) for i in ids], before.family, before.way)
            if cursor.word in lx.words_of(lx.TOWARDS, lx.AROUND) | {"there", "from"}:
                return self._walk(cursor)
        elif before.family in ("turn", "face", "point", "show") or (before.family in ("wave", "greet") and before.way):
            # "point at the desk, then over to the door": a way as well as a direction, so not taken here
            preposition = cursor.take_any(lx.TURN_TO if before.family == "turn" else lx.AT_ONLY)
            if self.nouns.starts(cursor):
                if before.family in ("turn", "face"):
                    return Clause(self._turns(self.nouns.read(cursor)), before.family, "target")
                if before.family in ("point", "show"):
                    return self.hands.pointing(cursor, None)
                return self.hands.waving(cursor, [self.nouns.read(cursor)], {})
            if preposition:
                cursor.at = start
        if before.family in ("wave", "greet") and cursor.word in ("with", "use"):
            return self.hands.waving(cursor, [], {})
        if before.family in ("point", "show") and cursor.word in ("with", "use"):  # "... and then with your left"
            ids = tuple(dict.fromkeys(step.args["target"] for step in before.steps))
            side = take_side(cursor, self.hands.last_side)
            if side and ids:
                return self.hands.pointed(cursor, ids, side)
        cursor.at = start
        return None

    # -- walking ---------------------------------------------------------------------------------

    def been(self, cursor: Cursor) -> Clause | None:
        """Take the "been to the door" of "once you have been to the door"."""
        start = cursor.at
        if cursor and cursor.items[cursor.at].text == "been" and cursor.take("be"):
            cursor.take("all the way", "over")
            if before_a_thing(cursor, self.nouns, ("to", "around", "over to", "up to", "at", "by", "once around")):
                return self._walk(cursor)
        cursor.at = start
        return None

    def _walk(self, cursor: Cursor) -> Clause:
        start = cursor.at
        if cursor.peek(-1) in ("go", "come", "proceed", "continue"):  # "go and wave": only a way of saying "wave"
            joined = cursor.take("and", "to", "over and", "on and", "on to", "ahead and")
            found = self.match(cursor)
            if found and (joined or found[1] != "around") and (clause := self.read(cursor)) is not None:
                return clause
        cursor.at = start
        if cursor.take("over and", "up and", "across and", "on over and", "on and") and self.match(cursor):
            clause = self.read(cursor)  # "walk over and stand by the shelf"
            if clause is not None:
                return clause
        cursor.at = start
        steps: list[Step] = []
        needs: list[Fact] = []
        way = ""
        while True:
            if cursor.take_any(lx.FROM_HERE) or cursor.take_any(lx.THROUGH) or (not steps and cursor.take("first")):
                continue
            if not steps and cursor.take("from"):
                needs.append(Fact("near", self.nouns.one(cursor)))
            elif way != "to" and cursor.take_any(lx.AROUND):
                ids = self._gone_round(cursor)
                times = take_count(cursor) or 1
                steps += [Step("walk_around", {"target": i}) for i in ids for _ in range(times)]
                way = "around"
            elif way != "to" and cursor.take("back there", "over there", "there"):
                steps.append(Step("walk_to", {"target": self.nouns.place()}))
                way = "to"
            elif way == "to" and cursor.take_any(lx.UNTIL):
                if self.nouns.one(cursor) != steps[-1].args["target"]:
                    raise NotUnderstood("a walk to one thing 'until' another can be read in two ways", "Where to?")
            elif way == "to" and cursor.take_any(lx.VIA):
                steps[-1:-1] = [Step("walk_to", {"target": self.nouns.one(cursor)})]
            elif not steps and cursor.take_any(lx.VIA):
                steps.append(Step("walk_to", {"target": self.nouns.one(cursor)}))
                way = "via"
            elif way and cursor.take_any(lx.UNTIL_THERE):
                continue
            elif not way and self._ends(cursor, "over"):
                steps.append(Step("walk_to", {"target": self.nouns.place()}))
                way = "to"
            elif way != "to" and self._goal_follows(cursor):
                beside: dict[str, Any] = {}
                if cursor.take_any(lx.FAR_SIDE):
                    skill = "walk_around"
                elif said := cursor.take_any(lx.LEFT_OR_RIGHT):
                    skill, beside = "walk_to", {"approach": lx.side_in(said)}
                else:
                    cursor.take_any(lx.NEAR_SIDE)
                    skill = "walk_to"
                steps += [Step(skill, {"target": i, **beside}) for i in self.nouns.read(cursor)]
                way = "to" if skill == "walk_to" else "around"
            else:
                break
        if not steps or way == "via":
            raise complaint(cursor, self.nouns, "it is not said where to go")
        words = [t.word for t in cursor.items[max(start - 3, 0) : start]]
        if "step" in "".join(words) and "take" in words and cursor.items[start].word == "towards":
            raise NotUnderstood("a step towards a thing does not lead to it", "Go all the way?")
        steps[0].needs += needs
        return Clause(steps, "walk", way)

    def _approach(self, cursor: Cursor) -> Clause:
        if cursor.take("there"):
            return Clause([Step("walk_to", {"target": self.nouns.place()})], "approach", "to")
        return Clause([Step("walk_to", {"target": i}) for i in self.nouns.read(cursor)], "approach", "to")

    def _pay(self, cursor: Cursor) -> Clause:
        """Take "(pay) the armchair a visit"."""
        ids = self.nouns.read(cursor, modifiers=False)
        if not cursor.take("a visit", "a short visit", "a quick visit", "a little visit", "a brief visit"):
            raise complaint(cursor, self.nouns, "only a visit can be paid")
        return Clause([Step("walk_to", {"target": i}) for i in ids], "approach", "to")

    def _circle(self, cursor: Cursor) -> Clause:
        ids = self._gone_round(cursor)
        steps = [Step("walk_around", {"target": i}) for i in ids]
        count = take_count(cursor) or 1
        return Clause([Step(s.skill, dict(s.args)) for s in steps for _ in range(count)], "circle", "around")

    def _goal_follows(self, cursor: Cursor) -> bool:
        """Take what stands before a goal; "before" and "for" only where a thing follows."""
        start = cursor.at
        phrase = cursor.take_any((*lx.TOWARDS, *lx.UNTIL))
        if phrase in ("before", "for") and not self.nouns.starts(cursor):
            cursor.at = start
            return False
        return bool(phrase)

    @staticmethod
    def _ends(cursor: Cursor, word: str) -> bool:
        """Take `word` if the clause ends with it."""
        if cursor.word == word and cursor.peek() in ("", ",", ".", "then"):
            cursor.at += 1
            return True
        return False

    def _gone_round(self, cursor: Cursor) -> tuple[str, ...]:
        """Take what is gone round: "the chair (to the far side)", or "to its other side" of what was spoken of."""
        if cursor.take_any(lx.TO_FAR_SIDE):
            return (self.nouns.place(),)
        ids = self.nouns.read(cursor, modifiers=False)
        cursor.take_any(lx.TO_FAR_SIDE)
        return ids

    # -- turning ---------------------------------------------------------------------------------

    def _turn(self, cursor: Cursor) -> Clause:
        start = cursor.at
        if (cursor.take("around") and cursor.take("and", ", and", ", then", "and then")) or cursor.take("and"):
            found = self.match(cursor)
            if found and found[0] in ("wave", "greet", "give", "point", "show"):
                clause = self.read(cursor)
                if clause is not None and clause.way == "target":
                    for step in clause.steps:
                        thing = step.args.get("target")
                        if thing:
                            step.needs.append(Fact("facing", thing))
                    return clause
                raise NotUnderstood("it is not said what to turn to", unknown=("turn",))
        cursor.at = start
        while not before_a_thing(cursor, self.nouns, lx.TURN_TO) and cursor.take_any(lx.TURN_FILL):
            pass
        if not cursor.take_any(lx.TURN_TO):
            raise complaint(cursor, self.nouns, "it is not said what to turn to")
        cursor.take_any(lx.NEAR_SIDE)
        ids = self.nouns.read(cursor)
        cursor.take_any(lx.UNTIL_FACED)
        return Clause(self._turns(ids), "turn", "target")

    def _face(self, cursor: Cursor) -> Clause:
        steps = self._turns(self.nouns.read(cursor))
        if (seconds := take_seconds(cursor)) is not None:
            steps.append(Step("stand_still", {"seconds": seconds}))
        elif take_a_while(cursor):
            steps.append(Step("stand_still", {}))
        return Clause(steps, "face", "target")

    @staticmethod
    def _turns(ids: Iterable[str]) -> list[Step]:
        return [Step("turn_to", {"target": i}) for i in ids]

    # -- standing --------------------------------------------------------------------------------

    def _stand(self, cursor: Cursor) -> Clause:
        places: list[Fact] = []
        if cursor.peek(-1) == "by" and self.nouns.starts(cursor):  # "stand by", then a thing: a place after all
            cursor.at -= 1
        args: dict[str, Any] = {}
        while cursor:
            if (seconds := take_seconds(cursor)) is not None:
                args["seconds"] = seconds
            elif take_a_while(cursor) or cursor.take(
                "still",
                "here",
                "where you are",
                "without move",
                "there",
                "quietly",
                "silently",
                "patiently",
                "calmly",
                "motionless",
                "perfectly still",
                "completely still",
                "absolutely still",
            ):
                continue
            elif place := take_place(cursor, self.nouns):
                places.append(place)
            elif cursor.take_any(lx.FACE) or cursor.take("and face"):
                places.append(Fact("facing", self.nouns.one(cursor)))
            else:
                break
        return Clause([Step("stand_still", args, places)], "stand")
