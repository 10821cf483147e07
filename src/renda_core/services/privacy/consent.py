"""Consent (同意): who agreed to what, in which words, since when; and that it was withdrawn, which stops the use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import attrs
from sqlalchemy import Integer, bindparam, select, update

from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotFound, Rejected
from renda_core.services.lookups import is_id
from renda_core.services.paging import PAGE, Page, an_id, check_size, cursor, place
from renda_core.services.privacy.powers import check
from renda_core.store import tables as t
from renda_core.store.codec import new_id
from renda_core.store.columns import Id, Instant
from renda_core.store.compile import Query, Write, add, keyed, mine
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant


@attrs.frozen(kw_only=True)
class Purpose:
    """What data are used for, and the words that are shown before somebody agrees.

    Attributes:
        version: Goes up with the words: consent given to older words holds for those alone.
    """

    name: str
    title: str
    words: str
    version: int = 1

    @property
    def wording(self) -> str:
        """The words with their version, as they are kept with each consent."""
        return f"第{self.version}版：{self.words}"


PURPOSES: Mapping[str, Purpose] = {
    p.name: p
    for p in (
        Purpose(
            name="feedback",
            title="办理反馈",
            words="您留下的姓名和电话只用于就本件向您核实和反馈办理结果，由承办人员使用，办结后按规定期限删除；您可随时撤回同意。",
        ),
        Purpose(
            name="pass_on",
            title="转告承办单位",
            words="同意将您的姓名和电话转告承办单位，仅用于办理本件；不同意不影响受理。",
        ),
        Purpose(
            name="publish",
            title="公开发布",
            words="同意在联络站和网站公开您的姓名与先进事迹；您可随时撤回同意，撤回后即停止公开。",
        ),
        Purpose(
            name="notices",
            title="活动通知",
            words="同意用您留下的联系方式向您发送接待活动通知；您可随时撤回同意。",
        ),
    )
}
"""U: 个人信息保护法 13-17 ask that purpose, manner and how to withdraw are told in plain words; the words are ours."""


@attrs.frozen(kw_only=True)
class Consent:
    """One consent.

    Attributes:
        person: Who agreed: a person of the roster, or the case in which somebody left a number.
    """

    id: str
    person: str
    purpose: str
    wording: str
    given_at: dt.datetime
    entered_by: str
    withdrawn_at: dt.datetime | None


_c = t.consent
_whole = tuple(_c.c[a.name] for a in attrs.fields(Consent))
_after = bindparam("after", type_=Id())
ADD = add(_c)
ONE = Query(select(*_whole).where(*keyed(_c, "id")), Consent)
OF = Query(
    select(*_whole)
    .where(*keyed(_c, "person"), _c.c.id > _after)
    .order_by(_c.c.id)
    .limit(bindparam("size", type_=Integer())),
    Consent,
)
ALL = Query(
    select(*_whole).where(mine(_c), _c.c.id > _after).order_by(_c.c.id).limit(bindparam("size", type_=Integer())),
    Consent,
)
STANDING = Query(
    select(*_whole).where(*keyed(_c, "person", "purpose"), _c.c.withdrawn_at.is_(None)).order_by(_c.c.id).limit(1),
    Consent,
)
LAST = Query(
    select(*_whole).where(*keyed(_c, "person", "purpose")).order_by(_c.c.id.desc()).limit(1),
    Consent,
)
WITHDRAW = Write(
    update(_c).where(*keyed(_c, "id"), _c.c.withdrawn_at.is_(None)).values(withdrawn_at=bindparam("now", type_=Instant))
)


def purpose_of(name: str) -> Purpose:
    """Find a purpose.

    Raises:
        Invalid: There is none of this name.
    """
    if (found := PURPOSES.get(name)) is None:
        raise Invalid(f"no purpose {name[:40]!r}; known: {', '.join(PURPOSES)}", field="purpose")
    return found


async def give(unit: Unit, _: Tenant, person: str, purpose: str, wording: str = "") -> Consent:
    """Keep that somebody agreed, with the words that were shown; given again while it stands, it is the same one.

    Args:
        person: The id of a person of the roster, or of the case in which somebody left a number.
        wording: The words as they were shown, where they were other than the present ones.

    Raises:
        Invalid: No such purpose, or no id.
        NotAllowed: The asker keeps no consents.
    """
    check(unit.actor, "consent")
    told = wording.strip() or purpose_of(purpose).wording
    purpose_of(purpose)
    if not is_id(person):
        raise Invalid("name a person, or a case, by id", field="person")
    had = await unit.find(STANDING, person=person, purpose=purpose)
    if had is not None and had.wording == told:
        unit.rehearse()
        return had
    made = Consent(
        id=new_id(),
        person=person,
        purpose=purpose,
        wording=told,
        given_at=unit.now,
        entered_by=unit.actor.id,
        withdrawn_at=None,
    )
    if had is not None:  # the words are new: the old consent ends where the new one begins
        await unit.write(WITHDRAW, id=had.id, now=unit.now)
    await unit.write(ADD, **attrs.asdict(made))
    unit.record("consent.given", on=person, version=0, rule="privacy", consent=made.id, purpose=purpose)
    return made


async def withdraw(unit: Unit, _: Tenant, id: str) -> Consent:
    """Keep that somebody agrees no more: from now on the data are not used for this.

    Raises:
        NotFound: There is no such consent.
        Rejected: It was withdrawn before.
    """
    check(unit.actor, "consent")
    had = await unit.find(ONE, id=id)
    if had is None:
        raise NotFound(f"no consent {id}")
    if not await unit.write(WITHDRAW, id=id, now=unit.now):
        raise Rejected("nothing was withdrawn", f"it was withdrawn at {had.withdrawn_at}")
    unit.record("consent.withdrawn", on=had.person, version=0, rule="privacy", consent=id, purpose=had.purpose)
    unit.emit("consent.withdrawn", person=had.person, purpose=had.purpose)
    return attrs.evolve(had, withdrawn_at=unit.now)


async def listed(
    reader: Reader, _: Tenant, actor: Actor, person: str = "", after: str = "", size: int = PAGE
) -> Page[Consent]:
    """List consents, those of one person or all, the oldest first; withdrawn ones too."""
    check(actor, "consent")
    check_size(size)
    if person and not is_id(person):
        raise Invalid("name a person, or a case, by id", field="person")
    at = {"after": place(after, "consents", an_id)[0] if after else "", "size": size + 1}
    found = await (reader.all(OF, person=person, **at) if person else reader.all(ALL, **at))
    rows = tuple(found[:size])
    return Page(rows=rows, after=cursor("consents", rows[-1].id) if len(found) > size else "")


async def stands(reader: Reader, person: str, purpose: str) -> bool:
    """Tell whether somebody agrees today: whoever uses data for a purpose asks this first."""
    return await reader.find(STANDING, person=person, purpose=purpose) is not None


async def refuse_withdrawn(reader: Reader, person: str, purpose: str) -> None:
    """Refuse a use that somebody agreed to once and agrees to no more; who was never asked is not stopped here.

    What a law lets an office do without asking (个人信息保护法 13 (3)) needs no consent; one that was asked for binds.

    Raises:
        Rejected: It was withdrawn, and when.
    """
    last = await reader.find(LAST, person=person, purpose=purpose)
    if last is not None and last.withdrawn_at is not None:
        day = last.withdrawn_at.date().isoformat()
        raise Rejected("it is not used any more", f"the consent to {PURPOSES[purpose].title} was withdrawn on {day}")
