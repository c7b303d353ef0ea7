"""Planning as one step of a run: what the planner is told, where it looks, what is written down, what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langgraph.types import Command

from agent.guard import failures_of
from agent.journal import Event
from agent.models.failures import quoted
from agent.plan import Context, Failure, PlanStatus, Subtask
from agent.remembered import about, recall
from agent.session import Session
from agent.state import State, finish
from exoactor.types import SafetyStop, Scene, StageError
from skills import Symbols


def plan_node(session: Session, state: State) -> Command[str]:
    """Plan the instruction, or replan from the failed subtask on."""
    replans = state.get("replans", 0)
    known = planned(session, state)
    if known["status"] != PlanStatus.OK.value:
        if replans:
            return Command(goto="ask", update={"reason": known["question"] or known["reason"]})
        return finish("needs_human", known["reason"])
    update: State = {"plan": known["plan"], "attempt": 1, "looks": 0, "failures": [], "replans": replans}
    if replans == 0:
        update["cursor"] = 0
    wanted = session.approval.wants(p["skill"] for p in known["plan"])
    return Command(goto="approve_plan" if wanted else "observe", update=update)


def planned(session: Session, state: Mapping[str, Any]) -> Event:
    """Plan the instruction, or what is left of it; once, whatever becomes of the process.

    Returns:
        The "planned" event: status, reason, question, planner, failure, replans, and the whole plan with ids.
    """
    replans = state.get("replans", 0)
    key = f"plan-{replans}"
    known = session.run.journal.get(key)
    if known is not None:
        return known
    planner, instruction, catalogue = session.planner, session.run.job.instruction, session.pipeline.catalogue
    kept: list[dict[str, Any]] = []
    if replans == 0:
        context = _context(session, state, ())
        result = planner.plan(instruction, catalogue, context)
    else:
        kept = state["plan"][: state["cursor"]]
        remaining = [Subtask.from_json(p) for p in state["plan"][state["cursor"] :]]
        history = [failure_from(h) for h in state.get("history", [])]
        done = [Subtask.from_json(p) for p in kept if p["id"] in _done(session)]
        context = _context(session, state, done)
        result = planner.replan(instruction, remaining, catalogue, history, context)
    first = max((p["id"] for p in state.get("plan", [])), default=0) + 1
    plan = [*kept, *({"id": first + i, **t.to_json()} for i, t in enumerate(result.subtasks))]
    said = {"status": result.status.value, "reason": result.reason, "question": result.question}
    who = {"planner": result.planner or planner.name, "failure": result.failure}
    if remembered := about(result.subtasks, context.tried, replanned=replans > 0):
        session.emit("remembered", key=f"remembered-{replans}", ways=remembered)
    return session.emit("planned", key=key, replans=replans, plan=plan, **who, **said)


def _done(session: Session) -> set[int]:
    """Ids of the steps that a look found done or a person says are; a person may have had others skipped."""
    journal = session.run.journal
    seen = [e for e in journal.of("decided", do="next") if e["result"]["kind"] == "done"]
    return {int(e["attempt"].split("/")[1].split("-")[0]) for e in (*seen, *journal.of("by_word"))}


def _context(session: Session, state: Mapping[str, Any], done: Sequence[Subtask]) -> Context:
    replans = state.get("replans", 0)
    at = (1, 1) if not replans else (state["plan"][state["cursor"]]["id"], state["attempt"])
    return Context(
        lambda: _look(session, replans),
        tuple(done),
        session.calls(*at),
        Symbols(holding=session.pipeline.holding, seat=session.pipeline.seat),
        session.mentioned,
        recall(session),
    )


def _look(session: Session, replans: int) -> Scene | None:
    """The room as it is now. Who cannot see plans without; the stage that looks next says why it cannot be seen."""
    session.pipeline.arm(())
    try:
        scene = session.pipeline.observe(session.run.path / "planning" / str(replans))
    except (StageError, SafetyStop):
        return None
    session.pipeline.save_world(session.run.world)
    return scene


def failed_before(state: Mapping[str, Any], subtask: Subtask, before: Subtask | None, code: str) -> tuple[str, ...]:
    """Reasons for which this step failed in this plan, and elsewhere in the run where it is the same way.

    Of the latter only `code` counts, so that no step is the third try of what failed twice.
    """
    history = [failure_from(h) for h in state.get("history", [])[state.get("forgiven", 0) :]]
    here = tuple(state["failures"])
    elsewhere = failures_of(subtask, before, history).count(code) - here.count(code)
    return (*[code] * elsewhere, *here)


def failure_entry(
    subtask: Subtask, stage: str, code: str, hint: str, before: Subtask | None, way: Mapping[str, Any] = {}
) -> dict[str, Any]:
    """A failure as the graph's state keeps it."""
    entry: dict[str, Any] = {"subtask": subtask.to_json(), "stage": stage, "code": code, "hint": quoted(hint)}
    if before is not None:
        entry["before"] = before.to_json()
    return {**entry, **{name: value for name, value in way.items() if value is not None}}


def failure_from(entry: Mapping[str, Any]) -> Failure:
    """Inverse of `failure_entry`."""
    before = entry.get("before")
    return Failure(
        Subtask.from_json(entry["subtask"]),
        entry["stage"],
        entry["code"],
        entry.get("hint", ""),
        None if before is None else Subtask.from_json(before),
        entry.get("hand"),
        entry.get("facing"),
    )
