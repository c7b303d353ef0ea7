"""A model's word on what was done and on what was imagined: asked for, written down, and put beside what was measured.

Each answer is journaled under the pictures that it is about, so that no process asks again about the same ones, and no
process takes an answer about others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import skills
from agent.attempts import Attempt
from agent.journal import Event
from agent.models.spent import SAW
from agent.pictures import Picture, of_outcome, of_video
from agent.prompting import as_data
from agent.scene_data import scene_data
from agent.second_opinion import Answer, Ruling, Sight, ask_twice, combine
from agent.session import Session
from exoactor import attempt as files
from exoactor.files import write_bytes, write_json
from exoactor.types import Outcome, StageError, Verdict
from skills.base import ID_PATTERN
from skills.outcome import outcome as outcome_sentence
from skills.outcome import passes

if TYPE_CHECKING:
    from agent.eyes import About, Eyes

REFUSED = "video_shows_other"
"""Code of a video that the model refuses."""
_HOPELESS = frozenset({"bad_request", "unauthorized", "not_found", "no_model"})
"""Failures after which the next pictures would fare no better: a model that takes none answers with one of them."""


def eyes_for(config: Mapping[str, Any] | None, key: str | None = None) -> Eyes | None:
    """Who looks besides measuring, in a job; None where no model is configured, or is to look at nothing.

    Args:
        config: a `ModelCfg` as in job.json, or None for no model.
        key: for the endpoint; by default from the environment or the file of settings.

    Raises:
        ConfigError: settings that cannot be used.
    """
    if not config or config.get("check", "off") == "off":
        return None
    from agent.eyes import Eyes  # takes a second, which who has no model need not wait
    from agent.models.connect import of_job

    return of_job(Eyes, config, key)


def beside(session: Session, attempt: Attempt, verdict: Verdict) -> tuple[Verdict, dict[str, Any]]:
    """A measured verdict with the model's opinion beside it.

    Returns:
        The verdict that counts, and for the journal "model" (opinion, flag, measured outcome and code), or nothing
        where nobody was asked. What was asked and answered is in model-check.json, beside verdict.json.
    """
    if session.eyes is None or session.run.job.open_loop:
        return verdict, {}
    expectation = attempt.expectation
    named = [item for item in session.pipeline.catalogue if item.id in (expectation.target, expectation.on)]
    data = {"expected": outcome_sentence(expectation), "things": scene_data(tuple(named), None)}
    asked = _Asked(
        session, attempt, "outcome", data, lambda: of_outcome(attempt.folder, on_the_way=passes(expectation))
    )
    may_confirm = skills.get(attempt.subtask.skill).model_may_confirm
    ruling, told = asked.rule(verdict.outcome, verdict.code, may_confirm)
    return replace(verdict, outcome=ruling.outcome, code=ruling.code), told


def look_at_video(session: Session, attempt: Attempt) -> dict[str, Any]:
    """The last of the gates: whether the imagined video shows its step, as the model sees it.

    Returns:
        For the journal "model" (opinion, flag), or nothing where nobody was asked.

    Raises:
        StageError: stage "gate", `REFUSED`, where it may refuse a video and does.
    """
    if session.eyes is None or session.run.job.open_loop:
        return {}
    _, actions = attempt.load()
    data = {"step": [action.text for action in actions], "things": scene_data(session.pipeline.catalogue, None)}
    asked = _Asked(session, attempt, "video", data, lambda: of_video(attempt.folder / files.IMAGINED))
    ruling, told = asked.rule(Outcome.DONE, "gates_passed", False)
    if ruling.outcome is not Outcome.DONE:
        # A hint is told to whoever replans; the model's own words, which a text in a picture may have put into its
        # mouth, are for people.
        raise StageError("gate", REFUSED, "a model that looked at it saw something else")
    return told


class _Asked:
    """One thing that a model is asked about.

    Args:
        session: with eyes.
        attempt: that it belongs to.
        about: its outcome, or its video.
        data: what is expected.
        load: gives the pictures.
    """

    def __init__(
        self,
        session: Session,
        attempt: Attempt,
        about: About,
        data: Mapping[str, Any],
        load: Callable[[], tuple[Picture, ...]],
    ) -> None:
        assert session.eyes is not None
        self.session, self.attempt, self.about, self.data, self.eyes = session, attempt, about, data, session.eyes
        self.load = load
        self.events: list[Event] = []

    @cached_property
    def pictures(self) -> tuple[Picture, ...]:
        """Read only once there is something to ask; none where a thing has a name that is no id."""
        expected = self.attempt.expectation
        ids = [id for id in (expected.target, expected.on) if id is not None]
        return self.load() if all(map(ID_PATTERN.fullmatch, ids)) else ()

    def rule(self, outcome: Outcome, code: str, may_confirm: bool) -> tuple[Ruling, dict[str, Any]]:
        """The ruling on a verdict, and what is to be journaled with it."""
        power = self.eyes.cfg.check
        opinion = ask_twice(self._ask, outcome, code, power, may_confirm)
        ruling = combine(outcome, code, opinion, power, may_confirm)
        if opinion == "none":
            return ruling, {}
        told = {"opinion": opinion, "flag": ruling.flag}
        if self.about == "outcome":
            told |= {"measured": outcome.value, "measured_code": code}
        answers = [{k: e[k] for k in ("turned", "answer", "seen", "failure", "reason")} for e in self.events]
        name = "model-check.json" if self.about == "outcome" else "model-gate.json"
        asked = {**self.data, "pictures": [self._file(picture) for picture in self.pictures]}
        write_json(self.attempt.folder / name, {**told, "power": power, "asked": asked, "answers": answers})
        return ruling, {"model": told}

    def _ask(self, turned: bool) -> Answer:
        session, name = self.session, self.attempt.name
        key = f"{name}/saw-{self.about}-{_digest(self.data, self.pictures)}{'-turned' if turned else ''}"
        event = session.run.journal.get(key)
        if event is None:
            event = session.emit(SAW, key=key, attempt=name, about=self.about, turned=turned, **self._sight(turned))
        self.events.append(event)
        answer: Answer = event["answer"]
        return answer

    def _sight(self, turned: bool) -> dict[str, Any]:
        session, attempt = self.session, self.attempt
        if not self.pictures:
            return asdict(Sight("failed", failure="no_pictures", reason="there are no pictures to show"))
        for before in session.run.journal.of(SAW):
            if before["failure"] in _HOPELESS:
                return asdict(Sight("failed", failure="not_asked", reason=f"not asked after {before['failure']}"))
        for picture in self.pictures:
            write_bytes(attempt.folder / self._file(picture), picture.jpeg)
        calls = session.calls(attempt.subtask_id, attempt.number)
        return asdict(self.eyes.look(self.about, self.data, self.pictures, calls, turned=turned))

    def _file(self, picture: Picture) -> str:
        return f"shown-{self.about}-{picture.name.replace(' ', '-')}.jpg"


def _digest(data: Mapping[str, Any], pictures: Sequence[Picture]) -> str:
    whole = hashlib.sha256(as_data(dict(data)).encode())
    for picture in pictures:
        whole.update(picture.name.encode() + picture.jpeg)
    return whole.hexdigest()[:16]
