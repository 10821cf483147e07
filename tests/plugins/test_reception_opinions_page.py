"""群众意见办理: figures of a period, whole and by groups, each rate with its base; round figures stay marked."""

import datetime as dt
from pathlib import Path

import pytest
from tests.core.suggesting import LI, OFFICE, ROADS, WANG

from renda_core.domain.figures import Figure
from renda_core.errors import Invalid, NotFound
from renda_core.files import SHEETS, read_file
from renda_core.services import imports, ledgers
from renda_core.services.exports.pages import page_sheets
from renda_core.testing import Bench

D = dt.date
STATION, CHAIR = Bench.actor("station", "station"), Bench.actor("chair", "overseer")
XIANNING = Path(__file__).parents[2] / "tenants" / "xianning"
FILES = ("congresses.csv", "units.xlsx", "roster.xlsx", "stations.csv", "opinions.csv")
RATES = {
    "closing": "登记的群众意见",
    "in_time": "已答复或已逾期的群众意见",
    "told_voter": "已答复的群众意见",
    "told_deputy": "代表接待且已答复的群众意见",
}


@pytest.fixture
def b(bench):
    """A county that receives voters, on 20 January 2026."""
    return bench({"reception": {}})


def heard(b, *, receiver=(WANG.id,), **body):
    parties = {"receiver": receiver} if receiver else {}
    said = {"text": "楼道灯不亮", "voter": "蔡湖", "phone": "19900000000", **body}
    return b.open("opinion", STATION, said, title="灯", parties=parties)


def answered(b, case):
    return b.run(case, ("sort", OFFICE, {"grade": "on_spot"}), ("reply", OFFICE, {"note": "已修好"}))


def told(b, case):
    return b.step(case, "tell_voter", OFFICE, payload={"how": "notice_board", "text": "已修好"})


def closed(b, case):
    return b.run(told(b, answered(b, case)), ("tell_deputy", OFFICE), ("close", OFFICE))


def asked(b, **said):
    """Look at the page as the office does."""
    return b.page("opinions", OFFICE, said)


def shown(page):
    return {name: (getattr(page, name).hits, getattr(page, name).base) for name in RATES}


def test_nothing_is_counted_of_nothing(b):
    page = b.page("opinions")
    assert (page.received, page.done, page.open, page.lines) == (Figure(0), 0, 0, ())
    assert {name: getattr(page, name).of for name in RATES} == RATES
    assert page.closing.shown == "—"


def test_every_rate_has_its_own_base(b):
    late = heard(b)
    b.later(days=40)
    closed(b, heard(b))
    told(b, answered(b, heard(b)))
    answered(b, heard(b, receiver=()))
    heard(b)
    page = b.page("opinions")
    assert (page.received, page.done, page.open) == (Figure(5), 1, 4)
    assert shown(page) == {"closing": (1, 5), "in_time": (3, 4), "told_voter": (2, 3), "told_deputy": (1, 2)}
    answered(b, late)
    assert shown(b.page("opinions"))["in_time"] == (3, 4)


def test_voices_and_people_are_two_figures_and_one_case(b):
    case = heard(b, people=3)
    b.step(case, "voice", STATION, payload={"people": 2}, parties={"receiver": (LI.id,)})
    heard(b)
    page = b.page("opinions")
    assert (page.received, page.voices, page.people) == (Figure(2), Figure(3), Figure(6))


def test_round_figures_stay_marked_where_they_are_and_in_the_whole(b):
    heard(b, category="环境", approx=True)
    heard(b, category="住房")
    page = asked(b, by="category")
    assert page.received == Figure(2, approx=True)
    assert {a.name: (a.received, a.people.approx) for a in page.lines} == {
        "环境": (Figure(1, approx=True), True),
        "住房": (Figure(1), False),
    }
    cells = [row for sheet in b.ask(page_sheets, OFFICE, "opinions", {"by": "category"}) for row in sheet.rows]
    assert any("余（约数）" in str(cell) for row in cells for cell in row)


