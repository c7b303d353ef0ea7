"""Who walks and how: body shape, clothes, timing and manner, all drawn from one seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoactor.body import Body
from exoactor.types import Array

Colour = tuple[int, int, int]

SKINS: tuple[Colour, ...] = ((224, 182, 155), (205, 160, 130), (176, 128, 98), (134, 92, 66), (98, 66, 48))
HAIRS: tuple[Colour, ...] = ((45, 34, 28), (82, 58, 40), (128, 96, 62), (60, 58, 56), (150, 146, 140))
SHIRTS: tuple[Colour, ...] = (
    (60, 95, 160), (165, 60, 55), (70, 125, 85), (214, 206, 190), (70, 70, 80), (196, 150, 62), (115, 80, 135),
)  # fmt: skip
TROUSERS: tuple[Colour, ...] = ((52, 56, 70), (70, 78, 100), (96, 84, 70), (60, 60, 60), (110, 106, 98))
SHOES: tuple[Colour, ...] = ((44, 38, 36), (200, 196, 190), (90, 60, 42), (120, 40, 40))


@dataclass(frozen=True)
class Style:
    """One imagined person.

    Args:
        betas: (10,) body shape.
        height: standing height [m].
        speed: comfortable walking speed [m/s].
        step_time: duration of one step [s].
        turn_rate: turning on the spot [rad/s].
        stance_width: distance between the ankles when standing [m].
        toe_out: outward turn of each foot [rad].
        clearance: height of the ankle's arc in a swing [m].
        arm_swing: arm angle per metre of foot separation [rad/m].
        elbow: bend of hanging elbows [rad].
        arm_out: angle of hanging upper arms from the vertical, sideways [rad].
        lean: forward lean of the trunk while walking [rad].
        sway: sideways shift of the pelvis over the standing leg [m].
        lead_in: standing before the first action [s].
        lead_out: standing after the last action [s].
        wave_hz: oscillations of the waving hand [1/s].
        tempo: factor on the duration of gestures and pauses.
        left_first: the left foot begins a walk.
        palette: colour of each label of `exoactor.body.LABELS` that varies.
        pattern: "plain", "stripes" or "checks" of the shirt.
        long_sleeves: else the forearms' upper part is bare.
        short_trousers: the shins are bare.
        noise_seed: of the idle movement and of the cloth's texture.
    """

    betas: Array
    height: float
    speed: float
    step_time: float
    turn_rate: float
    stance_width: float
    toe_out: float
    clearance: float
    arm_swing: float
    elbow: float
    arm_out: float
    lean: float
    sway: float
    lead_in: float
    lead_out: float
    wave_hz: float
    tempo: float
    left_first: bool
    palette: dict[str, Colour]
    pattern: str
    long_sleeves: bool
    short_trousers: bool
    noise_seed: int


def sample_style(body: Body, seed: int, tallest: float = 1.90) -> Style:
    """Draw a person between 1.60 m and `tallest` [m]; the same seed gives the same one."""
    rng = np.random.default_rng([seed, 17])
    height = float(min(rng.uniform(1.60, 1.90), tallest))
    betas = body.with_height(np.clip(rng.normal(0, 0.6, 10), -1.2, 1.2), height)
    reach = height / 1.75

    def pick(choices: tuple[Colour, ...]) -> Colour:
        chosen = np.array(choices[rng.integers(len(choices))]) + rng.integers(-10, 11, 3)
        # black marks "no person" in a rendered frame, so nothing on the person is quite black
        red, green, blue = (int(v) for v in np.clip(chosen, 25, 245))
        return red, green, blue

    skin = pick(SKINS)
    palette = {
        "skin": skin,
        "lips": (int(skin[0] * 0.85), int(skin[1] * 0.65), int(skin[2] * 0.65)),
        "hair": pick(HAIRS),
        "shirt": pick(SHIRTS),
        "trousers": pick(TROUSERS),
        "shoe": pick(SHOES),
    }
    return Style(
        betas=betas,
        height=height,
        speed=float(rng.uniform(0.82, 1.02)),
        step_time=float(rng.uniform(0.52, 0.60) * np.sqrt(reach)),
        turn_rate=float(rng.uniform(1.0, 1.3)),
        stance_width=float(rng.uniform(0.17, 0.22)),
        toe_out=float(rng.uniform(0.05, 0.16)),
        clearance=float(rng.uniform(0.055, 0.085)),
        arm_swing=float(rng.uniform(0.6, 1.0)),
        elbow=float(rng.uniform(0.2, 0.4)),
        arm_out=float(rng.uniform(0.16, 0.24)),
        lean=float(rng.uniform(0.02, 0.07)),
        sway=float(rng.uniform(0.016, 0.028)),
        lead_in=float(rng.uniform(0.32, 0.5)),
        lead_out=float(rng.uniform(0.36, 0.5)),
        wave_hz=float(rng.uniform(1.0, 1.3)),
        tempo=float(rng.uniform(0.94, 1.12)),
        left_first=bool(rng.random() < 0.5),
        palette=palette,
        pattern=str(rng.choice(["plain", "plain", "stripes", "checks"])),
        long_sleeves=bool(rng.random() < 0.4),
        short_trousers=bool(rng.random() < 0.2),
        noise_seed=int(rng.integers(1 << 31)),
    )
