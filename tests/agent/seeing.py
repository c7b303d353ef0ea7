"""A pipeline without physics that leaves real pictures and a real clip, and what a model may say of them."""

import cv2
import numpy as np
from fakes import FakePipeline

from exoactor import attempt
from exoactor.formats.video import write_mp4
from exoactor.types import Camera, Observation, Proprioception

LOOKS = 12
CAMERA = Camera.looking_at(np.array([2.2, -5.0, 2.2]), np.array([0.6, 0.3, 0.6]), 55.0, (96, 72))


def picture(seed, size=(96, 72)):
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 255, (6, 8, 3)).astype(np.uint8)
    return cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)


class SeeingPipeline(FakePipeline):
    """Every look is another picture, as of a real camera."""

    camera, picture = CAMERA, staticmethod(picture)

    def observe(self, folder):
        scene = super().observe(folder)
        cv2.imwrite(str(folder / attempt.OBSERVATION), self.picture(len(self.calls)))
        return scene

    def imagine(self, folder, scene, actions, seed, progress=None, wording=None):
        path = super().imagine(folder, scene, actions, seed, progress, wording)
        write_mp4(path, (self.picture(seed + k) for k in range(20)), 25)
        return path

    def track(self, folder, should_stop=lambda: False, progress=None):
        report = super().track(folder, should_stop, progress)
        felt = Proprioception(np.zeros(29), None, np.zeros(3))
        looks = [
            Observation(k / 4, self.picture(1000 + k), np.ones(self.camera.size[::-1], np.float32), self.camera, felt)
            for k in range(LOOKS)
        ]
        attempt.save_frames(folder / attempt.FRAMES, looks)
        return report

    def check(self, folder, expectation):
        verdict = super().check(folder, expectation)
        cv2.imwrite(str(folder / attempt.AFTER), self.picture(len(self.calls)))
        return verdict


def reached(says, **more):
    """Of an outcome: to the plain question."""
    return {"before": "a robot, its arms down", "after": "the robot, an arm up", "reached": says, **more}


def missed(says, **more):
    """Of an outcome: to the question turned round."""
    return {"before": "a robot, its arms down", "after": "the robot, an arm up", "missed": says, **more}


def shows(step="yes", one="yes"):
    """Of a video."""
    return {"seen": "a person walks and waves", "shows_step": step, "one_person": one}


def shows_other(other="no", somebody="no"):
    """Of a video, to the question turned round."""
    return {"seen": "a person sits down", "something_else": other, "somebody_else": somebody}
