"""Deciding as one step of a run: what the decision is told, what is written down of it, and where the loop goes on."""

from __future__ import annotations

from dataclasses import asdict

from langgraph.types import Command

from agent.attempts import Attempt, attempt_of
from agent.decide import Decision, Result, Situation, decide
from agent.planning import failed_before, failure_entry
from agent.remembered import facing_of, hand_of, note
from agent.session import Session
from agent.stages import run_stage
from agent.state import State, finish, next_step, step_before
from exoactor.attempt import FRAMES

BLIND = "camera_blind"
"""Code of a check that saw nothing at all: what came of the attempt is still to be seen."""


def decide_node(session: Session, state: State) -> Command[str]:
    """Apply `agent.decide` and move the state on."""
    attempt = attempt_of(session, state)
    result = Result(**state["result"])
    key = f"{attempt.name}/decision-{state['looks']}"
    known = session.run.journal.get(key)
    if known is None:
        decision = decide(
            Situation(
                result,
                failed_before(state, attempt.subtask, step_before(state), result.code),
                state["looks"] > 0,
                state["replans"],
                session.seconds(),
                closed_loop=not session.run.job.open_loop,
                holding=session.pipeline.holding is not None,
            ),
            session.budgets,
        )
        if decision.do != "look" and not _unseen(session, decision.do, result, attempt):
            note(session, attempt, result, step_before(state))
        known = session.emit("decided", key=key, attempt=attempt.name, **asdict(decision), result=asdict(result))
    if known["do"] != "look" and not _unseen(session, known["do"], result, attempt):
        (attempt.folder / FRAMES).unlink(missing_ok=True)  # tens of megabytes, wanted no more
    return _follow(session, Decision(known["do"], known["why"]), result, attempt, state)


def look_later(session: Session, state: State) -> Command[str]:
    """Look at what came of the attempt before, which nobody could see; what is done is not done again."""
    last = attempt_of(session, {**state, "attempt": state["attempt"] - 1})
    key = f"{last.name}/check-later"
    done = session.run.journal.get(key) or run_stage(session, "check", last, key, state["attempt"])
    (last.folder / FRAMES).unlink(missing_ok=True)
    if done["result"]["kind"] == "unsafe":
        return Command(goto="decide", update={"result": done["result"]})
    seen = done["result"]["kind"] == "done"
    note(session, last, Result(**(done if seen else state)["result"]), step_before(state))
    if not seen:
        return Command(goto="observe")
    decision = decide(Situation(Result(**done["result"])), session.budgets)
    told = {"attempt": last.name, **asdict(decision), "result": done["result"]}
    session.emit("decided", key=f"{last.name}/decision-later", **told)
    return next_step(state, done=True)


def _follow(session: Session, decision: Decision, result: Result, attempt: Attempt, state: State) -> Command[str]:
    failures = [*state["failures"], *([] if result.kind == "interrupted" else [result.code])]
    way = {"hand": hand_of(session, attempt), "facing": facing_of(session, attempt)}
    entry = failure_entry(attempt.subtask, result.stage, result.code, result.hint, step_before(state), way)
    history = [*state.get("history", []), *([] if result.kind == "interrupted" else [entry])]
    if decision.do == "next":
        return next_step(state, done=result.kind == "done")
    if decision.do == "look":
        return Command(goto="check", update={"looks": state["looks"] + 1})
    if decision.do == "retry":
        again = {"attempt": state["attempt"] + 1, "looks": 0, "failures": failures, "history": history}
        later = _unseen(session, "retry", result, attempt)
        return Command(goto="look_later" if later else "observe", update=again)
    if decision.do == "replan":
        return Command(goto="plan", update={"replans": state["replans"] + 1, "history": history})
    if decision.do == "ask":
        question = f"{attempt.subtask} failed: {result.code.replace('_', ' ')}. Try it again, skip it or stop?"
        return Command(goto="ask", update={"reason": question, "failures": failures, "history": history})
    if decision.do == "safety_stop":
        return finish("safety_stop", decision.why)
    return finish("failed" if session.run.job.open_loop else "aborted", decision.why)


def _unseen(session: Session, do: str, result: Result, attempt: Attempt) -> bool:
    """Whether a motion was made whose outcome is looked at later, before anything moves again."""
    moved = session.run.journal.get(attempt.motion_started) is not None
    return do == "retry" and result.code == BLIND and moved
