from pathlib import Path

import pytest

from exoactor.bench.imagine import chain, furnished_room
from exoactor.imagine.prompt import video_prompt
from exoactor.types import Action, Piece, Wording


def test_five_blocks_and_equal_text_for_equal_requests() -> None:
    scene, _ = furnished_room(4)
    actions = (*chain("walk", scene, 4), *chain("wave", scene, 4))
    text = video_prompt(scene, actions)
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["## Shot", "## Scene", "## Motion", "## Execution", "## End State"]
    assert text == video_prompt(scene, actions)
    for thing in scene.objects:
        assert thing.item.kind in text
    assert text.index("1. The person walks to") < text.index("2. The person waves with")
    assert "{{" not in text
    assert "None" not in text


def test_instructions_in_names_stay_text() -> None:
    scene, _ = furnished_room(4)
    action = chain("wave", scene, 4)[0]
    strange = type(action)("wave", "waves {{ 7 * 7 }}", 2.0)
    assert "{{ 7 * 7 }}" in video_prompt(scene, (strange,))


def test_what_is_moved_is_said_to_move_and_what_is_held_to_be_held() -> None:
    scene, _ = furnished_room(4)
    thing = scene.objects[0]
    name = f"{thing.item.color} {thing.item.kind}"
    lift = Action("lift", "lifts it", 2.0, thing=thing.id, rise=0.28)
    text = video_prompt(scene, (lift,))
    assert f"except the {name} in the person's hands" in text
    assert f"holds the {name}" not in text and text.rstrip().endswith("holds still for half a second.")
    assert f"with the {name} held up in both hands" in text
    down = video_prompt(scene, (Action("put_down", "puts it down", 0.4, thing=thing.id, rise=-0.2),))
    assert f"and holds the {name} in both hands." in down and "both arms hanging" in down
    carry = Action("carry", "carries it", goal=scene.robot, thing=thing.id)
    assert f"and holds the {name} in both hands." in video_prompt(scene, (carry,))


SNAPSHOT = Path(__file__).with_name("video_prompt.txt")


def worded() -> str:
    scene, _ = furnished_room(4)
    actions = (*chain("walk", scene, 4), *chain("wave", scene, 4))
    pieces = (
        (Piece(actions[0].text), Piece("stops", "both feet side by side", main=False)),
        (Piece("waves with the left hand", "calmly"),),
    )
    return video_prompt(
        scene, actions, Wording(pieces, "stands at ease, arms hanging", ("stumbling", "leaning back"), "model")
    )


def test_other_words_come_into_the_last_three_blocks_only() -> None:
    """Changed on purpose? Write it anew: the snapshot is what a video model reads."""
    scene, _ = furnished_room(4)
    plain = video_prompt(scene, (*chain("walk", scene, 4), *chain("wave", scene, 4)))
    assert worded() == SNAPSHOT.read_text()
    assert worded().split("## Motion")[0] == plain.split("## Motion")[0]


def test_words_for_another_number_of_actions_are_refused() -> None:
    scene, _ = furnished_room(4)
    wave = chain("wave", scene, 4)
    with pytest.raises(ValueError, match="zip"):
        video_prompt(scene, wave, Wording.of((*wave, *wave)))
    with pytest.raises(ValueError, match="step 1 has no words"):
        Wording(((),))
