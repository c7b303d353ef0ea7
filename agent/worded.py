"""The words of an attempt's prompt in a run: who writes them, once, where they are kept, and how they are edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from agent.attempts import Attempt, action_from
from agent.journal import WORDED, Event
from agent.run_folder import attempt_name
from agent.session import Session
from agent.wording.proposal import Asked, Draft, Row, checked
from agent.wording.sheet import NAME, read_sheet, sheet
from exoactor.files import write_text
from exoactor.imagine.prompt import template_hash
from exoactor.types import Action, ConfigError, Wording

if TYPE_CHECKING:
    from agent.wording.writer import Writer


def worded(session: Session, attempt: Attempt) -> tuple[tuple[Action, ...], Wording]:
    """The chain of an attempt as it is set, and its words; made once, whatever becomes of the process.

    Who wrote them goes into the journal, the prompt itself into prompt.md.
    """
    known = session.run.journal.get(attempt.key(WORDED))
    if known is None:
        asked = _asked(attempt)
        kept = _persons(session, attempt, asked)
        draft, why = (kept, {}) if kept is not None else _written(session, attempt, asked)
        known = _keep(session, attempt, asked, draft, **why)
    return _read(known)


def take_edit(session: Session, attempt: Attempt, name: str) -> str:
    """Take up what a person made of prompt.md, for the next take; what is wrong with it, or "".

    Args:
        session: of the run.
        attempt: whose prompt it is.
        name: of the question that was answered, for the journal.
    """
    asked, path, key = _asked(attempt), attempt.folder / NAME, f"{name}/edited"
    known = session.run.journal.get(key)
    if known is None:
        actions, wording = worded(session, attempt)
        draft, objection = Draft(actions, wording), ""
        try:
            text = path.read_text(encoding="utf-8")
            if text == sheet(asked, actions, wording):
                raise ConfigError(f"{path} is as it was. Change it, then say it again.")
            draft = read_sheet(text, asked, actions, str(path))
        except (ConfigError, OSError, UnicodeDecodeError) as error:
            objection = str(error)
        known = session.emit("edited", key=key, attempt=attempt.name, objection=objection, **_plain(draft))
    if not known["objection"]:
        _keep(session, replace(attempt, take=attempt.take + 1), asked, Draft(*_read(known)))
    return str(known["objection"])


def _asked(attempt: Attempt) -> Asked:
    scene, actions = attempt.load()
    return Asked(scene, actions, attempt.subtask.args)


def _keep(session: Session, attempt: Attempt, asked: Asked, draft: Draft, **why: str) -> Event:
    write_text(attempt.folder / NAME, sheet(asked, draft.actions, draft.wording))
    about = {"attempt": attempt.name, "template": template_hash(), **_plain(draft), **why}
    return session.emit(WORDED, key=attempt.key(WORDED), **about)


def _plain(draft: Draft) -> dict[str, Any]:
    return {"actions": [asdict(a) for a in draft.actions], "wording": draft.wording.to_json()}


def _read(event: Mapping[str, Any]) -> tuple[tuple[Action, ...], Wording]:
    return tuple(map(action_from, event["actions"])), Wording.from_json(event["wording"])


def _persons(session: Session, attempt: Attempt, asked: Asked) -> Draft | None:
    """What a person wrote for the last attempt at the step, where it still fits and was not refused."""
    before = attempt_name(attempt.subtask_id, attempt.subtask.skill, attempt.number - 1)
    told = session.run.journal.of(WORDED, attempt=before)
    refused = any(
        str(e.get("key", "")).startswith(f"{before}/") for e in session.run.journal.of("answered", answer="no")
    )
    if not told or refused or told[-1]["wording"]["by"] != "person" or len(told[-1]["actions"]) != len(asked.actions):
        return None
    actions, wording = _read(told[-1])
    settings = {n: {k: getattr(a, k) for k in o} for n, (a, o) in enumerate(zip(actions, asked.open, strict=True), 1)}
    rows = [Row(n, p.text, p.manner) for n, pieces in enumerate(wording.steps, 1) for p in pieces]
    draft = checked(asked, rows, settings, wording.end, wording.avoid, "person")
    return None if draft.problems else draft


def _written(session: Session, attempt: Attempt, asked: Asked) -> tuple[Draft, dict[str, str]]:
    """By the language model where one is to, else by the skill; and why the model had no say."""
    writer = _writer(session)
    if writer is None:
        return Draft(asked.actions, Wording.of(asked.actions)), {}
    journal = session.run.journal
    steps = attempt_name(attempt.subtask_id, attempt.subtask.skill, 0).rsplit("-", 1)[0]
    failed = [e["result"]["code"] for e in journal.of("decided") if e["attempt"].startswith(f"{steps}-")]
    calls = session.calls(attempt.subtask_id, attempt.number)
    written = writer.write(attempt.subtask, asked, session.pipeline.catalogue, failed, calls)
    return Draft(written.actions, written.wording), {"failure": written.failure, "reason": written.reason}


def _writer(session: Session) -> Writer | None:
    config = session.run.job.config.get("model")
    if not config or not config.get("prompts"):
        return None
    from agent.models.connect import of_job
    from agent.wording.writer import Writer  # takes a second, which who has no model need not wait

    return of_job(Writer, config)
