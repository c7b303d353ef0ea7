"""The request in words, for video models that read: five blocks, the same every time for the same scene and actions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

import prompts
from exoactor.grasp import is_graspable
from exoactor.types import Action, Array, Camera, ConfigError, Scene, SceneObject, Wording

TEMPLATE = "video.md.j2"
PASSES = ("step_over", "duck_under")
STAYS = ("wipe", "sit", "stand_up", *PASSES)
"""Kinds of actions that leave their thing where it is."""


def video_prompt(scene: Scene, actions: Sequence[Action], wording: Wording | None = None) -> str:
    """Shot, Scene, Motion, Execution and End State of a clip.

    Args:
        scene: the room as perceived; things seen with confidence below 0.5 are left out.
        actions: the chain.
        wording: other words than the skill's own for it. They come into Motion, Execution and End State; Shot and Scene
            stay what they are.

    Returns:
        The prompt; equal arguments give equal text.
    """
    environment = SandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=False, keep_trailing_newline=True, autoescape=False
    )
    template = environment.from_string(_source())
    wording = wording or Wording.of(actions)
    text = template.render(
        things=[_thing(o, scene.camera) for o in scene.objects if o.confidence >= 0.5],
        start=_place(np.array([scene.robot.x, scene.robot.y, 0.0]), scene.camera) if scene.robot else "in view",
        lines=_lines(scene, actions, wording),
        end=f"{wording.end}{',' if ',' in wording.end else ''}" if wording.end else own_end(actions, scene),
        avoid=wording.avoid,
        moved=list(dict.fromkeys(_name(a.thing, scene) for a in actions if a.thing and a.kind not in STAYS)),
        held=_held(actions[0], scene) if actions else "",
    )
    return str(text)


def template_hash() -> str:
    """sha256 of the template, as job.json has it."""
    return hashlib.sha256(_source().encode()).hexdigest()


def label(wording: Wording, step: int, part: int) -> str:
    """The number of a piece as it stands in the prompt: "2", or "2a", "2b", ... where the action is in pieces."""
    return f"{step + 1}{chr(ord('a') + part) if len(wording.steps[step]) > 1 else ''}"


def own_end(actions: Sequence[Action], scene: Scene) -> str:
    """What is seen at the end where nobody words it."""
    return _end(actions[-1], scene) if actions else "stands upright"


def _lines(scene: Scene, actions: Sequence[Action], wording: Wording) -> list[dict[str, str]]:
    """The pieces in order; what the skill says of an action's manner stands with its main one."""
    lines = []
    for step, (action, pieces) in enumerate(zip(actions, wording.steps, strict=True)):
        for part, piece in enumerate(pieces):
            manners = (piece.manner, own_manner(action, scene) if piece.main else "")
            lines.append(
                {"number": label(wording, step, part), "text": piece.text, "how": "; ".join(filter(None, manners))}
            )
    return lines


@cache
def _source() -> str:
    # a namespace package of an editable install lists a place that is no folder, which importlib.resources refuses
    for folder in prompts.__path__:
        path = Path(folder) / TEMPLATE
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise ConfigError(f"the template {TEMPLATE} is missing from the installed package 'prompts'; reinstall exoactor")


def _thing(thing: SceneObject, camera: Camera) -> dict[str, Any]:
    article = "an" if thing.item.color[0] in "aeiou" else "a"
    return {
        "article": article,
        "kind": thing.item.kind,
        "color": thing.item.color,
        "where": _place(thing.position, camera),
    }


def _place(point: Array, camera: Camera) -> str:
    """Where a point is in the picture, in words."""
    pixel, depth = camera.project(np.asarray(point, float))
    share = float(pixel[0]) / camera.size[0]
    if share < 0.35:
        side = "on the left"
    elif share > 0.65:
        side = "on the right"
    else:
        side = "in the middle"
    return f"{side} of the picture, about {float(depth):.0f} m away"


