"""Papers entered by two tellers apart: nobody sees anything before both have, and any difference blocks the count."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.core.balloting import (
    OFFICE,
    PRESIDIUM,
    TELLERS,
    WATCH,
    deputies,
    open_round,
    prepare,
    projects,
    voting_county,
)
from tests.core.test_ballot_tallies import BLANK, VOTES, meeting_papers

from renda_core.domain.ballot import Ballot, count
from renda_core.domain.ballot.tallies import Sheet, tidied
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected
from renda_core.services import ballots
from renda_core.services.ballots import sheets
from renda_core.services.ballots.sheets import PADDED
from renda_core.store import ballot_sheets as rows
from renda_core.store.tables import ballot_sheet
from renda_core.testing import Bench, uid

ONE, OTHER = TELLERS
A, B, AB = ((0, 0),), ((1, 0),), ((0, 0), (1, 0))
THIRD = Bench.actor("teller three")


def closed(b: Bench, *, subjects: int = 2, voters: int = 5, kind: str = "choose", **rest: Any) -> Ballot:
    """Prepare a ballot on paper, open it and shut it, so that papers are entered."""
    rest.setdefault("places", subjects if kind == "choose" else 0)
    ballot = prepare(b, kind, deputies(voters), projects(b, subjects), **rest)
    open_round(b, ballot)
    found: Ballot = b.do(ballots.close_round, OFFICE, ballot.id)
    return found


def meeting(b: Bench) -> Ballot:
    """Hold the worked meeting up to its count: 63 incumbents, 58 present and issued a paper, 12 projects, 10 places."""
    people = deputies(63)
    ballot = prepare(b, "choose", people, projects(b, 12), places=10)
    open_round(b, ballot, present=tuple(p.id for p in people[:58]))
    found: Ballot = b.do(ballots.close_round, OFFICE, ballot.id)
    return found


def bundles(papers: list[Any], size: int = 20) -> dict[str, tuple[Any, ...]]:
    """Put papers into bundles."""
    return {str(n // size + 1): tuple(papers[n : n + size]) for n in range(0, len(papers), size)}


def enter(b: Bench, who: Any, ballot: Ballot, bundle: str, papers: Any = None, **rest: Any) -> Any:
    """Enter one bundle as a teller."""
    return b.do(sheets.enter_sheet, who, ballot.id, Sheet(bundle=bundle, papers=papers, **rest))


def differ(b: Bench, ballot: Ballot, who: Any = WATCH) -> Any:
    """Ask what the tellers differ in."""
    return b.ask(sheets.differences, who, ballot.id)


def counted(b: Bench, ballot: Ballot, returned: int, **rest: Any) -> Any:
    """Count, and give the round as its tellers see it."""
    b.do(ballots.count_round, OFFICE, ballot.id, ballots.Counting(paper_returned=returned, **rest))
    return b.ask(ballots.show, ONE, ballot.id).rounds[0]


def stored(b: Bench, ballot: Ballot) -> list[rows.SheetRow]:
    """Read the rows as the database has them."""
    found: list[rows.SheetRow] = b.store.run(b.store.read(_rows, b.file.id, ballot.id))
    return found


async def _rows(reader: Any, id: str) -> Any:
    return await reader.all(rows.ALL, ballot_id=id, round=1)


async def _opened(reader: Any, id: str, row: rows.SheetRow, bundle: str = "", teller: str = "") -> bytes:
    field = f"ballot_sheet:{id}:1:{bundle or row.bundle}:{teller or row.teller}"
    found: bytes = reader.open_bytes(row.sealed, field)
    return found


def test_the_worked_meeting_entered_by_two_tellers_comes_to_its_numbers(county):
    b = voting_county(county)
    ballot = meeting(b)
    piles = bundles(meeting_papers())
    assert [len(pile) for pile in piles.values()] == [20, 20, 17]
    for seed, teller in enumerate(TELLERS):
        for name, pile in piles.items():
            done = enter(b, teller, ballot, name, tuple(random.Random(seed).sample(pile, len(pile))))
    assert [(line.name, line.agrees) for line in done.bundles] == [("1", True), ("2", True), ("3", True)]
    assert differ(b, ballot) == ()
    now = counted(b, ballot, 57)
    assert [row[0] for row in now.counted.votes] == list(VOTES)
    assert (now.counted.valid, now.counted.void, now.counted.why_void) == (55, 2, {"max_marks": 2})
    assert now.verdict.state == "tied"
    assert [f.verdict for f in now.verdict.findings].count("decided") == 9
    assert b.verify().whole


def test_a_bundle_called_out_as_totals_is_as_good_as_its_papers(county):
    b = voting_county(county)
    ballot = meeting(b)
    for name, pile in bundles(meeting_papers()).items():
        whole = tidied(Sheet(bundle=name, papers=pile), ballot.rule, 12, places=10)
        enter(b, ONE, ballot, name, pile)
        enter(b, OTHER, ballot, name, votes=whole.votes, valid=whole.valid, void=whole.void)
    assert differ(b, ballot) == ()
    assert [row[0] for row in counted(b, ballot, 57).counted.votes] == list(VOTES)


def test_fifty_nine_papers_for_fifty_eight_void_the_round(county):
    b = voting_county(county)
    ballot = meeting(b)
    for name, pile in bundles([*meeting_papers(), A, B]).items():
        for teller in TELLERS:
            enter(b, teller, ballot, name, pile)
    now = counted(b, ballot, 59)
    assert (now.verdict.state, now.verdict.clause) == ("void", "void_round")
    assert now.verdict.findings == ()


def test_a_difference_blocks_and_is_told_exactly_and_once_corrected_unblocks(county):
    b = voting_county(county)
    ballot = closed(b)
    enter(b, ONE, ballot, "2", (A, A, AB, BLANK), void={"unreadable": 1})
    done = enter(b, OTHER, ballot, "第2扎", (A, AB, AB, BLANK), void={"unreadable": 1})
    assert [(line.name, line.agrees) for line in done.bundles] == [("2", False)]
    (found,) = differ(b, ballot)
    assert found.bundle == "2"
    assert found.lines == (
        "项目2「项目2」得票：计票人甲 1，计票人乙 2",
        "选票［选 1］的张数：计票人甲 2，计票人乙 1",
        "选票［选 1、2］的张数：计票人甲 1，计票人乙 2",
    )
    with pytest.raises(Rejected, match=r"bundle 2 .*the two tellers differ"):
        counted(b, ballot, 5)
    enter(b, OTHER, ballot, "2", (AB, BLANK, A, A), void={"unreadable": 1})
    assert differ(b, ballot) == ()
    now = counted(b, ballot, 5)
    assert now.counted.votes == ((3,), (1,))
    assert now.counted.why_void == {"unreadable": 1}
    whats = [e["what"] for e in b.entries() if "sheet" in e["what"]]
    assert whats == ["ballot.choose.sheet_entered", "ballot.choose.sheet_entered", "ballot.choose.sheet_corrected"]


def test_the_names_of_tellers_and_grades_are_said(county):
    b = voting_county(county)
    ballot = closed(b, kind="each")
    enter(b, ONE, ballot, "1", (((0, 0), (1, 1)),))
    enter(b, OTHER, ballot, "1", (((0, 2),),), void={"two_answers": 1})
    (found,) = differ(b, ballot)
    assert found.tellers == (ONE.id, OTHER.id)
    assert found.lines[:3] == (
        "本扎总张数：计票人甲 1，计票人乙 2",
        "无效票（一项多选）：计票人甲 0，计票人乙 1",
        "项目1「项目1」赞成：计票人甲 1，计票人乙 0",
    )
    assert "选票［赞成 1；反对 2］的张数：计票人甲 1，计票人乙 0" in found.lines


def test_two_bundles_under_each_others_name_are_told_in_few_lines(county):
    b = voting_county(county)
    ballot = closed(b, subjects=70)
    papers = tuple(tuple((s, 0) for s in range(n)) for n in range(1, 71))
    enter(b, ONE, ballot, "1", papers)
    enter(b, OTHER, ballot, "1", ())
    (found,) = differ(b, ballot)
    assert len(found.lines) == 61
    assert found.lines[-1] == "另有 82 处不同，先看是否扎号录错"


def test_a_bundle_that_only_one_entered_blocks(county):
    b = voting_county(county)
    ballot = closed(b)
    for teller in TELLERS:
        enter(b, teller, ballot, "1", (A,))
    enter(b, ONE, ballot, "2", (B,))
    assert [d.lines for d in differ(b, ballot)] == [("只有一名计票人录入，还差另一名计票人",)]
    with pytest.raises(Rejected, match=r"bundle 2 .*only one teller has entered it") as refused:
        counted(b, ballot, 2)
    assert len(refused.value.objections) == 1
    enter(b, OTHER, ballot, "2", (B,))
    assert counted(b, ballot, 2).counted.votes == ((1,), (1,))


@pytest.mark.parametrize("tellers", [(), (ONE.id,)])
def test_fewer_than_two_tellers_block(county, tellers):
    b = voting_county(county)
    ballot = closed(b, tellers=tellers)
    if tellers:
        enter(b, ONE, ballot, "1", (A,))
    with pytest.raises(Rejected, match=f"{len(tellers)} tellers .* are named, and two must"):
        counted(b, ballot, 1)


def test_nothing_entered_blocks_a_count_of_papers_and_not_one_without(county):
    b = voting_county(county)
    ballot = closed(b)
    with pytest.raises(Rejected, match="no bundle of papers was entered"):
        counted(b, ballot, 1)
    assert counted(b, ballot, 0).counted.valid == 0


@pytest.mark.parametrize("returned", [1, 3])
def test_bundles_hold_as_many_papers_as_were_returned(county, returned):
    b = voting_county(county)
    ballot = closed(b)
    for teller in TELLERS:
        enter(b, teller, ballot, "1", (A, B))
    with pytest.raises(Rejected, match=f"the bundles hold 2 papers, and {returned} were returned"):
        counted(b, ballot, returned)
    assert counted(b, ballot, 2).counted.valid == 2


# -- who, and when


def test_who_is_no_teller_enters_nothing(county):
    b = voting_county(county)
    ballot = closed(b)
    for who in (OFFICE, WATCH, deputies(1)[0], PRESIDIUM):
        with pytest.raises(NotAllowed, match="entered by the tellers"):
            enter(b, who, ballot, "1", (A,))
        with pytest.raises(NotAllowed):
            b.do(sheets.withdraw_sheet, who, ballot.id, "1")
    for who in (Bench.actor("stranger", "deputy"), Bench.actor("public", "public"), Bench.actor("job:sweep")):
        for use_case, rest in ((sheets.enter_sheet, Sheet(bundle="1", papers=())), (sheets.withdraw_sheet, "1")):
            with pytest.raises(NotFound, match="no ballot"):
                b.do(use_case, who, ballot.id, rest)
        for asked in (sheets.progress, sheets.differences):
            with pytest.raises(NotFound, match="no ballot"):
                b.ask(asked, who, ballot.id)
    assert stored(b, ballot) == []


def test_another_county_has_no_such_ballot(county):
    b, other = voting_county(county), voting_county(county)
    ballot = closed(b)
    for id in (ballot.id, uid("nothing"), "nonsense"):
        with pytest.raises(NotFound):
            other.do(sheets.enter_sheet, ONE, id, Sheet(bundle="1", papers=(A,)))


def test_only_tellers_and_scrutineers_see_differences(county):
    b = voting_county(county)
    ballot = closed(b)
    enter(b, ONE, ballot, "1", (A,))
    enter(b, OTHER, ballot, "1", (B,))
    for who in (OFFICE, PRESIDIUM, deputies(1)[0]):
        with pytest.raises(NotAllowed, match="for them and the scrutineers"):
            differ(b, ballot, who)
    assert differ(b, ballot, ONE) == differ(b, ballot, OTHER) == differ(b, ballot, WATCH) != ()
    with pytest.raises(NotAllowed):
        b.ask(sheets.progress, deputies(1)[0], ballot.id)


def test_nobody_sees_anything_of_a_sheet_until_both_are_in(county):
    """Neither the other teller, nor the scrutineer, nor the office, nor the journal, nor the length of the row."""
    b = voting_county(county)
    ballot = closed(b, subjects=12)
    enter(b, ONE, ballot, "1", tuple(meeting_papers()))
    enter(b, ONE, ballot, "2", (A,))
    plain = "[('1', 1, None), ('2', 1, None)]"
    for who in (OTHER, WATCH, OFFICE):
        seen = b.ask(sheets.progress, who, ballot.id)
        assert str([(line.name, len(line.tellers), line.agrees) for line in seen.bundles]) == plain
    for who in (OTHER, WATCH):
        assert {line for d in differ(b, ballot, who) for line in d.lines} == {"只有一名计票人录入，还差另一名计票人"}
    entries = [e for e in b.entries() if "sheet" in e["what"]]
    assert [e["body"] for e in entries] == [{"bundle": n, "round": 1} for n in "12"]
    kept = stored(b, ballot)
    assert {len(row.sealed) % PADDED for row in kept} == {len(kept[0].sealed) % PADDED}
    assert b"votes" not in b"".join(row.sealed for row in kept)
    small = [row for row in kept if row.bundle == "2"]
    enter(b, OTHER, ballot, "2", ())
    assert {len(r.sealed) for r in stored(b, ballot) if r.bundle == "2"} == {len(small[0].sealed)}


def test_the_order_of_entering_cannot_be_recovered_even_with_the_key(county):
    """What is kept of forty orders of the same papers is the same to the last byte; and a row has no time."""
    b = voting_county(county)
    ballot = closed(b, subjects=12, places=10)
    papers, kept = meeting_papers(), set()
    for seed in range(40):
        enter(b, ONE, ballot, "1", tuple(random.Random(seed).sample(papers, len(papers))))
        (row,) = stored(b, ballot)
        kept.add(b.store.run(b.store.read(_opened, b.file.id, ballot.id, row)))
    assert len(kept) == 1
    inside = json.loads(kept.pop())
    assert inside["papers"] == sorted(inside["papers"])
    assert set(ballot_sheet.c.keys()) == {"tenant_id", "ballot_id", "round", "bundle", "teller", "sealed"}


def test_a_sheet_opens_in_no_other_place(county):
    """Who writes to the database cannot pass one teller's sheet off as the other's, or as another bundle's."""
    b = voting_county(county)
    ballot = closed(b)
    enter(b, ONE, ballot, "1", (A,))
    (row,) = stored(b, ballot)
    for place in ({"teller": OTHER.id}, {"bundle": "2"}):
        with pytest.raises(Invalid, match="ballot_sheet does not open"):
            b.store.run(b.store.read(_opened, b.file.id, ballot.id, row, **place))


