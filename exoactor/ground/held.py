"""What is in the hands from the beginning of a clip: carried, let down, let go of, or dropped into something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from exoactor.container import opening
from exoactor.grip import grip, level_below
from exoactor.ground.hands import ContactCfg, at_first, distances_to, filled, hands_with
from exoactor.types import Camera, Contact, ContactKind, HumanMotion, Rise, Scene, SceneObject, trunk_lean
from exoactor.types.rotations import wrap


def held_at_first(motion: HumanMotion, thing: SceneObject, camera: Camera, cfg: ContactCfg | None = None) -> bool:
    """Whether a hand is at a thing when the clip begins."""
    return bool(hands_with(motion, thing, np.zeros(len(motion)), at_first(motion), camera, cfg or ContactCfg()))


def carried_along(motion: HumanMotion, thing: SceneObject, camera: Camera, cfg: ContactCfg) -> Contact | None:
    """The contact of hands that hold a thing from the first picture to the last."""
    near = hands_with(motion, thing, np.zeros(len(motion)), at_first(motion), camera, cfg)
    return _held_from_the_beginning(motion, thing, near, 0.0, "carry", cfg) if near else None


def let_drop(
    motion: HumanMotion, thing: SceneObject, scene: Scene, into: str, cfg: ContactCfg | None = None
) -> Contact | None:
    """The contact of a hand that holds a thing at first, goes away at the end, and lets it fall into something.

    Args:
        motion: estimated, in the camera's world frame.
        thing: what is held.
        scene: as perceived when the clip was imagined.
        into: id of the basket or bin that it ends in.
        cfg: limits.
    """
    cfg = cfg or ContactCfg()
    container = scene.get(into)
    near = distances_to(motion, thing, at_first(motion), cfg)
    if container is None or not near:
        return None
    low, height = opening(container), float(thing.position[2])
    over = thing.moved(np.array([0.0, 0.0, low.rim - height]))
    away = distances_to(motion, over, slice(-max(2, int(0.3 * motion.fps)), None), cfg)
    travelled = float(np.linalg.norm(motion.joints[-1, 0, :2] - motion.joints[0, 0, :2]))
    nearest = min(near, key=lambda side: near[side])
    if near[nearest] > cfg.held_out or travelled > cfg.walked or min(away.values(), default=0.0) < cfg.let_go:
        return None
    return replace(
        _held_from_the_beginning(motion, thing, {nearest: near[nearest]}, low.floor - height, "put_down", cfg),
        into=into,
    )


def in_air(thing: SceneObject, scene: Scene, cfg: ContactCfg) -> bool:
    """Whether a thing is held up, and does not just stand high, as what somebody walks away from may."""
    return float(thing.position[2]) >= cfg.in_air and thing.position[2] - level_below(thing, scene) >= cfg.clear


def let_go_of(motion: HumanMotion, thing: SceneObject, rise: Rise, scene: Scene, cfg: ContactCfg) -> Contact | None:
    """The contact of hands that hold a thing at first and leave it where it is, or a little lower."""
    height = filled(rise.height)
    if height is None or len(height) < 3:
        return None
    way = float(np.median(height[-5:]) - np.median(height[:5]))
    lowered = thing.moved(np.array([0.0, 0.0, min(way, 0.0)]))
    near = distances_to(motion, thing, at_first(motion), cfg)
    away = distances_to(motion, lowered, slice(-max(2, int(0.3 * motion.fps)), None), cfg)
    above = float(lowered.position[2]) - level_below(thing, scene)
    if not near or not away or abs(way) > cfg.lifted or above > cfg.floats:
        return None
    nearest = min(near, key=lambda side: near[side])
    if near[nearest] > cfg.near or min(away.values()) < near[nearest] + cfg.left:
        return None
    return _held_from_the_beginning(motion, thing, {nearest: near[nearest]}, min(way, 0.0), "put_down", cfg)


def let_down(
    motion: HumanMotion, thing: SceneObject, rise: Rise, left: tuple[float, float], scene: Scene, cfg: ContactCfg
) -> Contact | None:
    """The contact of the hand that goes down with a thing, or of both where it is too wide for one.

    Args:
        motion: of the person.
        thing: where it is held at first.
        rise: how high it is seen.
        left: when it begins to go down [s], and how far it goes [m, negative].
        scene: with the camera.
        cfg: limits.
    """
    time, way = left
    height = filled(rise.height)
    assert height is not None
    height = np.interp(np.arange(len(motion)) / motion.fps, rise.times, height - np.median(height[:5]))
    down = slice(0, max(int(np.argmax(height < way + cfg.landed)), 1) + 1)
    near = hands_with(motion, thing, height, down, scene.camera, cfg)
    if not near:
        return None
    found = _held_from_the_beginning(motion, thing, near, way, "put_down", cfg)
    bow = float(trunk_lean(motion.joints[round(time * motion.fps) :]).max())
    return replace(found, rise=time, bow=bow)


def _held_from_the_beginning(
    motion: HumanMotion, thing: SceneObject, near: Mapping[str, float], lift: float, kind: ContactKind, cfg: ContactCfg
) -> Contact:
    """The contact of the hand nearest to a thing, or of both where it is too wide for one."""
    heading = float(motion.heading[at_first(motion)].mean())
    both = 2 * grip(thing, heading).half > cfg.one_hand
    hands = ("left", "right") if both else (min(near, key=lambda side: near[side]),)
    turn = float(wrap(heading - thing.yaw))
    return Contact(thing.id, hands, 0.0, 0.0, 0.0, motion.seconds, lift, turn, 0.0, kind)
