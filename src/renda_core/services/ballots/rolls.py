"""Who may vote: by name, or whoever holds a mandate on the day; and who counts without an interest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from renda_core.domain.ballot import Rule
from renda_core.domain.case import Case
from renda_core.domain.mandates import Mandate
from renda_core.errors import Invalid, NotFound, Rejected
from renda_core.services.ballots.commands import OpenBallot
from renda_core.services.ballots.loading import is_id
from renda_core.store import ballots as rows
from renda_core.store.bodies import HOLDING
from renda_core.store.codec import decode
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

OFFICERS = "选举法 43 (by analogy)"
"""Source: who counts or watches over the count is no near relative of a candidate; here, has no part in a subject."""


@attrs.frozen(kw_only=True)
class Roll:
    """Who is on a roll, with each one's standing, and the numbers that go with it."""

    people: Mapping[str, str]
    incumbent: int
    seats: int

    @property
    def entitled(self) -> int:
        """How many of them may vote."""
        return sum(1 for standing in self.people.values() if standing == "entitled")


async def roll_for(reader: Reader, tenant: Tenant, command: OpenBallot) -> Roll:
    """Draw up the roll of a ballot.

    Raises:
        Invalid: It is given by name and by congress at once, or its numbers contradict each other.
        NotFound: Nobody holds a mandate in this congress today.
    """
    if command.congress:
        return await _of_congress(reader, tenant, command)
    named = command.roll
    incumbent = command.incumbent or len(named)
    if incumbent < len(named):
        raise Invalid(f"incumbent: {incumbent} incumbents, and {len(named)} on the roll", field="incumbent")
    if not all(map(is_id, named)):
        raise Invalid("roll: give each person's id", field="roll")
    return Roll(people=dict.fromkeys(named, "entitled"), incumbent=incumbent, seats=command.seats)


async def _of_congress(reader: Reader, tenant: Tenant, command: OpenBallot) -> Roll:
    """Take whoever holds a mandate today: those in force vote, those suspended are in the base (代表法 61)."""
    if command.roll or command.incumbent:
        raise Invalid("roll: give the roll by name, or the congress whose deputies vote, not both", field="roll")
    congress = command.congress
    found = await reader.all(HOLDING, on=tenant.today, congress=congress) if is_id(congress) else []
    standing: dict[str, str] = {}
    for mandate in (decode(row.document, Mandate) for row in found):
        state = mandate.state_on(tenant.today)
        if state == "active":
            standing[mandate.person] = "entitled"
        elif state == "suspended":
            standing.setdefault(mandate.person, "suspended")
    if not standing:
        raise NotFound(f"nobody holds a mandate in congress {congress} on {tenant.today}; enter its mandates first")
    seats = (await reader.one(rows.SEATS, congress=congress, on=tenant.today)).seats
    return Roll(people=standing, incumbent=len(standing), seats=command.seats or seats or 0)


async def enrol(unit: Unit, ballot: str, round: int, people: Mapping[str, str]) -> None:
    """Write the roll of a round; who is there, and what is handed out, is asked when it is opened."""
    if people:
        blank = {"sealed": None, "present": False, "issued": "", "named": None}
        slots = ({"person": p, "standing": s, **blank} for p, s in sorted(people.items()))
        await unit.write_all(rows.ADD_ROLL, ({"ballot_id": ballot, "round": round, **slot} for slot in slots))


def refuse_interested(rule: Rule, command: OpenBallot, subjects: Sequence[Case]) -> None:
    """Refuse tellers and scrutineers (计票人, 监票人) with an interest in what is voted on, or entered twice.

    Raises:
        Rejected: Naming each of them, and the clause.
    """
    clause = rule.clauses.get("officers", OFFICERS)
    titles = {"teller": command.tellers, "scrutineer": command.scrutineers}
    officers = [(title, person) for title, people in titles.items() for person in people]
    told = []
    seen: set[str] = set()
    for title, person in officers:
        if person in seen:
            told.append(f"{title} {person} is entered twice: who counts does not watch over the count ({clause})")
        seen.add(person)
        if person in command.subjects:
            told.append(f"{title} {person} is voted on ({clause})")
        for case in subjects:
            roles = sorted(role for role, people in case.parties.items() if person in people)
            if roles:
                told.append(f"{title} {person} is {', '.join(roles)} of {case.title} ({clause})")
    if told:
        raise Rejected("opening refused", *told)
