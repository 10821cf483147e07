"""One machine drives SQLite and PostgreSQL side by side: two tenants, and whatever happens, both say the same.

After every step: what each tenant holds is equal on both, the other tenant's rows are what they were, to the byte, the
chains are whole, and there is an event for what was committed and for nothing else.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from itertools import count
from pathlib import Path

import attrs
import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests import databases
from tests.core.balloting import OFFICE as TELLER
from tests.core.balloting import deputies, ready, trustees
from tests.core.suggesting import CHEN, LI, NAME, OFFICE, REPLY, ROADS, WANG, WATER, draft
from tests.soak.ballot_writer import paper
from tests.soak.twins import Twin
from tests.store.rows import file, open_file

from renda_core.catalogue import Catalogue
from renda_core.domain.suggestion import GRADES
from renda_core.errors import RendaError, Stale, Unavailable
from renda_core.services import ballots, cases, jobs, requests, tenants
from renda_core.services.ballots.loading import size_of
from renda_core.services.requests import Attempt, Written
from renda_core.store.postgres import PostgresStore
from renda_core.testing import ZONE, Bench, embedded
from renda_plugins import second_assignment, suggestion_handling

SOAK = os.environ.get("RENDA_SOAK") == "1"
pytestmark = pytest.mark.postgres
LATER = "second_assignment"
CATALOGUE = Catalogue.collect({NAME: suggestion_handling, LATER: second_assignment})
DEPUTIES, UNITS = (WANG, LI, CHEN), (ROADS, WATER)
EVERYBODY = (OFFICE, *UNITS, *DEPUTIES)
STEPS = sorted(CATALOGUE.practice(frozenset(CATALOGUE.offers)).procedure("suggestion").steps)
VOTERS = deputies(4)
_names = count(1)
PLACE: dict[str, str] = {}


@pytest.fixture(scope="module", autouse=True)
def place(postgres_server, postgres_template):
    """The database that every run of the machine makes tenants of its own in."""
    with databases.database(postgres_server, postgres_template) as dsn:
        PLACE["dsn"] = dsn
        yield


class Killed(Exception):
    """The process ended here."""


class Both(RuleBasedStateMachine):
    """Two tenants on two back ends."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp(prefix="renda-both-"))
        self.moment = dt.datetime(2026, 1, 20, 9, tzinfo=ZONE)
        self.chief = psycopg.connect(PLACE["dsn"], autocommit=True)
        dsn = databases.url(PLACE["dsn"], "renda_app")
        self.shared = PostgresStore(dsn, keys=databases.KEYS, now=lambda: self.moment, size=1)
        n = next(_names)
        self.twins = []
        for name in (f"east {n}", f"west {n}"):
            here = embedded(self.folder / f"{name}.db", lambda: self.moment)
            pair = [Bench(store, CATALOGUE, {NAME: {}}, name=name) for store in (here, self.shared)]
            self.twins.append(Twin(pair, self.folder / f"{name}.db", self.chief))
        self.at = 0
        self.kept = [twin.rows() for twin in self.twins]

    @property
    def twin(self):
        return self.twins[self.at]

    def both(self, work):
        """Do the same on both back ends; either both do it or both refuse it for the same reason."""
        ended = []
        for which, bench in enumerate(self.twin.pair):
            try:
                ended.append(("done", work(bench, which)))
            except RendaError as refused:
                ended.append((type(refused).__name__, self.twin.told(str(refused), which)))
        (one, said), (other, also) = ended
        assert one == other, ended
        assert one == "done" or said == also, ended
        return (said, also) if one == "done" else None

    def chosen(self, data):
        return data.draw(st.integers(0, len(self.twin.cases) - 1), label="case")

    def attempt(self, n, step, by, **rest):
        def work(bench, which):
            bench.step(bench.case(self.twin.cases[n][which]), step, by, **rest)

        return self.both(work) is not None

    @rule(by=st.sampled_from(DEPUTIES), invited=st.booleans(), hard=st.booleans())
    def propose(self, by, invited, hard):
        others = ["li"] if invited and by is not LI else []
        made = self.both(lambda b, _: draft(b, by, invited=others, hard=hard).id)
        self.twin.cases += [made] if made else []

    @precondition(lambda self: self.twin.cases)
    @rule(data=st.data(), step=st.sampled_from(STEPS), by=st.sampled_from(EVERYBODY), grade=st.sampled_from(GRADES))
    def step(self, data, step, by, grade):
        rest = {"note": "为此"}
        if step == "reply":
            rest |= REPLY
        if step in ("assign", "reassign", "replace_unit"):
            rest["units"] = ((ROADS.unit, "lead"), (WATER.unit, "joint"))
        if step in ("evaluate", "collect_form"):
            rest |= {"grade": grade, "payload": {"of": WANG.id}}
        self.attempt(self.chosen(data), step, by, **rest)

    @precondition(lambda self: self.twin.cases)
    @rule(data=st.data(), grade=st.sampled_from(GRADES), shut=st.booleans())
    def handle(self, data, grade, shut):
        """Submit, route, reply, evaluate and close, as far as it goes."""
        n = self.chosen(data)
        for by in DEPUTIES:
            self.attempt(n, "cosign", by)
            self.attempt(n, "submit", by)
        self.attempt(n, "accept", OFFICE)
        self.attempt(n, "assign", OFFICE, units=((ROADS.unit, "sole"),))
        self.attempt(n, "reply", ROADS, **REPLY)
        self.attempt(n, "evaluate", OFFICE, grade=grade, payload={"of": WANG.id})
        if shut:
            self.attempt(n, "close", OFFICE)

    @precondition(lambda self: self.twin.cases)
    @rule(data=st.data())
    def save_over_a_newer_one(self, data):
        """An editor who loaded an old version is told."""
        n = self.chosen(data)

        def work(bench, which):
            case = bench.case(self.twin.cases[n][which])
            command = cases.TakeStep(case=case.id, step="submit", version=case.version - 1)
            bench.do(cases.take_step, WANG, command)

        assert self.both(work) is None

    @rule(days=st.integers(1, 40))
    def night(self, days):
        self.moment += dt.timedelta(days=days)
        for twin in self.twins:
            for bench in twin.pair:
                bench.today += dt.timedelta(days=days)
                bench.store.run(jobs.sweep(bench.store, bench.tenant))
                bench.do(jobs.look, jobs.WATCH)
        self.kept = [twin.rows() for twin in self.twins]  # night falls on both

    @rule()
    def go_to_the_other_tenant(self):
        self.at = 1 - self.at

    @rule(on=st.booleans())
    def enable_or_disable_a_plugin(self, on):
        def work(bench, _):
            (layer,) = bench.file.layers
            layer = attrs.evolve(layer, plugins={NAME: {}, **({LATER: {}} if on else {})})
            bench.file = attrs.evolve(bench.file, layers=(layer,))
            setup = bench.actor("job:setup", "office")
            return bench.store.run(bench.store.write(tenants.apply, bench.file.id, setup, bench.file))

        self.both(work)

    @rule(key=st.sampled_from("abc"), content=st.sampled_from(("ab", "cd")), times=st.integers(1, 3))
    def send_again(self, key, content, times):
        attempt = Attempt(route="POST /api/cases", key=key, content=content * 32)

        async def opening(unit):
            await open_file(unit, file(id=self.twin.id_for(key), number=f"retry {key}"))
            return Written(status=201, headers={}, body=key.encode())

        def work(bench, _):
            asked = requests.answered(bench.store, bench.file.id, OFFICE, attempt, opening)
            answer = bench.store.run(asked)
            return answer.status, answer.body, answer.again

        for _ in range(times):
            found = self.both(work)
            assert found is None or found[0] == found[1]

    @rule(late=st.booleans())
    def crash(self, late):
        """The process is killed in the middle of its work, or the server's; either way nothing of it is there."""
        before = self.twin.rows()

        def work(bench, which):
            async def half(unit):
                await open_file(unit, file())
                if late:
                    await unit.finish()
                if which:
                    self.chief.execute("SELECT pg_terminate_backend(%s)", [unit._link._raw.get_server_pid()])
                    await unit.all(requests.ONE, principal="x", route="x", key="x")
                raise Stale("killed")

            try:
                bench.store.run(bench.store.write(half, bench.file.id, OFFICE))
            except (Stale, Unavailable):
                return
            raise AssertionError("it went on")

        for which, bench in enumerate(self.twin.pair):
            work(bench, which)
        assert self.twin.rows() == before

    @precondition(lambda self: len(self.twin.ballots) < 2)
    @rule()
    def open_a_ballot(self):
        keys = trustees(1)
        made = self.both(lambda b, _: ready(b.store, b.file.id, VOTERS, keys))
        self.twin.ballots.append([made, True])

    @precondition(lambda self: self.twin.ballots)
    @rule(data=st.data(), who=st.sampled_from(VOTERS), seed=st.sampled_from("xyz"))
    def cast(self, data, who, seed):
        (held, _) = data.draw(st.sampled_from(self.twin.ballots))
        sealed = paper(who.id, seed, size_of(held[0]))

        def work(bench, which):
            done = bench.store.run(bench.store.write(ballots.cast, bench.file.id, who, None, held[which].id, sealed))
            return done.hash

        found = self.both(work)
        assert found is None or found[0] == found[1]

    @precondition(lambda self: self.twin.ballots)
    @rule(data=st.data())
    def close_a_ballot(self, data):
        held = data.draw(st.sampled_from(self.twin.ballots))

        def work(bench, which):
            bench.store.run(bench.store.write(ballots.close_round, bench.file.id, TELLER, None, held[0][which].id))
            return bench.store.run(
                bench.store.read(ballots.board, bench.file.id, None, TELLER, held[0][which].id)
            ).hashes

        found = self.both(work)
        assert found is None or found[0] == found[1]

    @invariant()
    def both_say_the_same_and_the_other_tenant_is_untouched(self):
        if not hasattr(self, "kept"):
            return
        other = 1 - self.at
        assert self.twins[other].rows() == self.kept[other]
        self.kept[self.at] = self.twin.rows()
        self.twin.compare()

    def teardown(self):
        if hasattr(self, "kept"):
            for twin in self.twins:
                twin.pair[0].close()
            self.shared.shut()
            self.chief.close()
            shutil.rmtree(self.folder)


TestBoth = Both.TestCase
TestBoth.settings = settings(
    max_examples=300 if SOAK else 8,
    stateful_step_count=60 if SOAK else 20,
    derandomize=not SOAK,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
