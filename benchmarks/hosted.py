"""A county on PostgreSQL with its server and its peers' servers, and the load that they are put under.

Run as a program it is ``renda serve`` with one more route, ``/hello``, that knows neither identity nor database.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import psycopg
from benchmarks.counties import LIFE, OFFICE, PRACTICES, TODAY, command, draft, file
from psycopg.conninfo import conninfo_to_dict
from tests import databases

from renda_core.catalogue import Catalogue
from renda_core.domain.case import Case
from renda_core.footprint import footprint
from renda_core.services import cases, tenants
from renda_core.services.accounts import issuing
from renda_core.store.cases import ADD, ADD_FILE
from renda_core.store.codec import new_id
from renda_core.store.index import envelope, index
from renda_core.store.migrate import upgrade_postgres
from renda_core.store.postgres import PostgresStore
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant
from renda_core.workspace import SETUP, ZONE, Home, Workspace

AT_ONCE = 1_000
"""Cases that are written by one statement while the county is filled."""
DAYS = 250
"""Days over which the cases were opened: a county's year of work."""
CONNECTIONS = 8
ROOT = Path(__file__).parents[1]
PATIENCE = 60.0
"""Seconds that a server has to come up."""


def now() -> dt.datetime:
    """Tell the moment of every run."""
    return dt.datetime.combine(TODAY, dt.time(9), ZONE)


@attrs.frozen(kw_only=True)
class Hosted:
    """A county on PostgreSQL.

    Attributes:
        replied: Ids of suggestions that were replied to.
        stranger: A token of another county of the same server.
        owner: The DSN of who is kept apart by nothing, which the peers are given.
        environ: What a server of ours is told.
    """

    home: Path
    tenant: str
    token: str
    stranger: str
    replied: tuple[str, ...]
    version: int
    owner: str
    environ: Mapping[str, str]


@contextmanager
def hosted(folder: Path, many: int) -> Iterator[Hosted]:
    """Run PostgreSQL with a county of *many* replied suggestions, opened on many days."""
    with databases.server() as server, databases.database(server) as owner:
        upgrade_postgres(owner)
        home, url, catalogue = Home(path=folder, now=now), databases.url(owner, "renda_app"), Catalogue.installed()
        told = file()
        touched = footprint(catalogue.offers, told.plugins)
        store = PostgresStore(url, keys=home.keys(), now=now, size=1)
        store.run(store.write(tenants.apply, told.id, SETUP, told, touched))
        with Workspace(store=store, catalogue=catalogue, file=told, footprint=touched, now=now) as county:
            case = draft(county)
            for n, step in enumerate(LIFE[:4]):
                case = county.do(cases.take_step, step[1], command(case.id, n, step))
            ids = county.do(_filled, OFFICE, case, many)
            token = county.do(issuing.give_token, OFFICE, OFFICE)
            other = attrs.evolve(told, id=new_id(), code="other", name="other")
            store.run(store.write(tenants.apply, other.id, SETUP, other, touched))
            stranger = store.run(store.write(issuing.give_token, other.id, OFFICE, county.tenant, OFFICE))
        with psycopg.connect(owner, autocommit=True) as raw:
            raw.execute("VACUUM ANALYZE")
        files = folder / "files"
        files.mkdir()
        for one, code in ((told, "county"), (other, "other")):
            lines = [f'id = "{one.id}"', *(f'{name} = "{code}"' for name in ("code", "name")), 'level = "county"']
            lines += [f"[plugins.{name}]" for name in PRACTICES]
            (files / f"{code}.toml").write_text("\n".join(lines), "utf-8")
        yield Hosted(
            home=folder,
            tenant=told.id,
            token=token,
            stranger=stranger,
            replied=ids,
            version=case.version,
            owner=owner,
            environ={"RENDA_DATABASE": url, "RENDA_TENANTS": str(files)},
        )


async def _filled(unit: Unit, tenant: Tenant, like: Case, many: int) -> tuple[str, ...]:
    """Write *many* cases like one, each moved to a day of its own, every index kept."""
    procedure = tenant.practice.procedure(like.kind, like.edition)
    made = [_moved(attrs.evolve(like, id=new_id(), number=f"L-{n}", title=f"建议 {n}"), n % DAYS) for n in range(many)]
    for start in range(0, many, AT_ONCE):
        some = made[start : start + AT_ONCE]
        await unit.write_many(ADD_FILE, [envelope(case, procedure, tenant.calendar) for case in some])
        indexes = [index(case, procedure, tenant.calendar) for case in some]
        for side in indexes[0]:
            await unit.write_many(ADD[side], [row for found in indexes for row in found[side].values()])
    unit.record("county.filled", on=tenant.id, version=0, rule="benchmark", cases=many)
    return tuple(case.id for case in made)


