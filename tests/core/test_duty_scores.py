"""Scores of deputies: explained, the same from records, lines and counters, nobody else's business, never a ranking."""

import contextlib
import datetime as dt
import random
import time

import attrs
import pytest
from tests.core.dutying import CHAIR, CHEN, LI, OFFICE, STATION, WANG, counters, made_anew
from tests.core.pointing import (
    COUNTY,
    TOWN,
    YEAR,
    D,
    did,
    hold,
    pointed,
    record,
    score,
    scores,
    third,
)

from renda_core.domain.mandates import MandateEvent
from renda_core.errors import Invalid, NotFound, PracticeFailed, Rejected
from renda_core.records import ScoreRule, Veto
from renda_core.services import budgets, duty, mandates
from renda_core.services.desk import StoreDesk
from renda_core.services.duty import standing as stands
from renda_core.services.duty.pricing import Pricing
from renda_core.testing import Bench, uid

SHORT = 0.3
"""Seconds that the code of a practice is given here."""
SUSPENDED = MandateEvent(
    kind="suspend", on=D(2026, 2, 1), legal_act="公告 1 号", by_body="standing_committee", reason="detained"
)


def ended(on, reason="resignation_accepted"):
    """Make the end of a mandate."""
    return MandateEvent(kind="end", on=on, legal_act="公告 2 号", by_body="standing_committee", reason=reason)


def ask(b, question, *args, by=OFFICE, **rest):
    """Ask a desk."""

    async def asked(reader, tenant):
        return await getattr(StoreDesk(reader, tenant, *([by] if by else [])), question)(*args, **rest)

    return b.ask(asked)


# -- one person, explained


def test_every_point_is_shown_with_its_record_its_item_and_its_version(county):
    b = pointed(county, settings={"start": 6_000})
    visit, training, leave, talk, proven = did(
        b,
        record("wang", "visit", D(2026, 3, 1), quantity=2, facts={"people": 30}),
        record("wang", "training", D(2026, 4, 1), facts={"hours": 15}),
        record("wang", "leave", D(2026, 5, 1), quantity=3),
        record("wang", "talk", D(2026, 6, 1)),
        record("wang", "talk", D(2026, 6, 2), evidence=("照片",)),
    )
    did(b, record("wang", "visit", D(2025, 12, 31)), record("li", "visit", D(2026, 3, 1)))
    found = score(b, WANG, "wang")
    assert [(e.record, e.item, e.points) for e in found.score.entries] == [
        (visit.id, "visit", 900),
        (training.id, "training", 125),
        (leave.id, "leave", -300),
        (talk.id, "talk", 0),
        (proven.id, "talk", 200),
    ]
    assert found.score.start == 6_000
    assert found.score.total == 6_925
    assert {e.formula for e in found.score.entries} == {found.score.formulas[0].formula}
    assert (found.person, found.name, found.mandate, found.congress) == (WANG.id, "wang", uid("mandate wang"), COUNTY)
    assert (found.band, found.band_title, found.poor, found.result) == ("good", "良好", False, None)
    exposed = found.exposure
    assert (exposed.days, exposed.in_office, exposed.taken, exposed.missed) == (365, 365, 1, 1)
    assert str(exposed.attendance) == "50.00 % (1 / 2 应参加次数)"
    assert {i.code: (i.records, i.quantity, i.earned, i.counted) for i in found.score.items} == {
        "visit": (1, 2, 900, 900),
        "training": (1, 1, 125, 125),
        "leave": (1, 3, -300, -300),
        "talk": (2, 2, 200, 200),
    }


def test_each_record_is_scored_by_its_own_day_and_caps_are_those_of_the_last(county):
    july = {D(2026, 7, 1): {"visit": 500, "cap": 900}}
    b = pointed(county, changes=july)
    did(b, record("wang", "visit", D(2026, 6, 30)), record("wang", "visit", D(2026, 7, 1)))
    found = score(b, OFFICE, "wang")
    assert [e.points for e in found.score.entries] == [300, 500]
    assert found.score.total == 800
    assert [(f.since, f.points) for f in found.score.formulas] == [(dt.date.min, 300), (D(2026, 7, 1), 500)]
    did(b, record("wang", "visit", D(2026, 8, 1)))
    assert score(b, OFFICE, "wang").score.total == 900
    half = (YEAR[0], D(2026, 6, 30))
    assert score(b, OFFICE, "wang", days=half).score.items[0].cap == 2_000
    b.today = D(2026, 6, 30)  # the year is not over: its last rules are not in force yet
    assert score(b, OFFICE, "wang").score.items[0].cap == 2_000


