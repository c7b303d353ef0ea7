"""What is pushed in the video, by which hands and how far; and where one stands to push it as it stands now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from exoactor import grasp
from exoactor.grasp import hand_of
from exoactor.grip import faced_now, level_below
from exoactor.ground.hands import WRISTS, ContactCfg, at_rest
from exoactor.push import OVER_EDGE, axes, nearest_heading, stance_beside, stance_to_push, to_edge
from exoactor.stance import distance_to_footprint, support_of
from exoactor.types import Array, Camera, Contact, HumanMotion, Pose2D, Scene, SceneObject, Slide, StageError
from exoactor.types.rotations import wrap, yaw_matrix


@dataclass(frozen=True)
class PushingCfg:
    """What counts as pushing.

    Args:
        least: a thing that goes less far and does not fall has not been pushed [m].
        still: it begins when it is seen further from its place than this [m].
        near: a wrist whose median distance from the moving thing is less than this pushes it [m] ...
        along_view: ... wherever on the camera's line of sight it is within this of its estimate [m]: one camera hardly
            sees how far away a hand is, still less that of somebody who bows towards it behind a crate.
        off: and across the view it goes no more than so much further or less than the thing, as a share of the thing's
            way, or in metres.
        in_picture: in the picture it goes otherwise than the thing by less than this share of the thing's way there, or
            in pixels.
        risen: it rises or sinks by less than this meanwhile [m].
        std: one sigma of a wrist's way along the view and up [m].
        there: it is where it goes to when it has gone this share of its way.
        walked: somebody whose body goes along for this share of the way, facing there, pushes with both hands ...
        behind: ... from no further than this behind the thing [m]; of who bows towards the camera the estimate errs by
            0.7 m.
        reaching: hands leave for what they push so long before it moves, at least [s].
        stands: what is pushed is within this of what it stands on [m].
        beyond: what is seen last so near to an edge, or beyond, and then no more, fell over it [m].
        turned: a hand pushes along an edge that differs by less than this from what the video shows [rad].
        contact: of hands at rest and near.
    """

    least: float = 0.12
    still: float = 0.06
    near: float = 0.26
    along_view: float = 0.80
    off: tuple[float, float] = (0.5, 0.16)
    in_picture: tuple[float, float] = (0.6, 8.0)
    risen: float = 0.14
    std: tuple[float, float] = (0.20, 0.05)
    there: float = 0.8
    walked: float = 0.5
    behind: float = 1.4
    reaching: float = 1.0
    stands: float = 0.08
    beyond: float = 0.10
    turned: float = np.radians(40.0)
    contact: ContactCfg = field(default_factory=ContactCfg)


def find_push(
    motion: HumanMotion, slides: Mapping[str, Slide], scene: Scene, cfg: PushingCfg | None = None
) -> Contact | None:
    """The thing that is pushed in the clip, the one that goes furthest; None if none is.

    Args:
        motion: estimated, in the camera's world frame.
        slides: by id, where things are seen on the level they stood on.
        scene: as perceived when the clip was imagined.
        cfg: limits.
    """
    cfg = cfg or PushingCfg()
    best: Contact | None = None
    for id, slide in slides.items():
        thing = scene.get(id)
        if thing is None or abs(float(thing.position[2]) - level_below(thing, scene)) > cfg.stands:
            continue
        found = _pushed(motion, thing, slide, scene, cfg)
        if found is not None and (best is None or np.hypot(*found.way) > np.hypot(*best.way)):
            best = found
    return best


def _pushed(motion: HumanMotion, thing: SceneObject, slide: Slide, scene: Scene, cfg: PushingCfg) -> Contact | None:
    seen = np.isfinite(slide.shift[:, 0])
    if seen.sum() < 5:
        return None
    times, shift = slide.times[seen], slide.shift[seen]
    shift = shift - np.median(shift[:5], axis=0)
    fell = _fell(thing, slide, shift, scene, cfg)
    carrier = support_of(thing, scene.objects)
    if fell and carrier is not None:
        # in the air it seems to be somewhere beyond
        on = [distance_to_footprint(carrier, thing.position[:2] + place) < cfg.beyond for place in shift]
        times, shift = times[on], shift[on]
    far = np.linalg.norm(shift, axis=1)
    if not len(far) or far.max() <= cfg.still:
        return None
    total = shift[far.argmax()] if fell else np.median(shift[-5:], axis=0)
    way = float(np.linalg.norm(total))
    if way < cfg.least and not fell:
        return None
    gone = shift @ total / way
    moving = np.flatnonzero(gone > cfg.still)
    first = int(moving[0])
    there = first + int(np.argmax(gone[first:] > cfg.there * way))
    still = np.flatnonzero(gone[:there] <= cfg.still)
    first = int(still[-1]) if len(still) else first
    begin, end = float(times[first]), float(times[max(there, min(first + 1, len(times) - 1))])
    a, b = (min(round(t * motion.fps), len(motion) - 1) for t in (begin, end))
    b = max(b, a + 1)
    hands: tuple[str, ...] = ()
    if carrier is None:
        hands = ("left", "right") if _walks_behind(motion, thing, total, (a, b), cfg) else ()
    else:
        hands = _hand_on(motion, thing, (times, shift), total, (a, b), fell, scene.camera, cfg)
    if not hands:
        return None
    heading = float(np.median(motion.heading[max(a - round(0.5 * motion.fps), 0) : a + 1]))
    ahead, left = yaw_matrix(heading).T @ total
    resting = np.flatnonzero(at_rest(motion, hands, cfg.contact)[: a + 1])
    rested = int(resting[-1]) / motion.fps if len(resting) else 0.0
    # a hand that the body hides seems to hang
    reach = max(min(rested, begin - cfg.reaching), 0.0)
    lift = -float(thing.position[2]) if fell else 0.0
    turn = float(wrap(heading - thing.yaw))
    return Contact(
        thing.id, hands, reach, begin, begin, max(end, begin), lift, turn, 0.0, "push", (float(ahead), float(left))
    )


def _fell(thing: SceneObject, slide: Slide, shift: Array, scene: Scene, cfg: PushingCfg) -> bool:
    """Whether it is seen lower at the end, or is gone after it was seen at an edge."""
    if np.isfinite(slide.drop):
        return slide.drop > 0
    carrier = support_of(thing, scene.objects)
    if carrier is None or np.isfinite(slide.shift[-3:]).any():
        return False
    place = thing.position[:2] + shift[-1]
    inside = yaw_matrix(carrier.yaw).T @ (place - carrier.position[:2])
    to_edge = float((carrier.item.size[:2] / 2 - np.abs(inside)).min())
    return distance_to_footprint(carrier, place) > 0 or to_edge < cfg.beyond


def _walks_behind(
    motion: HumanMotion, thing: SceneObject, total: Array, part: tuple[int, int], cfg: PushingCfg
) -> bool:
    """Whether the person goes along behind a thing on the floor; its back may hide both hands from the camera."""
    a, b = part
    way = float(np.linalg.norm(total))
    early, late = max(a - round(0.4 * motion.fps), 0), min(b + round(0.6 * motion.fps), len(motion) - 1)
    walked = float((motion.joints[late, 0, :2] - motion.joints[early, 0, :2]) @ total) / way
    heading = float(np.median(motion.heading[early : a + 1]))
    turned = abs(float(wrap(np.arctan2(total[1], total[0]) - heading)))
    apart = distance_to_footprint(thing, motion.joints[a, 0, :2])
    return walked > cfg.walked * way and turned < np.pi / 4 and apart < cfg.behind


def _hand_on(
    motion: HumanMotion,
    thing: SceneObject,
    path: tuple[Array, Array],
    total: Array,
    part: tuple[int, int],
    fell: bool,
    camera: Camera,
    cfg: PushingCfg,
) -> tuple[str, ...]:
    """The hand that is at the thing while it moves and goes as it does; the nearer one of two, () for none.

    Args:
        motion: of the person.
        thing: where it stood.
        path: times (N,) [s] and the thing's shift then (N, 2) [m].
        total: (2,) its whole shift [m].
        part: frames of the motion in which it moves.
        fell: it falls in the end; then it was not lifted, whatever the estimate of a hidden hand says.
        camera: of the clip.
        cfg: limits.
    """
    (a, b), eye = part, camera.position
    view = thing.position - eye
    view = view / np.linalg.norm(view)
    level = view[:2] / np.linalg.norm(view[:2])
    slack = np.linspace(-cfg.along_view, cfg.along_view, 17)
    frames = np.arange(a, b + 1)
    moved = np.column_stack([np.interp(frames / motion.fps, path[0], column) for column in path[1].T])
    way, window = float(np.linalg.norm(total)), max(1, round(0.15 * motion.fps))
    near: dict[str, float] = {}
    for side, wrist in WRISTS.items():
        if float(np.median(motion.confidence[frames, wrist])) < cfg.contact.seen:
            continue
        at, to = (np.median(motion.joints[max(f - window, 0) : f + window + 1, wrist], axis=0) for f in (a, b))
        off = (to - at)[:2] - total
        off = float(np.linalg.norm(off - (off @ level) * level))
        goes_along = off < max(cfg.off[0] * way, cfg.off[1]) and abs(float((to - at)[2])) < cfg.risen
        goes_along = goes_along and _goes_in_picture(np.stack([at, to]), thing, total, camera, cfg)
        if fell or (goes_along and not _rather_rises(to - at, float(total @ level), level, thing, eye, cfg)):
            places = motion.joints[frames, wrist] - np.column_stack([moved, np.zeros(len(frames))])
            near[side] = float(np.median(np.min([thing.distance(places + s * view) for s in slack], axis=0)))
    near = {side: distance for side, distance in near.items() if distance < cfg.near}
    return (min(near, key=lambda side: near[side]),) if near else ()


def _goes_in_picture(ends: Array, thing: SceneObject, total: Array, camera: Camera, cfg: PushingCfg) -> bool:
    """Whether a wrist goes in the picture about as a thing does that goes `total` (2,) [m].

    How far away either is does not matter there: a hand that hangs still while the thing moves is not the one.

    Args:
        ends: (2, 3) the wrist before and after [m].
        thing: where it stood.
        total: its shift [m].
        camera: of the clip.
        cfg: limits.
    """
    went = np.diff(camera.project(ends)[0], axis=0)[0]
    moved = camera.project(np.array([thing.position, thing.position + np.append(total, 0.0)]))[0]
    wanted = np.diff(moved, axis=0)[0]
    limit = max(cfg.in_picture[0] * float(np.linalg.norm(wanted)), cfg.in_picture[1])
    return float(np.linalg.norm(went - wanted)) < limit


def _rather_rises(went: Array, along: float, level: Array, thing: SceneObject, eye: Array, cfg: PushingCfg) -> bool:
    """Whether a wrist's way fits a thing that rises better than one pushed away; in the picture both go up.

    Args:
        went: (3,) the wrist's way [m].
        along: of the thing along the view, if it is pushed [m].
        level: (2,) the view, level.
        thing: where it stood.
        eye: (3,) the camera's place [m].
        cfg: limits.
    """
    distance = float(np.linalg.norm(thing.position[:2] - eye[:2]))
    rise = along * float(eye[2] - thing.position[2]) / distance
    away = float(went[:2] @ level)
    sigma_along, sigma_up = cfg.std
    pushed = np.hypot((away - along) / sigma_along, went[2] / sigma_up)
    lifted = np.hypot(away / sigma_along, (went[2] - rise) / sigma_up)
    # what stands does not sink: towards the camera it can only be pushed
    return bool(along > cfg.least and lifted < pushed)


def stance_now(
    now: SceneObject, then: SceneObject, scene: Scene, contact: Contact, cfg: PushingCfg | None = None
) -> Pose2D:
    """Where one stands to push a thing where it stands now, as the video shows it.

    Args:
        now: the thing as perceived now.
        then: where it stood in the video.
        scene: as perceived now.
        contact: what the video does.
        cfg: limits.

    Raises:
        StageError: ("ground", "out_of_reach") when it is not pushed like that where it stands.
    """
    side = hand_of(contact)
    if side is None:
        return stance_to_push(now, heading_now(now, then, contact))
    carrier, toward = on_top(now, scene, faced_now(now, then, contact.heading), contact, cfg)
    stance, ahead = stance_beside(now, toward, side, carrier, way_now(now, toward, carrier, contact))
    if ahead > grasp.FARTHEST:
        raise StageError("ground", "out_of_reach", f"{now.id} is {ahead:.2f} m from where a robot can stand")
    return stance


def way_now(now: SceneObject, toward: float, carrier: SceneObject, contact: Contact) -> float:
    """How far a hand pushes a thing on a table [m]: as far as in the video, or over the edge if it falls there."""
    return to_edge(now, toward, carrier) + OVER_EDGE if contact.lift < 0 else float(np.hypot(*contact.way))


def heading_now(now: SceneObject, then: SceneObject, contact: Contact) -> float:
    """The direction in which both palms push a thing as it stands now [rad].

    Raises:
        StageError: ("ground", "out_of_reach").
    """
    heading = nearest_heading(now, faced_now(now, then, contact.heading))
    if heading is None:
        raise StageError("ground", "out_of_reach", f"{now.id} has no side that is pushed in that direction")
    return heading


def on_top(
    now: SceneObject, scene: Scene, heading: float, contact: Contact, cfg: PushingCfg | None = None
) -> tuple[SceneObject, float]:
    """What a thing stands on that one hand pushes, and along which of its edges [rad].

    Raises:
        StageError: ("ground", "out_of_reach") when it stands on nothing, or is not pushed along an edge by that hand.
    """
    cfg = cfg or PushingCfg()
    carrier, side = support_of(now, scene.objects), hand_of(contact)
    if carrier is None:
        raise StageError("ground", "out_of_reach", f"{now.id} stands on nothing that is seen")
    shown = heading + float(np.arctan2(contact.way[1], contact.way[0]))
    toward = min(axes(carrier), key=lambda axis: abs(float(wrap(axis - shown))))
    inward = toward + (-np.pi / 2 if side == "right" else np.pi / 2)
    if abs(float(wrap(toward - shown))) > cfg.turned or abs(float(wrap(inward - heading))) > np.pi / 4:
        raise StageError("ground", "out_of_reach", f"the {side} hand pushes {now.id} along no edge of {carrier.id}")
    return carrier, toward
