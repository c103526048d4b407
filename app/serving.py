"""The web server process: uvicorn over the application, on an address that is really free."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from app.api import build
from app.settings import Settings
from app.wiring import open_database
from kernel import failpoints
from kernel.files import FolderStore
from kernel.signing import KeyFolder

PORTS_TRIED_MAX = 20


class PortTaken(OSError):
    """The port is taken by another program."""


def create() -> FastAPI:
    """The application factory for uvicorn's worker processes; each opens the database for itself."""
    settings = Settings.from_environment()
    failpoints.arm(settings.failpoints)
    opened = open_database(settings)
    database = opened.__enter__()
    app = build(
        database,
        environment=settings.environment,
        files=FolderStore(settings.files),
        keys=KeyFolder(settings.keys),
    )
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def until_the_end(served: FastAPI) -> AsyncIterator[None]:
        async with inner(served):
            yield
        opened.__exit__(None, None, None)

    app.router.lifespan_context = until_the_end
    return app


def serve(host: str, port: int, *, processes: int = 1, log_level: str = "warning") -> None:
    """Serve until stopped. Raises PortTaken before anything is started."""
    if not is_free(host, port):
        raise PortTaken(f"port {port} on {host} is taken; choose another with --port")
    uvicorn.run(
        "app.serving:create",
        factory=True,
        host=host,
        port=port,
        workers=processes,
        log_level=log_level,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
        proxy_headers=False,
    )


def is_free(host: str, port: int) -> bool:
    """Nobody listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next free one after it. Raises PortTaken after twenty tries."""
    for port in range(wanted, min(wanted + PORTS_TRIED_MAX, 65_536)):
        if is_free(host, port):
            return port
    raise PortTaken(f"ports {wanted} to {wanted + PORTS_TRIED_MAX - 1} on {host} are all taken")
