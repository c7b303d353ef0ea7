"""What a line of the conversation is: a command about the task, a question, an answer, or something to be done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "empty", "leave", "help", "stop", "pause", "go_on", "status", "again", "other", "yes", "no",
    "see", "where", "on_what", "what_is_on", "there_is", "self", "holding",
    "why", "did", "plan", "sure", "prompt", "do",
]  # fmt: skip

SCENE: frozenset[Kind] = frozenset({"see", "where", "on_what", "what_is_on", "there_is", "self", "holding"})
"""Questions that a look answers."""
PAST: frozenset[Kind] = frozenset({"why", "did", "plan", "sure", "prompt"})
"""Questions that the journal answers."""


@dataclass(frozen=True)
class Line:
    """A line and what it is.

    Args:
        kind: what it is; "do" for everything that is nothing else.
        text: as said.
        names: the words that name things, in the order in which the kind asks for them.
        rest: what is said behind a "no, wait": the new task; empty for none.
    """

    kind: Kind
    text: str
    names: tuple[str, ...] = ()
    rest: str = ""


_ROWS: tuple[tuple[Kind, str], ...] = (
    ("leave", r"(quit|exit|bye|good ?bye|leave|that is all|that's all)"),
    ("help", r"(help|what can you do|what can i say|commands)"),
    ("pause", r"(pause|wait|wait a (moment|minute|second)|hold on|just a moment|one moment)"),
    ("stop", r"(stop|halt|freeze|enough|abort|cancel|stop it|stop that|stop now|stop there|no stop|emergency stop)"),
    ("go_on", r"(go on|continue|carry on|resume|proceed|go ahead|keep going|carry on with it|you can go on)"),
    ("status", r"(status|how far are you|what are you doing( now)?|progress|where were we)"),
    ("again", r"(again|do it again|do that again|once more|one more time|the same again|repeat that|repeat it|repeat)"),
    ("other", r"(no |not that one |i meant )?the other one( instead)?"),
    ("yes", r"(y|yes|yes please|ok|okay|sure|do it|fine|good|right)"),
    ("no", r"(n|no|no thanks|nope|don't|do not|do not do it)"),
    (
        "see",
        r"(what (do|can) you see( now| here| there)?|look around|describe (the|this) (room|scene)"
        r"|what is (there|in the room|in here|around( you)?)|what('s| is) in front of you"
        r"|which things (are there|do you see))",
    ),
    ("holding", r"(what (are you holding|do you hold|do you have|have you got)|what('s| is) in your hands?"
                r"|are you holding (something|anything))( in your hands?)?"),
    ("self", r"(where are you( now)?|are you (sitting|standing|seated)|how do you stand)"),
    ("where", r"where(?:'s| is| are) (?P<a>.+?)(?: now)?"),
    ("what_is_on", r"(?:what(?:'s| is| stands| lies)|is (?:there )?(?:something|anything)) on (?P<a>.+)"),
    ("on_what", r"is (?P<a>.+?) (?:still )?on (?P<b>.+)"),
    ("there_is", r"(?:is|are) there (?P<a>.+)|(?:do|can) you see (?P<b>.+)"),
    (
        "why",
        r"why( have you| did you| did it| did that| has it| is it| was it| were you| are you| do you)?"
        r"( (just|only))?( stop(ped)?| stopping| fail(ed)?| not do (it|that)| give up| given up| standing( there)?"
        r"| wait(ing)?| asking| ask| end(ed)?)?( there| now| it| that)?|why not"
        r"|what (went wrong|is wrong|was wrong|is the (problem|matter)|happened there)",
    ),
    (
        "did",
        r"what (did|have) you (do|done)( so far| just now| last| before)?|what happened( so far)?|what has happened"
        r"|(did|has) (it|that) work(ed)?|did you (do|make|manage) (it|that)|are you (done|ready|finished)|history",
    ),
    ("plan", r"what (is|was|'s) (the|your) plan|what (will|are) you (do|going to do)( next| now)?"),
    ("prompt", r"(show|read|tell|give)( me)?( the| your)?( video| last)? ?prompt"
               r"|what (is|was|'s) (the|your)( video| last)? ?prompt"),
    ("sure", r"how do you know( that)?|are you (sure|certain)( of it| of that)?|how sure are you|how can you tell"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _ROWS)
_CHANGED_MIND = re.compile(
    r"(?:no|stop|wait|hold on|halt|actually|sorry|instead|oh)(?:,? (?:no|wait|stop|sorry|actually|instead|hold on))*"
    r"[,.;:!]+ +(?P<rest>.+)|no,? wait,? (?P<more>.+)"
)
_QUESTION = re.compile(r"(who|what|which|where|when|why|how|is|are|was|were|did|do|does|have|has) .*")


def read(text: str) -> Line:
    """What a line is, by its words alone."""
    said = " ".join(text.split())
    plain = said.lower().strip(" ?!.,;:").replace("\u2019", "'")
    plain = re.sub(r"^(please|now|and|so|but|hey|hello|robot),? |,? (please|now|then)$", "", plain)
    if not plain:
        return Line("empty", said)
    for kind, pattern in _PATTERNS:
        match = pattern.fullmatch(plain)
        if match:
            found = tuple(v for v in match.groupdict().values() if v)
            return Line(kind, said, found)
    changed = _CHANGED_MIND.fullmatch(said.lower())
    if changed:
        rest = said[len(said) - len(changed["rest"] or changed["more"]) :]
        return Line("stop", said, rest=re.sub(r",? instead[.!]?$", "", rest))
    if plain in ("no wait", "no no", "wait no", "stop stop", "don't do that", "no don't"):
        return Line("stop", said)
    return Line("do", re.sub(r",? instead[.!]?$", "", said))


def is_question(text: str) -> bool:
    """Whether a line that nobody understood was a question."""
    return text.rstrip().endswith("?") or bool(_QUESTION.fullmatch(text.lower().strip()))
