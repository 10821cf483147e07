"""Fields that name rows of the roster: found by name or code, kept as ids, refused where they are closed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.receiving import (
    EAST,
    OFFICE,
    PUBLIC,
    TODAY,
    WEST,
    D,
    Elsewhere,
    Meeting,
    called,
    command,
    county_of,
    put,
    station,
)

from renda_core.errors import Invalid, NotFound, Rejected
from renda_core.records import Found, Watch
from renda_core.services import bulk, jobs, ledgers, lookups, papers
from renda_core.services.references import References, _standing, written
from renda_core.store.naming import Standing
from renda_core.store.roster import ALL, CHANGE
from renda_core.testing import uid


@pytest.fixture
def b(county):
    return county_of(county)


def at(b, name):
    return uid(f"{b.file.id} {name}")


def close(b, name, on):
    """End a station, as an import with 撤销日期 does."""

    async def write(unit, _):
        (row,) = [r for r in await unit.all(ALL["station"]) if r["name"] == name]
        await unit.write(CHANGE["station"], **row | {"valid_to": on})
        unit.record("test.closed", on=row["id"], version=0, rule="test")

    b.do(write, OFFICE)


@pytest.mark.parametrize("said", ["name", "code", "id", "blanks", "capitals"])
def test_a_station_is_given_by_name_code_or_id_and_kept_as_its_id(b, said):
    given = {
        "name": EAST,
        "code": "E-1",
        "id": at(b, EAST),
        "blanks": f" {EAST}\u3000",
        "capitals": at(b, EAST).upper(),
    }[said]
    assert called(b, given).body.station == at(b, EAST)


def test_an_instance_of_the_class_is_settled_too(b):
    body = Meeting(station="W-1", unit="县交通局", person="wang", congress="示例县人民代表大会", guests=("li", "zhao"))
    held = b.open("meeting", OFFICE, body).body
    assert (held.station, held.unit, held.person, held.congress) == (
        at(b, WEST),
        uid("roads"),
        uid("wang"),
        uid("county"),
    )
    assert held.guests == (uid("li"), uid("zhao"))


def test_payloads_are_settled_and_may_stay_empty(b):
    case = called(b)
    assert b.step(case, "shift", OFFICE, payload={"station": WEST}).acts[-1].payload == Elsewhere(station=at(b, WEST))
    assert b.step(case, "shift", OFFICE).acts[-1].payload == Elsewhere()
    assert b.step(case, "shift", OFFICE, payload={"station": "  "}).acts[-1].payload == Elsewhere()


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("东街联洛站", "站点: no station '东街联洛站'; did you mean '东街联络站'?"),
        ("火星", "站点: no station '火星'; import the stations first"),
        ("", "站点: name a station"),
        (" ", "站点: name a station"),
        (uid("nothing"), f"站点: no station '{uid('nothing')}'; give the name as the roster has it"),
        (uid("roads"), f"站点: no station '{uid('roads')}'; give the name as the roster has it"),
    ],
)
def test_what_nobody_knows_is_refused_with_the_nearest_name_and_the_field(b, place, why):
    with pytest.raises(Invalid) as refused:
        called(b, place)
    assert str(refused.value) == why
    assert refused.value.details["field"] == "station"


@pytest.mark.parametrize("value", [None, 3, ["东"], {"a": 1}])
def test_what_is_no_text_is_refused_by_its_class(b, value):
    with pytest.raises(Invalid):
        called(b, value)


def test_a_station_of_another_county_is_none(county, b):
    other = county_of(county)
    theirs = station(other, "邻县联络站", "theirs")
    with pytest.raises(Invalid, match="no station"):
        called(b, theirs)
    with pytest.raises(Invalid, match="no station '邻县联络站'; "):
        called(b, "邻县联络站")
    assert called(other, theirs).body.station == theirs


def test_a_closed_station_receives_nobody_from_its_last_day_on(b):
    close(b, EAST, D(2026, 3, 1))
    for place in (EAST, "E-1", at(b, EAST)):
        with pytest.raises(Invalid, match=f"站点: station {EAST} was closed on 2026-03-01"):
            called(b, place)
    with pytest.raises(Invalid, match="was closed on 2026-03-01"):
        called(b, on=D(2026, 3, 1))
    assert called(b, on=D(2026, 2, 28)).body.station == at(b, EAST)


def test_a_case_from_before_the_closing_goes_on(b):
    case = called(b)
    close(b, EAST, D(2026, 6, 2))
    b.later(days=1)
    assert b.step(case, "join", OFFICE, parties={"host": (uid("li"),)}).version == 1
    with pytest.raises(Invalid, match=r"改在: .*closed on 2026-06-02"):
        b.step(case, "shift", OFFICE, payload={"station": EAST})
    assert b.step(case, "drop", OFFICE).body.station == at(b, EAST)


def test_a_station_entered_late_is_one_that_stood_before(b):
    station(b, "新录联络站", valid_from=TODAY)
    assert called(b, "新录联络站", on=D(2025, 3, 1)).body.station == at(b, "新录联络站")


def test_of_two_of_one_name_the_one_that_stands_on_the_day_is_meant(b):
    close(b, EAST, D(2026, 3, 1))
    again = station(b, EAST, "east again", valid_from=D(2026, 5, 1))
    assert called(b, EAST).body.station == again
    assert called(b, EAST, on=D(2026, 2, 1)).body.station == at(b, EAST)
    with pytest.raises(Invalid, match="was closed on 2026-03-01"):
        called(b, EAST, on=D(2026, 4, 1))


def test_a_name_or_code_twice_is_not_guessed(b):
    station(b, EAST, "second", valid_from=D(2025, 1, 1), code="E-2")
    with pytest.raises(Invalid, match=f"站点: 2 stations are named '{EAST}'; give the code"):
        called(b, EAST)
    assert called(b, "E-2").body.station == uid("second")
    station(b, "南街联络站", code="E-1")
    with pytest.raises(Invalid, match="2 stations are named 'E-1'"):
        called(b, "E-1")


def test_a_name_goes_before_somebody_elses_code(b):
    odd = station(b, "W-1", "odd", code="X")
    assert called(b, "W-1").body.station == odd


def test_who_may_not_act_is_told_nothing_of_the_roster(b):
    for place in (EAST, "火星", at(b, EAST)):
        with pytest.raises(Rejected) as refused:
            called(b, place, by=PUBLIC)
        assert refused.value.objections == (f"{PUBLIC.id} may not call",)
    case = called(b)
    for place in (WEST, "火星"):
        with pytest.raises(NotFound, match="no case"):
            b.step(case, "shift", PUBLIC, payload={"station": place})


def test_people_are_never_proposed(b):
    with pytest.raises(Invalid) as refused:
        called(b, body={"person": "wan"})
    assert "wang" not in str(refused.value)
    assert refused.value.details["field"] == "person"


def test_who_names_a_person_by_id_is_not_told_the_name(b):
    async def end(unit, _):
        (row,) = [r for r in await unit.all(ALL["person"]) if r["id"] == uid("wang")]
        await unit.write(CHANGE["person"], **row | {"valid_to": D(2026, 3, 1)})
        unit.record("test.ended", on=row["id"], version=0, rule="test")

    b.do(end, OFFICE)
    with pytest.raises(Invalid, match=r"person .* was closed on 2026-03-01") as refused:
        called(b, body={"person": uid("wang")})
    assert "wang" not in str(refused.value)


def counted(b, commands):
    """Open many meetings at once; answer how many questions each noun was asked."""
    asked = []

    async def work(unit, tenant):
        inner = unit.all

        async def all_(query, **values):
            if "named" in values:
                asked.append(values["named"])
            return await inner(query, **values)

        unit.all = all_
        return await bulk.work(unit, tenant, [bulk.Job(open=c) for c in commands], what="test.bulk")

    return b.do(work, OFFICE), asked


def test_a_pile_asks_once_a_name(b):
    done, asked = counted(b, [command(place) for place in (EAST, "W-1") * 100])
    assert done.opened == 200
    assert sorted(asked) == sorted([EAST, "W-1"])
    assert {b.case(id).body.station for id in done.ids} == {at(b, EAST), at(b, WEST)}


def test_a_pile_names_the_line_that_names_nothing(b):
    jobs_ = [bulk.Job(row=n, open=command(place)) for n, place in ((2, EAST), (3, "火星"))]
    with pytest.raises(bulk.LineFailed) as refused:
        b.do(bulk.work, OFFICE, jobs_, what="test.bulk")
    assert (refused.value.details["row"], refused.value.details["field"]) == (3, "station")


def test_a_watch_may_name_a_station_and_one_that_is_closed_is_told(county):
    async def find(context, desk):
        return [Found(key=str(n), title="会见", body={"station": s}) for n, s in enumerate((EAST, "火星"))]

    b = county_of(county, watches=(Watch(name="ahead", kind="meeting", find=find),))
    (opened,) = b.do(jobs.look, jobs.WATCH)
    assert b.case(opened).body.station == at(b, EAST)


def test_ledgers_are_asked_by_name_and_papers_write_it(b):
    case = called(b)
    called(b, WEST)
    for value in (EAST, "E-1", at(b, EAST)):
        rows = b.ask(ledgers.ledger, OFFICE, ledgers.Ask(kind="meeting", dimension="station", value=value))
        assert [row.id for row in rows] == [case.id]
    close(b, EAST, D(2026, 6, 1))
    rows = b.ask(ledgers.ledger, OFFICE, ledgers.Ask(kind="meeting", dimension="station", value=EAST))
    assert [row.id for row in rows] == [case.id]
    assert EAST in str(b.ask(papers.case_paper, OFFICE, case.id))
    assert b.read(lookups.named, {at(b, EAST), uid("county"), uid("li"), "x"})[at(b, EAST)] == EAST


def test_a_plain_name_of_before_stays_readable_and_is_found_by_itself(b, monkeypatch):
    async def as_it_was(self, value, cls, on):
        return value

    with monkeypatch.context() as before:
        before.setattr(References, "settle", as_it_was)
        case = called(b, "老街站")
    assert b.case(case.id).body.station == "老街站"
    rows = b.ask(ledgers.ledger, OFFICE, ledgers.Ask(kind="meeting", dimension="station", value="老街站"))
    assert [row.id for row in rows] == [case.id]
    assert b.step(case, "drop", OFFICE).body.station == "老街站"


def test_a_file_calls_a_row_by_its_name_only_where_it_leads_back(b):
    twice = station(b, EAST, "second", valid_from=D(2025, 1, 1))
    found = b.read(written, "station", [at(b, EAST), twice, at(b, WEST), "老街站"], TODAY)
    assert found == {at(b, WEST): WEST}
    put(b, "person", uid("li two"), name="li", match_key="li", valid_from=D(2022, 1, 1))
    assert b.read(written, "person", [uid("li"), uid("wang")], TODAY) == {uid("wang"): "wang", uid("li"): "li"}


@settings(max_examples=30)
@given(
    days=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 200)), min_size=1, max_size=3), on=st.integers(0, 500)
)
def test_what_is_found_stands_on_the_day_or_nothing_does(days, on):
    day = D(2025, 1, 1) + dt.timedelta(on)
    rows = []
    start = D(2025, 1, 1)
    for gap, length in days:  # one after the other, as a name is given anew
        begins = start + dt.timedelta(gap)
        start = begins + dt.timedelta(length)
        rows.append(Standing(id=str(len(rows)), name="a", since=begins, until=start))
    found = _standing(rows, "station", "a", day)
    standing = [row for row in rows if row.since <= day < row.until]
    assert standing in ([], [found])
