"""What a clause says of its own place among the others ("first", "at the end", "the second thing is to")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.language import order_words as ow
from agent.language.clauses import Step
from agent.language.nouns import NotUnderstood
from agent.language.tokens import Cursor

BREAKS = ("", ",", ".", "and", "then", "but")
"""What may stand behind a clause."""
_THINGS = ("thing", "step", "task", "move", "job", "action", "thing of all")
_TO_DO = (
    "i want you to do", "i would like you to do", "i need you to do", "you should do", "you need to do",
    "you have to do", "you must do", "you do", "you are to do", "to do", "for you to do", "i ask of you", "i want",
)  # fmt: skip


def take_announced(cursor: Cursor) -> str:
    """Take "the first thing to do is to", "your last step:", "step 2:"; give the mark, "" if none stands here."""
    start = cursor.at
    if cursor.take("step", "number") and cursor and (number := cursor.items[cursor.at].number) is not None:
        cursor.at += 1
        return f"{number:g}"
    cursor.at = start
    prefixed = bool(cursor.take("as", "for"))
    said = bool(cursor.take("the", "your", "a", "my"))
    word = cursor.take("next", "last", "final", *ow.RANKS)
    thing = bool(word and cursor.take_any(_THINGS))
    cursor.take("that")
    cursor.take_any(_TO_DO)
    if word and (said or thing):
        mark = {"next": "next", "last": "later", "final": "later"}.get(word) or str(ow.RANKS[word])
        if cursor.take("is", "will be", "should be", "be"):
            cursor.take("to", "for you to", "that you", "that you should")
            return mark
        if thing and (prefixed or cursor.word == ","):
            return mark
    cursor.at = start
    return ""


_I_HAVE = (
    "there are", "i have", "you have", "here are", "just", "only", "i need", "i want", "i would like", "i ask", "do",
    "please do",
)  # fmt: skip


def take_preamble(cursor: Cursor) -> bool:
    """Take "three things to do:" in front of a list."""
    start = cursor.at
    cursor.take_any(_I_HAVE)
    cursor.take("just", "only")
    number = cursor.items[cursor.at].number if cursor else None
    if number is not None:
        cursor.at += 1
    else:
        number = 2 if cursor.take("a few", "a couple of", "some", "your", "the", "these") else None
    things = cursor.take("things", "steps", "tasks", "jobs", "small things", "quick things", "little things", "moves")
    cursor.take(
        "to do", "for you", "for you to do", "from you", "of you", "please", "i want you to do", "i need you to do"
    )
    cursor.take("please")
    if number and things and cursor.word in (",", "."):
        return True
    cursor.at = start
    return False


def take_rank(cursor: Cursor) -> str:
    """Take "second" or "thirdly" in front of a clause; give "2"."""
    word = cursor.word if cursor.word in ow.RANKS and cursor.word not in ow.OPENERS else ""
    return str(ow.RANKS[cursor.take(word)]) if word else ""


def take_closing(cursor: Cursor) -> str:
    """Take what says at a clause's end where it belongs ("first", "last", "later", a number); "" if nothing does."""
    start = cursor.at
    for mark, phrases in (("first", ow.FIRST), ("last", ow.LAST), ("later", ow.LATER), ("rank", ow.RANKS)):
        phrase = cursor.take_any(phrases)
        if phrase and cursor.word in BREAKS:
            return str(ow.RANKS[phrase]) if mark == "rank" else mark
        cursor.at = start
    return ""


def contradictions(steps: Sequence[Step]) -> Iterator[NotUnderstood]:
    """Where the order that was read is not the one that the steps say of themselves."""
    where = "In which order?"
    if steps and "later" in steps[0].marks and any("later" not in s.marks for s in steps):
        yield NotUnderstood("what is said to come later comes before all else", where)
    lasts = [i for i, s in enumerate(steps) if "last" in s.marks]
    if lasts and any("last" not in s.marks for s in steps[lasts[0] :]):
        yield NotUnderstood("what is said to be the last step is followed by others", where)
    ranks = [int(m) for s in steps for m in s.marks if m.isdigit()]
    if ranks != sorted(ranks) or (ranks and ranks[0] > 1 and steps[0].marks & {str(ranks[0])} and len(steps) > 1):
        yield NotUnderstood("the numbers of the steps are not in order", where)
