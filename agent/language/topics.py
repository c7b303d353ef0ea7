"""What is only spoken of before it is said what to do with it: "yellow bin: walk to it", "there is a bottle: ..."."""

from __future__ import annotations

from dataclasses import dataclass

from agent.language import order_words as ow
from agent.language.nouns import NotUnderstood, Nouns
from agent.language.tokens import Cursor
from agent.language.verbs import Verbs

_SPOKEN_OF = (
    "there is", "there are", "there should be", "you see", "you can see", "can you see", "do you see", "you will see",
    "you will find", "you should see", "you should find", "see", "as for", "now for", "regarding", "concerning",
    "here is", "you know", "remember", "over there is", "about", "you can find", "you may see", "with regard to",
    "as to", "you have", "notice", "i see", "i can see", "we have", "where is", "where are", "which one is",
    "which is", "which of them is",
    "do you know where", "can you spot", "do you notice", "can you find", "you will notice", "you might see",
)  # fmt: skip
_JOINED = (
    ",",
    "and",
    "then",
    ", then",
    ", and",
    "and then",
    ", and then",
    "follow by",
    ", follow by",
    "plus",
    "next",
    ", next",
)
_WHERE_TO = tuple(
    f"is {where} {you} {end}"
    for where in ("where", "the place where", "the spot where", "what", "the last place")
    for you in ("you", "you should", "i want you to", "i would like you to", "you need to", "you must", "you are to",
                "i need you to", "you have to", "you will", "i would love you to", "to")
    for end in ("end up", "finish", "end", "finish up", "end up at", "wind up")
)  # fmt: skip


@dataclass(frozen=True)
class Topic:
    """Things that were spoken of.

    Args:
        ids: in the order said.
        end: the last of the ways leads there, whatever is said next.
    """

    ids: tuple[str, ...]
    end: bool = False


def take_topic(cursor: Cursor, nouns: Nouns, verbs: Verbs) -> Topic | None:
    """Take things that are only spoken of, if what follows them says "it" or "them"; None if it is no topic."""
    start = cursor.at
    before = nouns.mentioned.last, nouns.mentioned.every
    topic = _take(cursor, nouns, verbs)
    if topic is None:
        cursor.at = start
        nouns.mentioned.last, nouns.mentioned.every = before
    else:
        nouns.mentioned.note(topic.ids)
    return topic


def _take(cursor: Cursor, nouns: Nouns, verbs: Verbs) -> Topic | None:
    announced = bool(cursor.take_any(_SPOKEN_OF))
    ids: list[str] = []
    more = cursor.at
    while nouns.starts(cursor) and cursor.word not in ("it", "them", "there", "where"):
        try:
            ids += nouns.read(cursor)
        except NotUnderstood:
            if not ids:
                return None
            cursor.at = more  # "the bin, can you ..."
            break
        if announced:
            cursor.take("is", "are")
        more = cursor.at
        if not (cursor.take_any(_JOINED) and nouns.starts(cursor)):
            cursor.at = more
            break
    if not ids:
        return None
    if not announced and len(ids) == 1 and cursor.take_any(_WHERE_TO) and cursor.word == ",":
        return Topic(tuple(ids), end=True)
    mark = cursor.items[cursor.at].text if cursor else ""
    # After a comma a thing may be one more of a row; a colon or an announcement tells that nothing is done yet.
    if not (mark == ":" or (announced and cursor.word in (",", ".")) or (mark == "," and len(ids) == 1)):
        return None
    cursor.at += 1
    fillers = cursor.at
    while cursor.take_any(
        (*ow.OPENERS, "please", "now", "just", "you should", "could you", "can you", "i want you to", ",")
    ):
        pass
    verb = verbs.match(cursor)
    spoken = "them" if len(ids) > 1 else "it"
    clause = [t.word for t in cursor.rest_of_clause()]
    refers = spoken in clause or (len(ids) == 1 and ("there" in clause or "that" in clause[-1:]))
    if verb is None or not refers:
        return None
    cursor.at = fillers
    return Topic(tuple(ids))
