"""Canaries in a county: no way out of the library, and no reader, ever gives an ID number, telephone or voter whole."""

from __future__ import annotations

import json
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from tests.core.exporting import CLERK, FILES, HOME, ORDER, TODAY, brought, fill, out

from renda_core import papers
from renda_core.domain.case import Actor
from renda_core.domain.identity import citizen_check_digit
from renda_core.errors import RendaError
from renda_core.files import SHEETS, open_rows, write_workbook
from renda_core.services import cases, exports, feeds, imports, journal, ledgers, people, popolo, reports, search
from renda_core.services import papers as gathering
from renda_core.services.exports import choices
from renda_core.services.ledgers import Ask
from renda_core.testing import Bench, uid
from renda_plugins import key_supervision, reception, second_assignment, suggestion_handling


def number(n: int) -> str:
    """Make an ID number that is somebody's."""
    first = f"4212991980050{n:04}"
    return first + citizen_check_digit(first)


DEPUTY_ID, VOTER_ID, WRONG_ID = number(6101), number(6202), number(6303)[:-1] + "?"
PHONES = {"deputy": "13900007101", "voter": "13900007202", "unit": "0715-8007303", "station": "13900007404",
          "opinion": "13900007505"}  # fmt: skip
TOLD_BY = "欧阳不愿具名"
CANARIES = (DEPUTY_ID, VOTER_ID, WRONG_ID[:-1], *PHONES.values(), TOLD_BY)
READERS = (
    CLERK,
    Actor(id=uid("overseer"), roles={"overseer"}),
    Actor(id=uid("deputy"), roles={"deputy"}),
    Actor(id=uid("passer-by"), roles={"public"}),
    Actor(id=uid("stranger")),
)


@pytest.fixture
def bench_with_canaries(county: Any, tmp_path: Path) -> Bench:
    """Fill a county whose every personal field is a canary."""
    b: Bench = county(suggestion_handling, second_assignment, reception, key_supervision, today=TODAY)
    files = {sheet: [dict(line) for line in lines] for sheet, lines in FILES.items()}
    files["roster"][0] |= {"身份证号": DEPUTY_ID, "手机号": PHONES["deputy"]}
    files["voters"][0] |= {"身份证号": VOTER_ID, "手机号": PHONES["voter"]}
    files["units"][1] |= {"联系电话": PHONES["unit"]}
    files["stations"][0] |= {"联系电话": PHONES["station"]}
    files["opinions"][0] |= {"反映人": TOLD_BY, "手机号": PHONES["opinion"]}
    fill(b, tmp_path, files)
    return b


def readers(b: Bench) -> Iterator[Actor]:
    """Give a reader of every sort."""
    from renda_core.services import lookups

    yield from READERS
    yield Actor(id=uid("clerk of roads"), unit=b.read(lookups.unit_id, "县交通局", TODAY))


def text_of(path: Path) -> str:
    """Give all that is inside a file, of a workbook all of its parts."""
    if path.suffix != ".xlsx":
        return path.read_text("utf-8-sig")
    with zipfile.ZipFile(path) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def printed(pdf: bytes) -> str:
    """Give the text of a PDF on one line, as somebody might search it."""
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(pdf))


def leaks(text: str) -> list[str]:
    """List the canaries in a text, however their digits are set apart."""
    plain = text.replace(" ", "")
    return [canary for canary in CANARIES if canary in plain or canary.replace("-", "") in plain.replace("-", "")]


def asked(b: Bench, use_case: Any, *args: Any, **rest: Any) -> Any:
    """Ask; a refusal is an answer too."""
    try:
        return b.ask(use_case, *args, **rest)
    except RendaError as refused:
        return f"{refused} {refused.details}"


def test_the_canaries_are_inside(bench_with_canaries: Bench) -> None:
    clerk = bench_with_canaries.ask(search.search, CLERK, DEPUTY_ID)
    assert [p.name for p in clerk.people] == ["王小明"]
    assert leaks(f"x{DEPUTY_ID} {PHONES['unit']}") == [DEPUTY_ID, PHONES["unit"]]


