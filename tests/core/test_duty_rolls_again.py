"""A roll that is called again after people looked at its records: what they decided stays, and no step is lost."""

import asyncio

import attrs
import pytest
from tests.core.coding import in_loop
from tests.core.dutying import (
    CHAIR,
    LI,
    OFFICE,
    SECOND,
    WANG,
    D,
    Roll,
    call,
    counters,
    county_of,
    made_anew,
    mark,
    practice,
    records_of,
)
from tests.core.reminding import congresses, elect
from tests.core.suggesting import entries

from renda_core.catalogue import Catalogue
from renda_core.domain.duty import Record
from renda_core.errors import NotAllowed, Stale
from renda_core.services import cases, duty
from renda_core.testing import uid


@pytest.fixture
def b(county):
    return county_of(county)


def meeting(b, **roll):
    return call(b, b.open("meeting", OFFICE, title="第三次会议"), **roll)


def only(b, who):
    (found,) = records_of(b, who)
    return found


def test_an_appeal_that_was_granted_is_not_undone_by_the_next_roll(b):
    case = meeting(b, present=["wang"], absent=["li"])
    mark(b, CHAIR, mark(b, LI, only(b, LI), "appeal", "我请过假"), "grant", "已请假")
    call(b, case, "recall", present=["wang"], absent=["li"], half_days=2)
    assert only(b, LI).state == "withdrawn"
    assert only(b, WANG).quantity == 2
    assert counters(b) == made_anew(b)


def test_what_an_office_withdrew_or_refused_stays_so(b):
    case = meeting(b, present=["wang", "li"])
    mark(b, SECOND, only(b, WANG), "withdraw", "误登")
    mark(b, SECOND, only(b, LI), "refuse", "未签到")
    for roll in ({"absent": ["wang"]}, {"present": ["wang", "li"]}):
        case = call(b, case, "recall", **roll)
    states = {r.kind: r.state for r in records_of(b, WANG)}
    assert states == {"session": "withdrawn", "absence": "withdrawn"}
    assert only(b, LI).state == "refused"
    assert counters(b) == made_anew(b) == {}


def test_what_people_corrected_is_not_corrected_back(b):
    case = meeting(b, present=["wang", "li"], half_days=2)
    mark(b, SECOND, only(b, WANG), "correct", "只到半天", changes={"quantity": 1})
    mark(b, SECOND, only(b, LI), "correct", "笔误", changes={"on": D(2026, 3, 30)})
    b.today = D(2026, 4, 2)
    call(b, case, "recall", present=["wang", "li"], half_days=2)
    assert (only(b, WANG).quantity, only(b, WANG).on) == (1, D(2026, 4, 2))
    assert (only(b, LI).on, only(b, LI).history[-1].do) == (D(2026, 3, 30), "correct")
    assert counters(b) == made_anew(b)


def test_whoever_called_a_roll_decides_no_appeal_against_it(b):
    meeting(b, absent=["li"])
    assert only(b, LI).by == OFFICE.id
    appealed = mark(b, LI, only(b, LI), "appeal", "我请过假")
    for do in ("uphold", "grant"):
        with pytest.raises(NotAllowed, match="by somebody else than who decided before"):
            mark(b, OFFICE, appealed, do, "维持")
    assert mark(b, SECOND, appealed, "uphold", "无请假条").state == "confirmed"


def test_whoever_brought_a_record_back_decides_no_appeal_against_it(b):
    case = b.open("meeting", OFFICE)
    case = call(b, case, absent=["li"])
    roll = {"payload": Roll(absent=(LI.id,))}
    case = b.step(case, "recall", SECOND, payload=Roll())
    b.step(case, "recall", SECOND, **roll)
    appealed = mark(b, LI, only(b, LI), "appeal", "我请过假")
    with pytest.raises(NotAllowed, match="by somebody else"):
        mark(b, SECOND, appealed, "uphold", "维持")


BAD = {
    "large": {"quantity": 10**12},
    "nothing": {"quantity": 0},
    "large fact": {"facts": {"people": 10**12}},
    "two facts in one": {"facts": {"a=1;b": 1}},
    "no fact": {"facts": {"": 1}},
    "long source": {"source": "源" * 2000},
    "long kind": {"kind": "k" * 3000},
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_rule_that_gives_what_no_database_holds_takes_no_step_with_it(county, bad):
    (rule, *_) = [r for r in practice().register_records() if type(r).__name__ == "RecordRule"]

    def broken(context, case, act):
        told = {"person": WANG.id, "kind": "visit", "on": act.on, "source": f"case:{case.id}"}
        yield Record(**told | bad)

    rules = [attrs.evolve(rule, make=broken, whole="")]
    b = county({"duties": {}}, catalogue=Catalogue.collect({"duties": practice(rules=rules)}), today=D(2026, 3, 31))
    congresses(b)
    elect(b, "wang")
    assert meeting(b, present=["wang"]).states["main"] == "called"
    assert records_of(b, WANG) == ()
    assert entries(b)[-1]["body"]["left_out"][0]["rule"] == "duties.call"


def test_a_roll_and_a_mark_at_once_lose_nothing(b):
    """Who marks and who calls meet on the same records: each is heard, or told to look again."""
    people = ("wang", "li")
    case = meeting(b, present=people)
    for n in range(6):
        half_days = 2 + n
        kept = [only(b, WANG), only(b, LI)]
        asked = [duty.Marking(id=r.id, do="correct", why="更正", changes={"title": f"会议{n}"}) for r in kept]
        roll = Roll(present=tuple(map(uid, people)), half_days=half_days)
        step = cases.TakeStep(case=case.id, step="recall", version=b.case(case.id).version, payload=roll)

        async def at_once(asked=asked, step=step):
            work = [b.store.write(duty.mark, b.file.id, SECOND, b.tenant, one) for one in asked]
            work.append(b.store.write(cases.take_step, b.file.id, OFFICE, b.tenant, step))
            return await asyncio.gather(*work, return_exceptions=True)

        *marks, called = in_loop(b, at_once())
        assert not isinstance(called, BaseException), called
        assert {type(m) for m in marks} <= {Record, Stale}
        assert [only(b, who).quantity for who in (WANG, LI)] == [half_days] * 2
        assert counters(b) == made_anew(b)
