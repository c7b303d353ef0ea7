"""Answers to questions about the scene, from what was perceived and from nothing else."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agent import facts
from agent.chat.words import Line
from agent.language.nouns import NotUnderstood, Nouns
from agent.language.tokens import Cursor, tokens
from exoactor.stance import support_of
from exoactor.types import Catalogue, Scene, SceneObject
from skills.base import spoken

ROBOT = ("you", "yourself", "the robot")
BEHIND = float(np.radians(135.0))
ASIDE = float(np.radians(30.0))


@dataclass(frozen=True)
class Body:
    """What the robot knows of itself without looking.

    Args:
        holding: id of what is in its hands, or None.
        seat: id of what it sits on, or None.
    """

    holding: str | None = None
    seat: str | None = None


def answer(line: Line, scene: Scene, catalogue: Catalogue, body: Body, mentioned: tuple[str, ...] = ()) -> str:
    """The answer to a question about the scene.

    Args:
        line: the question, of a kind in `words.SCENE`.
        scene: as perceived.
        catalogue: the things there are.
        body: what the robot feels.
        mentioned: ids of things that were spoken of, the last of them last.
    """
    if line.kind == "see":
        return _everything(scene, body)
    if line.kind == "self" or (line.kind == "where" and line.names[0].lower() in ROBOT):
        return _robot(scene, body)
    if line.kind == "holding":
        return f"I hold the {spoken(body.holding)}." if body.holding else "My hands are empty."
    try:
        named = [_named(name, catalogue, mentioned) for name in line.names]
    except NotUnderstood as problem:
        return f"{problem.reason}. {problem.question}".strip()
    if line.kind == "what_is_on":
        return _what_is_on(scene, named[0])
    if line.kind == "on_what":
        return "\n".join(_is_on(scene, id, named[1]) for id in named[0])
    return "\n".join(_where(scene, id, body) for id in named[0])


def _named(words: str, catalogue: Catalogue, mentioned: tuple[str, ...]) -> tuple[str, ...]:
    """The things that words name.

    Raises:
        NotUnderstood: no thing, or it is not clear which.
    """
    if words.strip() in ("floor", "the floor", "the ground"):
        return ("floor",)
    nouns = Nouns(catalogue)
    for id in mentioned:
        nouns.mentioned.note((id,))
    cursor = Cursor(tokens(words))
    ids = nouns.read(cursor)
    if cursor:
        raise NotUnderstood(f"I do not understand {cursor.word!r} in {words!r}")
    return tuple(ids)


def _everything(scene: Scene, body: Body) -> str:
    seen = [o for o in scene.objects if facts.found(scene, o.id)]
    lines = [f"I see {len(seen)} things." if seen else "I see none of the things I know."]
    lines += [f"- {_where(scene, o.id, body)}" for o in seen]
    unseen = [*scene.missing, *(o.id for o in scene.objects if not facts.found(scene, o.id))]
    if unseen:
        lines.append(f"I do not see: {', '.join(spoken(i) for i in dict.fromkeys(unseen))}.")
    return "\n".join([*lines, _robot(scene, body)])


def _robot(scene: Scene, body: Body) -> str:
    holds = f", with the {spoken(body.holding)} in my hands" if body.holding else ""
    how = f"sit on the {spoken(body.seat)}" if body.seat else "stand"
    if scene.robot is None:
        return f"I {how}{holds}, but the camera does not see where."
    x, y, yaw = scene.robot.to_json()
    at = [o.id for o in scene.objects if facts.at(scene, o.id) and o.position[2] < 0.1]
    by = f" at the {' and the '.join(spoken(i) for i in at)}" if at and not body.seat else ""
    return f"I {how}{by}{holds}: x {x:.2f} m, y {y:.2f} m, heading {np.degrees(yaw):.0f}°."


def _where(scene: Scene, id: str, body: Body) -> str:
    name = spoken(id)
    thing = scene.get(id)
    if thing is None or id in scene.missing:
        return f"I do not see the {name}."
    if facts.found(scene, id) is None:
        return f"I am not sure that what I see is the {name} (confidence {thing.confidence:.2f})."
    if body.holding == id:
        return f"The {name} is in my hands."
    x, y = thing.position[:2]
    lies = ", lying" if thing.lies else ""
    carried = [spoken(o.id) for o in facts.things_on(scene, id)]
    bears = f"; on it: {', '.join(carried)}" if carried else ""
    return f"The {name} is on {_below(scene, thing)}{lies}, {_from_here(scene, thing)}x {x:.2f} m, y {y:.2f} m{bears}."


def _below(scene: Scene, thing: SceneObject) -> str:
    below = support_of(thing, scene.objects)
    return "the floor" if below is None else f"the {spoken(below.id)}"


def _from_here(scene: Scene, thing: SceneObject) -> str:
    away = facts.distance(scene, thing)
    if away is None:
        return ""
    angle = facts.bearing(scene, thing)
    side = "left" if angle > 0 else "right"
    way = "ahead of me" if abs(angle) < ASIDE else "behind me" if abs(angle) > BEHIND else f"to my {side}"
    return f"{away:.1f} m {way}, "


def _is_on(scene: Scene, id: str, supports: tuple[str, ...]) -> str:
    told = facts.on(scene, id, supports[0])
    if told is None:
        return f"I cannot tell: I do not see the {spoken(id)} well."
    below = _below(scene, next(o for o in scene.objects if o.id == id))
    return f"Yes, the {spoken(id)} is on {below}." if told else f"No, the {spoken(id)} is on {below}."


def _what_is_on(scene: Scene, supports: tuple[str, ...]) -> str:
    lines = []
    for support in supports:
        if support != "floor" and facts.found(scene, support) is None:
            lines.append(f"I do not see the {spoken(support)} well enough to tell.")
            continue
        names = [spoken(o.id) for o in facts.things_on(scene, support)]
        lines.append(f"On the {spoken(support)} I see {'the ' + ', the '.join(names) if names else 'nothing I know'}.")
    return "\n".join(lines)


def newest_look(folder: Path) -> Path | None:
    """The observation.json of the last look that is on disk below a folder; its picture lies beside it."""
    return max(folder.rglob("observation.json"), key=lambda p: p.stat().st_mtime_ns, default=None)


def seen_at(look: Path) -> tuple[Scene, float]:
    """The scene of a look, and how long ago it was taken [s]."""
    return Scene.from_json(json.loads(look.read_text())["scene"]), time.time() - look.stat().st_mtime


def last_look(folder: Path) -> tuple[Scene, float] | None:
    """The scene of the last look that is on disk below a folder, and how long ago it was taken [s]."""
    look = newest_look(folder)
    return None if look is None else seen_at(look)
