"""Everything by which anything leaves a county: every answer of the API to everybody, every command, tables, logs.

Two votes are held whose numbers nobody can mistake for anything else; what leaves is gathered while they go on.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
from tests.core.balloting import RULES

from renda_core.domain.case import Actor
from renda_core.services import cases
from renda_core.testing import uid

from . import votes
from .asking import OPERATIONS, asked, filled, path_of
from .conftest import LI, ROADS, WANG
from .outlet_commands import SHEETS, commands, spread
from .votes import act

if TYPE_CHECKING:
    from .conftest import Site

VOTERS = 5_501
STAGES = ("voting", "entered", "counted", "announced")
NUMBERS = {"each": (2767, 1319, 1051), "group_survey": (1913, 1637, 1489)}
"""Votes for each answer; nothing else in the county has these numbers."""
VOID = {"each": 257, "group_survey": 263}
EARLY = {"each": {"chair", "teller one", "teller two"}, "group_survey": {"chair", "teller one", "teller two", "office"}}
"""Who counts a vote, watches over its count or announces it, and so has its numbers from the count on."""
THEIRS = {"show_ballot", "print_ballot record", "ballot show", "ballot print record"}
"""Where they have them."""
ASKERS = ("office", "overseer", "wang", "li", "roads", "chair", "teller one", "other")
FEW = ("office", "wang", "teller one")
"""Who is asked where an answer is long, and the same to all who get one."""
assert RULES["each"].announced_by == {"presidium"}


def canaries(kind: str) -> re.Pattern[str]:
    """Find a number of a vote, or a share that follows from it: not within an id, a hash or a longer number."""
    votes_, void = NUMBERS[kind], VOID[kind]
    valid = sum(votes_)  # the void papers are too few to be told from other numbers
    numbers = [*votes_, valid, valid + void]
    shares = [f"{100 * n / base:.{places}f}" for n in votes_ for base in (valid, VOTERS) for places in (2, 1)]
    ways = [*(str(n) for n in numbers), *(f"{n:,}" for n in numbers), *shares]
    return re.compile(rf"(?<![\w/+=.-])(?:{'|'.join(map(re.escape, ways))})(?![\w/+=-]|\.\d)")


@attrs.frozen(kw_only=True)
class Said:
    """What one outlet told somebody at one stage."""

    stage: str
    outlet: str
    who: str
    text: str = attrs.field(repr=False)


@attrs.define(kw_only=True)
class County:
    """A county that holds two votes, and all that it said so far."""

    site: Site
    ids: dict[str, Any]
    ballots: dict[str, str] = attrs.Factory(dict)
    said: list[Said] = attrs.Factory(list)

    def prepare(self) -> None:
        """Prepare and open both votes."""
        subject = project(self.site)
        roll = [WANG, LI, *(uid(f"voter {n}") for n in range(VOTERS - 2))]
        tellers = [votes.actor(self.site, name).id for name in ("teller one", "teller two")]
        for kind, about in (("each", subject), ("group_survey", ROADS)):
            new = {"kind": kind, "title": f"表决{kind}", "subjects": [about], "roll": roll, "tellers": tellers}
            self.ballots[kind] = votes.ok(self.site.post("/api/ballots", new), 201)["id"]
            act(self.site, self.ballots[kind], "opening", {})
        self.ids |= {"project": subject}

    def advance(self, stage: str) -> None:
        """Bring both votes to a stage."""
        for kind, id in self.ballots.items():
            if stage == "entered":
                act(self.site, id, "closing")
                row = [list(NUMBERS[kind])]
                whole = {"votes": row, "valid": sum(row[0]), "void": {"unreadable": VOID[kind]}}
                for teller in ("teller one", "teller two"):
                    act(self.site, id, "bundles", {"bundle": "1", **whole}, teller)
            elif stage == "counted":
                act(self.site, id, "count", {"paper_returned": sum(NUMBERS[kind]) + VOID[kind]}, "teller one")
            elif stage == "announced":
                act(self.site, id, "announcement", None, "chair")

    def listen(self, stage: str, log: Any, folder: Path) -> None:
        """Ask everything of everybody, and keep what was told."""
        log.clear()
        self.said += [Said(stage=stage, outlet=o, who=w, text=t) for o, w, t in self._api()]
        self.said += [Said(stage=stage, outlet=o, who=w, text=t) for o, w, t in commands(self, stage, folder)]
        self.said += [Said(stage=stage, outlet=f"table {name}", who="", text=text) for name, text in tables(self.site)]
        self.said.append(Said(stage=stage, outlet="log", who="", text=log.text))
        if stage in STAGES[:2]:  # the tellers' numbers are sealed until they are counted
            raw = b"".join(p.read_bytes() for p in sorted((self.site.home.path / "tenants").glob("qing.db*")))
            self.said.append(Said(stage=stage, outlet="file", who="", text=raw.decode("latin-1")))

    def _api(self) -> Iterator[tuple[str, str, str]]:
        for name, who, path, query in self._questions():
            answer = self.site.client.get(
                path, params=query, headers={"Authorization": f"Bearer {self.site.tokens[who]}"}
            )
            assert answer.status_code < 500, (name, answer.text)
            yield name, who, str(dict(answer.headers)) + spread(answer.content)
        for kind, id in self.ballots.items():
            for who in ("overseer", "wang", "roads", "other"):  # what a refusal says
                for what, body in (
                    ("count", {}),
                    ("announcement", None),
                    ("closing", None),
                    ("opening", {}),
                    ("bundles", votes.BUNDLE),
                ):
                    answer = self.site.post(f"/api/ballots/{id}/{what}", body, who)
                    assert answer.status_code in (400, 403, 404, 422), (kind, what, who, answer.text)
                    yield f"refusal {what}", who, answer.text

    def _questions(self) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        for name, told in OPERATIONS.items():
            if told.method != "GET":
                continue
            request = asked(name)
            for label, parts, query in self._variants(name, filled(request.parts, self.ids), dict(request.query)):
                for who in FEW if name in ("list_roll", "audit_ballot", "export_table") else ASKERS:
                    yield label, who, path_of(told, self.ids, parts), query

    def _variants(
        self, name: str, parts: dict[str, str], query: dict[str, Any]
    ) -> Iterator[tuple[str, dict[str, str], dict[str, Any]]]:
        """Give the requests of an operation: for both votes, and for every file that it can write."""
        told = OPERATIONS[name]
        several = {
            "export_table": [{"file": f"{s}{e}"} for s in (*SHEETS, "ledger") for e in (".csv", ".xlsx")],
            "give_report": [{"file": f"2026{e}"} for e in (".csv", ".xlsx")],
            "give_feed": [{"file": f"{f}.ics"} for f in ("sessions", "deadlines", "days")],
            "show_page": [{"name": n} for n in PAGES],
            "give_page": [{"name": n, "file": f"page{e}"} for n in PAGES for e in (".xlsx", ".pdf")],
            "show_kind": [{"kind": k} for k in ("project", "suggestion")],
            "print_case": [{"case_id": self.ids["project"]}],
            "show_case": [{"case_id": self.ids["project"]}],
            "list_steps": [{"case_id": self.ids["project"]}],
        }.get(name, [{}])
        if name in ("list_cases", "export_table"):
            query = {"kind": "project", "size": 50} if name == "list_cases" else {}
        if name == "search":
            query = {"text": "表决"}
        if name == "list_journal":
            query = {"size": 200}
        if "ballot_id" not in told.parameters:
            for more in several:
                yield name, {**parts, **more}, query
            return
        for id in self.ballots.values():
            papers = ("record", "announcement", "paper", "tally") if name == "print_ballot" else ("",)
            for paper in papers:
                file = {"file": f"{paper}.pdf"} if paper else {"file": "count.xlsx"}
                yield f"{name} {paper}".strip(), {**parts, **file, "ballot_id": id, "round": "1"}, {}


PAGES = ("unit_accounts", "own_account", "handed_over", "livelihood_account", "livelihood_seats", "satisfaction")


def project(site: Site) -> str:
    """Open what the first vote is on."""
    clerk = Actor(id=uid("clerk"), roles="office")
    with site.open() as county:
        return county.do(cases.open_case, clerk, cases.OpenCase(kind="project", title="城东石桥")).id


def tables(site: Site) -> Iterator[tuple[str, str]]:
    """Give the open content of every table but that of ballots, which its own service alone reads."""
    raw = sqlite3.connect(f"file:{site.home.path / 'tenants' / 'qing.db'}?mode=ro", uri=True)
    try:
        names = [n for (n,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'") if n != "ballot"]
        for name in names:
            rows = raw.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608 - a name of our own
            cells = (c.decode("utf-8", "replace") if isinstance(c, bytes) else str(c) for row in rows for c in row)
            yield name, "\n".join(cells)
    finally:
        raw.close()
