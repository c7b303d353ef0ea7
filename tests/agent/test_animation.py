import cv2
import numpy as np
import pytest

from agent.animation import WIDTH, animate
from agent.journal import Journal
from agent.run_folder import Job
from exoactor.files import write_json
from exoactor.formats.video import write_mp4
from exoactor.types import ConfigError

PLAN = [{"id": 1, "skill": "wave", "args": {}}, {"id": 2, "skill": "turn_to", "args": {"target": "door"}}]


def run_folder(path, performed):
    write_json(path / "job.json", vars(Job("wave", "living_room", 0)))
    journal = Journal(path / "journal.jsonl")
    journal.write("planned", "plan-0", status="ok", plan=PLAN)
    for attempt, grey in performed:
        folder = path / attempt
        folder.mkdir(parents=True)
        for name in ("imagined.mp4", "rollout.mp4"):
            write_mp4(folder / name, [np.full((240, 320, 3), grey, np.uint8)] * 25, 25)
        journal.write("motion_finished", f"{attempt}/motion", attempt=attempt, seconds=1.0, fell=False)
    return path


def test_the_last_attempt_of_every_step_is_shown(tmp_path):
    attempts = [
        ("subtasks/01-wave/attempt-1", 40),
        ("subtasks/01-wave/attempt-2", 120),
        ("subtasks/02-turn_to/attempt-1", 200),
    ]
    run = run_folder(tmp_path / "run", attempts)
    animate(run, tmp_path / "a.webp")
    ok, found = cv2.imreadanimation(str(tmp_path / "a.webp"))
    assert ok
    assert 2.0 <= sum(found.durations) / 1000 <= 4.0  # equal neighbours are one frame shown longer
    first, last = found.frames[0], found.frames[-1]
    assert first.shape[1] == 2 * WIDTH
    assert abs(float(first[100:, :, :3].mean()) - 120) < 12
    assert abs(float(last[100:, :, :3].mean()) - 200) < 12


def test_what_cannot_be_shown_is_refused(tmp_path):
    run = run_folder(tmp_path / "run", [])
    with pytest.raises(ConfigError, match="performed"):
        animate(run, tmp_path / "a.webp")
    with pytest.raises(ConfigError, match="webp"):
        animate(run, tmp_path / "a.mp4")
    with pytest.raises(ConfigError, match="run folder"):
        animate(tmp_path, tmp_path / "a.gif")
    assert not list(tmp_path.glob("*.webp"))