def test_what_both_agree_on_stands_and_a_third_teller_enters_other_bundles(county):
    b = voting_county(county)
    ballot = closed(b, tellers=(ONE.id, OTHER.id, THIRD.id))
    for teller in TELLERS:
        enter(b, teller, ballot, "1", (A,))
    for teller in TELLERS:
        with pytest.raises(Rejected, match="both tellers entered the same, and it stands"):
            enter(b, teller, ballot, "1", (B,))
    with pytest.raises(Rejected, match="entered by two others already"):
        enter(b, THIRD, ballot, "1", (A,))
    enter(b, THIRD, ballot, "2", (B,))
    enter(b, ONE, ballot, "2", (B,))
    assert counted(b, ballot, 2).counted.votes == ((1,), (1,))


def test_a_corrected_file_is_entered_again_as_a_whole(county):
    """Bundles on which both agree are in it too, as they were."""
    b = voting_county(county)
    ballot = closed(b)
    for teller in TELLERS:
        enter(b, teller, ballot, "1", (A, B))
    entries = len(b.entries())
    assert [line.agrees for line in enter(b, ONE, ballot, "1", (B, A)).bundles] == [True]
    assert len(b.entries()) == entries


def test_one_person_cannot_be_both_tellers(county):
    b = voting_county(county)
    with pytest.raises(Rejected, match="entered twice"):
        closed(b, tellers=(ONE.id, ONE.id))
    ballot = closed(b)
    for papers in ((A,), (A, B), (A, B)):
        enter(b, ONE, ballot, "1", papers)
    with pytest.raises(Rejected, match="only one teller has entered it"):
        counted(b, ballot, 2)


