"""Any sequence of steps on a population of suggestions keeps what must always hold."""

import datetime as dt
import os
import shutil
import tempfile
from pathlib import Path

import attrs
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select
from tests.core.suggesting import CHAIR, CHEN, LI, NAME, OFFICE, POWER, REPLY, ROADS, WANG, WATER, draft, people

from renda_core.catalogue import Catalogue
from renda_core.domain.case import Case
from renda_core.domain.suggestion import GRADES, signers
from renda_core.errors import Invalid, NotFound, Rejected
from renda_core.services import cases, corrections, jobs
from renda_core.store import tables
from renda_core.store.compile import Query, keyed
from renda_core.store.index import envelope, index
from renda_core.testing import ZONE, Bench, embedded
from renda_plugins import second_assignment, suggestion_handling

SOAK = os.environ.get("RENDA_SOAK") == "1"
CATALOGUE = Catalogue.collect({NAME: suggestion_handling, "second_assignment": second_assignment})
UNITS = (ROADS, WATER, POWER)
DEPUTIES = (WANG, LI, CHEN)
MODES = (
    ("sole",),
    ("lead", "joint"),
    ("lead", "joint", "joint"),
    ("separate", "separate"),
    ("joint",),
    ("sole", "joint"),
)
STEPS = sorted(s for s in CATALOGUE.practice(frozenset(CATALOGUE.offers)).procedure("suggestion").steps)
SIDES = {side: Query(select(*side.c).where(*keyed(side, "case_id")), dict) for side in tables.SIDES}
FILE = Query(select(*tables.case_file.c).where(*keyed(tables.case_file, "id")), dict)
TELLING = frozenset({"evaluate", "collect_form"})


async def rows(reader, query, **values):
    """Read the rows of one case as they are stored."""
    return [{k: v for k, v in row.items() if k != "tenant_id"} for row in await reader.all(query, **values)]


