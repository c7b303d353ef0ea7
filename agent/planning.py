"""Planning as one step of a run: what the planner is told, where it looks, and what is written down of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent.journal import Event, fields
from agent.models.failures import quoted
from agent.models.spent import CALLED
from agent.plan import Context, Failure, Subtask
from agent.session import Session
from exoactor.files import write_json
from exoactor.types import SafetyStop, Scene, StageError
from skills import Symbols


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
        result = planner.plan(instruction, catalogue, _context(session, state, ()))
    else:
        kept = state["plan"][: state["cursor"]]
        remaining = [Subtask.from_json(p) for p in state["plan"][state["cursor"] :]]
        history = [failure_from(h) for h in state.get("history", [])]
        done = [Subtask.from_json(p) for p in kept if p["id"] in _seen_done(session)]
        result = planner.replan(instruction, remaining, catalogue, history, _context(session, state, done))
    first = max((p["id"] for p in state.get("plan", [])), default=0) + 1
    plan = [*kept, *({"id": first + i, **t.to_json()} for i, t in enumerate(result.subtasks))]
    said = {"status": result.status.value, "reason": result.reason, "question": result.question}
    who = {"planner": result.planner or planner.name, "failure": result.failure}
    return session.emit("planned", key=key, replans=replans, plan=plan, **who, **said)


def _seen_done(session: Session) -> set[int]:
    """Ids of the steps that a look found done; a person may have had others skipped."""
    went_on = session.run.journal.of("decided", do="next")
    return {int(e["attempt"].split("/")[1].split("-")[0]) for e in went_on if e["result"]["kind"] == "done"}


def _context(session: Session, state: Mapping[str, Any], done: Sequence[Subtask]) -> Context:
    replans = state.get("replans", 0)
    at = (1, 1) if not replans else (state["plan"][state["cursor"]]["id"], state["attempt"])
    down = any(f.kind == "model_down" and (f.subtask, f.attempt) == at for f in session.faults)
    calls = tuple(fields(e) for e in session.run.journal.of(CALLED))
    return Context(
        lambda: _look(session, replans),
        tuple(done),
        calls,
        lambda call: record_call(session, call),
        session.stop.check,
        down,
        Symbols(holding=session.pipeline.holding, seat=session.pipeline.seat),
        session.mentioned,
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


def record_call(session: Session, call: dict[str, Any]) -> None:
    """What was said goes into a file of its own, what it cost into the journal."""
    number = len(session.run.journal.of(CALLED)) + 1
    folder = session.run.path / "model"
    folder.mkdir(exist_ok=True)
    write_json(folder / f"call-{number:02d}.json", call)
    costs = {k: v for k, v in call.items() if k not in ("request", "reply")}
    session.emit(CALLED, key=f"model-{number}", call=number, **costs)


def failure_entry(subtask: Subtask, stage: str, code: str, hint: str, before: Subtask | None) -> dict[str, Any]:
    """A failure as the graph's state keeps it."""
    entry: dict[str, Any] = {"subtask": subtask.to_json(), "stage": stage, "code": code, "hint": quoted(hint)}
    return entry if before is None else {**entry, "before": before.to_json()}


def failure_from(entry: Mapping[str, Any]) -> Failure:
    """Inverse of `failure_entry`."""
    before = entry.get("before")
    return Failure(
        Subtask.from_json(entry["subtask"]),
        entry["stage"],
        entry["code"],
        entry.get("hint", ""),
        None if before is None else Subtask.from_json(before),
    )
