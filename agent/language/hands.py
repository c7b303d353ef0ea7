"""What is done with hands: waving, pointing, lifting, carrying and putting down, as steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agent.language import lexicon as lx
from agent.language.adverbials import complaint, take_count, take_place, take_side
from agent.language.clauses import Clause, Step
from agent.language.nominals import match_nominal
from agent.language.nouns import NotUnderstood, Nouns
from agent.language.tokens import Cursor
from skills import Fact


class Hands:
    """Reads what follows a verb of the hand.

    Args:
        nouns: reads the things.

    Attributes:
        last_side: the hand that was named last, for "the other hand".
    """

    def __init__(self, nouns: Nouns) -> None:
        self.nouns = nouns
        self.last_side: str | None = None

    def wave(self, cursor: Cursor) -> Clause:
        """A wave, and what goes with it."""
        return self.waving(cursor, [], {})

    def raised(self, cursor: Cursor) -> Clause:
        """A thing that is raised is lifted; a hand that is only raised is no wave, it must be said what for."""
        side = take_side(cursor, self.last_side)
        if side is None and not cursor.take_any(lx.A_HAND):
            return self.lift(cursor)
        if cursor.take("and point it", "and point", "to point", "and point with it"):
            cursor.take_any(lx.POINT_AT)
            clause = self.pointing(cursor, side)
            return Clause(clause.steps, "point", clause.way)
        if not cursor.take_any(lx.RAISED):
            raise complaint(cursor, self.nouns, "a hand is only raised to wave")
        clause = self.waving(cursor, [], {"side": side} if side else {})
        return Clause(clause.steps, "wave", clause.way)

    def lift(self, cursor: Cursor) -> Clause:
        """A thing taken up wherever it stands: a small one with one hand, others with both."""
        start = cursor.at
        ids = self.nouns.read(cursor, modifiers=False, standing=False)
        if all(self.nouns.is_small(id) for id in ids):
            cursor.at = start  # "the bottle on the table": there is nothing else it could be lifted onto
            ids = self.nouns.read(cursor, modifiers=False)
        cursor.take("up")
        large = not any(self.nouns.is_small(id) for id in ids)
        approach = cursor.take_any(lx.FROM_SIDE) if large else ""
        if not cursor.take_any(lx.OFF_FLOOR) and cursor.take("off", "from", "off of", "up off", "up from"):
            self.nouns.peek(cursor)
        small = [self.nouns.is_small(id) for id in ids]
        if not all(small):
            cursor.take_any(lx.BOTH_HANDS)
        hand = self._one_hand(cursor) if all(small) else {}
        cursor.take_any(lx.AND_HOLD)
        approach = approach or (cursor.take_any(lx.FROM_SIDE) if large else "")
        way = {"approach": lx.side_in(approach)} if approach else {}
        steps = [
            Step("pick", {"object": id, **hand}) if one else Step("lift", {"target": id, **way})
            for id, one in zip(ids, small, strict=True)
        ]
        return Clause(steps, "lift", "target")

    def _one_hand(self, cursor: Cursor) -> dict[str, str]:
        """Take "with one hand", "in your left hand": the argument of what is picked up."""
        start = cursor.at
        if cursor.take_any(lx.IN_ONE_HAND):
            return {}
        cursor.take("in", "into")
        side = take_side(cursor, self.last_side)
        if side is None:
            cursor.at = start
            return {}
        self.last_side = side
        return {"side": side}

    def carry(self, cursor: Cursor) -> Clause:
        """A thing brought to another; one that stands somewhere is lifted first."""
        ids = self._things(cursor)
        cursor.take_any(lx.BOTH_HANDS)
        steps = []
        if cursor.take_any(lx.CARRIED_TO):
            to = self._elsewhere(cursor)
            steps = [Step("carry", {"target": id, "to": to}) for id in ids]
        elif cursor.take_any(lx.ONTO):
            to = self._elsewhere(cursor)
            steps = [Step("put_down", {"target": id, "on": to}) for id in ids]
        elif cursor.take_any(lx.INTO):
            steps = self._into(cursor, ids)
        if not steps:
            raise complaint(cursor, self.nouns, "it is not said where to bring it")
        cursor.take_any(lx.BOTH_HANDS)
        return Clause(steps, "carry", "target")

    def put_down(self, cursor: Cursor) -> Clause:
        """A thing let down where it is, or on what is named; a small one by the hand that has it."""
        ids = self._things(cursor)
        if all(self.nouns.is_small(id) for id in ids):
            return self._placed(cursor, ids)
        cursor.take("down", "back", "back down", "down again", "back again")
        if cursor.take_any(lx.INTO):
            return Clause(self._into(cursor, ids), "put_down", "target")
        args: dict[str, Any] = {}
        if not cursor.take_any(lx.WHERE_IT_WAS) and cursor.take_any(lx.ONTO):
            args["on"] = self._elsewhere(cursor)
        cursor.take("there", "here", "over there")
        cursor.take_any(lx.BOTH_HANDS)
        return Clause([Step("put_down", {"target": id, **args}) for id in ids], "put_down", "target")

    def _things(self, cursor: Cursor) -> tuple[str, ...]:
        """What is moved: "the bottle", "both bottles", "the red bottle and the can"."""
        ids = self.nouns.read(cursor, modifiers=False, standing=False)
        while cursor.word == "and" and self.nouns.starts_after(cursor, 1):
            cursor.take("and")
            ids = (*ids, *self.nouns.read(cursor, modifiers=False, standing=False))
            self.nouns.mentioned.note(ids)
        return ids

    def _elsewhere(self, cursor: Cursor) -> str:
        """Where something is brought; "it" goes on to mean what is brought there."""
        spoken = self.nouns.mentioned
        before = spoken.last, spoken.every
        id = self.nouns.one(cursor)
        spoken.last, spoken.every = before[0], (*before[1], id)
        return id

    def _placed(self, cursor: Cursor, ids: tuple[str, ...]) -> Clause:
        cursor.take("down", "back", "back down", "down again", "back again", "upright", "down upright")
        args: dict[str, Any] = {}
        if not cursor.take_any(lx.WHERE_IT_WAS) and cursor.take_any(lx.INTO):
            return Clause(self._into(cursor, ids), "put_down", "target")
        if cursor.take_any(lx.ONTO):
            args["target"] = self._elsewhere(cursor)
        cursor.take("again", "upright")
        return Clause([Step("place", {"object": id, **args}) for id in ids], "put_down", "target")

    def drop(self, cursor: Cursor) -> Clause:
        """A small thing let drop into a basket or bin; only into a bin it may be said to be thrown."""
        thrown = cursor.peek(-1) in lx.THROW
        ids = self._things(cursor)
        if not cursor.take_any(lx.INTO):
            raise complaint(cursor, self.nouns, "a thing is only dropped into something")
        steps = self._into(cursor, ids)
        if thrown and any(item.kind != "bin" for item in self.nouns.catalogue if item.id == steps[0].args["target"]):
            raise NotUnderstood("nothing is thrown here, except into a bin", "Put it in?", ("throw",))
        return Clause(steps, "put_down", "target")

    def _into(self, cursor: Cursor, ids: tuple[str, ...]) -> list[Step]:
        """Steps that put things into what is named next."""
        if not all(self.nouns.is_small(id) for id in ids):
            raise NotUnderstood(f"{', '.join(ids)}: only what one hand holds is put into something")
        to = self._elsewhere(cursor)
        cursor.take("again")
        return [Step("place", {"object": id, "target": to, "relation": "in"}) for id in ids]

    def greet(self, cursor: Cursor) -> Clause:
        """A greeting is a wave, to a thing if one is named."""
        if "say" in (cursor.peek(-2), cursor.peek(-1)) and before_a_thing(cursor, self.nouns, ("at",)):
            raise NotUnderstood("to say hello 'at' a thing can mean to it or standing there", "Go there first?")
        targets = [self.nouns.read(cursor)] if self.nouns.starts(cursor) else []
        return self.waving(cursor, targets, {})

    def give(self, cursor: Cursor) -> Clause:
        """A wave given to a thing."""
        ids = self.nouns.read(cursor, modifiers=False)
        said = match_nominal(cursor, self.nouns.starts)
        if said is None or said[0] != "wave" or not cursor.take(said[1]):
            raise complaint(cursor, self.nouns, "only a wave can be given")
        return self.waving(cursor, [ids], {})

    def waving(self, cursor: Cursor, targets: list[tuple[str, ...]], args: dict[str, Any]) -> Clause:
        """Take what goes with a wave: hand, thing, place, number of times."""
        places: list[Fact] = []
        count = 1
        while cursor:
            if cursor.starts(("of", "your")) or cursor.starts(("of", "the")):
                cursor.take("of")  # "a wave of your left hand"
            if side := take_side(cursor, self.last_side):
                args = {**args, "side": self._once(args.get("side"), side)}
            elif cursor.take_any((*lx.HELLO, *lx.WITH_A_HAND, *lx.FROM_HERE, "there", "here")):
                continue
            elif (
                not targets
                and not cursor.starts(("at", "the", "end"))
                and before_a_thing(cursor, self.nouns, lx.WAVE_AT)
            ):
                cursor.take_any(lx.WAVE_AT)
                targets.append(self.nouns.read(cursor, modifiers=False))
            elif not targets and cursor.take_any(lx.THAT_WAY):
                targets.append((self.nouns.place(),))
            elif not targets and cursor.take("face") and self.nouns.starts(cursor):  # "wave, facing the door"
                targets.append(self.nouns.read(cursor, modifiers=False))
            elif not places and cursor.take("from"):
                places.append(Fact("near", self.nouns.one(cursor)))
            elif not places and (place := take_place(cursor, self.nouns, but=("at",))):
                places.append(place)
            elif times := take_count(cursor):
                count = times
            else:
                break
        ids = targets[0] if targets else ()
        steps = [Step("wave", dict(args), [Fact("facing", i)]) for i in ids] or [Step("wave", dict(args))]
        steps[0].needs = places + steps[0].needs
        if "side" in args:
            self.last_side = args["side"]
        repeated = [Step(s.skill, dict(s.args), list(s.needs)) for s in steps for _ in range(count)]
        return Clause(repeated, "wave", "target" if ids else "")

    def point(self, cursor: Cursor) -> Clause:
        """A hand held out towards a thing."""
        cursor.take("back", "over")
        side = take_side(cursor, self.last_side)
        if side is None:
            cursor.take_any(lx.A_HAND)
        cursor.take("first")
        if cursor.take("it out", "them out"):
            cursor.at -= 2
            ids = self.nouns.read(cursor, modifiers=False)
            cursor.take("out")
            return self.pointed(cursor, ids, side)
        if cursor.take_any(lx.THAT_WAY):
            return self.pointed(cursor, (self.nouns.place(),), side)
        if not cursor.take_any(lx.POINT_AT):
            raise complaint(cursor, self.nouns, "it is not said what to point at")
        return self.pointing(cursor, side)

    def show(self, cursor: Cursor) -> Clause:
        """A thing that is shown is pointed at."""
        clause = self.pointing(cursor, None)
        cursor.take("is", "are", "be", "stand", "sit", "lie")
        cursor.take("to me", "to us")
        cursor.take("by point at it", "by point to it", "by point it out", "by point towards it")
        return clause

    def pointing(self, cursor: Cursor, side: str | None) -> Clause:
        """Take the things that are pointed at, and what goes with it."""
        return self.pointed(cursor, self.nouns.read(cursor), side)

    def pointed(self, cursor: Cursor, ids: tuple[str, ...], side: str | None) -> Clause:
        """Take what follows the things that are pointed at."""
        places: list[Fact] = []
        count = 1
        while cursor:
            if told := take_side(cursor, self.last_side):
                side = self._once(side, told)
            elif cursor.take_any((*lx.FROM_HERE, *lx.WITH_A_HAND, "for me", "to me", "for us", "to us")):
                continue
            elif cursor.take("from"):
                places.append(Fact("near", self.nouns.one(cursor)))
            elif times := take_count(cursor):
                count = times
            else:
                break
        args = {"side": side} if side else {}
        self.last_side = side or self.last_side
        steps = [Step("point_at", {"target": i, **args}) for i in ids for _ in range(count)]
        steps[0].needs += places
        return Clause(steps, "point", "target")

    @staticmethod
    def _once(before: str | None, now: str) -> str:
        if before not in (None, now):
            raise NotUnderstood(f"both the {before} and the {now} hand are asked for at once")
        return now


def before_a_thing(cursor: Cursor, nouns: Nouns, prepositions: Iterable[str]) -> bool:
    """Whether one of the prepositions and then a thing stand here; takes nothing."""
    start = cursor.at
    fits = bool(cursor.take_any(prepositions)) and nouns.starts(cursor)
    cursor.at = start
    return fits
