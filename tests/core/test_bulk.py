"""Piles of work: all or nothing, one journal entry with a digest, numbers that never collide."""

import json

import pytest
from tests.core.suggesting import (
    NAME,
    OFFICE,
    REPLY,
    ROADS,
    SOLE,
    WANG,
    accepted,
    assigned,
    entries,
    evaluated_many,
    uid,
    with_settings,
)

from renda_core.domain.suggestion import Suggestion
from renda_core.errors import Rejected
from renda_core.services import bulk, cases, journal, ledgers
from renda_core.services import duty as records
from renda_core.services.bulk import Job, LineFailed
from renda_core.services.cases import OpenCase, TakeStep
from renda_core.store import tables
from renda_core.store.index import index
from renda_plugins import suggestion_handling


def opening(title="第一件", **rest):
    body = Suggestion(text="修桥", subject="交通")
    return OpenCase(kind="suggestion", title=title, body=body, parties={"proposer": (WANG.id,)}, **rest)


def step(name, **rest):
    return TakeStep(case=rest.pop("case", ""), step=name, version=0, **rest)


def work(b, *jobs, **rest):
    return b.do(bulk.work, OFFICE, jobs, what="test.pile", **rest)


def count(b):
    return len(b.ask(ledgers.ledger, OFFICE, ledgers.Ask(kind="suggestion", size=1000)))


def test_a_pile_is_one_transaction_with_one_entry(county):
    b = with_settings(county)
    before = len(entries(b))
    done = evaluated_many(b, satisfied=3, unanswered=2)
    assert (done.opened, done.steps, done.followers, done.records) == (5, 27, 0, 5)
    (entry,) = entries(b)[before:]
    assert (entry["what"], entry["actor"], entry["rule"], entry["on"]) == ("test.pile", OFFICE.id, "bulk", b.file.id)
    assert entry["body"] == {"opened": 5, "steps": 27, "followers": 0, "records": 5, "digest": done.digest}
    assert len(done.digest) == 64
    assert b.verify().whole


def test_a_pile_writes_what_single_steps_write(county):
    single, many = with_settings(county), with_settings(county)
    one = single.step(accepted(single), "assign", OFFICE, **SOLE)
    evaluated_many(many, satisfied=1)
    two = many.case(many.ask(ledgers.ledger, OFFICE, ledgers.Ask(kind="suggestion"))[0].id)
    assert [a.step for a in two.acts][:4] == [a.step for a in one.acts]
    assert one.clocks == two.clocks[:3] or {c.name for c in one.clocks} <= {c.name for c in two.clocks}
    assert two.number == one.number == "2026-1"
    assert two.version == len(two.acts) - 1
    procedure = many.tenant.practice.procedure("suggestion")
    assert index(two, procedure, many.calendar)[tables.case_act].keys() == {(n,) for n in range(len(two.acts))}


def test_one_refused_line_and_nothing_was_done(county):
    b = with_settings(county)
    kept = accepted(b)
    before = entries(b)
    jobs = [
        Job(row=2, open=opening()),
        Job(row=3, step=step("assign", case=kept.id, **SOLE)),
        Job(row=4, step=step("close", case=kept.id)),
    ]
    with pytest.raises(LineFailed) as said:
        work(b, *jobs)
    assert str(said.value).startswith("row 4: close refused: main is assigned, not evaluated")
    assert said.value.details["row"] == 4
    assert said.value.details["objections"]
    assert said.value.details["open"]
    assert b.case(kept.id) == kept
    assert count(b) == 1
    assert entries(b) == before
    assert accepted(b).number == "2026-2"  # and no number was used up


def test_lines_see_what_earlier_lines_did_and_followers_follow(county):
    b = with_settings(county)
    jobs = [Job(open=opening(), key="lead"), Job(open=opening("第二件"), key="other")]
    jobs += [
        Job(key=k, step=step(s), actor=a) for k in ("lead", "other") for s, a in (("submit", WANG), ("accept", OFFICE))
    ]
    done = work(b, *jobs)
    lead, other = done.ids
    work(b, Job(step=step("merge", case=other, links={"merged_into": (lead,)})))
    done = work(
        b, Job(step=step("assign", case=lead, **SOLE)), Job(step=step("reply", case=lead, **REPLY), actor=ROADS)
    )
    assert done.followers == 1
    assert b.case(other).states["main"] == "replied"


