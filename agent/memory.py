"""What was tried in a scene and what came of it: an SQLite file in the run, or one that outlives it. Hints, no more.

One row an attempt, so that what is written twice counts once, and several processes may write at the same time.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exoactor.types import Catalogue, ConfigError
from skills.base import ID_PATTERN

FILE = "memory.sqlite"
VERSION = 1
APPLICATION = 0x45584F4D
"""Marks the file as ours ("EXOM"), so that no other program's is written into."""
WAIT = 10.0
"""How long another process may hold the file [s]."""
MOST = 20_000
"""Rows kept; the oldest go first."""
OUTCOMES = ("done", "not_done", "cannot_tell", "error", "unsafe")
HANDS = ("left", "right")
_CODE = re.compile(r"[a-z0-9_]{1,60}")
_TABLE = """
CREATE TABLE tried (
    run TEXT, attempt TEXT, scene TEXT, name TEXT, skill TEXT, args TEXT, hand TEXT, before TEXT, again INTEGER,
    outcome TEXT, code TEXT, at REAL, PRIMARY KEY (run, attempt)
)"""
_GROUPED = """
SELECT name, skill, args, hand, before, again, outcome, code, count(*), max(at) FROM tried WHERE scene = ?
GROUP BY skill, args, hand, before, again, outcome, code ORDER BY max(at) DESC
"""


@dataclass(frozen=True)
class Tried:
    """One way of doing one thing, and what came of it.

    Args:
        skill: its name.
        args: as asked for, things by id.
        hand: that it was imagined with, "left" or "right"; None where none was chosen.
        before: skill of the step before it, None for the first.
        again: not the first attempt at its step, but one with another seed.
        outcome: "done" and the like by a verdict, "error" for a stage that failed.
        code: reason.
        times: how often.
        last: when [s since 1970].
    """

    skill: str
    args: Mapping[str, Any] = field(default_factory=dict)
    hand: str | None = None
    before: str | None = None
    again: bool = False
    outcome: str = "done"
    code: str = ""
    times: int = 1
    last: float = 0.0

    def is_plain(self) -> bool:
        """Whether it holds ids, numbers and codes and nothing that somebody could read as more."""
        words = [self.skill, *self.args, *(v for v in self.args.values() if isinstance(v, str))]
        words += [] if self.before is None else [self.before]
        return (
            all(ID_PATTERN.fullmatch(word) for word in words)
            and all(isinstance(value, (str, int, float)) for value in self.args.values())
            and self.hand in (None, *HANDS)
            and self.outcome in OUTCOMES
            and bool(_CODE.fullmatch(self.code))
        )


def fingerprint(catalogue: Catalogue) -> str:
    """What makes a scene the same: its things, their kinds, colours and sizes [0.1 m]; not where they stand today."""
    rows = sorted(
        [item.id, item.kind, item.color, bool(item.movable), *(round(10 * float(v)) for v in item.size)]
        for item in catalogue
    )
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


class Memory:
    """The file; opened anew for everything that is asked of it, from any thread.

    Args:
        path: of the file, made when missing.

    Raises:
        ConfigError: it is no such file, damaged, of another version, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser()
        with self._open():
            pass

    def note(self, run: str, attempt: str, scene: str, name: str, tried: Tried) -> None:
        """Write down what came of an attempt; once, however often it is said. What is not plain is left out.

        Raises:
            ConfigError: the file cannot be written.
        """
        if not tried.is_plain():
            return
        row = (
            *(run, attempt, scene, name if ID_PATTERN.fullmatch(name) else "", tried.skill),
            *(json.dumps(dict(tried.args), sort_keys=True), tried.hand, tried.before, tried.again),
            *(tried.outcome, tried.code, time.time()),
        )
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"INSERT OR IGNORE INTO tried VALUES ({', '.join('?' * len(row))})", row)
            connection.execute("DELETE FROM tried WHERE rowid <= (SELECT max(rowid) FROM tried) - ?", (MOST,))
            connection.execute("COMMIT")

    def recall(self, scene: str) -> tuple[Tried, ...]:
        """What was tried in a scene, counted, the latest first.

        Raises:
            ConfigError: the file cannot be read.
        """
        with self._open() as connection:
            rows = connection.execute(_GROUPED, (scene,)).fetchall()
        found = (_read(row[1:]) for row in rows)
        return tuple(tried for tried in found if tried is not None and tried.is_plain())

    def scenes(self) -> dict[str, str]:
        """Names of the scenes by their fingerprints.

        Raises:
            ConfigError: the file cannot be read.
        """
        with self._open() as connection:
            rows = connection.execute("SELECT scene, max(name) FROM tried GROUP BY scene ORDER BY max(at) DESC")
            return {str(scene): str(name) for scene, name in rows.fetchall()}

    def forget(self, scene: str | None = None) -> int:
        """Forget a scene, by name or fingerprint, or everything; how many attempts that were.

        Raises:
            ConfigError: the file cannot be written.
        """
        with self._open() as connection:
            if scene is None:
                return connection.execute("DELETE FROM tried").rowcount
            return connection.execute("DELETE FROM tried WHERE scene = ? OR name = ?", (scene, scene)).rowcount

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=WAIT, isolation_level=None)) as connection:
                self._prepare(connection)
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise ConfigError(
                f"{self.path}: the memory of what worked cannot be used: {error}. "
                "Do: move the file away, and a new one is made; or leave --memory out"
            ) from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the table in a new file; refuse what is not ours."""
        if self._is_ours(connection):
            return
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        if not self._is_ours(connection):  # another process may have been first
            connection.execute(_TABLE)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")

    def _is_ours(self, connection: sqlite3.Connection) -> bool:
        """Whether the table is there; False for a new file.

        Raises:
            ConfigError: of another program or version.
        """
        application, version, tables = (
            connection.execute(ask).fetchone()[0]
            for ask in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
        )
        if application != APPLICATION and (application or tables):
            raise ConfigError(f"{self.path} is a database of another program. Do: give another --memory FILE")
        if application == APPLICATION and version != VERSION:
            raise ConfigError(
                f"{self.path}: memory of version {version}, this program reads {VERSION}. Do: move the file away"
            )
        return bool(application == APPLICATION)


def _read(row: tuple[Any, ...]) -> Tried | None:
    """A row as it was meant; None for what somebody else wrote into the file."""
    skill, args, hand, before, again, outcome, code, times, last = row
    try:
        read = json.loads(args)
        return Tried(str(skill), dict(read), hand, before, bool(again), outcome, str(code), int(times), float(last))
    except (TypeError, ValueError):
        return None
