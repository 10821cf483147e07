"""Asking the code of practices: within its time, heard where it fails, and always named.

What each caller then does is said in docs/explanation/when-a-practice-fails.md: what a decision rests on fails closed,
a decoration fails open.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from functools import partial
from types import CoroutineType
from typing import Any, TypeVar

import attrs

from renda_core.domain.case import Act, Actor, Case
from renda_core.domain.decide import decide, override
from renda_core.domain.failing import Nonsense, Overrun, expect
from renda_core.domain.frozen import frozen, maps
from renda_core.domain.procedure import Procedure
from renda_core.domain.visibility import Seen, barring, hidden, see
from renda_core.errors import Misuse, PracticeFailed, Rejected, RendaError
from renda_core.services import budgets
from renda_core.services.budgets import limited
from renda_core.services.given import fitted
from renda_core.tenancy import Tenant

T = TypeVar("T")
ASKED_WRONGLY = (TypeError, ValueError, LookupError, Misuse)
"""What the store raises of a question that makes no sense; the practice that asked it is at fault."""


@attrs.frozen(kw_only=True)
class Source:
    """Whose code is asked: of which tenant and plugin, which sort of record (``page``), and its name."""

    tenant: Tenant
    plugin: str
    what: str
    name: str

    def failed(self, error: BaseException) -> PracticeFailed:
        """Report a failure, and give what to raise."""
        told = self.tenant.contexts(self.tenant.today).failed(self.plugin, self.what, self.name, error)
        return PracticeFailed(told, plugin=self.plugin)


def asked(source: Source, seconds: float, ask: Callable[[], object], sort: type[T]) -> T:
    """Ask for a value of a class.

    Raises:
        PracticeFailed: Naming the plugin: it raised, took longer, or gave something else.
    """
    try:
        return limited(seconds, lambda: expect(ask(), sort))
    except BaseException as error:
        raise source.failed(error) from None


def made_of(tenant: Tenant, plugin: str, value: Any, cls: type | None, where: str) -> Any:
    """Read plain data into the class of a body or payload, as :func:`given.fitted` does; the class is a practice's own.

    Raises:
        Invalid: What was given does not fit.
        Rejected: The class itself failed, and is named.
    """
    if cls is None or value is None or isinstance(value, cls):  # none of its code runs
        return frozen(value) if cls is not None and maps(cls) else value
    try:
        made = limited(budgets.RULE, lambda: fitted(value, cls, where))
    except RendaError:
        raise
    except BaseException as error:
        told = str(Source(tenant=tenant, plugin=plugin, what="class", name=where).failed(error))
    else:
        return frozen(made) if maps(cls) else made
    raise Rejected(f"{where} refused", told)


def decided(tenant: Tenant, procedure: Procedure, case: Case, act: Act, actor: Actor) -> Case:
    """Decide a step as ``domain.decide`` does, within the time that its guards, effects and clock rules have."""
    contexts = tenant.contexts(case.opened_on)
    return _in_time(tenant, procedure, case, act, lambda: decide(procedure, case, act, actor, contexts))


def overridden(
    tenant: Tenant, procedure: Procedure, case: Case, act: Act, actor: Actor, facet: str, state: str
) -> Case:
    """Set a state outside the procedure as ``domain.decide`` does, within the same time."""
    contexts = tenant.contexts(case.opened_on)
    return _in_time(tenant, procedure, case, act, lambda: override(procedure, case, act, actor, facet, state, contexts))


def _in_time(tenant: Tenant, procedure: Procedure, case: Case, act: Act, work: Callable[[], Case]) -> Case:
    sort = procedure.kind.body
    if sort is not None and case.body is not None and not isinstance(case.body, sort):
        told = f"{procedure.kind.plugin} cannot read what is stored of {case.kind} {case.number}; it is kept as it is"
        raise Rejected(f"{act.step} refused", told)
    try:
        return limited(budgets.STEP, work)
    except Overrun as error:
        # Without an alarm it is known only now, and not whose time it was.
        concerned = {g.plugin for g in procedure.guards.get(act.step, ())}
        for effects in procedure.effects.values():
            concerned |= {plugin for e in effects for plugin in (e.plugin, procedure.clocks[e.clock].plugin)}
        told = _overran(tenant, concerned, f"step {act.step}", error)
    raise Rejected(f"{act.step} refused", told)


def looked(tenant: Tenant, procedure: Procedure, case: Case, roles: frozenset[str]) -> frozenset[str]:
    """List what is veiled of a case from *roles*; a veil that cannot be asked in time stays down."""
    contexts = tenant.contexts(case.opened_on)
    try:
        return limited(budgets.LOOK, lambda: hidden(procedure, roles, case, contexts))
    except Overrun as error:
        _overran(tenant, {v.plugin for v in procedure.veils}, "veils", error)
        return hidden(procedure, roles, case)


def shown(tenant: Tenant, procedure: Procedure, case: Case, roles: frozenset[str]) -> Seen:
    """Show what *roles* may see of a case.

    Raises:
        NotFound: The reader is outside the kind's audience.
        PracticeFailed: The veils took so long that nothing can be shown.
    """
    contexts = tenant.contexts(case.opened_on)
    if not barring(procedure, roles):  # no veil is asked, so that no code of a practice runs
        return see(procedure, case, roles, contexts, tenant.calendar, tenant.today)
    try:
        return limited(budgets.LOOK, lambda: see(procedure, case, roles, contexts, tenant.calendar, tenant.today))
    except Overrun as error:
        told = _overran(tenant, {v.plugin for v in procedure.veils}, "veils", error)
    raise PracticeFailed(told)


def _overran(tenant: Tenant, plugins: set[str], what: str, error: Overrun) -> str:
    for plugin in plugins:
        tenant.failed(plugin, what, error)
    return f"{what}: {', '.join(sorted(plugins))} {error}"


class _Question:
    """What a page waits for: the driver lets the store answer it, outside the page's own time."""

    __slots__ = ("answer",)

    def __init__(self, answer: Coroutine[Any, Any, Any]) -> None:
        self.answer = answer

    def __await__(self) -> Generator[_Question, Any, Any]:
        return (yield self)


