"""A video may be followed to where a thing stands now as far as the thing has moved since, and a little further."""

from __future__ import annotations

import numpy as np

from exoactor.types import Array, Pose2D, Scene, SceneObject, StageError


def then_and_now(id: str, shown: Scene, scene: Scene) -> tuple[SceneObject, SceneObject]:
    """A thing as it was perceived when the video was imagined, and as it is now.

    Raises:
        StageError: ("ground", "target_gone").
    """
    then, now = shown.get(id), scene.get(id)
    if now is None or then is None:
        raise StageError("ground", "target_gone", f"{id} is no longer seen")
    return then, now


def must_be_near(goal: Pose2D, aligned: Array, then: SceneObject, now: SceneObject, reach_on: float) -> None:
    """Refuse a goal that is further from where the video ends than the thing has moved.

    Args:
        goal: where the path is to end.
        aligned: path (T, 3) of the video in the present [m, m, rad].
        then: the thing as perceived when the video was imagined.
        now: as perceived now.
        reach_on: so much further is allowed [m].

    Raises:
        StageError: ("ground", "target_too_far").
    """
    moved = float(np.linalg.norm(now.position[:2] - then.position[:2]))
    shift = float(np.linalg.norm(goal.xy - aligned[-1, :2]))
    if shift > moved + reach_on:
        raise StageError(
            "ground", "target_too_far", f"{now.id}: the video ends {shift:.2f} m away, it moved {moved:.2f} m"
        )
