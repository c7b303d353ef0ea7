"""The tools that a client of the Model Context Protocol sees. What they give back is data: ids, numbers, codes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Annotated, Any

import anyio.to_thread
from mcp.server.mcpserver import Context, Image, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from agent.mcp.jobs import OVER, Jobs
from agent.report import page, write_report
from exoactor.files import to_plain
from exoactor.types import ExoActorError

MOST_WAIT = 50.0
"""Longest that `status` waits [s]; many clients give up on a tool after 60 s."""
PROGRESS = 1.0
"""At least so often progress is told to who waits [s]."""

INSTRUCTIONS = """\
A humanoid robot in one room. It imagines each step of an instruction as a video, performs it and looks whether it
worked. Look with observe, try words with plan, have it done with run, which returns an id at once; then
status(id, wait=...) until its state is "over", and report(id). One job at a time. stop(id) brings the robot to a stand.
Only what was seen to be done counts: "achieved" means that every step was, or that a person says so of one that a
model doubts ("person" beside its verdict, which stays)."""


class Bell:
    """Rung from any thread, heard by who waits in the event loop."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake all who wait."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    async def heard(self, seconds: float) -> None:
        """Wait until it rings, or for so long [s]."""
        self._loop = asyncio.get_running_loop()
        try:
            await asyncio.wait_for(self._rung.wait(), seconds)
        except TimeoutError:
            return

    def _wake(self) -> None:
        self._rung.set()
        self._rung = asyncio.Event()


class Tools:
    """What a client can do; the docstrings are what it reads.

    Args:
        jobs: of the robot.
        bell: rings when there is something new to tell.
    """

    def __init__(self, jobs: Jobs, bell: Bell) -> None:
        self._jobs, self._bell = jobs, bell

    async def observe(self, picture: bool = False) -> CallToolResult:
        """What is in the room, from a fresh look.

        Id, kind, colour, position [m], yaw [rad] and confidence of each thing; where the robot stands, what it holds.
        World frame, z up. While the robot works: from its last look ("fresh" is false). With picture=true the camera's
        picture comes too.
        """
        with refusals():
            look = self._jobs.look()
            if look is not None:
                await asyncio.wrap_future(look)
            data, path = self._jobs.seen(fresh=look is not None)
        text = TextContent(type="text", text=json.dumps(data, default=to_plain))
        pictures = [Image(path=path).to_image_content()] if picture else []
        return CallToolResult(content=[text, *pictures], structured_content=json.loads(text.text))

    async def plan(self, instruction: str) -> dict[str, Any]:
        """The plan for an instruction, as the robot stands now; nothing moves.

        "status" is ok, abstain or invalid, with a reason, and a question where one answer would settle it.
        """
        with refusals():
            return await anyio.to_thread.run_sync(self._jobs.plan, instruction)

    async def run(self, instruction: str) -> dict[str, Any]:
        """Have an instruction carried out.

        Returns an id at once; ask status(id) how far it is. Refused while another job is at work.
        """
        with refusals():
            return {"id": self._jobs.run(instruction)}

    async def status(
        self, id: str, ctx: Context, wait: Annotated[float, Field(ge=0.0, le=MOST_WAIT)] = 0.0
    ) -> dict[str, Any]:
        """How far a job is.

        State (waiting, working, asking, stopping, over), steps with attempts and verdicts, the present step, an open
        question, budgets. With wait=SECONDS it returns when the job is over or asks something, or after that time, and
        sends progress meanwhile to a client that wants it.
        """
        began = time.monotonic()
        while True:
            with refusals():
                told = self._jobs.status(id)
            gone = time.monotonic() - began
            if told["state"] in (OVER, "asking") or gone >= wait:
                return told
            await ctx.report_progress(gone, message=_progress(told))
            await self._bell.heard(min(PROGRESS, wait - gone))

    async def answer(self, id: str, choice: str) -> dict[str, Any]:
        """Answer the question of a step that failed: retry, skip or stop. Not for what a person wants to approve of."""
        with refusals():
            self._jobs.answer(id, choice)
        return {"id": id, "answered": choice}

    async def stop(self, id: str) -> dict[str, Any]:
        """Stop a job. Acknowledged at once; the robot is then brought to a stand, and the job is over, stopped."""
        with refusals():
            return {"id": id, "stopping": self._jobs.stop(id)}

    async def report(self, id: str) -> dict[str, Any]:
        """What came of a job: its summary, the run's folder, and a page about it.

        The page is also the resource exoactor://jobs/ID/report.html.
        """
        with refusals():
            summary, folder = self._jobs.report(id), self._jobs.folder(id)
            path = await anyio.to_thread.run_sync(write_report, folder)
        resource = f"exoactor://jobs/{id}/report.html"
        return {**summary, "report": str(path), "resource": resource}

    async def page(self, id: str) -> str:
        """The page about a job; its videos and pictures are links to files on this machine."""
        try:
            folder = self._jobs.folder(id)
        except ExoActorError as error:
            raise ResourceError(str(error)) from error
        return await anyio.to_thread.run_sync(lambda: page(folder, embed=False, truth=False))


@contextmanager
def refusals() -> Iterator[None]:
    """What the robot refuses, or cannot do, as a tool's error that the client may read."""
    try:
        yield
    except (ExoActorError, OSError) as error:
        raise ToolError(str(error)) from error


def serve_tools(jobs: Jobs, bell: Bell, **settings: Any) -> MCPServer[Any]:
    """A server with the tools; `settings` are those of `MCPServer` about who may call."""
    tools = Tools(jobs, bell)
    server: MCPServer[Any] = MCPServer(
        "exoactor", instructions=INSTRUCTIONS, version=version("exoactor"), log_level="WARNING", **settings
    )
    for looks in (tools.observe, tools.plan, tools.status, tools.report):
        server.add_tool(looks, annotations=ToolAnnotations(read_only_hint=True))
    for acts in (tools.run, tools.answer, tools.stop):
        server.add_tool(acts, annotations=ToolAnnotations(read_only_hint=False, destructive_hint=acts != tools.stop))
    server.resource("exoactor://jobs/{id}/report.html", mime_type="text/html", name="report")(tools.page)
    return server


def _progress(told: dict[str, Any]) -> str:
    step = told["step"]
    if step is None:
        return str(told["now"])
    skill = next((s["skill"] for s in told["steps"] if s["id"] == step["id"]), "")
    return f"step {step['id']} of {len(told['steps'])}, {skill}: {step['stage']} {100 * step['fraction']:.0f} %"
