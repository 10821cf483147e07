"""The people, units and short cuts of the tests on suggestions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.case import Actor, Case
from renda_core.domain.suggestion import Reply, Suggestion
from renda_core.errors import Rejected
from renda_core.services import bulk, cases, journal, ledgers, search
from renda_core.testing import Bench, uid
from renda_plugins import suggestion_handling

NAME = "suggestion_handling"
OFFICE = Bench.actor("clerk", "office assigner")
CHAIR = Bench.actor("chair", "overseer")
PRESIDIUM = Bench.actor("presidium", "presidium")
PUBLIC = Bench.actor("passer-by", "public")
WANG, LI, CHEN = (Bench.actor(n, "deputy") for n in ("wang", "li", "chen"))
ROADS, WATER, POWER = (Bench.actor(f"head of {u}", unit=u) for u in ("roads", "water", "power"))
SOLE = {"units": ((ROADS.unit, "sole"),)}
REPLY = {"payload": Reply(document="2026-7", reply_class="A", signed_by="Zhao")}


def settings(**given: Any) -> dict[str, dict[str, Any]]:
    """Write the settings of suggestion_handling as a tenant's file would."""
    return {NAME: given}


def with_settings(county: Any, *, today: Any = None, **given: Any) -> Bench:
    """Make a county with suggestion_handling alone, set as given."""
    rest = {"today": today} if today else {}
    found: Bench = county(settings(**given), **rest, catalogue=Catalogue.collect({NAME: suggestion_handling}))
    return found


def with_records(county: Any, *offered: Any, **given: Any) -> Bench:
    """Make a county where one more plugin offers case records."""
    catalogue = Catalogue.collect({NAME: suggestion_handling, "more": plugin(*offered)})
    found: Bench = county({**settings(**given), "more": {}}, catalogue=catalogue)
    return found


def plugin(*offered: Any, watches: Iterable[Any] = (), records: Iterable[Any] = (), api: int | None = None) -> Any:
    """Make a plugin that offers what is given."""

    class Plugin:
        """A plugin of a test."""

        @hookimpl
        def register_cases(self) -> Any:
            return offered

        @hookimpl
        def register_watches(self) -> Any:
            return watches

        @hookimpl
        def register_records(self) -> Any:
            return records

    made: Any = Plugin()
    if api is not None:
        made.RENDA_API = api
    return made


def people(*names: str) -> tuple[str, ...]:
    """Give the ids of people."""
    return tuple(uid(n) for n in names)


def draft(b: Bench, by: Actor = WANG, *, invited: Iterable[str] = (), title: str = "修桥", **body: Any) -> Case:
    """Open a suggestion, inviting co-signers by name."""
    parties = {"proposer": (by.id,)}
    if invited := tuple(invited):
        parties["cosigner"] = people(*invited)
    return b.open("suggestion", by, Suggestion(**{"text": "城东石桥多年失修", **body}), title=title, parties=parties)


def accepted(b: Bench, by: Actor = WANG, *, cosigners: Iterable[str] = (), **rest: Any) -> Case:
    """Bring a suggestion to where it may be assigned; every co-signer joins."""
    case = draft(b, by, invited=cosigners, **rest)
    case = b.run(case, *(("cosign", b.actor(name, "deputy")) for name in cosigners))
    return b.run(case, ("submit", by), ("accept", OFFICE))


def assigned(b: Bench, *units: tuple[Actor, str], **rest: Any) -> Case:
    """Assign a suggestion, by default to the roads alone."""
    named = tuple((unit.unit, role) for unit, role in units or ((ROADS, "sole"),))
    return b.step(accepted(b, **rest), "assign", OFFICE, units=named)


def replied(b: Bench, **rest: Any) -> Case:
    """Have the roads reply."""
    return b.step(assigned(b, **rest), "reply", ROADS, **REPLY)


def evaluated(b: Bench, grade: str = "unsatisfied", **rest: Any) -> Case:
    """Have the office enter the lead's evaluation."""
    return b.step(replied(b, **rest), "evaluate", OFFICE, grade=grade, payload={"of": WANG.id})


def closed(b: Bench, grade: str = "unsatisfied", **rest: Any) -> Case:
    """Close an evaluated suggestion."""
    return b.step(evaluated(b, grade, **rest), "close", OFFICE)


def evaluated_many(b: Bench, **grades: int) -> bulk.Done:
    """Bring many suggestions to their evaluation in one pile of work."""
    jobs: list[bulk.Job] = []
    every = [g for g, n in grades.items() for _ in range(n)]
    for n, grade in enumerate(every):
        opening = cases.OpenCase(
            kind="suggestion", title=f"第{n}件", body=Suggestion(text="修桥"), parties={"proposer": (WANG.id,)}
        )
        jobs.append(bulk.Job(open=opening, key=str(n), actor=WANG))
        steps: list[tuple[str, Actor, dict[str, Any]]] = [
            ("submit", WANG, {}),
            ("accept", OFFICE, {}),
            ("assign", OFFICE, SOLE),
            ("reply", ROADS, REPLY),
            *([("remind", OFFICE, {})] if grade == "unanswered" else []),
            ("evaluate", OFFICE, {"grade": grade, "payload": {"of": WANG.id}}),
        ]
        for step, actor, rest in steps:
            taken = cases.TakeStep(case="", step=step, version=0, **rest)
            jobs.append(bulk.Job(step=taken, key=str(n), actor=actor))
    done: bulk.Done = b.do(bulk.work, OFFICE, jobs, what="test.pile")
    return done


def entries(b: Bench) -> list[dict[str, Any]]:
    """Read the whole journal."""
    return [json.loads(line.entry) for line in b.read(journal.entries, size=1_000)]


def units(*named: tuple[Actor, str]) -> dict[str, Any]:
    """Name units with their roles, as a command does."""
    return {"units": tuple((unit.unit, role) for unit, role in named)}


def refused(b: Bench, case: Case, step: str, by: Actor, *objections: str, **rest: Any) -> None:
    """Take a step that must be refused for exactly these reasons, and change nothing."""
    before = b.case(case.id)
    with pytest.raises(Rejected) as said:
        b.step(case, step, by, **rest)
    assert said.value.objections == objections
    assert b.case(case.id) == before


def listed(b: Bench, who: Actor, **asked: Any) -> list[str]:
    """Give the ids of a ledger of suggestions."""
    return [row.id for row in b.ask(ledgers.ledger, who, ledgers.Ask(kind="suggestion", **asked))]


def found(b: Bench, who: Actor, text: str) -> list[str]:
    """Give the ids of a search among suggestions, newest first."""
    return [row.id for row in b.ask(search.search, who, text, kind="suggestion").cases]
