"""A copy of somebody's data (个人信息副本): everything the county holds of them, and nothing of anybody else's."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import attrs
from sqlalchemy import bindparam, or_, select

from renda_core.domain.case import Actor
from renda_core.domain.masking import masked, without
from renda_core.domain.sealed import Sealed, over_holders, personal_fields
from renda_core.errors import Invalid
from renda_core.files.workbook import Page
from renda_core.services import attachments
from renda_core.services.attaching import CASE, RECORD
from renda_core.services.attachments import Attachment
from renda_core.services.privacy import subjects
from renda_core.services.privacy.places import HASHED, PLACES
from renda_core.services.privacy.powers import check
from renda_core.services.privacy.subjects import Held, Subject
from renda_core.store import tables as t
from renda_core.store.compile import Query, mine
from renda_core.store.stores import Store
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

MOST = 10_000
"""Rows of one table that a copy holds."""
OF: Mapping[str, tuple[str, ...]] = {
    "person": ("id",),
    "mandate": ("person",),
    "voter": ("person",),
    "duty_record": ("person",),
    "ballot_roll": ("person",),
    "notice": ("person",),
    "consent": ("person",),
    "account": ("person",),
    "request_key": ("principal",),
    "import_job": ("author",),
}
"""By table, the columns that say whose a row is."""
UNSAID = frozenset(
    {"tenant_id", "password", "totp", "totp_step", "login_key", "id_index", "match_key", "content", "body"}
)
"""What opens something, what is only made from the rest, and files of other people's."""
TITLES: Mapping[str, str] = {
    "person": "名册",
    "mandate": "代表职务",
    "voter": "选民登记",
    "duty_record": "履职记录",
    "ballot_roll": "表决名册",
    "notice": "提醒",
    "consent": "同意",
    "account": "账号",
    "request_key": "保留的答复",
    "import_job": "导入的文件",
    "cases": "办件",
    "files": "附件",
    "journal": "日志",
}


@attrs.frozen(kw_only=True)
class Copy:
    """What is held of somebody, by table; plain values only."""

    made_at: dt.datetime
    parts: Mapping[str, tuple[Mapping[str, Any], ...]] = attrs.field(repr=False)

    def as_json(self) -> bytes:
        """Write it as one JSON document, with what each table is for and how long it is kept."""
        why = {at.table: {"用途": at.why, "保存": at.kept} for at in PLACES if at.table in self.parts}
        whole = {"made_at": self.made_at.isoformat(), "about": why, **{k: list(rows) for k, rows in self.parts.items()}}
        return json.dumps(whole, ensure_ascii=False, indent=1, default=str).encode()

    def pages(self) -> tuple[Page, ...]:
        """Give it as the sheets of a workbook, one a table that has rows."""
        made = []
        for name, rows in self.parts.items():
            if rows:
                columns = tuple(dict.fromkeys(key for row in rows for key in row))
                lines = [tuple(_cell(row.get(key)) for key in columns) for row in rows]
                made.append(Page(TITLES.get(name, name), columns, lines))
        return tuple(made) or (Page("说明", ("说明",), [("没有此人的个人信息",)]),)


def _cell(value: Any) -> object:
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list | tuple) else value


def _of(name: str, columns: tuple[str, ...]) -> Query[dict[str, Any]]:
    table = t.metadata.tables[name]
    whose = or_(*(table.c[c] == bindparam("whose", type_=table.c[c].type) for c in columns))
    wanted = [c for c in table.c if c.name not in UNSAID]
    return Query(select(*wanted).where(mine(table), whose).order_by(*table.primary_key.columns).limit(MOST), dict)


ROWS = {name: _of(name, columns) for name, columns in OF.items()}
_j = t.journal
ENTRIES = Query(
    select(_j.c.seq, _j.c.entry)
    .where(mine(_j), _j.c.entry.contains(bindparam("whose", type_=_j.c.entry.type)))
    .order_by(_j.c.seq)
    .limit(MOST),
    dict,
)


async def copy(store: Store, tenant: Tenant, actor: Actor, who: str, reason: str) -> Copy:
    """Open everything the county holds of somebody, for them; that it was opened is in the journal before it is given.

    Args:
        who: The id of a person of the roster, or the whole number that somebody left.

    Raises:
        NotAllowed: The asker is no office.
        Invalid: No reason was given.
        NotFound: No such person.
    """
    check(actor, "copy")
    if not reason.strip():
        raise Invalid("a copy needs a reason, e.g. who asked for it and how they proved who they are", field="reason")
    made = await store.read(_gathered, tenant.id, tenant, who)
    await store.write(_noted, tenant.id, actor, tenant, made[0], made[1], reason)
    return made[1]