def test_groups_of_each_sort(b):
    case = heard(b, receiver=(WANG.id, LI.id), category="环境")
    case = b.step(case, "sort", OFFICE, grade="county")
    b.step(case, "assign", OFFICE, units=((ROADS.unit, "sole"),))
    heard(b, receiver=(), received_by="老王")
    found = {
        by: {a.name: a.received.n for a in asked(b, by=by).lines}
        for by in ("", "station", "deputy", "unit", "category", "branch", "month")
    }
    assert found == {
        "": {},
        "station": {"（未列明）": 2},
        "deputy": {WANG.id: 1, LI.id: 1, "老王": 1},  # nobody of them is in this county's roster
        "unit": {ROADS.unit: 1, "（未列明）": 1},
        "category": {"环境": 1, "（未列明）": 1},
        "branch": {"转县人大交办": 1, "未分流": 1},
        "month": {"2026-01": 2},
    }


def test_of_which_days(b):
    heard(b)
    b.later(days=20)
    heard(b)
    for said, n in (
        ({}, 2),
        ({"first": D(2026, 1, 21)}, 1),
        ({"last": D(2026, 1, 20)}, 1),
        ({"first": D(2026, 1, 21), "last": D(2026, 1, 31)}, 0),
    ):
        assert asked(b, **said).received.n == n
    with pytest.raises(Invalid, match="before it begins"):
        asked(b, first=D(2026, 2, 1), last=D(2026, 1, 1))
    for wrong in ({"by": "voter"}, {"since": "2026-01-01"}):
        with pytest.raises(Invalid):
            asked(b, **wrong)


def test_who_looks(b):
    for reader in (OFFICE, STATION, CHAIR):
        assert b.page("opinions", reader).received == Figure(0)
    for reader in (WANG, ROADS):
        with pytest.raises(NotFound):
            b.page("opinions", reader)


def test_5045_of_5440_are_done_and_395_are_open_and_stand_where_something_runs(bench):
    b = bench({"suggestion_handling": {}, "reception": {}}, today=D(2026, 11, 20))
    for name in FILES:
        sheet = name.partition(".")[0]
        b.do(imports.apply, OFFICE, sheet, read_file(XIANNING / name, SHEETS[sheet]))
    page = asked(b, first=D(2025, 1, 1), last=D(2026, 12, 31))
    assert (page.received, page.done, page.open) == (Figure(5440), 5045, 395)
    assert str(page.closing) == "92.74 % (5045 / 5440 登记的群众意见)"
    assert shown(page)["told_voter"] == shown(page)["told_deputy"] == (5045, 5167)
    of = {by: asked(b, by=by).lines for by in ("station", "deputy", "unit", "branch", "month")}
    assert all(sum(a.received.n for a in lines) == 5440 for lines in of.values())
    assert {a.name: a.received.n for a in of["branch"]}["不予受理"] == 60
    assert {a.name: a.received.n for a in of["branch"]}["转县人大交办"] == 704
    assert len(of["month"]) == 22
    assert sum(a.name.endswith("站") for a in of["station"]) > 300
    assert "市水利和湖泊局" in {a.name for a in of["unit"]}
    late = {row.number for row in _overdue(b) if row.kind == "opinion" and row.clock in ("handle", "tell")}
    waiting = {row.number: row.next_due for row in _open(b)}
    assert len(waiting) == 395
    assert late == {number for number, due in waiting.items() if due < b.today}
    assert all(due is not None for due in waiting.values())


def _overdue(b):
    found, last = [], None
    while rows := b.ask(ledgers.overdue, OFFICE, after=last, size=ledgers.LARGEST):
        found += rows
        last = rows[-1]
    return found


def _open(b):
    found, after = [], ""
    while True:
        page = b.ask(
            ledgers.ledger_page, OFFICE, ledgers.Ask(kind="opinion", closed=False, after=after, size=ledgers.LARGEST)
        )
        found += page.rows
        if not (after := page.after):
            return found
