import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoactor.types import CatalogueItem, ConfigError
from exoactor.world.furniture import default_size
from exoactor.world.placement import Thing, overlapping, put_on
from exoactor.world.scene_file import bundled_scenes, load_scene, read_scene

GOOD = """
robot:  {pos: [0, 0], yaw_deg: 90}
camera: {pos: [0, -4, 1.7], target: [0, 0, 0.7], fovy_deg: 55}
furniture:
  - {id: table, kind: table, pos: [1.6, 0]}
objects:
  - {id: red_bottle, kind: bottle, pos: [1.5, 0.1], on: table, color: red, mass: 0.3}
"""


def test_a_scene_is_read_with_defaults():
    scene = read_scene(GOOD, "my/room.yaml")
    assert scene.name == "room"
    assert scene.robot.yaw == pytest.approx(np.pi / 2)
    assert scene.camera.size == (640, 480)
    bottle = scene.thing("red_bottle")
    np.testing.assert_allclose(bottle.position, [1.5, 0.1, 0.72])
    assert bottle.mass == 0.3 and bottle.item.movable and bottle.item.color == "red"
    table = scene.catalogue()[0]
    assert (table.id, table.color, table.movable) == ("table", "wood", False)
    np.testing.assert_allclose(table.size, default_size("table"))


def replaced(old, new):
    assert old in GOOD
    return GOOD.replace(old, new)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (replaced("yaw_deg: 90", "yaw: 90"), 2, "unknown key 'yaw', allowed are pos, yaw_deg"),
        (replaced("kind: table", "kind: tabel"), 5, "'tabel' given, one of table, chair"),
        (replaced("color: red", "color: mauve"), 7, "'mauve' given, one of red, green"),
        (replaced("[1.6, 0]", "[1.6]"), 5, "[2 numbers in -50..50] wanted"),
        (replaced("[1.6, 0]", "[1.6, .nan]"), 5, "[2 numbers"),
        (replaced("mass: 0.3", "mass: heavy"), 7, "'heavy' given, a number in 0.01..60 wanted"),
        (replaced("mass: 0.3", "mass: -1"), 7, "'-1' given, a number"),
        (replaced("mass: 0.3", "mass: true"), 7, "'true' given, a number"),
        (replaced("id: red_bottle", "id: table"), 7, "id 'table' is used twice, first in line 5"),
        (replaced("id: red_bottle", "id: Red Bottle"), 7, "a snake_case name wanted"),
        (replaced("on: table", "on: shelf"), 7, "'shelf' given, one of floor, table wanted"),
        (replaced("[1.5, 0.1]", "[2.5, 0.1]"), 7, "'red_bottle' is not on 'table': it stands 64 cm over the edge"),
        (replaced("on: table", "on: floor").replace("[1.5, 0.1]", "[1.85, 0.55]"), 7, "overlaps 'table' of line 5"),
        (replaced("[1.6, 0]", "[0.2, 0]").replace("[1.5, 0.1]", "[0.2, 0.1]"), 5, "too near to the robot"),
        (replaced("pos: [0, 0]", "pos: [0, -3]"), 2, "the camera does not see the robot"),
        (replaced("kind: table, ", ""), 5, "key 'kind' is missing"),
        (replaced("furniture:", "furniture: 3\nextra:"), 4, "'3' given, a list wanted"),
        (replaced("kind: bottle", "kind: bottle, size: [0.1, 0.2, 0.2]"), 7, "a bottle is round"),
        (replaced("[0, -4, 1.7]", "[0, 0, 1.7]"), 3, "must not look straight"),
        (replaced("{id: table, kind", "{id: table, mass: 3, kind"), 5, "unknown key 'mass'"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_line(text, line, says):
    with pytest.raises(ConfigError) as caught:
        read_scene(text, "room.yaml")
    assert says in str(caught.value)
    assert f"room.yaml:{line}: " in next(part for part in str(caught.value).splitlines() if says in part)


def test_all_problems_are_reported_at_once():
    text = replaced("kind: table", "kind: sofa").replace("yaw_deg: 90", "yaw_deg: x").replace("fovy_deg: 55", "fov: 2")
    with pytest.raises(ConfigError) as caught:
        read_scene(text)
    assert len(str(caught.value).splitlines()) == 4  # and the bottle's table is gone


@pytest.mark.parametrize("text", ["", "[]", "just words", "robot: {pos: [0, 0]", "robot: 3\ncamera: 4", "a: &x [*x]"])
def test_no_scene_at_all(text):
    with pytest.raises(ConfigError, match=r"room\.yaml"):
        read_scene(text, "room.yaml")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_never_a_crash(text):
    with pytest.raises(ConfigError):
        read_scene(text)


def test_loading_by_name_and_path(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)
    assert load_scene(path).name == "mine"
    with pytest.raises(ConfigError, match="Did you mean 'kitchen'"):
        load_scene("kichen")
    with pytest.raises(ConfigError, match="is a folder"):
        load_scene(tmp_path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"mine\.yaml"):
        load_scene(path)
    assert all(load_scene(name).name == name and load_scene(name).about for name in bundled_scenes())


def thing(id, kind, x, y, yaw=0.0, z=0.0, size=None):
    item = CatalogueItem(id, kind, "red", default_size(kind) if size is None else np.array(size), False)
    return Thing(item, np.array([x, y, z]), yaw)


def test_overlap_is_by_pieces_not_by_bounding_boxes():
    table = thing("t", "table", 0, 0)
    assert not overlapping(table, thing("b", "box", 0, 0))  # under the table
    assert overlapping(table, thing("b", "box", 0.25, 0.5))  # in its leg
    assert not overlapping(table, thing("b", "box", 0, 0, z=0.72))  # on it
    assert overlapping(table, thing("b", "box", 0, 0, z=0.70))
    assert not overlapping(thing("p", "can", 0, 0), thing("q", "can", 0.05, 0.05))  # round corners
    assert overlapping(thing("p", "can", 0, 0), thing("q", "can", 0.03, 0.03))


@given(
    st.floats(-1, 1), st.floats(-1, 1), st.floats(-4, 4), st.floats(-4, 4),
    st.sampled_from(["box", "can", "chair", "wall", "bin"]), st.floats(-3, 3),
)  # fmt: skip
def test_overlap_is_symmetric_and_does_not_depend_on_the_frame(x, y, yaw, turn, kind, shift):
    a, b = thing("a", "table", 0, 0), thing("b", kind, x, y, yaw)
    c, s = np.cos(turn), np.sin(turn)
    a2, b2 = thing("a", "table", shift, 1, turn), thing("b", kind, c * x - s * y + shift, s * x + c * y + 1, yaw + turn)
    assert overlapping(a, b) == overlapping(b, a) == overlapping(a2, b2)


def test_containers_carry_inside_and_balls_carry_nothing():
    can = thing("c", "can", 0, 0)
    height, wrong = put_on(can.item, np.zeros(2), 0.0, thing("basket", "basket", 0, 0))
    assert wrong is None and height == pytest.approx(0.012)
    assert "inside 'basket'" in put_on(can.item, np.array([0.16, 0]), 0.0, thing("basket", "basket", 0, 0))[1]
    assert "carries nothing" in put_on(can.item, np.zeros(2), 0.0, thing("ball", "ball", 0, 0))[1]