def test_only_what_counts_scores(county):
    b = pointed(county, today=D(2026, 3, 31))
    made = b.do(duty.enter, WANG, record("wang", "visit", D(2026, 3, 1), state="entered"))
    assert score(b, WANG, "wang").score.total == 0
    b.do(duty.mark, OFFICE, duty.Marking(id=made.id, do="confirm"))
    assert score(b, WANG, "wang").score.total == 300
    b.do(duty.mark, WANG, duty.Marking(id=made.id, do="appeal", why="人数记错"))
    assert score(b, WANG, "wang").score.total == 300


def test_a_deputy_hears_of_themself_and_the_offices_of_everybody(county):
    b = pointed(county)
    for who in (WANG, OFFICE, CHAIR):
        assert score(b, who, "wang").person == WANG.id
    for who in (LI, CHEN, STATION, Bench.actor("x", "public"), Bench.actor("y", "committee presidium inspector")):
        with pytest.raises(NotFound, match=f"^no person {WANG.id}$"):
            score(b, who, "wang")
        with pytest.raises(NotFound, match="no person"):
            score(b, who, "nobody at all")
        with pytest.raises(NotFound):
            scores(b, by=who)


@pytest.mark.parametrize("name", ["nobody at all", "chen"])
def test_of_whom_nothing_is_known_there_is_no_score(county, name):
    b = pointed(county)
    for who in (OFFICE, CHEN) if name == "chen" else (OFFICE,):
        with pytest.raises(NotFound, match="no person"):
            score(b, who, name)
    with pytest.raises(NotFound, match="no person 1"):
        b.ask(duty.score_of, OFFICE, "1", "points", *YEAR)


def test_whom_the_roster_does_not_know_scores_by_what_is_bound_to_no_mandate(county):
    b = pointed(county)
    did(b, record("chen", "visit", D(2026, 3, 1)))
    found = score(b, CHEN, "chen")
    assert (found.score.total, found.mandate, found.congress, found.exposure.in_office) == (300, "", "", 0)
    with pytest.raises(NotFound):
        score(b, OFFICE, "chen", congress=COUNTY)
    assert [s.person for s in scores(b)] == [LI.id, WANG.id]


def test_an_unknown_rule_is_told_with_those_that_are_enabled(county):
    b = pointed(county)
    with pytest.raises(NotFound, match=r"no rule of points 'stars' is enabled here; enabled: points$"):
        score(b, WANG, "wang", rule="stars")
    with pytest.raises(NotFound, match="enabled: none; enable a practice that offers one"):
        score(pointed(county, scores=()), WANG, "wang")


def test_a_period_that_ends_before_it_begins_is_refused(county):
    with pytest.raises(Invalid, match="the last day, 2025-12-31, lies before the first, 2026-01-01"):
        score(pointed(county), WANG, "wang", days=(D(2026, 1, 1), D(2025, 12, 31)))


def test_a_period_without_end_is_scored_too(county):
    b = pointed(county)
    did(b, record("wang", "visit", D(2026, 3, 1)))
    ever = (D(1, 1, 1), D(9999, 12, 31))
    assert score(b, WANG, "wang", days=ever).score.total == 300
    assert [s.score.total for s in scores(b, days=ever)] == [0, 300]


# -- several mandates, terms, by-elections


def test_one_record_of_three_mandates_is_read_by_each_and_counted_once(county):
    b = pointed(county)
    third(b)
    hold(b, "wang", "wang in town")
    hold(b, "wang", "wang in city", of="city")
    (made,) = did(b, record("wang", "visit", D(2026, 3, 1), facts={"people": 7}))
    (own,) = did(b, record("wang", "training", D(2026, 3, 1), congress=TOWN))
    assert len(made.mandates) == 3
    with pytest.raises(
        Invalid, match=r"the person held mandates in several congresses; name one: .*示例镇人民代表大会"
    ):
        score(b, WANG, "wang")
    for congress, total in ((COUNTY, 370), (TOWN, 420), (uid("city"), 370)):
        assert score(b, WANG, "wang", congress=congress).score.total == total
        assert {s.person: s.score.total for s in scores(b, congress=congress)}[WANG.id] == total
    with pytest.raises(NotFound, match="the person held no mandate there between 2026-01-01 and 2026-12-31"):
        score(b, OFFICE, "li", congress=TOWN)
    for congress, kinds in ((COUNTY, ["visit"]), (TOWN, ["training", "visit"]), ("", ["training", "visit"])):
        found = ask(b, "duty_counts", *YEAR, congress=congress)
        assert [(c.person, c.kind, c.n, c.quantity) for c in found] == [(WANG.id, k, 1, 1) for k in kinds]
        assert dict(found[-1].facts) == {"people": 7}
        between = ask(b, "records_between", *YEAR, congress=congress)
        assert {r.id for r in between} == ({made.id} if congress == COUNTY else {made.id, own.id})


