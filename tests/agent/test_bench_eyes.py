from agent.bench import eyes as bench
from exoactor.types import Outcome

CASES = {c["id"]: c for c in bench.cases(None, 5000)}


def test_there_are_enough_recorded_attempts_and_their_truth_is_mixed():
    made = bench.recorded()
    assert len(made) >= 200
    for outcome in Outcome:
        assert {bool(a["truth"]) for a in made if a["outcome"] == outcome.value} == {True, False}


def test_no_model_whatever_breaks_a_promise():
    records = [{**case, **bench.trial(case)} for case in CASES.values()]
    assert [(r["id"], r["broken"][:1]) for r in records if r["broken"]] == []
    by_id = {r["id"]: r for r in records}
    alone = bench.summarize(records).summary["alone"]
    measured = (alone["right"], alone["wrong"])
    for model in (*bench.ALIKE[2:], bench.NEVER):
        for power in bench.POWERS:
            assert (by_id[f"{power}/{model}"]["right"], by_id[f"{power}/{model}"]["wrong"]) == measured
    assert (by_id["veto/always says done"]["right"], by_id["veto/always says done"]["wrong"]) == measured
    assert by_id["veto/always says not done"]["right"] == 0, "this is what a veto costs"
    perfect = by_id["confirm/errs 0"]
    assert perfect["wrong"] == 0 and perfect["right"] == alone["right"] + perfect["confirmed_true"]
    assert by_id["veto/errs 0"]["right"] == alone["right"]
    assert by_id["veto/errs 0.1, and stays by it"]["vetoed_true"] > 10 * by_id["veto/errs 0.1"]["vetoed_true"]


def test_the_same_seed_gives_the_same_numbers():
    case = CASES["confirm/errs 0.2"]
    assert bench.trial(case) == bench.trial(case) != bench.trial({**case, "seed": 1})


def test_the_judge_sees_a_broken_promise():
    wave, walk = {"outcome": "cannot_tell", "skill": "wave"}, {"outcome": "cannot_tell", "skill": "walk_to"}
    broken = bench._broken
    assert broken({**wave, "outcome": "not_done"}, Outcome.DONE, "confirm", "errs 0")
    assert broken({**wave, "outcome": "not_done"}, Outcome.CANNOT_TELL, "confirm", "errs 0")
    assert broken(walk, Outcome.DONE, "confirm", "errs 0") and broken(wave, Outcome.DONE, "veto", "errs 0")
    assert broken(wave, Outcome.DONE, "confirm", bench.ALIKE[2])
    assert not broken(wave, Outcome.DONE, "confirm", "errs 0")
