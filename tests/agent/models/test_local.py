"""A model in a file, with weights of chance: the real server in a real child, and that nothing is left of it."""

import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fakes import FakePipeline
from langchain_core.messages import HumanMessage
from tiny_gguf import write_tiny

from agent.chain import planner_for
from agent.loop import work
from agent.models import gguf, local
from agent.models.calls import Calls
from agent.models.config import ModelCfg
from agent.models.connect import structured
from agent.models.failures import ModelFailure
from agent.models.meter import Meter
from agent.models.probe import language_model
from agent.plan import Context
from agent.run_folder import Job, RunFolder
from agent.session import Session
from agent.summary import summarize
from exoactor.types import ConfigError, Interrupted
from exoactor.world.scene_file import load_scene

pytest.importorskip("xllamacpp", reason="the extra [local] is not installed")

SUM = {
    "title": "sum",
    "description": "The sum of two numbers.",
    "type": "object",
    "properties": {"sum": {"type": "integer"}},
    "required": ["sum"],
    "additionalProperties": False,
}
SAY = "the bench would be a better place for the box"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return write_tiny(tmp_path_factory.mktemp("weights") / "tiny model.gguf")


@pytest.fixture(autouse=True)
def told(monkeypatch):
    """What is said of loading; and whatever is started ends with the test."""
    lines = []
    monkeypatch.setattr(local, "tell", lines.append)
    monkeypatch.setattr(local, "_failed", {})
    yield lines
    local.stop_running()


@pytest.fixture
def started(monkeypatch):
    """The children that are started."""
    processes, real = [], subprocess.Popen

    def popen(*args, **kwargs):
        made = real(*args, **kwargs)
        if str(local.CHILD) in args[0]:
            processes.append(made)
        return made

    monkeypatch.setattr(subprocess, "Popen", popen)
    return processes


def of(path, **more):
    return ModelCfg.from_json({"gguf": str(path), "timeout": 120.0, "retries": 0, "structured": "json_schema", **more})


def ask(model, calls=None):
    meter = Meter(model.cfg, Calls(record=(calls if calls is not None else []).append))
    return model.ask([HumanMessage("What is 19 + 23?")], SUM, meter, "test")


def status(url, key=""):
    """Of a request to the server; None where nobody listens."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("GET", "/v1/models", headers={"authorization": f"Bearer {key}"} if key else {})
        return connection.getresponse().status
    except ConnectionRefusedError:
        return None
    finally:
        connection.close()


def stat(pid):
    """State and parent of a process, or ("", 0) where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", 0
    return fields[0], int(fields[1])


def gone(pid, seconds=20.0):
    """Whether a process of somebody else's ends within so long; one that nobody has waited for has ended."""
    until = time.monotonic() + seconds
    while stat(pid)[0] not in ("", "Z") and time.monotonic() < until:
        time.sleep(0.05)
    return stat(pid)[0] in ("", "Z")


def test_a_file_is_served_to_us_alone_and_what_ran_is_on_record(tiny, told, started):
    calls, first, second = [], structured(of(tiny)), structured(of(tiny))
    assert not started, "it is loaded when it is first asked"
    replies = [ask(model, calls) for model in (first, second)]
    assert all(set(r) == {"sum"} and isinstance(r["sum"], int) for r in replies), "the schema holds whatever it means"
    assert len(started) == 1 and told[0].startswith("loading the model tiny-model") and len(told) == 2
    assert {c["sha256"] for c in calls} == {hashlib.sha256(tiny.read_bytes()).hexdigest()}
    assert all(c["code"] == "ok" and c["tokens_in"] > 0 and c["tokens_out"] > 0 for c in calls)
    server = local.running(of(tiny))
    address = urlsplit(server.url)
    assert address.hostname == "127.0.0.1" and address.port > 1023
    assert (status(server.url), status(server.url, "guessed"), status(server.url, server.key)) == (401, 401, 200)
    assert server.key not in json.dumps(calls) + " ".join(started[0].args)
    local.stop_running()
    assert started[0].poll() is not None and status(server.url) is None


