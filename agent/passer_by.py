"""Who disturbs: somebody puts things back, moves them, or pushes the robot; the robot is told nothing of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import cycle, islice

import numpy as np

from agent.journal import Event
from agent.standing_goal import StandingGoal
from exoactor.stance import distance_to_footprint
from exoactor.types import Array, Pose2D, Scene, SceneObject
from exoactor.world.faults import Fault, parse_fault
from exoactor.world.placement import in_view

PLACES = ((0.0, -0.6), (0.6, 0.0), (0.0, 0.0), (-0.6, 0.0), (0.0, 0.6))
"""Where things are moved to in turn, from where they were seen first, x, y in the world [m]."""
ROOM = 0.65
"""Between the middle of what was moved and all else [m]."""
PUSH = "push_robot:newton_seconds=15,direction_deg=90,t=2.0@1.1"


class PasserBy:
    """Disturbs a standing goal in turn by what breaks it, and pushes the robot in every second reaction.

    Args:
        goal: that is disturbed.
        events: of its journal, where another process was disturbed before.

    Attributes:
        home: where what is moved was seen first, x, y in the world [m]; None before that.
    """

    def __init__(self, goal: StandingGoal, events: Iterable[Event] = ()) -> None:
        before = list(events)
        disturbed = [e for e in before if e["event"] == "disturbed"]
        self._goal = goal
        self._places: Iterator[tuple[float, float]] = cycle(PLACES)
        self.home: Array | None = np.array(home) if disturbed and (home := disturbed[0]["home"]) else None
        self._things = islice(cycle([c.of for c in goal.conditions]), len(disturbed), None)
        self._reactions = sum(e["event"] == "reacting" for e in before)

    def does(self, scene: Scene) -> Fault | None:
        """What is done to the world now; None where there is no room for it.

        Args:
            scene: as it is seen; somebody who walks past sees it too.
        """
        if self._goal.kind == "clear":
            return parse_fault(f"put_back:id={next(self._things)}@1.1")
        thing = scene.get(self._goal.target)
        if thing is None:
            return None
        self.home = thing.position[:2] if self.home is None else self.home
        for _ in PLACES:
            away = self.home + np.array(next(self._places)) - thing.position[:2]
            moved = thing.moved(np.array([*away, 0.0]))
            there = replace(scene, objects=tuple(moved if o.id == thing.id else o for o in scene.objects))
            if _has_room(moved, there) and self._goal.told(there)[0] is False:
                return parse_fault(f"move_object:id={thing.id},dx={away[0]:.2f},dy={away[1]:.2f}@1.1")
        return None

    def in_reaction(self) -> tuple[Fault, ...]:
        """What is done to the robot while it reacts."""
        self._reactions += 1
        return () if self._reactions % 2 else (parse_fault(PUSH),)


def _has_room(thing: SceneObject, scene: Scene) -> bool:
    """Whether it stands free there, in view, with the robot not in its way."""
    place = thing.position[:2]
    others = [o for o in scene.objects if o.id != thing.id]
    clear = all(distance_to_footprint(o, place) > ROOM for o in others)
    away = scene.robot is None or float(np.linalg.norm(scene.robot.xy - place)) > ROOM + 0.1
    return clear and away and in_view(scene.camera, Pose2D(float(place[0]), float(place[1]), 0.0))


def in_words(fault: Fault) -> str:
    """What was done, for a person."""
    if fault.kind == "put_back":
        return f"{fault.options['id']} is put back"
    if fault.kind == "move_object":
        return f"{fault.options['id']} is moved by {fault.number('dx'):.1f}, {fault.number('dy'):.1f} m"
    return f"the robot is pushed with {fault.number('newton_seconds'):.0f} Ns"
