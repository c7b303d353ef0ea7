"""Typed reading of YAML nodes that remembers the line of every problem and reports them all at once."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence

import numpy as np
import yaml

from exoactor.types import Array, ConfigError


def compose(text: str, source: str, wanted: str) -> yaml.Node:
    """The nodes of a YAML text, which know their lines.

    Args:
        text: the YAML.
        source: name of the file for messages.
        wanted: what an empty file is told.

    Raises:
        ConfigError: not YAML, or empty.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{source}:{mark.line + 1}" if mark else source
        raise ConfigError(f"{where}: not YAML: {getattr(error, 'problem', None) or error}") from error
    if root is None:
        raise ConfigError(f"{source}: empty; {wanted}")
    return root


class Reader:
    """Collects problems while values are read; a value with a problem is read as None."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.problems: list[tuple[int, str]] = []

    def problem(self, where: yaml.Node | int, message: str) -> None:
        """Note a problem at a node or line."""
        self.problems.append((where if isinstance(where, int) else self.line(where), message))

    def finish(self) -> None:
        """Raises ConfigError with all problems in the order of their lines, if there are any."""
        if self.problems:
            raise ConfigError("\n".join(f"{self.source}:{line}: {text}" for line, text in sorted(self.problems)))

    @staticmethod
    def line(node: yaml.Node) -> int:
        """Line of a node, from 1."""
        return int(node.start_mark.line) + 1

    def mapping(self, node: yaml.Node, allowed: Sequence[str], required: Sequence[str] = ()) -> dict[str, yaml.Node]:
        """Values by key; unknown, doubled and missing keys are problems."""
        if not isinstance(node, yaml.MappingNode):
            self.problem(node, f"{_given(node)} given, a mapping with {', '.join(required or allowed)} wanted")
            return {}
        found: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = str(key_node.value)
            if key not in allowed:
                close = difflib.get_close_matches(key, allowed, 1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                self.problem(key_node, f"unknown key {key!r}, allowed are {', '.join(allowed)}{hint}")
            elif key in found:
                self.problem(key_node, f"key {key!r} is given twice, first in line {self.line(found[key])}")
            else:
                found[key] = value
        for key in required:
            if key not in found:
                self.problem(node, f"key {key!r} is missing")
        return found

    def sequence(self, node: yaml.Node | None) -> list[yaml.Node]:
        """Items of a list; an absent or empty one is an empty list."""
        if node is None or (isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"):
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.problem(node, f"{_given(node)} given, a list wanted")
            return []
        return list(node.value)

    def number(self, node: yaml.Node | None, low: float, high: float, default: float | None = None) -> float | None:
        """A number within low..high."""
        if node is None:
            return default
        value = _number(node)
        if value is None or not low <= value <= high:
            self.problem(node, f"{_given(node)} given, a number in {low:g}..{high:g} wanted")
            return None
        return value

    def numbers(
        self, node: yaml.Node | None, count: int, low: float, high: float, default: Array | None = None
    ) -> Array | None:
        """(count,) numbers, each within low..high."""
        if node is None:
            return default
        values = [_number(item) for item in node.value] if isinstance(node, yaml.SequenceNode) else []
        good = [v for v in values if v is not None and low <= v <= high]
        if len(good) != count or len(values) != count:
            self.problem(node, f"{_given(node)} given, [{count} numbers in {low:g}..{high:g}] wanted")
            return None
        return np.array(good)

    def choice(self, node: yaml.Node | None, allowed: Sequence[str], default: str | None = None) -> str | None:
        """One of the allowed words."""
        if node is None:
            return default
        value = node.value if isinstance(node, yaml.ScalarNode) else None
        if value not in allowed:
            self.problem(node, f"{_given(node)} given, one of {', '.join(allowed)} wanted")
            return None
        return str(value)

    def identifier(self, node: yaml.Node | None) -> str | None:
        """A snake_case name; "floor" and "robot" are taken."""
        if node is None:
            return None
        value = node.value if isinstance(node, yaml.ScalarNode) else ""
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", value) or value in ("floor", "robot"):
            self.problem(node, f"{_given(node)} given, a snake_case name wanted (not 'floor' or 'robot')")
            return None
        return str(value)

    def text(self, node: yaml.Node) -> str:
        """Any scalar as text."""
        if not isinstance(node, yaml.ScalarNode):
            self.problem(node, f"{_given(node)} given, text wanted")
            return ""
        return str(node.value)


def _number(node: yaml.Node) -> float | None:
    if not isinstance(node, yaml.ScalarNode) or node.tag not in (
        "tag:yaml.org,2002:int",
        "tag:yaml.org,2002:float",
    ):
        return None
    try:
        value = float(yaml.SafeLoader("").construct_object(node))
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def _given(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return repr(node.value)
    if isinstance(node, yaml.SequenceNode):
        return "[" + ", ".join(str(i.value) if isinstance(i, yaml.ScalarNode) else "..." for i in node.value) + "]"
    return "a mapping"