def _moved(case: Case, days: int) -> Case:
    """Move a case and everything in it some days back."""
    back = dt.timedelta(days=days)
    clocks = tuple(
        attrs.evolve(clock, ticks=tuple(attrs.evolve(tick, on=tick.on - back) for tick in clock.ticks))
        for clock in case.clocks
    )
    acts = tuple(attrs.evolve(act, on=act.on - back) for act in case.acts)
    units = tuple(attrs.evolve(share, on=share.on - back) for share in case.assignments)
    return attrs.evolve(case, opened_on=case.opened_on - back, clocks=clocks, acts=acts, assignments=units)


@attrs.frozen(kw_only=True)
class Server:
    """A server that runs."""

    pid: int
    port: int

    def spent(self, requests: Sequence[bytes]) -> float:
        """Send requests over several connections; give the CPU of the server for one, in microseconds."""
        before = self._cpu()
        asyncio.run(self._send(requests))
        return (self._cpu() - before) / len(requests) * 1e6

    async def _send(self, requests: Sequence[bytes]) -> None:
        await asyncio.gather(*(_asked(self.port, requests[n::CONNECTIONS]) for n in range(CONNECTIONS)))

    def _cpu(self) -> float:
        """Tell what all threads of the process and of its children have used, to the nanosecond."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        threads = [t for pid in (self.pid, *children) for t in Path(f"/proc/{pid}/task").glob("*/schedstat")]
        return sum(int(t.read_text().split()[0]) for t in threads) / 1e9


async def _asked(port: int, requests: Sequence[bytes]) -> None:
    """Send requests one after the other over a connection; each must be answered well."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        assert head.split()[1] in (b"200", b"201"), (request, head, body)
    writer.close()
    await writer.wait_closed()


def get(path: str, token: str = "") -> bytes:
    """Write a question."""
    return _written("GET", path, token)


def post(path: str, body: bytes, token: str = "") -> bytes:
    """Write what is to be done."""
    return _written("POST", path, token, body)


def _written(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: */*"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join([*lines, "", ""]).encode() + body


@contextmanager
def running(words: Sequence[object], environ: Mapping[str, str]) -> Iterator[Server]:
    """Run a server until it listens; ``{port}`` in its command stands for a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 - our own commands
        [str(word).replace("{port}", str(port)) for word in words],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                assert time.monotonic() < until, f"{words} did not come up"
                time.sleep(0.1)
        yield Server(pid=process.pid, port=port)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def ours(county: Hosted) -> Any:
    """Run our server."""
    return running([sys.executable, "-m", "benchmarks.hosted", county.home, "{port}"], county.environ)


def fastapi(county: Hosted, python: Path, *, threads: bool) -> Any:
    """Run FastAPI with SQLAlchemy's ORM: as FastAPI's page on databases has it, in threads, or on asyncio."""
    told = conninfo_to_dict(county.owner)
    place = f"?host={told['host']}" + (f"&port={told['port']}" if told.get("port") else "")
    database = f"postgresql+{'psycopg' if threads else 'asyncpg'}://{told['user']}@/{told['dbname']}{place}"
    named = "fastapi_county:app" if threads else "fastapi_async:app"
    words: list[object] = [python, "-m", "uvicorn", named, "--app-dir", Path(__file__).with_name("peers")]
    words += ["--port", "{port}", "--no-access-log", "--loop", "uvloop", "--http", "httptools"]
    return running(words, {"COUNTY_TENANT": county.tenant, "COUNTY_DATABASE": database})


def drf(county: Hosted, python: Path) -> Any:
    """Run Django REST framework."""
    told = conninfo_to_dict(county.owner)
    words: list[object] = [python, "-m", "gunicorn", "drf_county.wsgi", "--chdir", ROOT / "benchmarks" / "peers"]
    words += ["--bind", "127.0.0.1:{port}", "--worker-class", "gthread", "--threads", str(CONNECTIONS)]
    words += ["--workers", "1", "--keep-alive", "60"]
    named = {f"COUNTY_{name}": str(told.get(name.lower()) or "") for name in ("USER", "HOST", "PORT")}
    return running(words, {"COUNTY_TENANT": county.tenant, "COUNTY_NAME": str(told["dbname"]), **named})


def _serve(home: Path, port: int) -> None:
    """Serve as ``renda serve`` does, with one more route."""
    from litestar import get as route

    from renda_server import app, serving

    @route("/hello")
    async def hello() -> dict[str, str]:
        return {"hello": "world"}

    made = app.create_app

    def with_hello(*args: Any) -> Any:
        whole = made(*args)
        whole.register(hello)
        return whole

    vars(app)["create_app"] = with_hello
    serving.serve(home, port=port, now=now)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]))
