"""Words of an instruction, and a cursor that walks over them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

Phrase = tuple[str, ...]

_CONTRACTIONS = {
    "don't": "do not", "dont": "do not", "doesn't": "does not", "won't": "will not", "can't": "can not",
    "cannot": "can not", "shouldn't": "should not", "wouldn't": "would not", "let's": "let us",
    "i'd": "i would", "you've": "you have",
    "you're": "you are", "it's": "it is", "it'd": "it would", "you'd": "you would", "where's": "where is",
    "that's": "that is", "there's": "there is", "you'll": "you will",
    "who's": "who is", "i'm": "i am",
}  # fmt: skip
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
}  # fmt: skip
_FORMS = {
    "walk": "walking walked walks", "go": "going gone went goes", "head": "heading headed", "come": "coming came",
    "step": "stepping stepped", "stroll": "strolling strolled",
    "approach": "approaching approached",
    "return": "returning returned", "reach": "reaching reached", "arrive": "arriving arrived",
    "get": "getting got gotten",
    "circle": "circling circled", "turn": "turning turned", "rotate": "rotating rotated", "face": "facing faced",
    "look": "looking looked", "wave": "waving waved waves", "greet": "greeting greeted", "say": "saying said",
    "point": "pointing pointed", "show": "showing showed", "indicate": "indicating indicated",
    "give": "giving gave given",
    "gesture": "gesturing gestured", "stand": "standing stood stands", "wait": "waiting waited",
    "stay": "staying stayed",
    "remain": "remaining remained", "hold": "holding held", "pause": "pausing paused", "stop": "stopping stopped",
    "make": "making made", "take": "taking took taken", "proceed": "proceeding proceeded",
    "finish": "finishing finished", "follow": "following followed follows",
    "end": "ending ended", "start": "starting started", "begin": "beginning began begun", "use": "using used",
    "loop": "looping looped", "travel": "traveling travelling", "navigate": "navigating", "pivot": "pivoting pivoted",
    "do": "doing did done", "be": "being been",
    "keep": "keeping kept",
    "orbit": "orbiting", "visit": "visiting visited", "wander": "wandering wandered", "halt": "halting halted",
    "conclude": "concluding", "raise": "raising raised", "lift": "lifting lifted", "freeze": "freezing froze",
    "swing": "swinging swung", "march": "marching marched", "watch": "watching watched", "sit": "sitting sat sits",
    "lie": "lying lay lies", "leave": "leaving", "find": "finding found", "linger": "lingering lingered",
    "nip": "nipping nipped", "stride": "striding strode", "pop": "popping popped", "amble": "ambling ambled",
    "complete": "completing completed", "swivel": "swivelling swiveling swivelled swiveled",
    "carry": "carrying carried", "wrap": "wrapping wrapped", "close": "closing", "move": "moving moved",
    "hang": "hanging hung", "cross": "crossing crossed", "advance": "advancing advanced", "wheel": "wheeling",
    "position": "positioning positioned", "place": "placing placed", "put": "putting", "saunter": "sauntering",
    "mosey": "moseying", "trot": "trotting", "steer": "steering", "hurry": "hurrying hurried",
    "have": "had",
    "bring": "bringing brought", "transport": "transporting transported", "haul": "hauling hauled",
    "lug": "lugging lugged", "deliver": "delivering delivered", "fetch": "fetching fetched",
    "lower": "lowering lowered", "set": "setting",
    "pick": "picking picked", "grab": "grabbing grabbed", "hoist": "hoisting hoisted",
    "glance": "glancing glanced", "gaze": "gazing gazed", "spin": "spinning spun",
    "push": "pushing pushed", "shove": "shoving shoved", "slide": "sliding slid", "nudge": "nudging nudged",
    "wipe": "wiping wiped", "clean": "cleaning cleaned", "rub": "rubbing rubbed", "polish": "polishing polished",
    "dust": "dusting dusted", "scrub": "scrubbing scrubbed",
    "sweep": "sweeping swept", "knock": "knocking knocked", "brush": "brushing brushed", "swipe": "swiping swiped",
    "extend": "extending extended",
    "aim": "aiming aimed", "stretch": "stretching stretched", "rest": "resting rested",
}  # fmt: skip
_BASE = {form: base for base, forms in _FORMS.items() for form in forms.split()}
_SPELLING = {
    "toward": "towards",
    "grey": "gray",
    "secs": "seconds",
    "sec": "second",
    "s": "seconds",
    "round": "around",
    "wooden": "wood",
}
_BREAKS = {";": ".", "!": ".", "?": ".", ".": ".", ":": ",", ",": ",", "\n": "."}


@dataclass(frozen=True)
class Token:
    """One word: as written, and in its base form ("waving" -> "wave"); breaks are "," and "."."""

    text: str
    word: str

    @property
    def told(self) -> bool:
        """Whether it is a verb's form for what is or was done ("waves", "went"), not one that asks for it."""
        return self.text in _BASE and not self.text.endswith("ing")

    @property
    def number(self) -> float | None:
        """Its value, if it is a number in digits or words."""
        if re.fullmatch(r"\d+(\.\d+)?", self.word):
            return float(self.word)
        value = _NUMBERS.get(self.word)
        return None if value is None else float(value)


