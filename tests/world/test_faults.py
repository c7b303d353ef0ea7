import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoactor.types import ConfigError
from exoactor.world.faults import FAULT_KINDS, parse_fault, parse_faults
from exoactor.world.scene_file import load_scene


def test_options_have_defaults_and_units():
    fault = parse_fault("push_robot:newton_seconds=12@2.1")
    assert (fault.kind, fault.subtask, fault.attempt) == ("push_robot", 2, 1)
    assert dict(fault.options) == {"newton_seconds": 12.0, "direction_deg": 90.0, "t": 1.0}
    assert parse_fault("occlude@1.1").options == {}
    assert parse_fault("bad_video:defect=freeze@3.2").options["defect"] == "freeze"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("push_robot", "KIND"),
        ("push_robt@1.1", "did you mean 'push_robot'"),
        ("push_robot:force=3@1.1", "newton_seconds, direction_deg, t"),
        ("push_robot:t@1.1", "key=value"),
        ("push_robot:newton_seconds=much@1.1", "a number in 0..100 Ns"),
        ("push_robot:newton_seconds=nan@1.1", "a number in 0..100"),
        ("push_robot:newton_seconds=1e9@1.1", "a number in 0..100"),
        ("move_object:dx=1@1.1", "needs id"),
        ("bad_video:defect=blur@1.1", "one of cut, pan, freeze"),
        ("slip@0.1", "counted from 1"),
        ("", "KIND"),
    ],
)
def test_bad_faults_are_refused(text, says):
    with pytest.raises(ConfigError, match="fault") as caught:
        parse_fault(text)
    assert says in str(caught.value)


@given(st.sampled_from(FAULT_KINDS), st.integers(1, 9), st.integers(1, 9), st.floats(0.01, 2))
def test_text_and_back(kind, subtask, attempt, number):
    options = {"move_object": f":id=table,dx={number!r}", "slip": f":friction={number!r}", "put_back": ":id=can"}.get(
        kind, ""
    )
    fault = parse_fault(f"{kind}{options}@{subtask}.{attempt}")
    again = parse_fault(str(fault))
    assert (again.kind, again.subtask, again.attempt) == (kind, subtask, attempt)
    for name, value in fault.options.items():
        assert again.options[name] == (pytest.approx(value, rel=1e-4) if isinstance(value, float) else value)


def test_moves_are_checked_against_the_scene():
    scene = load_scene("kitchen")
    assert parse_faults(["move_object:id=table,dx=0.3@1.1", "occlude@1.2"], scene)[0].kind == "move_object"
    with pytest.raises(ConfigError, match="no 'sofa' in scene kitchen"):
        parse_faults(["move_object:id=sofa,dx=0.3@1.1"], scene)
    with pytest.raises(ConfigError, match="'table' is furniture"):
        parse_faults(["put_back:id=table@1.1"], scene)
    with pytest.raises(ConfigError, match="would stand in table"):
        parse_faults(["move_object:id=basket,dx=1.3,dy=0.7@1.1"], scene)
    with pytest.raises(ConfigError, match="the robot's start"):
        parse_faults(["move_object:id=chair,dx=-0.6,dy=-1.6@1.1"], scene)
