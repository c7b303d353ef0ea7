"""The loop as a LangGraph state graph: small JSON state, SQLite checkpoints, every node safe to run again.

A node that finds its event in the journal does nothing twice. What the nodes do is in `planning`, `stages`, `deciding`
and `asking`; here is which of them leads to which.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command

from agent.asking import approve_plan, approve_video, ask
from agent.deciding import decide_node, look_later
from agent.planning import plan_node
from agent.session import Session
from agent.stages import AFTER, STAGES, recover, stage
from agent.state import State


def build(session: Session, state_file: Path) -> tuple[CompiledStateGraph[Any, Any, Any, Any], sqlite3.Connection]:
    """The compiled graph with its checkpoints in `state_file`; close the connection when done."""
    graph: StateGraph[Any, Any, Any, Any] = StateGraph(State)

    def add(name: str, node: Callable[[Session, State], Command[str]], *leads_to: str) -> None:
        graph.add_node(name, cast("Any", partial(node, session)), destinations=leads_to)

    add("plan", plan_node, "approve_plan", "observe", "ask", END)
    for name in STAGES:
        after = (AFTER[name], "decide", "recover", *(("approve_video",) if name == "gate" else ()))
        graph.add_node(name, cast("Any", stage(session, name)), destinations=after)
    add("approve_plan", approve_plan, "observe", END)
    add("approve_video", approve_video, "estimate", "decide", "imagine", "approve_video", END)
    add("recover", recover, *STAGES, "decide")
    add("decide", decide_node, "observe", "look_later", "check", "plan", "ask", END)
    add("look_later", look_later, "observe", "decide", END)
    add("ask", ask, "observe", END)
    graph.add_edge(START, "plan")
    connection = sqlite3.connect(state_file, check_same_thread=False)
    saver = SqliteSaver(connection, serde=JsonPlusSerializer(pickle_fallback=False))
    return graph.compile(checkpointer=saver), connection
