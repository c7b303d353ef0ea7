"""The loop as a LangGraph state graph: small JSON state, SQLite checkpoints, every node safe to run again.

A node that finds its event in the journal does nothing twice. The one thing that cannot be undone, a
motion, is announced before it starts; if the announcement has no end, the motion is never repeated
without a fresh look.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypedDict, cast

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, interrupt

import skills
from agent.attempts import Attempt, attempt_of
from agent.decide import Decision, Result, ResultKind, Situation, decide
from agent.plan import PlanStatus, Subtask
from agent.planning import failed_before, failure_entry, planned
from agent.remembered import facing_of, hand_of, note
from agent.resume import look_again_after_restart
from agent.second_opinion import BY_WORD, VETOED
from agent.session import Session
from agent.witness import beside, look_at_video
from agent.worded import take_edit, worded
from agent.wording.sheet import NAME as PROMPT
from exoactor.attempt import FRAMES
from exoactor.types import Interrupted, Outcome, SafetyStop, StageError

STAGES = ("observe", "imagine", "gate", "estimate", "ground", "retarget", "track", "check")
_AFTER = dict(zip(STAGES, (*STAGES[1:], "decide"), strict=True))
ANSWERS = ("retry", "skip", "stop")
APPROVALS = ("yes", "no", "change")
BLIND = "camera_blind"
"""Code of a check that saw nothing at all: what came of the attempt is still to be seen."""
EDIT = "edit"
"""A further answer where a video is asked about: the words of its prompt were changed."""


class State(TypedDict, total=False):
    """What a checkpoint holds: ids and small numbers; everything else is in the run folder.

    `plan` holds {"id", "skill", "args", "because"}; `cursor` indexes it; `attempt` counts from 1; `looks`
    counts checks of the attempt; `failures` are the reasons of this subtask; `history` the failures of the job, of
    which a person who said "retry" has `forgiven` the first ones; `by_word` counts steps that a person says are done;
    `edits` counts edited prompts of the job, `takes`
    those that were usable; `objection` is to the last one.
    """

    plan: list[dict[str, Any]]
    cursor: int
    attempt: int
    looks: int
    failures: list[str]
    history: list[dict[str, Any]]
    replans: int
    result: dict[str, Any]
    resume_at: str
    edits: int
    takes: int
    objection: str
    status: str
    reason: str
    skipped: int
    by_word: int
    forgiven: int


class Nodes:
    """The nodes, bound to a session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._stages: dict[str, Callable[[Attempt], dict[str, Any]]] = {
            "observe": self._observe,
            "imagine": self._imagine,
            "gate": self._gate,
            "estimate": self._estimate,
            "ground": lambda a: {"grounding": session.pipeline.ground(a.folder, a.expectation)},
            "retarget": self._retarget,
            "track": self._track,
            "check": self._check,
        }

    # -- planning --------------------------------------------------------------------------------

    def plan(self, state: State) -> Command[str]:
        """Plan the instruction, or replan from the failed subtask on."""
        replans = state.get("replans", 0)
        known = planned(self.session, state)
        if known["status"] != PlanStatus.OK.value:
            if replans:
                return Command(goto="ask", update={"reason": known["question"] or known["reason"]})
            return self._finish("needs_human", known["reason"])
        update: State = {"plan": known["plan"], "attempt": 1, "looks": 0, "failures": [], "replans": replans}
        if replans == 0:
            update["cursor"] = 0
        wanted = self.session.approval.wants(p["skill"] for p in known["plan"])
        return Command(goto="approve_plan" if wanted else "observe", update=update)

    # -- stages ----------------------------------------------------------------------------------

    def stage(self, name: str) -> Callable[[State], Command[str]]:
        """A node for one stage: skip it if it is done, run it, or attribute its failure."""

        def node(state: State) -> Command[str]:
            s = self.session
            s.stop.check()
            attempt = attempt_of(s, state)
            key = attempt.key(name) if name in ("imagine", "gate") else f"{attempt.name}/{name}"
            key += f"-{state['looks']}" if name == "check" else ""
            done = s.run.journal.get(key)
            if done is None and s.must_look and name not in ("observe", "check"):
                return Command(goto="recover", update={"resume_at": name})
            if done is None:
                done = self._run_stage(name, attempt, key)
                s.must_look = False
            if done["event"] == "stage_failed":
                return Command(goto="decide", update={"result": done["result"]})
            update: dict[str, Any] = {"result": done["result"]} if name == "check" else {}
            if name == "observe" and "args" in done:
                update["plan"] = _with_args(state, done["args"])
            if name == "gate" and self.session.approval.wants([attempt.subtask.skill]):
                return Command(goto="approve_video", update=update)
            return Command(goto=_AFTER[name], update=update)

        return node

    def _run_stage(self, name: str, attempt: Attempt, key: str, number: int | None = None) -> dict[str, Any]:
        s = self.session
        s.watcher.progress(name, 0.0)
        at = (attempt.subtask_id, number or attempt.number)
        s.pipeline.arm([f for f in s.faults if (f.subtask, f.attempt) == at])
        about: dict[str, Any] = {"stage": name, "attempt": attempt.name, "key": key}
        with s.timed() as taken:
            try:
                report, failed = self._stages[name](attempt), None
            except StageError as error:
                # A check that cannot be made is no verdict: it is looked at again before anything moves again.
                kind: ResultKind = "cannot_tell" if name == "check" else "error"
                report, failed = {}, Result(kind, error.code, error.stage, error.hint)
            except SafetyStop as error:
                report, failed = {}, Result("unsafe", error.code, name, error.hint)
        if failed is not None:
            return s.emit("stage_failed", **about, **taken, result=asdict(failed))
        return s.emit("stage_finished", **about, **taken, **report)

    def _observe(self, attempt: Attempt) -> dict[str, Any]:
        scene = self.session.pipeline.observe(attempt.folder)
        skill = skills.get(attempt.subtask.skill)
        args = dict(skill.settled(scene, attempt.subtask.args))
        actions = skill.actions(scene, args)
        replace(attempt, subtask=replace(attempt.subtask, args=args)).save(scene, actions)
        self.session.pipeline.save_world(self.session.run.world)
        return {"seed": attempt.seed, "actions": [a.text for a in actions], "args": args}

    def _imagine(self, attempt: Attempt) -> dict[str, Any]:
        s = self.session
        scene, _ = attempt.load()
        actions, wording = worded(s, attempt)
        s.pipeline.imagine(attempt.folder, scene, actions, attempt.seed, s.progress("imagine"), wording)
        return {}

    def _gate(self, attempt: Attempt) -> dict[str, Any]:
        gates = [g.name for g in self.session.pipeline.gate(attempt.folder)]
        return {"gates": gates, **look_at_video(self.session, attempt)}

    def _estimate(self, attempt: Attempt) -> dict[str, Any]:
        self.session.pipeline.estimate(attempt.folder, self.session.progress("estimate"))
        return {}

    def _retarget(self, attempt: Attempt) -> dict[str, Any]:
        self.session.pipeline.retarget(attempt.folder)
        return {}

    def _track(self, attempt: Attempt) -> dict[str, Any]:
        s = self.session
        s.pipeline.save_world(s.run.world)
        s.emit("motion_started", key=attempt.motion_started, attempt=attempt.name)
        try:
            report = s.pipeline.track(attempt.folder, s.stop.asked, s.progress("track"))
        except Interrupted:
            self._stopped(attempt)
            raise
        if s.stop.asked():
            self._stopped(attempt)
            s.stop.check()
        s.pipeline.save_world(s.run.world)
        s.emit("motion_finished", key=attempt.motion_finished, attempt=attempt.name, **report)
        if report["fell"]:
            raise SafetyStop("robot_fell", "the robot lies on the floor")
        return {}

    def _stopped(self, attempt: Attempt) -> None:
        self.session.pipeline.save_world(self.session.run.world)
        self.session.emit("motion_stopped", attempt=attempt.name)

    def _check(self, attempt: Attempt) -> dict[str, Any]:
        s = self.session
        measured = s.pipeline.check(attempt.folder, attempt.expectation)
        s.pipeline.save_world(s.run.world)
        verdict, told = beside(s, attempt, measured)
        cut_off = s.run.journal.get(attempt.motion_finished) is None
        result = Result(verdict.outcome.value, verdict.code)
        if cut_off and verdict.outcome is not Outcome.DONE:
            result = Result("interrupted", verdict.code)
        return {"result": asdict(result), "verdict": verdict.to_json(), "cut_off": cut_off, **told}

    def recover(self, state: State) -> Command[str]:
        """First look of a process that took up an unfinished attempt."""
        s = self.session
        attempt = attempt_of(s, state)
        goto, result = look_again_after_restart(s, attempt, state["resume_at"])
        s.must_look = False
        return Command(goto=goto, update={} if result is None else {"result": asdict(result)})

    # -- deciding --------------------------------------------------------------------------------

    def decide(self, state: State) -> Command[str]:
        """Apply `agent.decide` and move the state on."""
        s = self.session
        attempt = attempt_of(s, state)
        result = Result(**state["result"])
        key = f"{attempt.name}/decision-{state['looks']}"
        known = s.run.journal.get(key)
        if known is None:
            decision = decide(
                Situation(
                    result,
                    failed_before(state, attempt.subtask, _before(state), result.code),
                    state["looks"] > 0,
                    state["replans"],
                    s.seconds(),
                    closed_loop=not s.run.job.open_loop,
                    holding=s.pipeline.holding is not None,
                ),
                s.budgets,
            )
            if decision.do != "look" and not self._unseen(decision.do, result, attempt):
                note(s, attempt, result, _before(state))
            known = s.emit("decided", key=key, attempt=attempt.name, **asdict(decision), result=asdict(result))
        if known["do"] != "look" and not self._unseen(known["do"], result, attempt):
            (attempt.folder / FRAMES).unlink(missing_ok=True)  # tens of megabytes, wanted no more
        return self._follow(Decision(known["do"], known["why"]), result, attempt, state)

    def _follow(self, decision: Decision, result: Result, attempt: Attempt, state: State) -> Command[str]:
        failures = [*state["failures"], *([] if result.kind == "interrupted" else [result.code])]
        way = {"hand": hand_of(self.session, attempt), "facing": facing_of(self.session, attempt)}
        entry = failure_entry(attempt.subtask, result.stage, result.code, result.hint, _before(state), way)
        history = [*state.get("history", []), *([] if result.kind == "interrupted" else [entry])]
        if decision.do == "next":
            return self._next(state, done=result.kind == "done")
        if decision.do == "look":
            return Command(goto="check", update={"looks": state["looks"] + 1})
        if decision.do == "retry":
            again = {"attempt": state["attempt"] + 1, "looks": 0, "failures": failures, "history": history}
            return Command(goto="look_later" if self._unseen("retry", result, attempt) else "observe", update=again)
        if decision.do == "replan":
            return Command(goto="plan", update={"replans": state["replans"] + 1, "history": history})
        if decision.do == "ask":
            question = f"{attempt.subtask} failed: {result.code.replace('_', ' ')}. Try it again, skip it or stop?"
            return Command(goto="ask", update={"reason": question, "failures": failures, "history": history})
        if decision.do == "safety_stop":
            return self._finish("safety_stop", decision.why)
        status = "failed" if self.session.run.job.open_loop else "aborted"
        return self._finish(status, decision.why)

    def _unseen(self, do: str, result: Result, attempt: Attempt) -> bool:
        """Whether a motion was made whose outcome is looked at later, before anything moves again."""
        moved = self.session.run.journal.get(attempt.motion_started) is not None
        return do == "retry" and result.code == BLIND and moved

    def look_later(self, state: State) -> Command[str]:
        """Look at what came of the attempt before, which nobody could see; what is done is not done again."""
        s = self.session
        last = attempt_of(s, {**state, "attempt": state["attempt"] - 1})
        key = f"{last.name}/check-later"
        done = s.run.journal.get(key) or self._run_stage("check", last, key, state["attempt"])
        (last.folder / FRAMES).unlink(missing_ok=True)
        if done["result"]["kind"] == "unsafe":
            return Command(goto="decide", update={"result": done["result"]})
        seen = done["result"]["kind"] == "done"
        note(s, last, Result(**(done if seen else state)["result"]), _before(state))
        if not seen:
            return Command(goto="observe")
        decision = decide(Situation(Result(**done["result"])), s.budgets)
        told = {"attempt": last.name, **asdict(decision), "result": done["result"]}
        s.emit("decided", key=f"{last.name}/decision-later", **told)
        return self._next(state, done=True)

    def _next(self, state: State, *, done: bool, by_word: bool = False) -> Command[str]:
        cursor, skipped = state["cursor"] + 1, state.get("skipped", 0) + (not done and not by_word)
        words, steps = state.get("by_word", 0) + by_word, len(state["plan"])
        if cursor == steps:
            if skipped:
                return self._finish("failed", f"{skipped} of {steps} steps were not seen to be done")
            return self._finish("achieved", f"{words} of {steps} steps by a person's word alone" if words else "")
        update: State = {"cursor": cursor, "attempt": 1, "looks": 0, "failures": [], "skipped": skipped}
        return Command(goto="observe", update={**update, "by_word": words})

    def ask(self, state: State) -> Command[str]:
        """Ask a person; the graph waits here, also over the end of the process."""
        s = self.session
        count = len(s.run.journal.of("answered"))
        question, choices = state["reason"], list(ANSWERS)
        if state["result"]["code"] == VETOED:
            question, choices = f"{question} It was measured to be done; is it done?", [*ANSWERS, BY_WORD]
        s.emit("asked", key=f"ask-{count}", question=question, choices=choices)
        answer = interrupt({"question": question, "choices": choices})
        s.emit("answered", answer=answer, question=question)
        if answer == "retry":
            anew = {"attempt": state["attempt"] + 1, "looks": 0, "failures": []}
            return Command(goto="observe", update={**anew, "forgiven": len(state.get("history", []))})
        if answer == "skip":
            return self._next(state, done=False)
        if answer == BY_WORD:
            name = attempt_of(s, state).name
            s.emit("by_word", key=f"{name}/by-word", attempt=name, says=answer, question=question)
            return self._next(state, done=False, by_word=True)
        return self._finish("aborted", "stopped by a person's answer")

    def approve_plan(self, state: State) -> Command[str]:
        """Have a person approve of the plan before anything moves."""
        left = state["plan"][state["cursor"] :]
        steps = "; ".join(f"{p['id']}. {Subtask.from_json(p)}" for p in left)
        answer = self._approve(f"plan-{state['replans']}", f"The plan: {steps}. Shall I?")
        if answer == "yes":
            return Command(goto="observe")
        return self._finish("aborted", "the plan was not approved" if answer == "no" else "something else is wanted")

    def approve_video(self, state: State) -> Command[str]:
        """Have a person approve of the imagined video; who does not want it gets another one, or words it anew."""
        attempt, edits = attempt_of(self.session, state), state.get("edits", 0)
        name = f"{attempt.name}/take-{edits}" if edits else attempt.name
        video, prompt = attempt.folder / "imagined.mp4", attempt.folder / PROMPT
        chain = "; ".join(f"{n}. {action.text}" for n, action in enumerate(worded(self.session, attempt)[0], 1))
        question = f"{attempt.subtask}: {chain}. Worded in {prompt}, imagined in {video}. Shall I do what it shows?"
        if state.get("objection"):
            question = f"{state['objection']}\n{question}"
        answer = self._approve(name, question, (*APPROVALS, EDIT), prompt)
        if answer == "yes":
            self.session.approval.given(attempt.subtask.skill)
            return Command(goto="estimate")
        if answer == "change":
            return self._finish("aborted", "something else is wanted")
        if answer == EDIT:
            objection = take_edit(self.session, attempt, name)
            edited: State = {"edits": edits + 1, "takes": attempt.take + (not objection), "objection": objection}
            return Command(goto="approve_video" if objection else "imagine", update=edited)
        refused = Result("error", "not_approved", "gate", "a person does not want it done as the video shows it")
        return Command(goto="decide", update={"result": asdict(refused)})

    def _approve(self, name: str, question: str, choices: tuple[str, ...] = APPROVALS, file: Path | None = None) -> str:
        known = self.session.run.journal.get(f"{name}/approved")
        if known is not None:
            return str(known["answer"])
        about = {} if file is None else {"file": str(file)}
        self.session.emit("asked", key=f"{name}/approval", question=question, choices=list(choices), **about)
        answer = str(interrupt({"question": question, "choices": list(choices)}))
        self.session.emit("answered", key=f"{name}/approved", answer=answer, question=question)
        return answer

    def _finish(self, status: str, reason: str) -> Command[str]:
        return Command(goto=END, update={"status": status, "reason": reason})


