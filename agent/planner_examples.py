"""Worked examples for the planner's prompt; a test puts each through the reader and the validator."""

from __future__ import annotations

from typing import Any, Final

Example = tuple[str, list[dict[str, Any]], dict[str, Any]]
"""Instruction, things, answer."""

_ROOM: Final = [
    {"id": "stand", "kind": "table", "color": "blue", "movable": False, "height_m": 0.4},
    {"id": "bench", "kind": "table", "color": "wood", "movable": False, "height_m": 0.45},
    {"id": "box", "kind": "box", "color": "orange", "movable": True, "height_m": 0.25},
    {"id": "red_chair", "kind": "chair", "color": "red", "movable": False, "height_m": 0.9},
    {"id": "blue_chair", "kind": "chair", "color": "blue", "movable": False, "height_m": 0.9},
]


def _plan(*events: tuple[str, dict[str, Any], str]) -> dict[str, Any]:
    rows = [{"skill": skill, "args": args, "said": said} for skill, args, said in events]
    return {"answer": "plan", "events": rows, "not_served": [], "question": "", "reason": ""}


EXAMPLES: Final[tuple[Example, ...]] = (
    (
        "the box belongs on the bench, not here. Then say hi with your left, but don't go to the chairs",
        _ROOM,
        _plan(
            ("put_down", {"target": "box", "on": "bench"}, "the box belongs on the bench"),
            ("wave", {"side": "left"}, "say hi with your left"),
        ),
    ),
    (
        "stroll over to the seat and go round it",
        _ROOM,
        {
            "answer": "ask",
            "events": [],
            "not_served": [],
            "question": "Which seat: the red chair or the blue chair?",
            "reason": "",
        },
    ),
    (
        "paint the bench green",
        _ROOM,
        {
            "answer": "abstain",
            "events": [],
            "not_served": ["paint the bench green"],
            "question": "",
            "reason": "No skill paints.",
        },
    ),
)
