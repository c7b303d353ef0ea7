"""Asking a person as one step of a run: what to do about a step that failed, and whether a plan or a video is wanted.

The graph waits at a question, also over the end of the process.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from langgraph.types import Command, interrupt

from agent.attempts import attempt_of
from agent.decide import Result
from agent.plan import Subtask
from agent.second_opinion import BY_WORD, VETOED
from agent.session import Session
from agent.state import State, finish, next_step
from agent.worded import take_edit, worded
from agent.wording.sheet import NAME as PROMPT

ANSWERS = ("retry", "skip", "stop")
APPROVALS = ("yes", "no", "change")
EDIT = "edit"
"""A further answer where a video is asked about: the words of its prompt were changed."""


def ask(session: Session, state: State) -> Command[str]:
    """Ask what to do about the present step."""
    count = len(session.run.journal.of("answered"))
    question, choices = state["reason"], list(ANSWERS)
    if state["result"]["code"] == VETOED:
        question, choices = f"{question} It was measured to be done; is it done?", [*ANSWERS, BY_WORD]
    session.emit("asked", key=f"ask-{count}", question=question, choices=choices)
    answer = interrupt({"question": question, "choices": choices})
    session.emit("answered", answer=answer, question=question)
    if answer == "retry":
        anew = {"attempt": state["attempt"] + 1, "looks": 0, "failures": []}
        return Command(goto="observe", update={**anew, "forgiven": len(state.get("history", []))})
    if answer == "skip":
        return next_step(state, done=False)
    if answer == BY_WORD:
        name = attempt_of(session, state).name
        session.emit("by_word", key=f"{name}/by-word", attempt=name, says=answer, question=question)
        return next_step(state, done=False, by_word=True)
    return finish("aborted", "stopped by a person's answer")


def approve_plan(session: Session, state: State) -> Command[str]:
    """Have a person approve of the plan before anything moves."""
    left = state["plan"][state["cursor"] :]
    steps = "; ".join(f"{p['id']}. {Subtask.from_json(p)}" for p in left)
    answer = _approved(session, f"plan-{state['replans']}", f"The plan: {steps}. Shall I?")
    if answer == "yes":
        return Command(goto="observe")
    return finish("aborted", "the plan was not approved" if answer == "no" else "something else is wanted")


def approve_video(session: Session, state: State) -> Command[str]:
    """Have a person approve of the imagined video; who does not want it gets another one, or words it anew."""
    attempt, edits = attempt_of(session, state), state.get("edits", 0)
    name = f"{attempt.name}/take-{edits}" if edits else attempt.name
    video, prompt = attempt.folder / "imagined.mp4", attempt.folder / PROMPT
    chain = "; ".join(f"{n}. {action.text}" for n, action in enumerate(worded(session, attempt)[0], 1))
    question = f"{attempt.subtask}: {chain}. Worded in {prompt}, imagined in {video}. Shall I do what it shows?"
    if state.get("objection"):
        question = f"{state['objection']}\n{question}"
    answer = _approved(session, name, question, (*APPROVALS, EDIT), prompt)
    if answer == "yes":
        session.approval.given(attempt.subtask.skill)
        return Command(goto="estimate")
    if answer == "change":
        return finish("aborted", "something else is wanted")
    if answer == EDIT:
        objection = take_edit(session, attempt, name)
        edited: State = {"edits": edits + 1, "takes": attempt.take + (not objection), "objection": objection}
        return Command(goto="approve_video" if objection else "imagine", update=edited)
    refused = Result("error", "not_approved", "gate", "a person does not want it done as the video shows it")
    return Command(goto="decide", update={"result": asdict(refused)})


def _approved(
    session: Session, name: str, question: str, choices: tuple[str, ...] = APPROVALS, file: Path | None = None
) -> str:
    known = session.run.journal.get(f"{name}/approved")
    if known is not None:
        return str(known["answer"])
    about = {} if file is None else {"file": str(file)}
    session.emit("asked", key=f"{name}/approval", question=question, choices=list(choices), **about)
    answer = str(interrupt({"question": question, "choices": list(choices)}))
    session.emit("answered", key=f"{name}/approved", answer=answer, question=question)
    return answer
