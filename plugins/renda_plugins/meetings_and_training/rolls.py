"""What an event's history says: when it is, who is invited, whose leave stands how, and who came."""

from collections.abc import Iterable, Mapping
from typing import Literal

import attrs

from renda_core.domain.case import Case
from renda_core.domain.duty import BESIDE, Record
from renda_plugins.meetings_and_training.fields import (
    Decision,
    Event,
    Invitation,
    Leave,
    LeaveFor,
    Roll,
    Schedule,
    Totals,
    Uninvited,
)
from renda_plugins.meetings_and_training.kinds import ABSENCE, INVITED, LEAVE, MEETINGS, SIT_IN, kind_of

APPROVE, REFUSE, WITHDRAW = "approve_leave", "refuse_leave", "withdraw_leave"
ASKED, APPROVED = "asked", "approved"
ATTENDED = "attended"
"""The list of records of who came; those of leave and of absence have the names of their kinds."""
LONGEST_TITLE = 200
"""Characters of an event's title that a book prints."""


@attrs.frozen(kw_only=True)
class Request:
    """Leave that was asked for.

    Attributes:
        halves: None named means the whole event.
        state: ``asked``, ``approved``, ``refused`` or ``withdrawn``.
    """

    person: str
    halves: tuple[str, ...]
    state: str = ASKED


@attrs.frozen(kw_only=True)
class Outcome:
    """What came of one invitation, in half-days.

    Attributes:
        present, leave, absent: Half-days; together they are those of the event.
    """

    person: str
    role: str
    present: int
    leave: int
    absent: int

    @property
    def stands(self) -> Literal["present", "leave", "absent"]:
        """Say in which one column a list puts the person: came for any part, away with leave alone, or without."""
        if self.present:
            return "present"
        return "absent" if self.absent else "leave"


def schedule(case: Case) -> Schedule:
    """Give when and where it is: as planned, or as it was moved to last."""
    moved = [said for _, said in case.said(Schedule)]
    return moved[-1] if moved else case.body_as(Event)


def invited(case: Case) -> dict[str, str]:
    """Give who is invited, each with the capacity; a party stays one for ever, an invitation does not."""
    later = {p for act in case.acts for p in act.parties.get(INVITED, ())}
    found = dict.fromkeys((p for p in case.parties.get(INVITED, ()) if p not in later), "attend")
    for act in case.acts:
        said = act.payload
        if isinstance(said, Uninvited):
            for person in said.people:
                found.pop(person, None)
        role = said.role if isinstance(said, Invitation | Roll) else "attend"
        found |= dict.fromkeys(act.parties.get(INVITED, ()), role)
    return found


def requests(case: Case) -> Mapping[str, tuple[Request, ...]]:
    """Give all leave that was ever asked for, by person, oldest first."""
    found: dict[str, list[Request]] = {}
    for act in case.acts:
        said = act.payload
        if isinstance(said, Leave):
            person = said.person if isinstance(said, LeaveFor) else act.by
            found.setdefault(person, []).append(Request(person=person, halves=said.halves))
        elif isinstance(said, Decision):
            state = APPROVED if act.step == APPROVE else "refused"
            _turn(found.get(said.person, []), {ASKED}, state)
        elif act.step == WITHDRAW:
            _turn(found.get(act.by, []), {ASKED, APPROVED}, "withdrawn")
    return {person: tuple(asked) for person, asked in found.items()}


def _turn(asked: list[Request], from_: set[str], to: str) -> None:
    asked[:] = [attrs.evolve(r, state=to) if r.state in from_ else r for r in asked]


def standing(asked: Iterable[Request], states: Iterable[str], halves: Iterable[str]) -> frozenset[str]:
    """Give the half-days of the event for which leave stands in one of some states."""
    kept, every = frozenset(states), frozenset(halves)
    return every & frozenset(h for r in asked if r.state in kept for h in (r.halves or every))


def undecided(case: Case) -> tuple[str, ...]:
    """Give whose leave nobody has decided."""
    now = invited(case)
    return tuple(p for p, asked in requests(case).items() if p in now and any(r.state == ASKED for r in asked))


def misplaced(case: Case) -> tuple[str, ...]:
    """Give whose leave names half-days that the event has no more, because it was moved since."""
    now, halves = invited(case), frozenset(schedule(case).halves())
    open_ = {p: [r for r in asked if r.state in (ASKED, APPROVED)] for p, asked in requests(case).items() if p in now}
    return tuple(p for p, asked in open_.items() if any(set(r.halves) - halves for r in asked))


def roll_of(case: Case) -> Roll | None:
    """Give the roll in force: the one told last."""
    told = [said for _, said in case.said(Roll)]
    return told[-1] if told else None


def totals(case: Case) -> Totals | None:
    """Give the sums in force: those told last."""
    told = [said for _, said in case.said(Totals)]
    return told[-1] if told else None


def missed_by(roll: Roll, halves: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Give of everybody on a roll the half-days that they missed."""
    found = dict.fromkeys(roll.present, frozenset[str]())
    found |= dict.fromkeys((*roll.on_leave, *roll.absent), frozenset(halves))
    return found | {one.person: frozenset(one.missed) & frozenset(halves) for one in roll.partly}


def outcomes(case: Case) -> tuple[Outcome, ...]:
    """Say of everybody who was invited what came of it; nobody before the roll, and nobody where sums stand for it."""
    if (roll := roll_of(case)) is None:
        return ()
    halves, asked = schedule(case).halves(), requests(case)
    missed, found = missed_by(roll, halves), list[Outcome]()
    for person, role in invited(case).items():
        if (away := missed.get(person)) is None:  # only an override leads here; page and archive ask for the roll anew
            continue
        leave = away & standing(asked.get(person, ()), {APPROVED}, halves)
        found.append(
            Outcome(
                person=person,
                role=role,
                present=len(halves) - len(away),
                leave=len(leave),
                absent=len(away - leave),
            )
        )
    return tuple(found)


def records(case: Case, list_: str) -> Iterable[Record]:
    """Give one list of the duty records of an event: of who ``attended``, of ``leave``, or of ``absence``.

    One event of a person with several mandates is one record. What is a congress's own meeting counts in the mandate
    held there alone; sitting in, training and all else count in every mandate of the day.
    """
    body, when = case.body_as(Event), schedule(case)
    many = len(when.halves())
    for one in outcomes(case):
        own = body.form in MEETINGS and one.role != SIT_IN
        record = Record(
            person=one.person,
            kind=list_,
            on=when.on,
            source="",  # the list's, which the service gives
            title=case.title[:LONGEST_TITLE],
            congress=body.congress if own else "",
        )
        missed = {
            "session": int(own and body.form == "session"),
            "committee": int(own and body.form != "session"),
            "whole": int(not one.present),
        }
        if list_ == ATTENDED and one.present:
            facts = {"halves": one.present}
            if (kind := kind_of(body.form, one.role)) == "training" and body.hours:
                facts["hours"] = body.hours * one.present // many  # nobody is credited what they did not sit through
            yield attrs.evolve(record, kind=kind, facts=facts)
        if list_ == LEAVE and one.leave:
            facts = {"halves": one.leave, **missed} | ({BESIDE: 1} if one.present or one.absent else {})
            yield attrs.evolve(record, quantity=one.leave, facts=facts)
        if list_ == ABSENCE and one.absent:
            yield attrs.evolve(record, facts={"halves": one.absent, **missed} | ({BESIDE: 1} if one.present else {}))
