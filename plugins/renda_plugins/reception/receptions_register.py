"""What a reception's history says: who receives, what its register holds, and what it comes to."""

from collections.abc import Iterator

import attrs

from renda_core.domain.case import Case
from renda_core.domain.figures import Figure, total
from renda_core.domain.hours import Hours
from renda_plugins.reception.receptions_fields import Held, HostChange, Reception, Struck, Totals, Visit

HOST, CORRECT = "host", "correct_visit"
OVER = "cancelled"


@attrs.frozen(kw_only=True)
class Heard:
    """What came of one reception, or of several; None where no register tells it.

    Attributes:
        visits: Visits (批次); *people* are person-times (人次), for who comes twice counts twice.
        opinions: As sums tell them; of a register, what was entered as heard there is counted instead.
    """

    visits: Figure | None = None
    people: Figure | None = None
    opinions: Figure | None = None
    answered: Figure | None = None
    solved: Figure | None = None


def hosts(case: Case) -> tuple[str, ...]:
    """Give who receives: the hosts named, less those who made room since. A party stays one for ever, a host not."""
    changes = [(act, said) for act, said in case.said(HostChange)]
    later = {p for act, _ in changes for p in act.parties.get(HOST, ())}
    found = dict.fromkeys(p for p in case.parties.get(HOST, ()) if p not in later)
    for act, said in changes:
        found.pop(said.leaves, None)
        found |= dict.fromkeys(act.parties.get(HOST, ()))
    return tuple(found)


def hours(case: Case) -> Iterator[Hours]:
    """Give the hours that it takes of its hosts; a cancelled one takes none."""
    who = hosts(case)
    if who and case.states.get("main") != OVER:
        yield from case.body_as(Reception).hours(who)


def numbered(case: Case) -> dict[int, Visit | None]:
    """Read the register by number; None stands where a visit was struck out."""
    found: dict[int, Visit | None] = {}
    for act in case.acts:
        said = act.payload
        if isinstance(said, Visit):
            found[said.n if act.step == CORRECT else said.n or next_number(found)] = said
        elif isinstance(said, Struck):
            found[said.n] = None
    return dict(sorted(found.items()))


def next_number(register: dict[int, Visit | None]) -> int:
    """Give the number that comes next; one that was struck out is not given again."""
    return max(register, default=0) + 1


def register(case: Case) -> dict[int, Visit]:
    """Give the visits that stand in the register, by number."""
    return {n: visit for n, visit in numbered(case).items() if visit is not None}


def present(case: Case) -> tuple[str, ...]:
    """Give the deputies who received; none before it was held."""
    told = [said for _, said in case.said(Held)]
    return told[-1].present if told else ()


def totals(case: Case) -> Totals | None:
    """Give the sums in force: those told last."""
    told = [said for _, said in case.said(Totals)]
    return told[-1] if told else None


def unanswered(case: Case) -> int:
    """Count the matters of the register that were not answered on the spot: each must become an opinion."""
    return sum(v.matters - v.answered for v in register(case).values())


def heard(case: Case) -> Heard:
    """Say what came of a reception, by its sums or by its register."""
    if sums := totals(case):

        def figure(n: int | None) -> Figure | None:
            return None if n is None else Figure(n, sums.approx)

        return Heard(
            visits=figure(sums.visits),
            people=figure(sums.people),
            opinions=figure(sums.opinions),
            answered=figure(sums.answered),
            solved=figure(sums.solved),
        )
    lines = register(case).values()
    return Heard(
        visits=Figure(len(lines)),
        people=Figure(sum(v.people for v in lines)),
        answered=Figure(sum(v.answered for v in lines)),
        solved=Figure(sum(v.solved for v in lines)),
    )


def together(parts: list[Figure | None]) -> Figure | None:
    """Add figures up; where some register does not tell its own, the sum is at least so many, and so a round one."""
    told = [p for p in parts if p is not None]
    if not told:
        return None
    return total([*told, Figure(0, approx=len(told) < len(parts))])
