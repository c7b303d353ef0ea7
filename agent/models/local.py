"""A language model in a file, run on this machine: one child process of ours that is started when it is first asked.

It is an endpoint like any other, but nobody else's: on the loopback interface, at a port that was free, with a key made
at random. It ends with `stop_running`, with this process, and when this process is killed.
"""

from __future__ import annotations

import atexit
import http.client
import json
import os
import secrets
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from urllib.parse import urlsplit

from agent.models.calls import never
from agent.models.config import ModelCfg
from agent.models.failures import ModelFailure, quoted
from agent.models.gguf import check_weights, sha256_of
from exoactor.types import ConfigError

CHILD: Final = Path(__file__).with_name("local_server.py")
LOADING = 300.0
"""So long is waited until a model is loaded [s]."""
ENDING = 5.0
"""So long for its process to end by itself [s]."""
LAST_LINES, LAST_WORDS = 8, 600
"""So much is told of what a process said before it died [lines, characters]."""
_POLL = 0.05
_LOCK = threading.Lock()


def on_stderr(line: str) -> None:
    """Say it on standard error."""
    print(line, file=sys.stderr, flush=True)


tell: Callable[[str], None] = on_stderr
"""Is told that a model is loaded, which takes a while. Who draws on the terminal puts something else here."""


@dataclass(frozen=True)
class Server:
    """A child that answers.

    Args:
        weights: paths of the model and of its projector.
        sha256: of the model.
        process: its standard input is held open as long as it is to live.
        url: base URL.
        key: it wants.
        owner: process id of who started it.
    """

    weights: tuple[str, str]
    sha256: str
    process: subprocess.Popen[bytes]
    url: str
    key: str
    owner: int

    def alive(self) -> bool:
        """Whether it runs, and is ours: what forked from us starts its own."""
        return self.owner == os.getpid() and self.process.poll() is None

    def stop(self) -> None:
        """End it, and wait until it is gone."""
        _end(self.process)


_running: Server | None = None
_failed: dict[tuple[str, str], ModelFailure] = {}


def running(cfg: ModelCfg, stop: Callable[[], None] = never) -> Server:
    """The one child of this process, started unless it runs; what could not be loaded is not tried again.

    Args:
        cfg: with a file.
        stop: called while waiting; raises to give up.

    Raises:
        ModelFailure: "no_model", with what it said last.
    """
    global _running  # noqa: PLW0603 - one child a process, whoever asks
    weights = (cfg.gguf, cfg.mmproj)
    while not _LOCK.acquire(timeout=_POLL):
        stop()
    try:
        if weights in _failed:
            raise _failed[weights]
        if _running is not None and _running.alive() and _running.weights == weights:
            return _running
        _stop_running()
        try:
            _running = start(cfg, stop)
        except ConfigError as error:  # the file is another one than when the command began
            raise ModelFailure("no_model", str(error)) from None
        except ModelFailure as failure:
            _failed[weights] = failure
            raise
        return _running
    finally:
        _LOCK.release()


@atexit.register
def stop_running() -> None:
    """End the child of this process, if there is one; one that is still loading ends with this process."""
    if _LOCK.acquire(blocking=False):
        try:
            _stop_running()
        finally:
            _LOCK.release()


def _stop_running() -> None:
    global _running  # noqa: PLW0603
    if _running is not None and _running.owner == os.getpid():
        _running.stop()
    _running = None


def start(cfg: ModelCfg, stop: Callable[[], None] = never, seconds: float = LOADING) -> Server:
    """Start a child and wait until it answers.

    Args:
        cfg: with a file.
        stop: called while waiting; raises to give up.
        seconds: to wait at most [s].

    Raises:
        ConfigError: the file cannot be run (`agent.models.gguf.check_weights`); nothing is started.
        ModelFailure: "no_model", it died while loading, or took too long.
    """
    check_weights(cfg)
    tell(f"loading the model {cfg.model} ({Path(cfg.gguf).stat().st_size / 1e6:.0f} MB) ...")
    began, sha256, key = time.monotonic(), sha256_of(cfg.gguf), secrets.token_urlsafe(32)
    settings = {"gguf": cfg.gguf, "mmproj": cfg.mmproj, "key": key, "threads": threads()}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-P", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            start_new_session=True,  # Ctrl-C asks this process to stop, and it may yet have something to ask
        )
        try:
            url = _address(process, settings, began + seconds, stop)
        except _NotLoaded as why:
            _end(process)
            raise ModelFailure("no_model", f"{cfg.gguf}: {why}{_last_words(said)}") from None
        except BaseException:
            _end(process)
            raise
    tell(f"the model is loaded ({time.monotonic() - began:.1f} s)")
    return Server((cfg.gguf, cfg.mmproj), sha256, process, f"{url}/v1", key, os.getpid())


def threads() -> int:
    """To compute with: OMP_NUM_THREADS, else one less than there are cores.

    Threads wait for each other at every step, so that one whose core is taken by somebody else holds up all: with two
    on two busy cores a model was a dozen times slower than with one.
    """
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    return int(wanted) if wanted.isdigit() and int(wanted) else max((os.cpu_count() or 1) - 1, 1)


class _NotLoaded(Exception):
    """Why not."""


def _address(
    process: subprocess.Popen[bytes], settings: dict[str, object], until: float, stop: Callable[[], None]
) -> str:
    """Give the child its settings, and wait until it says where it listens and is in health there."""
    assert process.stdin is not None and process.stdout is not None
    with suppress(BrokenPipeError):  # it died at once; the end of its output tells
        process.stdin.write(json.dumps(settings).encode() + b"\n")
        process.stdin.flush()
    with process.stdout as answers:
        _still(until, stop)
        while not select.select([answers], [], [], _POLL)[0]:
            _still(until, stop)
        url = answers.readline().decode().strip()
    if not url:
        raise _NotLoaded(f"its process ended with status {process.wait()}")
    while not _in_health(url):
        if process.poll() is not None:
            raise _NotLoaded(f"its process ended with status {process.returncode}")
        _still(until, stop)
        time.sleep(_POLL)
    return url


def _still(until: float, stop: Callable[[], None]) -> None:
    stop()
    if time.monotonic() > until:
        raise _NotLoaded("it was not loaded in time")


def _in_health(url: str) -> bool:
    """Whether /health answers 200: 503 means that it is still loading."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=1.0)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.close()
    try:
        process.wait(ENDING)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _last_words(said: IO[bytes]) -> str:
    said.seek(0)
    lines = [line for line in said.read().decode(errors="replace").splitlines() if line.strip()]
    return "; it said: " + quoted(" | ".join(lines[-LAST_LINES:]), LAST_WORDS) if lines else ""
