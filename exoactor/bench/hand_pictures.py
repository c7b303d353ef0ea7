"""Pictures of hands whose fingers are known: the project's own body, any posture, camera, light and cloth.

Half of the pictures show a thing in or beside the hand, as likely with stretched fingers as with bent ones, so that it
tells nothing. Pictures go through the encoder that clips go through, and the region that is cut out is off by what
the estimate of a clip is off by.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from scipy.spatial.transform import Rotation

from exoactor.bench.imagine import furnished_room
from exoactor.body import BODY_TO_WORLD, JOINT_NAMES, PARENTS, Body, load_body
from exoactor.estimate.hand_view import LENGTH, HandView, hand_view
from exoactor.formats.video import VideoWriter, read_frames
from exoactor.imagine.carried import outline
from exoactor.imagine.clothes import texture
from exoactor.imagine.limbs import about, lay_arm
from exoactor.imagine.render import PersonRenderer
from exoactor.imagine.room import keep_nearer, meet, pieces_of
from exoactor.imagine.style import Style, sample_style
from exoactor.types import Array, Camera, CatalogueItem, SceneObject
from exoactor.world.looks import COLORS, role_rgb

Part = Literal["training", "unseen", "high"]
SIDE = 208
"""Side of a picture [px]; the largest hand's region just fits in."""
PIXELS = (12.0, 90.0)
"""Sizes of hands [px]."""
BENDS = ((-0.05, 0.28), (0.42, 0.62), (0.75, 1.25))
"""Mean bend of every finger joint of open, half closed and closed hands [rad]; between them nobody could say."""
_THUMBS = ((-0.1, 0.3), (0.1, 0.4), (0.25, 0.7))
_SECTOR, _BAND = np.radians(40.0), np.radians(14.0)
_LEVELS = (np.radians(-8.0), np.radians(48.0))
_HIGH = (np.radians(52.0), np.radians(66.0))
_DISTANCE = (1.4, 6.0)
_THING_SHARE = 0.5
_HIDDEN_BEHIND = 0.035  # of the finger joints below the skin, and then some [m]
_ELBOWS, _WRISTS = (18, 19), (20, 21)
_FINGERS = tuple(
    tuple(k for k, name in enumerate(JOINT_NAMES) if k > 24 and name.startswith(side)) for side in ("left", "right")
)


@dataclass(frozen=True)
class HandPicture:
    """One hand in one picture.

    Args:
        rgb: (SIDE, SIDE, 3) uint8, encoded and decoded.
        view: where the hand is in it, as an estimate would have it.
        state: 0 open, 1 half closed, 2 closed.
        bend: mean of all finger joints but the thumb's [rad].
        shown: share of the finger joints that neither a thing nor another part of the body hides, 0..1.
        thing: something is in or beside the hand.
        azimuth: of the camera about the person, 0 before it [rad].
        elevation: of the camera above the hand [rad].
    """

    rgb: Array
    view: HandView
    state: int
    bend: float
    shown: float
    thing: bool
    azimuth: float
    elevation: float


