"""Columns saved by name, ledgers whole, and memory that does not grow with what is exported."""

import datetime as dt
import gc
import json
import tracemalloc

import openpyxl
import pytest
from tests.core.exporting import CLERK, FILES, ORDER, TODAY, brought, cells, fill, look, out

from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotAllowed, NotFound
from renda_core.files import SHEETS, Page, open_rows, read_file, write_table, write_template
from renda_core.services import exports, imports, journal, ledgers
from renda_core.services.exports import choices as column_choices
from renda_core.services.exports.columns import columns_of, payload_columns
from renda_core.testing import uid
from renda_plugins import key_supervision, reception, second_assignment, suggestion_handling

DEPUTY = Actor(id=uid("somebody"), roles={"deputy"})


@pytest.fixture
def office(county, tmp_path):
    b = county(suggestion_handling, second_assignment, reception, key_supervision, today=TODAY)
    fill(b, tmp_path)
    return b


def test_a_choice_keeps_its_columns_and_their_order(office):
    saved = office.do(column_choices.save, CLERK, "roster", " 通讯录 ", ["手机号", "name", "所属人大"])
    assert saved.columns == ("phone", "name", "congress")
    first = next(iter(cells(office, "roster", choice="通讯录")))
    assert list(first) == ["手机号", "姓名", "所属人大"]
    assert list(next(iter(cells(office, "roster", columns=["姓名", "party"])))) == ["姓名", "党派"]
    office.do(column_choices.save, CLERK, "roster", "通讯录", ["姓名"])
    office.do(column_choices.save, CLERK, "ledger:suggestion", "短表", ["编号", "承办单位"])
    listed = office.ask(column_choices.every, CLERK)
    assert [(c.sheet, c.name, c.columns) for c in listed] == [
        ("ledger:suggestion", "短表", ("number", "units")),
        ("roster", "通讯录", ("name",)),
    ]
    office.do(column_choices.remove, CLERK, "roster", "通讯录")
    with pytest.raises(NotFound, match="no choice of columns '通讯录'; there: none"):
        office.ask(exports.rows, CLERK, "roster", choice="通讯录")
    told = [json.loads(line.entry)["what"] for line in office.read(journal.entries, size=500)]
    assert [what for what in told if what.startswith("columns.")] == ["columns.saved"] * 3 + ["columns.removed"]
    assert office.verify().whole


