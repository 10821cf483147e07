"""Notices, on both back ends: each person once, whatever runs, breaks or comes too late; and nobody else's."""

from __future__ import annotations

import datetime as dt
import threading
from uuid import uuid4

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.core.reminding import OFFICE, days_plugin, remind, rule, told, with_rules
from tests.core.suggesting import entries

from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Day
from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotAllowed, NotFound, PluginError
from renda_core.records import DayRule
from renda_core.services import days, feeds, notices, ruled, upkeep
from renda_core.store import tables as t
from renda_core.store.compile import Query, mine
from renda_core.store.unit import Unit
from renda_core.testing import Bench, uid

D = dt.date
FIVE = tuple(uid(name) for name in "abcde")
DAY = D(2026, 3, 16)
WHO = {name: Actor(id=uid(name), roles={"deputy"}) for name in "abcde"}


def day(**rest):
    fields = {"on": DAY, "label": "代表接待日", "notice_by": D(2026, 3, 13), "audience": FIVE, "text": "请到站接待"}
    return Day(**{**fields, **rest})


def outbox(b):
    query = Query(select(t.outbox.c.name, t.outbox.c.body).where(mine(t.outbox)), dict)
    return [row["body"] for row in b.read(lambda reader: reader.all(query)) if row["name"] == "notice.sent"]


def test_register_calendar_tells_each_person_once_from_the_notices_date_on(county):
    b = with_rules(county, rule("fifteenth", day()))
    assert remind(b, D(2026, 3, 12)).sent == 0
    assert remind(b, D(2026, 3, 13)) == notices.Reminded(sent=5, failed=())
    assert remind(b, D(2026, 3, 13)).sent == 0
    assert remind(b, D(2026, 3, 16)).sent == 0
    assert told(b, *"abcde") == [(name, "2026-03-16") for name in "abcde"]
    (found,) = b.ask(notices.own, WHO["a"]).rows
    assert (found.rule, found.falls_on, found.title, found.text) == ("fifteenth", DAY, "代表接待日", "请到站接待")
    assert found.seen_at is None


@pytest.mark.parametrize(("late", "sent"), [(D(2026, 3, 15), 5), (DAY, 5), (D(2026, 3, 17), 0)])
def test_a_job_that_did_not_run_sends_afterwards_until_the_day_is_past(county, late, sent):
    assert remind(with_rules(county, rule("fifteenth", day())), late).sent == sent


def test_who_joins_later_is_told_and_who_left_is_not_told_again(county):
    held = [day(audience=FIVE[:2])]
    b = with_rules(county, rule("fifteenth", held))
    assert remind(b, D(2026, 3, 13)).sent == 2
    held[:] = [day(audience=FIVE[1:3])]
    assert remind(b, D(2026, 3, 14)).sent == 1
    held[:] = [day()]
    assert remind(b, D(2026, 3, 15)).sent == 2
    assert told(b, *"abcde") == [(name, "2026-03-16") for name in "abcde"]


def test_a_matter_with_a_key_is_told_once_though_its_day_moves_and_one_without_is_another(county):
    named, dated = [day(key="session 5")], [day()]
    b = with_rules(county, rule("named", named), rule("dated", dated))
    assert remind(b, D(2026, 3, 13)).sent == 10
    for held in (named, dated):
        held[:] = [day(key=held[0].key, on=D(2026, 3, 23), notice_by=D(2026, 3, 13), why="改期")]
    assert remind(b, D(2026, 3, 14)).sent == 5
    assert told(b, "a") == [("a", "2026-03-16"), ("a", "2026-03-23"), ("a", "session 5")]


def test_days_without_audience_or_notice_tell_nobody(county):
    b = with_rules(county, rule("a", day(audience=())), rule("b", day(notice_by=None)))
    before = entries(b)
    assert remind(b, D(2026, 3, 13)) == notices.Reminded(sent=0, failed=())
    assert entries(b) == before
    assert outbox(b) == []
    with pytest.raises(Invalid, match="after it"):
        day(notice_by=D(2026, 3, 17))