def test_a_proxy_that_is_set_for_the_world_outside_is_not_asked(tiny, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "OPENAI_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert set(ask(structured(of(tiny)))) == {"sum"}


def test_one_that_died_is_started_again_with_another_key(tiny, started):
    model = structured(of(tiny))
    ask(model)
    key = local.running(model.cfg).key
    started[0].kill()
    started[0].wait()
    assert set(ask(model)) == {"sum"} and len(started) == 2
    assert local.running(model.cfg).key != key and key not in model.secrets


def test_the_planted_fault_and_a_spent_budget_load_nothing(tiny, started):
    for more, code in (({}, "server_error"), ({"limits": {"seconds": 1e-9}}, "budget_spent")):
        model = structured(of(tiny, **more))
        meter = Meter(model.cfg, Calls([{"seconds": 1.0}], down=code == "server_error"))
        with pytest.raises(ModelFailure) as failed:
            model.ask([HumanMessage("?")], SUM, meter, "test")
        assert failed.value.code == code
    assert not started


def test_what_the_parser_understands_loads_nothing(tiny, started):
    catalogue, calls = load_scene("depot").catalogue(), []
    planner = planner_for(of(tiny, max_output=40, corrections=0).to_json())
    assert planner.plan("walk to the bench", catalogue).subtasks and not started
    result = planner.plan(SAY, catalogue, Context(calls=Calls(record=calls.append)))
    assert len(started) == 1 and not result.subtasks and result.failure == calls[0]["code"] != "ok"


def test_a_run_says_which_file_it_asked(tiny, tmp_path):
    config = of(tiny, max_output=40).to_json()
    folder = RunFolder.create(Job(SAY, "room", 7, config={"model": config}), tmp_path / "run")
    try:
        work(Session(folder, FakePipeline(), planner_for(config)))
    finally:
        folder.close()
    sha256 = hashlib.sha256(tiny.read_bytes()).hexdigest()
    summary = summarize(folder.path)["model"]
    assert (summary["model"], summary["gguf"], summary["sha256"]) == ("tiny-model", str(tiny), sha256)
    assert [e["sha256"] for e in folder.journal.of("model_called")] == [sha256] * summary["calls"] != []
    key = local.running(of(tiny)).key
    assert not any(key in p.read_text(errors="replace") for p in folder.path.rglob("*") if p.is_file())


@pytest.mark.parametrize("setting", ["gguf", "mmproj"])
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: None, "cannot be read"),
        (lambda p: p.mkdir(), "cannot be read"),
        (lambda p: p.write_bytes(b""), "is no GGUF file"),
        (lambda p: p.write_bytes(b"\x80\x02}q\x00X"), "is no GGUF file"),
    ],
)
def test_what_is_no_such_file_is_refused_before_anything_starts(tiny, tmp_path, setting, make, message, started):
    path = tmp_path / "weights.bin"
    make(path)
    with pytest.raises(ConfigError, match=f"{setting}.*weights.bin {message}"):
        planner_for(of(tiny, **{setting: str(path)}).to_json())
    assert not started


def test_another_file_than_the_one_that_is_meant_is_not_loaded(tiny, tmp_path, started):
    found, wanted = hashlib.sha256(tiny.read_bytes()).hexdigest(), "ab" * 32
    with pytest.raises(ConfigError, match=f"{found}.*{wanted}"):
        structured(of(tiny, sha256=wanted))
    path = tmp_path / "swapped.gguf"
    path.write_bytes(tiny.read_bytes())
    model = structured(of(path, sha256=found))
    write_tiny(path, seed=1)
    with pytest.raises(ModelFailure, match=found) as failed:
        ask(model)
    assert failed.value.code == "no_model" and not started, "also one that was put there later"


