"""Preparing a ballot: what is voted on, by whom, under which rule, counted by whom."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import attrs

from renda_core import sealing
from renda_core.domain.ballot import Ballot, Round, Rule, check_question
from renda_core.domain.case import Case
from renda_core.domain.failing import Nonsense, expect
from renda_core.errors import Invalid, PracticeFailed, Rejected
from renda_core.records import BallotKind, Opening
from renda_core.services import budgets
from renda_core.services.asking import Source, asked
from renda_core.services.ballots.commands import OpenBallot
from renda_core.services.ballots.loading import is_id, offered_by, refuse_strangers
from renda_core.services.ballots.rolls import Roll, enrol, refuse_interested, roll_for
from renda_core.services.given import refuse_lost_links
from renda_core.store import ballots as rows
from renda_core.store.cases import ONE, load, read_row
from renda_core.store.codec import decode, encode, new_id
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

REASONS = 1_000
"""Reasons that a practice may give against one vote: far more than it has cases, fewer than what never ends."""


async def open_ballot(unit: Unit, tenant: Tenant, command: OpenBallot) -> Ballot:
    """Prepare a ballot and its first round, under the rule in force today, which it keeps.

    Raises:
        NotFound: No enabled plugin offers this kind, or a case is not there.
        NotAllowed: The actor opens no ballots.
        Invalid: What was handed in contradicts itself.
        Rejected: A rule stands against it; every reason, with its clause.
    """
    refuse_strangers(unit.actor)
    offered = offered_by(tenant, command.kind)
    _refuse_nonsense(unit, command)
    subjects = await subjects_of(unit, tenant, offered, command)
    method = await load(unit, tenant.practice, command.method) if command.method else None
    rule = _rule(tenant, offered, method)
    check_question(rule, command.subjects, places=command.places, costs=command.costs, budget=command.budget)
    refuse_interested(rule, command, subjects)
    roll = await roll_for(unit, tenant, command)
    _refuse_by_practice(tenant, offered, _looked_at(command, subjects, method, roll))
    ballot = _made(command, rule, roll)
    if ballot.electronic:
        sealing.Sheet.of(ballot, 1, {})  # refuses keys that are none, and more subjects than a paper has room for
    row = {"id": ballot.id, "kind": ballot.kind, "state": "prepared", "round": 1, "version": 0}
    await unit.write(rows.ADD, **row, closes_at=command.closes_at, document=encode(ballot))
    await enrol(unit, ballot.id, 1, roll.people)
    body: dict[str, Any] = {"roll": len(roll.people), "version_of_rule": rule.version, "method": command.method}
    unit.record(f"ballot.{command.kind}.prepared", on=ballot.id, version=0, rule=rule.name, **body)
    unit.emit(f"ballot.{command.kind}.prepared", id=ballot.id)
    return ballot


def _made(command: OpenBallot, rule: Rule, roll: Roll) -> Ballot:
    first = Round(subjects=command.subjects, places=command.places, costs=command.costs, budget=command.budget)
    names = ("kind", "title", "congress", "method", "tellers", "scrutineers", "electronic", "trustees")
    kept = {name: getattr(command, name) for name in names}
    return Ballot(id=new_id(), rule=rule, rounds=(first,), incumbent=roll.incumbent, seats=roll.seats, **kept)


def _refuse_nonsense(unit: Unit, command: OpenBallot) -> None:
    for name in ("subjects", "roll"):
        if len(set(getattr(command, name))) < len(getattr(command, name)):
            raise Invalid(f"{name}: somebody, or something, stands there twice", field=name)
    if not command.subjects:
        raise Invalid("subjects: name at least one", field="subjects")
    closes_at = command.closes_at
    if closes_at is not None and (closes_at.tzinfo is None or closes_at <= unit.now):
        raise Invalid(f"closes_at: {closes_at} is past, or names no zone", field="closes_at")
    if command.electronic and not (command.roll or command.congress):
        raise Invalid("roll: who votes by device is on a roll by name", field="roll")
    if command.trustees and not command.electronic:
        raise Invalid("trustees: they hold the keys of an electronic vote; this one is on paper", field="trustees")


async def subjects_of(reader: Reader, tenant: Tenant, offered: BallotKind, command: OpenBallot) -> tuple[Case, ...]:
    """Load the subjects that are cases; where the verdict moves them, or the practice looks at them, all must be."""
    if offered.outcomes or offered.refuse:
        await refuse_lost_links(reader, {"subject": command.subjects})
    elif not (command.tellers or command.scrutineers):
        return ()
    found = []
    for subject in filter(is_id, command.subjects):
        row = await reader.find(ONE, id=subject)
        found += [] if row is None else [read_row(row, tenant.practice)]
    return tuple(found)


def _rule(tenant: Tenant, offered: BallotKind, method: Case | None) -> Rule:
    """Ask for the rule of a vote; without one, nothing is opened."""
    by_method = offered.by_method
    if by_method is not None and method is None:
        told = "method: the congress adopts the method (票决办法) of this vote first; name the case that holds it"
        raise Rejected("opening refused", told)
    context = tenant.contexts(tenant.today)(offered.plugin)

    def made() -> object:
        try:
            rule = offered.rule(context) if by_method is None or method is None else by_method(context, method)
        except (Rejected, Invalid) as refused:  # the method is not adopted, or contradicts itself
            return refused
        # as it comes back from the store, for the ballot keeps it
        return decode(encode(expect(rule, Rule)), Rule)

    found = _told(tenant, offered, made)
    if isinstance(found, Exception):
        raise found
    return expect(found, Rule)


def _refuse_by_practice(tenant: Tenant, offered: BallotKind, opening: Opening) -> None:
    refuse = offered.refuse
    if refuse is None:
        return
    context = tenant.contexts(tenant.today)(offered.plugin)

    def reasons() -> tuple[str, ...]:
        given: Iterable[str] = refuse(context, opening)
        told = tuple(expect(reason, str) for reason in islice(given, REASONS + 1))
        if len(told) > REASONS:
            raise Nonsense(f"gave more than {REASONS} reasons")
        return told

    if told := _told(tenant, offered, reasons):
        raise Rejected("opening refused", *told)


def _told(tenant: Tenant, offered: BallotKind, ask: Any) -> Any:
    source = Source(tenant=tenant, plugin=offered.plugin, what="ballot", name=offered.name)
    try:
        return asked(source, budgets.RULE, ask, object)
    except PracticeFailed as error:
        told = str(error)
    raise Rejected("opening refused", told)


def _looked_at(command: OpenBallot, subjects: tuple[Case, ...], method: Case | None, roll: Roll) -> Opening:
    same = {a.name: getattr(command, a.name) for a in attrs.fields(Opening) if hasattr(command, a.name)}
    return Opening(**{**same, "subjects": subjects, "method": method, "roll": len(roll.people)})