def test_pages_each_have_one_entry_that_counts_and_names_nobody(county, monkeypatch):
    monkeypatch.setattr(notices, "PAGE", 2)
    b = with_rules(county, rule("fifteenth", day(audience=(*FIVE, FIVE[0]))))
    before, seen = len(entries(b)), []
    done = b.store.run(notices.remind(b.store, b.tenant.on(D(2026, 3, 13)), seen.append))
    assert (done.sent, seen) == (5, [2, 4, 5])
    written = entries(b)[before:]
    assert [(e["what"], e["actor"], e["rule"], e["body"]["sent"]) for e in written] == [
        ("notice.sent", "job:notices", "days.fifteenth", n) for n in (2, 2, 1)
    ]
    assert not [person for person in FIVE if person in str(written)]
    assert len(outbox(b)) == 5
    assert {person for person in FIVE if person in str(outbox(b))} == set(FIVE)
    assert b.verify().whole


async def broken(context, desk, first, last):
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "bad",
    [
        DayRule(name="bad", title="坏", days=broken),
        rule("bad", "2026-03-16"),
        rule("bad", day(label=" ")),
        rule("bad", day(label="接待\0日")),
        rule("bad", day(text="\ud800")),
        rule("bad", day(key="x" * 501)),
        rule("bad", day(audience=("roads",))),
        rule("bad", day(audience=list(FIVE))),
        rule("bad", day(who="甲组")),
        rule("bad", *[day()] * (ruled.MOST + 1)),
        DayRule(name="bad", title="坏", days=lambda context, desk, first, last: [day()]),
    ],
)
def test_a_rule_that_fails_is_named_and_the_others_go_on(county, bad):
    b = with_rules(county, rule("a", day()), bad, rule("c", day()))
    done = remind(b, D(2026, 3, 13))
    assert done.sent == 10
    assert [f.partition(":")[0] for f in done.failed] == ["days.bad"]
    listed = b.ask(days.days, OFFICE, D(2026, 3, 1), D(2026, 3, 31))
    assert [d.rule for d in listed.days] == ["a", "c"]
    assert [f.partition(":")[0] for f in listed.failed] == ["days.bad"]
    assert b.verify().whole


def test_a_rule_may_ask_and_not_change(county):
    async def writing(context, desk, first, last):
        await desk._reader._link.change("DELETE FROM person", ())
        return ()

    b = with_rules(county, DayRule(name="a", title="坏", days=writing), rule("b", day()))
    done = remind(b, D(2026, 3, 13))
    assert (done.sent, len(done.failed)) == (5, 1)


@pytest.mark.parametrize("at", [1, 3, 4, 5])
def test_a_job_that_is_killed_sends_nothing_twice_and_loses_none(county, monkeypatch, at):
    monkeypatch.setattr(notices, "PAGE", 2)
    b = with_rules(county, rule("fifteenth", day()))
    emit, count = Unit.emit, iter(range(1, 100))

    def killed(self, name, /, **body):
        emit(self, name, **body)
        if name == "notice.sent" and next(count) == at:
            raise KeyboardInterrupt

    with monkeypatch.context() as m:
        m.setattr(Unit, "emit", killed)
        with pytest.raises(KeyboardInterrupt):
            remind(b, D(2026, 3, 13))
    whole = (at - 1) // 2 * 2
    assert len(outbox(b)) == whole
    assert len(told(b, *"abcde")) == whole
    assert remind(b).sent == 5 - whole
    assert told(b, *"abcde") == [(name, "2026-03-16") for name in "abcde"]
    assert len(outbox(b)) == 5
    assert b.verify().whole


@pytest.mark.parametrize("page", [1, 3, 200])
def test_two_jobs_at_once_send_one_notice_each(county, monkeypatch, page):
    """Both have seen that nobody was told before either sends."""
    monkeypatch.setattr(notices, "PAGE", page)
    meet, due = threading.Barrier(2, timeout=60), notices._due

    async def together(*args):
        found = await due(*args)
        meet.wait()
        return found

    monkeypatch.setattr(notices, "_due", together)
    b = with_rules(county, rule("fifteenth", day()))
    tenant, done = b.tenant.on(D(2026, 3, 13)), []

    def work():
        store = b.store.apart()
        try:
            done.append(store.run(notices.remind(store, tenant)))
        finally:
            store.shut()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [d.failed for d in done] == [(), ()]
    assert sum(d.sent for d in done) == 5
    assert told(b, *"abcde") == [(name, "2026-03-16") for name in "abcde"]
    assert len(outbox(b)) == 5
    assert sum(e["body"]["sent"] for e in entries(b) if e["what"] == "notice.sent") == 5
    assert b.verify().whole


