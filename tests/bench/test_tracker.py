import pytest

from exoactor.bench.tracker import BENCH, HELD_OUT, MOTIONS_VARIABLE


def test_cases_are_distinct_and_clips_are_optional(monkeypatch, tmp_path):
    monkeypatch.delenv(MOTIONS_VARIABLE, raising=False)
    made = BENCH.cases(7, 5000)
    assert len({c["id"] for c in made}) == len(made)
    assert not any(c["kind"] == "clip" for c in made)
    (tmp_path / f"{HELD_OUT[0]}.npz").write_bytes(b"")
    monkeypatch.setenv(MOTIONS_VARIABLE, str(tmp_path))
    clips = BENCH.cases(0, 5000)
    assert {c["name"] for c in clips} == {HELD_OUT[0]} and len({c["seed"] for c in clips}) == len(clips) > 1


@pytest.mark.assets
def test_a_trial_measures_against_the_truth():
    case = next(c for c in BENCH.cases(7, 40) if c["kind"] == "stand")
    record = BENCH.trial(case)
    assert record["fell"] is False
    assert 0 < record["joint_error_deg"] < 5 and 0 < record["estimate_mm"] < 60
    table = BENCH.summarize([{**case, **record}])
    assert table.summary["stand"]["n"] == 1 and len(table.rows[0]) == len(table.columns)
