"""How `bench faithful` changes a video, and what it counts."""

import numpy as np
import pytest

from agent.bench.faithful import CHANGES, HANDS, SWAPS, _alter, cases, summarize
from exoactor.formats.video import probe, read_frames, write_mp4


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "clip.mp4"
    ramp = np.zeros((48, 64, 3), np.uint8)
    ramp[:, :32] = 200
    write_mp4(path, [np.roll(ramp, k, axis=0) for k in range(12)], 25.0)
    return path


def test_at_half_speed_every_picture_is_there_twice(clip):
    before = probe(clip)
    _alter(clip, "half speed")
    after = probe(clip)
    assert (after.frames, after.fps) == (2 * before.frames, before.fps)


def test_mirrored_left_is_right(clip):
    _alter(clip, "mirrored")
    frame = next(iter(read_frames(clip))).astype(int)
    assert frame[:, 40:].mean() > 150
    assert frame[:, :24].mean() < 50


def test_what_is_changed_before_imagining_leaves_the_clip_alone(clip):
    content = clip.read_bytes()
    _alter(clip, "left hand")
    _alter(clip, "")
    assert clip.read_bytes() == content


def test_each_swap_and_change_is_tried_twice_and_counted_in_its_group():
    made = cases(None, 5000)
    assert len({c["id"] for c in made}) == len(made) == 2 * (len(SWAPS) + len(HANDS) + len(CHANGES))
    followed = {"followed": True, "did_as_asked": False, "stopped": None}
    table = summarize([{**case, **followed} for case in made])
    assert {k: v["n"] for k, v in table.summary.items()} == {
        "another subtask: walks and gestures": 20,
        "another subtask: hands on things": 16,
        "left hand": 4,
        "half speed": 6,
        "mirrored": 6,
    }
    assert all(row["followed"] == row["n"] for row in table.summary.values())