def test_who_came_in_a_by_election_had_fewer_days(county):
    b = pointed(county, settings={"start": 6_000})
    hold(b, "zhao", "zhao", of="county", on=D(2026, 7, 2))
    found = score(b, OFFICE, "zhao")
    assert (found.exposure.in_office, found.exposure.days) == (183, 365)
    assert found.score.total == found.score.start == 3_008  # 6000 × 183 / 365 = 3008.2
    with pytest.raises(NotFound):
        score(b, OFFICE, "zhao", days=(D(2025, 1, 1), D(2025, 12, 31)))


def test_a_term_change_within_the_year_leaves_one_score(county):
    b = pointed(county)
    opened = D(2026, 6, 10)
    b.do(mandates.happen, OFFICE, uid("mandate wang"), attrs.evolve(ended(opened, "term_ended"), by_body="congress"))
    later = hold(b, "wang", "wang again", of="county", on=opened, term=7)
    did(b, record("wang", "visit", D(2026, 6, 9)), record("wang", "visit", opened))
    found = score(b, WANG, "wang")
    assert (found.score.total, found.mandate, found.exposure.in_office) == (600, later, 365)
    (every,) = [s for s in scores(b) if s.person == WANG.id]
    assert every == attrs.evolve(found, score=attrs.evolve(found.score, entries=()))
    before = score(b, WANG, "wang", days=(YEAR[0], opened - dt.timedelta(1)))
    assert (before.mandate, before.score.total) == (uid("mandate wang"), 300)


def test_two_mandates_of_one_congress_at_once_count_a_record_once(county):
    b = pointed(county)
    hold(b, "wang", "wang twice", of="county", term=7)
    (made,) = did(b, record("wang", "visit", D(2026, 3, 1), facts={"people": 1}))
    assert len(made.mandates) == 2
    assert {s.person: s.score.total for s in scores(b)} == {WANG.id: 310, LI.id: 0}
    assert [(c.n, dict(c.facts)) for c in ask(b, "duty_counts", *YEAR, congress=COUNTY)] == [(1, {"people": 1})]


def test_who_was_only_elected_and_never_confirmed_is_not_scored(county):
    b = pointed(county)
    hold(b, "zhao", "zhao", of="county", state="elected")
    assert [s.name for s in scores(b)] == ["li", "wang"]
    with pytest.raises(NotFound):
        score(b, OFFICE, "zhao")


# -- everybody, both ways


def random_records(b, seed, names=("wang", "li", "zhao", "qian", "sun")):
    """Fill a year with what deputies do, and change some of it after."""
    rng = random.Random(seed)
    made = []
    for n in range(80):
        name, kind = rng.choice(names), rng.choice(["visit", "training", "leave", "talk", "secret"])
        on = D(2026, 1, 1) + dt.timedelta(rng.randrange(365))
        facts = {"visit": {"people": rng.randrange(40)}, "training": {"hours": rng.randrange(30)}}.get(kind, {})
        proof = ("照片",) if rng.random() < 0.5 else ()
        state = rng.choice(["confirmed", "confirmed", "confirmed", "entered"])
        rest = {"quantity": rng.randrange(1, 4), "facts": facts, "evidence": proof, "state": state}
        with contextlib.suppress(Rejected):  # outside the mandate
            made += did(b, record(name, kind, on, n=n, **rest))
    for r in rng.sample(made, 12):
        do = "confirm" if r.state == "entered" else "withdraw"
        b.do(duty.mark, OFFICE, duty.Marking(id=r.id, do=do, why="核对"))
    return made


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("turn", [D(2026, 7, 1), D(2026, 7, 15)], ids=["first of a month", "mid-month"])
def test_counters_lines_and_records_give_the_same_scores(county, monkeypatch, seed, turn):
    b = pointed(county, settings={"start": 6_000}, changes={turn: {"visit": 400, "people": 7, "cap": 1_500}})
    hold(b, "zhao", "zhao", of="county", on=D(2026, 5, 5))
    hold(b, "wang", "wang in town", on=D(2022, 1, 1))
    hold(b, "qian", "qian", of="county", on=D(2026, 1, 1))
    b.do(mandates.happen, OFFICE, uid("qian"), attrs.evolve(ended(D(2026, 9, 9)), by_body="congress"))
    hold(b, "qian", "qian again", of="county", on=D(2026, 9, 9), term=7)
    random_records(b, seed)
    assert counters(b) == {k: n for k, n in made_anew(b).items() if n}
    names = {uid(n): n for n in ("wang", "li", "zhao", "qian")}
    for congress, n in ((COUNTY, 4), (TOWN, 1)):
        every = {s.person: s for s in scores(b, congress=congress)}
        assert len(every) == n
        assert every == {p: unexplained(score(b, OFFICE, names[p], congress=congress)) for p in every}
        with monkeypatch.context() as m:
            m.setattr(Pricing, "by_month", lambda self: False)
            assert {s.person: s for s in scores(b, congress=congress)} == every