def tokens(text: str) -> list[Token]:
    """Lower-case words and breaks; contractions are opened, hyphens and underscores part words."""
    lowered = text.lower().replace("’", "'").replace("‘", "'")
    if re.match(r"\s*1[.)]\s", lowered) and re.search(r"\s2[.)]\s", lowered):  # a numbered list
        lowered = re.sub(r"(?:^|\s)([1-9])[.)]\s+", r". step \1, ", lowered).lstrip(". ")
    lowered = re.sub(r"[\"“”`()\[\]]", " ", lowered)
    lowered = re.sub(r"(?<=[a-z0-9])[-_](?=[a-z0-9])", " ", lowered)
    lowered = re.sub(r"\s[–—-]+\s", " , ", lowered)
    lowered = re.sub(r"(?<=\d)(?=s(ec|ecs|econds?)?\b)", " ", lowered)
    lowered = re.sub(r"\b(?:a|another|one) ([\w.]+) seconds? (pause|wait|break)\b", r"a \2 of \1 seconds", lowered)
    found: list[Token] = []
    for raw in re.findall(r"\d+\.\d+|[^\W_]+(?:'[^\W_]+)*|[;!?.:,\n]|[^\s]", lowered):
        if raw in _BREAKS:
            if found and found[-1].word not in (".", ","):
                found.append(Token(raw, _BREAKS[raw]))
            elif found and _BREAKS[raw] == ".":
                found[-1] = Token(raw, ".")
            continue
        for word in _CONTRACTIONS.get(raw, raw).split():
            base = word.removesuffix("'s")
            found.append(Token(word, _SPELLING.get(base, _BASE.get(base, base))))
    return found


@lru_cache(maxsize=512)
def _by_first_word(table: Phrase) -> dict[str, list[tuple[Phrase, str]]]:
    """The phrases of a table by how they begin, longest first; tables are long and looked into at every word."""
    found: dict[str, list[tuple[Phrase, str]]] = {}
    for text in sorted(table, key=lambda t: -len(t.split())):
        words = tuple(text.split())
        found.setdefault(words[0], []).append((words, text))
    return found


class Cursor:
    """A place in the tokens. `take...` methods move it only when they succeed."""

    def __init__(self, items: list[Token]) -> None:
        self.items = items
        self.at = 0

    def __bool__(self) -> bool:
        return self.at < len(self.items)

    @property
    def word(self) -> str:
        """The word here, "" at the end."""
        return self.items[self.at].word if self else ""

    def peek(self, offset: int = 1) -> str:
        """The word `offset` further on, "" beyond the end."""
        i = self.at + offset
        return self.items[i].word if 0 <= i < len(self.items) else ""

    def starts(self, phrase: Phrase) -> bool:
        """Whether the phrase stands here."""
        return tuple(t.word for t in self.items[self.at : self.at + len(phrase)]) == phrase

    def take(self, *alternatives: str) -> str:
        """Take the longest of the phrases (words parted by blanks) that stands here; "" if none does."""
        for text in sorted(alternatives, key=lambda a: -len(a.split())):
            if self.starts(tuple(text.split())):
                self.at += len(text.split())
                return text
        return ""

    def take_any(self, alternatives: Iterable[str]) -> str:
        """`take` for a table of phrases."""
        for words, text in _by_first_word(tuple(alternatives)).get(self.word, ()):
            if self.starts(words):
                self.at += len(words)
                return text
        return ""

    def rest_of_clause(self) -> list[Token]:
        """Tokens from here to the next break."""
        end = self.at
        while end < len(self.items) and self.items[end].word not in (",", "."):
            end += 1
        return self.items[self.at : end]

    def skip_clause(self) -> None:
        """Move to the next break."""
        self.at += len(self.rest_of_clause())