async def _noted(unit: Unit, tenant: Tenant, who: Subject, made: Copy, reason: str) -> None:
    rows = {name: len(part) for name, part in made.parts.items() if part}
    told = {"reason": without(reason.strip(), who.told)}
    on = who.person or tenant.id
    unit.record("privacy.copied", on=on, version=0, rule="privacy", rows=rows, private=told)


async def _gathered(reader: Reader, tenant: Tenant, who: str) -> tuple[Subject, Copy]:
    found = await subjects.subject(reader, who)
    parts: dict[str, tuple[Mapping[str, Any], ...]] = {}
    if found.person:
        for name, query in ROWS.items():
            parts[name] = tuple(_plain(reader, name, row) for row in await reader.all(query, whose=found.person))
    cases, files = list[dict[str, Any]](), list[dict[str, Any]]()
    async for held in subjects.cases_of(reader, tenant, found):
        cases.append(told := _case(reader, held, found))
        if told["left"] or "texts" in told:
            files += [_file(one, held.others) for one in await attachments.of(reader, CASE, held.case.id)]
    for row in parts.get("duty_record", ()):
        files += [_file(one, frozenset()) for one in await attachments.of(reader, RECORD, row["id"])]
    parts["cases"], parts["files"] = tuple(cases), tuple(files)
    if found.person:
        entries = await reader.all(ENTRIES, whose=found.person)
        lines = [(row["seq"], json.loads(row["entry"])) for row in entries]
        parts["journal"] = tuple(
            {"seq": seq, "at": entry["at"], "what": entry["what"], "as": _as(entry, found)}
            for seq, entry in lines
            if found.person in (entry["actor"], entry["on"])
        )
    return found, Copy(made_at=reader.now, parts=parts)


def _as(entry: Mapping[str, Any], who: Subject) -> str:
    return "经办" if entry["actor"] == who.person else "对象"


def _file(one: Attachment, others: frozenset[str]) -> dict[str, Any]:
    """Tell of a file with what they left; its content may show others too, and is given by whoever looked at it."""
    told = attrs.asdict(one, filter=attrs.filters.exclude("made_by"))
    return {**told, "name": masked(one.name, others), "made_at": one.made_at.isoformat()}


def _plain(reader: Reader, name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Open one row of theirs; what of it is a document is read, and what is a hash is left out."""
    fields = {at.column: at for at in PLACES if at.table == name}
    made: dict[str, Any] = {}
    for column, value in row.items():
        at = fields.get(column)
        if value is None or (at is not None and at in HASHED):
            continue
        if isinstance(value, Sealed):
            made[column] = "" if value.erased or at is None else reader.reveal(value, at.field_of(row))
        elif isinstance(value, bytes | memoryview):
            if at is not None and at.form == "bytes":
                made[column] = reader.open_bytes(bytes(value), at.field_of(row)).decode("utf-8", "replace")
            elif at is not None and column == "document":
                made[column] = json.loads(bytes(value))
        else:
            made[column] = value
    return made


def _case(reader: Reader, held: Held, who: Subject) -> dict[str, Any]:
    """Tell what of a case is theirs: what they left and said, what they did; never who else is in it."""
    case = held.case
    known = held.others
    made: dict[str, Any] = {
        "id": case.id,
        "kind": held.procedure.kind.title if held.procedure else case.kind,
        "number": case.number,
        "opened_on": case.opened_on.isoformat(),
        "roles": sorted(role for role, ids in case.parties.items() if who.person and who.person in ids),
        "left": [],
        "acts": [
            {"step": act.step, "on": act.on.isoformat(), "note": masked(act.note, known)}
            for act in case.acts
            if who.person and act.by == who.person
        ],
    }
    own_words = (
        held.voice and bool(subjects.own(reader, case.body, case.body, who)) if attrs.has(type(case.body)) else False
    )
    written = bool(who.person) and bool(case.acts) and case.acts[0].by == who.person
    if attrs.has(type(case.body)) and (own_words or written):
        made["title"] = masked(case.title, known)
        made["texts"] = {
            a.name: masked(text, known)
            for a in attrs.fields(type(case.body))
            if isinstance(text := getattr(case.body, a.name), str)
            and text
            and a.name not in personal_fields(type(case.body))
        }
    for whole in subjects.wholes(case):

        def gather(holder: Any, whole: Any = whole) -> Any:
            if theirs := subjects.own(reader, whole, holder, who):
                made["left"].append(theirs)
            return holder

        over_holders(whole, gather)
    return made
