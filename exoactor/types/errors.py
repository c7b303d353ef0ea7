"""The exception tree. Each class says what the loop does when it meets one."""

from __future__ import annotations


class ExoActorError(Exception):
    """Base of every error this project raises on purpose."""


class ConfigError(ExoActorError):
    """Bad input or configuration. The loop does not start; the command exits with status 2.

    The message says what was given, what is allowed and what to do.
    """


class MissingExtra(ConfigError):
    """An optional dependency is absent. The command exits with status 2 and names the extra."""

    def __init__(self, extra: str, needed_for: str) -> None:
        super().__init__(
            f"{needed_for} needs the optional packages '{extra}', which are not installed. "
            f"Do: pip install 'exoactor[{extra}]'"
        )
        self.extra = extra


class StageError(ExoActorError):
    """One stage failed on one attempt. The loop retries with another seed or replans.

    Args:
        stage: name of the stage that caused the failure, one of `STAGES`.
        code: short snake_case reason the planner can act on.
        hint: one sentence for a person.
    """

    STAGES = (
        "observe",
        "perceive",
        "imagine",
        "gate",
        "estimate",
        "ground",
        "retarget",
        "track",
        "check",
    )

    def __init__(self, stage: str, code: str, hint: str = "") -> None:
        if stage not in self.STAGES:
            raise ValueError(f"stage {stage!r} is not one of {', '.join(self.STAGES)}")
        super().__init__(f"{stage}: {code}" + (f" ({hint})" if hint else ""))
        self.stage = stage
        self.code = code
        self.hint = hint


class SafetyStop(ExoActorError):
    """The robot must not move again before a person has looked (exit status 3). Never retried."""

    def __init__(self, code: str, hint: str = "") -> None:
        super().__init__(f"safety stop: {code}" + (f" ({hint})" if hint else ""))
        self.code = code
        self.hint = hint


class Interrupted(ExoActorError):
    """The user asked to stop (Ctrl-C, SIGTERM). The run folder stays resumable; exit status 130."""
