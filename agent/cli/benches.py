"""`exoactor bench`: the experiments behind the numbers of the README."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.output import Json, Output, command
from exoactor.types import ConfigError

if TYPE_CHECKING:
    from exoactor.bench.runner import Bench, Record, Table

PACKAGES = ("exoactor.bench", "agent.bench")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(bench)


@command
def bench(
    name: Annotated[str | None, typer.Argument(help="Which one; without it, all are listed.")] = None,
    trials: Annotated[int | None, typer.Option(min=1, help="The benchmark's own number by default.")] = None,
    seed: Annotated[int, typer.Option(help="First seed; reports use 5000 and above.")] = 5000,
    jobs: Annotated[int, typer.Option(min=1, help="Worker processes.")] = 1,
    faults: Annotated[bool, typer.Option("--faults", help="`loop` with planted faults of every kind.")] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="JSON file; bench/NAME.json by default.")] = None,
    json_: Json = False,
) -> int:
    """Run an experiment; print its table, write every trial as it ends, go on where it was stopped."""
    from exoactor.bench.runner import run

    output = Output(json_)
    modules = bench_modules()
    if name is None:
        found = {n: load_bench(n).about for n in modules}
        for known, about in found.items():
            output.say(f"{known:16s} {about}")
        output.result({"benches": found})
        return 0
    if faults and name not in ("loop", "faults"):
        raise ConfigError(f"bench {name!r} takes no --faults; `exoactor bench loop --faults` does")
    name = "faults" if faults else name
    chosen = load_bench(name)
    path = out or Path("bench") / f"{name}.json"
    if path.is_dir() or (path.parent.exists() and not path.parent.is_dir()):
        raise ConfigError(f"{path}: the name of a JSON file in a folder is wanted")

    def on_record(record: Record, done: int, total: int) -> None:
        output.say(f"[{done}/{total}] {record['id']}  {record['wall_s']:.1f} s")

    table = run(chosen, path, trials=trials, seed=seed, jobs=jobs, on_record=on_record)
    _say_table(output, table)
    output.say(f"every trial: {path}")
    output.result({"bench": chosen.name, "out": str(path), "summary": dict(table.summary)})
    return 0


def bench_modules() -> dict[str, str]:
    """Module of each benchmark by name: those of `PACKAGES` that hold a `BENCH`; none is imported for it."""
    found: dict[str, str] = {}
    for package_name in PACKAGES:
        try:
            package = importlib.import_module(package_name)
        except ModuleNotFoundError:
            continue
        for module in pkgutil.iter_modules(package.__path__):
            spec = module.module_finder.find_spec(module.name, None)
            source = spec.origin if spec else None
            if source and "\nBENCH" in Path(source).read_text():
                found[module.name] = f"{package_name}.{module.name}"
    return dict(sorted(found.items()))


def load_bench(name: str) -> Bench:
    """The benchmark of that name.

    Raises:
        ConfigError: unknown, or its module holds no benchmark.
    """
    modules = bench_modules()
    if name not in modules:
        raise ConfigError(f"bench {name!r} is unknown; there are: {', '.join(modules) or 'none'}")
    from exoactor.bench.runner import Bench

    found = getattr(importlib.import_module(modules[name]), "BENCH", None)
    if not isinstance(found, Bench):
        raise ConfigError(f"{modules[name]}: BENCH is not a benchmark")
    return found


def _say_table(output: Output, table: Table) -> None:
    widths = [max(len(row[i]) for row in (table.columns, *table.rows)) for i in range(len(table.columns))]
    output.say(table.title)
    for row in (table.columns, tuple("-" * w for w in widths), *table.rows):
        output.say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
