"""What every benchmark shares: trials written as they end, going on where it was stopped, honest intervals."""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import platform
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from exoactor.files import to_plain, write_json

Record = dict[str, Any]

_VERSIONS_OF = ("exoactor", "mujoco", "torch", "numpy", "smplx", "mink", "ai-edge-litert", "opencv-python-headless")


@dataclass(frozen=True)
class Table:
    """What a benchmark prints.

    Args:
        title: one line.
        columns: headings, units in brackets.
        rows: cells, as many as columns.
        summary: the same numbers by name, for the JSON file.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    summary: Mapping[str, Any]


@dataclass(frozen=True)
class Bench:
    """One experiment.

    Args:
        name: as in `exoactor bench NAME`.
        about: one sentence.
        cases: (count or None, first seed) -> trials as plain dicts with a unique "id"; they reach `trial` unchanged.
        trial: case -> measured numbers, a plain dict. Runs in a worker process when jobs > 1, so both
            functions live at module level.
        summarize: all records -> table.
    """

    name: str
    about: str
    cases: Callable[[int | None, int], list[Record]]
    trial: Callable[[Record], Record]
    summarize: Callable[[Sequence[Record]], Table]


def run(
    bench: Bench,
    out: Path,
    *,
    trials: int | None = None,
    seed: int = 5000,
    jobs: int = 1,
    on_record: Callable[[Record, int, int], None] | None = None,
) -> Table:
    """Run what is missing, append each record to `<out>.trials.jsonl` as it ends, write the summary to `out`.

    Args:
        bench: the experiment.
        out: the summary file; trials lie beside it.
        trials: number of trials, or None for the benchmark's own.
        seed: first seed; report on seeds >= 5000, tune below 1000.
        jobs: worker processes.
        on_record: called with each new record, how many are done, how many there are.
    """
    cases = bench.cases(trials, seed)
    done: dict[str, Record] = {}
    try:
        _run_missing(bench, cases, out.with_suffix(".trials.jsonl"), done, jobs, on_record)
    except KeyboardInterrupt:
        if done:  # what there is can be read; the same command goes on with the rest
            _write_summary(bench, out, seed, cases, done)
        raise
    return _write_summary(bench, out, seed, cases, done)


def _run_missing(
    bench: Bench,
    cases: Sequence[Record],
    log: Path,
    done: dict[str, Record],
    jobs: int,
    on_record: Callable[[Record, int, int], None] | None,
) -> None:
    """Fill `done` from the log, then with the trials that are missing, each logged as it ends."""
    log.parent.mkdir(parents=True, exist_ok=True)
    known = {r["id"]: r for r in _read(log)}
    done.update({c["id"]: known[c["id"]] for c in cases if c["id"] in known})
    wanted = [c for c in cases if c["id"] not in done]
    torn = log.exists() and log.stat().st_size > 0 and not log.read_bytes().endswith(b"\n")
    with log.open("a") as stream:
        if torn:  # a crash cut the last line off; the next record starts on its own line
            stream.write("\n")

        def keep(record: Record) -> None:
            stream.write(json.dumps(record, default=to_plain) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
            done[record["id"]] = record
            if on_record:
                on_record(record, len(done), len(cases))

        if jobs == 1:
            for case in wanted:
                keep(_timed(bench.trial, case))
            return
        # A process a trial: peak memory is the trial's own, and a crash loses no other.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(jobs, context, max_tasks_per_child=1) as pool:
            try:
                for future in as_completed([pool.submit(_timed, bench.trial, case) for case in wanted]):
                    keep(future.result())
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)  # the rest would run for nothing
                raise


def _write_summary(bench: Bench, out: Path, seed: int, cases: Sequence[Record], done: Mapping[str, Record]) -> Table:
    records = [done[c["id"]] for c in cases if c["id"] in done]
    table = bench.summarize(records)
    write_json(
        out,
        {
            "bench": bench.name,
            "about": bench.about,
            "seed": seed,
            "complete": len(records) == len(cases),
            "versions": versions(),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "summary": dict(table.summary),
            "trials": records,
        },
    )
    return table


def cpu_seconds() -> float:
    """CPU time of this process and its finished children, all threads [s]."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usage)


def wilson(successes: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson score interval of a proportion (Wilson 1927), 95 % by default; (0, 1) when n is 0."""
    if n == 0:
        return 0.0, 1.0
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def share(successes: int, n: int) -> str:
    """'54/60 = 90 % (80-95)'."""
    if n == 0:
        return "0/0"
    low, high = wilson(successes, n)
    return f"{successes}/{n} = {100 * successes / n:.1f} % ({100 * low:.0f}-{100 * high:.0f})"


def versions() -> dict[str, str]:
    """Versions of the packages the numbers depend on."""
    found = {}
    for name in _VERSIONS_OF:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return found


def _timed(trial: Callable[[Record], Record], case: Record) -> Record:
    cpu, wall = cpu_seconds(), time.monotonic()
    result = trial(case)
    return {
        **case,
        **result,
        "cpu_s": round(cpu_seconds() - cpu, 3),
        "wall_s": round(time.monotonic() - wall, 3),
    }


def _read(log: Path) -> list[Record]:
    """Records of an earlier run; a last line cut off by a crash is left out."""
    if not log.exists():
        return []
    records = []
    for line in log.read_text().splitlines():
        try:
            records.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return records
