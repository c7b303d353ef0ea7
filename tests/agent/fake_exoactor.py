"""The `exoactor` command on the pipeline without physics; its robot takes its time to move, and can be stopped.

FAKE_MOVES names a file with how long each motion takes [s] and what the check then says, e.g. `[[4.0, null],
[0.1, "too_far"]]`; "fell" is a fall.
"""

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from fakes import FakePipeline, room

import agent.series
import exoactor.assets
from exoactor.types import Interrupted, Outcome, Verdict


class Sim(FakePipeline):
    def __init__(self):
        super().__init__(room())
        self.moves = json.loads(Path(os.environ["FAKE_MOVES"]).read_text()) if "FAKE_MOVES" in os.environ else []
        self.says = None

    def track(self, folder, should_stop=lambda: False, progress=None):
        seconds, self.says = self.moves.pop(0) if self.moves else (0.1, None)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if should_stop():
                raise Interrupted("stopped; the robot stands")
            time.sleep(0.02)
        fell = self.says == "fell"
        return {**super().track(folder, should_stop, progress), "fell": fell}

    def check(self, folder, expectation):
        if self.says is not None:
            self.script[("check", self.calls.count("check") + 1)] = Verdict(Outcome.NOT_DONE, self.says, 1.2, 0.7, "m")
        return super().check(folder, expectation)


agent.series.sim_pipeline = lambda spec, seed, config: Sim()
exoactor.assets.check = list

from agent.cli import main  # noqa: E402  (the stand-ins come first)

main()