def unexplained(found):
    """Leave single entries away."""
    return attrs.evolve(found, score=attrs.evolve(found.score, entries=()))


def test_counters_are_read_where_they_tell_the_points_and_nowhere_else(county, monkeypatch):
    b = pointed(county, changes={D(2026, 7, 15): {"visit": 400}})
    did(b, record("wang", "visit", D(2026, 7, 20)))

    def reads(days):
        asked = []
        with monkeypatch.context() as m:
            for name in ("lines", "kept"):
                m.setattr(stands, name, watched(getattr(stands, name), name, asked))
            return asked, {s.name: s.score.total for s in scores(b, days=days)}

    assert reads((D(2026, 1, 1), D(2026, 6, 30))) == (["kept"], {"li": 0, "wang": 0})
    assert reads((D(2026, 8, 1), D(2027, 1, 31))) == (["kept"], {"li": 0, "wang": 0})
    assert reads(YEAR) == (["lines"], {"li": 0, "wang": 400})
    assert reads((D(2026, 1, 1), D(2026, 6, 29)))[0] == ["lines"]


def watched(ask, name, asked):
    """Note each question."""

    async def found(*args, **rest):
        asked.append(name)
        return await ask(*args, **rest)

    return found


def test_a_list_goes_by_name_and_never_by_points(county):
    b = pointed(county, deputies=("chen", "an", "bao"))
    did(b, record("chen", "visit", D(2026, 3, 1), quantity=5), record("bao", "visit", D(2026, 3, 1)))
    assert [(s.name, s.score.total) for s in scores(b)] == [("an", 0), ("bao", 300), ("chen", 1_500)]
    with pytest.raises(Invalid, match="name the congress"):
        scores(b, congress="")
    assert scores(b, congress=uid("no such")) == scores(b, congress="no id") == ()


def test_two_tenants_with_the_same_people_keep_their_own(county):
    one, other = pointed(county), pointed(county)
    did(one, record("wang", "visit", D(2026, 3, 1)))
    assert [s.score.total for s in scores(one)] == [0, 300]
    assert [s.score.total for s in scores(other)] == [0, 0]
    assert score(other, WANG, "wang").score.entries == ()
    assert ask(other, "duty_counts", *YEAR) == ask(other, "records_between", *YEAR) == ()


# -- vetoes


def idle(context, records):
    return "" if records else f"{context.settings.visit} 分无人得"


def detained(context, standing):
    return "代表职务暂停" if any(m.state == "suspended" for m in standing.mandates) else ""


def test_a_veto_withholds_and_takes_no_points(county):
    b = pointed(county, Veto(name="idle", title="无履职", why=idle), Veto(name="held", title="暂停", of=detained))
    did(b, record("wang", "visit", D(2026, 1, 5)), record("wang", "visit", D(2025, 1, 5)))
    b.do(mandates.happen, OFFICE, uid("mandate wang"), SUSPENDED)
    found = score(b, WANG, "wang")
    assert (found.score.total, found.score.vetoes) == (300, ("暂停：代表职务暂停",))
    assert (found.exposure.in_office, found.exposure.suspended) == (31, 334)
    assert score(b, LI, "li").score.vetoes == ("无履职：300 分无人得",)
    assert {s.name: s.score.vetoes for s in scores(b)} == {"wang": found.score.vetoes, "li": ("无履职：300 分无人得",)}


