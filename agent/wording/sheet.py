"""prompt.md: a prompt as a person reads and may edit it, and the way back, with the line of everything that is wrong.

What may be set of the actions stands between two lines "---" at the top; below is the prompt, word for word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.wording.proposal import Asked, Draft, Row, checked
from exoactor.imagine.prompt import own_manner, video_prompt
from exoactor.types import Action, ConfigError, Wording
from exoactor.world.yaml_reader import Reader, compose
from skills.variation import Choice, varied

NAME = "prompt.md"
HEADINGS = ("Shot", "Scene", "Motion", "Execution", "End State")
LONGEST = 20_000
"""A longer file is not read [characters]."""
_STEP = re.compile(r"(?P<step>\d{1,3})(?P<part>[a-z]?)\. The person (?P<text>.+?)(?: \((?P<manner>[^()]*)\))?\.")
_END = re.compile(r"The person (?P<end>.+) and holds still for half a second\.")
_AVOID = " What must not happen: "


def sheet(asked: Asked, actions: Sequence[Action], wording: Wording) -> str:
    """The file for a chain, as it is set and worded."""
    prompt = video_prompt(asked.scene, actions, wording)
    rows = []
    for number, (action, fields) in enumerate(zip(actions, asked.open, strict=True), 1):
        if fields:
            now = ", ".join(f"{name}: {getattr(action, name)}" for name in fields)
            rows.append(f"{number}: {{{now}}}   # {', '.join(f'{k} {v}' for k, v in fields.items())}")
    return "\n".join(["---", *rows, "---", prompt] if rows else [prompt])


def read_sheet(text: str, asked: Asked, actions: Sequence[Action], source: str = NAME) -> Draft:
    """An edited file, by the rules that models have to keep.

    Args:
        text: of the file.
        asked: what it is for.
        actions: the chain as it was set when the file was written.
        source: name of the file for messages.

    Raises:
        ConfigError: what is wrong, each with its line.
    """
    if len(text) > LONGEST:
        raise ConfigError(f"{source}: {len(text)} characters, at most {LONGEST} are read")
    page = _Page(source, text.replace("\r\n", "\n").splitlines())
    settings = page.settings(asked)
    blocks = page.blocks()
    page.reader.finish()
    ours = _Page("", video_prompt(asked.scene, actions).splitlines()).blocks()
    for name in ("Shot", "Scene"):
        page.same(name, blocks, ours)
    rows = page.rows(blocks["Motion"], _manners(asked, actions, settings))
    end, avoid = page.end(blocks["End State"]), page.avoided(blocks["Execution"], ours["Execution"])
    page.reader.finish()
    draft = checked(asked, rows, settings, end, avoid, "person")
    for problem in draft.problems:
        page.reader.problem(page.line_of.get(problem.where, page.line_of["Motion"]), problem.says)
    page.reader.finish()
    return draft


def _manners(asked: Asked, actions: Sequence[Action], settings: Mapping[int, Mapping[str, Any]]) -> set[str]:
    """What the skill itself says of a manner, before and after something is set: it is nobody's to write."""
    after = [varied(action, settings.get(n, {})) for n, action in enumerate(asked.actions, 1)]
    return {own_manner(action, asked.scene) for action in (*asked.actions, *actions, *after)} - {""}