def pictures(part: Part, seed: int, count: int) -> Iterator[HandPicture]:
    """Pictures of one person in one room; states come equally often.

    Cameras of "training" and "unseen" share no direction: sectors of 40 degrees about the person and bands of 14
    degrees of elevation are dealt to the two like the colours of a chessboard. Those of "high" look down from above
    every band.

    Args:
        part: which cameras.
        seed: of person, room and everything else.
        count: number of pictures.
    """
    rng = np.random.default_rng([seed, 71])
    body = load_body()
    style = sample_style(body, seed)
    style = replace(style, long_sleeves=bool(rng.random() < 0.5))
    _, look = furnished_room(seed)
    cameras = [Camera.looking_at(np.array([3.0, 0, 1.0]), np.zeros(3), 20.0, (SIDE, SIDE))]
    states = rng.permutation(np.arange(count) % 3)
    bends, hands = _fingers(rng, states)
    sides = rng.integers(0, 2, count)
    rotations, positions = _postures(rng, body, style, sides, hands)
    told: list[tuple[HandView, int, float, float, bool, float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "hands.mp4"
        crf = int(rng.integers(17, 28))
        with (
            PersonRenderer(
                body, style.betas, texture(body, style), cameras[0], float(rng.uniform(0.7, 1.25))
            ) as renderer,
            VideoWriter(clip, 25.0, (SIDE, SIDE), crf=crf) as writer,
        ):
            for k in range(count):
                side, turns, joints = int(sides[k]), rotations[k], positions[k]
                camera, azimuth, elevation = _camera(rng, part, joints[_ELBOWS[side]], joints[_WRISTS[side]])
                thing = _thing(rng, turns[_WRISTS[side]], joints[_WRISTS[side]], side)
                renderer.aim(camera)
                renderer.pose(turns, joints)
                frame, shown = _composed(rng, renderer, camera, look.rgb, thing, joints[list(_FINGERS[side])])
                writer.add(frame)
                view = _estimated(rng, camera, joints[_ELBOWS[side]], joints[_WRISTS[side]], side == 0)
                told.append((view, int(states[k]), float(bends[k]), shown, thing is not None, azimuth, elevation))
        for rgb, row in zip(read_frames(clip), told, strict=True):
            yield HandPicture(rgb, *row)


def _fingers(rng: np.random.Generator, states: Array) -> tuple[Array, Array]:
    """Mean bend (T,) and axis-angles (T, 30, 3) of fingers in given states (T,); both hands are alike."""
    count = len(states)
    low, high = np.array(BENDS)[states].T
    every = rng.uniform(low, high)
    bend = every[:, None, None] + rng.normal(0, 0.07, (count, 4, 1)) + rng.normal(0, 0.06, (count, 4, 3))
    spread = rng.normal(0, 0.07, (count, 4))
    thumb_low, thumb_high = np.array(_THUMBS)[states].T
    thumb = rng.uniform(thumb_low, thumb_high)[:, None] + rng.normal(0, 0.08, (count, 3))
    out = np.zeros((count, 2, 5, 3, 3))
    for side, sign in ((0, 1.0), (1, -1.0)):
        out[:, side, :4, :, 2] = -sign * bend
        out[:, side, :4, 0, 1] = sign * spread
        out[:, side, 4, :, 1] = sign * thumb
    return bend.mean((1, 2)), out.reshape(count, 30, 3)


def _postures(rng: np.random.Generator, body: Body, style: Style, sides: Array, hands: Array) -> tuple[Array, Array]:
    """Joint frames of people who hold one hand anywhere it reaches, facing along x."""
    count, rest = len(sides), body.joints(style.betas)
    local = np.tile(np.eye(3), (count, len(PARENTS), 1, 1))
    local[:, 0] = BODY_TO_WORLD
    for joint in (3, 6, 9):
        local[:, joint] = about("x", rng.uniform(-0.02, 0.14, count)) @ about("y", rng.normal(0, 0.05, count))
    transl = np.array([0.0, 0.0, 0.95]) - rest[0]

    def posed() -> tuple[Array, Array]:
        angles = Rotation.from_matrix(local.reshape(-1, 3, 3)).as_rotvec().reshape(count, -1, 3)
        return body.fk(angles[:, 0], angles[:, 1:22], np.tile(transl, (count, 1)), style.betas, hands)

    turns, places = posed()
    for side, sign in ((0, 1.0), (1, -1.0)):
        lowered = rng.random(count) < 0.15
        ahead = np.where(lowered, rng.uniform(-0.1, 0.2, count), rng.uniform(0.12, 0.58, count))
        aside = np.where(lowered, rng.uniform(0.02, 0.2, count), rng.uniform(-0.22, 0.35, count))
        down = np.where(lowered, rng.uniform(0.42, 0.6, count), rng.uniform(-0.25, 0.5, count))
        target = places[:, 16 + side] + np.column_stack([ahead, sign * aside, -down])
        pole = np.column_stack(
            [rng.uniform(-0.9, -0.1, count), sign * rng.uniform(0.1, 1.0, count), rng.uniform(-1.2, -0.2, count)]
        )
        lay_arm(local, side, target, 0.09, pole, np.ones(count), turns[:, 9], places[:, 9], rest)
        elbow, wrist = _ELBOWS[side], _WRISTS[side]
        local[:, elbow] = local[:, elbow] @ about("x", rng.uniform(-0.9, 0.9, count))
        local[:, wrist] = (
            about("x", rng.uniform(-0.5, 0.5, count))
            @ about("z", rng.normal(0, 0.25, count))
            @ about("y", rng.normal(0, 0.15, count))
        )
    return posed()


def _camera(rng: np.random.Generator, part: Part, elbow: Array, wrist: Array) -> tuple[Camera, float, float]:
    """A camera of a part's directions that sees the hand at a size drawn evenly on a logarithmic scale."""
    while True:
        azimuth = rng.uniform(-np.pi, np.pi)
        elevation = rng.uniform(*(_HIGH if part == "high" else _LEVELS))
        even = (int((azimuth + np.pi) // _SECTOR) + int((elevation - _LEVELS[0]) // _BAND)) % 2 == 0
        if part == "high" or even == (part == "training"):
            break
    distance = float(np.exp(rng.uniform(*np.log(_DISTANCE))))
    flat = np.array([np.cos(azimuth), np.sin(azimuth)])
    hand = wrist + 0.5 * LENGTH * (wrist - elbow) / np.linalg.norm(wrist - elbow)
    place = hand + distance * np.append(np.cos(elevation) * flat, np.sin(elevation))
    pixels = float(np.exp(rng.uniform(*np.log(PIXELS))))
    focal = pixels * distance / LENGTH
    fovy = float(np.degrees(2 * np.arctan(SIDE / (2 * focal))))
    return Camera.looking_at(place, hand, fovy, (SIDE, SIDE)), azimuth, elevation


def _estimated(rng: np.random.Generator, camera: Camera, elbow: Array, wrist: Array, left: bool) -> HandView:
    """The hand's place as a fit of the body would have it: a few centimetres off, and more in depth."""
    sight = camera.rotation[:, 2]
    off = rng.normal(0, 0.018, (2, 3)) + rng.normal(0, 0.08) * sight
    view = hand_view(camera, elbow + off[0], wrist + off[1], left=left)
    assert view is not None
    return view


def _thing(rng: np.random.Generator, turn: Array, wrist: Array, side: int) -> SceneObject | None:
    """Something upright in the hand or a little beside it, or None."""
    if rng.random() > _THING_SHARE:
        return None
    sign = 1.0 if side == 0 else -1.0
    kind = str(rng.choice(["bottle", "can", "box"]))
    thick = rng.uniform(0.05, 0.085)
    tall = {"bottle": rng.uniform(0.18, 0.27), "can": rng.uniform(0.1, 0.14), "box": rng.uniform(0.06, 0.2)}[kind]
    size = np.array([thick, thick if kind != "box" else rng.uniform(0.04, 0.1), tall])
    # the palm faces down the body's y axis, the fingers point outward along x
    in_palm = np.array([sign * rng.uniform(0.06, 0.12), -rng.uniform(0.02, 0.06), rng.normal(0, 0.015)])
    away = rng.choice([0.0, 1.0], p=[0.7, 0.3]) * rng.uniform(0.03, 0.12) * _unit(rng.normal(size=3))
    grip = wrist + turn @ in_palm + away
    foot = grip - np.array([0.0, 0.0, tall * rng.uniform(0.3, 0.65)])
    color = str(rng.choice(list(COLORS)))
    return SceneObject(CatalogueItem("thing", kind, color, size, True), foot, float(rng.uniform(-np.pi, np.pi)), 1.0)


def _composed(
    rng: np.random.Generator,
    renderer: PersonRenderer,
    camera: Camera,
    room: Array,
    thing: SceneObject | None,
    fingers: Array,
) -> tuple[Array, float]:
    """One frame (SIDE, SIDE, 3) uint8, and the share of finger joints (15, 3) [m] that nothing hides in it."""
    colour, depth = renderer.colour().astype(np.float32), renderer.depth()
    person = colour.any(-1)
    frame = _background(rng, room)
    before = np.zeros_like(person)
    if thing is not None:
        where, shade, near = _drawn(rng, thing, camera)
        frame[where] = shade[where]
        # the embedded video model draws a person before what is less than this nearer; others hide fingers as they are
        before = where & (near + (0.06 if rng.random() < 0.5 else 0.0) < depth)
    drawn = person & ~before
    alpha = np.where(drawn, cv2.blur(drawn.astype(np.float32), (3, 3)), 0)[..., None]
    frame = colour * alpha + frame * (1 - alpha)
    pixel, own = camera.project(fingers)
    column, row = np.clip(pixel.astype(int), 0, SIDE - 1).T
    shown = (own - depth[row, column] < _HIDDEN_BEHIND) & ~before[row, column]
    gain = rng.uniform(0.6, 1.2) * np.clip(rng.normal(1, 0.05, 3), 0.85, 1.15)
    gamma = rng.uniform(0.8, 1.25)
    curve = 255 * np.clip(np.arange(256)[:, None] / 255 * gain, 0, 1) ** gamma
    lit = np.stack([curve[:, k].astype(np.float32)[frame[..., k].astype(np.uint8)] for k in range(3)], -1)
    if rng.random() < 0.3:
        lit = cv2.GaussianBlur(lit, (0, 0), rng.uniform(0.3, 1.0))
    lit = lit + rng.uniform(0, 4) * rng.standard_normal(lit.shape, np.float32)
    return np.clip(lit, 0, 255).astype(np.uint8), float(shown.mean())


def _background(rng: np.random.Generator, room: Array) -> Array:
    """(SIDE, SIDE, 3) float part of a picture of a room, at any scale, with an edge of something across it."""
    side = int(rng.uniform(60, 400))
    x, y = rng.integers(0, room.shape[1] - side), rng.integers(0, room.shape[0] - side)
    part = cv2.resize(room[y : y + side, x : x + side], (SIDE, SIDE), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    if rng.random() < 0.5:
        part = part[:, ::-1].copy()
    for _ in range(rng.integers(0, 3)):
        middle, radius = rng.uniform(0, SIDE, 2), rng.uniform(20, 160)
        angles = np.sort(rng.uniform(0, 2 * np.pi, 4))
        corners = middle + radius * np.column_stack([np.cos(angles), np.sin(angles)])
        cv2.fillConvexPoly(part, corners.astype(np.int32), rng.uniform(20, 235, 3).tolist())
    return np.asarray(part)


def _drawn(rng: np.random.Generator, thing: SceneObject, camera: Camera) -> tuple[Array, Array, Array]:
    """Where (SIDE, SIDE) a thing is seen, its colour, and its depth [m]."""
    low, high = outline(thing, camera)
    crop = (slice(low[1], high[1]), slice(low[0], high[0]))
    rows, columns = np.mgrid[crop]
    rays = camera.rays(np.stack([columns.ravel() + 0.5, rows.ravel() + 0.5], -1))
    pieces = pieces_of(thing)
    nearest, label = np.full(len(rays), np.inf), np.full(len(rays), -1)
    for index, piece in enumerate(pieces):
        along, side = meet(piece, camera.position, rays)
        keep_nearer(nearest, label, along, 8 * index + side)
    shades = np.array([role_rgb(p.color, p.role) for p in pieces for _ in range(8)])
    shades = 255 * np.clip(shades * rng.uniform(0.6, 1.1, (len(shades), 1)), 0.05, 1)
    hit, depth = np.zeros((SIDE, SIDE), bool), np.full((SIDE, SIDE), np.inf)
    colour = np.zeros((SIDE, SIDE, 3), np.float32)
    hit[crop] = np.isfinite(nearest).reshape(rows.shape)
    colour[crop] = shades[np.maximum(label, 0)].reshape(*rows.shape, 3)
    depth[crop] = (nearest * (rays @ camera.rotation[:, 2])).reshape(rows.shape)
    return hit, colour, depth


def _unit(vector: Array) -> Array:
    return np.asarray(vector / np.linalg.norm(vector))
