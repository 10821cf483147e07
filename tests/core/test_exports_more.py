"""Former deputies, merged suggestions and notes in files; columns that a place no longer has; rules that went on."""

from __future__ import annotations

import copy
import datetime as dt

import attrs
import openpyxl
import pytest
from tests.core.exporting import CLERK, FILES, HOME, ORDER, TODAY, brought, cells, fill, look, out

from renda_core.catalogue import Catalogue
from renda_core.domain.case import Actor
from renda_core.domain.mandates import MandateEvent
from renda_core.errors import Invalid, NotAllowed, NotFound
from renda_core.files import SHEETS, open_rows, read_file, write_table
from renda_core.services import exports, imports, mandates
from renda_core.services.exports import choices, notes
from renda_core.services.exports.columns import payload_titles
from renda_core.services.people import Want, listing
from renda_core.testing import uid
from renda_plugins import key_supervision, reception, second_assignment, suggestion_handling

PLUGINS = (suggestion_handling, second_assignment, reception, key_supervision)
DEPUTY = Actor(id=uid("somebody"), roles={"deputy"})


@pytest.fixture
def office(county, tmp_path):
    b = county(*PLUGINS, today=TODAY)
    fill(b, tmp_path)
    return b


def test_who_is_a_deputy_no_more_goes_out_apart_with_the_legal_act(office, tmp_path):
    assert cells(office, "former") == []
    (held,) = [m for m in office.ask(listing, CLERK, "mandates", Want()).rows if m.certificate == "0002"]
    end = MandateEvent(
        kind="end",
        on=dt.date(2026, 6, 1),
        legal_act="常委会公告〔2026〕3号",
        by_body="standing_committee",
        reason="resignation_accepted",
    )
    office.do(mandates.happen, CLERK, held.id, end)
    assert len(cells(office, "roster")) == len(FILES["roster"]) - 1
    (line,) = cells(office, "former")
    assert (line["姓名"], line["所属人大"], line["届次"], line["状态"]) == ("买买提·艾力", HOME, 6, "终止")
    assert (line["终止日期"], line["依据"]) == (dt.date(2026, 6, 1), "常委会公告〔2026〕3号")
    assert line["原因"]
    assert cells(office, "former", size=1) == [line]
    with pytest.raises(NotAllowed):
        office.ask(exports.rows, DEPUTY, "former")
    book = openpyxl.load_workbook(out(office, "former", tmp_path / "f.xlsx"))
    assert book.sheetnames == ["离任代表", "说明"]


def merged(tmp_path, **rest):
    given = [
        {"编号": "002", "环节": "审查受理", "日期": "2026-01-16"},
        {"编号": "003", "环节": "审查受理", "日期": "2026-01-16"},
        {"编号": "003", "环节": "并案", "日期": "2026-01-18", "并入": "002"} | rest,
    ]
    return brought(tmp_path, "steps", given)


def test_a_merge_goes_in_and_out_by_file(county, tmp_path):
    files = {sheet: lines for sheet, lines in FILES.items() if sheet != "steps"}
    one, other = county(*PLUGINS, today=TODAY), county(*PLUGINS, today=TODAY)
    fill(one, tmp_path, files)
    assert one.do(imports.apply, CLERK, "steps", merged(tmp_path)).new == 3
    assert one.do(imports.preview, CLERK, "steps", merged(tmp_path)).counts == {"same": 3}
    (line,) = [row for row in cells(one, "steps") if row["环节"] == "并案"]
    assert (line["编号"], line["并入"]) == ("003", "002")
    assert look(one, "steps", out(one, "steps", tmp_path / "s.xlsx")) == {"same": 3}
    for sheet in ORDER:
        path = out(one, sheet, tmp_path / f"{sheet}.csv")
        other.do(imports.apply, CLERK, sheet, read_file(path, SHEETS[sheet]))
    assert cells(other, "steps") == cells(one, "steps")
    (row,) = [r for r in cells(other, "ledger:suggestion") if r["编号"] == "003"]
    assert row["状态"] == "已并案"


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ({"并入": "404"}, "no suggestion 404"),
        ({"并入": "003"}, "merged into"),
        ({"并入": ""}, "merged into"),
        ({"环节": "审查受理"}, "merges nothing"),
    ],
)
def test_a_merge_that_leads_nowhere_is_refused_by_name(county, tmp_path, rest, told):
    b = county(*PLUGINS, today=TODAY)
    fill(b, tmp_path, {sheet: lines for sheet, lines in FILES.items() if sheet != "steps"})
    seen = b.do(imports.preview, CLERK, "steps", merged(tmp_path, **rest))
    assert seen.counts["error"] == 1
    assert told in str(seen.problems[0])


