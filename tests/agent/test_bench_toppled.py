"""Things that fell down, found in rendered looks, and the benchmark that counts them."""

import numpy as np
import pytest

from agent.bench.toppled import BENCH, RIGHT, box_error, dropped, outline
from exoactor.perceive import RgbdPerception
from exoactor.types import CatalogueItem, SceneObject


def test_the_box_error_sees_place_heading_and_size():
    item = CatalogueItem("box", "box", "red", np.array([0.2, 0.4, 0.3]), True)
    truth = outline(item) + np.array([1.0, 0.0, 0.0])
    for place, yaw, error in (((1.0, 0, 0), 0.0, 0.0), ((1.0, 0, 0), np.pi, 0.0), ((1.03, 0, 0), 0.0, 0.03)):
        assert box_error(SceneObject(item, np.array(place), yaw, 1.0), truth) == pytest.approx(error, abs=1e-9)
    turned = SceneObject(item, np.array([1.0, 0, 0]), np.pi / 2, 1.0)
    assert box_error(turned, truth) == pytest.approx(0.1)


def test_the_table_tells_lying_from_standing_and_counts_a_wrong_state_as_wrong():
    told = {"kind": "box", "found": True, "perceive_s": 0.1, "box_error_m": 0.01}
    records = [
        {**told, "lies": True, "said_lies": True},
        {**told, "lies": True, "said_lies": False},
        {"kind": "box", "found": False, "perceive_s": 0.1, "lies": True},
        {**told, "lies": False, "said_lies": False, "box_error_m": 0.2},
    ]
    table = BENCH.summarize(records)
    lies, stands = table.summary["box/lies"], table.summary["box/stands"]
    assert (lies["n"], lies["found"], lies["named"], lies["right"]) == (3, 2, 1, 1)
    assert (stands["found"], stands["named"], stands["right"]) == (1, 1, 0)
    assert all(len(row) == len(table.columns) for row in table.rows)


@pytest.mark.assets
@pytest.mark.parametrize(("kind", "seed"), [("box", 201), ("cylinder", 202), ("chair", 202), ("table", 201)])
def test_a_toppled_thing_is_found_as_it_lies(kind, seed):
    room, spec = dropped(kind, seed, np.random.default_rng(seed))
    position, turn = room.pose(kind)
    assert abs(turn[2, 2]) < 0.5, "the physics set it up again; another seed is wanted"
    perception, look = RgbdPerception(spec.catalogue()), room.look()
    found = perception.perceive(look).get(kind)
    truth = outline(spec.thing(kind).item) @ turn.T + position
    assert found.lies and found.confidence >= 0.5
    assert box_error(found, truth) < RIGHT
    assert found.item.kind == kind and found.id == kind


@pytest.mark.assets
def test_two_things_of_one_colour_are_not_looked_for_lying():
    room, spec = dropped("chair", 202, np.random.default_rng(202))
    twin = CatalogueItem("twin", "box", "orange", np.array([0.3, 0.3, 0.3]), True)
    found = RgbdPerception((*spec.catalogue(), twin)).perceive(room.look()).get("chair")
    assert found is None or not found.lies
