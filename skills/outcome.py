"""What is to be seen when a skill is done, in one sentence, for who judges pictures."""

from __future__ import annotations

from exoactor.types import Expectation, ExpectationKind

_SENTENCES: dict[ExpectationKind, str] = {
    "at": "The robot stands right before {target} and faces it.",
    "circled": "The robot walked round {target} and stands beyond it.",
    "facing": "The robot turned on the spot and now faces {target}.",
    "waved": "The robot raised {its} hand and swung it to and fro.",
    "pointing": "The robot held {its} arm stretched out towards {target}.",
    "still": "The robot stood where it was, its arms down.",
    "lifted": "The robot holds {target} up, off what it stood on.",
    "carried": "The robot holds {target} in its hands{over}.",
    "put_down": "{target} stands upright on {on}, and the robot has let go of it.",
    "placed": "{target} stands upright on {on}, and the robot has let go of it.",
    "pushed": "{target} was pushed to another place on what it stood on{up_to}, and stands upright.",
    "swept": "{target} is no longer on what it stood on; it went down from there.",
    "wiped": "The robot laid {its} hand on the top of {target} and stroked to and fro over it.",
    "seated": "The robot sits on {target}, upright, its hands off it.",
    "standing": "The robot stands upright on its feet and sits on nothing.",
    "stepped_over": "The robot went over {target} and stands beyond it; {target} stands as it stood.",
    "ducked_under": "The robot went under {target} and stands beyond it; {target} stands as it stood.",
}
_ON_THE_WAY: frozenset[ExpectationKind] = frozenset({"circled", "waved", "pointing", "still", "wiped"})


def outcome(expectation: Expectation) -> str:
    """What must be seen, in words; things by their ids."""
    target, on = str(expectation.target), expectation.on
    return _SENTENCES[expectation.kind].format(
        target=target,
        its="one" if expectation.side is None else f"its {expectation.side}",
        on=on or "something",
        over="" if on is None else f", over {on} or right before it",
        up_to="" if on is None else f", up to {on}",
    )


def passes(expectation: Expectation) -> bool:
    """Whether the end does not show what was done: it is to be seen on the way."""
    return expectation.kind in _ON_THE_WAY
