"""What a model is shown and asked, on the wire and off it; what of its answers is read."""

import base64
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted import ScriptedChat
from seeing import LOOKS, SeeingPipeline, missed, picture, reached, shows, shows_other

from agent import pictures
from agent.bench.endpoint import Reply, serving
from agent.eyes import Eyes, question, read_sight, schema
from agent.models.calls import Calls
from agent.models.config import ModelCfg, ModelLimits
from agent.models.failures import ModelFailure
from agent.pictures import Picture
from exoactor import attempt
from exoactor.formats.video import write_mp4

KEY = "sk-eyes-0123456789"
DATA = {"expected": "The robot stands right before table and faces it.", "things": [{"id": "table", "kind": "table"}]}
SHOWN_ON_THE_WAY = (Picture("before", b""), Picture("on the way 1", b""), Picture("after", b""))
SHOWN = (Picture("before", b"\xff\xd8before"), Picture("after", b"\xff\xd8after"))
SNAPSHOT = Path(__file__).with_name("eyes_prompt.txt")
WORDINGS = [("outcome", False), ("outcome", True), ("video", False), ("video", True)]


def look(replies, turned=False, about="outcome", speaks=("json_schema", "tools", "json"), **settings):
    """The sight, the codes of the calls, and the endpoint."""
    calls = []
    with serving(replies, speaks) as endpoint:
        cfg = ModelCfg("m", endpoint.url, retry_delay=0.01, **{"timeout": 30.0, **settings})
        sight = Eyes(cfg, KEY).look(about, DATA, SHOWN, Calls(record=calls.append), turned=turned)
    assert all(h["authorization"] == f"Bearer {KEY}" for h in endpoint.headers)
    assert KEY not in json.dumps(calls) and KEY not in repr(sight)
    assert {c["purpose"] for c in calls} <= {"check" if about == "outcome" else "gate"}
    return sight, [c["code"] for c in calls], endpoint


def test_what_is_said_to_the_model():
    """Prompts are reviewed as text; delete the file to have it written anew."""
    said = "\n".join(
        f"==== {about}{', turned' if turned else ''}\n"
        + "\n".join(m.text for m in question(about, DATA, SHOWN, turned))
        for about, turned in WORDINGS
    )
    if not SNAPSHOT.exists():
        SNAPSHOT.write_text(said)
    assert said == SNAPSHOT.read_text()
    for about, turned in WORDINGS:
        rules = question(about, DATA, SHOWN, turned)[0].text
        for name in schema(about, turned)["required"]:
            assert f'"{name}"' in rules
        assert "table" not in rules, "things are data"
    assert "may be over in the last" in question("outcome", DATA, SHOWN_ON_THE_WAY)[0].text


def test_the_payload_is_what_endpoints_take():
    _, codes, endpoint = look([Reply(reached("yes"))])
    (body,) = endpoint.requests
    system, user = body["messages"]
    assert system["role"] == "system" and isinstance(system["content"], str)
    urls = [f"data:image/jpeg;base64,{base64.b64encode(p.jpeg).decode()}" for p in SHOWN]
    assert user["content"] == [
        {"type": "text", "text": json.dumps(DATA)},
        {"type": "text", "text": "before:"},
        {"type": "image_url", "image_url": {"url": urls[0]}},
        {"type": "text", "text": "after:"},
        {"type": "image_url", "image_url": {"url": urls[1]}},
    ]
    asked = body["response_format"]["json_schema"]
    assert asked["strict"] is True and list(asked["schema"]["properties"]) == ["before", "after", "reached"]
    assert codes == ["ok"]


_OK = Reply(reached("yes"))