def test_another_county_is_told_of_its_own_only(county):
    a, b = (with_rules(county, rule("fifteenth", day(key=key))) for key in ("ours", "theirs"))
    assert remind(a, D(2026, 3, 13)).sent == 5
    assert told(b, "a") == []
    assert b.ask(upkeep.sent_notices, OFFICE).rows == ()
    assert b.ask(upkeep.recipients, OFFICE, "fifteenth", "ours").rows == ()
    with pytest.raises(NotFound):
        b.do(notices.see, WHO["a"], "fifteenth", "ours")
    assert remind(b, D(2026, 3, 13)).sent == 5
    assert (told(a, "a"), told(b, "a")) == ([("a", "ours")], [("a", "theirs")])


def test_seen_is_marked_by_its_person_alone_and_the_first_time_counts(county):
    b = with_rules(county, rule("fifteenth", day(audience=FIVE[:2])))
    remind(b, D(2026, 3, 13))
    with pytest.raises(NotFound, match="you have no notice"):
        b.do(notices.see, WHO["c"], "fifteenth", "2026-03-16")
    with pytest.raises(NotFound):
        b.do(notices.see, OFFICE, "fifteenth", "2026-03-16")
    with pytest.raises(Invalid):
        b.do(notices.see, WHO["a"], "fifteenth", "\0")
    before = len(entries(b))
    first = b.do(notices.see, WHO["a"], "fifteenth", "2026-03-16")
    b.today = D(2026, 3, 14)
    assert b.do(notices.see, WHO["a"], "fifteenth", "2026-03-16") == first
    assert [n.seen_at for n in b.ask(notices.own, WHO["a"]).rows] == [first.seen_at]
    assert [n.seen_at for n in b.ask(notices.own, WHO["b"]).rows] == [None]
    (entry,) = entries(b)[before:]
    assert (entry["what"], entry["actor"], entry["body"]) == ("notice.seen", uid("a"), {"matter": "2026-03-16"})


def test_the_office_sees_who_has_and_has_not_seen_it(county):
    b = with_rules(county, rule("fifteenth", day()), rule("market", day(on=D(2026, 3, 20), audience=FIVE[:2])))
    remind(b, D(2026, 3, 13))
    for name in "bd":
        b.do(notices.see, WHO[name], "fifteenth", "2026-03-16")
    shown = b.ask(upkeep.sent_notices, OFFICE)
    assert [(m.rule, m.falls_on, m.sent, m.seen) for m in shown.rows] == [
        ("market", D(2026, 3, 20), 2, 0),
        ("fifteenth", DAY, 5, 2),
    ]
    asked = (upkeep.recipients, OFFICE, "fifteenth", "2026-03-16")
    assert {p.person for p in b.ask(*asked).rows} == set(FIVE)
    assert {p.person for p in b.ask(*asked).rows if p.seen_at} == {uid("b"), uid("d")}
    assert {p.person for p in b.ask(*asked, unseen=True).rows} == {uid(n) for n in "ace"}
    for who in (WHO["a"], Bench.actor("passer-by", "public"), Bench.actor("head", unit="roads")):
        for use_case in ((upkeep.sent_notices,), (upkeep.recipients, "fifteenth", "2026-03-16")):
            with pytest.raises(NotAllowed):
                b.ask(use_case[0], who, *use_case[1:])
        with pytest.raises(NotAllowed):
            b.store.run(upkeep.remind(b.store, b.tenant, who))


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_pages_lose_nothing(county, size):
    made = [day(on=D(2026, 3, n), notice_by=D(2026, 3, 1), key=f"第{n}天") for n in range(2, 9)]
    b = with_rules(county, rule("many", made))
    assert remind(b, D(2026, 3, 1)).sent == 35

    def walk(use_case, *args, **rest):
        found, after = [], ""
        while True:
            page = b.ask(use_case, *args, **rest, size=size, after=after)
            found += page.rows
            if not (after := page.after):
                return found

    own = walk(notices.own, WHO["a"])
    assert sorted(n.matter for n in own) == sorted(d.key for d in made)
    assert [n.falls_on for n in walk(upkeep.sent_notices, OFFICE)] == [D(2026, 3, n) for n in range(8, 1, -1)]
    people = walk(upkeep.recipients, OFFICE, "many", "第3天", unseen=True)
    assert [p.person for p in people] == sorted(FIVE)
    for use_case in ((notices.own, WHO["a"]), (upkeep.sent_notices, OFFICE), (upkeep.recipients, OFFICE, "many", "x")):
        for wrong in ({"after": "x"}, {"after": "WyJvcGVuZWQiXQ"}, {"size": 0}, {"size": 1001}):
            with pytest.raises(Invalid):
                b.ask(*use_case, **wrong)


