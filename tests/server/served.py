"""An application that listens on a port of this machine, as it does in earnest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


class _Listening(uvicorn.Server):
    """A server that says when it listens, or that it could not."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    def run(self, sockets: Any = None) -> None:
        """Serve until told to leave."""
        try:
            super().run(sockets)
        finally:
            self.ready.set()

    async def startup(self, sockets: Any = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def served(app: Any, **options: Any) -> Iterator[int]:
    """Serve an application while the block runs; give its port. Further options are uvicorn's."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, access_log=False, log_config=None, **options)
    server = _Listening(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    server.ready.wait()
    assert server.started
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
