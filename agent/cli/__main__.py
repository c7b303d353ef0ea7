"""`python -m agent.cli` is `exoactor`."""

from agent.cli import main

main()
