"""Persons and memberships of a Popolo document as persons, mandates and places in bodies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from renda_core.domain.areas import climb
from renda_core.domain.identity import match_key
from renda_core.domain.mandates import FINAL, Mandate
from renda_core.services.popolo import model as m
from renda_core.services.popolo import seat
from renda_core.services.popolo.places import Places
from renda_core.services.popolo.read import Found, canonical, day, shown
from renda_core.services.popolo.rows import Put, Row, Wrong
from renda_core.services.popolo.work import SAME_ID, Work
from renda_core.store.codec import decode, encode

Take = Callable[[Found], Put]
SEXES = ("male", "female")
LAW = "选举法 48"


class Seats:
    """People, and what they sit in."""

    def __init__(self, work: Work, places: Places) -> None:
        self._work, self._rows, self._places = work, work.rows, places
        self._since: dict[str, dt.date] = {}
        for found in work.contents.of("memberships"):
            if begins := day(found.part.start_date):
                who = canonical(found.part.person_id)
                self._since[who] = min(begins, self._since.get(who, dt.date.max))
        self._held: dict[tuple[str, str], list[str]] = {}
        self._chains: dict[str, set[str]] = {}
        self._terms: dict[str, list[str]] | None = None
        self._posts: dict[str, str] | None = None
        for row in self._rows.rows("mandate"):
            self._remember(row)

    def steps(self) -> Iterator[tuple[Found, Take]]:
        """Give every person and membership with what takes it in: seats before places in bodies."""
        memberships = self._work.contents.of("memberships")
        yield from ((f, self._person) for f in self._work.contents.of("persons"))
        yield from ((f, self._seat) for f in memberships if self._in_legislature(f))
        yield from ((f, self._place) for f in memberships if not self._in_legislature(f))

    def _in_legislature(self, found: Found) -> bool:
        part = self._work.part("organizations", found.part.organization_id)
        if part is not None:
            return bool(part.classification == m.LEGISLATURE)
        return self._rows.noun(self._rows.id("organizations", found.part.organization_id)) == "congress"

    def _remember(self, row: Row) -> None:
        held = self._held.setdefault((row["person"], row["congress"]), [])
        if row["id"] not in held:
            held.append(row["id"])
        if row["state"] not in FINAL:
            self._chains.setdefault(row["person"], set()).add(row["congress"])

    def _person(self, found: Found) -> Put:
        part, work = found.part, self._work
        id, key = self._rows.id("persons", part.id), match_key(part.name)
        born = day(part.birth_date)
        if part.birth_date and born is None:
            work.doubt("birth_date", "it has no day and is not kept", "give year, month and day")
        if part.gender and part.gender not in SEXES:
            work.doubt("gender", f"{shown(part.gender)} is kept as it stands", f"usual are {' and '.join(SEXES)}")
        for other in work.alike("person", id, "match_key", key):
            if born is None or other["born_on"] in (None, born):
                work.doubt("name", f"person {other['id']} is named so too", SAME_ID)
                break
        row = {
            "name": part.name,
            "match_key": key,
            "sex": part.gender,
            "born_on": born,
            "nationality": part.national_identity,
        }
        since = self._since.get(canonical(part.id), work.tenant.today)
        state = self._rows.put("person", id, row, once={"valid_from": since})
        work.added("person", "match_key", id)
        return state

    def _seat(self, found: Found) -> Put:
        part, work = found.part, self._work
        person = str(work.to("person_id", "persons", part.person_id, "person"))
        congress = str(work.to("organization_id", "organizations", part.organization_id, "congress"))
        term = self._term(part, congress)
        id = self._rows.id("memberships", self._id(part))
        held = self._rows.get("mandate", id)
        if held is not None and (held["person"], held["congress"], held["term"]) != (person, congress, term):
            raise Wrong("id", "it is another person's seat, or one of another term, here", "give it an id of its own")
        begins, ends = work.span(part, "start_date", "end_date")
        changes = {
            "district": self._district(part),
            "certificate": m.identified(part.identifiers, m.CERTIFICATE),
            "by_election": part.by_election,
        }
        made = (
            self._mandate(id, held, changes) if held else self._elected(id, person, congress, term, begins, ends, part)
        )
        if held is not None:
            self._refuse_dates(held, begins, ends)
        else:
            self._refuse_unrelated(person, congress, made)
            made = attrs.evolve(made, **{k: v for k, v in changes.items() if v is not None})
        row = {
            **{name: getattr(made, name) for name in _KEPT},
            "categories": held["categories"] if held else "",
            "document": encode(made),
        }
        state = self._rows.put("mandate", id, row)
        self._remember(work.row("mandate", id))
        return state

    def _mandate(self, id: str, held: Row, changes: dict[str, Any]) -> Mandate:
        before = decode(held["document"], Mandate)
        told = {k: v for k, v in changes.items() if v is not None and v != held[k]}
        return attrs.evolve(before, **told) if told else before

    def _elected(
        self, id: str, person: str, congress: str, term: str, begins: dt.date | None, ends: dt.date | None, part: Any
    ) -> Mandate:
        """Make a mandate that this roster did not know."""
        first: dt.date = self._work.row("term", term)["first_session_on"]
        if begins is None:
            self._work.doubt(
                "start_date", f"not given; taken as {first}, when the term began", "give the election's day"
            )
        since = begins or first
        if ends is not None and ends < since:
            raise Wrong("end_date", f"ends {ends} before it begins {since}", "correct one of the dates")
        ended = ends is not None and ends <= self._work.tenant.today
        return Mandate(
            id=id,
            person=person,
            congress=congress,
            level=self._work.row("congress", congress)["level"],
            term=term,
            elected_on=since,
            valid_from=since,
            valid_to=ends,
            state="ended" if ended else "elected" if part.role == m.ELECT else "active",
        )

    def _refuse_dates(self, held: Row, begins: dt.date | None, ends: dt.date | None) -> None:
        if ends is not None and ends != held["valid_to"]:
            told = f"ended on {held['valid_to']}" if held["valid_to"] else "has not ended"
            raise Wrong(
                "end_date",
                f"the mandate {told} here, and ends by its legal act only",
                "enter that act, or leave it out",
            )
        if begins is not None and begins != held["valid_from"]:
            self._work.doubt("start_date", f"kept as it is here, {held['valid_from']}", "correct it in the roster")

    def _refuse_unrelated(self, person: str, congress: str, made: Mandate) -> None:
        """Refuse a seat in a congress on another chain than the person's others."""
        if made.state in FINAL:
            return
        mine = self._chain(congress)
        for other in self._chains.get(person, set()) - {congress}:
            if other not in mine and congress not in self._chain(other):
                name = self._work.row("congress", other)["name"]
                raise Wrong(
                    "organization_id", f"also holds a mandate in {name}, which is unrelated ({LAW})", "correct one"
                )

    def _chain(self, congress: str) -> frozenset[str]:
        rows = climb(congress, lambda id: self._work.row("congress", id), lambda row: row["parent"])
        return frozenset(row["id"] for row in rows)

    def _term(self, part: Any, congress: str) -> str:
        given = self._work.to("legislative_period_id", "events", part.legislative_period_id, "term")
        if given is not None:
            if self._work.row("term", given)["congress"] != congress:
                raise Wrong("legislative_period_id", "it is a period of another legislature", "correct it")
            return given
        if self._terms is None:
            self._terms = {}
            for row in self._rows.rows("term"):
                self._terms.setdefault(row["congress"], []).append(row["id"])
        known = self._terms.get(congress, [])
        if len(known) == 1:
            return known[0]
        raise Wrong(
            "legislative_period_id",
            f"a seat belongs to a term, and this legislature has {len(known)}",
            f'give the id of an event with the classification "{m.PERIOD}"',
        )

    def _district(self, part: Any) -> str | None:
        """Find the district of a seat, through its post or its area."""
        of, area = part.organization_id, part.area_id
        post = self._work.part("posts", part.post_id)
        if part.post_id and post is None:
            return self._stored_seat(part.post_id)
        if post is not None and post.area_id is None and area is None:
            self._work.doubt("post_id", "the post has no area, so the seat has no district", "give the post an area")
        if post is not None and post.area_id and area and canonical(post.area_id) != canonical(area):
            raise Wrong("area_id", "it is another area than the post's", "correct one of them")
        area = (post.area_id if post else None) or area
        if area is None:
            return None
        if (found := self._work.part("areas", area)) is None:
            return self._work.to("area_id", "areas", area, "district")
        id = self._places.district(found.id, of)
        if self._rows.get("district", id) is None:
            congress = self._work.to("organization_id", "organizations", of, "congress")
            self._places.put_district(found, of, str(congress))
        return id

    def _stored_seat(self, post: str) -> str:
        if self._posts is None:
            self._posts = {seat(row["id"]): row["id"] for row in self._rows.rows("district")}
        if canonical(post) not in self._posts:
            raise Wrong("post_id", f"no post {shown(post)}", "put it into the document, or correct the id")
        return self._posts[canonical(post)]

    def _place(self, found: Found) -> Put:
        part, work = found.part, self._work
        person = str(work.to("person_id", "persons", part.person_id, "person"))
        at = str(work.to("organization_id", "organizations", part.organization_id, "body", "unit", "station"))
        body = self._rows.get("body", at)
        if body is None:
            raise work.leave_out(
                "memberships", found.id, "organization_id", "only seats and places in bodies of a legislature are kept"
            )
        mandate = self._mandate_of(part, person, body["congress"])
        id = self._rows.id("memberships", self._id(part))
        held = self._rows.get("membership", id)
        if held is not None and (held["mandate"], held["body"]) != (mandate, at):
            raise Wrong("id", "it is another membership here", "give it an id of its own")
        begins, ends = work.span(part, "start_date", "end_date")
        row = {"mandate": mandate, "body": at, "role": part.role, "valid_from": begins, "valid_to": ends}
        since = work.row("mandate", mandate)["valid_from"]
        return self._rows.put("membership", id, row, once={"valid_from": since})

    def _mandate_of(self, part: Any, person: str, congress: str) -> str:
        """Find the mandate through which a person belongs to a body."""
        held = self._held.get((person, congress), [])
        if part.legislative_period_id:
            term = self._work.to("legislative_period_id", "events", part.legislative_period_id, "term")
            held = [id for id in held if self._work.row("mandate", id)["term"] == term]
        if len(held) == 1:
            return held[0]
        raise Wrong(
            "person_id",
            f"a body's members sit in its legislature, and this person has {len(held)} seats there that fit",
            "give the seat's membership, and legislative_period_id where there are several",
        )

    @staticmethod
    def _id(part: Any) -> str:
        """Give a membership's id, or for one without what tells it from every other."""
        told = (part.person_id, part.organization_id, part.legislative_period_id, part.post_id, part.area_id)
        return part.id or " ".join(canonical(str(x or "-")) for x in (*told, part.role, part.start_date))


_KEPT = (
    "valid_from", "valid_to", "person", "congress", "term", "district", "certificate", "elected_on", "by_election",
    "state",
)  # fmt: skip
