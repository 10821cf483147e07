"""Cases going out: suggestions, the steps taken on them and the station's register, each reader as far as it sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from renda_core.domain.case import Actor, Case
from renda_core.domain.fields import REFERS, Noun, by_title, choices_of, referring
from renda_core.domain.identity import match_key
from renda_core.domain.procedure import Procedure, Step
from renda_core.domain.suggestion import KIND, signers
from renda_core.domain.visibility import Seen
from renda_core.errors import NotFound
from renda_core.files import SHEETS
from renda_core.services.cases import see_as
from renda_core.services.exports.columns import told_in_rows
from renda_core.services.exports.roster import MASKS, Lines
from renda_core.services.holders import SPLITS
from renda_core.services.imports.cases import MERGED, OPINION
from renda_core.services.imports.named_steps import grade_titles, named_step
from renda_core.services.references import written
from renda_core.store.cases import ONE, CaseRow, read_row
from renda_core.store.exports import CALLED, FILES, UNIT_NAMES
from renda_core.store.roster import HOLDERS, PEOPLE_NAMED, PERSON
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

Row = dict[str, Any]


@attrs.frozen(kw_only=True)
class _Names:
    """What a file calls the people and units of a page of cases, and the cases that these were merged into."""

    people: Mapping[str, str]
    units: Mapping[str, str]
    leads: Mapping[str, str]
    rows: Mapping[str, str]

    def all(self, ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.people.get(id, id) for id in ids)

    def unit(self, id: str) -> str:
        return self.units.get(id, id)

    def row(self, value: Any) -> Any:
        """Give the name for the id of a row of the roster; what was written as a name stays one."""
        return self.rows.get(value, value) if isinstance(value, str) else value


@attrs.frozen(kw_only=True)
class _Open:
    """A case with what one reader sees of it."""

    tenant: Tenant
    procedure: Procedure
    case: Case
    seen: Seen
    names: _Names


def reach(procedure: Procedure, actor: Actor) -> str:
    """Say how far a reader takes cases out: everything that is open, or a unit's own.

    Raises:
        NotFound: The reader is outside the kind's audience; what is public is read page by page, not taken away.
    """
    if actor.roles & procedure.kind.audience:
        return "open"
    if actor.unit and "unit" in procedure.kind.audience:
        return "own"
    raise NotFound(f"no kind {procedure.kind.name!r} is open to you")


async def lines(reader: Reader, tenant: Tenant, actor: Actor, sheet: str, after: str, size: int) -> Lines:
    """Read a page of cases, and make the rows that they stand for."""
    kind, made = ROWS[sheet]
    procedure = tenant.practice.procedure(kind, tenant.practice.edition(kind, tenant.today))
    wide = reach(procedure, actor)
    own = {"unit": actor.unit} if wide == "own" else {}
    files = await reader.all(FILES[wide], kind=kind, after=after, size=size, **own)
    if not files:
        return [], ""
    cases = []
    for row in files:
        case = read_row(CaseRow(kind=row.kind, edition=row.edition, document=row.document), tenant.practice)
        shown = _seen(tenant, case, actor)
        if shown is not None:
            cases.append((case, *shown))
    leads = await _numbers(reader, tenant, actor, {i for *_, seen in cases for act in seen.acts for i in _leads(act)})
    names = await _called(reader, tenant, kind, [case for case, *_ in cases], after, files[-1].id, leads)
    found = [
        line
        for case, held, seen in cases
        for line in made(_Open(tenant=tenant, procedure=held, case=case, seen=seen, names=names))
    ]
    return found, files[-1].id if len(files) == size else ""


def _seen(tenant: Tenant, case: Case, actor: Actor) -> tuple[Procedure, Seen] | None:
    procedure = tenant.practice.find(case.kind, case.edition)
    if procedure is None:
        return None
    try:
        return procedure, see_as(tenant, procedure, case, actor)
    except NotFound:
        return None


def _suggestion(of: _Open) -> Iterator[Row]:
    seen, body = of.seen, of.seen.body
    proposers, invited = seen.parties.get("proposer", ()), seen.parties.get("cosigner", ())
    yield {
        "number": seen.number,
        "title": seen.title,
        "text": body.get("text"),
        "lead": next(iter(of.names.all(proposers)), None),
        "cosigners": of.names.all([p for p in signers(of.case) if p in invited]) or None,
        "delegation": body.get("delegation") or None,
        "filed": seen.opened_on,
        "session": body.get("session") or None,
        "in_session": body.get("in_session"),
        "category": body.get("subject") or None,
        "hard": body.get("hard"),
        "preferred_unit": body.get("preferred_unit") or None,
    }


def _steps(of: _Open) -> Iterator[Row]:
    handed_in = False
    for act in of.seen.acts:
        step = of.procedure.steps.get(act["step"])
        if step is None or "on" not in act or act.get("forced") or not told_in_rows(of.procedure, step):
            continue
        first, handed_in = step.name == "submit" and not handed_in, handed_in or step.name == "submit"
        if first or str(act.get("by", "")).startswith("job:"):
            continue
        yield {"number": of.seen.number, **_act(of, step, act)}


def _act(of: _Open, step: Step, act: Mapping[str, Any]) -> Row:
    by_role: dict[str, list[str]] = {}
    for unit, role in act.get("units", ()):
        by_role.setdefault(role, []).append(of.names.unit(unit))
    grade = act.get("grade", "")
    title = step.title if step.title and named_step(of.procedure, step.title) is step else step.name
    return {
        "step": title,
        "on": act["on"],
        "by_unit": of.names.unit(act["unit"]) if act.get("unit") else None,
        "lead_unit": next(iter(by_role.get("lead", ())), None),
        "joint_units": tuple(by_role.get("joint", ())) or None,
        "separate_units": tuple(by_role.get("separate", ())) or None,
        "sole_unit": next(iter(by_role.get("sole", ())), None),
        "grade": {code: title for title, code in grade_titles(of.procedure, step).items()}.get(grade, grade) or None,
        "merged_into": next((of.names.leads[id] for id in _leads(act) if id in of.names.leads), None),
        "note": act.get("note") or None,
        **_payload(of, step, act),
    }


def _leads(act: Mapping[str, Any]) -> Sequence[str]:
    return tuple(act.get("links", {}).get(MERGED, ()))


def _payload(of: _Open, step: Step, act: Mapping[str, Any]) -> Row:
    """Give a payload by the titles of its fields; a code by its title, and nothing where it is what it is anyway."""
    settings = of.tenant.settings(step.plugin, of.case.opened_on)
    found: Row = {}
    for title, field in by_title(step.takes).items():
        value = act.get(field.name)
        if value is None or value in ("", ()) or value == field.default:
            continue
        known = choices_of(field, settings) or (of.names.rows if REFERS in field.metadata else {})
        found[title] = known.get(value, value) if isinstance(value, str) else value
    return found


def _opinion(of: _Open) -> Iterator[Row]:
    seen, body = of.seen, of.seen.body
    took = {act["step"]: act for act in seen.acts}  # the last of each step
    reply = took.get("reply") or took.get("unit_reply") or {}
    units = [of.names.unit(unit) for unit, _ in took.get("assign", {}).get("units", ())]
    heard = next(iter(of.names.all(seen.parties.get("receiver", ()))), None)
    branch = seen.states.get("branch", "none")
    yield {
        "number": seen.number,
        "registered": seen.opened_on,
        "station": of.names.row(body.get("station")) or None,
        "voter": _still_sealed(body.get("voter"), 2),
        "phone": _still_sealed(body.get("phone"), MASKS["phone"]),
        "text": body.get("text"),
        "category": body.get("category") or None,
        "received_by": heard or body.get("received_by") or None,
        "branch": None if branch == "none" else _BRANCHES.get(branch, branch),
        "channel": _CHANNELS.get(took.get("sort", {}).get("channel", "")),
        "unit": next(iter(units), None),
        "replied": reply.get("on"),
        "reply": reply.get("note") or took.get("sort", {}).get("guidance") or None,
        "told_voter": took.get("tell_voter", {}).get("on"),
        "told_deputy": took.get("tell_deputy", {}).get("on"),
        "closed": took.get("close", {}).get("on"),
    }


def _still_sealed(shown: object, stars: int) -> str | None:
    """Show a mask with its stars; what was erased, never given, or is veiled is no cell."""
    text = str(shown or "")
    return "*" * stars + text.lstrip("*") if text.startswith("*") else None


async def _numbers(reader: Reader, tenant: Tenant, actor: Actor, ids: Iterable[str]) -> dict[str, str]:
    """Give the numbers of cases, of those that the reader may know of."""
    found = {}
    for id in ids:
        row = await reader.find(ONE, id=id)
        case = read_row(row, tenant.practice) if row else None
        if case is not None and _seen(tenant, case, actor) is not None:
            found[id] = case.number
    return found


async def _called(
    reader: Reader, tenant: Tenant, kind: str, cases: Sequence[Case], after: str, last: str, leads: Mapping[str, str]
) -> _Names:
    """Find what to call everybody: a certificate number that is one's own, else a name that is, else the id."""
    people: dict[str, str] = {}
    for bearer in await reader.all(CALLED, kind=kind, after=after, last=last, on=tenant.today):
        if not SPLITS & set(bearer.certificate):
            people.setdefault(bearer.person, bearer.certificate)
    for id in dict.fromkeys(id for case in cases for named in case.parties.values() for id in named):
        if id not in people:
            people[id] = await _name(reader, tenant, id)
    there = [u for u in await reader.all(UNIT_NAMES) if u.holds(tenant.today)]
    many = Counter(u.name for u in there)
    named = {u.id: u.name for u in there if many[u.name] == 1 and not SPLITS & set(u.name)}
    rows: dict[str, str] = {}
    for noun, ids in _referred(cases).items():
        rows |= await written(reader, noun, ids, tenant.today)
    return _Names(people=people, units=named, leads=leads, rows=rows)


