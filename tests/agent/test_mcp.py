"""The MCP server as programs meet it: its own process, the SDK's client over HTTP; the robot has no physics here."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from person import Person
from typer.testing import CliRunner

from agent.cli import app
from agent.journal import read_events
from agent.mcp.door import OneToken, checked_host, token_or_new
from exoactor.types import ConfigError

PROGRAM = str(Path(__file__).with_name("fake_exoactor.py"))
TOKEN = "a-token-that-tests-know"
ACKNOWLEDGED = 0.5
"""A stop is acknowledged within this [s]."""


class Server:
    """`exoactor mcp` in a process of its own."""

    def __init__(self, *args, log, moves=None, command=(PROGRAM,)):
        env = {**os.environ, "EXOACTOR_MCP_TOKEN": TOKEN}
        if moves is not None:
            env["FAKE_MOVES"] = str(moves)
        self.log = log
        with log.open("w") as stream:
            self.process = subprocess.Popen(
                [sys.executable, *command, "mcp", "--port", "0", *map(str, args)],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=env,
            )
        self.url = ""

    def ready(self, seconds=60.0):
        end = time.monotonic() + seconds
        while "/mcp\n" not in (said := self.log.read_text()):
            assert self.process.poll() is None and time.monotonic() < end, said
            time.sleep(0.05)
        self.url = next(line for line in said.splitlines() if line.startswith("http"))
        return self

    def ends(self, number=signal.SIGTERM, seconds=60.0):
        """Send a signal; gives the exit status."""
        self.process.send_signal(number)
        return self.process.wait(timeout=seconds)


@pytest.fixture
def serve(tmp_path):
    """Starts servers, and ends those that a test leaves."""
    servers = []

    def start(*args, moves=(), resume=False, ready=True, **more):
        (tmp_path / "moves.json").write_text(json.dumps(list(moves)))
        where = ("--resume",) if resume else ("--scene", "open_room", "--out")
        log = tmp_path / f"server-{len(servers)}.log"
        servers.append(Server(*where, tmp_path / "world", *args, log=log, moves=tmp_path / "moves.json", **more))
        return servers[-1].ready() if ready else servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()


@asynccontextmanager
async def client_of(url, mode="auto"):
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60.0) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        yield client


async def call(client, tool, progress=None, **arguments):
    """What a tool gives; its error as a string."""
    result = await client.call_tool(tool, arguments, progress_callback=progress)
    return result.content[0].text if result.is_error else result.structured_content


async def until(client, id, state, seconds=60.0):
    end = time.monotonic() + seconds
    while (told := await call(client, "status", id=id, wait=1.0))["state"] != state:
        assert time.monotonic() < end, told
    return told


async def in_motion(client, id, seconds=60.0):
    end = time.monotonic() + seconds
    while ((told := await call(client, "status", id=id))["step"] or {}).get("stage") != "track":
        assert told["state"] != "over" and time.monotonic() < end, told
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_program_looks_plans_has_it_done_and_is_told(serve, tmp_path, mode):
    """Over the protocol of today, and that of clients that begin with a handshake."""

    async def orders(url):
        async with client_of(url, mode) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert set(tools) == {"observe", "plan", "run", "status", "answer", "stop", "report"}
            assert tools["observe"].annotations.read_only_hint and not tools["run"].annotations.read_only_hint
            seen = await call(client, "observe")
            assert seen["fresh"] and [thing["id"] for thing in seen["things"]] == ["table", "chair", "door"]
            assert seen["things"][0]["position"] == [1.6, 0.0, 0.0] and seen["robot"] == {
                "x": 0.0,
                "y": 0.0,
                "yaw": 0.0,
            }
            planned = await call(client, "plan", instruction="walk to the table, then wave")
            assert planned["status"] == "ok" and [s["skill"] for s in planned["subtasks"]] == ["walk_to", "wave"]
            assert (await call(client, "plan", instruction="dance the tango"))["status"] == "abstain"
            assert not list((tmp_path / "world").glob("turns/*"))

            began = time.monotonic()
            id = (await call(client, "run", instruction="wave"))["id"]
            assert time.monotonic() - began < 1.0  # the motion alone takes three
            refused = await call(client, "run", instruction="wave")
            assert f"job {id} is at work" in refused and f"status({id})" in refused
            await in_motion(client, id)
            assert not (await call(client, "observe"))["fresh"]

            told = []

            async def progress(gone, of, text):
                told.append((gone, text))

            over = await call(client, "status", progress, id=id, wait=50.0)
            assert (over["state"], over["status"]) == ("over", "achieved")
            assert over["steps"][0]["verdict"]["outcome"] == "done"
            assert over["budgets"]["replans"] == {"used": 0, "of": 2}
            assert len(told) >= 2 and all(a < b for (a, _), (b, _) in pairwise(told))
            assert "step 1 of 1, wave: track" in told[0][1]

            report = await call(client, "report", id=id)
            assert report["status"] == "achieved" and "truth" not in json.dumps(report)
            assert Path(report["report"]).parent == tmp_path / "world/turns" / id and Path(report["report"]).exists()
            page = (await client.read_resource(report["resource"])).contents[0]
            assert page.mime_type == "text/html" and "wave" in page.text
            assert "in truth" not in page.text and "data:video" not in page.text
            assert "in truth" in Path(report["report"]).read_text()  # which is for people
            assert (await call(client, "run", instruction="walk to the table"))["id"] != id

    asyncio.run(orders(serve(moves=[[3.0, None]]).url))
    said = [e for e in read_events(tmp_path / "world/said.jsonl") if e["who"] == "client"]
    assert [e["text"] for e in said] == ["wave", "walk to the table"]


def test_a_stop_is_acknowledged_at_once_and_ends_the_job(serve, tmp_path):
    async def orders(url):
        async with client_of(url) as client:
            id = (await call(client, "run", instruction="wave, then walk to the table"))["id"]
            await in_motion(client, id)
            began = time.monotonic()
            assert await call(client, "stop", id=id) == {"id": id, "stopping": True}
            assert time.monotonic() - began < ACKNOWLEDGED
            over = await until(client, id, "over")
            assert over["status"] == "stopped" and [s["attempts"] for s in over["steps"]] == [1, 0]
            assert await call(client, "stop", id=id) == {"id": id, "stopping": False}
            again = (await call(client, "run", instruction="wave"))["id"]  # the robot is free again
            assert (await until(client, again, "over"))["status"] == "achieved"

    asyncio.run(orders(serve(moves=[[60.0, None]]).url))


def test_that_a_vetoed_step_is_done_is_for_a_person_to_say(serve):
    async def orders(url):
        async with client_of(url) as client:
            id = (await call(client, "run", instruction="stand still for 2 seconds"))["id"]
            assert (await until(client, id, "asking"))["choices"] == ["retry", "skip", "stop", "done"]
            assert "one of retry, skip, stop wanted" in await call(client, "answer", id=id, choice="done")
            assert await call(client, "answer", id=id, choice="skip") == {"id": id, "answered": "skip"}

    asyncio.run(orders(serve(moves=[[0.1, "vetoed_by_model"]] * 6).url))


def test_what_failed_is_asked_and_a_program_may_answer(serve):
    async def orders(url):
        async with client_of(url) as client:
            id = (await call(client, "run", instruction="stand still for 2 seconds"))["id"]
            asking = await until(client, id, "asking")
            assert asking["choices"] == ["retry", "skip", "stop"] and "failed" in asking["question"]
            assert "one of retry, skip, stop wanted" in await call(client, "answer", id=id, choice="yes")
            assert (await call(client, "observe"))["fresh"]  # while it waits the robot can look
            assert await call(client, "answer", id=id, choice="skip") == {"id": id, "answered": "skip"}
            over = await until(client, id, "over")
            assert over["status"] == "failed" and "not seen to be done" in over["reason"]
            assert "asks nothing now" in await call(client, "answer", id=id, choice="retry")

    asyncio.run(orders(serve(moves=[[0.1, "moved"]] * 6).url))


def test_a_program_cannot_approve_but_the_person_at_the_server_can(tmp_path):
    args = ("mcp", "--port", "0", "--scene", "open_room", "--out", str(tmp_path / "world"), "--approve", "always")
    person = Person(PROGRAM, *args, env={"EXOACTOR_MCP_TOKEN": TOKEN})
    try:
        person.reads("/mcp\n", 60)
        url = next(line for line in person.shown.splitlines() if line.startswith("http"))

        async def orders():
            async with client_of(url) as client:
                id = (await call(client, "run", instruction="wave"))["id"]
                for choices in (["yes", "no", "change"], ["yes", "no", "change", "edit"]):  # of plan, of video
                    person.reads("Shall I")
                    person.reads(f"[{'/'.join(choices)}]")
                    assert (await until(client, id, "asking"))["choices"] == choices
                    assert "A program cannot approve" in await call(client, "answer", id=id, choice="yes")
                    assert (await until(client, id, "asking"))["state"] == "asking"
                    person.says("yes")
                assert (await until(client, id, "over"))["status"] == "achieved"

        asyncio.run(orders())
    finally:
        person.leaves()


def test_a_robot_that_fell_is_moved_by_no_program(serve):
    async def orders(url):
        async with client_of(url) as client:
            id = (await call(client, "run", instruction="wave"))["id"]
            assert (await until(client, id, "over"))["status"] == "safety_stop"
            refused = await call(client, "run", instruction="wave")
            assert "must not move before a person has looked" in refused

    asyncio.run(orders(serve(moves=[[0.1, "fell"]]).url))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer " + TOKEN[:-1]}, 401),
        ({"Authorization": "Bearer \xfcml\xe4ut"}, 401),
        ({"Authorization": f"Basic {TOKEN}"}, 401),
        ({"Authorization": f"Bearer {TOKEN}", "Host": "evil.example"}, 421),
        ({"Authorization": f"Bearer {TOKEN}", "Origin": "http://evil.example"}, 403),
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
    ],
)
def test_who_comes_in(one_server, headers, status):
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    request = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
    accepts = {"Accept": "application/json, text/event-stream"}
    encoded = {k: v.encode("latin-1") for k, v in {**accepts, **headers}.items()}
    answer = httpx2.post(one_server.url, json=request, headers=encoded)
    assert answer.status_code == status
    assert TOKEN not in answer.text
    assert TOKEN not in one_server.log.read_text()


@pytest.fixture(scope="module")
def one_server(tmp_path_factory):
    """A server for requests that are turned away."""
    folder = tmp_path_factory.mktemp("door")
    server = Server("--scene", "open_room", "--out", folder / "world", log=folder / "log").ready()
    yield server
    server.process.kill()
    server.process.wait()


def test_it_is_not_there_for_other_machines(one_server):
    port = int(one_server.url.rsplit(":", 1)[1].removesuffix("/mcp"))
    listening = {line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if " 0A " in line}
    assert f"0100007F:{port:04X}" in listening and f"00000000:{port:04X}" not in listening
    with pytest.raises(ConfigError, match=r"127\.0\.0\.1"):
        checked_host("0.0.0.0")
    done = CliRunner().invoke(app, ["mcp", "--host", "192.168.0.5"])
    assert done.exit_code == 2 and "ssh -L" in done.output


def test_requests_that_are_no_jobs(one_server):
    async def asks():
        async with client_of(one_server.url) as client:
            for tool in ("status", "stop", "report"):
                refused = await call(client, tool, id="../../world")
                assert "job '../../world' is not known" in refused
            assert "is empty" in await call(client, "run", instruction="  ")
            assert "at most 1000" in await call(client, "run", instruction="wave and " * 200)
            assert "less than or equal to 50" in await call(client, "status", id="01", wait=1000)

    asyncio.run(asks())


def test_two_servers_cannot_have_one_world_nor_one_port(serve, tmp_path):
    first = serve()
    second = serve(resume=True, ready=False)
    assert second.process.wait(timeout=60) == 2
    assert "another process works on it" in second.log.read_text()
    port = first.url.rsplit(":", 1)[1].removesuffix("/mcp")
    third = serve("--port", port, ready=False)
    assert third.process.wait(timeout=60) == 2 and f"--port {port}" in third.log.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_robot_and_another_server_goes_on(serve, tmp_path, number):
    async def begins(url):
        async with client_of(url) as client:
            id = (await call(client, "run", instruction="walk to the table"))["id"]
            await in_motion(client, id)
            return id

    server = serve(moves=[[60.0, None]])
    id = asyncio.run(begins(server.url))
    assert server.ends(number) == 130
    events = list(read_events(tmp_path / "world/turns" / id / "journal.jsonl"))
    assert [e["event"] for e in events[-2:]] == ["motion_stopped", "run_finished"]
    assert not list((tmp_path / "world").rglob(".*-*"))  # nothing half-written

    async def goes_on(url):
        async with client_of(url) as client:
            assert (await call(client, "status", id=id))["status"] == "interrupted"
            again = (await call(client, "run", instruction="wave"))["id"]
            assert (await until(client, again, "over"))["status"] == "achieved"

    asyncio.run(goes_on(serve(resume=True).url))


def test_tokens():
    made, new = token_or_new(None)
    assert new and len(made) >= 32 and token_or_new(None)[0] != made
    assert token_or_new(TOKEN) == (TOKEN, False)
    for bad in ("", "short", "with a space in it, and long", "ümlaute-sind-auch-zeichen"):
        with pytest.raises(ConfigError, match="at least 16"):
            token_or_new(bad)
    knows = OneToken(TOKEN)
    assert asyncio.run(knows.verify_token(TOKEN)).token == "" and asyncio.run(knows.verify_token(TOKEN + "x")) is None


def test_a_token_that_was_made_is_shown_once_and_kept_nowhere(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    person = Person(PROGRAM, "mcp", "--port", str(port), "--scene", "open_room", "--out", str(tmp_path / "world"))
    try:
        person.reads("token (shown once): ", 60)
        person.reads("\n")
        token = person.shown.split("token (shown once): ")[1].split()[0]
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
        answer = httpx2.post(f"http://127.0.0.1:{port}/mcp", json={}, headers=headers)
        assert answer.status_code == 400  # let in, and not understood
        person.presses("^C")
        assert person.waits() == 130
        assert person.shown.count(token) == 1
        assert not any(token.encode() in f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())
    finally:
        person.leaves()


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("agent.cli.serving.find_spec", lambda name: None)
    done = CliRunner().invoke(app, ["mcp"])
    assert done.exit_code == 2 and "pip install -e '.[mcp]'" in done.output


@pytest.mark.assets
@pytest.mark.slow
def test_the_real_robot_is_stopped_in_mid_wave(serve, tmp_path):
    async def orders(url):
        async with client_of(url) as client:
            seen = await call(client, "observe", picture=False)
            assert {thing["id"] for thing in seen["things"] if thing["seen"]} == {"table", "chair", "door"}
            id = (await call(client, "run", instruction="wave"))["id"]
            await in_motion(client, id, 120.0)
            began = time.monotonic()
            assert (await call(client, "stop", id=id))["stopping"]
            assert time.monotonic() - began < ACKNOWLEDGED
            assert (await until(client, id, "over"))["status"] == "stopped"
            picture = (await client.call_tool("observe", {"picture": True})).content[1]
            assert picture.type == "image" and picture.mime_type == "image/png"

    server = serve("--seed", "5", command=("-m", "agent.cli"))
    asyncio.run(orders(server.url))
    assert server.ends() == 130
