"""What a video model is asked for and what it gives back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from exoactor.types.camera import Camera, Observation
from exoactor.types.scene import Pose2D, Scene

if TYPE_CHECKING:
    from pathlib import Path

ActionKind = Literal[
    "stand", "walk", "turn", "wave", "point", "lift", "carry", "put_down", "pick", "place", "push", "wipe", "sit",
    "stand_up", "step_over", "duck_under",
]  # fmt: skip


@dataclass(frozen=True)
class Action:
    """One atomic, visible, physically doable action of a person.

    Args:
        kind: what is done.
        text: the same in words, for models that read ("walks to the table").
        seconds: for stand, wave, point: how long; for lift and pick: how long it is held up; for sit: how long the
            person is seen sitting; before natural variation [s].
        goal: for walk, carry and push: where it ends, one right behind is stepped back to; for turn: only its yaw
            counts; for stand_up: where the person then stands; for step_over and duck_under: straight ahead, beyond the
            thing. A push with a goal is made by both hands and the legs, one without by one hand.
        via: for walk and carry: floor points to pass in order [m].
        side: for wave, point, pick, place, push and wipe: the hand, "left" or "right".
        at: for point: the world point (x, y, z) pointed at; for wipe: the middle of what is wiped, on the top [m].
        thing: for lift, carry, put_down, pick, place, push, wipe, sit and stand_up: id of the thing in the scene; one
            that is carried, put down or placed is held from the beginning, from one that is stood up from the person
            begins. For step_over and duck_under: id of what is gone over or under.
        rise: how far it is raised, negative for put_down, place, and a push over an edge; for step_over: how high the
            soles go up; for duck_under: how high the head may be [m].
        shift: for push, and for place over a rim: how far the thing goes, x and y in the world; for wipe: how far the
            hand comes to be ahead from the first stroke to the last, and how long each is to one side [m].
        strokes: for wipe: how many, to and fro counted apart.
        drop: for place: how far what is let go of then falls [m].
    """

    kind: ActionKind
    text: str
    seconds: float = 0.0
    goal: Pose2D | None = None
    via: tuple[tuple[float, float], ...] = ()
    side: Literal["left", "right"] = "right"
    at: tuple[float, float, float] | None = None
    thing: str | None = None
    rise: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    strokes: int = 0
    drop: float = 0.0


@dataclass(frozen=True)
class Piece:
    """What is seen of an action, or of a part of it.

    Args:
        text: what the person does, read after "The person" ("walks to the table").
        manner: how, besides what the action itself says; empty for nothing.
        main: it is the piece that says the action itself, to which its numbers belong.
    """

    text: str
    manner: str = ""
    main: bool = True


@dataclass(frozen=True)
class Wording:
    """An action chain in words, for video models that read.

    Args:
        steps: for each action of the chain, in order, the pieces that are seen of it, one at least.
        end: what is seen at the end, read after "The person"; empty for what follows from the last action.
        avoid: what must not happen.
        by: who wrote it.
    """

    steps: tuple[tuple[Piece, ...], ...]
    end: str = ""
    avoid: tuple[str, ...] = ()
    by: Literal["skill", "model", "person"] = "skill"

    def __post_init__(self) -> None:
        for number, pieces in enumerate(self.steps, 1):
            if not pieces:
                raise ValueError(f"step {number} has no words")

    @classmethod
    def of(cls, actions: Iterable[Action]) -> Wording:
        """The skill's own: each action in one piece."""
        return cls(tuple((Piece(action.text),) for action in actions))

    def to_json(self) -> dict[str, Any]:
        """For files and the journal."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Wording:
        """Inverse of `to_json`."""
        steps = tuple(tuple(Piece(**piece) for piece in pieces) for pieces in data["steps"])
        return cls(steps, data["end"], tuple(data["avoid"]), data["by"])


@dataclass(frozen=True)
class ImagineRequest:
    """Everything a video model may know. It is not told the person's height or the command's arguments.

    Args:
        scene: the room as perceived.
        observation: the look the video starts from.
        actions: the action chain, in order.
        prompt: the same as one text for models that read.
        seed: of body shape, clothing, timing and style.
        fps: frames per second wanted.
    """

    scene: Scene
    observation: Observation
    actions: tuple[Action, ...]
    prompt: str
    seed: int
    fps: int = 25


@dataclass(frozen=True)
class ImaginedVideo:
    """A clip on disk. Only `path` and `camera` go on to the next stage.

    Args:
        path: H.264 mp4.
        camera: calibration of the clip's frames.
        fps: frames per second.
        frames: number of frames.
        sidecar: backend, model, prompt, seed, gates; for people and reports, never read by `estimate`.
    """

    path: Path
    camera: Camera
    fps: float
    frames: int
    sidecar: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class GateResult:
    """One automatic check of a clip.

    Args:
        name: cut, pan, freeze, vanish, teleport, ...
        passed: False stops the attempt with `StageError("gate", name)`.
        value: what was measured.
        threshold: what it was compared with.
        unit: of both.
        frame: index of the worst frame, or None.
    """

    name: str
    passed: bool
    value: float
    threshold: float
    unit: str
    frame: int | None = None
