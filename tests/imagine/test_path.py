import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exoactor.imagine.path import Obstacles, PathCfg, plan_path
from exoactor.stance import stances
from exoactor.types import Camera, CatalogueItem, Pose2D, Scene, SceneObject, StageError

CAMERA = Camera.looking_at(np.array([2.0, -4.0, 1.8]), np.array([0.5, 0, 0.8]), 50, (640, 480))


def thing(id: str, xy: tuple[float, float], size: tuple[float, float, float], yaw: float = 0.0) -> SceneObject:
    return SceneObject(CatalogueItem(id, "table", "brown", np.array(size), False), np.array([*xy, 0.0]), yaw, 0.9)


def room(*things: SceneObject) -> Scene:
    return Scene(things, Pose2D(0, 0, 0), 0.9, CAMERA)


def test_straight_in_an_empty_room() -> None:
    path = plan_path(room(), Pose2D(0, 0, 0), Pose2D(2, 1, 0))
    assert np.abs(path[:, 1] - path[:, 0] / 2).max() < 0.03
    assert np.linalg.norm(np.diff(path, axis=0), axis=1).sum() == pytest.approx(np.hypot(2, 1), abs=0.01)


@settings(max_examples=15, deadline=None)
@given(x=st.floats(0.9, 1.3), y=st.floats(-0.4, 0.4), yaw=st.floats(-3, 3))
def test_goes_round_a_table(x: float, y: float, yaw: float) -> None:
    scene = room(thing("table", (x, y), (0.5, 0.8, 0.7), yaw))
    path = plan_path(scene, Pose2D(0, 0, 0), Pose2D(2.4, 0, 0))
    assert Obstacles(scene.objects).distance(path).min() > 0.27
    assert np.allclose(path[[0, -1]], [[0, 0], [2.4, 0]])
    length = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert 2.4 < length.sum() < 3.6
    assert length.max() < 0.06


def test_reaches_the_stance_before_a_thing_in_a_corner() -> None:
    table = thing("table", (2.0, 0), (0.6, 1.2, 0.7))
    shelf = thing("shelf", (1.4, 0.9), (0.3, 0.4, 1.5))
    goal = stances(table, np.zeros(2))[0]
    path = plan_path(room(table, shelf), Pose2D(0, 0, 0), goal)
    assert np.allclose(path[-1], goal.xy)


def test_via_points_are_passed() -> None:
    chair = thing("chair", (1.0, 0), (0.45, 0.45, 0.9))
    path = plan_path(room(chair), Pose2D(0, 0, 0), Pose2D(2, 0, 0), via=[(1.0, 0.9)])
    assert np.linalg.norm(path - [1.0, 0.9], axis=1).min() < 0.12


def test_no_way_through_a_closed_wall() -> None:
    ring = [
        thing(f"w{k}", (1.2 * np.cos(a), 1.2 * np.sin(a)), (0.2, 1.4, 2), a)
        for k, a in enumerate(np.arange(6) * np.pi / 3)
    ]
    with pytest.raises(StageError, match="no_path") as caught:
        plan_path(room(*ring), Pose2D(0, 0, 0), Pose2D(3, 0, 0))
    assert (caught.value.stage, caught.value.code) == ("imagine", "no_path")


def test_goal_inside_a_thing() -> None:
    with pytest.raises(StageError, match="nobody can stand there"):
        plan_path(room(thing("table", (2, 0), (0.6, 1.2, 0.7))), Pose2D(0, 0, 0), Pose2D(2, 0, 0))


def test_unsure_things_do_not_block() -> None:
    ghost = SceneObject(
        CatalogueItem("g", "table", "red", np.array([0.6, 1.2, 0.7]), False), np.array([1, 0, 0.0]), 0.0, 0.1
    )
    path = plan_path(room(ghost), Pose2D(0, 0, 0), Pose2D(2, 0, 0))
    assert np.abs(path[:, 1]).max() < 0.02
    assert PathCfg().min_confidence > 0.1


def test_who_stands_close_before_a_table_walks_away_from_it_but_nobody_stops_so_close() -> None:
    table = thing("table", (0.5, 0), (0.6, 1.2, 0.7))
    near, far = Pose2D(0.12, 0.1, 0), Pose2D(-1.5, 0.4, 0)
    path = plan_path(room(table), near, far)
    apart = Obstacles([table]).distance(path)
    assert np.allclose(path[[0, -1]], [near.xy, far.xy]) and apart.min() == pytest.approx(0.08, abs=1e-6)
    assert (apart > 0.35).mean() > 0.7
    for start, goal in ((far, near), (Pose2D(0.4, 0, 0), far)):
        with pytest.raises(StageError, match="nobody can stand there"):
            plan_path(room(table), start, goal)
