"""A pipeline without physics that really writes files: the robot goes where its plan says, and fails on demand.

Its world is a robot pose and the things' places, saved and loaded like the simulator's. Stage functions
draw from `script`: {(stage, nth call): exception or verdict}.
"""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

from exoactor.files import write_json, write_npz
from exoactor.imagine.prompt import video_prompt
from exoactor.stance import distance_to_footprint
from exoactor.types import Camera, CatalogueItem, GateResult, Outcome, Pose2D, Scene, SceneObject, Verdict, Wording

CAMERA = Camera.looking_at(np.array([2.2, -5.0, 2.2]), np.array([0.6, 0.3, 0.6]), 55.0, (640, 480))


def thing(id, kind, x, y, yaw=0.0, size=(0.6, 0.8, 0.7), color="wood", z=0.0):
    return SceneObject(CatalogueItem(id, kind, color, np.array(size), False), np.array([x, y, z]), yaw, 1.0)


START = Pose2D(0.0, 0.0, 0.0)


def room(robot=START):
    return Scene(
        (
            thing("table", "table", 1.6, 0.0),
            thing("red_chair", "chair", 0.2, 1.5, size=(0.45, 0.45, 0.8), color="red"),
            thing("door", "door", -1.3, 0.0, size=(0.08, 0.9, 2.0), color="blue"),
        ),
        robot,
        1.0,
        CAMERA,
    )


class FakePipeline:
    """Acts out action chains in `self.scene`."""

    def __init__(self, scene=None, script=None, calls=None):
        self.scene = scene or room()
        self.catalogue = tuple(o.item for o in self.scene.objects)
        self.script = dict(script or {})
        self.calls = calls if calls is not None else []
        self.armed = ()
        self.closed = False
        self.autosave = self.holding = self.seat = None
        self.waited = 0.0

    def _call(self, stage):
        self.calls.append(stage)
        planned = self.script.get((stage, self.calls.count(stage)))
        if isinstance(planned, BaseException):
            raise planned
        if callable(planned):
            return planned(self)
        return planned

    def arm(self, faults):
        self.armed = tuple(faults)

    def observe(self, folder):
        self._call("observe")
        write_json(folder / "observation.json", {"scene": self.scene.to_json()})
        return self.scene

    def imagine(self, folder, scene, actions, seed, progress=None, wording=None):
        self._call("imagine")
        wording = wording or Wording.of(actions)
        for i in range(4):
            if progress:
                progress((i + 1) / 4)
        goal = next((a.goal for a in reversed(actions) if a.goal is not None), None)
        said = {"prompt": video_prompt(scene, actions, wording), "wording": wording.to_json()}
        goal = None if goal is None else goal.to_json()
        write_json(folder / "imagined.json", {"seed": seed, "goal": goal, **said})
        (folder / "imagined.mp4").write_bytes(b"not a real clip")
        return folder / "imagined.mp4"

    def gate(self, folder):
        self._call("gate")
        return [GateResult("cut", True, 0.1, 0.5, "")]

    def estimate(self, folder, progress=None):
        self._call("estimate")
        write_npz(folder / "human.npz", {"made": 1})

    def ground(self, folder, expectation=None):
        self._call("ground")
        write_npz(folder / "grounded.npz", {"made": 1})
        return {"target": None, "shift_m": 0.0, "turn_deg": 0.0}

    def retarget(self, folder):
        self._call("retarget")
        write_npz(folder / "robot.npz", {"made": 1})

    def track(self, folder, should_stop=lambda: False, progress=None):
        fell = self._call("track")
        goal = json.loads((folder / "imagined.json").read_text())["goal"]
        if goal is not None:
            self.scene = replace(self.scene, robot=Pose2D(*goal))
        write_npz(folder / "rollout.npz", {"made": 1})
        return {"fell": bool(fell), "seconds": 4.0}

    def check(self, folder, expectation):
        planned = self._call("check")
        verdict = planned if isinstance(planned, Verdict) else self._see(expectation)
        write_json(folder / "verdict.json", verdict.to_json())
        write_json(folder / "truth.json", {"true": verdict.outcome is Outcome.DONE, "measured": 0.0, "unit": "m"})
        return verdict

    def _see(self, expectation):
        if expectation.kind == "at":
            distance = distance_to_footprint(self.scene.get(expectation.target), self.scene.robot.xy)
            near = distance < 0.7
            return Verdict(
                Outcome.DONE if near else Outcome.NOT_DONE, "reached" if near else "too_far", distance, 0.7, "m"
            )
        return Verdict(Outcome.DONE, "seen")

    def save_world(self, path):
        write_npz(path, {"robot": np.array(self.scene.robot.to_json())})

    def load_world(self, path):
        self.calls.append("load_world")
        with np.load(path) as data:
            self.scene = replace(self.scene, robot=Pose2D(*data["robot"]))

    def wait(self, seconds):
        self.waited += seconds

    def close(self):
        self.closed = True
