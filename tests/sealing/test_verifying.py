"""An announced result, checked by outsiders: by ``verify``, and by a script that knows nothing of renda."""

from __future__ import annotations

import ast
import copy
import json
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import msgspec
import pytest
from tests.sealing.hall import CHOOSE, EACH, Hall, hall

from renda_core import sealing
from renda_core.domain.ballot import Attendance, Count, Rule, Rung, Verdict
from renda_core.domain.ballot.verdict import Waiting
from renda_core.domain.rates import Share
from renda_core.errors import Invalid

OUTSIDER = Path(__file__).with_name("outsider.py")
PAPERS = [[(0, 0), (1, 1), (2, 2)]] * 7 + [[(0, 1), (1, 0)]] * 5 + [[]] * 2
File = dict[str, Any]


@pytest.fixture(scope="module")
def told() -> tuple[File, File]:
    """Board and result of a vote of fourteen."""
    return hall().result(PAPERS)


@pytest.fixture
def board(told: tuple[File, File]) -> File:
    """The board."""
    return copy.deepcopy(told[0])


@pytest.fixture
def result(told: tuple[File, File]) -> File:
    """The result."""
    return copy.deepcopy(told[1])


def outsider(board: File, result: File, folder: Path) -> str:
    """Let the script check; give what it says, empty when the result holds."""
    for name, data in (("board", board), ("result", result)):
        (folder / f"{name}.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    line = [sys.executable, "-I", str(OUTSIDER), str(folder / "board.json"), str(folder / "result.json")]
    done = subprocess.run(line, capture_output=True, text=True, check=False)  # noqa: S603 - our own script
    assert done.returncode == (1 if done.stderr else 0)
    assert done.stderr.startswith("the result does not hold" if done.stderr else "")
    return done.stderr


def test_the_script_knows_nothing_of_renda():
    found = ast.walk(ast.parse(OUTSIDER.read_text("utf-8")))
    imported = {n.module if isinstance(n, ast.ImportFrom) else n.names[0].name
                for n in found if isinstance(n, ast.Import | ast.ImportFrom)}  # fmt: skip
    assert {str(name).split(".")[0] for name in imported} <= {*sys.stdlib_module_names, "cryptography"}


def test_a_sound_result_holds(board: File, result: File, tmp_path: Path):
    report = sealing.verify(board, result)
    assert report.problems == ()
    assert outsider(board, result, tmp_path) == ""
    text = "\n".join(report.lines)
    assert "board 票箱公示: 14 papers" in text
    assert "修缮项目1号桥: 赞成 7, 反对 5, 弃权 0" in text
    assert "修缮项目1号桥: failed" in text  # 7 of 14 is not more than half
    assert "present 14" in report.stated[0]
    assert "not provable" in report.stated[0]


def test_bytes_and_plain_data_give_the_same_report(board: File, result: File):
    raw = [json.dumps(data).encode() for data in (board, result)]
    assert sealing.verify(*raw) == sealing.verify(board, result)


def delete(board: File, result: File) -> None:
    """One row of the board less."""
    del board["hashes"][3]


def delete_whole(board: File, result: File) -> None:
    """One row less, and the digest made to fit."""
    del board["hashes"][3]
    board["digest"] = sealing.box_digest(board["hashes"])


def flip(board: File, result: File) -> None:
    """One digit of one row."""
    row = board["hashes"][5]
    board["hashes"][5] = row[:-1] + ("0" if row[-1] != "0" else "1")


def add(board: File, result: File) -> None:
    """One row more, and the digest made to fit."""
    board["hashes"] = sorted([*board["hashes"], secrets.token_hex(32)])
    board["digest"] = sealing.box_digest(board["hashes"])


def drop_choice(board: File, result: File) -> None:
    """One opened paper less."""
    del result["choices"][0]


def flip_choice(board: File, result: File) -> None:
    """One vote against becomes one for."""
    at = result["choices"].index("020100")
    result["choices"] = sorted([*result["choices"][:at], "010100", *result["choices"][at + 1 :]])


def add_choice(board: File, result: File) -> None:
    """One opened paper more."""
    result["choices"] = sorted([*result["choices"], "010000"])


def change_verdict(board: File, result: File) -> None:
    """A subject that failed is announced as passed."""
    finding = result["announced"]["verdict"]["findings"][0]
    finding["verdict"] = "passed"


def change_votes(board: File, result: File) -> None:
    """Eight votes are announced where seven were counted."""
    result["announced"]["verdict"]["findings"][0]["votes"]["赞成"] = 8


def swap_titles(board: File, result: File) -> None:
    """Two subjects take each other's name."""
    result["sheet"]["titles"] = [result["sheet"]["titles"][n] for n in (1, 0, 2)]


def lower_bar(board: File, result: File) -> None:
    """The rule asks for less than it did."""
    result["sheet"]["rule"]["rungs"][0]["share"] = {"of": "1/2", "above": False}
    result["announced"]["verdict"]["findings"][0]["verdict"] = "passed"


def change_signature(board: File, result: File) -> None:
    """One digit of one signature."""
    was = result["signatures"]["监票人乙"]
    result["signatures"]["监票人乙"] = ("0" if was[0] != "0" else "1") + was[1:]


def change_layer_signature(board: File, result: File) -> None:
    """One digit of the signature on a layer."""
    was = result["peeled"][1]["signature"]
    result["peeled"][1]["signature"] = was[:-1] + ("0" if was[-1] != "0" else "1")


def lose_signature(board: File, result: File) -> None:
    """One signature less."""
    del result["signatures"]["监票人丙"]


def hide_unreadable(board: File, result: File) -> None:
    """The numbers of a layer lie."""
    result["peeled"][0]["taken"] = 15


def other_board(board: File, result: File) -> None:
    """The board of another vote on the same."""
    board |= hall().result(PAPERS)[0]


def other_round(board: File, result: File) -> None:
    """The board says that it is another round's."""
    board["round"] = 2


CHANGES = [
    delete, delete_whole, flip, add, drop_choice, flip_choice, add_choice, change_verdict, change_votes, swap_titles,
    lower_bar, change_signature, change_layer_signature, lose_signature, hide_unreadable, other_board, other_round,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_whatever_is_changed_breaks_it_for_both(
    board: File, result: File, tmp_path: Path, change: Callable[[File, File], None]
):
    change(board, result)
    assert sealing.verify(board, result).problems
    assert outsider(board, result, tmp_path)


def test_a_result_that_names_no_trustee_proves_nothing(board: File, result: File):
    """Without trustees there was no signature to ask for, and any choices on any board held."""
    result |= {"peeled": [], "signatures": {}, "sheet": result["sheet"] | {"trustees": [], "size": 64}}
    with pytest.raises(Invalid, match="names no trustee"):
        sealing.verify(board, result)


@pytest.mark.parametrize("given", ["", "00" * 64])
def test_an_empty_signature_is_none(board: File, result: File, given: str):
    result["signatures"]["监票人乙"] = given
    assert "监票人乙 is not hers" in sealing.verify(board, result).problems[0]


@pytest.mark.parametrize(
    "by_hand",
    [
        {"votes": [[5, -5, 0], [0, 0, 0], [0, 0, 0]], "valid": 0, "void": 0},
        {"votes": [[5, 0, 0], [0, 0, 0], [0, 0, 0]], "valid": 4, "void": 0},
        {"votes": [[1, 0, 0], [0, 0, 0], [0, 0, 0]], "valid": 1, "void": -1},
    ],
    ids=str,
)
def test_votes_by_hand_are_never_more_than_papers_by_hand(board: File, result: File, by_hand: File):
    """No paper was told, and five votes went from one answer to another."""
    result["announced"]["paper"] = by_hand
    attendance = result["announced"]["attendance"]
    attendance |= dict.fromkeys(("returned", "issued", "present"), 14 + by_hand["valid"] + by_hand["void"])
    assert any("the count by hand cannot be" in told for told in sealing.verify(board, result).problems)


@pytest.mark.parametrize(
    ("where", "name"),
    [("sheet", "more"), ("asked", "more"), ("asked", "verdict"), ("rule", "more"), ("trustee", "more"),
     ("announced", "more"), ("attendance", "more"), ("verdict", "more"), ("finding", "elected")],
)  # fmt: skip
def test_a_field_that_nobody_reads_is_refused(board: File, result: File, where: str, name: str):
    """What stands in a published file and is not checked could say anything."""
    sheet, announced = result["sheet"], result["announced"]
    parts = {"sheet": sheet, "asked": sheet["asked"], "rule": sheet["rule"], "trustee": sheet["trustees"][0],
             "announced": announced, "attendance": announced["attendance"], "verdict": announced["verdict"],
             "finding": announced["verdict"]["findings"][0]}  # fmt: skip
    parts[where][name] = None
    try:
        told = str(sealing.verify(board, result).problems)
    except Invalid as error:
        told = str(error)
    assert name in told


def forged(**change: Any) -> tuple[File, File]:
    """A whole vote made up by somebody with three keys of her own, under a rule that is none."""
    vote = hall()
    sheet = sealing.Sheet.read({**vote.sheet.data, **change})
    sealed = [sealing.seal(sheet, [(0, 0)])]
    opened = vote.opened(sealing.make_box(sheet, sealed))
    told = {"attendance": {"incumbent": 1, "present": 1, "issued": 1, "returned": 1, "by_device": 1},
            "verdict": {"state": "decided", "reasons": []}}  # fmt: skip
    return sealing.make_board(sheet.ballot, 1, map(sealing.receipt, sealed)), {**opened, "announced": told}


def test_a_rule_that_contradicts_itself_is_told_and_ends_nothing():
    data = hall().sheet.data
    for change in (
        {"rule": {**data["rule"], "rungs": [{"verdict": "passed", "answers": ["3"], "share": {"of": "1/2"}}]}},
        {"asked": {**data["asked"], "places": -7}},
        {"asked": {**data["asked"], "places": 2**31}},
    ):
        assert "cannot be judged again" in str(sealing.verify(*forged(**change)).problems)


def test_what_is_wrong_is_said(board: File, result: File):
    change_verdict(board, result)
    assert sealing.verify(board, result).problems == (
        "the verdict announced is not the one that follows: findings[0].verdict is failed, and passed was announced",
    )
    delete(board, result)
    assert "14" in str(sealing.verify(board, result).problems)


def test_trustees_are_those_of_the_minutes(board: File, result: File):
    minuted = [sealing.fingerprint(k.trustee) for k in hall().keys]
    assert not sealing.verify(board, result, fingerprints=minuted).problems
    assert not sealing.verify(board, result, fingerprints=[m.replace(" ", "") for m in minuted]).problems
    assert len(sealing.verify(board, result, fingerprints=minuted[:2]).problems) == 1
    problems = sealing.verify(board, result, fingerprints=[*minuted[:2], "12345 " * 8]).problems
    assert len(problems) == 2
    assert "监票人丙" in problems[0]


def test_a_result_with_keys_of_somebody_else_is_sound_and_not_that_of_the_minutes(tmp_path: Path):
    """Whoever makes up a whole vote has made-up keys: only the minutes tell."""
    forged = hall()
    forged.keys = tuple(attrs.evolve(k, secret=bytes([n + 9]) * 32) for n, k in enumerate(forged.keys))
    forged.ballot = attrs.evolve(forged.ballot, trustees=tuple(k.trustee for k in forged.keys))
    board, result = forged.result([[(0, 0)]] * 14)
    assert not sealing.verify(board, result).problems
    minuted = [sealing.fingerprint(k.trustee) for k in hall().keys]
    assert len(sealing.verify(board, result, fingerprints=minuted).problems) == 6


def test_a_receipt_shows_what_was_recorded(board: File, result: File):
    mine = board["hashes"][4]
    assert any(mine[:16] in line for line in sealing.verify(board, result, receipts=[f" {mine.upper()} "]).lines)
    assert "not on the board" in sealing.verify(board, result, receipts=["ab" * 32]).problems[0]


def test_paper_beside_the_box_is_counted_and_told_to_be_unproved(vote: Hall):
    sealed = vote.seal([[(0, 0)]] * 6)
    board = sealing.make_board(vote.ballot.id, 1, [sealing.receipt(s) for s in sealed])
    opened = vote.opened(sealing.make_box(vote.sheet, sealed))
    paper = Count(votes=((3, 1, 0), (0, 0, 0), (0, 4, 0)), valid=4, void=1, why_void={"max_marks": 1})
    told = Attendance(incumbent=15, present=12, issued=12, returned=11, by_device=6)
    both = Count(votes=((9, 1, 0), (0, 0, 0), (0, 4, 0)), valid=10, void=1, why_void={"max_marks": 1})
    closed = attrs.evolve(vote.ballot.rounds[-1], state="closed")
    verdict = attrs.evolve(vote.ballot, rounds=(closed,)).counted(told, both).rounds[0].verdict
    assert verdict is not None
    report = sealing.verify(board, sealing.make_result(opened, told, verdict, paper))
    assert report.problems == ()
    assert "5 papers counted by hand beside the 6 in the box" in report.stated[1]
    wrong = attrs.evolve(paper, votes=((4, 0, 0), (0, 0, 0), (0, 4, 0)))
    assert sealing.verify(board, sealing.make_result(opened, told, verdict, wrong)).problems
    fewer = attrs.evolve(told, by_device=5)
    assert "5 papers by device" in sealing.verify(board, sealing.make_result(opened, fewer, verdict, paper)).problems[0]


def test_a_choice_of_few_among_many_is_judged_again():
    vote = hall(rule=CHOOSE, subjects=4, places=2)
    papers = [[(0, 0), (2, 0)]] * 6 + [[(1, 0)]] * 2 + [[(0, 0), (1, 0), (2, 0)]]
    board, result = vote.result(papers)
    report = sealing.verify(board, result)
    assert report.problems == ()
    assert "recount 重计: 8 valid, 1 void" in report.lines
    assert "  修缮项目1号桥: passed" in report.lines


FUND = Rule(
    name="项目预算票决",
    answers=("for",),
    rungs=(Rung(verdict="funded", answers=frozenset({"for"}), share=Share("1/4")),),
    otherwise="not_funded",
    base="valid",
    mode="budget",
)
MONEY: dict[str, Any] = {"subjects": 4, "costs": (400, 300, 300, 900), "budget": 1_000}


@pytest.mark.parametrize("allotment", ["greedy", "equal_shares"])
def test_a_budget_is_given_out_again(allotment: Any):
    vote = hall(rule=attrs.evolve(FUND, allotment=allotment), **MONEY)
    papers = [[(0, 0), (1, 0)]] * 6 + [[(2, 0)]] * 4 + [[(3, 0)]] * 3
    board, result = vote.result(papers)
    assert result["sheet"]["asked"]["costs"] == [400, 300, 300, 900]
    assert sealing.verify(board, json.loads(json.dumps(result))).problems == ()
    finding = result["announced"]["verdict"]["findings"][0]
    finding["verdict"] = "not_funded" if finding["verdict"] == "funded" else "funded"
    assert sealing.verify(board, result).problems


def test_equal_shares_with_papers_by_hand_is_told_not_to_be_judged_again():
    vote = hall(rule=attrs.evolve(FUND, allotment="equal_shares"), **MONEY)
    board, result = vote.result([[(0, 0), (1, 0)]] * 6)
    by_hand = Count(votes=((1,), (0,), (1,), (0,)), valid=2, void=0)
    told = Attendance(incumbent=8, present=8, issued=8, returned=8, by_device=6)
    verdict = msgspec.convert(result["announced"]["verdict"], Verdict)
    report = sealing.verify(board, sealing.make_result(result, told, verdict, by_hand))
    assert report.problems == ()
    assert "not judged again" in report.stated[-1]


def test_what_waits_from_an_earlier_round_travels_with_the_sheet():
    waiting = ((Waiting(subject="项目9", cost=200, votes=5),),)
    vote = hall(rule=FUND, after="tied", waiting=waiting, **MONEY)
    assert sealing.Sheet.read(json.loads(json.dumps(vote.sheet.data))).asked.waiting == waiting
    board, result = vote.result([[(0, 0)]] * 5)
    assert sealing.verify(board, result).problems == ()


def test_an_unreadable_paper_is_told_and_counts_for_nothing(vote: Hall):
    sealed = [*vote.seal([[(0, 0)]] * 4), secrets.token_bytes(208)]
    board = sealing.make_board(vote.ballot.id, 1, [sealing.receipt(s) for s in sealed])
    opened = vote.opened(sealing.make_box(vote.sheet, sealed))
    told = Attendance(incumbent=5, present=5, issued=5, returned=5, by_device=5)
    report = sealing.verify(board, sealing.make_result(opened, told, vote.verdict(opened, told)))
    assert report.problems == ()
    assert "opened 已开票: 4 papers read, 1 unreadable and so void" in report.lines


def test_a_rehearsal_is_no_result(vote: Hall):
    box = sealing.make_rehearsal(vote.sheet)
    done = vote.opened(box)
    hashes = [sealing.receipt(p) for p in sealing.read_box(box).papers]
    problems = sealing.verify(sealing.make_board(vote.ballot.id, 1, hashes), done).problems
    assert problems == ("this is the result of a rehearsal, and of no vote",)


def test_an_opened_box_that_was_not_announced_is_no_result(vote: Hall):
    sealed = vote.seal([[]])
    opened = vote.opened(sealing.make_box(vote.sheet, sealed))
    board = sealing.make_board(vote.ballot.id, 1, [sealing.receipt(s) for s in sealed])
    assert "nothing was announced" in sealing.verify(board, opened).problems[0]


@pytest.mark.parametrize("bad", [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, {"hashes": ["x"]}, None], ids=repr)
def test_what_is_no_board_is_refused(result: File, bad: object):
    with pytest.raises(Invalid, match="no board"):
        sealing.verify(bad, result)


@pytest.mark.parametrize("announced", [{}, {"attendance": {}}, {"attendance": 1, "verdict": {}}, {"more": 1}], ids=repr)
def test_what_was_announced_in_a_broken_way_is_refused(board: File, result: File, announced: File):
    with pytest.raises(Invalid, match="cannot be read"):
        sealing.verify(board, result | {"announced": announced})


def test_a_verdict_that_is_none_is_told(board: File, result: File):
    result["announced"]["verdict"] = {"state": "decided"}
    assert sealing.verify(board, result).problems


def test_a_title_in_any_script_is_signed_as_it_is():
    vote = hall(rule=EACH, title='"引号"\\反斜杠\u2028\u0007 العربية 𠮷野家 e\u0301')
    board, result = vote.result([[(0, 0)]] * 3)
    again = json.loads(json.dumps(result))
    assert sealing.verify(board, again).problems == ()