def test_progress_is_told_line_by_line(county):
    b = with_settings(county)
    told = []
    work(b, *(Job(open=opening(f"第{n}件")) for n in range(3)), progress=told.append)
    assert told == [1, 2, 3]


def test_a_step_on_a_case_that_is_not_there_names_its_row(county):
    b = with_settings(county)
    with pytest.raises(LineFailed, match="row 7: no case"):
        work(b, Job(row=7, step=step("accept", case=uid("nothing"))))


def test_the_records_of_a_pile_are_written_with_it(county):
    b = with_settings(county)
    evaluated_many(b, satisfied=2)
    assert [r.kind for r in b.read(records.records_of, WANG.id)] == ["suggestion", "suggestion"]


# -- numbers


def test_a_number_is_nobody_elses(county):
    b = with_settings(county)
    case = accepted(b)
    with pytest.raises(Rejected, match="number 2026-1 is taken"):
        b.do(cases.open_case, WANG, opening(number=case.number))
    with pytest.raises(LineFailed, match="row 2: opening refused: number 2026-1 is taken"):
        work(b, Job(row=2, open=opening(number="2026-1")))
    with pytest.raises(LineFailed, match="row 3: opening refused: number 甲1 is taken"):
        work(b, Job(row=2, open=opening(number="甲1")), Job(row=3, open=opening(number="甲1")))
    other = b.open("motion", WANG, {"text": "x", "level": "county"}, number="2026-1", parties={"proposer": (WANG.id,)})
    assert other.number == "2026-1"  # of another kind


def test_a_series_goes_on_after_numbers_given_by_hand(county):
    b = with_settings(county)
    b.do(cases.open_case, WANG, opening(number="2026-2"))
    b.do(cases.open_case, WANG, opening(number="2025-9"))
    b.do(cases.open_case, WANG, opening(number="甲-5"))
    assert [accepted(b).number for _ in range(2)] == ["2026-3", "2026-4"]
    b.do(cases.open_case, WANG, opening(number="2026-1"))  # an earlier one sets nothing back
    given = [Job(open=opening(number=f"2026-{n}")) for n in (8, 6)]
    done = work(b, Job(open=opening()), *given, Job(open=opening()))
    assert [b.case(id).number for id in done.ids] == ["2026-9", "2026-8", "2026-6", "2026-10"]
    assert accepted(b).number == "2026-11"


# -- the chain


def test_the_journal_names_the_entry_that_does_not_fit(bench):
    b = with_settings(bench)
    assigned(b)
    lines = b.read(journal.entries)
    assert [json.loads(line.entry)["what"] for line in lines] == [
        "tenant.applied",
        "suggestion.propose",
        "suggestion.submit",
        "suggestion.accept",
        "suggestion.assign",
    ]
    assert b.verify() == journal.Verified(entries=5, broken=0, why="", head=lines[-1].hash.hex())
    rules = [json.loads(line.entry)["rule"] for line in lines[1:]]
    assert rules == [f"{NAME}.{s}" for s in ("propose", "submit", "accept", "assign")]
    assert suggestion_handling.__doc__


def test_refused_lines_are_not_counted(county):
    async def tried(unit, tenant):
        unit.rehearse()
        pile = bulk.Work(unit, tenant)
        with pytest.raises(Rejected):
            await pile.all_or_none([Job(key="a", open=opening(number="2026-077")), Job(key="a", step=step("close"))])
        counts = (pile.opened, pile.steps, pile.led, list(pile.ids))
        await pile.all_or_none([Job(key="b", open=opening(number="2026-077"))])
        return counts, pile.opened

    assert county(suggestion_handling).do(tried, OFFICE) == ((0, 0, 0, []), 1)
