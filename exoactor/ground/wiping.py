"""What is wiped in the video: a hand that goes to and fro on the level of a top; and where one stands for it now."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.ndimage import gaussian_filter1d

from exoactor.grasp import stance_to_grasp
from exoactor.ground.hands import WRISTS, ContactCfg, at_rest
from exoactor.stance import square_to
from exoactor.types import Array, Contact, HumanMotion, Pose2D, Scene, SceneObject, StageError
from exoactor.types.rotations import wrap, yaw_matrix
from exoactor.wipe import hand_that_wipes, in_the_way, is_surface, place_of


@dataclass(frozen=True)
class WipingCfg:
    """What counts as wiping.

    Args:
        above: the wrist of a hand that lies flat is so far above what it lies on [m].
        level: a wrist estimated within this of there may be on it [m] ...
        landed: ... from when it comes down no further than this [m] ...
        within: ... within so long, until it was so low for the last time [s].
        beyond: it is over the top or no further than this beyond its edges [m]: the palm is ahead of it.
        palm: so far [m].
        gap: unseen or off the top for no longer than this [s].
        stroke: from one turn to the next it goes aside by so much at least [m].
        strokes: fewer are no wiping: a hand that comes over a table and leaves makes two.
        drift: it comes to be ahead by no more than this from the first stroke to the last [m].
        smooth: its course is smoothed by one sigma of this [s].
        contact: of hands at rest, and seen.
    """

    above: float = 0.045
    level: float = 0.15
    landed: float = 0.02
    within: float = 0.5
    beyond: float = 0.06
    palm: float = 0.085
    gap: float = 0.3
    stroke: float = 0.10
    strokes: int = 3
    drift: float = 0.12
    smooth: float = 0.06
    contact: ContactCfg = field(default_factory=ContactCfg)


def find_wipe(motion: HumanMotion, scene: Scene, cfg: WipingCfg | None = None) -> Contact | None:
    """The top that a hand strokes over in the clip, the one with the most strokes; None if there is none.

    How far away a hand is one camera hardly sees; but one that strokes over a top is on its level, and where the line
    of sight meets that level it is.

    Args:
        motion: estimated, in the camera's world frame.
        scene: as perceived when the clip was imagined.
        cfg: limits.
    """
    cfg = cfg or WipingCfg()
    found = [
        contact
        for surface in scene.objects
        if is_surface(surface.item) and surface.confidence >= 0.5
        for side in WRISTS
        if (contact := _wiped(motion, surface, side, scene, cfg)) is not None
    ]
    return max(found, key=lambda contact: contact.strokes, default=None)


def _wiped(motion: HumanMotion, surface: SceneObject, side: str, scene: Scene, cfg: WipingCfg) -> Contact | None:
    """The contact of a hand that strokes over a top, or None."""
    part, place = _on_top(motion, surface, side, scene, cfg)
    if len(part) < 3:
        return None
    heading = square_to(surface, float(np.mean(motion.heading[part])))
    ahead, aside = ((place[part] - surface.position[:2]) @ yaw_matrix(heading)).T
    aside = gaussian_filter1d(aside, cfg.smooth * motion.fps, mode="nearest")
    turns = _turns(aside, cfg.stroke)
    strokes = len(turns) - 1
    if strokes < cfg.strokes:
        return None
    ahead, ends = ahead[turns[0] : turns[-1] + 1], aside[turns]
    drift = float(np.polyfit(np.linspace(0.0, 1.0, len(ahead)), ahead, 1)[0])
    middle = np.array([ahead.mean() + cfg.palm, (ends[:-1] + ends[1:]).mean() / 2])
    turn = float(wrap(heading - surface.yaw))
    at = yaw_matrix(turn) @ middle
    begin, end = (int(part[k]) / motion.fps for k in (turns[0], turns[-1]))
    resting = np.flatnonzero(at_rest(motion, (side,), cfg.contact)[: int(part[turns[0]]) + 1])
    reach = float(resting[-1]) / motion.fps if len(resting) else 0.0
    way = (float(np.clip(drift, -cfg.drift, cfg.drift)), float(np.median(np.abs(np.diff(ends)))))
    place_at = (float(at[0]), float(at[1]))
    return Contact(surface.id, (side,), reach, begin, begin, end, 0.0, turn, 0.0, "wipe", way, place_at, strokes)


def _on_top(motion: HumanMotion, surface: SceneObject, side: str, scene: Scene, cfg: WipingCfg) -> tuple[Array, Array]:
    """Frames in which a hand is on a top, for the longest time it is; and (T, 2) where the wrist is if it is there [m].

    While it comes down and goes up again the line of sight meets the level elsewhere; those frames are left out.
    """
    wrist = motion.joints[:, WRISTS[side]]
    eye, level = scene.camera.position, surface.top + cfg.above
    ray = wrist - eye
    place = (eye + ((level - eye[2]) / np.minimum(ray[:, 2], -1e-3))[:, None] * ray)[:, :2]
    local = np.abs((place - surface.position[:2]) @ yaw_matrix(surface.yaw))
    over = (local < surface.item.size[:2] / 2 + cfg.beyond).all(axis=1)
    over &= (np.abs(wrist[:, 2] - level) < cfg.level) & (motion.confidence[:, WRISTS[side]] >= cfg.contact.seen)
    part = _longest(over, round(cfg.gap * motion.fps))
    if len(part) < 3:
        return part, place
    height = gaussian_filter1d(wrist[:, 2], cfg.smooth * motion.fps, mode="nearest")[part]
    window = max(1, round(cfg.within * motion.fps))
    down = [k for k in range(len(part)) if height[k] - height[k : k + window].min() < cfg.landed]
    low = [k for k in range(len(part)) if height[k] - height[max(k - window, 0) : k + 1].min() < cfg.landed]
    return part[down[0] : low[-1] + 1], place


def stance_now(now: SceneObject, then: SceneObject, scene: Scene, contact: Contact) -> tuple[Pose2D, float]:
    """Where one stands to wipe a top where it stands now, as the video shows it, and how far ahead the patch is [m].

    Args:
        now: the surface as perceived now.
        then: as perceived when the video was imagined.
        scene: as perceived now.
        contact: what the video does.

    Raises:
        StageError: ("ground", "out_of_reach") or ("ground", "in_the_way").
    """
    side = hand_that_wipes(contact)
    middle, heading = place_of(now, then, contact)
    blocker = in_the_way(now, middle, heading, contact.way, scene.objects)
    if blocker is not None:
        raise StageError("ground", "in_the_way", f"{blocker} stands where the video wipes {now.id}")
    return stance_to_grasp(middle, heading, side, now)


def _longest(mask: Array, gap: int) -> Array:
    """Indices of the longest run of True, gaps of up to `gap` closed; those in the gaps are left out."""
    at = np.flatnonzero(mask)
    if not len(at):
        return at
    runs = np.split(at, np.flatnonzero(np.diff(at) > gap + 1) + 1)
    return np.asarray(max(runs, key=len))


def _turns(values: Array, least: float) -> Array:
    """Indices between which a signal (N,) goes up or down by at least `least`, the first and the last included."""
    low = high = 0
    turns: list[int] = []
    direction = 0
    for k in range(1, len(values)):
        low, high = (k if values[k] < values[low] else low), (k if values[k] > values[high] else high)
        if direction >= 0 and values[high] - values[k] >= least:
            turns.append(high)
            direction, low = -1, k
        elif direction <= 0 and values[k] - values[low] >= least:
            turns.append(low)
            direction, high = 1, k
    if direction:
        turns.append(low if direction < 0 else high)
    return np.array(turns, int)
