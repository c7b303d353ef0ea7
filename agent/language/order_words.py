"""The phrases that order clauses: before, after, first, last, next. Words are in base form."""

from __future__ import annotations

STATES = ("you are", "you have", "you")
"""May stand between "after" and a verb ("after you have waved")."""

DONE = ("do", "finish", "through", "complete", "over", "do with", "finish with", "through with")
"""Said of what came before: "when you are done"; with a verb behind it ("... done waving") it is no joint."""

_WHEN_DONE = tuple(
    f"{when} {who} {done}"
    for when in ("when", "once", "as soon as", "after", "the moment", "now that")
    for who in ("that is", "this is", "it is", "you are", "you have", "that have be", "all that is", "you are all")
    for done in (
        "do", "finish", "over", "complete", "through", "do so", "do that", "do this", "do it", "finish that",
        "finish with that", "do with that", "through with that",
    )
)  # fmt: skip

ARRIVED = (
    "once there", "when there", "as soon as you arrive", "as soon as you get there", "the moment you arrive",
    "the moment you get there", "once you are there", "when you are there", "when you get there", "once you get there",
    "as soon as you are there", "after you get there", "after you are there", "when you arrive", "once you arrive",
    "on arrival", "upon arrival", "after arrive", "upon arrive", "on arrive", "when you have get there",
    "once you have get there", "when you have arrive", "once you have arrive", "once you have arrive there",
    "when you arrive there", "after you arrive", "once arrive", "after get there", "on get there", "upon get there",
    *(f"{when} {you} {there}" for when in ("when", "once", "as soon as", "after", "the moment", "the minute")
      for you in ("you", "you have", "you do", "you finally", "you are")
      for there in ("get there", "arrive", "arrive there", "make it there", "make it over there", "get over there",
                    "reach there", "stand there", "over there", "go there", "walk there", "walk over there")),
)  # fmt: skip
"""The end of the walk that was said just before."""

CONNECTIVES = (
    *_WHEN_DONE, *ARRIVED, "and", "and then", "then", "but", "but then", "next", "after that", "after this",
    "only after that", "at the very end", "afterwards", "subsequently", "when you have finish", "once you have finish",
    "when finish", "once finish", "having do that", "having do so", "having do this", "that do", "with that do",
    "this do", "immediately after", "straight after", "right after", "right after that", "straight after that",
    "follow by", "that is follow by", "with that finish", "with that complete", "shortly after", "a moment later",
    "thereafter", "thereupon", "in turn", "only then", "after which you should", "after which you", "after which",
    "whereupon", "whereupon you", "in that order", "in this order", "from that place", "from here", "finally",
    "lastly", "at last", "at the end", "in the end", "last", "last of all", "to finish", "to finish off",
    "to finish up", "to start", "to start with", "to begin", "to begin with", "from there", "where you should",
    "where you can", "where you", "when done", "once done", "when do", "once do", "after do that", "after do so",
    "after have do that", "plus", "later", "later on", "after a while", "to end", "to end with", "to close",
    "to top it off", "to conclude", "to wrap up", "last but not least", "from where you are", "next up",
    "to around off", "to around things off", "to finish things off", "to around it off", "to around it all off",
    "to finish it off", "to close things off", "to top things off", "to wrap things up", "to cap it off",
)  # fmt: skip
"""Join clauses without changing their order."""

SEQUENCE = frozenset(
    (
        "only then", "after which you should", "after which you", "after which", "whereupon", "whereupon you", "then",
        "next", "finally", "lastly", "afterwards", "subsequently", "last", "later", "later on", "and then",
        "but then", "follow by", "that is follow by", "after that", "only after that", "thereafter",
    )
)  # fmt: skip
"""Those that put what follows after all that came before."""

OPENERS = (
    "first", "firstly", "first of all", "first up", "to start", "to start with", "to begin", "to begin with",
    "beforehand", "first off", "for starters", "first thing", "before anything else", "before all else",
    "before you do anything else", "before you do anything", "before do anything else", "before do anything",
    "in the first place", "to kick off", "to kick things off", "to start off",
    "first things first", "for a start",
)  # fmt: skip
FIRST = (*OPENERS, "before that", "prior to that", "at first")
LAST = (
    "last", "lastly", "last of all", "at last", "at the end", "at the very end", "in the end", "finally", "to finish",
    "to finish with", "to finish off", "to finish up", "to end with", "to end", "to close", "as a last step",
    "to conclude", "to wrap up", "to around off", "to top it off", "last but not least", "to around things off",
    "to finish things off", "to around it off", "to around it all off", "to finish it off", "to top things off",
    "to wrap things up", "to cap it off", "as the last step", "as your last step", "as a final step",
)  # fmt: skip
"""Said at the end of a clause, they tell its place among the others."""

LATER = ("afterwards", "later", "later on", "after that", "after this", "subsequently", "thereafter")
"""The same, of something that is not the first."""

RANKS = {"first": 1, "second": 2, "secondly": 2, "third": 3, "thirdly": 3, "fourth": 4, "fourthly": 4, "fifth": 5}

_SETTING_OFF = ("set off", "set out", "start walk", "start to walk", "begin walk", "begin to walk", "start move")
DEPARTURE = (*_SETTING_OFF, *(f"you {leave}" for leave in _SETTING_OFF))
"""The beginning of a walk that is said elsewhere: "before you set off"; to "leave" may be to go from where it leads."""

_GOING = tuple(f"{go} {there}" for go in ("walk", "go", "head") for there in ("there", "over", "over there"))
GOING_THERE = (*_GOING, *(f"you {go}" for go in _GOING))
"""The beginning of a walk that is said elsewhere, or else the walk itself: "before you go there"."""
THAT = ("that", "you do that", "you do so", "you do it", "do that", "do so", "do it", "you do this", "do this", "this")
"""What was said just before: "before you do that"."""
ON_THE_WAY = tuple(
    f"{on} {to}"
    for on in ("on your way", "on the way", "on your way over", "along the way", "en route", "on your way across")
    for to in ("to", "towards")
)  # fmt: skip
BEFORE = ("before", "but before", "prior to", "just before", "right before")
AFTER = (
    "after", "having", "upon", "once you have", "once", "when", "as soon as", "only after", "but only after",
    "right after", "straight after", "just after", "immediately after", "on", "but not before", "not before",
    "but not until", "not until", "but only once", "only once", "but only when", "only when", "the moment",
)  # fmt: skip
BEGIN = ("start", "begin", "start off", "start out", "begin your task", "open", "kick off")
GO_ON = (
    "continue", "go on", "carry on", "proceed", "follow", "follow up", "follow that", "follow this", "follow it",
    "follow that up", "follow this up", "follow it up", "move on",
)  # fmt: skip
FINISH = (
    "finish", "end", "end up", "finish up", "finish off", "conclude", "finish the task", "end your task", "wrap up",
    "around off", "close",
)  # fmt: skip
BY = ("by", "with")
