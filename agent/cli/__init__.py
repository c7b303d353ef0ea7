"""The command line. Commands import what they need when they run, so that `exoactor --help` is quick."""

from __future__ import annotations

import os
import sys

import typer

from agent.cli import benches, jobs, stages, things

app = typer.Typer(
    name="exoactor",
    help="Say a long task; a humanoid imagines each step as a video, performs it, and looks whether it worked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (jobs, stages, things, benches):
    group.register(app)


def main() -> None:
    """Entry point of the `exoactor` command."""
    os.environ.setdefault("LANGSMITH_TRACING", "false")
    os.environ.setdefault("LANGCHAIN_TRACING_V2", "false")
    try:
        app()
    except BrokenPipeError:
        # The reader of our output went away (`exoactor scenes | head`); there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
