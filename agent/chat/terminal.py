"""The terminal of a conversation: a line is read while other threads print above the prompt.

Without a terminal (a pipe, a file) it reads lines and prints lines, and shows no prompt.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from rich.console import Console, RenderableType

try:
    import readline as _readline
except ImportError:  # a Python built without it edits lines as the terminal does
    readline: ModuleType | None = None
else:
    readline = _readline

PROMPT = "> "


class Terminal:
    """Standard input and output, or what stands for them."""

    def __init__(self) -> None:
        self.interactive = sys.stdin.isatty() and sys.stdout.isatty()
        self._out = os.dup(sys.stdout.fileno())  # a library that prints meanwhile is led into a file
        real = Console()
        self._console = Console(
            file=io.StringIO(),
            force_terminal=real.is_terminal,
            no_color=real.no_color,
            width=real.width if self.interactive else 10_000,
            highlight=False,
            soft_wrap=not self.interactive,
        )
        self._lock = threading.RLock()
        self._reading = False

    def remember(self, lines: Iterable[str]) -> None:
        """Offer earlier lines to the arrow keys."""
        if self.interactive and readline is not None:
            readline.clear_history()
            for line in lines:
                readline.add_history(line)

    def read(self) -> str | None:
        """The next line without its end; None at the end of input.

        Raises:
            KeyboardInterrupt: Ctrl-C, where nobody handles the signal.
        """
        self._reading = True
        try:
            if self.interactive:
                return input(PROMPT)
            line = sys.stdin.readline()
            return line.rstrip("\n") if line else None
        except EOFError:
            self.say("")
            return None
        finally:
            self._reading = False

    def say(self, what: RenderableType, style: str | None = None) -> None:
        """Print above the prompt; markup in strings is not read, for much of it comes from elsewhere."""
        with self._lock:
            self._console.print(what, style=style, markup=False)
            stream = self._console.file
            assert isinstance(stream, io.StringIO)
            text = stream.getvalue()
            stream.seek(0)
            stream.truncate()
            self._write(text)

    def at_once(self, text: str) -> None:
        """Print from a signal handler: no lock, no buffer."""
        self._write(text + "\n")

    def _write(self, text: str) -> None:
        if self._reading and self.interactive:
            typed = readline.get_line_buffer() if readline is not None else ""
            text = f"\r\x1b[K{text}{PROMPT}{typed}"
        data = text.encode()
        with suppress(OSError):  # nobody is left to read it; what is being done goes on
            while data:
                data = data[os.write(self._out, data) :]

    def close(self) -> None:
        """Give back what it holds."""
        os.close(self._out)


def native_noise_to(log: Path) -> int:
    """Lead file descriptor 2 into a file, for lines of native libraries that would tear the prompt.

    Returns:
        A descriptor of standard error as it was, for `give_back`.
    """
    sys.stderr.flush()
    before = os.dup(2)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 2)
    return before


def give_back(before: int) -> None:
    """End what `native_noise_to` began."""
    sys.stderr.flush()
    os.dup2(before, 2)
    os.close(before)
