"""How near hands are to things, and whether they rest: what readings of contacts are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoactor.types import BODY_JOINTS, Array, Camera, HumanMotion, SceneObject

WRISTS = {"left": BODY_JOINTS.index("left_wrist"), "right": BODY_JOINTS.index("right_wrist")}


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


def at_first(motion: HumanMotion) -> slice:
    """Frames of the beginning, in which somebody who holds a thing holds it."""
    return slice(0, max(2, int(0.4 * motion.fps)))


def distances_to(motion: HumanMotion, thing: SceneObject, part: slice, cfg: ContactCfg) -> dict[str, float]:
    """Median distance of each wrist from a thing [m], over the frames of a part of the clip in which it is seen."""
    found = {}
    for side, wrist in WRISTS.items():
        seen = motion.confidence[part, wrist] >= cfg.seen
        if seen.sum() >= max(2, cfg.often * len(seen)):
            found[side] = float(np.median(thing.distance(motion.joints[part, wrist][seen])))
    return found


def hands_with(
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


def filled(height: Array) -> Array | None:
    """Heights with gaps closed, medians of three; None if it is hardly ever seen."""
    known = np.isfinite(height)
    if known.mean() < 0.4:
        return None
    frames = np.arange(len(height))
    height = np.interp(frames, frames[known], height[known])
    padded = np.pad(height, 1, mode="edge")
    return np.asarray(np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), axis=0))
