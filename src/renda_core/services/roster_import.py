"""Planning the import of congresses, units, stations and the roster: what is new, changed, the same, or wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from renda_core.domain.areas import LEVELS, climb
from renda_core.domain.identity import match_key
from renda_core.domain.mandates import Mandate
from renda_core.files.columns import Read
from renda_core.services.bulk import Told
from renda_core.services.nouns import Nouns
from renda_core.services.planned import Plan, PlannedRow, State, error, warned, wrong
from renda_core.store.codec import encode
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant


async def congresses(unit: Unit, tenant: Tenant, reads: Sequence[Read], _: Told | None = None) -> Plan:
    """Plan congresses, each with its explicit parent and its term; parents may stand below their children."""
    nouns = await Nouns.load(unit, "congress", "term")
    known = nouns.by("congress", "name")
    rows: list[PlannedRow] = []
    named = {str(r.values["name"]) for r in reads}
    order: dict[str, int] = {level: n for n, level in enumerate(LEVELS)}
    for read in sorted(reads, key=lambda r: order.get(str(r.values["level"]), 0)):
        v, name = read.values, str(read.values["name"])
        parent = v["parent"]
        if bad := wrong(read):
            rows.append(PlannedRow(number=read.number, state="error", key=name, reasons=bad))
            continue
        if parent and parent not in known:
            told = "is wrong itself" if parent in named else "does not exist"
            rows.append(error(read.number, "上级人大", f"{parent} {told}", "name a congress of this file", name))
            continue
        began = _day(v["began"]) or tenant.today
        row = {
            "valid_from": began,
            "level": v["level"],
            "name": name,
            "area": v["area"] or "",
            "parent": known[str(parent)]["id"] if parent else None,
            "has_districts": bool(v["has_districts"]),
            "population": v["population"],
        }
        state = nouns.put("congress", known.get(name), row, keep=("valid_from",))
        known = nouns.by("congress", "name")
        held = {"congress": known[name]["id"], "number": v["term"]}
        terms = {(x["congress"], x["number"]): x for x in nouns.rows("term")}
        own = {**held, "valid_from": began, "first_session_on": began, "ends_on": None}
        nouns.put("term", terms.get((held["congress"], held["number"])), own, keep=("valid_from", "first_session_on"))
        rows.append(PlannedRow(number=read.number, state=state, key=name, reasons=warned(read)))
    return Plan(rows=tuple(sorted(rows, key=lambda r: r.number)), write=nouns.write)


async def units(unit: Unit, tenant: Tenant, reads: Sequence[Read], _: Told | None = None) -> Plan:
    """Plan handling units, by name."""
    nouns = await Nouns.load(unit, "unit")
    rows = []
    for read in reads:
        known, v, name = nouns.by("unit", "name"), read.values, str(read.values["name"])
        if bad := wrong(read) or nouns.again("unit", name, read.number, "单位名称"):
            rows.append(PlannedRow(number=read.number, state="error", key=name, reasons=bad))
            continue
        parent = v["parent"]
        if parent and parent not in known:
            rows.append(error(read.number, "上级单位", f"no unit {parent}", "put it in a row above", name))
            continue
        row = {
            "valid_from": tenant.today,
            "name": name,
            "code": v["credit_code"],
            "category": v["category"],
            "head": v["head"],
            "phone": nouns.hidden(known.get(name), "unit.phone", v["phone"], "phone"),
            "parent": known[str(parent)]["id"] if parent else None,
        }
        state = nouns.put("unit", known.get(name), row, keep=("valid_from",))
        rows.append(PlannedRow(number=read.number, state=state, key=name, reasons=warned(read)))
    return Plan(rows=tuple(rows), write=nouns.write)


async def stations(unit: Unit, tenant: Tenant, reads: Sequence[Read], _: Told | None = None) -> Plan:
    """Plan deputies' homes and liaison stations, by name, each tied to its congress."""
    nouns = await Nouns.load(unit, "station", "congress")
    homes = nouns.by("congress", "name")
    rows = []
    for read in reads:
        known, v, name = nouns.by("station", "name"), read.values, str(read.values["name"])
        if bad := wrong(read) or nouns.again("station", name, read.number, "名称"):
            rows.append(PlannedRow(number=read.number, state="error", key=name, reasons=bad))
            continue
        if (home := str(v["congress"])) not in homes:
            rows.append(error(read.number, "所属人大", f"no congress {home}", "import the congresses first", name))
            continue
        row = {
            "valid_from": tenant.today,
            "kind": v["kind"],
            "name": name,
            "code": v["code"],
            "congress": homes[home]["id"],
            "address": v["address"],
            "manager": v["head"],
            "phone": nouns.hidden(known.get(name), "station.phone", v["phone"], "phone"),
        }
        state = nouns.put("station", known.get(name), row, keep=("valid_from",))
        rows.append(PlannedRow(number=read.number, state=state, key=name, reasons=warned(read)))
    return Plan(rows=tuple(rows), write=nouns.write)