class Lent:
    """A desk that is lent to a practice: every question goes through the driver."""

    def __init__(self, desk: object) -> None:
        self._desk = desk

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        method = getattr(self._desk, name)
        if not callable(method):  # what the desk simply is, such as the id of its person
            return method

        async def ask(*args: Any, **kw: Any) -> Any:
            return await _Question(method(*args, **kw))

        return ask


async def driven(
    source: Source,
    begin: Callable[[Any], object],
    desk: object,
    finish: Callable[[Any], T],
    *,
    answers: tuple[type[RendaError], ...] = (),
) -> T:
    """Run a practice's coroutine; each stretch between two questions to the desk has its time.

    Args:
        begin: Makes the coroutine; is given the desk that it may ask, and may wait for nothing else.
        finish: Checks and reads what it gave, as its last stretch.
        answers: Errors that are an answer of the practice's own and no failure, e.g. that there is no such thing as
            it is asked for; they go through as they are.

    Raises:
        PracticeFailed: Naming the plugin. What the desk refused goes through as it is.
    """
    work: Coroutine[Any, Any, Any] = asked(source, budgets.STRETCH, lambda: begin(Lent(desk)), CoroutineType)
    try:
        return await _driven(source, work, finish, answers)
    finally:
        try:
            limited(budgets.STRETCH, work.close)
        except BaseException as error:  # it would not end: the answer stands, and the failure is told
            source.failed(error)


async def _driven(
    source: Source,
    work: Coroutine[Any, Any, Any],
    finish: Callable[[Any], T],
    answers: tuple[type[RendaError], ...],
) -> T:
    refused: Exception | None = None
    go_on: Callable[[], Any] = partial(work.send, None)
    while True:
        try:
            question = limited(budgets.STRETCH, go_on)
            if not isinstance(question, _Question):
                raise Nonsense("waited for something else than its desk")
        except StopIteration as end:
            given = end.value
            break
        except BaseException as error:
            if isinstance(error, answers) or (error is refused and not isinstance(error, ASKED_WRONGLY)):
                raise
            raise source.failed(error) from None
        try:
            go_on, refused = partial(work.send, await question.answer), None
        except Exception as error:
            go_on, refused = partial(work.throw, error), error
    try:
        return limited(budgets.STRETCH, lambda: finish(given))
    except BaseException as error:
        raise source.failed(error) from None
