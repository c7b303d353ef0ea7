"""Other ways to reach what a failed subtask was for: a table, tried once each, what worked here before first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import skills
from agent.decide import POINTLESS
from agent.guard import repeats
from agent.memory import HANDS, Tried
from agent.plan import Failure, Subtask
from agent.proposal import as_said
from agent.remembered import worth
from exoactor.grasp import GRASPABLE
from exoactor.types import Catalogue
from exoactor.types.rotations import wrap
from skills import acted_on
from skills.approach import SAME, TURNS


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


def _other_hand(failed: Subtask, history: Sequence[Failure]) -> tuple[Subtask, ...] | None:
    """The same with the hand that was not tried; None where one is asked for, none is chosen, or both were tried."""
    with_hand = any(argument.type == "side" for argument in skills.get(failed.skill).arguments)
    if not with_hand or "side" in failed.args:
        return None
    said = as_said(failed)
    of_it = [
        f for f in history if f.subtask.skill == failed.skill and {**as_said(f.subtask), **said} == as_said(f.subtask)
    ]
    used = {f.hand for f in of_it if f.hand is not None}
    left = [hand for hand in HANDS if hand not in used]
    if len(left) != 1:
        return None
    why = f"{failed.skill} failed with the {next(iter(used))} hand; with the other one"
    return (Subtask(failed.skill, {**failed.args, "side": left[0]}, why),)


def _other_side(failed: Subtask, history: Sequence[Failure]) -> tuple[Subtask, ...] | None:
    """The same from a side where it was not tried; None where one was asked for, or it is not known where it was tried.

    Left, right and far are those of the first try, so that no side is tried again under another name.
    """
    of_it = [f for f in history if f.subtask.skill == failed.skill and _thing_alone(f.subtask) == _thing_alone(failed)]
    tried = [f.facing for f in of_it if f.facing is not None]
    sided = any(argument.type == "approach" for argument in skills.get(failed.skill).arguments)
    if not sided or not tried or ("approach" in of_it[0].subtask.args) or history[-1].code in POINTLESS - NO_ROOM:
        return None
    for word, turn in TURNS.items():
        toward = wrap(tried[0] + turn)
        if any(f.subtask.args.get("approach") == word for f in of_it) or any(
            abs(float(wrap(toward - other))) < SAME for other in tried
        ):
            continue
        args = {**failed.args, "approach": word, "toward": round(float(np.degrees(toward)), 1)}
        return (Subtask(failed.skill, args, f"{failed.skill} failed from one side; from another one"),)
    return None


def _thing_alone(step: Subtask) -> dict[str, Any]:
    return {k: v for k, v in step.args.items() if k not in ("approach", "toward")}


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

NO_ROOM = frozenset({"no_free_place", "no_side", "not_shown", "out_of_reach"})
"""One side is refused for these, when another was found wanting before."""

HOPELESS = frozenset({"target_not_seen", "robot_not_seen"})
"""Reasons that another chain of actions does not mend: the camera does not move."""


def another_way(
    remaining: Sequence[Subtask],
    history: Sequence[Failure],
    catalogue: Catalogue = (),
    done: Sequence[Subtask] = (),
    tried: Sequence[Tried] = (),
) -> tuple[Subtask, ...] | None:
    """The remaining subtasks with another way for the first, or None if there is none that was not tried.

    Args:
        remaining: what is still to be done, the failed subtask first.
        history: failures so far, the latest last.
        catalogue: of the scene; small things are taken up again with one hand.
        done: steps before it; what failed twice in one way for one reason is not taken, whatever else speaks for it.
        tried: what is remembered of this scene. Of several ways the one that worked here more often comes first.
    """
    if not remaining or not history:
        return None
    found = [way for way in ways(remaining[0], history, catalogue) if not repeats(way, done, history)]
    best = max(found, key=lambda way: worth(way, remaining[0], tried), default=None)  # the first of equals
    return None if best is None else (*best, *remaining[1:])


def ways(failed: Subtask, history: Sequence[Failure], catalogue: Catalogue = ()) -> list[tuple[Subtask, ...]]:
    """Every other way that rules have for a failed step, in the order in which they would try them."""
    code, codes_before = history[-1].code, [failure.code for failure in history[:-1]]
    if code == "no_free_place" and failed.args.get("aside"):
        return [_as_seen_from_here(failed)]
    if failed.skill in HOLDING and code in LOST and code not in codes_before:
        return [_take_up_again(failed, catalogue)]
    if failed.skill == "place" and code == "not_above":
        return [_bring_there(failed)]
    if failed.skill == "push" and code == "too_far" and not failed.because:
        return [_once_more(failed)]
    if code in SEATED and code not in codes_before:
        return [_stand_up_first(failed)]
    if code in HOPELESS:
        return []
    found = []
    way = _aside if failed.skill == "point_at" and code in HIDDEN_ARM else _WAYS.get(failed.skill)
    if way is not None and not failed.because:
        found.append(way(Subtask(failed.skill, dict(failed.args), "another way was found for it")))
    others = (_other_hand(failed, history), _other_side(failed, history))
    return [*found, *(other for other in others if other is not None)]
