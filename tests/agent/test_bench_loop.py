"""What counts as an instruction truly carried out."""

import pytest

from agent.bench.loop import BENCH
from agent.bench.trials import really_achieved


def did(kind, target=None, side=None, truth=True):
    return {"truth": truth, "expected": [kind, target, side]}


WALK, WAVE, FACE = ["at", "door"], ["waved"], ["facing", "door"]


@pytest.mark.parametrize(
    ("expect", "made", "achieved"),
    [
        ([WALK, WAVE], [did("at", "door"), did("waved")], True),
        ([WALK, WAVE], [did("waved"), did("at", "door")], False),
        ([WALK, WAVE], [did("at", "door", truth=False), did("at", "door"), did("waved")], True),
        ([WALK, WAVE], [did("at", "door"), did("waved", truth=False)], False),
        ([WALK, WAVE], [did("at", "door"), did("facing", "table"), did("waved", side="left")], True),
        ([["waved", "right"]], [did("waved", side="left")], False),
        ([WALK], [did("at", "door"), did("pointing", "table")], False),
        ([WALK, FACE, WAVE], [did("at", "door"), did("waved")], True),  # at a thing is facing it
        ([["at", "table"], FACE, WAVE], [did("at", "table"), did("waved")], False),
        ([WAVE, WAVE], [did("waved")], False),
    ],
)
def test_events_must_truly_happen_in_their_order(expect, made, achieved):
    assert really_achieved(expect, made) is achieved


def test_cases_name_the_sentence_but_do_not_hold_it():
    cases = BENCH.cases(None, 5000)
    assert len({c["id"] for c in cases}) == len(cases) == 60 + 3 * 20
    assert not any({"say", "expect"} & set(c) for c in cases)
    paired = [c for c in cases if c["arm"] == "closed"][:20]
    for arm in ("open", "closed+fault", "open+fault"):
        assert [(c["instruction"], c["seed"]) for c in cases if c["arm"] == arm] == [
            (c["instruction"], c["seed"]) for c in paired
        ]