def test_notes_say_what_a_file_leaves_out_and_bring_no_row(office, tmp_path):
    assert set(notes.NOTES) <= set(exports.NAMES)
    for sheet in ("roster", "suggestions", "steps", "opinions"):
        path = out(office, sheet, tmp_path / f"{sheet}.xlsx")
        said = [row[1].value for row in openpyxl.load_workbook(path)["说明"].iter_rows(min_row=2)]
        assert said == list(notes.NOTES[sheet])
        with open_rows(path, SHEETS[sheet]) as rows:
            assert (rows.total, [str(n) for n in rows.notes]) == (len(FILES[sheet]), [])


def test_a_choice_whose_columns_are_gone_names_every_one(county, tmp_path):
    b = county(*PLUGINS, today=TODAY)
    fill(b, tmp_path)
    titles = {plugins: {t for t, _ in payload_titles(one.tenant)} for plugins, one in ((2, b), (1, without(b)))}
    gone = sorted(titles[2] - titles[1])
    assert gone
    b.do(choices.save, CLERK, "steps", "全", ["编号", *gone])
    assert list(cells(b, "steps", choice="全")[0]) == ["编号", *gone]
    with pytest.raises(Invalid, match="no longer has " + "、".join(gone)):
        without(b).ask(exports.rows, CLERK, "steps", choice="全")
    without(b).do(choices.remove, CLERK, "steps", "全")


def without(b):
    """Take the practices that build on suggestions away."""
    less = Catalogue.collect({"suggestion_handling": suggestion_handling})
    layer = b.file.layers[0]
    kept = attrs.evolve(layer, plugins={"suggestion_handling": {}})
    other = copy.copy(b)
    other.catalogue, other.file = less, attrs.evolve(b.file, layers=(kept,))
    return other


@pytest.mark.parametrize("name", ["第 一 份", "“通讯录”'\"", "通讯录📇", "名" * 60, "a;b", "../x", "%", "姓名,党派"])
def test_any_name_names_a_choice(office, name):
    office.do(choices.save, CLERK, "roster", name, ["姓名"])
    assert list(cells(office, "roster", choice=name)[0]) == ["姓名"]
    office.do(choices.remove, CLERK, "roster", f" {name} ")
    assert office.ask(choices.every, CLERK) == ()


def test_two_names_that_differ_in_case_are_two(office):
    office.do(choices.save, CLERK, "roster", "list", ["姓名"])
    office.do(choices.save, CLERK, "roster", "LIST", ["届次"])
    assert [c.columns for c in office.ask(choices.every, CLERK)] in ([("term",), ("name",)], [("name",), ("term",)])
    assert list(cells(office, "roster", choice="LIST")[0]) == ["届次"]


def test_a_choice_removed_between_two_parts_stops_the_file(office, tmp_path):
    office.do(choices.save, CLERK, "roster", "短", ["姓名"])
    parts = []

    def part(after):
        if parts:
            office.do(choices.remove, CLERK, "roster", "短")
        parts.append(after)
        return office.ask(exports.rows, CLERK, "roster", choice="短", after=after, size=1)

    with pytest.raises(NotFound, match="no choice of columns"):
        write_table(tmp_path / "r.csv", exports.page(part))
    assert [*tmp_path.glob("r.csv*"), *tmp_path.glob(".r.csv*")] == []
