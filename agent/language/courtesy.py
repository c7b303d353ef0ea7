"""Courteous frames around a request ("it would be great if you could", "all you have to do is"), put together.

A frame is not listed but built from what it is made of, because speakers combine the parts freely. It says nothing of
the plan, so it counts only where a verb follows: "I would like the door" asks for nothing that is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

_PLEASANT = (
    "great", "nice", "lovely", "good", "wonderful", "fantastic", "brilliant", "helpful", "perfect", "super", "ideal",
    "best", "awesome", "amazing", "kind of you", "very kind", "very nice", "very helpful", "really great",
    "really nice", "a great help", "a big help",
)  # fmt: skip
_PLEASED = (
    "glad", "happy", "pleased", "delighted", "grateful", "thankful", "very glad", "very happy", "very pleased",
    "very grateful", "so grateful", "most grateful", "obliged", "much obliged", "thrilled",
)  # fmt: skip
_ALLOWED = ("ok", "okay", "alright", "all right", "fine", "possible", "too much trouble", "too much to ask")
_IF_YOU = ("if you", "if you could", "if you would", "if you can", "if you were to", "if you might")
_YOU_TO = (
    "you to",
    "for you to",
    "to see you",
    "to have you",
    "to watch you",
    "it if you",
    "it if you could",
    "that you",
)
_WISHES = (
    "would like", "would love", "would prefer", "would appreciate", "would want", "would need", "would ask", "want",
    "need", "ask", "expect", "wish", "will need", "will want", "am ask", "am asking", "require", "request", "suggest",
    "propose", "recommend",
)  # fmt: skip
_STRESS = ("", "also", "just", "really", "now", "then", "only", "simply", "next", "still", "first")
_MAY = ("could you", "can you", "would you", "will you", "might you", "you could", "you can", "you may", "you should")
_SOFTLY = ("please", "kindly", "possibly", "perhaps", "just", "now", "also", "then", "next", "first", "quickly please")
_AIM = (
    "task",
    "job",
    "goal",
    "aim",
    "mission",
    "assignment",
    "objective",
    "duty",
    "instruction",
    "idea",
    "plan",
    "wish",
)
_MUST = ("have to", "need to", "must", "should", "are to", "get to", "ought to")


def _frames() -> Iterator[str]:
    for (thing, words), you in product(
        (("it would be", _PLEASANT), ("i would be", _PLEASED)), (*_IF_YOU, "to see you")
    ):
        yield from (f"{thing} {word} {you}" for word in words)
    yield from (f"it would be {word} {you}" for word in _PLEASANT for you in ("to have you", "for you to"))
    yield from (f"would it be {word} {you}" for word in _ALLOWED for you in (*_IF_YOU, "for you to", "to ask you to"))
    yield from (f"is it {word} {you}" for word in _ALLOWED for you in ("if you", "for you to", "to ask you to"))
    yield from (f"i {s} {w} {y}".replace("  ", " ") for s, w, y in product(_STRESS, _WISHES, _YOU_TO))
    yield from (f"i would {s} {w} {y}".replace("  ", " ")
                for s, w, y in product(_STRESS, ("like", "love", "appreciate", "prefer", "ask"), _YOU_TO))  # fmt: skip
    # "I'd appreciate your walking", "I want to see a wave"
    yield from (f"i would {w} {y}" for w in ("appreciate", "like", "love") for y in ("you", "your", "to see"))
    yield from (f"i {w} to see" for w in ("want", "need", "wish", "expect"))
    yield from (f"{may} {softly}" for may in _MAY for softly in _SOFTLY)
    yield from (f"{whose} {aim} {be}" for whose in ("your", "the", "my", "your next", "your first")
                for aim in _AIM for be in ("is to", "is for you to", "will be to", "is that you", "is"))  # fmt: skip
    for what, end in product(("what you", "all you", "the thing you"), ("is", "is to", "now is", "now is to")):
        yield from (f"{what} {must} do {end}" for must in _MUST)
    for what, end in product(("what i", "all i", "the thing i"), ("is", "is to", "is for you to", "is that you")):
        for wish, do in product(("would like", "want", "need", "ask", "would ask", "expect"),
                                ("", " you to do", " from you", " of you", " to see", " for you to do")):  # fmt: skip
            yield f"{what} {wish}{do} {end}"
    for chance, you in product(("any chance", "is there any chance", "is there a chance", "any way"),
                               ("you could", "that you could", "you can", "of you", "you would", "you might",
                               "of")):  # fmt: skip
        yield f"{chance} {you}"
    yield from (f"{it}time {you}to" for it in ("", "it is ") for you in ("", "for you ", "now for you ", "now "))
    yield from (f"{ask} {you} to" for ask in ("let me ask", "let me get", "may i get", "i will ask", "i will get")
                for you in ("you",))  # fmt: skip
    yield from ("i would like", "what about", "how about if you", "would you be so good as to", "be so good as to",
                "be good enough to",
                "would you be good enough to", "be kind enough to", "you are ask to", "you are asked to",
                "you are requested to", "you are invited to", "please be so kind as to", "i will have you",
                "let me have",
                "let us have", "let us see", "let us now", "let us just", "let us first", "let us next",
                "let us then", "let us also",
                "would you have", "help me out and", "be a good robot and", "do me the favor of", "do me the favour of",
                "do us a favor and", "do us a favour and", "do me the kindness of", "see to it that you",
                "see that you", "take care to", "i hope you can", "i hope you could", "i trust you can",
                "i am hoping you can", "i am hoping you could", "i was wondering if you would",
                "i was hoping you would",
                "i was hoping you might", "i wonder if you might", "if i could get you to", "if i could ask you to",
                "if i may ask you to", "if i might ask you to", "i am go to ask you to",
                "i am go to need you to")  # fmt: skip


FRAMES = tuple(dict.fromkeys(_frames()))
"""In front of a verb."""
BETWEEN = frozenset(("first", "then", "please", "just", "also", "kindly", "now", "next", "simply", "perhaps"))
"""May stand between a frame and its verb."""

AT_EASE = (
    *(f"{when} you {have} a {moment}" for when in ("when", "once", "as soon as", "whenever")
      for have in ("have", "get", "find", "have get") for moment in ("moment", "chance", "minute", "second", "sec")),
    *(f"{when} you are ready" for when in ("when", "once", "as soon as", "whenever")),
    *(f"if {that} is {okay}{you}" for that in ("that", "it") for okay in _ALLOWED[:6] for you in ("", " with you",
    " by you")),
    *(f"if {that} is not {much}" for that in ("that", "it") for much in _ALLOWED[6:]),
    *(f"{will} you" for will in ("would", "could", "will", "can")), "would you please", "could you please", "for us",
    "if you would be so good", "if you do not object", "if you are able to", "if you are able", "when you can",
    "if i may ask", "if i may", "there is a dear", "in your own time", "at your leisure", "ta", "cheers then",
)  # fmt: skip
"""In front of a request or behind it."""
