"""Papers counted by two tellers (计票人) apart: what each enters is sealed until both have, and a difference blocks.

No entry, journal entry or message tells a number of what was entered before both tellers have entered that bundle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import attrs

from renda_core.domain.ballot import Ballot, Count
from renda_core.domain.ballot.rounds import DUE
from renda_core.domain.ballot.tallies import Gap, Marks, Sheet, bundle_name, gaps, merged, tidied
from renda_core.domain.case import Actor
from renda_core.errors import NotAllowed, Rejected
from renda_core.services import lookups
from renda_core.services.ballots import loading, words
from renda_core.store import ballot_sheets as rows
from renda_core.store.codec import decode, encode
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

TWO = 2
"""Tellers who enter each bundle. Source: U: two people count apart, as in double entry; 选举法 43 asks for tellers."""
PADDED = 4096
"""A sealed sheet is as long as the next multiple of these bytes, so that its length tells no number of papers."""


@attrs.frozen(kw_only=True)
class Bundle:
    """Where one bundle (扎) stands.

    Attributes:
        tellers: Who has entered it.
        agrees: Whether both entered the same; None until both are in.
    """

    name: str
    tellers: tuple[str, ...]
    agrees: bool | None = None


@attrs.frozen(kw_only=True)
class Progress:
    """Whose bundles are in; never what is on them."""

    ballot: str
    round: int
    bundles: tuple[Bundle, ...]


@attrs.frozen(kw_only=True)
class Difference:
    """What two tellers have not entered alike in one bundle, or that one of them has not entered it.

    Attributes:
        tellers: Who entered it, in the order in which *lines* name their numbers.
        lines: In Chinese, for people who have counted all day, e.g. ``项目3「修桥」赞成：甲 31，乙 30``.
    """

    bundle: str
    tellers: tuple[str, ...]
    lines: tuple[str, ...]


Entered = Mapping[str, Mapping[str, Sheet]]
"""Sheets by bundle and teller."""


async def enter_sheet(unit: Unit, _: Tenant, id: str, sheet: Sheet) -> Progress:
    """Keep what the acting teller found in one bundle; entered again, it replaces what that teller entered before.

    The same entered again changes nothing, and is not refused while papers are entered. The journal says that a bundle
    was entered or corrected, and nothing of what is on it.

    Raises:
        NotAllowed: The actor is no teller of this ballot.
        Rejected: The round is not closed or counted already, two others entered the bundle, or both agree on it.
        Invalid: Something on the sheet cannot be.
    """
    ballot, number = await _to_enter(unit, id)
    now = ballot.rounds[-1]
    kept = tidied(sheet, ballot.rule, len(now.subjects), places=now.places)
    entered = await _entered(unit, ballot, number)
    if entered.get(kept.bundle, {}).get(unit.actor.id) == kept:  # a corrected file has other bundles as they were
        return _progress(ballot, number, entered)
    before = _own(unit.actor, entered, kept.bundle)
    row = {"ballot_id": id, "round": number, "bundle": kept.bundle, "teller": unit.actor.id}
    sealed = unit.seal_bytes(_padded(encode(kept)), field_of(row))
    if before is None:
        await unit.write(rows.ADD, sealed=sealed, **row)
    else:
        await unit.write(rows.SAVE, sealed=sealed, **row)
    what = "sheet_entered" if before is None else "sheet_corrected"
    _record(unit, ballot, what, kept.bundle, number)
    return _progress(ballot, number, {**entered, kept.bundle: {**entered.get(kept.bundle, {}), unit.actor.id: kept}})


async def withdraw_sheet(unit: Unit, _: Tenant, id: str, bundle: str) -> Progress:
    """Take back a sheet: of a bundle that has another name, or that both entered a second time.

    The other teller's sheet stays, so that one person alone changes nothing that both agree on.

    Raises:
        NotAllowed: The actor is no teller of this ballot.
        Rejected: The round is not closed or counted already, or the actor has not entered this bundle.
    """
    ballot, number = await _to_enter(unit, id)
    entered, name = await _entered(unit, ballot, number), bundle_name(bundle)
    if unit.actor.id not in entered.get(name, {}):
        raise Rejected("nothing was taken back", f"第{name}扎 bundle {name}: you have not entered it")
    await unit.write(rows.CUT, ballot_id=id, round=number, bundle=name, teller=unit.actor.id)
    _record(unit, ballot, "sheet_withdrawn", name, number)
    left = {teller: sheet for teller, sheet in entered[name].items() if teller != unit.actor.id}
    rest = {other: sheets for other, sheets in entered.items() if other != name}
    return _progress(ballot, number, {**rest, name: left} if left else rest)


async def progress(reader: Reader, _: Tenant, actor: Actor, id: str) -> Progress:
    """Show whose bundles are in, to who leads the meeting and to the tellers and scrutineers of the ballot."""
    ballot = await loading.load(reader, id)
    await loading.refuse_all_but_those_who_run_it(reader, actor, ballot)
    number = len(ballot.rounds)
    return _progress(ballot, number, await _entered(reader, ballot, number))


async def differences(reader: Reader, _: Tenant, actor: Actor, id: str) -> tuple[Difference, ...]:
    """Show what the tellers have not entered alike, bundle by bundle; nothing where all of it agrees.

    Raises:
        NotAllowed: The actor is neither teller nor scrutineer of this ballot.
    """
    ballot = await loading.load(reader, id)
    if not loading.is_officer(actor, ballot):
        await loading.may_look(reader, actor, ballot)
        raise NotAllowed("what two tellers differ in is for them and the scrutineers of this ballot")
    entered = await _entered(reader, ballot, len(ballot.rounds))
    subjects = ballot.rounds[-1].subjects
    titles = await loading.titles_of(reader, subjects)
    names = await lookups.named(reader, ballot.tellers)
    said = words.Said(rule=ballot.rule, subjects=tuple(titles[s] for s in subjects), names=names)
    found = []
    for name, sheets in _sorted(entered):
        tellers = _in_order(ballot, sheets)
        if len(tellers) < TWO:
            told: tuple[str, ...] = (said.alone(tellers[0]),)
        else:
            told = said.told(gaps(*(sheets[t] for t in tellers)), tellers)
        if told:
            found.append(Difference(bundle=name, tellers=tellers, lines=told))
    return tuple(found)


async def paper_count(
    reader: Reader, ballot: Ballot, returned: int | None = None
) -> tuple[Count | None, tuple[Marks, ...] | None]:
    """Count the papers that two tellers entered alike; for who holds the ballot, so that nothing is entered meanwhile.

    Args:
        returned: Papers that were in the urn (收回); the bundles must hold exactly as many.

    Returns:
        The count, and the valid papers in sorted order; no count where no paper was returned and none entered, no
        papers where a teller gave the totals of some bundle.

    Raises:
        Rejected: With everything that blocks: differences, bundles that one teller entered, fewer than two tellers,
            another number of papers than was returned.
    """
    number = len(ballot.rounds)
    entered = await _entered(reader, ballot, number)
    if not entered and not returned:
        return None, None
    blocked = _blocked(ballot, entered)
    agreed = [sheets[_in_order(ballot, sheets)[0]] for sheets in entered.values()] if not blocked else []
    held = sum(sheet.size for sheet in agreed)
    if not blocked and returned is not None and held != returned:
        told = f"the bundles hold {held} papers, and {returned} were returned (收回)"
        blocked.append(f"{told}; count both again, and look for a bundle that is missing or entered twice")
    if blocked:
        raise Rejected("the papers are not counted", *blocked)
    papers: list[Marks] = []
    for sheets in entered.values():
        if any(sheet.papers is None for sheet in sheets.values()):
            return merged(sheet.counted for sheet in agreed), None
        papers += next(iter(sheets.values())).papers or ()
    return merged(sheet.counted for sheet in agreed), tuple(sorted(papers))


def _blocked(ballot: Ballot, entered: Entered) -> list[str]:
    """Say what blocks a count, without a number of what was entered."""
    if len(set(ballot.tellers)) < TWO:
        return [f"{len(set(ballot.tellers))} tellers (计票人) are named, and two must enter every bundle apart"]
    if not entered:
        return ["no bundle of papers was entered; two tellers enter each, apart"]
    told = []
    for name, sheets in _sorted(entered):
        if len(sheets) < TWO:
            told.append(f"bundle {name} (第{name}扎): only one teller has entered it; a second one must, apart")
        elif gaps(*sheets.values()):
            told.append(
                f"bundle {name} (第{name}扎): the two tellers differ; look at the differences, and correct them"
            )
    return told


async def _to_enter(unit: Unit, id: str) -> tuple[Ballot, int]:
    """Hold a ballot into which the actor may enter papers now; until the use case ends nobody counts it."""
    held = await loading.hold(unit, id)
    ballot, state = held.ballot, held.round.state
    if unit.actor.id not in ballot.tellers:
        await loading.may_look(unit, unit.actor, ballot)
        raise NotAllowed("papers are entered by the tellers (计票人) of this ballot")
    if not held.awaits_count:
        told = f"round {held.number} is {state}: {DUE[state]}"
        raise Rejected("nothing is entered at this time", f"{told}; papers are entered once it is closed (截止)")
    return ballot, held.number


def _own(actor: Actor, entered: Entered, bundle: str) -> Sheet | None:
    """Give what the actor has entered of a bundle, where it may still be changed."""
    sheets = entered.get(bundle, {})
    if len(sheets) >= TWO:
        if actor.id not in sheets:
            raise Rejected("nothing was entered", f"bundle {bundle} (第{bundle}扎) was entered by two others already")
        if not gaps(*sheets.values()):
            told = f"bundle {bundle} (第{bundle}扎): both tellers entered the same, and it stands until taken back"
            raise Rejected("nothing was entered", told)
    return sheets.get(actor.id)


async def _entered(reader: Reader, ballot: Ballot, number: int) -> dict[str, dict[str, Sheet]]:
    found: dict[str, dict[str, Sheet]] = defaultdict(dict)
    for row in await reader.all(rows.ALL, ballot_id=ballot.id, round=number):
        if row.teller in ballot.tellers:
            key = {"ballot_id": ballot.id, "round": number, "bundle": row.bundle, "teller": row.teller}
            found[row.bundle][row.teller] = decode(reader.open_bytes(row.sealed, field_of(key)), Sheet)
    return dict(found)


def field_of(row: Mapping[str, object]) -> str:
    """Name what is sealed, so that no sheet opens in the place of another."""
    return ":".join(("ballot_sheet", *(str(row[key]) for key in ("ballot_id", "round", "bundle", "teller"))))


def _padded(document: bytes) -> bytes:
    return document.ljust(-(-len(document) // PADDED) * PADDED)


def _sorted(entered: Entered) -> list[tuple[str, Mapping[str, Sheet]]]:
    """Give bundles by number, then by name."""
    return sorted(entered.items(), key=lambda one: (not one[0].isdecimal(), len(one[0]), one[0]))


def _in_order(ballot: Ballot, sheets: Mapping[str, Sheet]) -> tuple[str, ...]:
    return tuple(teller for teller in dict.fromkeys(ballot.tellers) if teller in sheets)


def _progress(ballot: Ballot, number: int, entered: Entered) -> Progress:
    bundles = []
    for name, sheets in _sorted(entered):
        agrees = not gaps(*sheets.values()) if len(sheets) == TWO else None
        bundles.append(Bundle(name=name, tellers=_in_order(ballot, sheets), agrees=agrees))
    return Progress(ballot=ballot.id, round=number, bundles=tuple(bundles))


def _record(unit: Unit, ballot: Ballot, what: str, bundle: str, round: int) -> None:
    told = f"ballot.{ballot.kind}.{what}"
    unit.record(told, on=ballot.id, version=ballot.version, rule=ballot.rule.name, round=round, bundle=bundle)


__all__ = [
    "Bundle",
    "Difference",
    "Gap",
    "Progress",
    "Sheet",
    "differences",
    "enter_sheet",
    "paper_count",
    "progress",
    "withdraw_sheet",
]