def test_no_file_tells_one(bench_with_canaries: Bench, tmp_path: Path) -> None:
    b = bench_with_canaries
    written = 0
    for n, reader in enumerate(readers(b)):
        for sheet in (*exports.NAMES, "ledger:suggestion", "ledger:opinion"):
            for ending in ("csv", "xlsx"):
                path = tmp_path / f"{n}-{sheet.replace(':', '-')}.{ending}"
                refused = ""
                try:
                    out(b, sheet, path, reader)
                except RendaError as refusal:
                    refused = f"{refusal} {refusal.details}"
                written += not refused
                assert path.exists() is not bool(refused)
                assert leaks(refused or text_of(path)) == [], (sheet, reader.roles)
    assert written > 2 * len(exports.NAMES)
    for kind in ("opinion", "suggestion"):
        for row in b.ask(ledgers.ledger, CLERK, Ask(kind=kind)):
            for reader in readers(b):
                paper = asked(b, gathering.case_paper, reader, row.id)
                assert leaks(paper if isinstance(paper, str) else printed(papers.render(paper))) == []
    report = b.ask(reports.yearly, CLERK, 2026)
    assert leaks(text_of(write_workbook(tmp_path / "year.xlsx", reports.pages(report)))) == []
    assert leaks(printed(papers.render(b.ask(gathering.report_paper, CLERK, 2026)))) == []


def test_no_answer_tells_one(bench_with_canaries: Bench) -> None:
    b = bench_with_canaries
    told: list[object] = []
    for reader in readers(b):
        told += [asked(b, popolo.export, reader, personal=p) for p in (False, True)]
        told += [asked(b, feeds.feed, reader, what) for what in ("sessions", "deadlines")]
        told += [
            asked(b, search.search, reader, text)
            for text in ("王小明", "赵六", "张", "李四", HOME, "修桥", "0001", "1980", "wxm", PHONES["deputy"][-4:])
        ]
        for noun in people.KNOWN:
            told.append(asked(b, people.listing, reader, noun, people.Want()))
        for kind in ("opinion", "suggestion"):
            told.append(rows := asked(b, ledgers.ledger, reader, Ask(kind=kind)))
            told += [asked(b, cases.show, reader, row.id) for row in rows if not isinstance(row, str)]
    told += [line.entry for line in b.read(journal.entries, size=1_000)]
    assert leaks("\n".join(str(t.decode() if isinstance(t, bytes) else t) for t in told)) == []
    assert leaks(json.dumps([line.entry for line in b.read(journal.entries, size=1_000)])) == []


def test_nobody_finds_a_voter_or_deputy_by_what_is_sealed(bench_with_canaries: Bench) -> None:
    for reader in readers(bench_with_canaries):
        for text in (TOLD_BY, *PHONES.values(), *([] if reader is CLERK else [DEPUTY_ID, VOTER_ID])):
            found = asked(bench_with_canaries, search.search, reader, text)
            assert isinstance(found, str) or (found.cases, found.people) == ((), ()), text


def test_no_problem_and_no_log_tells_one(
    bench_with_canaries: Bench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    b = bench_with_canaries
    wrong = {
        "roster": [dict(FILES["roster"][1]) | {"身份证号": WRONG_ID, "手机号": PHONES["deputy"] + "x"}],
        "voters": [dict(FILES["voters"][0]) | {"身份证号": DEPUTY_ID, "手机号": PHONES["voter"], "登记日期": "昨天"}],
        "opinions": [
            {"编号": "Y-9", "内容": "灯", "登记日期": "?", "反映人": TOLD_BY, "手机号": "打" + PHONES["opinion"]},
        ],
        "units": [{"单位名称": "", "联系电话": PHONES["unit"]}],
    }  # fmt: skip
    for sheet in (s for s in ORDER if s in wrong):
        brought(tmp_path, sheet, wrong[sheet])
        with open_rows(tmp_path / f"given-{sheet}.csv", SHEETS[sheet]) as rows:
            seen = b.do(imports.preview, CLERK, sheet, rows)
            assert not seen.ok
            assert leaks("\n".join(map(str, (*seen.problems, *seen.rows, *seen.errors, *rows.notes)))) == []
    assert leaks(caplog.text) == []


def test_a_hidden_column_is_none_that_one_can_ask_for(bench_with_canaries: Bench) -> None:
    b = bench_with_canaries
    unit = [*readers(b)][-1]
    for columns in (["id_index"], ["id"], ["document"], ["voter", "voter"], ["身份证号 "], ["state"], ["sealed"]):
        for reader in (CLERK, unit):
            for sheet in ("roster", "opinions", "suggestions", "steps"):
                answer = asked(b, exports.rows, reader, sheet, columns=columns)
                assert leaks(str(answer)) == []
                if isinstance(answer, exports.Rows):
                    assert {c.title for c in answer.columns} <= {"身份证号"}
    veiled = asked(b, exports.rows, unit, "steps", columns=["等次", "办理态度"])
    assert isinstance(veiled, exports.Rows)
    assert {cell for row in veiled.rows for cell in row} == {None}
    with pytest.raises(RendaError):
        b.do(choices.save, unit, "roster", "x", ["姓名"])
