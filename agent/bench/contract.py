"""How endpoints behave, well and badly, and how planning with each has to end: the cases of `exoactor bench planner`.

Everything between the instruction and the socket is what a run uses; only the endpoint is scripted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from agent.bench.endpoint import Reply, Speaks, serving
from agent.chain import PlannerChain
from agent.goals import Goal, play
from agent.model_planner import ModelPlanner
from agent.models.calls import Calls
from agent.models.config import ModelCfg, ModelLimits
from agent.plan import Context
from agent.planner import DeterministicPlanner
from exoactor.bench.runner import Record
from exoactor.world.scene_file import load_scene

SCENE, SAY = "depot", "the bench would be a better place for the box; greet me with your left when it is there"
"""The parser abstains on it."""
GOAL: Final = Goal((("put_down", "box", "bench"), ("waved", "left")), holding="nothing", stands={"box": "bench"})
KEY: Final = "sk-contract-0123456789"
PATIENCE = 30.0
"""On a busy machine the first request of a kind waits for imports [s]."""
ALL: Final[tuple[Speaks, ...]] = ("json_schema", "tools", "json")


def answer(*events: tuple[str, dict[str, Any], str], **more: Any) -> dict[str, Any]:
    """A model's answer: (skill, args, words quoted) each."""
    rows = [{"skill": skill, "args": args, "said": said} for skill, args, said in events]
    return {"answer": "plan", "events": rows, "not_served": [], "question": "", "reason": "", **more}


_BOX = ("put_down", {"target": "box", "on": "bench"}, "the bench would be a better place for the box")
_HI = ("wave", {"side": "left"}, "greet me with your left")
GOOD: Final = answer(_BOX, _HI)
_UNKNOWN_SKILL = answer(_BOX, ("shake_hands", {"side": "left"}, "greet me with your left"))
_UNKNOWN_THING = answer(("put_down", {"target": "suitcase", "on": "bench"}, "the box"), _HI)
_UNASKED = answer(_BOX, _HI, ("walk_to", {"target": "door"}, "and then leave"))
_FENCED = f"Here you are:\n```json\n{json.dumps(GOOD, indent=1)}\n```\nGood luck!"
_ASKS = answer(answer="ask", question="Left as seen by whom?")
_HALF = answer(_BOX, not_served=["greet me"])


@dataclass(frozen=True)
class Case:
    """One endpoint and the end that planning has to come to.

    Args:
        replies: its script.
        codes: how each request has to end, in order.
        plans: whether a plan has to come of it; it then reaches `GOAL`.
        failure: of the result.
        says: what reason or question have to mention.
        speaks: ways of structured output the endpoint knows.
        settings: of `ModelCfg` besides model and address.
    """

    replies: tuple[Reply, ...] | Callable[[dict[str, Any]], Reply]
    codes: tuple[str, ...]
    plans: bool = False
    failure: str = ""
    says: str = ""
    speaks: tuple[Speaks, ...] = ALL
    settings: dict[str, Any] = field(default_factory=dict)


def _always(reply: Reply) -> Callable[[dict[str, Any]], Reply]:
    return lambda body: reply


