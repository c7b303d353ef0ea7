import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoactor.bench.runner import Bench, Record, Table, run, share, wilson


def cases(trials: int | None, seed: int) -> list[Record]:
    return [{"id": f"c{i}", "seed": seed + i} for i in range(trials or 4)]


def trial(case: Record) -> Record:
    return {"value": case["seed"] * 2}


def fails_at_third(case: Record) -> Record:
    if case["id"] == "c2":
        raise KeyboardInterrupt
    return trial(case)


def summarize(records: Sequence[Record]) -> Table:
    total = sum(r["value"] for r in records)
    return Table("t", ("sum",), ((str(total),),), {"sum": total})


def bench(what=trial):
    return Bench("toy", "adds", cases, what, summarize)


def test_trials_are_written_as_they_end_and_a_stopped_run_goes_on(tmp_path):
    out = tmp_path / "toy.json"
    with pytest.raises(KeyboardInterrupt):
        run(bench(fails_at_third), out)
    assert json.loads(out.read_text())["complete"] is False
    log = tmp_path / "toy.trials.jsonl"
    assert [json.loads(line)["id"] for line in log.read_text().splitlines()] == ["c0", "c1"]
    with log.open("a") as stream:
        stream.write('{"id": "c2", "val')  # torn by a crash
    new = []
    table = run(bench(), out, on_record=lambda r, *_: new.append(r["id"]))
    assert new == ["c2", "c3"]
    assert [json.loads(line)["id"] for line in log.read_text().splitlines() if line.endswith("}")][-2:] == ["c2", "c3"]
    assert table.summary["sum"] == 2 * sum(range(5000, 5004))
    data = json.loads(out.read_text())
    assert data["seed"] == 5000
    assert data["complete"] is True
    assert len(data["trials"]) == 4
    assert data["versions"]["numpy"] != "absent"


def test_jobs_give_the_same_records(tmp_path):
    run(bench(), tmp_path / "a.json", jobs=2)
    run(bench(), tmp_path / "b.json")
    values = [[r["value"] for r in json.loads((tmp_path / f).read_text())["trials"]] for f in ("a.json", "b.json")]
    assert values[0] == values[1]


def test_wilson_agrees_with_published_values():
    # Brown, Cai & DasGupta 2001 style check: 7 of 60 gives 5.8-22.2 % (facts-field.md A.7)
    low, high = wilson(7, 60)
    assert (round(100 * low, 1), round(100 * high, 1)) == (5.8, 22.2)
    assert share(0, 0) == "0/0"


@given(st.integers(1, 500), st.data())
def test_wilson_contains_the_proportion(n, data):
    k = data.draw(st.integers(0, n))
    low, high = wilson(k, n)
    assert 0 <= low <= k / n + 1e-12
    assert k / n - 1e-12 <= high <= 1
