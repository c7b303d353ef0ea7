"""What goes with every request to a language model: what was asked before, who is told of it, and who may stop it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Record = Callable[[dict[str, Any]], None]
"""Is given every call as it ends: purpose, way, code, seconds, tokens_in, tokens_out, money, request, reply."""


def never() -> None:
    """Nobody asks to stop."""


@dataclass(frozen=True)
class Calls:
    """The requests of a run, as one of its steps makes them.

    Args:
        before: those that the run made earlier, also in other processes, as `record` was told.
        record: is told of each as it ends.
        stop: called while waiting; raises when the user asked to stop.
        down: the planted fault `model_down`: the endpoint answers 500.
    """

    before: Sequence[Mapping[str, Any]] = ()
    record: Record | None = None
    stop: Callable[[], None] = never
    down: bool = False


UNTOLD = Calls()
"""Nothing was asked before, nobody is told, and nobody stops it."""
