"""The columns that an export may have: those of its sheet, by the same names that the import knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs

from renda_core.domain.fields import by_title
from renda_core.domain.procedure import Procedure, Step
from renda_core.domain.suggestion import KIND
from renda_core.errors import Invalid, NotFound
from renda_core.files import SHEETS, Column
from renda_core.files.workbook import Kind
from renda_core.services.exports.duty import fact_columns
from renda_core.tenancy import Tenant

LEDGER, OVERDUE, FORMER = "ledger:", "overdue", "former"
STEPS, RECORDS = "steps", "records"
"""The sheets to which practices add columns: what steps take, and what kinds of duty records measure."""
SIGNING = frozenset({"submit", "invite", "cosign", "decline_cosign", "cosign_on_paper"})
"""Steps that a suggestion's own row stands for: who signed, and that it was handed in."""
JOBS = frozenset({"ballot", "clock", "follower", "watch"})
_KINDS: dict[str, Kind] = {"date": "day", "int": "number"}


@attrs.frozen
class Shown:
    """One column of an export: its name in code, its title in the file, and what its cells hold."""

    name: str
    title: str
    kind: Kind = "text"


_LEDGER = (
    Shown("number", "编号"),
    Shown("title", "标题"),
    Shown("opened_on", "提出日期", "day"),
    Shown("state", "状态"),
    Shown("round", "轮次", "number"),
    Shown("units", "承办单位"),
    Shown("next_due", "最近到期", "day"),
    Shown("days", "逾期天数", "number"),
    Shown("closed", "是否办结"),
)
_OVERDUE = (
    Shown("kind", "种类"),
    Shown("number", "编号"),
    Shown("title", "标题"),
    Shown("clock", "时限"),
    Shown("round", "轮次", "number"),
    Shown("unit", "承办单位"),
    Shown("due_on", "到期", "day"),
    Shown("days", "逾期天数", "number"),
    Shown("provisional", "暂定"),
)
_FORMER = (
    Shown("name", "姓名"),
    Shown("sex", "性别"),
    Shown("congress", "所属人大"),
    Shown("term", "届次", "number"),
    Shown("district", "选区"),
    Shown("certificate", "代表证号"),
    Shown("elected", "当选日期", "day"),
    Shown("by_election", "补选"),
    Shown("state", "状态"),
    Shown("ended", "终止日期", "day"),
    Shown("reason", "原因"),
    Shown("legal_act", "依据"),
)
_OTHERS = {OVERDUE: _OVERDUE, FORMER: _FORMER}


def columns_of(tenant: Tenant, sheet: str) -> tuple[Shown, ...]:
    """List every column that an export of *sheet* may have, in the order of the file.

    Args:
        sheet: The name of a sheet, ``ledger:`` with a kind, ``overdue`` or ``former``.

    Raises:
        NotFound: There is no such export, or its kind is not enabled; the message names those that there are.
    """
    if sheet in _OTHERS:
        return _OTHERS[sheet]
    if sheet.startswith(LEDGER):
        kind = sheet.removeprefix(LEDGER)
        tenant.practice.procedure(kind, tenant.practice.edition(kind, tenant.today))
        return _LEDGER
    if sheet not in SHEETS:
        raise NotFound(f"no export {sheet!r}; known: {', '.join((*SHEETS, *_OTHERS, f'{LEDGER}KIND'))}")
    own = tuple(map(_shown, SHEETS[sheet].columns))
    if sheet == STEPS:
        return (*own, *(Shown(title, title, _KINDS.get(kind, "text")) for title, kind in payload_titles(tenant)))
    return (*own, *(_shown(column) for column in added_columns(tenant, sheet)))


def _shown(column: Column) -> Shown:
    return Shown(column.name, column.title, _KINDS.get(column.kind, "text"))


def added_columns(tenant: Tenant, sheet: str) -> tuple[Column, ...]:
    """Give the columns that a tenant's practices add to a sheet, as columns of a form to fill in."""
    if sheet == STEPS:
        return payload_columns(tenant)
    return fact_columns(tenant) if sheet == RECORDS else ()


def chosen(known: Sequence[Shown], wanted: Iterable[str], sheet: str) -> tuple[Shown, ...]:
    """Give the columns wanted, by name or title, in the order wanted; all of them where none is named.

    Raises:
        Invalid: One is not known, or named twice; the message lists what there is.
    """
    found: list[Shown] = []
    for name in wanted:
        column = next((c for c in known if name.strip() in (c.name, c.title)), None)
        if column is None:
            titles = [c.title for c in known]
            near = get_close_matches(name, [*titles, *(c.name for c in known)], n=1, cutoff=0.5)
            meant = f"did you mean {near[0]}? " if near else ""
            raise Invalid(f"{sheet} has no column {name!r}; {meant}known: {'、'.join(titles)}", field="columns")
        if column in found:
            raise Invalid(f"{sheet}: column {column.title} is named twice", field="columns")
        found.append(column)
    return tuple(found) or tuple(known)


def payload_titles(tenant: Tenant) -> tuple[tuple[str, str], ...]:
    """List the columns that the steps of this tenant's suggestions add to the sheet ``steps``, with their kinds."""
    found: dict[str, str] = {}
    for (kind, _), procedure in sorted(tenant.practice.procedures.items()):
        for step in procedure.steps.values() if kind == KIND else ():
            if told_in_rows(procedure, step):
                for title, cell in _cells(step):
                    if SHEETS["steps"].column(title) is None:
                        found.setdefault(title, cell)
    return tuple(found.items())


def payload_columns(tenant: Tenant) -> tuple[Column, ...]:
    """Give the same as columns of a form to fill in, each naming the steps that take it."""
    procedures = [p for (kind, _), p in tenant.practice.procedures.items() if kind == KIND]
    return tuple(
        Column(title, titles=(title,), kind="date" if cell == "date" else "text", note=_taken_by(procedures, title))
        for title, cell in payload_titles(tenant)
    )


def told_in_rows(procedure: Procedure, step: Step) -> bool:
    """Tell whether a row of the sheet ``steps`` may tell of a step: somebody takes it, and it signs nothing."""
    return step.name != procedure.kind.opening and step.name not in SIGNING - {"submit"} and bool(step.who - JOBS)


def _taken_by(procedures: Iterable[Procedure], title: str) -> str:
    steps = [s for p in procedures for s in p.steps.values() if told_in_rows(p, s) and title in by_title(s.takes)]
    return "用于：" + "、".join(dict.fromkeys(s.title or s.name for s in steps))


def _cells(step: Step) -> Iterator[tuple[str, str]]:
    """Give the fields of a step's payload that one cell can hold, with the kind of the cell."""
    if step.takes is None:
        return
    attrs.resolve_types(step.takes)
    for title, field in by_title(step.takes).items():
        if cell := _cell(field.type):
            yield title, cell


def _cell(type_: Any) -> str:
    if get_origin(type_) in (Union, UnionType):
        of = [part for part in get_args(type_) if part is not NoneType]
        return _cell(of[0]) if len(of) == 1 else "text" if str in of else ""
    if get_origin(type_) is tuple:
        return "list" if get_args(type_)[:1] == (str,) else ""
    if get_origin(type_) is Literal:
        return "text"
    return {"str": "text", "date": "date", "int": "int", "bool": "bool"}.get(getattr(type_, "__name__", ""), "")
