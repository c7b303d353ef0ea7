"""Other ways to reach what a failed subtask was for: a table, tried once each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agent.plan import Failure, Subtask
from exoactor.grasp import GRASPABLE
from exoactor.types import Catalogue
from skills import acted_on


def _turn_first(failed: Subtask) -> tuple[Subtask, ...]:
    target = failed.args["target"]
    return (Subtask("turn_to", {"target": target}, f"{failed.skill} failed; face {target} first"), failed)


def _walk_first(failed: Subtask) -> tuple[Subtask, ...]:
    target = acted_on(failed.args)
    return (Subtask("walk_to", {"target": target}, f"{failed.skill} failed; go to {target} first"), failed)


def _aside(failed: Subtask) -> tuple[Subtask, ...]:
    return (Subtask(failed.skill, {**failed.args, "aside": True}, "the camera could not see the arm; step aside"),)


def _as_seen_from_here(failed: Subtask) -> tuple[Subtask, ...]:
    args = {name: value for name, value in failed.args.items() if name != "aside"}
    return (Subtask(failed.skill, args, "no room to step aside; once more from here, another person may be seen"),)


def _settle_first(failed: Subtask) -> tuple[Subtask, ...]:
    return (Subtask("stand_still", {"seconds": 2.0}, f"{failed.skill} failed; come to rest first"), failed)


def _take_up_again(failed: Subtask, catalogue: Catalogue) -> tuple[Subtask, ...]:
    thing, on = acted_on(failed.args), failed.args.get("on")
    why = f"{thing} was lost; take it up again"
    small = any(item.id == thing and item.kind in GRASPABLE for item in catalogue)
    take = Subtask("pick", {"object": thing}, why) if small else Subtask("lift", {"target": thing}, why)
    carry = (Subtask("carry", {"target": thing, "to": on}, why),) if on else ()
    return (take, *carry, failed)


def _bring_there(failed: Subtask) -> tuple[Subtask, ...]:
    thing, to = failed.args["object"], failed.args["target"]
    return (Subtask("carry", {"target": thing, "to": to}, f"{thing} is not above {to}"), failed)


def _once_more(failed: Subtask) -> tuple[Subtask, ...]:
    args = {name: value for name, value in failed.args.items() if name != "toward"}
    return (Subtask(failed.skill, args, f"{acted_on(args)} is nearer now; push it on"),)


def _stand_up_first(failed: Subtask) -> tuple[Subtask, ...]:
    return (Subtask("stand_up", {}, f"the robot sits, and {failed.skill} begins on foot"), failed)


_WAYS: dict[str, Callable[[Subtask], tuple[Subtask, ...]]] = {
    "walk_to": _turn_first,
    "walk_around": _walk_first,
    "turn_to": _settle_first,
    "point_at": _turn_first,
    "wave": _settle_first,
    "step_over": _walk_first,
    "duck_under": _walk_first,
}

LOST = frozenset({"lost", "not_in_hands"})
"""What was to be in the hands is not."""

HOLDING = frozenset({"carry", "put_down", "place"})
"""Skills that ask for something in the hands."""

SEATED = frozenset({"seated", "perched", "slumped", "hands_on"})
"""The robot sits, though it should not, or not as it should."""

HIDDEN_ARM = frozenset({"arm_not_seen", "arm_not_out"})
"""An arm along the camera's line of sight is not seen, neither in the imagined video nor in the look at the outcome."""

HOPELESS = frozenset({"target_not_seen", "robot_not_seen"})
"""Reasons that another chain of actions does not mend: the camera does not move."""


def another_way(
    remaining: Sequence[Subtask], history: Sequence[Failure], catalogue: Catalogue = ()
) -> tuple[Subtask, ...] | None:
    """The remaining subtasks with another way for the first, or None if there is none that was not tried.

    Args:
        remaining: what is still to be done, the failed subtask first.
        history: failures so far, the latest last.
        catalogue: of the scene; small things are taken up again with one hand.
    """
    if not remaining or not history:
        return None
    failed = remaining[0]
    code = history[-1].code
    if code == "no_free_place" and failed.args.get("aside"):
        return (*_as_seen_from_here(failed), *remaining[1:])
    if failed.skill in HOLDING and code in LOST and code not in [failure.code for failure in history[:-1]]:
        return (*_take_up_again(failed, catalogue), *remaining[1:])
    if failed.skill == "place" and code == "not_above":
        return (*_bring_there(failed), *remaining[1:])
    if failed.skill == "push" and code == "too_far" and not failed.because:
        return (*_once_more(failed), *remaining[1:])
    if code in SEATED and code not in [failure.code for failure in history[:-1]]:
        return (*_stand_up_first(failed), *remaining[1:])
    way = _aside if failed.skill == "point_at" and code in HIDDEN_ARM else _WAYS.get(failed.skill)
    if way is None or failed.because or code in HOPELESS:
        return None
    plain = Subtask(failed.skill, dict(failed.args), "another way was found for it")
    return (*way(plain), *remaining[1:])