def test_ones_own_are_the_newest_first(bench):
    b = with_rules(bench, rule("b", day()), rule("a", day(notice_by=D(2026, 3, 14))), rule("c", day(notice_by=DAY)))
    for n in (13, 14, 16):
        remind(b, D(2026, 3, n))
    assert [n.rule for n in b.ask(notices.own, WHO["a"]).rows] == ["c", "a", "b"]


HELD: list[Day] = []


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """One county for all made-up runs; each run is a matter of its own."""
    from renda_core.testing import embedded

    store = embedded(tmp_path_factory.mktemp("nights") / "n.db", lambda: dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    b = Bench(store, Catalogue.collect({"days": days_plugin(rule("made_up", HELD))}), {"days": {}})
    yield b
    b.close()


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 9),
    st.lists(st.tuples(st.integers(0, 12), st.frozensets(st.sampled_from("abcde"))), max_size=8),
)
def test_whatever_the_nights_each_who_belonged_in_time_is_told_once(nights, ahead, runs):
    """Model: told are exactly those who were of the audience on a night from the notice's date to the day."""
    on, key, model = D(2026, 5, 10), str(uuid4()), set()
    for n, names in sorted(runs, key=lambda r: r[0]):
        today = D(2026, 5, 1) + dt.timedelta(days=n)
        audience = tuple(uid(name) for name in names)
        HELD[:] = [day(on=on, notice_by=on - dt.timedelta(days=ahead), key=key, audience=audience)]
        fresh = names - model if on - dt.timedelta(days=ahead) <= today <= on else set()
        model |= fresh
        assert remind(nights, today).sent == len(fresh)
    found = nights.read(notices.people, "made_up", key, size=100).rows
    assert sorted(p.person for p in found) == sorted(uid(name) for name in model)


# -- the days themselves


def test_days_are_listed_for_who_may_find_them_and_tell_no_audience(county):
    b = with_rules(
        county,
        rule("open", day(why="逢周日顺延"), who="office deputy public"),
        rule("inner", day(on=D(2026, 4, 1)), day(on=D(2027, 4, 1)), who="office"),
    )
    listed = b.ask(days.days, OFFICE, D(2026, 3, 1), D(2026, 12, 31))
    assert [(d.rule, d.on, d.noticed) for d in listed.days] == [("open", DAY, 5), ("inner", D(2026, 4, 1), 5)]
    shown = b.ask(days.days, Bench.actor("passer-by", "public"), D(2026, 3, 1), D(2026, 12, 31))
    assert [d.rule for d in shown.days] == ["open"]
    assert not [person for person in FIVE if person in str(listed)]
    assert b.ask(days.days, Bench.actor("nobody")) == days.Listed(days=(), failed=())
    b.today = D(2026, 3, 16)
    assert [d.rule for d in b.ask(days.days, OFFICE).days] == ["open", "inner"]
    for wrong in ((D(2026, 3, 2), D(2026, 3, 1)), (D(2026, 1, 1), D(2030, 1, 1))):
        with pytest.raises(Invalid, match=r"lies before the first|is longer than"):
            b.ask(days.days, OFFICE, *wrong)
    assert b.ask(days.days, OFFICE, dt.date.max).days == ()


def test_days_are_a_calendar_feed(county):
    b = with_rules(county, rule("open", day(label="接待日\r\nEND:VEVENT", why="顺延"), who="office public"))
    raw = b.ask(feeds.feed, Bench.actor("passer-by", "public"), "days")
    (event,) = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    assert (str(event["summary"]), event["dtstart"].dt, str(event["description"])) == ("接待日 END:VEVENT", DAY, "顺延")
    assert not [person for person in FIVE if person.encode() in raw]
    assert icalendar.Calendar.from_ical(b.ask(feeds.feed, WHO["a"], "days")).walk("VEVENT") == []


def test_two_rules_of_one_name_are_an_error_that_names_both():
    plugins = {"a": days_plugin(rule("same", day())), "b": days_plugin(rule("same", day()))}
    with pytest.raises(PluginError) as said:
        Catalogue.collect(plugins).practice(frozenset(plugins))
    assert "'a' and 'b' both offer DayRule 'same'" in str(said.value.reasons)
