"""Where the way of one who sits down, or stands up, ends: before the seat as it stands now."""

from __future__ import annotations

import numpy as np

from exoactor.ground.following import must_be_near, then_and_now
from exoactor.ground.warp import to_goal
from exoactor.seat import Seat, seat_facing, turned_since
from exoactor.types import Array, Contact, Pose2D, Scene, SceneObject, StageError
from exoactor.types.rotations import wrap

SHORT = 0.32
"""The walk ends so far before the edge of the seat, and small steps back do the rest [m]: heels that come too far would
push against what stands there."""
AHEAD = (0.34, 0.55)
"""Who has risen steps forward to so far before the edge, at least and at most [m]: from nearer no way leads on, and
the video's step may be longer than the robot's."""


def to_seat(aligned: Array, scene: Scene, shown: Scene, contact: Contact, reach_on: float) -> Array:
    """Path (T, 3) now of a video that sits down: to before the seat, the back to it, on the video's side.

    Args:
        aligned: path in the present [m, m, rad].
        scene: as perceived now.
        shown: as perceived when the video was imagined.
        contact: what the video does.
        reach_on: a thing that moved may be followed by its displacement and this much [m].

    Raises:
        StageError: ("ground", "target_gone"), ("ground", "no_seat") or ("ground", "target_too_far").
    """
    then, now = then_and_now(contact.thing, shown, scene)
    goal = seat_now(contact, then, now).stance(SHORT)
    must_be_near(goal, aligned, then, now, reach_on)
    return to_goal(aligned, goal)


def risen(end: Array, robot: Pose2D, scene: Scene, shown: Scene, contact: Contact) -> Pose2D:
    """Where a robot that sits ends once it has risen: as far before the edge as the person, within `AHEAD`.

    Args:
        end: (3,) of the video's path in `shown` [m, m, rad].
        robot: where it sits.
        scene: as perceived now.
        shown: as perceived when the video was imagined.
        contact: what the video does.

    Raises:
        StageError: ("ground", "target_gone") or ("ground", "no_seat").
    """
    then, now = then_and_now(contact.thing, shown, scene)
    in_video, seat = seat_now(contact, then, then), seat_now(contact, then, now)
    ahead = float(np.clip(-in_video.behind_edge(end[:2]), *AHEAD))
    return seat.stance(ahead, seat.aside(robot.xy))


def seat_now(contact: Contact, then: SceneObject, now: SceneObject) -> Seat:
    """The side of a thing that the video sits on, where it stands now.

    Args:
        contact: what the video does.
        then: the thing as perceived when the video was imagined.
        now: as perceived now; a bench looks the same turned half round, and may be said to be.

    Raises:
        StageError: ("ground", "no_seat").
    """
    seat = seat_facing(now, float(wrap(then.yaw + contact.heading + turned_since(then, now))))
    if seat is None:
        raise StageError("ground", "no_seat", f"{contact.thing} has no seat on the side that the video sits on")
    return seat
