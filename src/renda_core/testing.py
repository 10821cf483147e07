"""For authors of practices: a tenant, a date and a store in one line each; also a pytest plugin.

Example:
    ::

        def test_close_is_refused(bench):
            office = bench(second_assignment, suggestion_handling)
            case = office.open("suggestion", DEPUTY, Suggestion(text="修桥"))
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

import pytest

if TYPE_CHECKING:  # the library itself is imported by the fixtures, so that coverage and benchmarks see it load
    from renda_core.catalogue import Catalogue
    from renda_core.domain.case import Act, Actor, Case
    from renda_core.domain.procedure import Context
    from renda_core.domain.visibility import Seen
    from renda_core.services.journal import Verified
    from renda_core.store.stores import Store
    from renda_core.tenancy import Tenant

ZONE = ZoneInfo("Asia/Shanghai")
KEY = bytes(range(32))
DAY = dt.date(2026, 1, 20)
"""The day of a test that sets none."""


def uid(name: str) -> str:
    """Give the same id for the same name, so that tests read well."""
    return str(uuid5(NAMESPACE_URL, f"renda:test:{name}"))


def context(plugin: Any, *, today: dt.date = DAY, calendar: Any = None, **settings: Any) -> Context[Any]:
    """Give what a rule of *plugin* may know, so that it can be called as the plain function that it is.

    Args:
        plugin: The practice's module, or anything else with its ``register_settings``.
        calendar: The calendar; by default one that knows weekends alone.
        settings: The practice's settings where they are not the default.
    """
    from renda_core.domain.calendar import Calendar
    from renda_core.domain.procedure import Context

    offer = getattr(plugin, "register_settings", None)
    made = offer()(**settings) if offer else None
    return Context(tenant=uid("tenant test"), today=today, calendar=calendar or Calendar(), settings=made)


def act(step: str, *, by: str = "somebody", on: dt.date = DAY, **fields: Any) -> Act:
    """Make an act as a rule is handed it: the step that is about to be taken."""
    from renda_core.domain.case import Act

    return Act(step=step, by=uid(by), on=on, **fields)


def case(kind: str, *acts: Act | str, **fields: Any) -> Case:
    """Make a case as a rule is handed it; nothing decides whether it could have come about.

    Args:
        acts: What happened, oldest first; a text is a step without anything else.
        fields: Of the case, e.g. ``title``, ``body``, ``states={"main": "replied"}``.
    """
    from renda_core.domain.case import Case

    told = tuple(act(a) if isinstance(a, str) else a for a in acts)
    given = {"id": uid("case"), "title": kind, "opened_on": told[0].on if told else DAY, **fields}
    return Case(kind=kind, acts=told, **given)


@cache
def _template() -> Path:
    """Make the tables once a process; each test copies the file."""
    from renda_core.store.migrate import create_sqlite

    path = Path(tempfile.mkdtemp(prefix="renda-template-")) / "template.db"
    create_sqlite(path)
    return path


def embedded(path: Path, now: Callable[[], dt.datetime]) -> Store:
    """Make an empty SQLite store at *path*."""
    from renda_core.store.keys import Keys
    from renda_core.store.sqlite import SqliteStore

    shutil.copy(_template(), path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the library's version is the machine's matter, not the test's
        return SqliteStore(path, keys=Keys(KEY), now=now, synchronous="OFF")


class Bench:
    """One tenant with some plugins, on a date that the test sets."""

    def __init__(
        self,
        store: Store,
        catalogue: Any,
        plugins: Mapping[str, Mapping[str, Any]],
        *,
        today: dt.date = DAY,
        changes: Mapping[dt.date, Mapping[str, Mapping[str, Any]]] | None = None,
        prefer: Mapping[str, str] | None = None,
        name: str = "test",
        calendar: Any = None,
    ) -> None:
        """Create the tenant in *store*.

        Args:
            plugins: Settings by plugin, as a tenant's file would give them.
            changes: Settings that hold from later dates on.
        """
        from renda_core import holidays
        from renda_core.configuration import Layer, TenantFile
        from renda_core.footprint import footprint
        from renda_core.services import tenants
        from renda_core.tenancy import ALWAYS

        self.store, self.catalogue, self.today = store, catalogue, today
        dated = ((ALWAYS, plugins), *sorted((changes or {}).items()))
        layers = tuple(Layer(name=name, file=name, since=day, plugins=of, sources={}) for day, of in dated)
        self.file = TenantFile(
            path=name,
            id=uid(f"tenant {name}"),
            code=name,
            name=name,
            level="county",
            layers=layers,
            prefer=prefer or {},
        )
        self.calendar = calendar or holidays.calendar()
        self.tenant  # noqa: B018 - a wrong configuration fails here
        held = footprint(catalogue.offers, self.file.plugins)
        setup = self.actor("job:setup", "office")
        self.store.run(self.store.write(tenants.apply, self.file.id, setup, self.file, held))

    @staticmethod
    def actor(name: str, roles: str = "", unit: str = "") -> Actor:
        """Make somebody; jobs keep their names, people get ids."""
        from renda_core.domain.case import Actor

        return Actor(id=name if name.startswith("job:") else uid(name), roles=roles, unit=uid(unit) if unit else "")

    @property
    def tenant(self) -> Tenant:
        """The tenant at work today."""
        return self.file.open(self.catalogue, self.calendar, self.today)

    def later(self, *, days: int = 0, months: int = 0) -> dt.date:
        """Move the clock on, as a calendar counts and not by working days; give the new day."""
        from renda_core.domain.calendar import Calendar, Period

        self.today = Calendar().add(self.today, Period(months, "month")) + dt.timedelta(days)
        return self.today

    def do(self, use_case: Any, actor: Actor, *args: Any, **kw: Any) -> Any:
        """Run a use case that changes things: any ``async def work(unit, tenant, …)`` gets an open unit of work."""
        return self.store.run(self.store.write(use_case, self.file.id, actor, self.tenant, *args, **kw))

    def ask(self, use_case: Any, *args: Any, **kw: Any) -> Any:
        """Run a use case that reads."""
        return self.store.run(self.store.read(use_case, self.file.id, self.tenant, *args, **kw))

    def read(self, use_case: Any, *args: Any, **kw: Any) -> Any:
        """Run a use case that reads and needs no configuration."""
        return self.store.run(self.store.read(use_case, self.file.id, *args, **kw))

    def open(self, kind: str, by: Actor, body: object = None, *, title: str = "", **rest: Any) -> Case:
        """Open a case."""
        from renda_core.services import cases

        command = cases.OpenCase(kind=kind, title=title or kind, body=body, **rest)
        found: Case = self.do(cases.open_case, by, command)
        return found

    def case(self, id: str) -> Case:
        """Load a case as stored."""
        from renda_core.store.cases import load

        found: Case = self.read(load, self.tenant.practice, id)
        return found

    def step(self, case: Case, step: str, by: Actor, **rest: Any) -> Case:
        """Take a step on the case as it is stored now."""
        from renda_core.services import cases

        command = cases.TakeStep(case=case.id, step=step, version=self.case(case.id).version, **rest)
        found: Case = self.do(cases.take_step, by, command)
        return found

    def run(self, case: Case, *steps: tuple[Any, ...]) -> Case:
        """Take several steps, each given as (step, who) or (step, who, fields)."""
        for step, by, *rest in steps:
            case = self.step(case, step, by, **(rest[0] if rest else {}))
        return case

    def see(self, case: Case, by: Actor) -> Seen:
        """Look at a case as someone."""
        from renda_core.services import cases

        found: Seen = self.ask(cases.show, by, case.id)
        return found

    def page(self, name: str, by: Actor | None = None, asked: Mapping[str, Any] | None = None) -> Any:
        """Look at a page; *asked* answers what it asks for, by name or title."""
        from renda_core.services import ledgers

        return self.ask(ledgers.page, by or self.actor("clerk", "office"), name, asked)

    def verify(self) -> Verified:
        """Check the journal."""
        from renda_core.services import journal

        found: Verified = self.read(journal.verify)
        return found

    def entries(self) -> list[dict[str, Any]]:
        """Read the journal, oldest first: each entry's ``actor``, ``what``, ``on``, ``version``, ``rule``, ``body``."""
        from renda_core.services import journal

        found: list[dict[str, Any]] = []
        while lines := self.read(journal.entries, after=len(found), size=journal.PAGE):
            found += [json.loads(line.entry) for line in lines]
        return found

    def stands(self, case: Case, step: str, *, by: Actor | None = None, rule: str = "") -> dict[str, Any]:
        """Assert that the journal holds a step of a case and is whole; give the entry.

        Args:
            by: Who took it; anybody, if not given.
            rule: What allowed it, as ``<plugin>.<step>``; anything, if not given.
        """
        wanted = {"what": f"{case.kind}.{step}", "on": case.id}
        wanted |= {"actor": by.id} if by else {}
        wanted |= {"rule": rule} if rule else {}
        entries = self.entries()
        found: dict[str, Any] = next((e for e in reversed(entries) if wanted.items() <= e.items()), {})
        assert found, f"no entry has {wanted}; the journal has {[(e['what'], e['rule']) for e in entries]}"  # noqa: S101
        verified = self.verify()
        assert verified.whole, f"entry {verified.broken} of the journal does not fit: {verified.why}"  # noqa: S101
        return found

    def close(self) -> None:
        """Close the store."""
        self.store.shut()


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of the mark by which a test names the guards, gates and clocks that it shows at work."""
    config.addinivalue_line("markers", "rule(name, …): the guards (step.guard), gates (step.facet), clocks it tests")


def _catalogue(modules: Mapping[str, Any]) -> Catalogue:
    """Collect some plugins, or all; where one follows a kind of none of them, the installed ones stand beside them."""
    from renda_core.catalogue import Catalogue
    from renda_core.discovery import discovered
    from renda_core.records import Follow, Kind

    known = Catalogue.collect(modules) if modules else Catalogue.installed()
    every = [r for records in known.offers.values() for r in records]
    lost = {r.kind for r in every if isinstance(r, Follow)} - {r.name for r in every if isinstance(r, Kind)}
    return Catalogue.collect({**discovered()[0], **modules}) if lost else known


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """Make benches on embedded stores: ``bench({"suggestion_handling": {}}, today=…)``, or from plugin modules."""
    made: list[Bench] = []

    def make(*plugins: Any, catalogue: Any = None, **rest: Any) -> Bench:
        modules = {p.__name__.rpartition(".")[2]: p for p in plugins if not isinstance(p, Mapping)}
        plain: Mapping[str, Mapping[str, Any]] = {name: {} for name in modules}
        settings = next((p for p in plugins if isinstance(p, Mapping)), plain)
        known = catalogue or _catalogue(modules)
        day: list[Bench] = []

        def now() -> dt.datetime:
            return dt.datetime.combine(day[0].today if day else DAY, dt.time(9), ZONE)

        one = Bench(rest.pop("store", None) or embedded(tmp_path / f"{len(made)}.db", now), known, settings, **rest)
        day.append(one)
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()