def test_who_has_not_the_package_is_told_how_to_get_it(tiny, monkeypatch):
    monkeypatch.setattr(gguf, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install -e '\.\[local\]'"):
        structured(of(tiny))


def test_a_file_that_breaks_off_is_tried_once_and_its_last_words_are_told(tiny, tmp_path, started):
    path = tmp_path / "half.gguf"
    path.write_bytes(tiny.read_bytes()[: tiny.stat().st_size // 2])
    calls, model = [], structured(of(path))
    for _ in range(2):
        with pytest.raises(ModelFailure, match=r"ended with status 1; it said: .*failed to load model") as failed:
            ask(model, calls)
        assert failed.value.code == "no_model" and str(failed.value).isprintable()
    assert len(started) == 1 and started[0].poll() == 1 and not calls


def test_a_projector_is_passed_on(tiny, tmp_path):
    """No vision model is small enough to be here: another file in its place is refused by who reads projectors."""
    path = write_tiny(tmp_path / "projector.gguf", seed=2)
    with pytest.raises(ModelFailure, match=r"mmproj|multimodal|clip"):
        ask(structured(of(tiny, mmproj=str(path))))


def stopped():
    raise Interrupted("stopped by the user")


def test_waiting_has_an_end_and_can_be_stopped(tiny, started):
    with pytest.raises(ModelFailure, match="not loaded in time"):
        local.start(of(tiny), seconds=0.0)
    with pytest.raises(Interrupted):
        local.running(of(tiny), stopped)
    assert len(started) == 2 and all(p.poll() is not None for p in started), "nothing is left of either"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it ends once it is loaded")
def test_it_dies_with_its_parent_also_while_the_library_opens_the_file(tmp_path):
    """The file is a pipe that nobody writes into, so that the library waits in it and no Python of the child runs."""
    pipe = tmp_path / "endless.gguf"
    os.mkfifo(pipe)
    child = subprocess.Popen([sys.executable, "-P", str(local.CHILD)], stdin=subprocess.PIPE)
    try:
        child.stdin.write(json.dumps({"gguf": str(pipe), "mmproj": "", "key": "k", "threads": 1}).encode() + b"\n")
        child.stdin.flush()
        asleep, until = 0, time.monotonic() + 60
        while asleep < 10 and time.monotonic() < until:
            inside = "xllamacpp" in Path(f"/proc/{child.pid}/maps").read_text() and stat(child.pid)[0] == "S"
            asleep = asleep + 1 if inside else 0
            time.sleep(0.05)
        assert asleep == 10 and child.poll() is None
        child.stdin.close()
        assert child.wait(20) == -signal.SIGIO
    finally:
        child.kill()


def heeds_interrupts():
    """As in a terminal: what runs tests in the background may ignore SIGINT, and what it starts would, too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def asking(tiny, tmp_path, *command):
    """A command in the middle of its first request, and the id of its child."""
    settings = tmp_path / "model.yaml"
    settings.write_text(f"gguf: {json.dumps(str(tiny))}\nstructured: json_schema\nmax_output: 30000\ntimeout: 300\n")
    ours = {"EXOACTOR_MODEL_CONFIG": str(settings), "PYTHONUNBUFFERED": "1"}
    parent = subprocess.Popen(
        [sys.executable, "-m", "agent.cli", *command],
        env={k: v for k, v in os.environ.items() if not k.startswith("EXOACTOR_MODEL")} | ours,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        text=True,
        preexec_fn=heeds_interrupts,  # noqa: PLW1509 - nothing else runs in this process yet
    )
    for line in parent.stderr:
        if line.startswith("the model is loaded"):
            (child,) = [int(p.name) for p in Path("/proc").glob("[0-9]*") if stat(p.name)[1] == parent.pid]
            return parent, child
    raise AssertionError(f"it ended with {parent.wait()}: {parent.stdout.read()}")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_a_command_however_it_ends(tiny, tmp_path, number):
    parent, child = asking(tiny, tmp_path, "plan", SAY, "--scene", "depot")
    parent.send_signal(number)
    assert parent.wait(30) == (130 if number == signal.SIGINT else -number)
    assert gone(child)
    parent.stdout.close()
    parent.stderr.close()


def test_the_doctor_tries_it_like_any_other(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("EXOACTOR_MODEL_CONFIG", "")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("EXOACTOR_MODEL_GGUF", str(tiny))
    (part,) = language_model()
    assert part.state == "ok" and str(tiny) in part.detail and "json_schema yes" in part.detail
    half = tmp_path / "half.gguf"
    half.write_bytes(tiny.read_bytes()[:1000])
    for path, says in ((half, "failed to load"), (tmp_path / "nowhere.gguf", "cannot be read")):
        monkeypatch.setenv("EXOACTOR_MODEL_GGUF", str(path))
        (part,) = language_model()
        assert part.state == "broken" and says in part.detail and part.mend


@pytest.mark.slow
@pytest.mark.skipif("EXOACTOR_TEST_GGUF" not in os.environ, reason="EXOACTOR_TEST_GGUF names no file of weights")
def test_a_model_that_means_something_is_understood():
    """It tests the way there, not the model: whatever it answers has to be read."""
    calls = []
    model = structured(of(os.environ["EXOACTOR_TEST_GGUF"], max_output=100))
    assert isinstance(ask(model, calls)["sum"], int) and calls[0]["tokens_in"] > 10
