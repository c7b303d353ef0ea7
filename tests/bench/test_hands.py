"""Rendered hands: what is told of each is what the picture shows, and training and test cameras share no direction."""

import numpy as np
import pytest

from exoactor.bench.hand_pictures import _BAND, _LEVELS, _SECTOR, BENDS, PIXELS, pictures
from exoactor.bench.hands import BENCH, summarize
from exoactor.estimate.hand_states import HandCfg, read_hands
from exoactor.estimate.hand_view import patch_of


def cell(picture):
    return int((picture.azimuth + np.pi) // _SECTOR) + int((picture.elevation - _LEVELS[0]) // _BAND)


def test_states_come_equally_often_from_directions_of_their_own():
    training, unseen = (list(pictures(part, 40, 30)) for part in ("training", "unseen"))
    assert {cell(p) % 2 for p in training} == {0} and {cell(p) % 2 for p in unseen} == {1}
    for state, (low, high) in enumerate(BENDS):
        mine = [p for p in training + unseen if p.state == state]
        assert len(mine) == 20 and low - 0.15 < np.mean([p.bend for p in mine]) < high + 0.15
    sizes = [p.view.pixels for p in training]
    assert min(sizes) > 0.8 * PIXELS[0] and max(sizes) < 1.2 * PIXELS[1] and max(sizes) > 2 * min(sizes)
    again = next(iter(pictures("training", 40, 30)))
    assert np.array_equal(again.rgb, training[0].rgb)


@pytest.mark.assets
def test_large_open_and_closed_hands_are_told_apart_and_small_ones_are_not_told():
    seen = [p for seed in range(320, 324) for p in pictures("unseen", seed, 60) if p.shown > 0.6]
    pixels, across = (np.array([getattr(p.view, name) for p in seen]) for name in ("pixels", "foreshortening"))
    odds, told = read_hands(np.array([patch_of(p.rgb, p.view) for p in seen]), pixels, across)
    state = np.array([p.state for p in seen])
    ends = told & (pixels > 30) & (state != 1)
    assert ends.sum() > 15 and (odds[ends].argmax(1) == state[ends]).mean() > 0.8
    assert not told[pixels < HandCfg().least].any() and told[pixels > 45].mean() > told[pixels < 22].mean()


def test_the_table_counts_what_is_told_and_what_is_not():
    hand = {"pixels": 25.0, "shown": 1.0, "thing": False, "sure": 0.9, "flexion": 0}
    hands = [{**hand, "state": state, "said": said} for state, said in ((0, 0), (0, 2), (1, -1), (2, 2))]
    hands.append({**hand, "shown": 0.0, "state": 2, "said": 2})
    table = summarize([{"part": "unseen", "ms": 9.0, "ms_flexion": 20.0, "hands": hands}])
    row = table.summary["22 to 30 px"]
    assert (row["n"], row["told"], row["right"], row["flexion right"]) == (4, 3, 2, 2)
    assert row["table"] == {"open": [1, 0, 1], "half": [0, 0, 0], "closed": [0, 0, 1]}
    assert (table.summary["hidden"], table.summary["hidden told"]) == (1, 1)
    assert {c["part"] for c in BENCH.cases(8, 5000)} == {"unseen", "high"}