def test_nothing_is_entered_before_the_close_or_after_the_count(county):
    b = voting_county(county)
    ballot = prepare(b, "choose", deputies(3), projects(b, 2), places=2)
    with pytest.raises(Rejected, match="round 1 is prepared: it is opened next"):
        enter(b, ONE, ballot, "1", (A,))
    open_round(b, ballot)
    with pytest.raises(Rejected, match=r"round 1 is open: .*papers are entered once it is closed"):
        enter(b, ONE, ballot, "1", (A,))
    b.do(ballots.close_round, OFFICE, ballot.id)
    for teller in TELLERS:
        enter(b, teller, ballot, "1", (A, A, BLANK))
    counted(b, ballot, 3)
    for call in ((sheets.enter_sheet, Sheet(bundle="2", papers=(A,))), (sheets.withdraw_sheet, "1")):
        with pytest.raises(Rejected, match="round 1 is counted"):
            b.do(call[0], ONE, ballot.id, call[1])


def test_a_bundle_entered_under_a_wrong_name_is_taken_back(county):
    b = voting_county(county)
    ballot = closed(b)
    for teller in TELLERS:
        enter(b, teller, ballot, "1", (A,))
    enter(b, ONE, ballot, "22", (B,))
    with pytest.raises(Rejected, match="bundle 2: you have not entered it"):
        b.do(sheets.withdraw_sheet, ONE, ballot.id, "2")
    with pytest.raises(Rejected, match="you have not entered it"):
        b.do(sheets.withdraw_sheet, OTHER, ballot.id, "22")
    left = b.do(sheets.withdraw_sheet, ONE, ballot.id, "第22扎")
    assert [line.name for line in left.bundles] == ["1"]
    assert counted(b, ballot, 1).counted.votes == ((1,), (0,))