def _before(state: State) -> Subtask | None:
    """The step before the present one."""
    return Subtask.from_json(state["plan"][state["cursor"] - 1]) if state["cursor"] else None


def _with_args(state: State, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The plan with the present subtask's arguments as they were understood at its first look."""
    plan, cursor = state["plan"], state["cursor"]
    return [{**entry, "args": dict(args)} if i == cursor else entry for i, entry in enumerate(plan)]


def build(session: Session, state_file: Path) -> tuple[CompiledStateGraph[Any, Any, Any, Any], sqlite3.Connection]:
    """The compiled graph with its checkpoints in `state_file`; close the connection when done."""
    nodes = Nodes(session)
    graph: StateGraph[Any, Any, Any, Any] = StateGraph(State)
    graph.add_node("plan", nodes.plan, destinations=("approve_plan", "observe", "ask", END))
    for name in STAGES:
        after = (_AFTER[name], "decide", "recover", *(("approve_video",) if name == "gate" else ()))
        graph.add_node(name, cast("Any", nodes.stage(name)), destinations=after)
    graph.add_node("approve_plan", nodes.approve_plan, destinations=("observe", END))
    graph.add_node(
        "approve_video", nodes.approve_video, destinations=("estimate", "decide", "imagine", "approve_video", END)
    )
    graph.add_node("recover", nodes.recover, destinations=(*STAGES, "decide"))
    graph.add_node("decide", nodes.decide, destinations=("observe", "look_later", "check", "plan", "ask", END))
    graph.add_node("look_later", nodes.look_later, destinations=("observe", "decide", END))
    graph.add_node("ask", nodes.ask, destinations=("observe", END))
    graph.add_edge(START, "plan")
    connection = sqlite3.connect(state_file, check_same_thread=False)
    saver = SqliteSaver(connection, serde=JsonPlusSerializer(pickle_fallback=False))
    return graph.compile(checkpointer=saver), connection
