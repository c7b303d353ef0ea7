import pytest

from agent.bench.trials import instructions
from agent.goals import Goal, play
from agent.plan import Subtask
from exoactor.world.scene_file import load_scene
from skills import registry

DEPOT = {t.id: t.on or "floor" for t in load_scene("depot").things}
PUT = [
    Subtask("lift", {"target": "box"}),
    Subtask("carry", {"target": "box", "to": "bench"}),
    Subtask("put_down", {"target": "box", "on": "bench"}),
]
WAVE = Subtask("wave", {"side": "left"})


def test_things_end_where_they_are_put():
    story = play([*PUT, WAVE], DEPOT)
    assert story.on["box"] == "bench" and story.on["drum"] == "floor"
    assert story.symbols.holding is None and story.symbols.near == "bench"
    assert play(PUT[:1], DEPOT).on["box"] == "hands"
    assert play([*PUT[:2], Subtask("put_down", {"target": "box"})], DEPOT).on["box"] == "bench"
    assert play([PUT[0], Subtask("put_down", {"target": "box"})], DEPOT).on["box"] == "low_stand"
    assert play([Subtask("stand_still", {"seconds": 4.0})], DEPOT).still == 4.0


@pytest.mark.parametrize(
    ("goal", "plan", "missed"),
    [
        (Goal((("put_down", "box", "bench"),), stands={"box": "bench"}), PUT, ""),
        (Goal((("put_down", "box", "bench"), ("waved", "left"))), [*PUT, WAVE], "box ends on bench"),
        (Goal((("put_down", "box"),)), [*PUT, WAVE], "waved left was not asked for"),
        (Goal((("waved", "right"),)), [WAVE], "waved left was not asked for"),
        (Goal((("waved",), ("waved",))), [WAVE], "waved does not happen"),
        (Goal((("waved",),)), [WAVE, WAVE], "was not asked for"),
        (Goal((("waved",),), near="door"), [Subtask("walk_to", {"target": "door"}), WAVE], ""),
        (Goal((("waved",),), near="bench"), [Subtask("walk_to", {"target": "door"}), WAVE], "near is door"),
        (Goal((("waved",),), never=(("at", "door"),)), [Subtask("walk_to", {"target": "door"}), WAVE], "must not"),
        (Goal((("at", "door"), ("facing", "door"))), [Subtask("walk_to", {"target": "door"})], ""),
        (Goal((("waved",), ("at", "door"))), [Subtask("walk_to", {"target": "door"}), WAVE], "at door does not happen"),
        (Goal((("lifted", "box"),), holding="box"), PUT[:1], ""),
        (Goal((("lifted", "box"),), holding="nothing"), PUT[:1], "holding is box"),
        (Goal((("still",),), still=5), [Subtask("stand_still", {"seconds": 2.0})], "stands still for 2 s"),
    ],
)
def test_what_a_plan_comes_to_is_compared_with_what_was_asked(goal, plan, missed):
    found = goal.missed(play(plan, DEPOT), DEPOT)
    assert missed in found and bool(missed) == bool(found)


def test_the_committed_instructions_name_what_there_is():
    """An end state with a slip of the pen would count right plans as wrong, or wrong ones as right."""
    kinds = {"at", "facing", "circled", "waved", "pointing", "still", "lifted", "carried", "put_down", "placed"}
    items = instructions("planner")
    assert len(items) >= 60 and len({i["id"] for i in items}) == len(items)
    assert registry()
    for item in items:
        ids = {t.id for t in load_scene(item["scene"]).things}
        assert item["want"] in ("plan", "either", "nothing") and bool(item.get("ends")) == (item["want"] != "nothing")
        for end in item.get("ends", ()):
            goal = Goal.from_json(end)
            for row in (*goal.events, *goal.never):
                assert row[0] in kinds
                assert all(word in ids | {"left", "right"} for word in row[1:]), (item["id"], row)
            named = {goal.near, goal.facing, goal.holding, *goal.stands, *goal.stands.values()} - {None, "nothing"}
            assert named <= ids, item["id"]
