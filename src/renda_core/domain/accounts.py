"""Who may do what to accounts (账号): the roles of identity, the three administrators, and what cannot be lent."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Collection, Iterable, Mapping

import attrs

from renda_core.domain.names import names
from renda_core.errors import Invalid

ADMIN, SECURITY, AUDITOR, OPERATOR = "admin", "security", "auditor", "operator"
TITLES: Mapping[str, str] = {ADMIN: "系统管理员", SECURITY: "安全管理员", AUDITOR: "审计员", OPERATOR: "运营者"}
"""Roles that every tenant knows, whatever its practices; the last one only where the service itself is run from."""
THREE = frozenset({ADMIN, SECURITY, AUDITOR})
"""The three administrators (三员). Source: GB/T 22239-2019 8.1.5.1-3."""
RANKED = (ADMIN, SECURITY, AUDITOR)
"""Which of the three somebody acts as who was given several before they were kept apart: the first of these.

U: no rule says; whoever makes accounts can still have the others seated, and whoever changes something never reads
over it.
"""
UNHELD = names("ballot clock follower watch public voter")
"""Roles of jobs, and of whoever is not told apart: nobody is given one."""
NOT_LENT = THREE | {OPERATOR, "teller", "scrutineer"}
"""Roles that stay with their holder. U: they watch over others, or were given by a vote of the congress."""
LONGEST_LOAN = 366
"""Days for which roles are lent at most. U: a loan that nobody renews within a year is forgotten, not meant."""
SHORTEST_LOGIN, LONGEST_LOGIN = 2, 100


@attrs.frozen(kw_only=True)
class Power:
    """Something that is done to accounts, and who does it.

    Attributes:
        together: Roles that may where one administrator does everything.
        apart: Roles that may where the three are kept apart.
    """

    title: str
    together: frozenset[str] = attrs.field(converter=names)
    apart: frozenset[str] = attrs.field(converter=names)
    source: str

    def held(self, roles: Collection[str], *, apart: bool) -> bool:
        """Tell whether somebody with these roles may."""
        return not (self.apart if apart else self.together).isdisjoint(roles)


_USERS = "GB/T 22239-2019 8.1.5.1 b): the system administrator looks after users' identities"
_RIGHTS = "GB/T 22239-2019 8.1.5.3 b): the security administrator gives subjects their rights"
_SYSTEM = "GB/T 22239-2019 8.1.5.1 b): the system administrator sets up the system and its resources"
_RECORDS = "GB/T 22239-2019 8.1.5.2 b): the auditor looks through the records"
POWERS: Mapping[str, Power] = {
    "see": Power(title="查看账号", together="admin security auditor", apart="admin security auditor", source=_USERS),
    "make": Power(title="管理账号", together="admin", apart="admin", source=_USERS),
    "grant": Power(title="授予权限", together="admin", apart="security", source=_RIGHTS),
    "tokens": Power(title="管理令牌", together="admin", apart="security", source=_RIGHTS),
    "receivers": Power(title="管理事件接收方", together="admin", apart="admin", source=_SYSTEM),
    "journal": Power(title="查看日志", together="office overseer auditor", apart="auditor", source=_RECORDS),
}
"""One table of what administrators may do, without three administrators and with them."""


def wrong_roles(roles: Iterable[str], known: Collection[str], *, apart: bool, operator: bool) -> tuple[str, ...]:
    """Object to roles that an account cannot have, or not together.

    Args:
        known: The roles of the tenant's practice.
        apart: Whether the three administrators are kept apart.
        operator: Whether the service is run from this tenant.
    """
    given = frozenset(roles)
    here = (frozenset(known) - UNHELD) | THREE | ({OPERATOR} if operator else frozenset())
    said = [f"no role {role!r} here; known: {', '.join(sorted(here))}" for role in sorted(given - here)]
    if apart and len(both := sorted(given & THREE)) > 1:
        said.append(f"{' and '.join(both)} are kept apart here: nobody holds two of them")
    return tuple(said)


def awake(roles: frozenset[str], *, apart: bool) -> frozenset[str]:
    """Give the roles that somebody acts in, of those they were given.

    Args:
        apart: Whether the three administrators are kept apart: then one of them at most.
    """
    several = roles & THREE
    if apart and len(several) > 1:
        return roles - several | {next(role for role in RANKED if role in several)}
    return roles


def wrong_loan(
    roles: Collection[str], held: Collection[str], since: dt.date, until: dt.date, today: dt.date
) -> tuple[str, ...]:
    """Object to a loan of roles.

    Args:
        held: The giver's own roles; what was lent to the giver is not among them, so that nothing is lent on.
    """
    said = [f"{role} cannot be lent" for role in sorted(NOT_LENT.intersection(roles))]
    said += [f"{role} is not the giver's own" for role in sorted(frozenset(roles) - NOT_LENT - frozenset(held))]
    said += [] if roles else ["no role is named"]
    if until < since:
        said.append("it would end before it begins")
    elif until < today:
        said.append("it would be over already")
    elif (until - since).days >= LONGEST_LOAN:
        said.append(f"it would last longer than {LONGEST_LOAN} days")
    return tuple(said)


def read_login(text: str) -> str:
    """Give a login name as it is compared: the same in small, large and full-width letters.

    Raises:
        Invalid: It can be none. Nothing of it is repeated, for it may be a password typed into the wrong field.
    """
    plain = unicodedata.normalize("NFKC", text[: LONGEST_LOGIN + 1]).strip().casefold()
    printable = all(unicodedata.category(c)[0] in "LMNPS" for c in plain)
    if not (SHORTEST_LOGIN <= len(plain) <= LONGEST_LOGIN and printable and len(text) <= LONGEST_LOGIN):
        told = f"a login name has {SHORTEST_LOGIN} to {LONGEST_LOGIN} characters, and no blanks"
        raise Invalid(told, field="login")
    return plain
