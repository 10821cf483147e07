"""A county that votes: a practice with votes of several sorts, its meeting, trustees with their keys, whole rounds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from renda_core import hookimpl, sealing
from renda_core.catalogue import Catalogue
from renda_core.domain.ballot import Ballot, Round, Rule, Rung
from renda_core.domain.case import Actor
from renda_core.domain.procedure import Facet, Kind, Move, Step
from renda_core.domain.rates import Share
from renda_core.records import BallotKind
from renda_core.sealing.keys import Key, new_key
from renda_core.sealing.peeling import peel, sign
from renda_core.services import ballots
from renda_core.services.ballots import OpenBallot, OpenRound
from renda_core.services.ballots.rolls import enrol
from renda_core.store import ballots as rows
from renda_core.store.codec import encode, new_id
from renda_core.store.unit import Unit
from renda_core.testing import ZONE, Bench, uid

DAY = dt.date(2026, 1, 20)
NINE = dt.datetime.combine(DAY, dt.time(9), ZONE)
"""What the clock of a bench says on that day."""
OFFICE = Bench.actor("clerk", "office")
PRESIDIUM = Bench.actor("chair", "presidium")
TELLERS = (Bench.actor("teller one"), Bench.actor("teller two"))
WATCH = Bench.actor("scrutineer")
MOST = Share("1/2", above=True)
EACH = Rule(
    name="each",
    answers=("for", "against", "abstain"),
    base="incumbent",
    otherwise="failed",
    rungs=(Rung(verdict="decided", answers={"for"}, share=MOST),),
    quorum=Share("2/3"),
    mode="each",
    announced_by="presidium",
    clauses={"quorum": "组织法 14"},
)
CHOOSE = attrs.evolve(EACH, name="choose", answers=("for",), mode="choose", max_marks="seats")
RULES = {
    "each": EACH,
    "choose": CHOOSE,
    "by_name": attrs.evolve(EACH, name="by_name", secret=False),
    "again": attrs.evolve(EACH, name="again", recast=True),
    "small": attrs.evolve(EACH, name="small", shown_from=10),
}


class Voting:
    """A practice of projects that votes decide, with one sort of vote for each rule."""

    def __init__(self, **rest: Any) -> None:
        self.rest = rest

    @hookimpl
    def register_cases(self) -> Any:
        """Offer the projects."""
        return (
            Kind(name="project", title="项目", opening="propose", audience="office deputy", parties="proposer"),
            Facet(kind="project", states="open decided", final="decided"),
            Step(kind="project", name="propose", who="office"),
            Step(kind="project", name="decide", who="ballot", moves=(Move("open", "decided"),)),
        )

    @hookimpl
    def register_ballots(self) -> Any:
        """Offer the votes."""
        for name, rule in RULES.items():
            given = {"title": name, "outcomes": {"decided": "decide"}, **self.rest}
            yield BallotKind(name=name, rule=lambda _, rule=rule: rule, **given)


def voting_county(county: Any, **rest: Any) -> Bench:
    """Make a county that votes; *rest* goes into every sort of vote."""
    found: Bench = county({"voting": {}}, catalogue=Catalogue.collect({"voting": Voting(**rest)}), today=DAY)
    return found


def deputies(n: int) -> list[Actor]:
    """Give so many deputies."""
    return [Actor(id=uid(f"deputy {i}"), roles={"deputy"}) for i in range(n)]


def projects(b: Bench, n: int, **rest: Any) -> tuple[str, ...]:
    """Open so many projects; give their ids."""
    return tuple(b.open("project", OFFICE, title=f"项目{i + 1}", **rest).id for i in range(n))


def trustees(n: int = 2) -> list[Key]:
    """Give so many trustees, with new keys."""
    return [new_key(f"监票人{i + 1}", f"第{i + 1}代表团") for i in range(n)]


def prepare(b: Bench, kind: str, voters: Any, subjects: tuple[str, ...], **rest: Any) -> Ballot:
    """Prepare a ballot for some voters."""
    given = {"roll": tuple(v.id for v in voters), "tellers": tuple(t.id for t in TELLERS), "scrutineers": (WATCH.id,)}
    found: Ballot = b.do(ballots.open_ballot, OFFICE, OpenBallot(kind=kind, subjects=subjects, **{**given, **rest}))
    return found


def open_round(b: Bench, ballot: Ballot, **rest: Any) -> Ballot:
    """Open the round that is due."""
    found: Ballot = b.do(ballots.open_round, OFFICE, ballot.id, OpenRound(**rest))
    return found


def electronic(b: Bench, kind: str, voters: Any, subjects: tuple[str, ...], keys: list[Key], **rest: Any) -> Ballot:
    """Prepare an electronic ballot, rehearse it and open its round."""
    named = tuple(k.trustee for k in keys)
    opening = {name: rest.pop(name) for name in ("present", "paper") if name in rest}
    ballot = prepare(b, kind, voters, subjects, electronic=True, trustees=named, **rest)
    trial = b.do(ballots.rehearsal, OFFICE, ballot.id)
    b.do(ballots.accept_rehearsal, OFFICE, ballot.id, peeled(trial, keys))
    return open_round(b, ballot, **opening)


def paper_for(ballot: Ballot, marks: Any, round: int = 0) -> bytes:
    """Seal a paper on a voter's device."""
    return sealing.seal(sealing.Sheet.of(ballot, round or len(ballot.rounds), {}), marks)


def peeled(box: dict[str, Any], keys: list[Key]) -> dict[str, Any]:
    """Have every trustee take her layer off, and sign what came out."""
    for key in keys:
        box = peel(box, key)
    for key in keys[:-1]:
        box = sign(box, key)
    return box


def enter(b: Bench, ballot: Ballot, papers: Any, bundle: str = "1") -> None:
    """Have both tellers enter one bundle of papers."""
    for teller in TELLERS:
        b.do(ballots.enter_sheet, teller, ballot.id, ballots.Sheet(bundle=bundle, papers=tuple(map(tuple, papers))))


def ready(store: Any, tenant: str, voters: list[Actor], keys: list[Key], *, subjects: int = 3) -> Ballot:
    """Put an open, secret, electronic ballot straight into a store without any practice."""
    first = Round(subjects=tuple(uid(f"subject {i}") for i in range(subjects)))
    made = Ballot(
        id=new_id(),
        kind="each",
        rule=attrs.evolve(EACH, announced_by="office"),
        rounds=(first,),
        incumbent=len(voters),
        electronic=True,
        trustees=tuple(k.trustee for k in keys),
        rehearsed=True,
    )

    async def put(unit: Unit) -> None:
        row = {"id": made.id, "kind": made.kind, "state": "prepared", "round": 1, "version": 0}
        await unit.write(rows.ADD, **row, closes_at=None, document=encode(made))
        await enrol(unit, made.id, 1, dict.fromkeys((v.id for v in voters), "entitled"))
        unit.record("ballot.each.prepared", on=made.id, version=0, rule="each")

    store.run(store.write(put, tenant, OFFICE))
    opened: Ballot = store.run(store.write(ballots.open_round, tenant, OFFICE, None, made.id, OpenRound()))
    return opened
