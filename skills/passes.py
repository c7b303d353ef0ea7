"""What going over and going under a bar have in common: up to it, straight across, and where there is room."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from exoactor.passage import along_and_aside, check_bar, is_forward, kept_inside, pose_by
from exoactor.types import Action, Pose2D, Scene, SceneObject, StageError
from skills.base import COMMON_FAILURES, Args, Skill, Symbols, robot_pose, seen_target, spoken
from skills.places import PERSON_HEIGHT, SHORT_PERSON, is_free, is_in_view

ASIDE = (0.0, -0.15, 0.15, -0.3, 0.3)
"""Where along the bar to try, from the place nearest to the robot [m]."""
THERE = 0.10
"""Nearer than this to where one begins [m], and turned to it, nobody takes a step."""
THERE_ANGLE = np.radians(8.0)

PASS_FAILURES: Mapping[str, str] = {
    **COMMON_FAILURES,
    "toppled": "the bar lies on the floor",
    "no_free_place": "there is no room before or beyond the bar inside the camera's view",
    "never_passed": "the person in the video does not get beyond the bar",
    "goes_round": "the person in the video walks round the bar",
    "wrong_bar": "the person in the video goes over or under another one",
    "not_in_place": "the robot did not get near enough to where it would begin",
    "not_beyond": "the robot is still before the bar",
    "astride": "the robot stands too near to the bar",
    "went_round": "the robot went past an end of the bar",
    "near_its_end": "the camera cannot tell whether the robot went past an end of the bar",
    "bar_moved": "the bar does not stand where it stood",
    "bar_fell": "the bar was knocked over",
    "bar_not_seen": "the bar cannot be seen, so it is not known whether it stands",
}


class Pass(Skill):
    """Walk up to a bar, squarely before it, and go straight across."""

    kind: ClassVar[Literal["step_over", "duck_under"]]
    before: ClassVar[float]
    """Where the imagined person begins, from the bar's middle [m]."""
    beyond: ClassVar[float]
    """And where it ends [m]."""

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """Beyond the bar, facing nothing in particular."""
        return symbols.moved(near=None, facing=None)

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """A walk to before the bar, if need be, and the way across it."""
        robot, bar = robot_pose(scene), seen_target(scene, args["object"])
        check_bar(bar)
        start, goal = _ends(scene, bar, robot, self.before, self.beyond)
        name = spoken(bar.id)
        across = Action(self.kind, self.says(name), goal=goal, thing=bar.id, rise=self.rise(bar))
        if start.is_near(robot, THERE, THERE_ANGLE):
            return (across,)
        return (Action("walk", f"walks up to the {name} and stops before it", goal=start), across)

    @abstractmethod
    def says(self, name: str) -> str:
        """What the person does, in words."""

    @abstractmethod
    def rise(self, bar: SceneObject) -> float:
        """How high the soles go, or the head may be [m]."""


def _ends(scene: Scene, bar: SceneObject, robot: Pose2D, before: float, beyond: float) -> tuple[Pose2D, Pose2D]:
    """Where one begins and ends: on the robot's side first, free and in view, as near as can be to the way ahead."""
    forward = is_forward(bar, robot.xy)
    nearest = kept_inside(bar, float(along_and_aside(bar, robot.xy[None])[0, 1]))
    for height in (PERSON_HEIGHT, SHORT_PERSON):
        for offset in ASIDE:
            aside = kept_inside(bar, nearest + offset)
            ends = pose_by(bar, forward, aside, -before), pose_by(bar, forward, aside, beyond)
            if all(is_free(scene, end.xy, (bar.id,)) and is_in_view(scene, end.xy, height) for end in ends):
                return ends
    raise StageError("imagine", "no_free_place", f"there is no room before or beyond {bar.id} in view")
