"""For authors of practices: a tenant, a date and a store in one line each; also a pytest plugin.

Example:
    ::

        def test_close_is_refused(bench):
            office = bench(second_assignment, suggestion_handling)
            case = office.open("suggestion", DEPUTY, Suggestion(text="修桥"))
"""

from __future__ import annotations

import datetime as dt
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
    from renda_core.domain.case import Actor, Case
    from renda_core.domain.visibility import Seen
    from renda_core.services.journal import Verified
    from renda_core.store.unit import Store
    from renda_core.tenancy import Tenant

ZONE = ZoneInfo("Asia/Shanghai")
KEY = bytes(range(32))


def uid(name: str) -> str:
    """Give the same id for the same name, so that tests read well."""
    return str(uuid5(NAMESPACE_URL, f"renda:test:{name}"))


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
        today: dt.date = dt.date(2026, 1, 20),
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
        self.store.run(self.store.write(tenants.apply, self.file.id, self.actor("job:setup", "office"), self.file))

    @staticmethod
    def actor(name: str, roles: str = "", unit: str = "") -> Actor:
        """Make somebody; jobs keep their names, people get ids."""
        from renda_core.domain.case import Actor

        return Actor(id=name if name.startswith("job:") else uid(name), roles=roles, unit=uid(unit) if unit else "")

    @property
    def tenant(self) -> Tenant:
        """The tenant at work today."""
        return self.file.open(self.catalogue, self.calendar, self.today)

    def do(self, use_case: Any, actor: Actor, *args: Any, **kw: Any) -> Any:
        """Run a use case that changes things."""
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

    def page(self, name: str, by: Actor | None = None) -> Any:
        """Look at a page."""
        from renda_core.services import ledgers

        return self.ask(ledgers.page, by or self.actor("clerk", "office"), name)

    def verify(self) -> Verified:
        """Check the journal."""
        from renda_core.services import journal

        found: Verified = self.read(journal.verify)
        return found

    def close(self) -> None:
        """Close the store."""
        self.store.shut()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """Make benches on embedded stores: ``bench({"suggestion_handling": {}}, today=…)``, or from plugin modules."""
    from renda_core.catalogue import Catalogue

    made: list[Bench] = []

    def make(*plugins: Any, catalogue: Any = None, **rest: Any) -> Bench:
        modules = {p.__name__.rpartition(".")[2]: p for p in plugins if not isinstance(p, Mapping)}
        plain: Mapping[str, Mapping[str, Any]] = {name: {} for name in modules}
        settings = next((p for p in plugins if isinstance(p, Mapping)), plain)
        known = catalogue or (Catalogue.collect(modules) if modules else Catalogue.installed())
        day: list[Bench] = []

        def now() -> dt.datetime:
            return dt.datetime.combine(day[0].today if day else dt.date(2026, 1, 20), dt.time(9), ZONE)

        store = rest.pop("store", None) or embedded(tmp_path / f"{len(made)}.db", now)
        one = Bench(store, known, settings, **rest)
        day.append(one)
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()