@pytest.mark.parametrize(
    ("sheet", "name", "columns", "why"),
    [
        ("roster", "x", ["姓名", "生肖"], "no column '生肖'"),
        ("roster", "x", ["姓 名"], "did you mean 姓名"),
        ("roster", "x", ["姓名", "name"], "named twice"),
        ("roster", "  ", ["姓名"], "a name of at most"),
        ("roster", "x" * 61, ["姓名"], "a name of at most"),
        ("roster", "x", [], "at least one column"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused_with_what_there_is(office, sheet, name, columns, why):
    with pytest.raises(Invalid, match=why):
        office.do(column_choices.save, CLERK, sheet, name, columns)
    assert office.ask(column_choices.every, CLERK) == ()


def test_only_the_offices_keep_choices_and_only_of_what_there_is(office):
    with pytest.raises(NotAllowed):
        office.do(column_choices.save, DEPUTY, "roster", "x", ["姓名"])
    with pytest.raises(NotAllowed):
        office.do(column_choices.remove, DEPUTY, "roster", "x")
    for sheet in ("rooster", "ledger:nothing"):
        with pytest.raises(NotFound):
            office.do(column_choices.save, CLERK, sheet, "x", ["姓名"])


def test_fewer_columns_still_come_back_and_leave_the_others_as_they_are(office, tmp_path):
    path = out(office, "roster", tmp_path / "r.xlsx", columns=["姓名", "出生日期", "所属人大", "届次", "当选日期"])
    assert look(office, "roster", path) == {"same": 3}
    before = cells(office, "roster")
    with open_rows(path, SHEETS["roster"]) as rows:
        office.do(imports.apply, CLERK, "roster", rows)
    assert cells(office, "roster") == before
    path = out(office, "suggestions", tmp_path / "s.csv", columns=["编号", "标题", "内容", "领衔代表", "提出日期"])
    assert look(office, "suggestions", path) == {"same": 3}


def test_a_ledger_goes_out_whole_with_the_names_that_people_read(office, tmp_path):
    rows = cells(office, "ledger:suggestion", size=1)
    assert [(r["编号"], r["状态"], r["承办单位"], r["是否办结"]) for r in rows] == [
        ("001", "办理中", ("县交通局",), False),
        ("002", "不作为建议", None, True),
        ("003", "已提交", None, False),
    ]
    assert rows[0]["逾期天数"] == (TODAY - rows[0]["最近到期"]).days
    narrow = ledgers.Ask(kind="suggestion", state="submitted")
    assert [r["编号"] for r in cells(office, "ledger:suggestion", ask=narrow)] == ["003"]
    backwards = ledgers.Ask(kind="suggestion", sort="-opened")
    assert [r["编号"] for r in cells(office, "ledger:suggestion", ask=backwards, size=2)] == ["003", "002", "001"]
    late = cells(office, "overdue", size=1)
    assert {(r["编号"], r["时限"], r["承办单位"]) for r in late} >= {("001", "二次办理", "县交通局")}
    assert all(r["逾期天数"] == (TODAY - r["到期"]).days for r in late)
    book = openpyxl.load_workbook(out(office, "overdue", tmp_path / "late.xlsx"))
    assert isinstance(book.active.cell(2, 7).value, dt.datetime)
    with pytest.raises(Invalid, match="about opinion"):
        office.ask(exports.rows, CLERK, "ledger:suggestion", ask=ledgers.Ask(kind="opinion"))


def test_the_form_for_steps_has_the_columns_of_the_tenant_s_procedures(office, tmp_path):
    extra = payload_columns(office.tenant)
    path = write_template(tmp_path / "steps.xlsx", SHEETS["steps"], extra)
    heads = [cell.value for cell in openpyxl.load_workbook(path).worksheets[0][1]]
    assert {"答复文号", "答复分类", "签发人", "面商日期", "督办方式"} <= set(heads)
    assert [c.title for c in columns_of(office.tenant, "steps")] == [str(head).rstrip("*") for head in heads]
    assert read_file(path, SHEETS["steps"]) == ()
    assert all("\u4e00" <= column.title[0] <= "\u9fff" for column in extra)


@pytest.mark.parametrize("name", [sheet for sheet in ORDER if sheet in SHEETS])
def test_a_form_as_it_is_brings_no_row_and_no_mistake(office, tmp_path, name):
    path = write_template(tmp_path / "form.xlsx", SHEETS[name])
    seen = office.do(imports.preview, CLERK, name, read_file(path, SHEETS[name]))
    assert (seen.counts, [p for p in seen.problems if p.level == "error"]) == ({}, [])


@pytest.fixture
def many(bench, tmp_path):
    """Two counties, one ten times the other."""
    found = []
    for n in (300, 3_000):
        b = bench(suggestion_handling, today=TODAY, name=f"{n}")
        lines = [FILES["roster"][1] | {"姓名": f"代表{i}", "代表证号": f"{i:05}"} for i in range(n)]
        b.do(imports.apply, CLERK, "congresses", brought(tmp_path, "congresses", FILES["congresses"]))
        b.do(imports.apply, CLERK, "roster", brought(tmp_path, "roster", lines))
        given = [
            {"编号": f"{i}", "标题": f"建议{i}", "内容": "修桥" * 50, "领衔代表": f"{i:05}", "提出日期": "2026-01-12"}
            for i in range(n)
        ]
        b.do(imports.apply, CLERK, "suggestions", brought(tmp_path, "suggestions", given))
        found.append(b)
    return found


def out_tidily(b, sheet, path):
    """Export in small parts; what Python would throw away later anyway goes before each."""

    def part(after):
        gc.collect()
        return b.ask(exports.rows, CLERK, sheet, after=after, size=100)

    write_table(path, exports.page(part))


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_memory_depends_on_the_page_and_not_on_the_table(many, tmp_path, ending):
    for sheet in ("roster", "suggestions", "ledger:suggestion"):
        peaks = []
        for b in (many[1], *many):  # the first time also compiles statements, and fills the bounded memory of ids
            tracemalloc.start()
            out_tidily(b, sheet, tmp_path / f"a.{ending}")
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert peaks[2] < 1.5 * peaks[1], (sheet, peaks)


def test_a_table_of_any_length_is_never_whole_in_memory(tmp_path):
    peaks = []
    for n in (1_000, 1_000, 20_000):
        tracemalloc.start()
        write_table(tmp_path / "a.xlsx", Page("表", ("a", "b"), ((f"值{i}", i) for i in range(n))))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 1.5 * peaks[1]
