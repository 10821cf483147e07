"""What a page about one deputy is asked: in which congress, and of which term or days; else of the current term."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import attrs

from renda_core.domain.areas import LEVEL_TITLES, Term
from renda_core.domain.duty import Record
from renda_core.domain.fields import titled
from renda_core.domain.mandates import Mandate
from renda_core.errors import Invalid
from renda_core.records import Context, PersonDesk
from renda_plugins.duty_archive.reading import Reading
from renda_plugins.duty_archive.settings import Settings

DAY = dt.timedelta(1)


@attrs.frozen(kw_only=True)
class Asked:
    """Of whom, of which congress (by name or id; by default all), and of which term, or of which days."""

    person: str = titled("代表", default="")
    congress: str = titled("人民代表大会", default="")
    term: int | None = titled("届次", default=None)
    first: dt.date | None = titled("起", default=None)
    last: dt.date | None = titled("止", default=None)


@attrs.frozen(kw_only=True)
class Scope:
    """The mandates and days that a page about one deputy is of.

    Attributes:
        mandates: Of the congress and term that were asked for, over all terms where none was; oldest first.
        whole: Whether nothing narrows the mandates.
        levels: What people call the level of every mandate that was ever held, by id.
        names: Of the person, of congresses and districts.
    """

    first: dt.date
    last: dt.date
    mandates: tuple[Mandate, ...]
    whole: bool
    levels: Mapping[str, str]
    terms: Mapping[str, Term]
    names: Mapping[str, str]

    def has(self, record: Record) -> bool:
        """Tell whether a record belongs to these mandates; what is bound to none belongs where nothing narrows."""
        return self.whole or not {m.id for m in self.mandates}.isdisjoint(record.mandates)

    @property
    def congresses(self) -> str:
        """Name the congresses."""
        return "、".join(dict.fromkeys(self.names.get(m.congress, "") for m in self.mandates))


async def scope_of(context: Context[Settings], desk: PersonDesk, asked: Asked) -> Scope:
    """Find what is asked for among the mandates of one person.

    Raises:
        Invalid: They never sat there, or not in that term; a term and days were asked for; or the days run backwards.
    """
    held, terms = await desk.mandates(), {t.id: t for t in await desk.terms()}
    named = {m.congress for m in held} | {m.district for m in held if m.district}
    names = await desk.names({desk.person, *named})
    mine = _of_congress(held, asked.congress.strip(), names)
    if asked.term is not None:
        mine = _of_term(mine, asked, terms)
    first, last = _period(context.today, mine, asked, terms)
    whole = not asked.congress.strip() and asked.term is None
    levels = {m.id: LEVEL_TITLES[m.level] for m in held}
    return Scope(first=first, last=last, mandates=tuple(mine), whole=whole, levels=levels, terms=terms, names=names)


async def records_of(context: Context[Settings], desk: PersonDesk, scope: Scope) -> tuple[Reading, tuple[Record, ...]]:
    """Load the records of a scope, in every state, oldest first, and what it takes to read them."""
    found = tuple(r for r in await desk.records(scope.first, scope.last) if scope.has(r))
    kinds = await desk.record_kinds()
    return Reading(kinds=kinds, books=context.settings.books, congresses=scope.levels), found


def _of_congress(held: Sequence[Mandate], congress: str, names: Mapping[str, str]) -> Sequence[Mandate]:
    if not congress:
        return held
    found = [m for m in held if congress in (m.congress, names.get(m.congress))]
    if not found:
        sat = "、".join(dict.fromkeys(names.get(m.congress, m.congress) for m in held)) or "none"
        raise Invalid(f"no mandate was ever held in {congress!r}; held in: {sat}", field="congress")
    return found


def _of_term(held: Sequence[Mandate], asked: Asked, terms: Mapping[str, Term]) -> Sequence[Mandate]:
    if asked.first or asked.last:
        raise Invalid("say a term or days, not both", field="term")
    numbers = {m.id: terms[m.term].number for m in held if m.term in terms}
    found = [m for m in held if numbers.get(m.id) == asked.term]
    if not found:
        known = ", ".join(map(str, sorted(set(numbers.values())))) or "none"
        raise Invalid(f"no mandate was held in term {asked.term}; terms: {known}", field="term")
    return found


def _period(
    today: dt.date, mine: Iterable[Mandate], asked: Asked, terms: Mapping[str, Term]
) -> tuple[dt.date, dt.date]:
    """Give the days asked for; without any the current term, or else the last one, up to today."""
    held = sorted(mine, key=lambda m: m.elected_on)
    if asked.term is None:
        at = asked.last or today
        held = [m for m in held if m.holds(at)] or held[-1:]
    begins = min((begun(m, terms) for m in held), default=dt.date(today.year, 1, 1))
    ends = max((over(m, terms) or today for m in held), default=today)
    first = asked.first or min(begins, asked.last or begins)
    last = asked.last or max(min(ends, today), begins)
    if asked.first and not asked.last:
        last = today
    if last < first:
        raise Invalid(f"the period ends on {last}, before it begins on {first}", field="last")
    return first, last


def begun(mandate: Mandate, terms: Mapping[str, Term]) -> dt.date:
    """Give the first day of a mandate's term; of the mandate where that is earlier, as it is won before the opening."""
    term = terms.get(mandate.term)
    opened = (term.first_session_on or term.valid_from) if term else mandate.valid_from
    return min(opened, mandate.valid_from)


def over(mandate: Mandate, terms: Mapping[str, Term]) -> dt.date | None:
    """Give the last day of a mandate's term; None while no end is known."""
    term = terms.get(mandate.term)
    ended = (term.ends_on or term.valid_to) if term else None
    if ended is None and any(e.kind == "end" and e.reason == "term_ended" for e in mandate.history):
        ended = mandate.valid_to
    return ended - DAY if ended else None
