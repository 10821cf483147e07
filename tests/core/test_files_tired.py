"""What a tired person hands in: words for numbers, notes beside names, hidden rows, wrong files, a full disk."""

import errno
import tempfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment
from tests.core.tabling import workbook

from renda_core.errors import ConfigError, Invalid
from renda_core.files import SHEETS, apart, open_rows, read_file, reading, spool
from renda_core.files.chinese import read_ordinal, without_notes
from renda_core.files.doubts import Unreadable

HEAD = ["姓名", "性别", "民族", "所属人大", "届次", "当选日期", "补选"]
LINE = ["张三", "男 ", "汉", "甲县人民代表大会", "第六届", "2021-12-20", ""]
STATIONS = [["名称", "类型", "所属人大", "地址"], ["甲站", "代表之家", "甲县人民代表大会", "街上"]]


def values(tmp_path: Path, **cells: object) -> dict[str, object]:
    line = [cells.get(title, cell) for title, cell in zip(HEAD, LINE, strict=True)]
    (read,) = read_file(workbook(tmp_path / "a.xlsx", [HEAD, line]), SHEETS["roster"])
    return {**read.values, "problems": read.problems}


def said(path: Path, sheet: str = "roster", kind: type[Exception] = Invalid, **more: str) -> str:
    with pytest.raises(kind) as caught:
        open_rows(path, SHEETS[sheet], **more)
    return "\n".join((str(caught.value), *getattr(caught.value, "reasons", ())))


def test_a_sex_with_a_space_a_short_group_a_term_in_words_and_a_blank_yes_or_no(tmp_path: Path) -> None:
    found = values(tmp_path)
    assert (found["sex"], found["ethnicity"], found["term"], found["by_election"]) == ("male", "汉族", 6, None)
    assert values(tmp_path, 民族="土家")["ethnicity"] == "土家族"
    assert values(tmp_path, 民族="其他")["ethnicity"] == "其他"
    assert [values(tmp_path, 补选=cell)["by_election"] for cell in ("是", "否")] == [True, False]


@pytest.mark.parametrize(
    ("text", "number"),
    [("6", 6), ("第六届", 6), ("六届", 6), ("第 十 届", 10), ("十六", 16), ("二十次会议", 20), ("第３次", 3)],
)
def test_terms_and_sessions_in_words(text: str, number: int) -> None:
    assert read_ordinal(text) == number


@given(st.integers(1, 99))
def test_every_number_in_words_is_read(number: int) -> None:
    tens, ones = divmod(number, 10)
    digits = " 一二三四五六七八九"
    word = (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones else "")
    assert read_ordinal(f"第{word}届") == number


@pytest.mark.parametrize("text", ["", "届", "一二", "十十", "六点", "第六届三次会议"])
def test_what_is_no_term_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="term or session"):
        read_ordinal(text)


@pytest.mark.parametrize(
    ("text", "name"), [("张三（女，苗族）", "张三"), ("阿依·古丽(维吾尔)", "阿依·古丽"), ("李四(女)", "李四")]
)
def test_notes_beside_a_name_are_taken_off_and_told(tmp_path: Path, text: str, name: str) -> None:
    found = values(tmp_path, 姓名=text)
    assert found["name"] == name
    (problem,) = found["problems"]  # type: ignore[misc]
    assert problem.level == "warning"
    assert "性别 and 民族" in problem.remedy


@pytest.mark.parametrize("text", ["张三（主任）", "张三（）", "张三（女"])
def test_other_brackets_belong_to_the_name(text: str) -> None:
    assert without_notes(text) is None


def test_hidden_rows_are_read_and_told_and_comments_do_no_harm(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEAD, LINE, ["李四", *LINE[1:]]])
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    sheet.auto_filter.ref = "A1:G3"
    sheet["A2"].comment = Comment("是不是他？", "王")
    book.save(path)
    with open_rows(path, SHEETS["roster"]) as rows:
        assert (rows.total, rows.notes) == (2, ())
    sheet.row_dimensions[3].hidden = True
    book.save(path)
    with open_rows(path, SHEETS["roster"]) as rows:
        assert len(list(rows)) == 2
        (note,) = rows.notes
    assert "hidden" in note.message
    assert note.level == "warning"


def test_headers_alone_are_told(tmp_path: Path) -> None:
    with open_rows(workbook(tmp_path / "a.xlsx", [HEAD]), SHEETS["roster"]) as rows:
        assert (rows.total, [n.row for n in rows.notes], list(rows)) == (0, [1], [])
        assert "no row below" in rows.notes[0].message


def test_a_folder_an_open_mark_and_an_empty_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "~$a.xlsx").write_bytes(b"\x05wang" * 30)
    assert "is a folder" in said(tmp_path)
    assert "take the file itself: a.xlsx" in said(tmp_path / "~$a.xlsx")
    for name in ("e.xlsx", "e.csv"):
        (tmp_path / name).touch()
        assert "not one byte" in said(tmp_path / name)


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEAD, LINE])

    def refused(*_: object) -> object:
        raise PermissionError(errno.EACCES, "denied", str(path))

    monkeypatch.setattr(Path, "open", refused)
    assert "close it in Excel or WPS" in said(path)


def test_a_file_of_another_kind_is_recognised(tmp_path: Path) -> None:
    assert "import it as roster" in said(workbook(tmp_path / "a.xlsx", [HEAD, LINE]), "units")
    with open_rows(workbook(tmp_path / "b.xlsx", STATIONS), SHEETS["units"]) as rows:
        assert any("looks like 代表家站" in note.message for note in rows.notes)
    with open_rows(workbook(tmp_path / "b.xlsx", STATIONS), SHEETS["stations"]) as rows:
        assert rows.notes == ()


def test_a_worksheet_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEAD, LINE])
    assert "has no worksheet of that name; take one of" in said(path, worksheet="名册 2")


def temporary() -> set[str]:
    return {path.name for path in Path(tempfile.gettempdir()).glob("renda-*")}


def test_a_full_disk_is_told_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, before = tmp_path / "a.csv", temporary()
    path.write_text(",".join(HEAD) + "\n" + ",".join(LINE), encoding="utf-8")

    def full(*_: object, **__: object) -> Iterator[None]:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(spool, "write_lines", full)
    assert "no room left" in said(path, kind=ConfigError)
    monkeypatch.setattr(reading.apart, "private_file", full)
    assert "no room left" in said(workbook(tmp_path / "b.xlsx", [HEAD, LINE]), kind=ConfigError)
    assert temporary() == before


def test_rows_that_need_too_much_disk_end_the_reading_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEAD, *([f"张{n}", *LINE[1:]] for n in range(3_000))])
    before = temporary()
    monkeypatch.setattr(apart, "DISK", 5_000)
    assert "of disk to read; split it" in said(path)
    assert temporary() == before
    monkeypatch.undo()
    with open_rows(path, SHEETS["roster"]) as rows:
        assert rows.total == 3_000