_OK2, _OK3 = ("ok", "ok"), ("ok", "ok", "ok")
CASES: Final[dict[str, Case]] = {
    "valid": Case((Reply(GOOD),), ("ok",), plans=True),
    "invalid, then corrected: unknown skill": Case((Reply(_UNKNOWN_SKILL), Reply(GOOD)), _OK2, plans=True),
    "invalid, then corrected: unknown thing": Case((Reply(_UNKNOWN_THING), Reply(GOOD)), _OK2, plans=True),
    "invalid, then corrected: not asked for": Case((Reply(_UNASKED), Reply(GOOD)), _OK2, plans=True),
    "invalid for ever": Case(_always(Reply(_UNKNOWN_SKILL)), _OK3, failure="nonsense", says="shake_hands"),
    "valid JSON, not an answer": Case(_always(Reply({"plan": "wave"})), _OK3, failure="nonsense", says="answer"),
    "asks": Case((Reply(_ASKS),), ("ok",), says="as seen by whom"),
    "abstains": Case((Reply(answer(answer="abstain", reason="too heavy")),), ("ok",), says="too heavy"),
    "would do half": Case((Reply(_HALF),), ("ok",), says="Not served: greet me"),
    "refuses": Case((Reply(refusal="I cannot help with that."),), ("refused",), failure="refused"),
    "content filter": Case((Reply(GOOD, finish="content_filter"),), ("refused",), failure="refused"),
    "429, then valid": Case((Reply("slow down", 429), Reply(GOOD)), ("rate_limited", "ok"), plans=True),
    "429 for ever": Case(_always(Reply("slow down", 429)), ("rate_limited",) * 3, failure="rate_limited"),
    "500, then valid": Case((Reply("oops", 500), Reply(GOOD)), ("server_error", "ok"), plans=True),
    "500 for ever": Case(_always(Reply("oops", 500)), ("server_error",) * 3, failure="server_error"),
    "503, then valid": Case((Reply("loading", 503), Reply(GOOD)), ("server_error", "ok"), plans=True),
    "401": Case((Reply(f"Incorrect key: {KEY}", 401),), ("unauthorized",), failure="unauthorized"),
    "404": Case((Reply("no such model", 404),), ("not_found",), failure="not_found"),
    "time-out, then valid": Case(
        (Reply(GOOD, wait=4.0), Reply(GOOD)), ("timeout", "ok"), plans=True, settings={"timeout": 2.0}
    ),
    "time-out for ever": Case(
        _always(Reply(GOOD, wait=1.5)), ("timeout",) * 3, failure="timeout", settings={"timeout": 0.3}
    ),
    "answer breaks off, then valid": Case((Reply(GOOD, cut=90), Reply(GOOD)), ("unreachable", "ok"), plans=True),
    "answer at its longest": Case((Reply(json.dumps(GOOD)[:120], finish="length"),), ("too_much",), failure="too_much"),
    "answer at its longest, as text": Case(
        (Reply(json.dumps(GOOD)[:120], finish="length"),),
        ("too_much",),
        failure="too_much",
        settings={"structured": "json"},
    ),
    "answer without an end": Case(
        (Reply(json.dumps(GOOD)[:120], finish=None), Reply(GOOD)), ("truncated", "ok"), plans=True
    ),
    "stream": Case((Reply(GOOD),), ("ok",), plans=True, settings={"stream": True}),
    "stream breaks off, then valid": Case(
        (Reply(GOOD, cut=1500), Reply(GOOD)), ("truncated", "ok"), plans=True, settings={"stream": True}
    ),
    "stream of a tool call breaks off": Case(
        _always(Reply(GOOD, cut=3400)),
        ("truncated",) * 3,
        failure="truncated",
        settings={"stream": True, "structured": "tools"},
    ),
    "tool calls only": Case((Reply(GOOD),), ("bad_request", "ok"), plans=True, speaks=("tools",)),
    "tool calls only, configured": Case(
        (Reply(GOOD),), ("ok",), plans=True, speaks=("tools",), settings={"structured": "tools"}
    ),
    "JSON in text only": Case((Reply(_FENCED),), ("bad_request", "bad_request", "ok"), plans=True, speaks=("json",)),
    "JSON in text only, configured": Case(
        (Reply(_FENCED),), ("ok",), plans=True, speaks=("json",), settings={"structured": "json"}
    ),
    "takes every way and minds none": Case((Reply(_FENCED),), ("ok",), plans=True),
    "talks": Case(_always(Reply("I would put it on the bench.")), ("nonsense",) * 3, failure="nonsense"),
    "empty answers": Case(_always(Reply("")), ("nonsense",) * 3, failure="nonsense"),
    "nests without end": Case(_always(Reply('{"a":' * 6000)), ("nonsense",) * 3, failure="nonsense"),
    "out of calls": Case(
        _always(Reply(_UNKNOWN_SKILL)), _OK2, failure="budget_spent", settings={"limits": ModelLimits(calls=2)}
    ),
    "out of tokens": Case(
        _always(Reply(_UNKNOWN_SKILL)), ("ok",), failure="budget_spent", settings={"limits": ModelLimits(tokens=100)}
    ),
    "out of time": Case(
        _always(Reply(GOOD, wait=1.0)),
        ("timeout",),
        failure="budget_spent",
        settings={"limits": ModelLimits(seconds=0.4)},
    ),
    "out of money": Case(
        _always(Reply(_UNKNOWN_SKILL)),
        ("ok",),
        failure="budget_spent",
        settings={"price_in": 10.0, "price_out": 10.0, "limits": ModelLimits(money=0.001)},
    ),
}


def end(case: Case) -> Record:
    """Plan against the endpoint of a case; "" under "wrong" when it ended as it has to."""
    spec = load_scene(SCENE)
    calls: list[dict[str, Any]] = []
    with serving(case.replies, case.speaks) as endpoint:
        cfg = ModelCfg("scripted", endpoint.url, retry_delay=0.02, **{"timeout": PATIENCE, **case.settings})
        chain = PlannerChain(DeterministicPlanner(), ModelPlanner(cfg, KEY))
        result = chain.plan(SAY, spec.catalogue(), Context(calls=Calls(record=calls.append)))
        sent = [h.get("authorization") for h in endpoint.headers]
    codes = tuple(c["code"] for c in calls)
    told = f"{result.reason} {result.question}"
    on = {t.id: t.on or "floor" for t in spec.things}
    wrong = ""
    if codes != case.codes:
        wrong = f"requests ended {', '.join(codes)}"
    elif (result.status.value == "ok") != case.plans or result.failure != case.failure:
        wrong = f"came to {result.status.value}, failure {result.failure or 'none'}: {told}"
    elif case.plans:
        wrong = GOAL.missed(play(result.subtasks, on), on)
    elif case.says not in told:
        wrong = f"does not mention {case.says!r}: {told}"
    if KEY in told or KEY in json.dumps(calls):
        wrong = "the key is told"
    if any(header != f"Bearer {KEY}" for header in sent):
        wrong = "the key was not sent"
    plan = [str(s) for s in result.subtasks]
    return {"status": result.status.value, "failure": result.failure, "codes": codes, "plan": plan, "wrong": wrong}
