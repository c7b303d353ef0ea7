"""What may be set of an action is drawn: the clip is another one, by so much as was set."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from exoactor.bench.imagine import chain, furnished_room
from exoactor.body import load_body
from exoactor.formats.video import probe
from exoactor.imagine.motion import PersonMotion, act
from exoactor.imagine.procedural import ProceduralVideoModel
from exoactor.imagine.prompt import video_prompt
from exoactor.imagine.style import sample_style
from exoactor.types import Action, ImagineRequest, Pose2D, StageError
from skills.variation import Choice, Range, open_fields, varied

WAVE = Action("wave", "waves", seconds=3.0, side="right")
POINT = Action("point", "points", seconds=3.5, side="right", at=(2.0, 0.0, 1.2))
WIPE = Action("wipe", "wipes", side="right", thing="table", at=(0.45, 0.0, 0.8), shift=(0.06, 0.28), strokes=4)
WRISTS = {"left": 20, "right": 21}


def moved(action: Action) -> PersonMotion:
    body = load_body()
    return act((action,), {}, Pose2D(0.0, 0.0, 0.0), sample_style(body, 5), body, 25.0)


def highest(motion: PersonMotion, side: str) -> float:
    """Of a wrist over the clip [m]."""
    return float(motion.joint_frames(load_body())[1][:, WRISTS[side], 2].max())


@pytest.mark.parametrize("action", [WAVE, POINT, Action("stand", "stands", seconds=3.0)])
def test_seconds_make_the_clip_longer(action: Action) -> None:
    """By as much, but that nobody waves for less than two swings take."""
    style = sample_style(load_body(), 5)
    least = 1.2 + 2.5 / style.wave_hz if action.kind == "wave" else 0.0
    longer = varied(action, {"seconds": action.seconds + 3})
    more = style.tempo * longer.seconds - max(style.tempo * action.seconds, least)
    assert len(moved(longer)) - len(moved(action)) == pytest.approx(25 * more, abs=1)


@pytest.mark.parametrize("action", [WAVE, POINT])
def test_the_hand_that_is_set_is_the_one_that_rises(action: Action) -> None:
    left = moved(varied(action, {"side": "left"}))
    assert highest(left, "left") > highest(left, "right") + 0.3
    right = moved(action)
    assert highest(right, "right") > highest(right, "left") + 0.3


def test_strokes_are_made() -> None:
    def turns(strokes: int) -> int:
        wrist = moved(varied(WIPE, {"strokes": strokes})).joint_frames(load_body())[1][:, WRISTS["right"]]
        over = wrist[wrist[:, 2] < wrist[:, 2].min() + 0.02][:, 1]
        speed = np.sign(np.diff(over)[np.abs(np.diff(over)) > 0.004])
        return int((np.diff(speed) != 0).sum()) + 1

    assert [turns(n) for n in (4, 5, 6)] == [4, 5, 6]


def test_the_clip_on_disk_changes(tmp_path: Path) -> None:
    for seed in range(20, 60):
        scene, observation = furnished_room(seed)
        wave = chain("wave", scene, seed)[0]
        try:
            plain, longer = (
                ProceduralVideoModel().imagine(
                    ImagineRequest(scene, observation, (action,), video_prompt(scene, (action,)), seed, 12),
                    tmp_path / f"{action.seconds}.mp4",
                )
                for action in (wave, varied(wave, {"seconds": wave.seconds + 3}))
            )
            break
        except StageError:
            continue
    assert longer.frames - plain.frames >= 20
    assert probe(longer.path).frames == longer.frames


def test_what_is_open_is_what_the_arguments_leave_open() -> None:
    assert open_fields(WAVE, {}) == {"seconds": Range(3.0, 6.0), "side": Choice(("left", "right"))}
    assert [*open_fields(WAVE, {"side": "right"})] == ["seconds"]
    assert open_fields(Action("stand", "stands", seconds=4.0), {"seconds": 4.0}) == {}
    assert open_fields(WIPE, {}) == {"strokes": Range(4, 6, whole=True)}
    lift = Action("lift", "lifts", 2.2, thing="box", rise=0.3)
    assert open_fields(lift, {}) == {} == open_fields(replace(lift, kind="walk"), {})


@pytest.mark.parametrize(
    ("allowed", "value", "fits"),
    [
        (Range(3.0, 6.0), 4.5, True),
        (Range(3.0, 6.0), 6.1, False),
        (Range(3.0, 6.0), True, False),
        (Range(3.0, 6.0), float("nan"), False),
        (Range(3.0, 6.0), "4", False),
        (Range(4, 6, whole=True), 5, True),
        (Range(4, 6, whole=True), 5.0, True),
        (Range(4, 6, whole=True), 4.5, False),
        (Choice(("left", "right")), "left", True),
        (Choice(("left", "right")), "both", False),
        (Choice(("left", "right")), ["left"], False),
    ],
)
def test_values_in_their_limits(allowed: Range | Choice, value: object, fits: bool) -> None:
    assert (allowed.problem(value) == "") is fits
