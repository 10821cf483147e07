"""What is kept counted is what the records come to, whatever people, rolls and assessments do in any order."""

import datetime as dt
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from tests.core.dutying import (
    CHAIR,
    LI,
    OFFICE,
    SECOND,
    STATION,
    WANG,
    D,
    Roll,
    also,
    counters,
    county_of,
    enter,
    made_anew,
    mark,
    records_of,
)

from renda_core.domain.duty import MARKS
from renda_core.domain.mandates import MandateEvent
from renda_core.errors import RendaError
from renda_core.records import Band, Item, ScoreRule
from renda_core.services import duty, mandates
from renda_core.services.duty import scoring, sources, writing
from renda_core.testing import Bench, uid

KINDS = ("visit", "training", "talk")
PEOPLE, ASKERS = (WANG, LI), (OFFICE, SECOND, CHAIR, STATION, WANG, LI)
TODAY, YEAR = D(2026, 3, 31), 2025
days = st.dates(D(2021, 12, 1), D(2026, 4, 2)) | st.dates(D(2025, 12, 1), D(2026, 1, 31))
people = st.sampled_from(PEOPLE)
facts = st.sampled_from([{}, {"people": 3}, {"approx": 1, "people": 20}, {"hours": 15}])
evidence = st.sampled_from([(), ("签到表",)])
rolls = st.builds(
    lambda came, congress, n: Roll(
        present=tuple(p.id for p in came),
        absent=tuple(p.id for p in PEOPLE if p not in came),
        congress=congress,
        half_days=n,
    ),
    st.sets(people),
    st.sampled_from(["", uid("county"), uid("town")]),
    st.integers(1, 3),
)


def points():
    """Make a rule whose results are kept, as records of a kind that counts."""
    items = (Item(code="all", title="全部", kinds="visit training talk session", base=100),)
    bands = (Band(code="good", title="好", least=200), Band(code="poor", title="差", least=-100_000, poor=True))
    return ScoreRule(
        name="points",
        title="积分",
        items=lambda _: items,
        bands=lambda _: bands,
        result="secret",
        start=lambda _: 1_000,
    )


class Counters(RuleBasedStateMachine):
    """Everything that writes records, in any order, by anybody; what is refused changes nothing."""

    def __init__(self, store, n):
        """Make a county of two deputies, of whom one sits in the town too."""
        super().__init__()

        def county(plugins, *, catalogue, **rest):
            return Bench(store, catalogue, plugins, name=f"county {n}", **rest)

        self.b, self.case = county_of(county, points(), today=TODAY), None
        also(self.b, "wang", "town", on=D(2025, 12, 20))

    def tried(self, work, *given, **rest):
        """Try something that may be refused."""
        try:
            return work(self.b, *given, **rest)
        except RendaError:
            return None

    @rule(
        by=st.sampled_from(ASKERS), who=people, kind=st.sampled_from(KINDS), on=days, quantity=st.integers(0, 3),
        told=facts, proof=evidence, state=st.sampled_from(["entered", "confirmed"]), source=st.integers(1, 4),
        again=st.sampled_from(["", "另一件"]), here=st.sampled_from(["", uid("county"), uid("town")]),
    )  # fmt: skip
    def enter(self, by, who, kind, on, quantity, told, proof, state, source, again, here):
        """Enter a record by hand."""
        rest = {"kind": kind, "on": on, "quantity": quantity, "facts": told, "evidence": proof, "state": state}
        self.tried(enter, by, person=who.id, source=f"册 {source}", again=again, congress=here, **rest)

    @precondition(lambda self: any(records_of(self.b, who) for who in PEOPLE))
    @rule(
        data=st.data(), by=st.sampled_from(ASKERS), do=st.sampled_from(sorted(MARKS)), on=st.none() | days,
        quantity=st.none() | st.integers(0, 3), told=st.none() | facts, proof=st.none() | evidence,
    )  # fmt: skip
    def mark(self, data, by, do, on, quantity, told, proof):
        """Make a mark on one of the records."""
        record = data.draw(st.sampled_from([r for who in PEOPLE for r in records_of(self.b, who)]))
        given = {"on": on, "quantity": quantity, "facts": told, "evidence": proof}
        changes = {f: v for f, v in given.items() if v is not None} if do in ("correct", "grant") else {}
        self.tried(mark, by, record, do, "缘由", changes=changes)

    @rule(roll=rolls, by=st.sampled_from([OFFICE, SECOND]), later=st.booleans())
    def call(self, roll, by, later):
        """Call a roll, or call it again; at times of a new meeting on a later day."""
        if self.case is None or (later and self.b.today < D(2026, 4, 20)):
            self.case = self.b.open("meeting", by)
            self.b.today += dt.timedelta(int(later))
        step = "recall" if self.case.version else "call"
        self.case = self.b.step(self.case, step, by, payload=roll)

    @rule(lines=st.lists(st.tuples(people, st.sampled_from(KINDS), days, st.integers(1, 3)), max_size=4))
    def register(self, lines):
        """Enter the lines of a register, each under a source made of what it says."""
        for who, kind, on, quantity in lines:
            rest = {"person": who.id, "kind": kind, "on": on, "quantity": quantity}
            self.tried(enter, SECOND, source=sources.derived(on, kind), again="册", **rest)

    @rule(who=people, kind=st.sampled_from(["suspend", "resume", "suspend", "resume", "end"]), on=days)
    def happen(self, who, kind, on):
        """Enter late what happened to a mandate."""
        reason = {"suspend": "detained", "end": "resignation_accepted"}.get(kind, "")
        event = MandateEvent(kind=kind, on=on, legal_act="公告", by_body="standing_committee", reason=reason)
        mandate = uid("mandate wang" if who is WANG else "mandate li")
        self.tried(lambda b: b.do(mandates.happen, OFFICE, mandate, event))

    @rule(congress=st.sampled_from(["county", "town"]))
    def assess(self, congress):
        """Keep the results of a year that is over."""
        self.tried(lambda b: b.do(scoring.assess, OFFICE, "points", YEAR, uid(congress)))

    @invariant()
    def counted(self):
        """Find the same counters as made anew; and what counts lies in mandates in force, or in none."""
        assert counters(self.b) == made_anew(self.b)
        for who in PEOPLE:
            held = {m.id: m for m in self.b.read(writing.Held.load, [who.id]).of(who.id)}
            told = [r for r in records_of(self.b, who) if r.counts and not r.source.startswith("score:")]
            assert all(writing.in_force(held[id], r) for r in told for id in r.mandates)

    def teardown(self):
        """See that points from counters are those from records, and the journal is whole."""
        first, last = D(2026, 1, 1), D(2026, 12, 31)
        for one in self.b.ask(duty.scores_of, OFFICE, "points", first, last, uid("county")):
            alone = self.b.ask(duty.score_of, OFFICE, one.person, "points", first, last, uid("county"))
            assert (one.score.total, one.exposure) == (alone.score.total, alone.exposure)
        assert self.b.verify().whole


def test_counters_are_what_the_records_come_to(sqlite_store):
    names = count()
    few = settings(max_examples=12, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(lambda: Counters(sqlite_store, next(names)), settings=few)
