"""What commands share: where text goes, the one JSON line, and how errors become exit codes."""

from __future__ import annotations

import errno
import functools
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, ParamSpec, TextIO, cast

import typer

from exoactor.types import ConfigError, ExoActorError, Interrupted, SafetyStop, StageError

P = ParamSpec("P")

BAD_INPUT, SAFETY, INTERRUPTED = 2, 3, 130

Json = Annotated[
    bool, typer.Option("--json", help="Last line of standard output: one JSON object. The rest goes to stderr.")
]


class _Redirected:
    """Standard output while JSON is wanted: what libraries print goes to standard error.

    Args:
        behind: the real standard output.
    """

    def __init__(self, behind: TextIO) -> None:
        self.behind = behind

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stderr, name)


class Output:
    """Text for people and one JSON object for programs.

    Args:
        as_json: print the object; text then goes to standard error.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._stdout: TextIO = getattr(sys.stdout, "behind", sys.stdout)

    def say(self, text: str = "") -> None:
        """A line for people."""
        print(text, file=sys.stderr if self.as_json else self._stdout, flush=True)

    def result(self, data: dict[str, Any]) -> None:
        """The object for programs; call once, last."""
        if self.as_json:
            from exoactor.files import to_plain

            print(json.dumps(data, default=to_plain), file=self._stdout, flush=True)

    @contextmanager
    def only(self) -> Iterator[Output]:
        """Inside the block whatever prints to standard output reaches standard error instead, if JSON is wanted."""
        if not self.as_json:
            yield self
            return
        sys.stdout = cast("TextIO", _Redirected(self._stdout))
        try:
            yield self
        finally:
            sys.stdout = self._stdout


def command(function: Callable[P, int | None]) -> Callable[P, None]:
    """Turn a function's return value or error into the exit status of the contract, with one clear message."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        output = Output(bool(kwargs.get("json_", False)))
        try:
            with output.only():
                status = function(*args, **kwargs) or 0
        except (ExoActorError, OSError, ImportError, sqlite3.Error, KeyboardInterrupt) as error:
            status, message = explain(error)
            print(f"error: {message}" if status != INTERRUPTED else message, file=sys.stderr, flush=True)
            output.result({"status": _status_name(status), "error": message})
        raise typer.Exit(status)

    return wrapped


def explain(error: BaseException) -> tuple[int, str]:
    """Exit status and message of an error."""
    if isinstance(error, Interrupted | KeyboardInterrupt):
        return INTERRUPTED, str(error) or "stopped by the user"
    if isinstance(error, SafetyStop):
        return SAFETY, str(error)
    if isinstance(error, StageError):
        return 1, str(error)
    if isinstance(error, ConfigError):
        return BAD_INPUT, str(error)
    if isinstance(error, sqlite3.Error):
        return (
            BAD_INPUT,
            f"the run's checkpoints cannot be read or written: {error}. Free some space, then resume the run.",
        )
    if isinstance(error, OSError):
        where = f" ({error.filename})" if error.filename else ""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return (
                BAD_INPUT,
                f"the disk is full{where}. Free some space and run the command again; a run can be resumed.",
            )
        return BAD_INPUT, f"{error.strerror or error}{where}"
    if isinstance(error, ImportError):
        return (
            BAD_INPUT,
            f"a part cannot be imported: {error}. Do: pip install -e . (exoactor doctor says what is missing)",
        )
    return 1, str(error)


def _status_name(status: int) -> str:
    return {BAD_INPUT: "error", SAFETY: "safety_stop", INTERRUPTED: "interrupted"}.get(status, "failed")
