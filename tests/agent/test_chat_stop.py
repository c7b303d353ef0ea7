"""A stop on the real pipeline: heard at once, and the simulated robot stands still within two seconds of its time."""

import numpy as np
import pytest
from person import ACKNOWLEDGED, Person

from agent.planner import DeterministicPlanner
from agent.series import Series
from agent.session import Stop
from exoactor.parts import PipelineCfg
from exoactor.pipeline import SimPipeline
from exoactor.world.scene_file import load_scene

pytestmark = [pytest.mark.assets, pytest.mark.slow]

STILL_WITHIN = 2.0
"""Of simulated time after the stop [s]."""
STILL = 0.05
"""A pelvis slower than this over half a second stands [m/s]."""
STAYS = 0.05
"""And from then on it stays as near to where it stands in the end [m]."""


def test_the_walking_robot_stands_still_within_two_seconds(tmp_path):
    seed, way = 7, 0.6
    spec = load_scene("open_room")
    pipeline = SimPipeline(spec, seed=seed, cfg=PipelineCfg(record=False))
    stop, steps = Stop(), []
    walk = pipeline.robot.step

    def step(targets):
        walk(targets)
        truth = pipeline.robot.truth()
        steps.append((truth["time"], *truth["robot"][:2], stop.asked()))
        if np.hypot(steps[-1][1] - steps[0][1], steps[-1][2] - steps[0][2]) > way:
            stop.ask()  # in mid-stride

    pipeline.robot.step = step
    series = Series(tmp_path, spec, pipeline, DeterministicPlanner(), seed, {"pipeline": {}, "model": None})
    summary = series.work(series.begin("walk to the chair"), stop=stop)
    assert summary["status"] == "interrupted"
    pipeline.wait(3.0)
    time, x, y, asked = np.array(steps).T
    since = time - time[asked > 0][0]
    back = 25  # half a second: it shifts its weight from foot to foot while it comes to rest
    speed = np.hypot(x[back:] - x[:-back], y[back:] - y[:-back]) / (time[back:] - time[:-back])
    assert speed[since[back:] <= 0].max() > 0.2, "it was walking"
    away = since[np.hypot(x - x[-1], y - y[-1]) > STAYS].max()
    moving = since[back:][speed > STILL].max()
    print(f"within {STAYS} m of where it stays {away:.2f} s, slower than {STILL} m/s {moving:.2f} s after the stop")
    assert max(away, moving) < STILL_WITHIN
    assert not pipeline.robot.truth()["fallen"]
    pipeline.close()


def test_a_person_stops_the_real_pipeline(tmp_path):
    person = Person("-m", "agent.cli", "chat", "--scene", "open_room", "--seed", "5", "--out", str(tmp_path / "chat"))
    try:
        person.reads("> ", 60)
        person.says("walk to the chair")
        person.reads("imagining", 60)
        person.says("stop")
        assert person.reads("Stopping") < ACKNOWLEDGED
        person.reads("Stopped; the robot stands", 60)
        person.says("turn to the table, then walk to the chair")
        person.reads("performing", 120)
        person.presses("^C")
        assert person.reads("Stopping") < ACKNOWLEDGED
        person.reads("Stopped; the robot stands", 60)
        person.says("why did you stop?")
        person.reads("in mid-motion; the robot was brought to a stand")
        person.says("what do you see?")
        person.reads("I see 3 things", 60)
        assert person.hangs_up() == 0
    finally:
        person.leaves()