def _referred(cases: Sequence[Case]) -> dict[Noun, set[str]]:
    """Gather what the bodies and payloads of some cases name in the roster, by noun."""
    found: dict[Noun, set[str]] = {}
    for case in cases:
        for told in (case.body, *(act.payload for act in case.acts)):
            for field, noun in referring(type(told)).items():
                value = getattr(told, field)
                listed = value if isinstance(value, tuple) else (value,)
                found.setdefault(noun, set()).update(one for one in listed if isinstance(one, str))
    return found


async def _name(reader: Reader, tenant: Tenant, id: str) -> str:
    person = await reader.find(PERSON, id=id)
    if person is None or SPLITS & set(person.name):
        return id
    same = await reader.all(PEOPLE_NAMED, match_key=match_key(person.name))
    numbered = await reader.all(HOLDERS, certificate=person.name, on=tenant.today)
    return person.name if len(same) == 1 and not numbered else id


_BRANCHES, _CHANNELS = (
    {code: title for c in SHEETS["opinions"].columns if c.name == name for title, code in c.choices.items()}
    for name in ("branch", "channel")
)
ROWS: Mapping[str, tuple[str, Callable[[_Open], Iterator[Row]]]] = {
    "suggestions": (KIND, _suggestion),
    "steps": (KIND, _steps),
    "opinions": (OPINION, _opinion),
}