def test_a_veto_is_asked_of_what_counts_in_that_congress_alone(county):
    told = []

    def look(context, standing):
        told.append((standing.first, standing.last, standing.person, [r.kind for r in standing.records]))
        return ""

    b = pointed(county, Veto(name="look", of=look), deputies=("wang",))
    hold(b, "wang", "wang in town")
    did(b, record("wang", "training", D(2026, 1, 4), congress=TOWN), record("wang", "secret", D(2026, 1, 5)))
    did(b, record("wang", "visit", D(2026, 1, 6), state="entered"))
    for congress in (COUNTY, TOWN):
        assert score(b, WANG, "wang", congress=congress).score.vetoes == ()
        assert scores(b, congress=congress)[0].score.vetoes == ()
    both = [(*YEAR, WANG.id, ["secret"])] * 2 + [(*YEAR, WANG.id, ["training", "secret"])] * 2
    assert told == both


def hanging(*_):
    """Never come back."""
    while True:
        time.sleep(0.01)


def broken(context, records):
    raise KeyError("李四的秘密")


@pytest.mark.parametrize(
    ("veto", "how"),
    [
        (Veto(name="bad", title="坏", why=broken), "failed: KeyError"),
        (Veto(name="bad", title="坏", why=lambda context, records: 7), "gave a int, not a str"),
        (Veto(name="bad", title="坏", of=hanging), f"took longer than {SHORT} s"),
    ],
    ids=["raises", "nonsense", "hangs"],
)
def test_a_veto_that_cannot_be_asked_withholds_and_is_named(county, monkeypatch, veto, how):
    monkeypatch.setattr(budgets, "RULE", SHORT)
    monkeypatch.setattr(budgets, "STRETCH", SHORT)
    b = pointed(county, veto)
    told = f"坏：无法核实，暂不授予（veto points.bad could not be asked: veto points.bad {how}）"
    found = score(b, WANG, "wang")
    assert found.score.vetoes == (told,)
    assert "秘密" not in str(found)
    assert [s.score.vetoes for s in scores(b)] == [(told,)] * 2
    assert b.tenant.faults.of(b.tenant.id)["points"].what.startswith("veto bad")


def test_a_veto_that_fails_of_one_is_asked_of_the_next(county):
    def picky(context, standing):
        return {}[standing.person] if standing.person == WANG.id else ""

    b = pointed(county, Veto(name="picky", of=picky))
    assert {s.name: bool(s.score.vetoes) for s in scores(b)} == {"li": False, "wang": True}


# -- rules that fail


def rule(**rest):
    return ScoreRule(**{"name": "points", "title": "积分", **rest})


@pytest.mark.parametrize(
    ("bad", "how"),
    [
        (rule(items=lambda settings: 1 // 0), "failed: ZeroDivisionError"),
        (rule(items=hanging), f"took longer than {SHORT} s"),
        (rule(kinds=frozenset({"visit"}), points=lambda settings, r: {}["x"]), "failed: KeyError"),
        (rule(items=lambda settings: (), start=lambda settings: 1 // 0), "failed: ZeroDivisionError"),
        (rule(items=lambda settings: (), bands=lambda settings: ("好",)), "gave a str, not a Band"),
    ],
    ids=["raises", "hangs", "function", "start", "bands"],
)
def test_a_rule_that_fails_is_named_and_gives_no_score(county, monkeypatch, bad, how):
    monkeypatch.setattr(budgets, "RULE", SHORT)
    monkeypatch.setattr(budgets, "STRETCH", SHORT)
    b = pointed(county, scores=(bad,))
    did(b, record("wang", "visit", D(2026, 3, 1)))
    for work in (lambda: score(b, WANG, "wang"), lambda: scores(b)):
        with pytest.raises(PracticeFailed, match=rf"score rule points\.points {how}"):
            work()


def test_lines_that_are_no_rule_are_refused_with_the_reason(county):
    b = pointed(county, changes={D(2026, 7, 1): {"twice": True}})
    did(b, record("wang", "visit", D(2026, 3, 1)))
    for work in (lambda: score(b, WANG, "wang"), lambda: scores(b)):
        with pytest.raises(Invalid, match="items visit and again both count visit; take it from one of them"):
            work()
    assert score(b, WANG, "wang", days=(D(2026, 1, 1), D(2026, 6, 30))).score.total == 300


def test_a_rule_by_a_function_is_scored_from_records_alone(county):
    by_quantity = rule(kinds=frozenset({"visit"}), points=lambda settings, r: settings.visit * r.quantity)
    b = pointed(county, scores=(by_quantity,))
    did(b, record("wang", "visit", D(2026, 3, 1), quantity=2))
    assert {s.name: s.score.total for s in scores(b)} == {"wang": 600, "li": 0}
    assert score(b, WANG, "wang").score.total == 600