async def roster(unit: Unit, _: Tenant, reads: Sequence[Read], progress: Told | None = None) -> Plan:
    """Plan deputies: one person, however many mandates; each mandate in its delegation and group."""
    nouns = await Nouns.load(unit, "congress", "term", "district", "person", "body", "mandate", "membership")
    plan = _Roster(unit, nouns)
    rows = []
    for n, read in enumerate(reads, 1):
        rows.append(plan.row(read))
        if progress:
            progress(n)
    return Plan(rows=tuple(rows), write=nouns.write)


class _Roster:
    """The roster while a file is read over it."""

    def __init__(self, unit: Unit, nouns: Nouns) -> None:
        self._unit, self._nouns = unit, nouns
        self._congresses = nouns.by("congress", "name")
        self._ids = {row["id"]: row for row in self._congresses.values()}
        self._terms = {(r["congress"], r["number"]): r["id"] for r in nouns.rows("term")}
        self._by_id = {r["id_index"]: r for r in nouns.rows("person") if r["id_index"]}
        self._by_name: dict[tuple[str, Any], list[dict[str, Any]]] = {}
        for r in nouns.rows("person"):
            self._by_name.setdefault((r["match_key"], r["born_on"]), []).append(r)
        self._mandates = {(r["person"], r["congress"], r["term"]): r for r in nouns.rows("mandate")}
        self._seats: dict[str, set[str]] = {}
        for r in nouns.rows("mandate"):
            self._seats.setdefault(r["person"], set()).add(r["congress"])
        self._districts = {(r["congress"], r["name"]): r["id"] for r in nouns.rows("district")}
        self._bodies = {(r["congress"], r["kind"], r["name"]): r["id"] for r in nouns.rows("body")}
        self._sits = {(r["mandate"], r["body"]) for r in nouns.rows("membership")}
        self._seen: dict[tuple[str, str, str], int] = {}

    def row(self, read: Read) -> PlannedRow:
        """Plan one row of the file."""
        v, number = read.values, read.number
        key = f"{v['name']} {v['congress']}"
        if bad := wrong(read):
            return PlannedRow(number=number, state="error", key=key, reasons=bad)
        congress = self._congresses.get(str(v["congress"]))
        if congress is None:
            return error(number, "所属人大", f"no congress {v['congress']}", "import the congresses first", key)
        term = self._terms.get((congress["id"], v["term"]))
        if term is None:
            return error(number, "届次", f"{v['congress']} has no term {v['term']}", "import its term first", key)
        found = self._person(v)
        if isinstance(found, str):
            return error(number, "身份证号", found, "give the whole ID number", key)
        state, person = self._keep_person(v, found)
        if apart := self._unrelated(person["id"], congress["id"]):
            return error(
                number,
                "所属人大",
                f"also holds a mandate in {apart}, which is unrelated (选举法 48)",
                "correct one",
                key,
            )
        seat = (person["id"], congress["id"], term)
        if seat in self._seen:
            return error(number, "姓名", f"the same mandate as row {self._seen[seat]}", "delete one of the rows", key)
        self._seen[seat] = number
        held = self._keep_mandate(v, seat, congress)
        states: tuple[State, ...] = (state, held, self._keep_seats(v, seat))
        final: State = "new" if held == "new" else "change" if set(states) != {"same"} else "same"
        return PlannedRow(number=number, state=final, key=key, reasons=warned(read))

    def _person(self, v: Mapping[str, Any]) -> dict[str, Any] | str | None:
        """Find the person of a row: by ID number, else by name and birth date; a string says why neither tells."""
        given = v["id_number"]
        if given and "*" not in given:
            index = self._unit.find_key(given, "person.id_number")
            if index in self._by_id:
                return self._by_id[index]
        same = self._by_name.get((match_key(v["name"]), v["born"]), [])
        if given and "*" in given:
            same = [p for p in same if p["id_number"] and p["id_number"].last == given[-4:]]
        elif given:
            same = [p for p in same if not p["id_index"]]
        return f"{len(same)} people share this name and birth date" if len(same) > 1 else same[0] if same else None

    def _keep_person(self, v: Mapping[str, Any], found: dict[str, Any] | None) -> tuple[State, dict[str, Any]]:
        given = v["id_number"]
        whole = given if given and "*" not in given else None
        row = {
            "valid_from": v["elected"],
            "name": v["name"],
            "match_key": match_key(v["name"]),
            "sex": v["sex"],
            "nationality": v["ethnicity"],
            "born_on": v["born"],
            "party": v["party"],
            "education": v["education"],
            "employer": v["employer"],
            "position": v["post"],
            "id_number": self._nouns.hidden(found, "person.id_number", given, "id_number"),
            "phone": self._nouns.hidden(found, "person.phone", v["phone"], "phone"),
            "id_index": self._unit.find_key(whole, "person.id_number") if whole else found and found["id_index"],
        }
        state = self._nouns.put("person", found, row, keep=("valid_from",))
        kept = self._nouns.last
        if kept["id_index"]:
            self._by_id[kept["id_index"]] = kept
        if found is None:
            self._by_name.setdefault((kept["match_key"], kept["born_on"]), []).append(kept)
        return state, kept

    def _unrelated(self, person: str, congress: str) -> str:
        """Name a congress in which the person sits and which lies on another chain. Source: 选举法 48."""
        seats = self._seats.setdefault(person, set())
        mine = self._chain(congress)
        for other in seats - {congress}:
            if other not in mine and congress not in self._chain(other):
                return str(self._ids[other]["name"])
        seats.add(congress)
        return ""

    def _chain(self, congress: str) -> frozenset[str]:
        """Name a congress and those above it, by their stated parents."""
        return frozenset(row["id"] for row in climb(congress, self._ids.__getitem__, lambda row: row["parent"]))

    def _keep_mandate(self, v: Mapping[str, Any], seat: tuple[str, str, str], congress: Mapping[str, Any]) -> State:
        had = self._mandates.get(seat)
        person, at, term = seat
        district = self._named("district", self._districts, (at, v["district"]), v["district"], v["elected"], seats=1)
        row = {
            "valid_from": v["elected"],
            "person": person,
            "congress": at,
            "term": term,
            "district": district,
            "certificate": v["certificate"] or "",
            "elected_on": v["elected"],
            "by_election": bool(v["by_election"]),
            "categories": v["composition"] or "",
            "state": had["state"] if had else "active",
        }
        id = had["id"] if had else self._nouns.fresh()
        domain = Mandate(
            id=id, person=person, congress=at, level=congress["level"], term=term, district=district,
            valid_from=row["valid_from"], elected_on=row["elected_on"], by_election=row["by_election"],
            certificate=row["certificate"], categories=frozenset({row["categories"]} - {""}), state=row["state"],
        )  # fmt: skip
        row["document"] = had["document"] if had else encode(domain)
        state = self._nouns.put("mandate", had, row, id=id)
        self._mandates[seat] = self._nouns.last
        return state

    def _keep_seats(self, v: Mapping[str, Any], seat: tuple[str, str, str]) -> State:
        mandate, state = self._mandates[seat], "same"
        for kind, name in (("delegation", v["delegation"]), ("group", v["group"])):
            body = self._named("body", self._bodies, (seat[1], kind, name), name, v["elected"], kind=kind)
            if body and (mandate["id"], body) not in self._sits:
                row = {"valid_from": v["elected"], "mandate": mandate["id"], "body": body, "role": ""}
                self._nouns.put("membership", None, row)
                self._sits.add((mandate["id"], body))
                state = "change"
        return state  # type: ignore[return-value]

    def _named(self, noun: str, known: dict[Any, str], key: Any, name: Any, since: dt.date, **rest: Any) -> str | None:
        """Give the id of a district or body of this name, made when it is new."""
        if not name:
            return None
        if key not in known:
            self._nouns.put(noun, None, {"valid_from": since, "congress": key[0], "name": name, **rest})
            known[key] = self._nouns.last["id"]
        return known[key]


def _day(value: object) -> dt.date | None:
    return value if isinstance(value, dt.date) else None