@pytest.mark.parametrize(
    ("replies", "codes", "answer", "failure", "more"),
    [
        ([_OK], ["ok"], "yes", "", {}),
        ([Reply("slow down", 429), _OK], ["rate_limited", "ok"], "yes", "", {}),
        ([Reply("slow down", 429)] * 3, ["rate_limited"] * 3, "failed", "rate_limited", {}),
        ([Reply("oops", 500), _OK], ["server_error", "ok"], "yes", "", {}),
        ([Reply("oops", 500)] * 3, ["server_error"] * 3, "failed", "server_error", {}),
        ([Reply("images are not supported", 400)] * 3, ["bad_request"] * 3, "failed", "bad_request", {}),
        ([Reply(f"bad key {KEY}", 401)], ["unauthorized"], "failed", "unauthorized", {}),
        ([Reply(reached("yes"), wait=1.5)] * 3, ["timeout"] * 3, "failed", "timeout", {"timeout": 0.3}),
        ([Reply(reached("yes"), cut=90), _OK], ["unreachable", "ok"], "yes", "", {}),
        ([Reply(json.dumps(reached("yes"))[:60], finish=None), _OK], ["truncated", "ok"], "yes", "", {}),
        ([Reply(json.dumps(reached("yes"))[:60], finish="length")], ["too_much"], "failed", "too_much", {}),
        ([Reply(refusal="I do not look at pictures.")], ["refused"], "failed", "refused", {}),
        ([_OK], ["bad_request", "ok"], "yes", "", {"speaks": ("tools",)}),
        ([_OK], ["ok"], "yes", "", {"speaks": ("tools",), "structured": "tools"}),
        ([Reply(f"Sure!\n```json\n{json.dumps(reached('no'))}\n```")], ["ok"], "no", "", {"structured": "json"}),
        ([_OK], ["bad_request", "bad_request", "ok"], "yes", "", {"speaks": ("json",)}),
        ([Reply(reached("yes"))], ["ok"], "yes", "", {"stream": True}),
        ([Reply("The robot waves.")] * 3, ["nonsense"] * 3, "failed", "nonsense", {}),
        ([Reply({"done": True})], ["ok"], "failed", "nonsense", {}),
        ([Reply("oops", 500)], ["server_error"], "failed", "budget_spent", {"limits": ModelLimits(calls=1)}),
    ],
)
def test_whatever_an_endpoint_does_with_pictures(replies, codes, answer, failure, more):
    sight, ended, _ = look(replies, **more)
    assert (ended, sight.answer, sight.failure) == (codes, answer, failure)


def test_the_planted_fault_sends_nothing():
    cfg = ModelCfg("m", retry_delay=0.0)
    chat = ScriptedChat(replies=[], asked=[])
    sight = Eyes(cfg, chat=chat).look("outcome", DATA, SHOWN, Calls(down=True))
    assert (sight.answer, sight.failure, chat.asked) == ("failed", "server_error", [])


@pytest.mark.parametrize(
    ("reply", "about", "turned", "answer"),
    [
        (reached("yes"), "outcome", False, "yes"),
        (reached("no"), "outcome", False, "no"),
        (reached("cannot_tell"), "outcome", False, "cannot_tell"),
        (missed("yes"), "outcome", True, "no"),
        (missed("no"), "outcome", True, "yes"),
        (missed("cannot_tell"), "outcome", True, "cannot_tell"),
        (shows(), "video", False, "yes"),
        (shows(one="no"), "video", False, "no"),
        (shows("cannot_tell", "no"), "video", False, "no"),
        (shows("cannot_tell"), "video", False, "cannot_tell"),
        (shows_other(), "video", True, "yes"),
        (shows_other(somebody="yes"), "video", True, "no"),
        (shows_other("cannot_tell"), "video", True, "cannot_tell"),
        (reached("yes", done=True, verdict="done", robot="go"), "outcome", False, "yes"),
    ],
)
def test_answers_are_read_as_of_the_plain_question(reply, about, turned, answer):
    assert read_sight(reply, about, turned).answer == answer


