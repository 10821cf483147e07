"""The articles' figures of homes, stations, receptions and opinions, loaded and read from the report."""

import csv
import datetime as dt
from pathlib import Path

import attrs
import pytest

from renda_core.domain.figures import Figure
from renda_core.files import SHEETS, read_file
from renda_core.services import bulk, imports
from renda_core.services.cases import OpenCase, TakeStep
from renda_core.store.cases import Pile
from renda_core.store.codec import new_id
from renda_core.testing import Bench
from renda_plugins.reception.opinion import Opinion
from renda_plugins.reception.receptions_fields import Held, Reception, Totals

OFFICE = Bench.actor("clerk", "office")
CONGRESS = {"人大名称": "某市人民代表大会", "层级": "市级", "上级人大": "", "届次": 6, "本届首次会议日期": "2016-12-28"}
XIANNING = Path(__file__).parents[2] / "tenants" / "xianning"


@pytest.fixture
def load(bench, tmp_path):
    """Make a place with stations of a file, or with so many homes and stations."""

    def made(homes, stations, *, today, given=None):
        b = bench({"reception": {}}, today=today)
        folder = given or tmp_path
        if given is None:
            lines = [
                {"名称": f"第{n}{kind}", "类型": kind, "编号": f"{kind}{n:03}", "所属人大": CONGRESS["人大名称"]}
                for kind, many in (("代表之家", homes), ("代表联络站", stations))
                for n in range(1, many + 1)
            ]
            written(tmp_path / "congresses.csv", [CONGRESS])
            written(tmp_path / "stations.csv", lines)
        for name in ("congresses", "stations"):
            b.do(imports.apply, OFFICE, name, read_file(folder / f"{name}.csv", SHEETS[name]))
        return b

    return made


def written(path, lines):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)


def summed(b, on, sums, **body):
    """Enter the register of a year at one place, which tells sums alone."""
    opening = OpenCase(kind="reception", title="年度接待登记", body=Reception(on=on, **body), on=on)
    steps = [("hold", Held()), ("sum_up", sums)]
    return [
        bulk.Job(open=opening, key=str(body)),
        *(bulk.Job(step=TakeStep(case="", step=s, version=0, payload=p, on=on), key=str(body)) for s, p in steps),
    ]


def shown(b, year, **asked):
    return b.page("receptions", OFFICE, {"first": f"{year}-01-01", "last": f"{year}-12-31", **asked})


def places(page):
    return {p.sort: p.open for p in page.places}


def test_cangzhou_202_homes_and_96_stations_with_5000_visits_and_2800_opinions_round(load):
    end = dt.date(2026, 12, 31)
    b = load(202, 96, today=end)
    stations = [a.code for a in shown(b, 2026, by="station").lines]
    jobs = []
    for n, station in enumerate(stations):
        people, opinions = 5000 // 298 + (n < 5000 % 298), 2800 // 298 + (n < 2800 % 298)
        jobs += summed(b, end, Totals(people=people, opinions=opinions, approx=True), station=station)
    b.do(bulk.work, OFFICE, jobs, what="test.registers")
    page = shown(b, 2026, by="station")
    assert places(page) == {"代表之家": 202, "代表联络站": 96, "合计": 298}
    assert str(page.places[-1].received) == "100.00 % (298 / 298 开放的家站)"
    (total,) = page.total
    assert (str(total.people), str(total.opinions)) == ("5000余（约数）", "2800余（约数）")
    assert (total.visits, total.answered, total.sums) == (None, None, 298)
    assert all(line.people.approx and line.opinions.approx for line in page.lines)
    for by in ("form", "month"):
        (line,) = shown(b, 2026, by=by).lines
        assert line.people == Figure(5000, approx=True)


def test_xianning_70_homes_and_371_stations(load):
    page = shown(load(0, 0, today=dt.date(2025, 12, 31), given=XIANNING), 2025)
    assert places(page) == {"代表之家": 70, "代表联络站": 371, "合计": 441}
    assert str(page.places[-1].received) == "0.00 % (0 / 441 开放的家站)"


def test_tonghe_8_homes_and_82_stations(load):
    page = shown(load(8, 82, today=dt.date(2026, 12, 31)), 2026)
    assert places(page) == {"代表之家": 8, "代表联络站": 82, "合计": 90}


def test_daowai_deputies_with_a_nameplate_answered_120_and_solved_40_round(load):
    end = dt.date(2026, 12, 31)
    b = load(1, 1, today=end)
    sums = Totals(answered=120, solved=40, approx=True)
    b.do(bulk.work, OFFICE, summed(b, end, sums, place="选举单位", form="plate"), what="test.registers")
    (line,) = shown(b, 2026, by="form").lines
    assert (line.name, str(line.answered), str(line.solved)) == ("挂牌履职", "120余（约数）", "40余（约数）")
    assert (line.people, line.opinions) == (None, None)


def test_5440_opinions_and_5045_done(load):
    b = load(1, 1, today=dt.date(2025, 3, 3))
    done, still = ended(b), b.open("opinion", OFFICE, Opinion(text="楼顶渗水"), title="楼顶渗水")
    copied(b, done, 5045 - 1)
    copied(b, still, 5440 - 5045 - 1)
    page = b.page("opinions", OFFICE)
    assert (page.received, page.done, page.open) == (Figure(5440), 5045, 395)
    assert str(page.closing) == "92.74 % (5045 / 5440 登记的群众意见)"


def ended(b):
    """Bring one opinion to its end."""
    case = b.open("opinion", OFFICE, Opinion(text="楼顶渗水", category="住房建设"), title="楼顶渗水")
    told = {"payload": {"how": "in_person", "text": "已维修"}}
    answered = ("reply", OFFICE, {"note": "已维修"})
    return b.run(
        case, ("sort", OFFICE, {"grade": "on_spot"}), answered, ("tell_voter", OFFICE, told), ("close", OFFICE)
    )


def copied(b, case, times):
    """Write so many more of a case, each with a number of its own."""
    case, procedure = b.case(case.id), b.tenant.practice.procedure(case.kind)

    async def write(unit, tenant):
        pile = Pile(tenant.calendar)
        for n in range(times):
            pile.put(None, attrs.evolve(case, id=new_id(), number=f"{case.number} {n}"), procedure)
        unit.record("test.copied", on=tenant.id, version=0, rule="test", **await pile.write(unit))

    b.do(write, OFFICE)
