"""The roster going out: congresses, units, stations and deputies as their files have them, personal data masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renda_core.domain.case import Actor
from renda_core.domain.mandates import REASONS, Mandate
from renda_core.domain.sealed import Sealed
from renda_core.errors import Invalid, NotAllowed
from renda_core.files import SHEETS
from renda_core.services.holders import BOUND, Holders, listed
from renda_core.services.mandates import KEEPERS
from renda_core.services.reports import READERS
from renda_core.store.bodies import TIES
from renda_core.store.codec import decode
from renda_core.store.compile import Query
from renda_core.store.exports import CONGRESSES, FORMER, ROSTER, SESSIONS, STATIONS, UNITS, VOTERS
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

WHO = READERS | KEEPERS
"""Who takes the roster out of the house: the congress's own offices and organs."""
QUERIES: Mapping[str, Query[dict[str, Any]]] = {
    "congresses": CONGRESSES,
    "units": UNITS,
    "stations": STATIONS,
    "roster": ROSTER,
    "voters": VOTERS,
    "sessions": SESSIONS,
}
MASKS = {"id_number": 14, "phone": 7}
"""How many characters of a personal field are shown as stars before the last four."""
STATES = {"elected": "当选待确认", "active": "在任", "suspended": "暂停执行", "ended": "终止", "void": "当选无效"}
SEXES = {"male": "男", "female": "女"}
"""How states of mandates and sexes are written."""
Lines = tuple[list[dict[str, Any]], str]
"""Some rows, each by the names of the columns, and where to go on; nothing where there are no more."""


async def lines(reader: Reader, tenant: Tenant, actor: Actor, sheet: str, after: str, size: int) -> Lines:
    """Read a page of a noun.

    Raises:
        NotAllowed: The actor holds no role in the congress's offices and organs.
    """
    _refuse_strangers(actor, sheet)
    rows = await reader.all(QUERIES[sheet], on=tenant.today, after=after, size=size)
    titles = {c.name: {code: title for title, code in c.choices.items()} for c in SHEETS[sheet].columns if c.choices}
    if sheet == "stations":
        rows = await _with_deputies(reader, tenant, rows)
    found = [{name: _cell(name, value, titles.get(name)) for name, value in row.items()} for row in rows]
    return found, rows[-1]["id"] if len(rows) == size else ""


async def _with_deputies(reader: Reader, tenant: Tenant, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add who is bound to each station, as an import finds them again."""
    holders = await Holders.load(reader, tenant.today)
    bound: dict[str, list[str]] = {}
    for tie in await reader.all(TIES, kind=BOUND, on=tenant.today, place=None) if rows else ():
        if tie.from_id in holders:
            bound.setdefault(tie.to_id, []).append(holders.written(tie.from_id))
    return [
        row | {"offers": listed(row["offers"]) or None, "deputies": tuple(sorted(bound.get(row["id"], ()))) or None}
        for row in rows
    ]


async def former(reader: Reader, tenant: Tenant, actor: Actor, _: str, after: str, size: int, ask: Any) -> Lines:
    """Read a page of the mandates that hold no more, each with what ended it; it is told, and never brought in.

    Raises:
        NotAllowed: The actor holds no role in the congress's offices and organs.
        Invalid: It is narrowed by a ledger's question.
    """
    _refuse_strangers(actor, "former deputies")
    if ask is not None:
        raise Invalid("former deputies are not narrowed by a ledger's question", field="ask")
    rows = await reader.all(FORMER, on=tenant.today, after=after, size=size)
    return [_former(row) for row in rows], rows[-1]["id"] if len(rows) == size else ""


def _former(row: dict[str, Any]) -> dict[str, Any]:
    last = next(reversed(decode(row["document"], Mandate).history), None)
    why = REASONS.get((last.kind, last.reason)) if last else None
    told = {"sex": SEXES.get(row["sex"]), "state": STATES[row["state"]], "reason": why.title if why else None}
    return {name: value or None for name, value in row.items()} | told | {
        "by_election": row["by_election"], "legal_act": last.legal_act if last else None,
    }  # fmt: skip


def _refuse_strangers(actor: Actor, what: str) -> None:
    if not actor.roles & WHO:
        raise NotAllowed(f"the {what} go out to {', '.join(sorted(WHO))} only")


def masked(sealed: Sealed | None, stars: int) -> str | None:
    """Show a personal value as an import takes it for unchanged; nothing where it was erased or never given."""
    return None if sealed is None or sealed.erased else "*" * stars + sealed.last


def _cell(name: str, value: Any, titles: Mapping[str, str] | None) -> object:
    if name in MASKS:
        return masked(value, MASKS[name])
    if titles is not None:
        return titles.get(value, value) or None
    return None if value == "" else value