@dataclass
class _Page:
    """The lines of a file, and what is wrong with them; lines count from 1."""

    source: str
    lines: list[str]
    reader: Reader = field(init=False)
    line_of: dict[str, int] = field(default_factory=dict)
    first: int = 0

    def __post_init__(self) -> None:
        self.reader = Reader(self.source)

    def settings(self, asked: Asked) -> dict[int, dict[str, Any]]:
        """What stands between the two lines "---"."""
        if not self.lines or self.lines[0].strip() != "---":
            return {}
        ends = [i for i, line in enumerate(self.lines[1:], 1) if line.strip() == "---"]
        if not ends:
            self.reader.problem(1, "the line '---' behind what is set is missing")
            return {}
        self.first = ends[0] + 1
        # an empty line first, so that the parser counts the lines as the file does
        head = "\n".join(["", *self.lines[1 : ends[0]]])
        if not head.strip():
            return {}
        numbers = [str(n) for n, fields in enumerate(asked.open, 1) if fields]
        found: dict[int, dict[str, Any]] = {}
        for number, node in self.reader.mapping(compose(head, self.source, ""), numbers).items():
            self.line_of[f"{number}, what is set"] = self.reader.line(node)
            fields = asked.open[int(number) - 1]
            values: dict[str, Any] = {}
            for name, value in self.reader.mapping(node, [*fields]).items():
                allowed = fields[name]
                if isinstance(allowed, Choice):
                    values[name] = self.reader.choice(value, allowed.words)
                else:
                    values[name] = self.reader.number(value, allowed.low, allowed.high)
            found[int(number)] = {k: v for k, v in values.items() if v is not None}
        return found

    def blocks(self) -> dict[str, list[tuple[int, str]]]:
        """The lines of each block that are not empty, with their numbers."""
        found: dict[str, list[tuple[int, str]]] = {}
        name = ""
        for number, line in enumerate(self.lines[self.first :], self.first + 1):
            if line.startswith("#"):
                name = line.lstrip("#").strip()
                wanted = HEADINGS[len(found)] if len(found) < len(HEADINGS) else "the end"
                if name != wanted:
                    self.reader.problem(number, f"{name[:30]!r} given, the heading {wanted!r} wanted")
                found[name] = []
                self.line_of[name] = number
            elif line.strip() and not name:
                self.reader.problem(number, "before the heading 'Shot' nothing is said")
            elif line.strip():
                found[name].append((number, line.strip()))
        if missing := [h for h in HEADINGS if h not in found]:
            self.reader.problem(max(len(self.lines), 1), f"the heading {missing[0]!r} is missing")
        return found

    def same(self, name: str, blocks: dict[str, list[tuple[int, str]]], ours: dict[str, list[tuple[int, str]]]) -> None:
        """A block that is as it was."""
        given, wanted = blocks[name], [line for _, line in ours[name]]
        for number, line in given:
            if line not in wanted:
                self.reader.problem(
                    number, f"{name} cannot be changed: the camera is fixed, the room is as it was seen"
                )
        if missing := [line for line in wanted if line not in [g for _, g in given]]:
            where = given[0][0] if given else self.line_of[name]
            self.reader.problem(where, f"in {name} this is missing: {missing[0][:80]!r}")

    def rows(self, lines: list[tuple[int, str]], own: set[str]) -> list[Row]:
        """The pieces of Motion."""
        rows = []
        for number, line in lines:
            match = _STEP.fullmatch(line)
            if match is None:
                self.reader.problem(
                    number, "a line is '1. The person walks ... (manner).', or 1a, 1b, ... for pieces of 1"
                )
                continue
            self.line_of[match["step"] + match["part"]] = number
            self.line_of.setdefault(f"{match['step']}a", number)
            self.line_of.setdefault(match["step"], number)
            manner = match["manner"] or ""
            for ours in sorted(own, key=len, reverse=True):
                if manner == ours or manner.endswith(f"; {ours}"):
                    manner = manner[: -len(ours)].removesuffix("; ")
                    break
            rows.append(Row(int(match["step"]), match["text"], manner))
        return rows

    def end(self, lines: list[tuple[int, str]]) -> str:
        """The End State."""
        text = " ".join(line for _, line in lines)
        self.line_of["end"] = lines[0][0] if lines else self.line_of["End State"]
        match = _END.fullmatch(text)
        if match is None:
            self.reader.problem(
                self.line_of["end"], "'The person ... and holds still for half a second.' is wanted, and no more"
            )
        return match["end"] if match else ""

    def avoided(self, lines: list[tuple[int, str]], ours: list[tuple[int, str]]) -> list[str]:
        """What must not happen, behind what Execution always says."""
        text, fixed = " ".join(line for _, line in lines), " ".join(line for _, line in ours)
        where = lines[0][0] if lines else self.line_of["Execution"]
        rest = text.removeprefix(fixed)
        if not text.startswith(fixed) or (rest and not (rest.startswith(_AVOID) and rest.endswith("."))):
            self.reader.problem(
                where, f"only what must not happen can be added at the end: '{_AVOID.strip()} ...; ... .'"
            )
            return []
        found = [part.strip() for part in rest.removeprefix(_AVOID).removesuffix(".").split(";") if part.strip()]
        self.line_of.update({"avoid": where} | {f"avoid {n}": where for n in range(1, len(found) + 1)})
        return found
