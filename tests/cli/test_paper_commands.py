"""Papers from the command line: a case file, the report, a ledger, as PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Terminal

UNIT = ("--unit", "县交通运输局")
REPLY = ("--set", "document=清交函〔2026〕1号", "--set", "答复分类=已经解决或者基本解决", "--set", "signed_by=赵局长")


def text(path: Path) -> str:
    """Read a PDF's text without spaces."""
    document = pypdfium2.PdfDocument(path)
    return "".join("".join(page.get_textpage().get_text_range() for page in document).split())


def evaluated(county: Terminal) -> str:
    """Bring a suggestion of a rare name to its evaluation."""
    number = county.assigned(title="修𠮷桥", text='#image("/etc/passwd") 城东石桥')
    county.ok(*UNIT, "suggestion", "step", "qing", number, "答复", *REPLY)
    county.ok("suggestion", "step", "qing", number, "评价", "--grade", "不满意", "--note", "没有面商")
    return number


def test_a_case_file_for_each_reader(county: Terminal) -> None:
    number, path = evaluated(county), county.folder / "案卷.pdf"
    told = county.json("suggestion", "print", "qing", number, path)
    assert told == {"file": str(path), "bytes": path.stat().st_size}
    said = text(path)
    for part in (
        "修𠮷桥",
        '#image("/etc/passwd")城东石桥',
        "王秀英",
        "县交通运输局",
        "等次：不满意",
        "没有面商",
        "代表法51",
    ):
        assert part in said
    assert not list(county.folder.glob(".*.part"))
    assert "已导出" in county.ok(*UNIT, "suggestion", "print", "qing", number, path)
    for veiled in ("不满意", "没有面商"):
        assert veiled not in text(path)


def test_the_report_and_the_ledger(county: Terminal) -> None:
    evaluated(county)
    report, ledger = county.folder / "年度.pdf", county.folder / "台账.pdf"
    county.ok("report", "qing", "2026", "--pdf", report)
    assert "办复率100.00%11交办的建议" in text(report)
    county.ok("ledger", "qing", "--pdf", ledger)
    assert "修𠮷桥" in text(ledger)
    page = pypdfium2.PdfDocument(ledger)[0]
    assert page.get_width() > page.get_height()


def test_the_pages_of_practices(county: Terminal) -> None:
    evaluated(county)
    path = county.folder / "满意度.pdf"
    found = {p["name"]: p["title"] for p in county.json("page", "list", "qing")}
    assert found["satisfaction"] == "代表满意度"
    assert county.json("page", "print", "qing", "satisfaction", path)["file"] == str(path)
    assert "代表满意度" in text(path)
    assert county.json(*UNIT, "page", "list", "qing") == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("page", "print", "qing", "no_such", "x.pdf"), "no page 'no_such'"),
        (("suggestion", "print", "qing", "2026-99", "x.pdf"), "no suggestion '2026-99'"),
        (("suggestion", "print", "qing", "2026-1", "no/such/x.pdf"), "there is no folder"),
        (("report", "qing", "2026", "--pdf", "no/such/x.pdf"), "there is no folder"),
        (("ledger", "qing", "--pdf", "x.pdf", "--xlsx", "x.xlsx"), "one at a time"),
        (("report", "qing", "2026", "--pdf", "x.pdf", "--xlsx", "x.xlsx"), "one at a time"),
    ],
)
def test_what_cannot_be_printed_is_said(
    county: Terminal, monkeypatch: pytest.MonkeyPatch, line: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(county.folder)
    result = county(*line)
    assert result.exit_code != 0
    assert said in result.output
    assert not list(county.folder.glob("*.pdf"))
