"""A language model puts a step into words: asked once for an attempt, corrected, and done without where it fails."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from agent.models.calls import UNTOLD, Calls
from agent.models.config import ModelCfg
from agent.models.connect import structured
from agent.models.failures import ModelFailure, quoted
from agent.models.meter import Meter
from agent.plan import Subtask
from agent.prompting import as_data, render
from agent.proposal import as_said
from agent.scene_data import scene_data
from agent.wording.hands import hand_of
from agent.wording.proposal import Asked, Draft, read_wording, wording_schema
from agent.wording.rules import LONGEST, MOST_AVOIDED, MOST_PIECES
from agent.wording.vocabulary import COMMON, KEY, VERBS
from exoactor.types import Action, Catalogue, Scene, Wording

PURPOSE = "wording"
MAX_PROBLEMS = 12
"""So many are sent back at once."""
EXAMPLE: Final = (
    {
        "subtask": {"skill": "walk_to", "args": {"target": "bench"}},
        "actions": [
            {
                "step": 1,
                "kind": "walk",
                "does": "walks to the bench and stops, facing it",
                "says": "...",
                "verbs": "...",
            }
        ],
        "things": [{"id": "bench", "kind": "table", "color": "wood", "seen": True, "direction": "left"}],
        "failed_before": ["too_far"],
    },
    {
        "actions": [
            {"step": 1, "text": "walks to the bench with even steps", "manner": "arms swinging loosely"},
            {"step": 1, "text": "stops close to the bench, both feet side by side", "manner": ""},
        ],
        "end_state": "stands upright close to the bench, facing it, arms hanging",
        "must_not_happen": ["touching the bench"],
    },
)
"""A request and its answer, for the prompt; a test holds it against the rules."""


@dataclass(frozen=True)
class Written:
    """A chain in words.

    Args:
        actions: the chain as it is set.
        wording: the words; the skill's own where the model gave none.
        failure: why the model had no say, one of `agent.models.failures.CODES`; empty when it had.
        reason: the same for a person.
    """

    actions: tuple[Action, ...]
    wording: Wording
    failure: str = ""
    reason: str = ""


class Writer:
    """Asks a chat model for words and lets through what keeps the rules.

    Args:
        cfg: which model, how it is asked, what it may spend.
        key: for the endpoint.
        chat: the model, where it is not to be made from `cfg`.

    Raises:
        ModelFailure: "no_model".
    """

    def __init__(self, cfg: ModelCfg, key: str = "", chat: BaseChatModel | None = None) -> None:
        self.cfg = cfg
        self._structured = structured(cfg, key, chat)

    def write(
        self,
        subtask: Subtask,
        asked: Asked,
        catalogue: Catalogue,
        failed: Sequence[str] = (),
        calls: Calls = UNTOLD,
    ) -> Written:
        """Words for one attempt.

        Args:
            subtask: the step.
            asked: its chain, and where.
            catalogue: what is known to be in the room.
            failed: codes of earlier attempts at the step.
            calls: what goes with the requests.
        """
        settings = any(asked.open)
        messages: list[BaseMessage] = [
            SystemMessage(system_prompt(settings=settings)),
            HumanMessage(as_data(request(subtask, asked, catalogue, failed))),
        ]
        meter = Meter(self.cfg, calls)
        draft = Draft(asked.actions, Wording.of(asked.actions))
        for _ in range(self.cfg.corrections + 1):
            try:
                self._leave_for_the_planner(meter)
                reply = self._structured.ask(messages, wording_schema(asked), meter, PURPOSE)
            except ModelFailure as failure:
                return self._without(asked, failure.code, str(failure))
            draft = read_wording(reply, asked)
            if not draft.problems:
                return Written(draft.actions, draft.wording)
            said = [quoted(str(p), 300) for p in draft.problems[:MAX_PROBLEMS]]
            messages += [
                AIMessage(json.dumps(reply)[:4000]),
                HumanMessage(render("wording.correction.md.j2", problems=said)),
            ]
        why = quoted("; ".join(map(str, draft.problems)), 400)
        return self._without(asked, "nonsense", f"not usable after {self.cfg.corrections} corrections: {why}")

    def _leave_for_the_planner(self, meter: Meter) -> None:
        """Words are a luxury: the calls that a plan and its corrections may need are not spent on them."""
        left = self.cfg.limits.calls - meter.spent.calls
        if left <= self.cfg.corrections + 1:
            raise ModelFailure("budget_spent", f"the last {left} calls are kept for planning")

    @staticmethod
    def _without(asked: Asked, failure: str, reason: str) -> Written:
        return Written(asked.actions, Wording.of(asked.actions), failure, reason)


def system_prompt(*, settings: bool) -> str:
    """The rules; no name of a thing is in it."""
    example = {"request": as_data(EXAMPLE[0]), "answer": as_data(EXAMPLE[1])}
    return render(
        "wording.system.md.j2",
        settings=settings,
        longest=LONGEST,
        most_pieces=MOST_PIECES,
        most_avoided=MOST_AVOIDED,
        words=" ".join(sorted(COMMON)),
        example=example,
    )


def request(subtask: Subtask, asked: Asked, catalogue: Catalogue, failed: Sequence[str]) -> dict[str, Any]:
    """What a model is told, as data."""
    actions = [
        _told(number, action, asked.scene) | ({"may_set": {k: str(v) for k, v in fields.items()}} if fields else {})
        for number, (action, fields) in enumerate(zip(asked.actions, asked.open, strict=True), 1)
    ]
    return {
        "subtask": {"skill": subtask.skill, "args": as_said(subtask)},
        "actions": actions,
        "things": scene_data(catalogue, asked.scene),
        "failed_before": list(failed),
    }


def _told(number: int, action: Action, scene: Scene) -> dict[str, Any]:
    told: dict[str, Any] = {"step": number, "kind": action.kind, "does": action.text}
    told |= {"says": " ".join(sorted(KEY[action.kind])), "verbs": " ".join(sorted(VERBS[action.kind]))}
    hand = hand_of(action, scene)
    told |= {"hand": hand} if hand else {}
    return told | ({"thing": action.thing} if action.thing else {})