def test_a_bundle_that_both_entered_twice_is_taken_back_and_the_count_goes_on(county):
    b = voting_county(county)
    ballot = closed(b)
    for name in ("1", "2"):
        for teller in TELLERS:
            enter(b, teller, ballot, name, (A, B))
    with pytest.raises(Rejected, match="a bundle that is missing or entered twice"):
        counted(b, ballot, 2)
    b.do(sheets.withdraw_sheet, ONE, ballot.id, "2")
    with pytest.raises(Rejected, match="only one teller has entered it"):  # one alone changes nothing
        counted(b, ballot, 2)
    b.do(sheets.withdraw_sheet, OTHER, ballot.id, "2")
    assert counted(b, ballot, 2)
    with pytest.raises(Rejected, match="nothing is entered at this time"):
        b.do(sheets.withdraw_sheet, ONE, ballot.id, "1")


def test_what_cannot_be_is_refused_and_nothing_is_kept(county):
    b = voting_county(county)
    ballot = closed(b)
    for sheet in (
        Sheet(bundle="1", papers=(((2, 0),),)),
        Sheet(bundle="1", votes=((1,),), valid=1),
        Sheet(bundle="1", papers=(), void={"two_answers": 1}),
        Sheet(bundle="", papers=()),
    ):
        with pytest.raises(Invalid):
            b.do(sheets.enter_sheet, ONE, ballot.id, sheet)
    assert stored(b, ballot) == []
    assert not [e for e in b.entries() if "sheet" in e["what"]]


