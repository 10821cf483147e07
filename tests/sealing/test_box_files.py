"""Box files: strict, bounded, and the same after travelling; whatever is wrong is said, and nothing of it used."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sealing.hall import Hall, hall

from renda_core import sealing
from renda_core.errors import Invalid, RendaError
from renda_core.sealing import box as box_files


def box_of(vote: Hall, papers: int = 5) -> dict[str, Any]:
    """A shut box."""
    return sealing.make_box(vote.sheet, vote.seal([[(n % 3, n % 3)] for n in range(papers)]))


def test_a_box_is_the_same_after_travelling(vote: Hall):
    box = box_of(vote)
    raw = json.dumps(box, ensure_ascii=False).encode()
    assert sealing.read_box(raw).plain() == box
    assert sealing.read_box(json.loads(raw)).plain() == box


def test_no_order_of_casting_is_in_a_box_and_equal_papers_are_in_it_once(vote: Hall):
    papers = vote.seal([[]] * 6)
    assert sealing.make_box(vote.sheet, papers) == sealing.make_box(vote.sheet, [*papers[::-1], papers[2]])
    assert len(sealing.read_box(sealing.make_box(vote.sheet, papers)).papers) == 6


def test_a_paper_of_another_length_does_not_get_in(vote: Hall):
    with pytest.raises(Invalid, match="208 bytes"):
        sealing.make_box(vote.sheet, [b"x" * 207])


def test_kinds_say_how_far_a_box_is(vote: Hall):
    box = box_of(vote)
    kinds = [box["kind"]]
    for key in vote.keys:
        box = sealing.peel(box, key)
        kinds.append(box["kind"])
    assert kinds == ["vote", "layer", "layer", "opened"]
    assert sealing.make_rehearsal(vote.sheet)["kind"] == "rehearsal"


def test_an_empty_box_opens_too(vote: Hall):
    found = sealing.opened(vote.opened(sealing.make_box(vote.sheet, [])))
    assert (found.papers, found.unreadable) == ((), 0)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": "renda ballot box 2"}, "no box file of this version"),
        ({"kind": "opened"}, "something else"),
        ({"kind": "other"}, "no box file"),
        ({"extra": 1}, "no box file"),
        ({"papers": "x"}, "no box file"),
        ({"papers": ["%%%%"]}, "base64"),
        ({"papers": ["AAAA"]}, "208 bytes"),
        ({"peeled": [{"trustee": "x"}]}, "no box file"),
        ({"choices": ["00"]}, "something else"),
        ({"sheet": {}}, "sheet"),
        ({"announced": {}}, "is not open"),
        ({"signatures": {"x": 1}}, "no box file"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_file_is_said(vote: Hall, change: dict[str, Any], told: str):
    with pytest.raises(Invalid, match=told):
        sealing.read_box(box_of(vote) | change)


def test_papers_that_are_there_twice_or_not_sorted_are_refused(vote: Hall):
    box = box_of(vote)
    for papers in (box["papers"][::-1], [box["papers"][0], *box["papers"]]):
        with pytest.raises(Invalid, match="there twice, or not sorted"):
            sealing.read_box(box | {"papers": papers})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"size": 207}, "must be 208"),
        ({"trustees": []}, "size"),
        ({"round": 0}, "from 1"),
        ({"titles": ["a"]}, "one title for each"),
        ({"asked": {"subjects": []}}, "no subject"),
        ({"asked": {"subjects": ["a", "a", "b"]}}, "twice"),
        ({"asked": {"subjects": [1, 2, 3]}}, "cannot be read"),
        ({"more": 1}, "cannot be read"),
        ({"rule": {}}, "cannot be read"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_sheet_is_said(vote: Hall, change: dict[str, Any], told: str):
    box = box_of(vote)
    with pytest.raises(Invalid, match=told):
        sealing.read_box(box | {"sheet": box["sheet"] | change})


def test_one_key_twice_and_two_trustees_of_one_name_are_refused(vote: Hall):
    box = box_of(vote)
    first, second, third = box["sheet"]["trustees"]
    for trustees in ([first, first, third], [first, second | {"name": first["name"]}, third]):
        with pytest.raises(Invalid, match="cannot be used"):
            sealing.Sheet.read(box["sheet"] | {"trustees": trustees})
    for key in ("", "zz" * 32, "AA" * 32, "00" * 31):
        with pytest.raises(Invalid, match="64 hex digits"):
            sealing.Sheet.read(box["sheet"] | {"trustees": [first | {"box_key": key}, second, third]})


@pytest.mark.parametrize("share", ["1e999999999", "1/0", "9" * 400, "1/" + "9" * 400, "x", "-1"])
def test_a_share_that_would_cost_or_break_the_reader_is_refused(vote: Hall, share: str):
    sheet = copy.deepcopy(dict(vote.sheet.data))
    sheet["rule"]["rungs"][0]["share"]["of"] = share
    with pytest.raises(Invalid):
        sealing.Sheet.read(sheet)


def test_hostile_bytes_are_refused_and_cost_little(vote: Hall, monkeypatch: pytest.MonkeyPatch):
    deep = b'{"sheet":' * 50_000
    for raw in (b"", b"{}", b"[]", b"null", b"\xff\xfe", deep, b"[" * 100_000, b'{"format":"x"', b"PK\x03\x04"):
        with pytest.raises(Invalid):
            sealing.read_box(raw)
    nested: Any = 1
    for _ in range(100_000):
        nested = [nested]
    with pytest.raises(Invalid):
        sealing.read_box(box_of(vote) | {"announced": {"verdict": nested}})
    monkeypatch.setattr(box_files, "LARGEST", 1_000)
    with pytest.raises(Invalid, match="too large"):
        sealing.read_box(b" " * 1_001)


@given(st.data())
def test_a_file_that_was_changed_anywhere_is_refused_or_says_the_same(data: st.DataObject):
    vote = hall(subjects=2, trustees=2)
    whole = vote.opened(sealing.make_box(vote.sheet, vote.seal([[(0, 0)], [(1, 2)], []])))
    raw = bytearray(json.dumps(whole, ensure_ascii=False).encode())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] = data.draw(st.integers(0, 255))
    try:
        found = sealing.opened(bytes(raw), vote.sheet)
    except RendaError:
        return
    assert found == sealing.opened(whole), f"byte {at} was changed, and nobody saw it"
