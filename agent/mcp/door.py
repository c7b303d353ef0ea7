"""Who may come in: programs on this machine that know the token, and no page in a browser."""

from __future__ import annotations

import errno
import hmac
import re
import secrets
import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl

from exoactor.types import ConfigError

LOOPBACK = "127.0.0.1"
PORT = 8765
PATH = "/mcp"
SHORTEST = 16
"""Shortest token that is taken [characters]."""
MOST_SESSIONS = 32
BIGGEST_REQUEST = 64 * 1024
"""[bytes]; an instruction has at most 1000 characters."""
LEAVING = 5
"""How long open requests may take to end when the server does [s]."""


class OneToken:
    """Knows one token, and takes as long to refuse any other."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    async def verify_token(self, token: str) -> AccessToken | None:
        """Whose token it is; None for nobody's."""
        if not hmac.compare_digest(token.encode(), self._token):
            return None
        return AccessToken(token="", client_id="client", scopes=[])  # the token itself goes no further


class Door(uvicorn.Server):
    """Serves until Ctrl-C or SIGTERM; a second one leaves at once.

    Args:
        config: of uvicorn.
        leave: called at the first of them.
    """

    def __init__(self, config: uvicorn.Config, leave: Callable[[], None]) -> None:
        super().__init__(config)
        self._leave = leave

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop the robot, then the server; uvicorn would raise the signal again, with the robot at work."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        self._leave()


def checked_host(host: str) -> str:
    """The address to listen at.

    Raises:
        ConfigError: it could be reached from other machines.
    """
    if host not in (LOOPBACK, "localhost"):
        raise ConfigError(
            f"--host {host}: {LOOPBACK} (localhost) wanted; whoever reaches the server moves the robot. "
            f"From another machine: ssh -L {PORT}:{LOOPBACK}:{PORT} to this one"
        )
    return LOOPBACK


def token_or_new(token: str | None) -> tuple[str, bool]:
    """The token, and whether it was made just now.

    Raises:
        ConfigError: it is too short or does not fit into a header.
    """
    if token is None:
        return secrets.token_urlsafe(32), True
    if len(token) < SHORTEST or not re.fullmatch(r"[A-Za-z0-9\-._~+/]+=*", token):
        raise ConfigError(
            f"the token has {len(token)} characters; at least {SHORTEST} of letters, digits and -._~+/ are wanted. "
            "Leave it out, and one is made"
        )
    return token, False


def listening(port: int) -> socket.socket:
    """A socket on the loopback interface; port 0 takes a free one.

    Raises:
        ConfigError: the port is in use, or not for us.
    """
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise ConfigError(f"--port {port}: {error.strerror}. Choose another one, or 0 for any that is free") from error


def only_with(token: str) -> dict[str, Any]:
    """Settings of an `MCPServer` that nobody without the token gets into."""
    nobody_issues = AuthSettings(issuer_url=AnyHttpUrl(f"http://{LOOPBACK}"), resource_server_url=None)
    return {"auth": nobody_issues, "token_verifier": OneToken(token)}


def serve(server: MCPServer[Any], sock: socket.socket, leave: Callable[[], None]) -> None:
    """Serve until a signal comes.

    Args:
        server: with its tools.
        sock: to listen at.
        leave: called when the signal comes, in its handler.
    """
    port = sock.getsockname()[1]
    names = [f"{LOOPBACK}:{port}", f"localhost:{port}"]
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        max_request_body_size=BIGGEST_REQUEST,
        max_sessions=MOST_SESSIONS,
        transport_security=TransportSecuritySettings(
            allowed_hosts=names, allowed_origins=[f"http://{name}" for name in names]
        ),
    )
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=LEAVING
    )
    Door(config, leave).run(sockets=[sock])
