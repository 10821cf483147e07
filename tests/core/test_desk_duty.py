"""What a desk answers of everybody's duty records: between days, counted by whole months, mandates over time."""

import pytest
from tests.core.dutying import CHAIR, CHEN, LI, OFFICE, STATION, WANG
from tests.core.pointing import COUNTY, TOWN, YEAR, D, did, hold, pointed, record, scores

from renda_core.domain.mandates import MandateEvent
from renda_core.errors import NotFound
from renda_core.services import mandates
from renda_core.services.desk import JOB, RuleDesk, StoreDesk
from renda_core.testing import Bench, uid


def ask(b, question, *args, by=OFFICE, desk=StoreDesk, **rest):
    """Ask a desk as somebody."""

    async def asked(reader, tenant):
        return await getattr(desk(reader, tenant, by), question)(*args, **rest)

    return b.ask(asked)


def test_records_between_days_are_told_in_every_state_by_kind_and_congress(county):
    b = pointed(county)
    hold(b, "wang", "wang in town")
    did(
        b,
        record("wang", "visit", D(2026, 3, 2)),
        record("li", "talk", D(2026, 3, 1), state="entered"),
        record("wang", "training", D(2026, 3, 3), congress=TOWN),
        record("chen", "visit", D(2026, 3, 4)),
        record("li", "visit", D(2026, 4, 1)),
    )
    march = D(2026, 3, 1), D(2026, 3, 31)

    def told(*days, **rest):
        return [(r.kind, r.on.day) for r in ask(b, "records_between", *days, **rest)]

    assert told(*march) == [("talk", 1), ("visit", 2), ("training", 3), ("visit", 4)]
    assert told(D(2026, 3, 2), D(2026, 3, 3)) == [("visit", 2), ("training", 3)]
    assert told(*march, kinds=["visit"]) == [("visit", 2), ("visit", 4)]
    assert told(*march, kinds=("talk", "training")) == [("talk", 1), ("training", 3)]
    assert told(*march, kinds="none") == []
    assert told(*march, congress=COUNTY) == [("talk", 1), ("visit", 2)]
    assert told(*march, congress=TOWN) == [("visit", 2), ("training", 3)]
    assert told(*march, congress=uid("no such"), kinds=("visit",)) == []
    assert told(march[1], march[0]) == []


def test_counts_are_of_whole_months_that_lie_between_two_days(county):
    b = pointed(county)
    did(b, *(record("wang", "visit", D(2026, month, 1), quantity=month, facts={"people": 1}) for month in range(1, 6)))
    did(b, record("wang", "visit", D(2026, 3, 9), state="entered"), record("chen", "talk", D(2026, 3, 1)))

    def told(*days):
        return {(c.person, c.kind): (c.n, c.quantity, dict(c.facts)) for c in ask(b, "duty_counts", *days)}

    chen = {(CHEN.id, "talk"): (1, 1, {})}
    assert told(D(2026, 3, 1), D(2026, 3, 31)) == {(WANG.id, "visit"): (1, 3, {"people": 1})} | chen
    assert told(D(2026, 1, 31), D(2026, 4, 30)) == {(WANG.id, "visit"): (3, 9, {"people": 3})} | chen
    assert told(D(2026, 1, 1), D(2026, 3, 30)) == {(WANG.id, "visit"): (2, 3, {"people": 2})}
    assert told(D(2026, 3, 2), D(2026, 3, 31)) == told(D(2026, 3, 2), D(2026, 4, 29)) == {}
    assert told(D(1, 1, 1), D(9999, 12, 31))[WANG.id, "visit"][0] == 5
    for days in ((D(9999, 12, 2), D(9999, 12, 31)), (D(1, 1, 1), D(1, 1, 30)), (D(2026, 4, 1), D(2026, 3, 31))):
        assert told(*days) == {}
    assert [c.person for c in ask(b, "duty_counts", *YEAR, congress=COUNTY)] == [WANG.id]


def test_who_sat_nowhere_and_then_somewhere_is_counted_once_each(county):
    b = pointed(county)
    did(b, record("chen", "visit", D(2026, 3, 1)))
    hold(b, "chen", "chen in town", on=D(2026, 6, 1))
    did(b, record("chen", "visit", D(2026, 6, 1)))
    assert [(c.n, c.quantity) for c in ask(b, "duty_counts", *YEAR)] == [(2, 2)]
    assert [(c.n, c.quantity) for c in ask(b, "duty_counts", *YEAR, congress=TOWN)] == [(1, 1)]


@pytest.mark.parametrize("who", [STATION, LI, Bench.actor("x", "committee"), Bench.actor("job:desk 2")])
def test_what_is_private_is_told_to_offices_and_watches_alone(county, who):
    b = pointed(county)
    did(b, record("wang", "secret", D(2026, 3, 1)), record("wang", "visit", D(2026, 3, 1)))
    for reader, n in ((OFFICE, 2), (CHAIR, 2), (JOB, 2), (who, 1)):
        assert len(ask(b, "records_between", *YEAR, by=reader)) == n
        assert len(ask(b, "records_between", *YEAR, by=reader, kinds=("secret",))) == n - 1
        assert len(ask(b, "duty_counts", *YEAR, by=reader)) == n
        assert len(ask(b, "duty_counts", *YEAR, by=reader, congress=COUNTY)) == n
        assert len(ask(b, "records", by=reader, person=WANG.id)) == n
    with pytest.raises(NotFound):
        ask(b, "scores", "points", *YEAR, congress=COUNTY, by=who)


def test_scores_are_told_to_offices_watches_and_rules_of_days(county):
    b = pointed(county)
    for by in (OFFICE, CHAIR, JOB):
        for desk in (StoreDesk, RuleDesk):
            assert ask(b, "scores", "points", *YEAR, congress=COUNTY, by=by, desk=desk) == scores(b)
    with pytest.raises(NotFound, match="enabled: points"):
        ask(b, "scores", "stars", *YEAR, congress=COUNTY, by=JOB)


def test_mandates_between_are_all_that_were_valid_on_any_day(county):
    b = pointed(county)
    hold(b, "chen", "chen", state="elected")
    hold(b, "zhao", "zhao", on=D(2026, 7, 1))
    for name, kind, on, reason in (
        ("wang", "suspend", D(2026, 2, 1), "detained"),
        ("li", "end", D(2026, 3, 1), "resignation_accepted"),
    ):
        event = MandateEvent(kind=kind, on=on, legal_act="公告", by_body="standing_committee", reason=reason)
        b.do(mandates.happen, OFFICE, uid(f"mandate {name}"), event)

    def told(*days, **rest):
        return [m.person for m in ask(b, "mandates_between", *days, **rest)]

    old = {WANG.id, LI.id, CHEN.id}
    assert set(told(*YEAR)) == old | {uid("zhao")}
    assert told(*YEAR)[-1] == uid("zhao")
    assert set(told(D(2026, 1, 1), D(2026, 6, 30))) == old
    assert set(told(D(2026, 3, 1), D(2026, 6, 30))) == old - {LI.id}
    assert set(told(*YEAR, congress=COUNTY)) == {WANG.id, LI.id}
    assert told(D(2021, 1, 1), D(2021, 12, 27)) == []


def test_kinds_of_records_are_those_of_enabled_practices(county):
    b = pointed(county)
    assert set(ask(b, "record_kinds")) == {"visit", "training", "leave", "talk", "secret", "result"}
    assert ask(b, "record_kinds")["secret"].private
