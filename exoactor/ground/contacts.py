"""What the hands do to things in the video: the estimated hands, and the things that are seen to rise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter1d

from exoactor.container import opening
from exoactor.grip import grip, level_below
from exoactor.types import (
    BODY_JOINTS,
    Array,
    Camera,
    Contact,
    ContactKind,
    Expectation,
    HumanMotion,
    Rise,
    Scene,
    SceneObject,
    StageError,
    trunk_lean,
)
from exoactor.types.rotations import wrap

WRISTS = {"left": BODY_JOINTS.index("left_wrist"), "right": BODY_JOINTS.index("right_wrist")}
_ASKS_FOR: dict[str, tuple[ContactKind, str, str]] = {
    "lifted": ("lift", "never_lifted", "lifts"),
    "carried": ("carry", "never_carried", "carries"),
    "put_down": ("put_down", "never_let_down", "lets down"),
    "placed": ("put_down", "never_let_down", "lets down"),
    "pushed": ("push", "never_pushed", "pushes"),
    "swept": ("push", "never_pushed", "sweeps off"),
    "wiped": ("wipe", "never_wiped", "wipes"),
}
"""What the video must do, the code if it does not, and the verb."""


@dataclass(frozen=True)
class ContactCfg:
    """What counts as taking hold of something.

    Args:
        lifted: a thing seen higher than this for `held` has been lifted [m].
        held: [s].
        left_support: it has left what it stood on when it is this much higher [m].
        near: a wrist nearer than this to a thing that moves is on it; a palm is 8 cm further and the fit of a squatting
            person errs by 10 [m].
        seen: wrists estimated with less confidence than this say nothing ...
        often: ... nor those that are seen in less than this share of the frames.
        in_air: what hands let go of without lowering it was so high at first [m] ...
        clear: ... so far above what is below it [m] ...
        left: ... and they are so much further from it then [m].
        one_hand: things wider than this take two hands [m].
        upright: hips lower than this share of their height at first crouch.
        hanging: hands that hang or swing are nearer than this to the hips, ahead and up or down [m].
        slow: hands that come nearer by less than this have arrived [m/s].
        with_it: a wrist whose median distance from a thing, at rest or going down, is less than this holds it [m] ...
        along_view: ... wherever on the camera's line of sight it is within this of its estimate [m]: one camera hardly
            sees how far away it is.
        glimpsed: nor need it be estimated with more confidence than this: of somebody seen from the side the far hand
            hardly is, yet what is in it is seen.
        landed: what is let down is seen within this of where it comes to rest from then on [m].
        floats: what was let go of so far above what is below it was not put down [m].
        held_out: a wrist of an arm held out over something, whose fit errs more, is nearer than this to what it lets
            drop [m].
        let_go: and at the end further than this from where that was over the rim [m].
        walked: who comes further than this does not let go where it was held [m].
    """

    lifted: float = 0.07
    held: float = 0.5
    left_support: float = 0.03
    near: float = 0.26
    seen: float = 0.35
    often: float = 0.4
    in_air: float = 0.25
    clear: float = 0.05
    left: float = 0.10
    one_hand: float = 0.14
    upright: float = 0.95
    hanging: float = 0.26
    slow: float = 0.08
    with_it: float = 0.22
    along_view: float = 0.2
    glimpsed: float = 0.08
    landed: float = 0.03
    floats: float = 0.25
    held_out: float = 0.40
    let_go: float = 0.20
    walked: float = 0.3


def find_contact(
    motion: HumanMotion,
    rises: Mapping[str, Rise],
    scene: Scene,
    cfg: ContactCfg | None = None,
    *,
    along: Mapping[str, float] | None = None,
) -> Contact | None:
    """The thing that is lifted, carried or let down in the clip, by which hands and when; None if none is.

    A hand that the camera does not see is on the thing too if the other one is and the thing is too wide for one.

    Args:
        motion: estimated, in the camera's world frame.
        rises: by id, how high the movable things are seen.
        scene: as perceived when the clip was imagined.
        cfg: limits.
        along: by id, things that travel with the person, and how much speaks for it.
    """
    cfg = cfg or ContactCfg()
    for id in sorted(along or {}, key=lambda id: -(along or {})[id]):
        thing = scene.get(id)
        carried = None if thing is None else _carried(motion, thing, scene.camera, cfg)
        if carried is not None:
            return carried
    best: Contact | None = None
    for id, rise in rises.items():
        thing = scene.get(id)
        left = _left_support(rise, cfg)
        if thing is None or left is None:
            continue
        time, way = left
        found = _on(motion, thing, time, way, cfg) if way > 0 else _let_down(motion, thing, rise, left, scene, cfg)
        if found is not None and (best is None or abs(found.lift) > abs(best.lift)):
            best = found
    if best is None:
        held = [thing for thing in scene.objects if thing.id in rises and _in_air(thing, scene, cfg)]
        released = (_released(motion, thing, rises[thing.id], scene, cfg) for thing in held)
        best = next((contact for contact in released if contact is not None), None)
    return best


def must_move(expectation: Expectation, contact: Contact | None) -> None:
    """Refuse a video that does not lift, carry, let down, push or wipe what is to be, or not with the hand it ought to.

    Args:
        expectation: of a kind in `MOVED_BY_HAND`.
        contact: what the video does.

    Raises:
        StageError: ("estimate", code) with the code of that kind in `_ASKS_FOR`.
    """
    wanted, code, does = _ASKS_FOR[expectation.kind]
    if contact is None or contact.kind != wanted:
        raise StageError("estimate", code, f"the video never {does} {expectation.target}")
    if contact.kind == "push" and (contact.lift < 0) != (expectation.kind == "swept"):
        falls = "falls" if contact.lift < 0 else "does not fall"
        raise StageError("estimate", code, f"in the video {contact.thing} is pushed and {falls}")
    if expectation.kind == "placed" and contact.into != (expectation.on if expectation.inside else None):
        where = f"into {contact.into}" if contact.into else f"down, not into {expectation.on}"
        raise StageError("estimate", code, f"in the video {contact.thing} is let {where}")
    if contact.thing != expectation.target:
        raise StageError("estimate", code, f"the video {does} {contact.thing}, not {expectation.target}")
    if expectation.side is not None and contact.hands != (expectation.side,):
        hands = " and ".join(contact.hands)
        raise StageError("estimate", code, f"the video {does} {contact.thing} with {hands}, not {expectation.side}")


def held_at_first(motion: HumanMotion, thing: SceneObject, camera: Camera, cfg: ContactCfg | None = None) -> bool:
    """Whether a hand is at a thing when the clip begins."""
    return bool(_hands_with(motion, thing, np.zeros(len(motion)), _at_first(motion), camera, cfg or ContactCfg()))


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
    near = _distances(motion, thing, _at_first(motion), cfg)
    if container is None or not near:
        return None
    low, height = opening(container), float(thing.position[2])
    over = thing.moved(np.array([0.0, 0.0, low.rim - height]))
    away = _distances(motion, over, slice(-max(2, int(0.3 * motion.fps)), None), cfg)
    travelled = float(np.linalg.norm(motion.joints[-1, 0, :2] - motion.joints[0, 0, :2]))
    nearest = min(near, key=lambda side: near[side])
    if near[nearest] > cfg.held_out or travelled > cfg.walked or min(away.values(), default=0.0) < cfg.let_go:
        return None
    return replace(
        _held_from_the_beginning(motion, thing, {nearest: near[nearest]}, low.floor - height, "put_down", cfg),
        into=into,
    )


def _carried(motion: HumanMotion, thing: SceneObject, camera: Camera, cfg: ContactCfg) -> Contact | None:
    """The contact of hands that hold a thing from the first picture to the last."""
    near = _hands_with(motion, thing, np.zeros(len(motion)), _at_first(motion), camera, cfg)
    return _held_from_the_beginning(motion, thing, near, 0.0, "carry", cfg) if near else None


def _in_air(thing: SceneObject, scene: Scene, cfg: ContactCfg) -> bool:
    """Whether a thing is held up, and does not just stand high, as what somebody walks away from may."""
    return float(thing.position[2]) >= cfg.in_air and thing.position[2] - level_below(thing, scene) >= cfg.clear


def _released(motion: HumanMotion, thing: SceneObject, rise: Rise, scene: Scene, cfg: ContactCfg) -> Contact | None:
    """The contact of hands that hold a thing at first and leave it where it is, or a little lower."""
    height = _filled(rise.height)
    if height is None or len(height) < 3:
        return None
    way = float(np.median(height[-5:]) - np.median(height[:5]))
    lowered = thing.moved(np.array([0.0, 0.0, min(way, 0.0)]))
    near = _distances(motion, thing, _at_first(motion), cfg)
    away = _distances(motion, lowered, slice(-max(2, int(0.3 * motion.fps)), None), cfg)
    above = float(lowered.position[2]) - level_below(thing, scene)
    if not near or not away or abs(way) > cfg.lifted or above > cfg.floats:
        return None
    nearest = min(near, key=lambda side: near[side])
    if near[nearest] > cfg.near or min(away.values()) < near[nearest] + cfg.left:
        return None
    return _held_from_the_beginning(motion, thing, {nearest: near[nearest]}, min(way, 0.0), "put_down", cfg)


def _at_first(motion: HumanMotion) -> slice:
    return slice(0, max(2, int(0.4 * motion.fps)))


def _distances(motion: HumanMotion, thing: SceneObject, part: slice, cfg: ContactCfg) -> dict[str, float]:
    """Median distance of each wrist from a thing [m], over the frames of a part of the clip in which it is seen."""
    found = {}
    for side, wrist in WRISTS.items():
        seen = motion.confidence[part, wrist] >= cfg.seen
        if seen.sum() >= max(2, cfg.often * len(seen)):
            found[side] = float(np.median(thing.distance(motion.joints[part, wrist][seen])))
    return found


def _held_from_the_beginning(
    motion: HumanMotion, thing: SceneObject, near: Mapping[str, float], lift: float, kind: ContactKind, cfg: ContactCfg
) -> Contact:
    """The contact of the hand nearest to a thing, or of both where it is too wide for one."""
    heading = float(motion.heading[_at_first(motion)].mean())
    both = 2 * grip(thing, heading).half > cfg.one_hand
    hands = ("left", "right") if both else (min(near, key=lambda side: near[side]),)
    turn = float(wrap(heading - thing.yaw))
    return Contact(thing.id, hands, 0.0, 0.0, 0.0, motion.seconds, lift, turn, 0.0, kind)


def _left_support(rise: Rise, cfg: ContactCfg) -> tuple[float, float] | None:
    """When the thing left its place for good [s] and how far it went, up or down [m]; None if it stayed."""
    height = _filled(rise.height)
    if height is None or len(height) < 3:
        return None
    # It is where it was in the look that the clip starts from; what is seen then is the error of what is known of it.
    height = height - np.median(height[:5])
    way = float(np.median(height[-5:]))
    gone = np.sign(way) * height > cfg.lifted
    wanted = cfg.held / max(float(np.median(np.diff(rise.times))), 1e-6)
    if gone.sum() < wanted or not gone[-1]:
        return None
    first = int(np.argmax(gone))
    still = np.flatnonzero(np.abs(height[:first]) <= cfg.left_support)
    return float(rise.times[still[-1] if len(still) else 0]), way


def _filled(height: Array) -> Array | None:
    """Heights with gaps closed, medians of three; None if it is hardly ever seen."""
    known = np.isfinite(height)
    if known.mean() < 0.4:
        return None
    frames = np.arange(len(height))
    height = np.interp(frames, frames[known], height[known])
    padded = np.pad(height, 1, mode="edge")
    return np.asarray(np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), axis=0))


def _on(motion: HumanMotion, thing: SceneObject, left: float, way: float, cfg: ContactCfg) -> Contact | None:
    fps = motion.fps
    at = min(round(left * fps), len(motion) - 1)
    # Somebody who crouches behind something is often found only once he moves.
    around = slice(max(at - round(0.3 * fps), 0), at + 1 + round(0.3 * fps))
    distances = {
        side: gaussian_filter1d(thing.distance(motion.joints[:, WRISTS[side]]), 0.12 * fps, mode="nearest")
        for side, distance in _distances(motion, thing, around, cfg).items()
        if distance < cfg.near
    }
    if not distances:
        return None
    heading = float(motion.heading[around].mean())
    hands = tuple(sorted(distances))
    if 2 * grip(thing, heading).half > cfg.one_hand:
        hands = ("left", "right")
    coming = np.min([np.gradient(d, 1 / fps) for d in distances.values()], axis=0)
    begin = at
    while begin > 0 and coming[begin - 1] > -cfg.slow:
        begin -= 1
    resting = np.flatnonzero(at_rest(motion, tuple(distances), cfg)[:begin])
    reach = int(resting[-1]) if len(resting) else 0
    bow = float(trunk_lean(motion.joints[around.start :]).max())
    return Contact(
        thing.id,
        hands,
        reach / fps,
        begin / fps,
        at / fps,
        motion.seconds,
        way,
        float(wrap(heading - thing.yaw)),
        bow,
        "lift",
    )


def _let_down(
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
    height = _filled(rise.height)
    assert height is not None
    height = np.interp(np.arange(len(motion)) / motion.fps, rise.times, height - np.median(height[:5]))
    down = slice(0, max(int(np.argmax(height < way + cfg.landed)), 1) + 1)
    near = _hands_with(motion, thing, height, down, scene.camera, cfg)
    if not near:
        return None
    found = _held_from_the_beginning(motion, thing, near, way, "put_down", cfg)
    bow = float(trunk_lean(motion.joints[round(time * motion.fps) :]).max())
    return replace(found, rise=time, bow=bow)


def _hands_with(
    motion: HumanMotion, thing: SceneObject, height: Array, part: slice, camera: Camera, cfg: ContactCfg
) -> dict[str, float]:
    """Wrists that stay with a thing over a part of the clip, and their median distances from it [m].

    Args:
        motion: of the person.
        thing: where it is at first.
        height: (T,) how much higher it is [m].
        part: frames.
        camera: of the clip.
        cfg: limits.
    """
    raised = np.column_stack([np.zeros((len(motion), 2)), height])[part]
    view = thing.position - camera.position
    slack = np.linspace(-cfg.along_view, cfg.along_view, 9)[:, None] * view / np.linalg.norm(view)
    near = {}
    for side, wrist in WRISTS.items():
        seen = motion.confidence[part, wrist] >= cfg.glimpsed
        if seen.mean() >= cfg.often:
            places = (motion.joints[part, wrist] - raised)[seen]
            near[side] = float(np.median(np.min([thing.distance(places + s) for s in slack], axis=0)))
    return {side: distance for side, distance in near.items() if distance < cfg.with_it}


def at_rest(motion: HumanMotion, sides: tuple[str, ...], cfg: ContactCfg) -> Array:
    """(T,) whether the person is upright and the hands hang, or swing as in walking."""
    p = motion.joints
    heights = p[:, 0, 2] / np.median(p[: max(3, int(0.3 * motion.fps)), 0, 2])
    rest = heights > cfg.upright
    c, s = np.cos(motion.heading), np.sin(motion.heading)
    for side in sides:
        away = p[:, WRISTS[side]] - p[:, 0]
        ahead = c * away[:, 0] + s * away[:, 1]
        rest &= np.hypot(ahead, away[:, 2]) < cfg.hanging
    return np.asarray(rest)
