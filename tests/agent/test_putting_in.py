"""Words for putting things into baskets and bins, what they come to, and what is refused with the reason."""

import numpy as np
import pytest

from agent.goals import Goal, play
from agent.plan import Context, PlanStatus
from agent.planner import DeterministicPlanner
from exoactor.types import Pose2D, Scene, SceneObject
from exoactor.world.scene_file import load_scene

PLANNER = DeterministicPlanner()
ROOM = load_scene("laundry")
RED, GREEN = (f"pick({c}_bottle) place({c}_bottle, basket, relation=in)" for c in ("red", "green"))


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("put the red bottle in the basket", RED),
        ("drop the green bottle into the basket", GREEN),
        ("take the red bottle and put it inside the basket on the stand", RED),
        ("pick up the red bottle, drop it in the basket and wave", f"{RED} wave()"),
        ("move the green bottle into the yellow basket", GREEN),
        ("put both bottles in the basket", f"{RED} {GREEN}"),
        ("put the green bottle and the red one in the basket", f"{GREEN} {RED}"),
        ("put both bottles in the basket, then sit down", f"{RED} {GREEN} sit_on(chair)"),
    ],
)
def test_small_things_are_put_into_a_basket_one_after_the_other(text, plan):
    result = PLANNER.plan(text, ROOM.catalogue())
    assert " ".join(map(str, result.subtasks)) == plan, result.reason


def test_only_into_a_bin_a_thing_may_be_said_to_be_thrown():
    workshop = load_scene("workshop").catalogue()
    assert "place(can, bin, relation=in)" in map(str, PLANNER.plan("throw the can in the bin", workshop).subtasks)
    result = PLANNER.plan("throw the red bottle into the basket", ROOM.catalogue())
    assert result.status is PlanStatus.ABSTAIN and "nothing is thrown" in result.reason


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("put the red bottle in the stand", "stand is a table, no basket or bin"),
        ("put the red bottle on the basket", "basket is a basket, open above"),
        ("put the chair in the basket", "only what one hand holds"),
        ("drop the red bottle", "dropped into something"),
        ("put the red bottle into the sink", "sink"),
        ("put the red bottle in", "thing should be named"),
        ("throw the red bottle away", "dropped into something"),
    ],
)
def test_what_is_no_container_or_is_not_said_is_refused(text, why):
    result = PLANNER.plan(text, ROOM.catalogue())
    assert result.status is PlanStatus.ABSTAIN and why in result.reason, result.reason


def test_a_bin_that_stands_on_the_floor_for_good_is_refused_by_its_height():
    result = PLANNER.plan("put the can in the bin", load_scene("pantry").catalogue())
    assert result.status is PlanStatus.ABSTAIN and "rim of bin is 0.38 m high, 0.6 to 0.8 m wanted" in result.reason


def seen(name):
    spec = load_scene(name)
    things = tuple(SceneObject(t.item, t.position, t.yaw, 1.0) for t in spec.things)
    return spec.catalogue(), Context(lambda: Scene(things, Pose2D(0.0, 0.0, 0.0), 1.0, spec.camera))


def test_with_a_look_the_way_there_is_planned_and_a_basket_on_the_floor_is_refused():
    plan = " ".join(map(str, PLANNER.plan("put the red bottle in the basket", *seen("laundry")).subtasks))
    assert plan == "pick(red_bottle) carry(red_bottle, to=basket) place(red_bottle, basket, relation=in)"
    result = PLANNER.plan("put the red bottle in the basket", *seen("playroom"))
    assert result.status is PlanStatus.ABSTAIN and "rim of basket is 0.22 m high" in result.reason


def test_both_bottles_end_in_the_basket():
    catalogue, look = seen("laundry")
    on = {"red_bottle": "table", "green_bottle": "table", "basket": "stand"}
    story = play(PLANNER.plan("put both bottles in the basket", catalogue, look).subtasks, on)
    assert story.on == {"red_bottle": "basket", "green_bottle": "basket", "basket": "stand"}
    events = (("placed", "red_bottle", "basket"), ("placed", "green_bottle", "basket"))
    wanted = Goal(events, stands={"red_bottle": "basket", "green_bottle": "basket"})
    assert wanted.missed(story, on) == ""
    assert "red_bottle" in Goal(events[1:], stands={"green_bottle": "basket"}).missed(story, on)
    assert np.all([e.inside for e in story.events if e.kind == "placed"])
