"""Row 14: no personal data in logs. Everything is asked, rightly and wrongly, and fails; then what was heard is read.

The last resort of :mod:`renda_core.redaction` is not in place here: the code itself must not say anything.
"""

from __future__ import annotations

import io
import json
import logging
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from renda_core import redaction
from renda_core.cli.root import renda
from renda_core.services import jobs
from renda_core.store.sqlite import SqliteLink

from .asking import OPERATIONS, asked, filled, path_of, send
from .conftest import Site

PHONE, NUMBER, NAME = "13907245678", "421299199001015678", "司马相思"
PASSWORD, TOKEN = "Kqz7-牡丹亭-还魂-9931", "renda_" + "Zx9" * 21 + "Q"
CANARIES = (PHONE, NUMBER, NAME, PASSWORD, TOKEN)
TEXT = f"{NAME} {PHONE} {NUMBER} {PASSWORD} {TOKEN}"


class Heard(logging.Handler):
    """Everything that anything logs, formatted in full, with the traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.out = io.StringIO()
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it, unless the tests' own client says it, which logs the addresses that it asks."""
        if not record.name.startswith(("httpx", "httpcore")):
            self.out.write(self.format(record) + "\n")


@pytest.fixture
def heard() -> Iterator[Heard]:
    handler, root = Heard(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def hits(text: str, *more: str) -> list[str]:
    """List what must not be there, with a little around it."""
    found = [c for c in (*CANARIES, *more) if c in text]
    around = [m[0] for m in redaction.PERSONAL.finditer(text)]
    return found + around


def spoilt(value: Any) -> Any:
    """Put canaries into every text of a body."""
    if isinstance(value, str):
        return TEXT
    if isinstance(value, dict):
        return {**{key: spoilt(part) for key, part in value.items()}, TEXT: TEXT}
    return [spoilt(part) for part in value] if isinstance(value, list) else value


def test_no_request_leaves_anything_personal_in_the_log(
    site_with_all: tuple[Site, dict[str, str]], heard: Heard, capfd: pytest.CaptureFixture[str]
) -> None:
    site, ids = site_with_all
    answers: dict[int, int] = {}
    for name, told in sorted(OPERATIONS.items()):
        request = asked(name)
        if told.method == "GET":
            send(site, name, ids)
        path = path_of(told, ids, filled(request.parts, ids))
        for body in (spoilt(request.body), TEXT, {"phone": PHONE, "text": TEXT}):
            for headers in (
                {"Authorization": f"Bearer {site.tokens[request.who]}"},
                {"Authorization": f"Bearer {TOKEN}", "Cookie": f"renda={TOKEN}"},
            ):
                more = {"json": body} if told.method not in ("GET", "DELETE") else {}
                query = {**request.query, "text": TEXT}
                if told.takes is None and told.method != "GET" and TOKEN not in str(headers):
                    continue  # it would be done, and some end what the others need
                answer = site.client.request(told.method, path, params=query, headers=headers, **more)
                assert answer.status_code < 500, (name, answer.text)
                answers[answer.status_code] = answers.get(answer.status_code, 0) + 1
        nowhere = path_of(told, {**ids, **dict.fromkeys(told.parameters, PHONE)}, {})
        site.client.request(told.method, nowhere, headers={"Authorization": f"Bearer {site.tokens['office']}"})
    assert min(answers[400], answers[401]) > len(OPERATIONS)
    shown = capfd.readouterr()
    told_all = heard.out.getvalue() + shown.out + shown.err
    assert hits(told_all, *site.tokens.values()) == []


@pytest.mark.parametrize(
    "error",
    [
        ValueError(TEXT),
        KeyError(PHONE),
        sqlite3.OperationalError(f"near {PHONE}: syntax error"),
        RuntimeError(TEXT),
        UnicodeDecodeError("utf-8", TEXT.encode(), 0, 1, TEXT),
    ],
    ids=lambda e: type(e).__name__,
)
def test_a_defect_logs_its_place_and_nothing_of_what_was_said(
    site: Site, heard: Heard, monkeypatch: pytest.MonkeyPatch, error: Exception, capfd: pytest.CaptureFixture[str]
) -> None:
    real, after = SqliteLink.first, "case_file"

    async def first(self: SqliteLink, sql: str, args: tuple[Any, ...], /) -> Any:
        if after in sql:
            raise error
        return await real(self, sql, args)

    id = site.opened()
    monkeypatch.setattr(SqliteLink, "first", first)
    answer = site.get(f"/api/cases/{id}")
    assert answer.status_code == 500
    shown = capfd.readouterr()
    assert hits(heard.out.getvalue() + answer.text + shown.out + shown.err) == []
    number = re.search(r"defect ([0-9a-f-]{36})", heard.out.getvalue())
    assert number is not None
    assert number[1] in answer.text + str(answer.headers)


def test_jobs_that_fail_name_rules_and_cases_and_no_person(site: Site, heard: Heard) -> None:
    site.assigned()
    with site.open() as county:
        county.store.run(jobs.sweep(county.store, county.tenant))
        county.store.run(county.store.write(jobs.look, county.file.id, jobs.WATCH, county.tenant))
        entries = county.read(_journal)
        outbox = county.read(_outbox)
    assert hits(heard.out.getvalue()) == []
    assert hits(json.dumps(entries, ensure_ascii=False)) == []
    assert hits(json.dumps(outbox, ensure_ascii=False)) == []


async def _journal(reader: Any) -> list[str]:
    from renda_core.services import journal

    return [line.entry for line in await journal.entries(reader, size=1000)]


async def _outbox(reader: Any) -> list[str]:
    from sqlalchemy import select

    from renda_core.store import tables as t
    from renda_core.store.compile import Query, mine

    rows = await reader.all(Query(select(t.outbox.c.name, t.outbox.c.body).where(mine(t.outbox)), dict))
    return [f"{row['name']} {row['body']}" for row in rows]


LINES = (
    ("privacy", "reveal", "qing", "person.phone", "{id}", "--reason", TEXT),
    ("privacy", "export", "qing", PHONE, "{out}.json", "--reason", TEXT),
    ("privacy", "erase", "qing", PHONE, "--reason", TEXT, "--yes"),
    ("privacy", "retention", "qing", "--run"),
    ("privacy", "consent", "qing", "{id}", "feedback"),
    ("sweep", "qing"),
    ("journal", "verify", "qing"),
    ("doctor",),
    ("keys", "list", "--needed"),
)


def test_no_command_logs_anything_personal(site: Site, heard: Heard, tmp_path: Path) -> None:
    id = "0198a000-0000-7000-8000-00000000000a"
    for line in LINES:
        given = [part.format(id=id, out=tmp_path / "copy") if "{" in part else part for part in line]
        done = CliRunner().invoke(renda, ["--home", str(site.home.path), "--roles", "office,overseer", *given])
        assert done.exit_code != 70, (line, done.output)
    assert hits(heard.out.getvalue()) == []


def test_a_defect_of_a_command_shows_nothing_personal(monkeypatch: pytest.MonkeyPatch, heard: Heard) -> None:
    from renda_core.workspace import Home

    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"phone: {PHONE}, token={TOKEN} {NUMBER}")

    monkeypatch.setattr(Home, "open", fails)
    for ending in ([], ["--json"]):
        done = CliRunner().invoke(renda, ["sweep", "qing", *ending])
        assert done.exit_code == 70
        assert hits(done.output + done.stderr + heard.out.getvalue()) == []