def test_two_tellers_who_enter_at_the_same_moment_both_come_in(county):
    b = voting_county(county)
    ballot, tenant = closed(b), b.tenant

    def enter_apart(teller: Any) -> None:
        store = b.store.apart()
        try:
            for bundle in "123":
                sheet = Sheet(bundle=bundle, papers=(A, B))
                store.run(store.write(sheets.enter_sheet, b.file.id, teller, tenant, ballot.id, sheet))
        finally:
            store.shut()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(enter_apart, TELLERS))
    assert [line.agrees for line in b.ask(sheets.progress, WATCH, ballot.id).bundles] == [True] * 3
    assert differ(b, ballot) == ()


def test_a_further_round_begins_without_the_sheets_of_the_first(county):
    b = voting_county(county)
    ballot = closed(b, voters=3)
    for teller in TELLERS:
        enter(b, teller, ballot, "1", (A, A, B, B))
    assert counted(b, ballot, 4).verdict.state == "void"
    b.do(ballots.announce, PRESIDIUM, ballot.id)
    assert b.ask(sheets.progress, WATCH, ballot.id).bundles == ()
    open_round(b, ballot)
    b.do(ballots.close_round, OFFICE, ballot.id)
    with pytest.raises(Rejected, match="no bundle of papers was entered"):
        counted(b, ballot, 3)
    for teller in TELLERS:
        enter(b, teller, ballot, "1", (A, A, B))
    counted(b, ballot, 3)
    assert b.ask(ballots.show, ONE, ballot.id).rounds[1].counted.votes == ((2,), (1,))


def test_papers_and_what_came_by_device_are_one_count(county):
    b = voting_county(county)
    people = deputies(5)
    ballot = prepare(b, "by_name", people, projects(b, 2), electronic=True)
    open_round(b, ballot, paper=tuple(p.id for p in people[:3]))
    for person, marks in zip(people[3:], (((0, 0), (1, 1)), ((0, 1),)), strict=True):
        b.do(ballots.cast_named, person, ballot.id, marks)
    b.do(ballots.close_round, OFFICE, ballot.id)
    by_hand = (((0, 0), (1, 0)), ((0, 0),), ((0, 0), (0, 1)))
    for teller in TELLERS:
        enter(b, teller, ballot, "1", by_hand)
    now = counted(b, ballot, 3)
    whole = (*by_hand, ((0, 0), (1, 1)), ((0, 1),))
    assert now.counted == count(ballot.rule, 2, whole)
    assert (now.attendance.returned, now.attendance.by_device) == (5, 2)
