"""Statements that take somebody's data away, and that look for what is over."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
from sqlalchemy import bindparam, delete, select, update

from renda_core.store import tables as t
from renda_core.store.columns import Instant
from renda_core.store.compile import Query, Write, keyed, mine

_p, _a = t.person, t.account


@attrs.frozen(kw_only=True)
class IdRow:
    """One id."""

    id: str


_numbers = {"id_number": None, "id_index": None, "phone": None, "employer": ""}
_facts = {"sex": "", "nationality": "", "born_on": None, "party": "", "education": "", "position": ""}
_named = {name: bindparam(name, type_=_p.c[name].type) for name in ("name", "match_key")}
FORGET_NUMBERS = Write(update(_p).where(*keyed(_p, "id")).values(_numbers))
"""Of a deputy: by what they are reached, and where they work."""
FORGET_PERSON = Write(update(_p).where(*keyed(_p, "id")).values({**_numbers, **_facts, **_named}))
"""Of anybody else: all but the row itself, to which the register of voters is tied."""
MANDATE_OF = Query(select(t.mandate.c.id).where(*keyed(t.mandate, "person")).limit(1), IdRow)
CUT_WORDS = Write(delete(t.person_word).where(*keyed(t.person_word, "person_id")))
CUT_NOTICES = Write(delete(t.notice).where(*keyed(t.notice, "person")))
CUT_ANSWERS = Write(delete(t.request_key).where(*keyed(t.request_key, "principal")))
WITHDRAW = Write(
    update(t.consent)
    .where(*keyed(t.consent, "person"), t.consent.c.withdrawn_at.is_(None))
    .values(withdrawn_at=bindparam("now", type_=Instant))
)
ACCOUNTS_OF = Query(select(_a.c.id).where(*keyed(_a, "person")), IdRow)
CUT_ACCOUNT: Mapping[str, Write] = {
    table.name: Write(delete(table).where(*keyed(table, "account_id")))
    for table in (t.access, t.ticket, t.passkey, t.provided)
}
"""What opens an account."""
_nothing = ("login", "login_key", "password", "password_at", "totp", "totp_step")
FORGET_ACCOUNT = Write(
    update(_a)
    .where(*keyed(_a, "id"))
    .values(
        {
            **dict.fromkeys(_nothing),
            "name": bindparam("name", type_=_a.c.name.type),
            "state": "closed",
            "version": _a.c.version + 1,
        }
    )
)
CUT_OLD_TICKETS = Write(delete(t.ticket).where(mine(t.ticket), t.ticket.c.ends_at < bindparam("before", type_=Instant)))
CUT_OLD_ACCESS = Write(delete(t.access).where(mine(t.access), t.access.c.ends_at < bindparam("before", type_=Instant)))
