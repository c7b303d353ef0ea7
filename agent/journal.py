"""The journal: one JSON object a line, on disk before the next thing starts."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from exoactor.files import to_plain

Event = dict[str, Any]
WORDED = "worded"
"""Event of the chain and the words of an attempt's prompt."""


class Journal:
    """Append-only log of a run. Each event is flushed and synced; a line that a crash cut off is left out.

    An event with a `key` is written once: a node that runs again after a crash does not repeat it.

    Args:
        path: the JSONL file, made when missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mend()
        self.events: list[Event] = list(read_events(path))
        self._keys = {e["key"]: e for e in self.events if "key" in e}

    def write(self, event: str, key: str | None = None, **data: Any) -> Event:
        """Append an event, or give the one already there under `key`.

        Raises:
            OSError: the disk is full or the file cannot be written; the journal is as it was.
        """
        if key is not None and key in self._keys:
            return self._keys[key]
        record: Event = {"n": len(self.events), "time": round(time.time(), 3), "event": event}
        record |= ({"key": key} if key is not None else {}) | data
        line = (json.dumps(record, default=to_plain, allow_nan=False) + "\n").encode()
        with self.path.open("ab") as stream:
            size = stream.tell()
            try:
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())
            except OSError:
                os.ftruncate(stream.fileno(), size)
                raise
        record = json.loads(line)
        self.events.append(record)
        if key is not None:
            self._keys[key] = record
        return record

    def get(self, key: str) -> Event | None:
        """The event of that key, if it was written."""
        return self._keys.get(key)

    def of(self, event: str, **fields: Any) -> list[Event]:
        """All events of a kind whose fields have these values."""
        return [e for e in self.events if e["event"] == event and all(e.get(k) == v for k, v in fields.items())]

    def _mend(self) -> None:
        """Cut off a torn last line, so that the next event starts on a line of its own."""
        if not self.path.exists():
            return
        data = self.path.read_bytes()
        end = data.rfind(b"\n") + 1
        if end < len(data):
            with self.path.open("r+b") as stream:
                stream.truncate(end)


def stage_seconds(events: Iterable[Event]) -> float:
    """Wall time that stages took together [s]."""
    return sum(float(e.get("seconds", 0.0)) for e in events if e["event"].startswith("stage_"))


def read_events(path: Path) -> Iterator[Event]:
    """Whole events of a journal in order; lines that are not JSON are passed over."""
    if not path.exists():
        return
    for line in path.read_bytes().splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and "event" in event:
            yield event


def fields(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event without its bookkeeping."""
    return {k: v for k, v in event.items() if k not in ("n", "time", "event", "key")}
