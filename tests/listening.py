"""A server of the tests' own, which counts who came and keeps what they said."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import attrs
import pytest

from renda_server.transport import networks

LOOPBACK = networks("127.0.0.0/8")
"""What a server of the tests may ask: this machine."""
Answer = tuple[int, dict[str, str], bytes]


@attrs.frozen
class Hit:
    """One request: header names are in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Listener(ThreadingHTTPServer):
    """Counts requests and answers what it was told to."""

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        self.connections = 0
        self.answer: Answer = (200, {}, b"{}")
        self.judge: Callable[[Hit], Answer] = lambda _: self.answer
        super().__init__(("127.0.0.1", 0), _Answering)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/"

    def get_request(self) -> Any:
        """Count everybody who connects, whatever they say then."""
        self.connections += 1
        return super().get_request()


class _Answering(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:  # whoever sent it was killed meanwhile: no request came
            self.close_connection = True
            return
        hit = Hit(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        status, headers, body = self.server.judge(hit)
        self.server.hits.append(hit)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - by what http.server calls it

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A listener on this machine."""
    server = Listener()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
