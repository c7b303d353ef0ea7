"""The process of a model on this machine: serves a GGUF file as an OpenAI endpoint until whoever started it is gone.

`agent.models.local` starts it, as a file and not as a module, so that nothing but the standard library and xllamacpp
is imported. The settings come as a line of JSON through standard input, where no other user's `ps` shows the key; when
the other end of that pipe is closed, by `stop` or because the parent died of whatever, this process ends. The address
goes to standard output once requests are answered; all else goes to standard error.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import sys
from typing import Any

CONTEXT = 16384
"""Longest request and answer together; what a model was trained with, if that is less [tokens]."""
PROMPTS_KEPT = 512
"""Memory for prompts that were read before, so that their beginnings are not read again [MiB]."""
WARNINGS = 2
"""Of llama.cpp's levels: what is said of each request is not kept."""


def main() -> None:
    """Serve what standard input says, and end with it."""
    settings = json.loads(sys.stdin.buffer.readline())
    end_with_parent()
    answers = os.dup(1)
    os.dup2(2, 1)
    server = serve(settings)
    os.write(answers, f"{server.listening_address}\n".encode())
    os.close(answers)
    sys.stdin.buffer.read()  # until its end
    os._exit(0)  # what still computes is for nobody


def end_with_parent() -> None:
    """Die when the pipe is closed, also while the library loads weights and lets no thread of Python run.

    Linux raises SIGIO then, which ends a process that does not handle it. Elsewhere the end is seen after loading.
    """
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([0], [], [], 0)[0]:
        os._exit(0)  # it was closed before


def serve(settings: dict[str, Any]) -> Any:
    """An `xllamacpp.Server` that answers on a free port of the loopback interface, to who has the key.

    Args:
        settings: gguf, mmproj (or ""), key, threads.
    """
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = settings["gguf"]
    params.mmproj.path = settings["mmproj"]
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.api_keys = [settings["key"]]
    params.n_ctx, params.n_parallel, params.cache_ram_mib = CONTEXT, 1, PROMPTS_KEPT
    params.use_jinja, params.ui, params.endpoint_slots, params.verbosity = True, False, False, WARNINGS
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings["threads"]
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