def own_manner(action: Action, scene: Scene) -> str:
    """How an action is done, by its numbers; empty where they say nothing."""
    if action.kind == "walk" and action.goal is not None:
        goal = np.array([action.goal.x, action.goal.y, 0.0])
        if scene.robot is None:
            return "at a comfortable pace"
        length = float(np.linalg.norm(action.goal.xy - scene.robot.xy))
        return f"at a comfortable pace, about {length:.1f} m, ending {_place(goal, scene.camera)}"
    if action.kind == "turn":
        return "on the spot, with small steps"
    if action.kind == "wave":
        return f"{action.side} hand beside the head, to and fro for about {max(action.seconds - 1, 1):.0f} s"
    if action.kind == "point":
        return f"{action.side} arm straight, held for about {max(action.seconds - 1.5, 1):.0f} s, then lowered"
    if action.kind == "lift":
        return f"bending down, one hand on each side of it, then {action.rise:.1f} m up, held there"
    if action.kind == "carry" and _one_hand(action, scene):
        return f"at an easy pace, holding it upright in the {action.side} hand"
    if action.kind == "carry":
        return "at an easy pace, holding it level before the chest"
    if action.kind == "put_down":
        return "bending down with it, then opening both hands"
    if action.kind == "pick":
        return f"{action.side} hand round it, then {100 * action.rise:.0f} cm up, held there"
    if action.kind == "place" and action.drop > 0:
        return f"{action.side} hand over the opening, then opening it so that it falls in, and drawing it back"
    if action.kind == "place":
        return f"{action.side} hand, upright, then opening it and drawing it back"
    if action.kind == "push" and action.goal is not None:
        way = float(np.linalg.norm(action.shift))
        return f"both palms on the near side of it, in small steps, about {way:.1f} m, then letting go of it"
    if action.kind == "push":
        end = " until it falls to the floor" if action.rise < 0 else ", then taking the hand away"
        return f"flat {action.side} hand beside it, {100 * float(np.linalg.norm(action.shift)):.0f} cm{end}"
    if action.kind == "wipe":
        wide = f"{100 * action.shift[1]:.0f} cm to the left and right"
        return f"flat {action.side} hand, palm down on the top, {action.strokes} strokes of {wide}, then lifting it off"
    if action.kind == "sit":
        return "bowing a little, hips back and down onto it, then upright, hands on the thighs"
    if action.kind == "stand_up":
        return "leaning forward over the feet, then rising"
    if action.kind == "step_over":
        return f"one foot after the other, knees high, soles {100 * action.rise:.0f} cm off the floor, touching nothing"
    if action.kind == "duck_under":
        return "knees bent and trunk bowed all the way under it, touching nothing, then upright again"
    return f"for {action.seconds:.0f} s" if action.seconds >= 1 else ""


def _held(first: Action, scene: Scene) -> str:
    """What is held from the beginning, and how; empty for nothing."""
    if first.kind not in ("carry", "put_down", "place"):
        return ""
    return f"{_name(first.thing, scene)} in {f'the {first.side} hand' if _one_hand(first, scene) else 'both hands'}"


def _one_hand(action: Action, scene: Scene) -> bool:
    thing = scene.get(action.thing or "")
    return thing is not None and is_graspable(thing.item)


def _name(id: str | None, scene: Scene) -> str:
    thing = scene.get(id or "")
    return "thing" if thing is None else f"{thing.item.color} {thing.item.kind}"


def _end(last: Action, scene: Scene) -> str:
    if last.kind in ("walk", "turn") and last.goal is not None:
        forward = np.array([*last.goal.forward, 0.0]) @ scene.camera.rotation
        if abs(forward[2]) > abs(forward[0]):
            way = "away from the camera" if forward[2] > 0 else "towards the camera"
        else:
            way = "to the right of the picture" if forward[0] > 0 else "to the left of the picture"
        return f"stands upright with both feet together, facing {way},"
    if last.kind in ("lift", "carry", "pick"):
        hands = "one hand" if _one_hand(last, scene) else "both hands"
        return f"stands with the {_name(last.thing, scene)} held up in {hands}"
    if last.kind == "sit":
        return f"sits upright on the {_name(last.thing, scene)}, both hands on the thighs"
    return "stands upright, both arms hanging,"
