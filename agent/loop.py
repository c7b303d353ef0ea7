"""Starts a run or takes it up again, and sees it to an end that is written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langgraph.types import Command

from agent.graph import build
from agent.session import Session
from agent.summary import FINAL, summarize
from exoactor.files import write_json
from exoactor.types import ConfigError, Interrupted

RECURSION_LIMIT = 10_000

Asker = Callable[[str, tuple[str, ...]], str | None]
"""Puts a question with its choices to a person; None when there is nobody."""


def nobody(question: str, choices: tuple[str, ...]) -> str | None:
    """Asks no one."""
    return None


def work(session: Session, asker: Asker = nobody) -> dict[str, Any]:
    """Work on the run until it ends, needs a person, or is interrupted; safe to call again on the same folder.

    Returns:
        The summary (see `agent.summary`); also written to result.json.

    Raises:
        ConfigError: an answer that is not allowed.
    """
    run = session.run
    graph, connection = build(session, run.state)
    config: Any = {"configurable": {"thread_id": "run"}, "recursion_limit": RECURSION_LIMIT}
    try:
        before = graph.get_state(config)
        if before.values.get("status") in FINAL:
            return summarize(run.path)
        resumed = bool(before.values) or run.world.exists()
        session.emit("run_started", resumed=resumed, status=None)
        if resumed and run.world.exists() and not session.living:
            session.pipeline.load_world(run.world)
        session.must_look = resumed and not before.interrupts
        status, reason, question = _drive(session, graph, config, asker)
        session.emit("run_finished", status=status, reason=reason, question=question)
    finally:
        connection.close()
    summary = summarize(run.path)
    write_json(run.path / "result.json", summary)
    return summary


def _drive(session: Session, graph: Any, config: Any, asker: Asker) -> tuple[str, str, str]:
    """Stream the graph to its end; give status, reason and open question."""
    while True:
        state = graph.get_state(config)
        if state.interrupts:
            question, choices = str(state.interrupts[0].value["question"]), tuple(state.interrupts[0].value["choices"])
            answer = asker(question, choices)
            if answer is None:
                return "needs_human", str(state.values.get("reason", "")), question
            if answer not in choices:
                raise ConfigError(f"answer: {answer!r} given, one of {', '.join(choices)} wanted")
            step: Any = Command(resume=answer)
        elif not state.values and not state.next:
            step = {"cursor": 0, "attempt": 1, "looks": 0, "failures": [], "history": [], "replans": 0, "skipped": 0}
        elif state.next:
            step = None
        else:
            return str(state.values["status"]), str(state.values.get("reason", "")), ""
        try:
            for _ in graph.stream(step, config, stream_mode="updates", durability="sync"):
                session.stop.check()
        except (Interrupted, KeyboardInterrupt) as stopped:
            return "interrupted", str(stopped) or "stopped by the user", ""
