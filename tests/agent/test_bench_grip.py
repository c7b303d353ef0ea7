"""The benchmark of the hands: its cases, its table, and one lift with the pose known."""

import pytest

from agent.bench.grip import BENCH, CLASSES, ERRORS


def record(kind, error, lifted, hands):
    return {
        "kind": kind, "error_m": error, "lifted": lifted, "held_s": 3.0 * lifted, "tilt_deg": 5.0, "fell": not lifted,
        "contact_m": 0.04 if lifted else None, "hands_n": hands, "forearms_n": hands,
    }  # fmt: skip


def test_a_class_has_as_many_trials_as_asked_for_at_each_error_with_the_same_seeds():
    made = BENCH.cases(3, 40)
    assert len(made) == 3 * len(CLASSES) * len(ERRORS) == len({c["id"] for c in made})
    assert {c["seed"] for c in made if c["error_m"] == ERRORS[1] and c["kind"] == "chair"} == {40, 41, 42}


def test_the_table_counts_classes_and_errors_apart_and_averages_what_was_measured():
    records = [
        record("box", 0.0, True, [60.0, 20.0]),
        record("box", 0.0, False, [None, None]),
        record("chair", 0.0, True, [40.0, 40.0]),
        record("box", 0.03, False, [None, None]),
    ]
    table = BENCH.summarize(records)
    box = table.summary["box/0cm"]
    assert (box["n"], box["lifted"], box["falls"], box["held_s"], box["hands_n"]) == (2, 1, 1, 1.5, [60.0, 20.0])
    assert table.summary["all/0cm"]["hands_n"] == [50.0, 30.0] and table.summary["all/0cm"]["n"] == 3
    assert table.summary["box/3cm"]["hands_n"] == [None, None] and table.summary["box/3cm"]["lifted"] == 0
    assert "table/0cm" not in table.summary
    assert all(len(row) == len(table.columns) for row in table.rows)


@pytest.mark.assets
def test_a_box_where_it_is_said_to_be_is_held_and_one_that_is_not_there_is_not():
    case = next(c for c in BENCH.cases(1, 40) if c["kind"] == "box")
    there = BENCH.trial(case)
    assert there["failed"] is None and there["lifted"] and there["held_s"] > 1.0 and there["contact_m"] < 0.08
    # What presses from the left presses from the right, and friction has to carry the weight.
    left, right = (there["hands_n"][i] + there["forearms_n"][i] for i in (0, 1))
    assert left == pytest.approx(right, rel=0.2) and left > 10.0
    astray = BENCH.trial({**case, "error_m": 0.4})
    assert not astray["lifted"] and astray["held_s"] < 1.0