class Handling(RuleBasedStateMachine):
    """A few suggestions, everybody who may touch them, and time that goes on."""

    @initialize(by_signers=st.booleans(), by_time=st.booleans(), consent=st.booleans(), redo=st.booleans())
    def begin(self, by_signers, by_time, consent, redo):
        self.folder = Path(tempfile.mkdtemp(prefix="renda-machine-"))
        moment = dt.datetime(2026, 1, 20, 9, tzinfo=ZONE)
        given = {
            "evaluated_by": "signers" if by_signers else "lead",
            "returns_refused_by_time": by_time,
            "hard_needs_consent": consent,
        }
        more = {"redo": ["unsatisfied", "basically"] if redo else ["unsatisfied"], "rounds": 3}
        store = embedded(self.folder / "county.db", lambda: moment)
        self.b = Bench(store, CATALOGUE, {NAME: given, "second_assignment": more})
        self.cases: dict[str, Case] = {}
        self.touched: str = ""

    def keep(self, id):
        """Compare a case with what it was; nothing that happened is ever rewritten."""
        before, after = self.cases.get(id), self.b.case(id)
        if before:
            assert after.acts[: len(before.acts)] == before.acts
            assert after.round >= before.round
            assert after.version >= before.version
            old, new = ([(a.unit, a.role, a.round, a.on) for a in c.assignments] for c in (before, after))
            assert new[: len(old)] == old
            closed = [a for a in before.assignments if a.round < before.round]
            assert closed == [a for a in after.assignments if a.round < before.round]
            ticks = {(c.name, c.unit, c.round): c.ticks for c in before.clocks}
            for c in after.clocks:
                had = ticks.pop((c.name, c.unit, c.round), ())
                assert c.ticks[: len(had)] == had
            assert not ticks
        assert after.version == len(after.acts) - 1
        self.cases[id], self.touched = after, id

    def attempt(self, id, step, by, **rest):
        """Take a step that may be refused; a refusal leaves everything as it was."""
        try:
            self.b.step(self.cases[id], step, by, **rest)
        except (Rejected, NotFound, Invalid):
            assert self.b.case(id) == self.cases[id]
            return False
        for known in self.cases:  # followers moved too
            self.keep(known)
        self.touched = id
        if by in UNITS:
            assert step not in TELLING
        return True

    @precondition(lambda self: len(self.cases) < 4)
    @rule(by=st.sampled_from(DEPUTIES), invited=st.booleans(), hard=st.booleans(), session=st.booleans())
    def propose(self, by, invited, hard, session):
        others = [n for n, d in zip(("wang", "li", "chen"), DEPUTIES, strict=True) if d is not by] if invited else []
        self.keep(draft(self.b, by, invited=others, hard=hard, in_session=session).id)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), sensible=st.booleans())
    def step(self, data, sensible):
        id = data.draw(st.sampled_from(sorted(self.cases)), label="case")
        by = data.draw(st.sampled_from((OFFICE, *UNITS, *DEPUTIES, CHAIR)), label="by")
        names = STEPS
        if sensible:
            try:
                names = [
                    s.step for s in self.b.ask(cases.steps_of, by, id) if s.yours and s.step != "withdraw"
                ] or STEPS
            except NotFound:
                return
        name = data.draw(st.sampled_from(sorted(names)), label="step")
        self.attempt(id, name, by, **self.fields(data, id, name))

    def fields(self, data, id, name):
        """Fill in what a step takes, mostly well."""
        case, fields = self.cases[id], {"note": data.draw(st.sampled_from(("为此", "")), label="note")}
        if name == "reply":
            fields |= REPLY
        if name == "decline":
            fields["payload"] = {"reason": data.draw(st.sampled_from(("private", "mood")))}
        if name == "withhold":
            fields["payload"] = {"reason": "deputy"}
        if name in TELLING:
            fields["grade"] = data.draw(st.sampled_from(GRADES), label="grade")
            fields["payload"] = {"of": data.draw(st.sampled_from(signers(case) or (WANG.id,)))}
        if name in ("assign", "replace_unit", "reassign"):
            mode, order = data.draw(st.sampled_from(MODES)), data.draw(st.permutations(UNITS))
            fields["units"] = tuple((u.unit, r) for u, r in zip(order, mode, strict=False))
        if name in ("replace_unit", "keep_unit", "grant_more_time", "refuse_more_time"):
            fields["unit"] = data.draw(st.sampled_from(UNITS)).unit
        if name in ("invite", "cosign_on_paper"):
            fields["parties"] = {"cosigner": people("chen")}
        if name == "merge":
            fields["links"] = {"merged_into": (data.draw(st.sampled_from(sorted(self.cases))),)}
        return fields

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), grade=st.sampled_from(GRADES), mode=st.sampled_from(MODES[:4]), rounds=st.integers(1, 2))
    def handle(self, data, grade, mode, rounds):
        """Bring a case some way along, so that deep states are reached too."""
        id = data.draw(st.sampled_from(sorted(self.cases)))
        for by in DEPUTIES:
            self.attempt(id, "cosign", by)
        for by in (OFFICE, *DEPUTIES):
            self.attempt(id, "submit", by)
        self.attempt(id, "accept", OFFICE)
        for number in range(rounds):
            units = {"units": tuple((u.unit, r) for u, r in zip(UNITS, mode, strict=False)), "note": "再办"}
            self.attempt(id, "reassign" if number else "assign", OFFICE, **units)
            for by in UNITS:
                self.attempt(id, "give_opinion", by) or self.attempt(id, "reply", by, **REPLY)
            self.attempt(id, "remind", OFFICE)
            for of in signers(self.cases[id]):
                self.attempt(id, "collect_form", OFFICE, grade="basically", payload={"of": of})
            self.attempt(id, "evaluate", OFFICE, grade=grade)

    @precondition(lambda self: len(self.cases) > 1)
    @rule(data=st.data())
    def merge(self, data):
        """Merge one case into another that may be at any point of its way."""
        id, into = data.draw(st.permutations(sorted(self.cases)))[:2]
        for step, by in (("submit", OFFICE), *(("submit", d) for d in DEPUTIES), ("accept", OFFICE)):
            self.attempt(id, step, by)
        self.attempt(id, "merge", OFFICE, links={"merged_into": (into,)})

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), state=st.sampled_from(("accepted", "assigned", "closed")))
    def override(self, data, state):
        id = data.draw(st.sampled_from(sorted(self.cases)))
        force = corrections.Override(case=id, facet="main", state=state, note="纠正")
        try:
            self.b.do(corrections.override_state, CHAIR, force)
        except NotFound:  # a draft is its proposer's own
            assert "main" not in self.cases[id].states or self.cases[id].states["main"] == "draft"
        self.keep(id)

    @rule(days=st.integers(1, 20))
    def night(self, days):
        self.b.today += dt.timedelta(days=days)
        self.b.store.run(jobs.sweep(self.b.store, self.b.tenant))
        self.b.do(jobs.look, jobs.WATCH)
        for id in self.cases:
            self.keep(id)

    @invariant()
    def the_side_tables_are_what_the_document_says(self):
        if not getattr(self, "touched", ""):
            return
        case = self.cases[self.touched]
        procedure = self.b.tenant.practice.procedure("suggestion")
        for side, made in index(case, procedure, self.b.calendar).items():
            stored = self.b.read(rows, SIDES[side], case_id=case.id)
            assert sorted(stored, key=str) == sorted(
                ({c.name: r[c.name] for c in side.c if c.name != "tenant_id"} for r in made.values()), key=str
            )
        (stored,) = self.b.read(rows, FILE, id=case.id)
        assert stored == envelope(case, procedure, self.b.calendar)

    @invariant()
    def no_handling_unit_reads_or_writes_an_evaluation(self):
        if not getattr(self, "touched", ""):
            return
        case = self.cases[self.touched]
        grades = {a.grade for a in case.acts if a.step in TELLING}
        for unit in UNITS:
            both = attrs.evolve(unit, roles=frozenset({"office"}))
            for reader in (unit, both) if unit.unit in {a.unit for a in case.assignments} else ():
                try:
                    seen = self.b.see(case, reader)
                except NotFound:
                    continue
                assert not {a.get("step") for a in seen.acts} & TELLING
                assert "satisfaction" not in seen.states
                assert not {a.get("grade") for a in seen.acts} & grades - {""}
                for step in TELLING:
                    assert step not in {s.step for s in self.b.ask(cases.steps_of, reader, case.id) if s.yours}

    @invariant()
    def the_states_agree(self):
        if not getattr(self, "touched", ""):
            return
        case = self.cases[self.touched]
        procedure = self.b.tenant.practice.procedure("suggestion")
        if procedure.closed(case):
            assert {c.state for c in case.clocks} <= {"stopped"}
        assert all(a.round <= case.round for a in case.assignments)
        assert {a.round for a in case.acts} <= set(range(1, case.round + 1))
        now = [a.unit for a in case.current()]
        assert len(now) == len(set(now))
        for clock in case.clocks:
            clock.explain(self.b.calendar)

    def teardown(self):
        if hasattr(self, "b"):
            assert self.b.verify().whole
            self.b.close()
            shutil.rmtree(self.folder)


TestHandling = Handling.TestCase
TestHandling.settings = settings(
    max_examples=600 if SOAK else 18,
    stateful_step_count=80 if SOAK else 22,
    derandomize=not SOAK,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
