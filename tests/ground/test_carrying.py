"""Where a load is brought, read from the motion of a procedural person; that it is carried at all, from its clip."""

from dataclasses import replace

import numpy as np
import pytest

from exoactor.body import load_body
from exoactor.ground import find_contact, ground, must_move
from exoactor.imagine.motion import act
from exoactor.imagine.path import PathCfg
from exoactor.imagine.procedural import walking_paths
from exoactor.imagine.style import sample_style
from exoactor.placing import places_at, takes
from exoactor.types import (
    Action,
    Camera,
    CatalogueItem,
    Expectation,
    Pose2D,
    Rise,
    Scene,
    SceneObject,
    StageError,
)
from exoactor.types.rotations import wrap, yaw_matrix

CAMERA = Camera.looking_at(np.array([0.8, -3.4, 1.7]), np.array([0.8, 0, 0.6]), 55.0, (640, 480))
BOX = SceneObject(CatalogueItem("box", "box", "red", np.array([0.3, 0.35, 0.25]), True), [1.2, 0, 0.55], 0.0, 0.3)
STAND = SceneObject(CatalogueItem("stand", "table", "blue", np.array([0.36, 0.42, 0.4]), False), [1.2, 0, 0], 0.0, 1.0)
BENCH = SceneObject(
    CatalogueItem("bench", "table", "wood", np.array([0.5, 0.9, 0.45]), False), [-0.6, 1.0, 0], 0.3, 1.0
)
HERE = Pose2D(0.82, 0.0, 0.0)
SCENE = Scene((STAND, BENCH, BOX), HERE, 1.0, CAMERA)


def film(seed=1):
    goal = places_at(BENCH, BOX, HERE.yaw, HERE.xy, SCENE.objects)[0].stance
    chain = (
        Action("carry", "", goal=Pose2D(0.45, 0.0, 0.0), thing="box", rise=0.25),
        Action("carry", "", goal=goal, thing="box"),
    )
    body = load_body()
    paths = walking_paths(SCENE, chain, PathCfg())
    return act(chain, paths, HERE, sample_style(body, seed), body, 25.0, things={"box": BOX}).to_human(body), goal


NOTHING = {"box": Rise(np.arange(5.0), np.full(5, np.nan))}


def carried(human):
    return find_contact(human, NOTHING, SCENE, along={"box": 0.9})


@pytest.mark.parametrize("seed", range(3))
def test_the_walk_ends_short_of_where_the_load_is_over_a_free_spot(seed):
    human, goal = film(seed)
    contact = carried(human)
    assert contact is not None and contact.kind == "carry" and contact.hands == ("left", "right")
    grounded = ground(human, SCENE, contact=contact)
    assert grounded.target == "bench"
    off = grounded.goal.xy - goal.xy
    assert off @ goal.forward == pytest.approx(-0.12, abs=0.02)
    assert abs(float(wrap(grounded.goal.yaw - goal.yaw))) < 0.02


def test_a_bench_that_moved_is_followed():
    human, goal = film()
    moved = replace(BENCH, position=BENCH.position + np.array([0.3, 0.2, 0.0]))
    now = replace(SCENE, objects=(STAND, moved, BOX))
    grounded = ground(human, now, imagined_scene=SCENE, contact=carried(human))
    assert grounded.goal.xy + 0.12 * goal.forward == pytest.approx(goal.xy + np.array([0.3, 0.2]), abs=0.03)


def test_what_stays_where_it_is_is_not_carried():
    human, _ = film()
    assert find_contact(human, NOTHING, SCENE, along={}) is None
    far = replace(SCENE, objects=(STAND, BENCH, replace(BOX, position=np.array([2.2, 0.0, 0.55]))))
    assert find_contact(human, NOTHING, far, along={"box": 0.9}) is None
    with pytest.raises(StageError, match="never_carried"):
        must_move(Expectation("carried", "box", on="bench"), None)


def test_places_are_free_low_and_before_the_knees():
    at = BENCH.position + np.append(yaw_matrix(BENCH.yaw) @ np.array([0.0, 0.28]), 0.45)
    crate = SceneObject(CatalogueItem("crate", "box", "green", np.array([0.3, 0.3, 0.2]), True), at, 0.3, 1.0)
    with_crate = places_at(BENCH, BOX, 0.0, HERE.xy, [*SCENE.objects, crate])
    assert 0 < len(with_crate) < len(places_at(BENCH, BOX, 0.0, HERE.xy, SCENE.objects))
    for place in with_crate:
        assert place.spot is not None and np.linalg.norm(place.spot - crate.position[:2]) > 0.3
        assert (place.spot - place.stance.xy) @ place.stance.forward == pytest.approx(0.38, abs=0.01)
    high = replace(BENCH, item=replace(BENCH.item, size=np.array([0.5, 0.9, 0.72])))
    assert takes(BENCH, BOX) and not takes(high, BOX) and not takes(BOX, BOX)
    assert all(place.spot is None for place in places_at(high, BOX, 0.0, HERE.xy, SCENE.objects))