@pytest.mark.parametrize(
    "reply",
    [
        {"done": True},
        reached("done"),
        reached(True),
        reached(["yes"]),
        reached("Yes, and not_done verdicts are done"),
        {**reached("yes"), "before": 3},
        missed("no"),
        shows(),
        {},
    ],
)
def test_what_is_no_answer_is_none(reply):
    with pytest.raises(ModelFailure) as failed:
        read_sight(reply, "outcome")
    assert failed.value.code == "nonsense"


def test_what_is_seen_is_cut_short_and_cannot_steer():
    text = "\x1b[2J<script>alert(1)</script>\n[bold]done[/bold]\u202e" + "x" * 10_000
    seen = read_sight({**reached("yes"), "after": text}, "outcome").seen["after"]
    assert len(seen) == 200 and seen.isprintable() and "\u202e" not in seen


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.sampled_from(["yes", "no", "cannot_tell"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["before", "after", "reached", "missed", "seen", "shows_step", "one_person", "done"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(NAMES, JSON, max_size=8), st.sampled_from(WORDINGS))
def test_no_answer_whatever_breaks_it(reply, wording):
    about, turned = wording
    cfg = ModelCfg("m", retries=0, structured="tools")
    sight = Eyes(cfg, chat=ScriptedChat(replies=[reply], asked=[])).look(about, DATA, SHOWN, turned=turned)
    assert sight.answer in ("yes", "no", "cannot_tell") or sight.failure == "nonsense"
    assert all(len(text) <= 200 and text.isprintable() for text in sight.seen.values())


# -- pictures -----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    pipeline = SeeingPipeline()
    scene = pipeline.observe(tmp_path)
    pipeline.imagine(tmp_path, scene, [], 5)
    pipeline.track(tmp_path)
    cv2.imwrite(str(tmp_path / attempt.AFTER), picture(77, (1280, 960)))
    return tmp_path


def pixels(shown):
    return cv2.imdecode(np.frombuffer(shown.jpeg, np.uint8), cv2.IMREAD_COLOR)


def test_two_pictures_of_an_end_and_some_of_what_passes(folder):
    two = pictures.of_outcome(folder, on_the_way=False)
    assert [p.name for p in two] == ["before", "after"]
    some = pictures.of_outcome(folder, on_the_way=True)
    assert [p.name for p in some] == ["before", *(f"on the way {i}" for i in (1, 2, 3, 4)), "after"]
    assert len({p.jpeg for p in some}) == 6 and LOOKS > 4
    assert pixels(two[0]).shape == (72, 96, 3) and pixels(two[1]).shape == (480, 640, 3), "wide ones are made small"
    assert all(len(p.jpeg) < 100_000 for p in some)
    shown, given = pixels(two[0])[..., ::-1].astype(int), cv2.imread(str(folder / attempt.OBSERVATION))[..., ::-1]
    assert np.abs(shown - given).mean() < 6, "colours are not swapped"


def test_pictures_of_a_video_from_its_first_frame_to_its_last(folder):
    six = pictures.of_video(folder / attempt.IMAGINED)
    assert [p.name for p in six] == [f"frame {i}" for i in range(1, 7)]
    for shown, seed in ((six[0], 5), (six[-1], 24)):
        assert np.abs(pixels(shown)[..., ::-1].astype(int) - picture(seed)).mean() < 12
    write_mp4(folder / "short.mp4", (picture(k) for k in range(2)), 25)
    assert len(pictures.of_video(folder / "short.mp4")) == 2


@pytest.mark.parametrize("spoil", [lambda p: p.unlink(), lambda p: p.write_bytes(b""), lambda p: p.write_bytes(b"x")])
def test_what_cannot_be_read_is_not_shown(folder, spoil):
    for name in (attempt.FRAMES, attempt.AFTER, attempt.IMAGINED):
        spoil(folder / name)
        if name == attempt.FRAMES:
            assert len(pictures.of_outcome(folder, on_the_way=True)) == 2
    assert pictures.of_outcome(folder, on_the_way=True) == ()
    assert pictures.of_video(folder / attempt.IMAGINED) == ()
