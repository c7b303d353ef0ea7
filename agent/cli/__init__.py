"""The command line. Commands import what they need when they run, so that `exoactor --help` is quick."""

from __future__ import annotations

import os
import sys

import typer

from agent.cli.benches import register as register_benches
from agent.cli.jobs import register as register_jobs
from agent.cli.remembering import register as register_memory
from agent.cli.serving import register as register_serving
from agent.cli.stages import register as register_stages
from agent.cli.standing import register as register_demo
from agent.cli.talking import register as register_talking
from agent.cli.things import register as register_things

app = typer.Typer(
    name="exoactor",
    help="Say a long task; a humanoid imagines each step as a video, performs it, and looks whether it worked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for register in (
    register_jobs,
    register_talking,
    register_serving,
    register_demo,
    register_stages,
    register_things,
    register_memory,
    register_benches,
):
    register(app)


def main() -> None:
    """Entry point of the `exoactor` command."""
    if os.environ.get("EXOACTOR_TRACING", "").lower() not in ("1", "true"):
        # The user may have turned tracing on for other programs; what is said to our robot is sent nowhere unasked.
        os.environ["LANGSMITH_TRACING"] = os.environ["LANGCHAIN_TRACING_V2"] = "false"
    try:
        app()
    except BrokenPipeError:
        # The reader of our output went away (`exoactor scenes | head`); there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
