"""Organisations, areas, posts and events of a Popolo document as congresses, bodies, units, districts and terms."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from renda_core.domain.areas import LEVELS, Term, is_area_code
from renda_core.domain.identity import is_uscc
from renda_core.services.popolo import model as m
from renda_core.services.popolo.read import Found, canonical, day, shown
from renda_core.services.popolo.rows import Put, Wrong
from renda_core.services.popolo.work import Work
from renda_core.services.sessions import objections

Take = Callable[[Found], Put]
MOST_SEATS = 1_000
"""Seats of one district that are believed; the law allows a district three (选举法 26)."""
_NUMBER = re.compile(r"[0-9]{1,3}")
_LATE = dt.date.max


class Places:
    """Everything that people sit in."""

    def __init__(self, work: Work) -> None:
        self._work, self._rows = work, work.rows
        self._homes: dict[str, Put] = {
            canonical(f.part.area_id): "same"
            for f in work.contents.of("organizations")
            if f.part.area_id and f.part.classification == m.LEGISLATURE
        }
        self._used = self._uses()
        self._began = self._beginnings()
        self._numbers = {(r["term"], r["number"]): r["id"] for r in self._rows.rows("session")}

    def steps(self) -> Iterator[tuple[Found, Take]]:
        """Give every object with what takes it in, what others stand on first."""
        organizations = _parents_first(self._work.contents.of("organizations"))
        takes: dict[str, Take] = {
            m.LEGISLATURE: self._congress,
            m.UNIT: self._unit,
            **dict.fromkeys(m.STATIONS.values(), self._station),
        }
        ranks: dict[str, int] = {m.LEGISLATURE: 0, m.UNIT: 2, **dict.fromkeys(m.STATIONS.values(), 2)}
        for found in sorted(organizations, key=lambda f: ranks.get(f.part.classification or "", 1)):
            yield found, takes.get(found.part.classification or "", self._body)
        events = self._work.contents.of("events")
        yield from ((f, self._term) for f in events if f.part.classification == m.PERIOD)
        yield from ((f, self._session) for f in events if f.part.classification != m.PERIOD)
        yield from ((f, self._area) for f in self._work.contents.of("areas"))
        yield from ((f, self._post) for f in self._work.contents.of("posts"))

    def _uses(self) -> dict[str, str]:
        """Map each area to the first legislature that has a seat in it."""
        used: dict[str, str] = {}
        for found in (*self._work.contents.of("posts"), *self._work.contents.of("memberships")):
            at, of = found.part.area_id, found.part.organization_id
            organization = self._work.part("organizations", of)
            held = self._rows.noun(self._rows.id("organizations", of)) if of and organization is None else ""
            if at and (held == "congress" or (organization and organization.classification == m.LEGISLATURE)):
                used.setdefault(canonical(at), of)
        return used

    def _beginnings(self) -> dict[str, dt.date]:
        """Map each organisation to the first day of its first term in the document."""
        began: dict[str, dt.date] = {}
        for found in self._work.contents.of("events"):
            if found.part.organization_id and (first := day(found.part.start_date)):
                of = canonical(found.part.organization_id)
                began[of] = min(first, began.get(of, _LATE))
        return began

    def _organization(self, found: Found, since: dt.date | None, **given: Any) -> tuple[str, dict[str, Any]]:
        part = found.part
        begins, ends = self._work.span(part, "founding_date", "dissolution_date")
        id = self._rows.id("organizations", part.id)
        return id, {"name": part.name, "valid_from": begins, "valid_to": ends, "since": since, **given}

    def _put(self, noun: str, id: str, row: dict[str, Any], **once: Any) -> Put:
        since = row.pop("since") or self._work.tenant.today
        return self._rows.put(noun, id, row, once={"valid_from": since, **once})

    def _congress(self, found: Found) -> Put:
        part, work = found.part, self._work
        area = work.part("areas", part.area_id)
        level = area.classification if area else None
        id, row = self._organization(
            found,
            self._began.get(canonical(part.id)),
            parent=work.to("parent_id", "organizations", part.parent_id, "congress"),
            area=area.identifier if area else None,
            level="city" if level == m.WITH_DISTRICTS else level if level in LEVELS else None,
            has_districts=level == m.WITH_DISTRICTS if level else None,
        )
        if row["area"] and not is_area_code(row["area"]):
            work.doubt("area_id", f"{shown(row['area'])} is no division code", "give 6, 9 or 12 digits")
        if row["level"] is None and self._rows.get("congress", id) is None:
            row["level"] = work.tenant.level
            work.doubt(
                "area_id",
                f"no level; taken as {work.tenant.level}",
                f"give its area a classification: {', '.join(LEVELS)}",
            )
        self._refuse_circle("congress", id, row["parent"])
        work.named_so("congress", id, part.name)
        state = self._put("congress", id, row, has_districts=False)
        self._homes[canonical(part.area_id or "")] = state
        work.added("congress", "name", id)
        return state

    def _body(self, found: Found) -> Put:
        part, work = found.part, self._work
        if part.parent_id is None:
            named = ", ".join((m.LEGISLATURE, m.UNIT, *m.STATIONS.values()))
            raise work.leave_out(
                "organizations", part.id, "classification", f"{shown(part.classification or '')} is none of {named}"
            )
        above = work.to("parent_id", "organizations", part.parent_id, "congress", "body")
        congress = self._congress_of(above or "")
        kind = part.classification if part.classification in m.BODIES else "organ"
        if part.classification not in m.BODIES:
            work.doubt(
                "classification", f"{shown(part.classification or '')} is taken as organ", "see the page on Popolo"
            )
        id, row = self._organization(found, work.row("congress", congress)["valid_from"], congress=congress, kind=kind)
        held = self._rows.get("body", id)
        if held is not None and held["congress"] != congress:
            raise Wrong("parent_id", "it belongs to another congress here", "correct it, or give it an id of its own")
        return self._put("body", id, row)

    def _congress_of(self, id: str) -> str:
        body = self._rows.get("body", id)
        return str(body["congress"]) if body else id

    def _unit(self, found: Found) -> Put:
        part, work = found.part, self._work
        code = m.identified(part.identifiers, m.USCC)
        if code and not is_uscc(code):
            work.doubt("identifiers", f"{shown(code)} is no 统一社会信用代码", "correct it")
        parent = work.to("parent_id", "organizations", part.parent_id, "unit")
        id, row = self._organization(found, None, code=code, parent=parent)
        self._refuse_circle("unit", id, parent)
        work.named_so("unit", id, part.name)
        state = self._put("unit", id, row)
        work.added("unit", "name", id)
        return state

    def _station(self, found: Found) -> Put:
        part, work = found.part, self._work
        above = work.to("parent_id", "organizations", part.parent_id, "congress", "body")
        if above is None:
            raise Wrong("parent_id", "a station belongs to a congress", "give the congress's id")
        id, row = self._organization(
            found,
            None,
            congress=self._congress_of(above),
            kind=next(kind for kind, named in m.STATIONS.items() if named == part.classification),
            code=m.identified(part.identifiers, m.STATION_CODE),
            address=next((c.value for c in part.contact_details if c.type == "address"), None),
        )
        work.named_so("station", id, part.name)
        state = self._put("station", id, row)
        work.added("station", "name", id)
        return state

    def _refuse_circle(self, noun: str, id: str, parent: str | None) -> None:
        """Refuse a parent that stands below, through rows that the document does not mention."""
        if self._rows.get(noun, id) is None:
            return  # nothing stands below what is only coming
        seen: set[str] = set()
        while parent is not None and parent not in seen:
            if parent == id:
                raise Wrong("parent_id", "parents would run in a circle", "correct one of them")
            seen.add(parent)
            parent = (self._rows.get(noun, parent) or {}).get("parent")

    def _term(self, found: Found) -> Put:
        part, work = found.part, self._work
        congress = work.to("organization_id", "organizations", part.organization_id, "congress")
        if congress is None:
            raise Wrong("organization_id", "a legislative period belongs to a legislature", "give the legislature's id")
        begins, ends = work.span(part, "start_date", "end_date")
        id = self._rows.id("events", part.id)
        held = self._rows.get("term", id)
        if held is not None and held["congress"] != congress:
            raise Wrong("organization_id", "it is a term of another congress here", "correct it")
        if held is None and begins is None:
            raise Wrong("start_date", "a term begins with its first session", "give that day")
        number = _number(part, m.TERM_NUMBER, part.name, part.id)
        row = {"congress": congress, "number": number, "first_session_on": begins, "ends_on": ends}
        return self._rows.put("term", id, row, once={"valid_from": begins})

    def _session(self, found: Found) -> Put:
        part, work = found.part, self._work
        if part.classification != m.SESSION:
            said = shown(part.classification or "")
            raise work.leave_out("events", part.id, "classification", f"{said} is no {m.PERIOD} or {m.SESSION}")
        term = work.to("parent_id", "events", part.parent_id, "term")
        if term is None:
            raise Wrong("parent_id", "a session belongs to a legislative period", "give the period's id")
        begins, ends = work.span(part, "start_date", "end_date")
        if begins is None:
            raise Wrong("start_date", "a session has its first day", "give year, month and day")
        id, number = self._rows.id("events", part.id), _number(part, m.SESSION_NUMBER, part.name)
        last = ends or (self._rows.get("session", id) or {}).get("closes_on")
        taken = frozenset({number} if self._numbers.setdefault((term, number), id) != id else ())
        against = objections(Term(**work.row("term", term)), number, begins, last, taken)
        if against:
            raise Wrong("start_date", "; ".join(against), "correct the session or its term")
        row = {"term": term, "number": number, "opens_on": begins, "closes_on": ends}
        return self._rows.put("session", id, row, once={"valid_from": begins})

    def district(self, area: str, organization: str) -> str:
        """Give the id of a district: the area's; one of its own for a second legislature with seats in that area."""
        first = canonical(self._used.get(canonical(area), organization)) == canonical(organization)
        return self._rows.id("areas", area if first else f"{area} {organization}")

    def _area(self, found: Found) -> Put:
        part = found.part
        if canonical(part.id) in self._homes:
            return self._homes[canonical(part.id)]  # it came in with its congress
        of = self._used.get(canonical(part.id))
        held = self._rows.get("district", self._rows.id("areas", part.id))
        if of is None and held is None:
            raise self._work.leave_out("areas", part.id, "id", "nobody has a seat in this area")
        congress = self._work.to("id", "organizations", of, "congress") or (held or {})["congress"]
        return self.put_district(part, of or "", str(congress))

    def put_district(self, area: Any, organization: str, congress: str, **given: Any) -> Put:
        """Make an area a district of a congress."""
        if not area.name:
            raise Wrong("name", "a district has a name", "give it one")
        id, since = self.district(area.id, organization), self._work.row("congress", congress)["valid_from"]
        held = self._rows.get("district", id)
        if held is not None and held["congress"] != congress:
            raise Wrong("id", "it is a district of another congress here", "give it an id of its own")
        row = {"congress": congress, "name": area.name, **given}
        return self._rows.put("district", id, row, once={"seats": 1, "valid_from": since})

    def _post(self, found: Found) -> Put:
        part, work = found.part, self._work
        congress = work.to(
            "organization_id", "organizations", part.organization_id, "congress", "body", "unit", "station"
        )
        if congress is None or self._rows.noun(congress) != "congress":
            raise work.leave_out("posts", part.id, "organization_id", "only seats in a legislature are kept")
        area = work.part("areas", part.area_id)
        if part.area_id and area is None:
            raise Wrong("area_id", f"no area {shown(part.area_id)}", "put it into the document, or correct the id")
        if area is None:
            raise work.leave_out("posts", part.id, "area_id", "a seat without an area has no district")
        if part.seats is not None and not 1 <= part.seats <= MOST_SEATS:
            raise Wrong("seats", f"{part.seats} seats", f"a district has 1 to {MOST_SEATS}")
        begins, ends = work.span(part, "start_date", "end_date")
        dated = {"seats": part.seats, "valid_from": begins, "valid_to": ends}
        return self.put_district(area, part.organization_id, congress, **dated)


def _number(part: Any, scheme: str, *texts: str | None) -> int:
    """Read the number of a term or session: from its identifier, else the first number of its name."""
    given = m.identified(part.identifiers, scheme)
    looked: tuple[str | None, ...] = (given,) if given else texts
    for text in looked:
        if (found := _NUMBER.search(text or "")) and int(found[0]) > 0:
            return int(found[0])
    raise Wrong("identifiers", "it has no number", f'give an identifier of the scheme "{scheme}"')


def _parents_first(found: Iterable[Found]) -> list[Found]:
    """Order organisations so that none stands before its parent; circles are taken out before."""
    parts = {canonical(f.id): f for f in found}
    done: dict[str, Found] = {}
    for start in parts:
        trail, here = [], start
        while here in parts and here not in done:
            trail.append(here)
            here = canonical(parts[here].part.parent_id or "")
        for id in reversed(trail):
            done[id] = parts[id]
    return list(done.values())
