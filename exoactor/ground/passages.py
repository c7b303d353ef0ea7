"""Which bar the person in the video goes over or under, and how: from the motion and the scene alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from exoactor.passage import WAYS, along_and_aside, crossed, room_below
from exoactor.types import (
    BODY_JOINTS,
    PASSED,
    Array,
    Expectation,
    HumanMotion,
    Passage,
    Scene,
    SceneObject,
    StageError,
    trunk_lean,
)

_ANKLES = (BODY_JOINTS.index("left_ankle"), BODY_JOINTS.index("right_ankle"))
_BALLS = (BODY_JOINTS.index("left_foot"), BODY_JOINTS.index("right_foot"))
_NECK, _HEAD = BODY_JOINTS.index("neck"), BODY_JOINTS.index("head")


@dataclass(frozen=True)
class PassageCfg:
    """What counts as going across.

    Args:
        confidence: bars perceived with less are none.
        around: the highest that a foot is within so long of crossing counts [s].
        scrapes: the fit's error of a foot's height; a foot that seems lower than a bar by more than this kicks it [m].
        knocks: the same of the head [m].
        crown: from the head's joint to the top of the head [m].
        upright: hips lower than this share of their height at first have begun to go down ...
        bowed: ... and so has a trunk that is pitched more than this beyond how it stood [rad].
    """

    confidence: float = 0.5
    around: float = 0.16
    scrapes: float = 0.03
    knocks: float = 0.10
    crown: float = 0.19
    upright: float = 0.96
    bowed: float = 0.15


def find_passage(motion: HumanMotion, scene: Scene, cfg: PassageCfg | None = None) -> Passage | None:
    """The first bar that the person's way leads across, between its ends; None if it leads across none.

    How high the feet and how low the head are is measured, not judged; see `must_pass`.

    Args:
        motion: estimated, in the camera's world frame.
        scene: as perceived when the clip was imagined.
        cfg: limits.
    """
    cfg = cfg or PassageCfg()
    found = [
        _passage(motion, thing, cfg)
        for thing in scene.objects
        if thing.item.kind in WAYS and thing.confidence >= cfg.confidence
    ]
    return min((p for p in found if p is not None), key=lambda p: p.begin, default=None)


def must_pass(
    expectation: Expectation, passage: Passage | None, motion: HumanMotion, scene: Scene, cfg: PassageCfg | None = None
) -> None:
    """Refuse a video that does not go over or under what it is to, or does so through it.

    Raises:
        StageError: ("estimate", code) with code never_passed, goes_round, wrong_bar, kicks_it or knocks_it.
    """
    cfg = cfg or PassageCfg()
    if expectation.kind not in PASSED:
        return
    target = str(expectation.target)
    thing = scene.get(target)
    if passage is None or thing is None:
        raise StageError("estimate", *_how_not(motion, thing, target))
    if passage.thing != target:
        raise StageError("estimate", "wrong_bar", f"the video goes {passage.way} {passage.thing}, not {target}")
    if passage.way == "over":
        low = min(passage.clears)
        if low < thing.top - cfg.scrapes:
            hint = f"the video lifts a foot {100 * low:.0f} cm; {target} is {100 * thing.top:.0f} cm high"
            raise StageError("estimate", "kicks_it", hint)
    elif passage.crown > room_below(thing.item) + cfg.knocks:
        hint = f"the head is {passage.crown:.2f} m high in the video; {target} leaves {room_below(thing.item):.2f} m"
        raise StageError("estimate", "knocks_it", hint)


def _how_not(motion: HumanMotion, thing: SceneObject | None, target: str) -> tuple[str, str]:
    if thing is not None:
        along = along_and_aside(thing, motion.joints[:, 0, :2])[:, 0]
        if along[0] * along[-1] < 0:
            return "goes_round", f"the person in the video walks round {target}"
    return "never_passed", f"the video does not get beyond {target}"


def _passage(motion: HumanMotion, thing: SceneObject, cfg: PassageCfg) -> Passage | None:
    joints, fps = motion.joints, motion.fps
    hips = gaussian_filter1d(joints[:, 0], 0.12 * fps, axis=0, mode="nearest")
    across = crossed(hips[:, :2], thing)
    if across is None:
        return None
    at, sign = across.frame, 1.0 if across.forward else -1.0
    first = max(3, int(0.3 * fps))
    standing = np.median(joints[:first], axis=0)
    crossings, lifts, clears = [], [], []
    for ankle, ball in zip(_ANKLES, _BALLS, strict=True):
        over = []
        for joint in (ball, ankle):
            behind = np.flatnonzero(sign * along_and_aside(thing, joints[:, joint, :2])[:, 0] <= 0)
            when = min(int(behind[-1]) + 1 if len(behind) else 0, len(joints) - 1)
            over.append(float(joints[max(0, when - 1) : when + 2, joint, 2].max() - standing[joint, 2]))
        crossings.append(when)
        clears.append(min(over))
        near = slice(max(0, when - round(cfg.around * fps)), when + round(cfg.around * fps) + 1)
        lifts.append(float(joints[near, ankle, 2].max() - standing[ankle, 2]))
    foot = int(np.argmin(crossings))
    pitch = trunk_lean(joints) - trunk_lean(standing[None])[0]
    heights = hips[:, 2] / standing[0, 2]
    if WAYS[thing.item.kind] == "over":
        reach = _last(motion.contacts[:, foot], crossings[foot])
    else:
        reach = _last((heights > cfg.upright) & (pitch < cfg.bowed), at)
    up = joints[at, _HEAD] - joints[at, _NECK]
    crown = joints[at, _HEAD, 2] + cfg.crown * up[2] / max(float(np.linalg.norm(up)), 1e-6)
    beyond = sign * float(along_and_aside(thing, hips[-1:, :2])[0, 0])
    return Passage(
        thing.id,
        WAYS[thing.item.kind],
        across.forward,
        across.aside,
        min(reach, at) / fps,
        at / fps,
        ("left", "right")[foot],
        (lifts[0], lifts[1]),
        (clears[0], clears[1]),
        float(crown),
        float(1 - heights[max(0, at - 2) : at + 3].mean()),
        float(pitch[max(0, at - 2) : at + 3].mean()),
        beyond,
    )


def _last(true: Array, before: int) -> int:
    """The last frame up to `before` at which something is so; 0 if it never is."""
    frames = np.flatnonzero(true[: before + 1])
    return int(frames[-1]) if len(frames) else 0
