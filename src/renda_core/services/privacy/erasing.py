"""Erasure (删除个人信息): of somebody's data everywhere, at their wish or because their time is over.

What goes goes for good, in one transaction with one entry in the journal, whose chain stays valid. What the law keeps,
such as a deputy's name and mandates, stays and is named in the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import attrs

from renda_core.domain.case import Actor, Case
from renda_core.domain.masking import mentions, without
from renda_core.domain.sealed import ERASED, Sealed, over_holders, personal_fields
from renda_core.errors import Invalid, Rejected
from renda_core.services import corrections, likeness
from renda_core.services.journal import ERASE as ERASE_PRIVATE
from renda_core.services.privacy import subjects
from renda_core.services.privacy.powers import check
from renda_core.services.privacy.scrubbing import Texts, scrub, texts_of
from renda_core.services.privacy.subjects import Held, Subject
from renda_core.store import privacy as s
from renda_core.store.cases import load
from renda_core.store.stores import Store
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

GONE = "（已删除）"
"""What a voter is called whose data were erased."""
TRIES = 3
"""How often it is looked for what came in while the rest was erased."""
LEFT_TO_DEPUTIES = (
    "代表姓名、性别、民族、出生日期、党派、学历、职务与代表职务、履职记录：依代表法、选举法公开并按档案法保存",
    "表决名册：依选举法、地方组织法保存",
)
LEFT_TO_ALL = (
    "办件本身及其编号、日期、办理结果：按档案法保存，不再含本人姓名与联系方式",
    "日志条目：只有编号，长期保存；其个人部分已删",
    "此前的备份：随备份到期一并销毁",
)


@attrs.frozen(kw_only=True)
class Erased:
    """What was done.

    Attributes:
        places: How many values or rows went, by table.
        cases: The cases that were rewritten.
        kept: What stays, and by which law, in words for whoever asked.
    """

    places: Mapping[str, int]
    cases: tuple[str, ...]
    kept: tuple[str, ...]


async def erase(store: Store, tenant: Tenant, actor: Actor, who: str, reason: str) -> Erased:
    """Erase what a county holds of somebody; asked again, it finds nothing more to do.

    Args:
        who: The id of a person of the roster, or the whole number that somebody left.

    Raises:
        NotAllowed: The asker is no overseer.
        Invalid: No reason was given.
        NotFound: No such person.
        Rejected: It went on coming in while it was erased.
    """
    check(actor, "erase")
    if not reason.strip():
        raise Invalid("an erasure needs a reason", field="reason")
    places, cases, kinds = Counter[str](), list[str](), set[str]()
    deputy, found = (
        False,
        await store.read(_find, tenant.id, tenant, await store.read(subjects.subject, tenant.id, who)),
    )
    for n in range(TRIES):
        if n and not (found.cases or found.texts.any()):
            break
        done = await store.write(_erase, tenant.id, actor, tenant, found, reason, first=n == 0)
        places.update(done.places)
        cases += done.cases
        kinds |= {held.case.kind for held in found.cases}
        deputy = deputy or done.deputy
        found = await store.read(_find, tenant.id, tenant, found.who)
    else:
        raise Rejected("not all was erased", "it went on coming in meanwhile; ask once more")
    if kinds:
        await likeness.keep(store, tenant)
    kept = (*(LEFT_TO_DEPUTIES if deputy else ()), *LEFT_TO_ALL)
    return Erased(places={k: n for k, n in sorted(places.items()) if n}, cases=tuple(dict.fromkeys(cases)), kept=kept)


@attrs.frozen(kw_only=True)
class Found:
    """Where somebody is, as it was looked for before anything is written."""

    who: Subject
    cases: tuple[Held, ...]
    texts: Texts


@attrs.frozen(kw_only=True)
class _Done:
    places: Counter[str]
    cases: tuple[str, ...]
    deputy: bool


async def _find(reader: Reader, tenant: Tenant, who: Subject) -> Found:
    held = [h async for h in subjects.cases_of(reader, tenant, who) if h.voice or _told(h, who)]
    names = who.names.union(*(h.mine for h in held))
    who = attrs.evolve(who, names=names)
    return Found(who=who, cases=tuple(held), texts=await texts_of(reader, who, [h.case.id for h in held]))


def _told(held: Held, who: Subject) -> bool:
    """Tell whether a case that somebody is a party of has a number of theirs in what anybody wrote."""
    case = held.case
    texts = [case.title, *(act.note for act in case.acts)]
    texts += [v for whole in subjects.wholes(case) for v in _strings(whole)]
    return any(mentions(text, who.numbers) for text in texts)


async def _erase(unit: Unit, tenant: Tenant, found: Found, reason: str, *, first: bool) -> _Done:
    places, who = Counter[str](), found.who
    for held in found.cases:
        case = await load(unit, tenant.practice, held.case.id)
        tenant.practice.procedure(case.kind, case.edition).refuse_readonly("erasure")
        await _case(unit, tenant, case, who)
        places["case_file"] += 1
    for kind in {held.case.kind for held in found.cases}:
        places["likeness_page"] += await likeness.forget(unit, kind)
    places.update(await scrub(unit, who, found.texts))
    for seq in found.texts.private:
        places["journal"] += await unit.write(ERASE_PRIVATE, seq=seq)
    deputy = bool(who.person) and await unit.find(s.MANDATE_OF, person=who.person) is not None
    if who.person and first:
        places.update(await _person(unit, who.person, deputy))
    unit.record(
        "privacy.erased",
        on=who.person or tenant.id,
        version=0,
        rule="erasure",
        places=dict(sorted(places.items())),
        private={"reason": without(reason.strip(), who.told)},
    )
    unit.emit("privacy.erased", person=who.person, cases=[h.case.id for h in found.cases])
    return _Done(places=places, cases=tuple(h.case.id for h in found.cases), deputy=deputy)


async def _case(unit: Unit, tenant: Tenant, case: Case, who: Subject) -> None:
    """Take somebody out of one case; what the others in it left stays."""

    def change(whole: Any) -> Any:
        if isinstance(whole, str):
            return without(whole, who.told)

        def gone(holder: Any) -> Any:
            if not subjects.own(unit, whole, holder, who):
                return holder
            sealed = {n: ERASED for n in personal_fields(type(holder)) if isinstance(getattr(holder, n), Sealed)}
            return attrs.evolve(holder, **sealed)

        return _without(over_holders(whole, gone), who)

    await corrections.forget_in(unit, tenant, case, change, title=without(case.title, who.told) or GONE)


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list | tuple):
        return [text for part in value for text in _strings(part)]
    if isinstance(value, Sealed) or not attrs.has(type(value)):
        return []
    return [text for a in attrs.fields(type(value)) for text in _strings(getattr(value, a.name))]


def _without(value: Any, who: Subject) -> Any:
    """Take somebody's name and numbers out of every text within a value."""
    if isinstance(value, list | tuple):
        return type(value)(_without(part, who) for part in value)
    if isinstance(value, str):
        return without(value, who.told)
    if isinstance(value, Sealed) or not attrs.has(type(value)):
        return value
    parts = {a.name: getattr(value, a.name) for a in attrs.fields(type(value)) if a.init}
    changed = {n: new for n, part in parts.items() if (new := _without(part, who)) != part}
    return attrs.evolve(value, **changed) if changed else value


async def _person(unit: Unit, id: str, deputy: bool) -> dict[str, int]:
    """Erase the row of the roster: of a deputy the numbers, and how to reach them; of a voter everything."""
    gone = {
        "person": await unit.write(
            s.FORGET_NUMBERS if deputy else s.FORGET_PERSON, id=id, **({} if deputy else _BLANK)
        ),
        "person_word": 0 if deputy else await unit.write(s.CUT_WORDS, person_id=id),
        "notice": await unit.write(s.CUT_NOTICES, person=id),
        "request_key": await unit.write(s.CUT_ANSWERS, principal=id),
        "consent": await unit.write(s.WITHDRAW, person=id, now=unit.now),
    }
    for account in await unit.all(s.ACCOUNTS_OF, person=id):
        for table, cut in s.CUT_ACCOUNT.items():
            gone[table] = gone.get(table, 0) + await unit.write(cut, account_id=account.id)
        gone["account"] = gone.get("account", 0) + await unit.write(s.FORGET_ACCOUNT, id=account.id, name=GONE)
    return gone


_BLANK: Mapping[str, Any] = {"name": GONE, "match_key": ""}
