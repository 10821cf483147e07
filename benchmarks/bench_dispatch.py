"""Asking the guards of a step, against a bare pluggy call of as many implementations; and the whole decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pluggy
import pytest
from benchmarks.counties import LIFE, ROADS, command, draft, open_home
from benchmarks.pairs import Pairs

from renda_core.domain.case import Act, Case
from renda_core.domain.decide import decide, refusals
from renda_core.domain.failing import Contexts
from renda_core.domain.procedure import Context, Guard, Procedure
from renda_core.services import cases
from renda_core.services.budgets import STEP, limited

GUARDS = 15
TIMES = 500
Refuse = Callable[[Context[Any], Case, Act], Iterable[str]]


def plain() -> Refuse:
    """Make a guard that looks at the case and returns no objection."""

    def refuse(context: Context[Any], case: Case, act: Act) -> tuple[str, ...]:
        return () if case.round else ("never",)

    return refuse


def yielding() -> Refuse:
    """Make a guard that is a generator, as most are written."""

    def refuse(context: Context[Any], case: Case, act: Act) -> Iterator[str]:
        if not case.round:
            yield "never"

    return refuse


@attrs.frozen
class Matter:
    """A decision at hand: everything that the guards are asked with."""

    procedure: Procedure
    case: Case
    act: Act
    contexts: Contexts


@pytest.fixture
def matter(tmp_path: Path) -> Iterator[Matter]:
    """A suggestion that waits for its reply."""
    with open_home(tmp_path / "home") as county:
        case = draft(county)
        for n, taken in enumerate(LIFE[:3]):
            case = county.do(cases.take_step, taken[1], command(case.id, n, taken))
        tenant = county.tenant
        procedure = tenant.practice.procedure(case.kind, case.edition)
        step, _, rest = LIFE[3]
        act = Act(step=step, by=ROADS.id, unit=ROADS.unit, on=tenant.today, payload=rest["payload"])
        yield Matter(procedure, case, act, tenant.contexts(case.opened_on))


def peer(refuses: Iterable[Refuse]) -> Any:
    """Register each guard as a plugin of its own, the pluggy way, and give the hook to call."""
    specified, mark = pluggy.HookspecMarker("bench"), pluggy.HookimplMarker("bench")

    class Specs:
        @specified
        def refuse(self, context: Any, case: Any, act: Any) -> Any:
            """Object to a step."""

    manager = pluggy.PluginManager("bench")
    manager.add_hookspecs(Specs)
    for n, function in enumerate(refuses):
        module = ModuleType(f"guard_{n}")
        module.refuse = mark(function)  # type: ignore[attr-defined]
        manager.register(module)
    return manager.hook.refuse


def offered(refuses: Iterable[Refuse], case: Case, step: str) -> tuple[Guard, ...]:
    """Offer each guard by a plugin of its own."""
    return tuple(
        Guard(kind=case.kind, step=step, name="guard", plugin=f"practice_{n:02}", refuse=refuse)
        for n, refuse in enumerate(refuses)
    )


@pytest.mark.parametrize("sort", [plain, yielding])
def test_15_guards_and_a_bare_pluggy_call(versus: Pairs, matter: Matter, sort: Callable[[], Refuse]) -> None:
    refuses = [sort() for _ in range(GUARDS)]
    hook = peer(refuses)
    guards = offered(refuses, matter.case, matter.act.step)
    context = matter.contexts[guards[0].plugin]

    def theirs() -> list[str]:
        return list(chain.from_iterable(hook(context=context, case=matter.case, act=matter.act)))

    def ours() -> list[str]:
        return refusals(guards, matter.contexts, matter.case, matter.act)

    assert ours() == theirs() == []
    versus(
        f"asking {GUARDS} {sort.__name__} guards",
        ours,
        theirs,
        against=f"a pluggy call of {GUARDS}",
        at_least=2,
        times=TIMES,
    )


def test_a_decision_with_and_without_15_guards(versus: Pairs, matter: Matter) -> None:
    step = matter.act.step
    none = attrs.evolve(matter.procedure, guards={})
    asked = attrs.evolve(matter.procedure, guards={step: offered([plain() for _ in range(GUARDS)], matter.case, step)})

    def decided(procedure: Procedure) -> Case:
        return decide(procedure, matter.case, matter.act, ROADS, matter.contexts)

    versus(
        f"a decision with {GUARDS} guards",
        lambda: limited(STEP, lambda: decided(asked)),
        lambda: decided(none),
        against="the same without guards and without a limit of time",
        times=TIMES,
    )
