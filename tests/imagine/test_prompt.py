from exoactor.bench.imagine import chain, furnished_room
from exoactor.imagine.prompt import video_prompt


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
