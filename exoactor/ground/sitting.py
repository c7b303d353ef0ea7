"""Whether the person of a video sits down or stands up, on what and when: from estimated pelvis, knees and trunk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from exoactor.seat import place_on, seat_facing
from exoactor.types import (
    BODY_JOINTS,
    Array,
    Contact,
    Expectation,
    HumanMotion,
    Scene,
    SceneObject,
    StageError,
    trunk_lean,
)
from exoactor.types.rotations import wrap

_HIPS, _KNEES, _ANKLES = (
    [BODY_JOINTS.index(f"{side}_{joint}") for side in ("left", "right")] for joint in ("hip", "knee", "ankle")
)


@dataclass(frozen=True)
class SittingCfg:
    """What counts as sitting.

    Args:
        low: hips lower than this share of the legs' length above the ankles do not stand ...
        bent: ... and with knees bent by more than this on both sides they sit, or squat [rad].
        upright: a trunk that leans over more does something else [rad].
        tall: hips higher than this share stand; between the two one is on the way.
        settled: hips within this share of where they end up have arrived there.
        seconds: for so long at the clip's end, or at its beginning, the person sits [s].
        deep: the pelvis of one who sits is about so far behind the edge [m] ...
        above: ... and its joint so far above the seat [m].
        place: it is estimated within this of there on the floor plane; what stands along the camera's line of sight is
            told apart by less than seats are from each other [m].
        height: and within this in height [m].
        turned: who sits looks away from the seat within this [rad].
    """

    low: float = 0.80
    bent: float = float(np.radians(45.0))
    upright: float = float(np.radians(35.0))
    tall: float = 0.93
    settled: float = 0.06
    seconds: float = 0.4
    deep: float = 0.18
    above: float = 0.10
    place: float = 0.40
    height: float = 0.16
    turned: float = float(np.radians(40.0))


def find_sitting(motion: HumanMotion, scene: Scene, cfg: SittingCfg | None = None) -> Contact | None:
    """The seat that the person sits down on, or stands up from; None if it does neither.

    Args:
        motion: estimated, in the camera's world frame.
        scene: as perceived when the clip was imagined.
        cfg: limits.
    """
    cfg = cfg or SittingCfg()
    share = gaussian_filter1d(_share(motion), 0.08 * motion.fps, mode="nearest")
    sits = (share < cfg.low) & (_bend(motion) > cfg.bent) & (trunk_lean(motion.joints) < cfg.upright)
    stands = share > cfg.tall
    count = max(2, round(cfg.seconds * motion.fps))
    if stands[:count].mean() > 0.5 and sits[-count:].all():
        part, kind = slice(len(motion) - count, None), "sit"
    elif sits[:count].all() and stands[-count:].mean() > 0.5:
        part, kind = slice(0, count), "rise"
    else:
        return None
    found = _on(motion, part, scene, cfg)
    if found is None:
        return None
    thing, heading = found
    way = float(np.median(motion.joints[-count:, 0, 2]) - np.median(motion.joints[:count, 0, 2]))
    turn = float(wrap(heading - thing.yaw))
    end = motion.seconds
    if kind == "sit":
        high = np.flatnonzero(share > float(np.median(share[-count:])) + cfg.settled)
        before = np.flatnonzero(stands)
        left = float(before[-1]) if len(before) else 0.0
        begin = min(float(high[-1] + 1) / motion.fps if len(high) else 0.0, end)
        reach = min(left / motion.fps, begin)
        bow = float(trunk_lean(motion.joints)[int(left) :].max())
        return Contact(thing.id, (), reach, begin, begin, end, way, turn, bow, "sit")
    up = int(np.argmax(stands))
    leaves = np.flatnonzero(sits[:up])
    begin = float(leaves[-1]) / motion.fps if len(leaves) else 0.0
    bow = float(trunk_lean(motion.joints)[: up + 1].max())
    return Contact(thing.id, (), 0.0, begin, up / motion.fps, end, way, turn, bow, "rise")


def must_sit(expectation: Expectation, contact: Contact | None) -> None:
    """Refuse a video that does not sit down on, or stand up from, what it should.

    Args:
        expectation: "seated", or "standing" of a robot that sits.
        contact: what the video does.

    Raises:
        StageError: ("estimate", "never_sat") or ("estimate", "never_rose").
    """
    if expectation.kind == "standing":
        if contact is None or contact.kind != "rise":
            raise StageError("estimate", "never_rose", "the video does not stand up from a seat")
        return
    if contact is None or contact.kind != "sit":
        raise StageError("estimate", "never_sat", f"the video never sits down on {expectation.target}")
    if contact.thing != expectation.target:
        raise StageError("estimate", "never_sat", f"the video sits down on {contact.thing}, not {expectation.target}")


def _share(motion: HumanMotion) -> Array:
    """(T,) height of the hips above the ankles, of the legs' length."""
    p = motion.joints
    thigh = np.linalg.norm(p[:, _HIPS] - p[:, _KNEES], axis=2)
    shank = np.linalg.norm(p[:, _KNEES] - p[:, _ANKLES], axis=2)
    length = float(np.median(thigh + shank))
    return np.asarray((p[:, _HIPS, 2].mean(axis=1) - np.sort(p[:, _ANKLES, 2], axis=1)[:, 0]) / length)


def _bend(motion: HumanMotion) -> Array:
    """(T,) bend of the straighter knee [rad]."""
    p = motion.joints
    thigh, shank = p[:, _KNEES] - p[:, _HIPS], p[:, _ANKLES] - p[:, _KNEES]
    cosine = (thigh * shank).sum(axis=2) / (np.linalg.norm(thigh, axis=2) * np.linalg.norm(shank, axis=2))
    return np.asarray(np.arccos(np.clip(cosine, -1.0, 1.0)).min(axis=1))


def _on(motion: HumanMotion, part: slice, scene: Scene, cfg: SittingCfg) -> tuple[SceneObject, float] | None:
    """What the person sits on during a part of the clip, and the person's heading there [rad]."""
    pelvis = np.median(motion.joints[part, 0], axis=0)
    heading = float(motion.heading[part].mean())
    best: tuple[float, SceneObject] | None = None
    for thing in scene.objects:
        seat = seat_facing(thing, heading, cfg.turned) if thing.confidence >= 0.5 else None
        if seat is None or abs(float(pelvis[2]) - seat.height - cfg.above) > cfg.height:
            continue
        aside = float(np.clip(seat.aside(pelvis[:2]), -seat.half_width, seat.half_width))
        middle = place_on(seat, cfg.deep)[:2] + aside * np.array([-seat.outward[1], seat.outward[0]])
        away = float(np.linalg.norm(pelvis[:2] - middle))
        if away <= cfg.place and (best is None or away < best[0]):
            best = (away, thing)
    return None if best is None else (best[1], heading)
