"""What the hands do to things in the video: the estimated hands, and the things that are seen to rise."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.ndimage import gaussian_filter1d

from exoactor.grip import grip
from exoactor.ground.hands import WRISTS, ContactCfg, at_rest, distances_to, filled
from exoactor.ground.held import carried_along, in_air, let_down, let_go_of
from exoactor.types import (
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
        carried = None if thing is None else carried_along(motion, thing, scene.camera, cfg)
        if carried is not None:
            return carried
    best: Contact | None = None
    for id, rise in rises.items():
        thing = scene.get(id)
        left = _left_support(rise, cfg)
        if thing is None or left is None:
            continue
        time, way = left
        found = _on(motion, thing, time, way, cfg) if way > 0 else let_down(motion, thing, rise, left, scene, cfg)
        if found is not None and (best is None or abs(found.lift) > abs(best.lift)):
            best = found
    if best is None:
        held = [thing for thing in scene.objects if thing.id in rises and in_air(thing, scene, cfg)]
        released = (let_go_of(motion, thing, rises[thing.id], scene, cfg) for thing in held)
        best = next((contact for contact in released if contact is not None), None)
    return best


def must_move(expectation: Expectation, contact: Contact | None) -> None:
    """Refuse a video that does not lift, carry, let down, push or wipe what is to be, or not with the hand it ought to.

    Args:
        expectation: of a kind in `MOVED_BY_HAND`.
        contact: what the video does.

    Raises:
        StageError: ("estimate", code) with the code of that kind in `_ASKS_FOR`, or "hand_stays_open".
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
    if contact.fingers is not None and contact.fingers.agree == "no":
        hand = contact.hands[0]
        raise StageError(
            "estimate",
            "hand_stays_open",
            f"the video {does} {contact.thing}, yet the {hand} hand never closes round it",
        )
    if expectation.side is not None and contact.hands != (expectation.side,):
        hands = " and ".join(contact.hands)
        raise StageError("estimate", code, f"the video {does} {contact.thing} with {hands}, not {expectation.side}")


def _left_support(rise: Rise, cfg: ContactCfg) -> tuple[float, float] | None:
    """When the thing left its place for good [s] and how far it went, up or down [m]; None if it stayed."""
    height = filled(rise.height)
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


def _on(motion: HumanMotion, thing: SceneObject, left: float, way: float, cfg: ContactCfg) -> Contact | None:
    fps = motion.fps
    at = min(round(left * fps), len(motion) - 1)
    # Somebody who crouches behind something is often found only once he moves.
    around = slice(max(at - round(0.3 * fps), 0), at + 1 + round(0.3 * fps))
    distances = {
        side: gaussian_filter1d(thing.distance(motion.joints[:, WRISTS[side]]), 0.12 * fps, mode="nearest")
        for side, distance in distances_to(motion, thing, around, cfg).items()
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
