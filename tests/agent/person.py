"""A person at a terminal: starts a program on a pseudo-terminal, reads what it shows, types."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

AT_A_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""Makes the pseudo-terminal the controlling one, so that Ctrl-C is a signal, before the program begins."""
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
ACKNOWLEDGED = 1.0
"""A stop is acknowledged within this [s]: 0.2 s is asked for, 0.06 s was the longest of 14; busy machines get more."""


class Person:
    """Types at a program and reads its screen as a stream of text without control sequences."""

    def __init__(self, *args, env=None, cwd=None):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", AT_A_TERMINAL, *args],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "200", **(env or {})},
            cwd=cwd,
        )
        os.close(slave)
        self.shown, self.at = "", 0

    def reads(self, text, seconds=20.0):
        """Wait for `text` behind what was read before; gives the wall time it took [s]."""
        began = time.monotonic()
        while (found := self.shown.find(text, self.at)) < 0:
            left = began + seconds - time.monotonic()
            assert left > 0, f"{text!r} was not shown within {seconds} s; shown: ...{self.shown[-3000:]}"
            if not self._more(left):
                raise AssertionError(f"the program ended without {text!r}; shown: ...{self.shown[-3000:]}")
        self.at = found + len(text)
        return time.monotonic() - began

    def says(self, line):
        """Type a line and Enter."""
        os.write(self.master, line.encode() + b"\n")

    def presses(self, key):
        """Type a key: "^C" or "^D"."""
        os.write(self.master, {"^C": b"\x03", "^D": b"\x04"}[key])

    def signals(self, number):
        """Send a signal to the program."""
        self.process.send_signal(number)

    def waits(self, seconds=20.0):
        """Read to the end; gives the exit status."""
        end = time.monotonic() + seconds
        while self._more(max(0.0, end - time.monotonic())):
            assert time.monotonic() < end, f"it did not end within {seconds} s; shown: ...{self.shown[-3000:]}"
        return self.process.wait(timeout=max(0.1, end - time.monotonic()))

    def hangs_up(self, seconds=20.0):
        """Press Ctrl-D, and again where it fell between two prompts, to the end; gives the exit status."""
        end = time.monotonic() + seconds
        while True:
            self.presses("^D")
            pressed = time.monotonic()
            while time.monotonic() < pressed + 1.0:
                if not self._more(0.2):
                    return self.process.wait(timeout=5.0)
            assert time.monotonic() < end, f"it did not end within {seconds} s; shown: ...{self.shown[-3000:]}"

    def leaves(self):
        """End the program if it still runs."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self.master)

    def _more(self, seconds):
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:  # the other end is closed
            return False
        self.shown += ESCAPES.sub("", data.decode(errors="replace"))
        return bool(data)
