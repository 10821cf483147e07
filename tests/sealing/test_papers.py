"""A paper: one length whatever the choice, never twice the same, and back to the same marks."""

from __future__ import annotations

import hashlib
import random

import attrs
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tests.sealing.hall import CHOOSE, EACH, Hall, hall

from renda_core import sealing
from renda_core.domain.ballot import Trustee
from renda_core.errors import Invalid
from renda_core.sealing.canonical import canonical
from renda_core.sealing.papers import SUITE, choice_of, decode_choice, encode_choice, unseal


def unsealed(vote: Hall, sealed: bytes) -> bytes:
    """Take all layers off one paper."""
    for layer, key in enumerate(vote.keys, 1):
        inner = unseal(vote.sheet, layer, key.box, sealed)
        assert inner is not None
        sealed = inner
    return sealed


def test_three_layers_on_sixty_four_bytes_are_208(vote: Hall):
    assert vote.sheet.inner == 64
    assert vote.sheet.size == 208
    assert len(sealing.seal(vote.sheet, [(0, 0)])) == 208


@pytest.mark.parametrize(
    ("subjects", "trustees", "size"), [(1, 1, 112), (48, 3, 208), (49, 3, 272), (112, 3, 272), (113, 2, 288)]
)
def test_the_length_follows_from_the_sheet_alone(subjects: int, trustees: int, size: int):
    vote = hall(subjects=subjects, trustees=trustees)
    papers = [(), [(0, 0)], [(s, 0) for s in range(subjects)], [(s, 2) for s in range(subjects)]]
    assert {len(sealed) for sealed in vote.seal(papers)} == {size} == {vote.sheet.size}


@given(st.data())
def test_what_is_sealed_is_what_is_read(data: st.DataObject):
    vote = hall(subjects=data.draw(st.integers(1, 60)), trustees=data.draw(st.integers(1, 4)))
    row = data.draw(st.lists(st.integers(-1, 2), min_size=len(vote.sheet.subjects), max_size=len(vote.sheet.subjects)))
    marks = [(s, a) for s, a in enumerate(row) if a >= 0]
    data.draw(st.randoms()).shuffle(marks)
    inner = unsealed(vote, sealing.seal(vote.sheet, marks))
    choice = choice_of(vote.sheet, inner)
    assert choice is not None
    assert decode_choice(vote.sheet, choice) == tuple(sorted(marks))


def test_the_same_choice_is_never_twice_the_same_paper(vote: Hall):
    sealed = vote.seal([[(0, 0)]] * 50)
    assert len(set(sealed)) == 50
    inner = [unsealed(vote, one) for one in sealed]
    assert len(set(inner)) == 50
    assert {one[16:] for one in inner} == {inner[0][16:]}


def test_sealed_bytes_tell_nothing_of_the_choice(vote: Hall):
    """Guess by every byte's parity: none tells one choice from the other better than chance would."""
    for_all, against = ([vote.seal([[(s, a) for s in range(3)]])[0] for _ in range(200)] for a in (0, 1))
    for at in range(vote.sheet.size):
        hits = sum(p[at] & 1 for p in for_all) + sum(1 - p[at] & 1 for p in against)
        if at % 48 == 31 and at < 144:
            continue  # the top bit of a point on the curve is 0 in every key, whatever is sealed
        assert 130 < hits < 270, f"byte {at} is right {hits} times of 400"


@pytest.mark.parametrize(
    "marks", [[(3, 0)], [(-1, 0)], [(0, 3)], [(0, -1)], [(1, 0), (1, 0)], [(1, 0), (1, 2)]], ids=str
)
def test_marks_that_are_not_on_the_sheet_are_never_sealed(vote: Hall, marks: list[tuple[int, int]]):
    with pytest.raises(Invalid, match="a paper marks"):
        sealing.seal(vote.sheet, marks)


def test_a_receipt_is_the_hash_of_what_was_cast(vote: Hall):
    sealed = sealing.seal(vote.sheet, [])
    assert sealing.receipt(sealed) == hashlib.sha256(sealed).hexdigest()


def test_the_digest_of_a_board_has_no_order():
    hashes = [hashlib.sha256(bytes([n])).hexdigest() for n in range(20)]
    mixed = random.Random(1).sample(hashes, 20)
    wanted = hashlib.sha256("".join(h + "\n" for h in sorted(hashes)).encode()).hexdigest()
    assert sealing.box_digest(hashes) == sealing.box_digest(mixed) == wanted
    assert sealing.box_digest(hashes[1:]) != wanted


def test_nothing_is_sealed_for_nobody_or_for_a_key_that_is_none(vote: Hall):
    with pytest.raises(Invalid, match="no trustee"):
        sealing.seal(hall(trustees=0).sheet, [])
    small = Trustee(name="x", box_key="00" * 32, sign_key="11" * 32)
    vote.ballot = attrs.evolve(vote.ballot, trustees=(small,))
    with pytest.raises(Invalid, match="is no key"):
        sealing.seal(vote.sheet, [])


def test_a_choice_that_sealing_does_not_make_is_unreadable(vote: Hall):
    sheet = vote.sheet
    good = bytes(16) + encode_choice(sheet, [(0, 2)])
    assert choice_of(sheet, good.ljust(64, b"\0")) == b"\3\0\0"
    for bad in (good, good.ljust(65, b"\0"), good.ljust(63, b"\0") + b"\1", bytes(16) + b"\4\0\0" + bytes(45), b""):
        assert choice_of(sheet, bad) is None


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_a_layer_opens_with_its_key_at_its_place_alone(vote: Hall, layer: int):
    sealed = sealing.seal(vote.sheet, [])
    for at in (1, 2, 3):
        for key in vote.keys:
            found = unseal(vote.sheet, at, key.box, sealed)
            assert (found is not None) == (at == 1 and key is vote.keys[0])
    assert unseal(vote.sheet, layer, vote.keys[0].box, sealed[:-1]) is None


@pytest.mark.parametrize(
    "other",
    [
        hall(id="0198a000-0000-7000-8000-00000000b002"),
        hall(subjects=4),
        hall(rule=attrs.evolve(EACH, answers=("反对", "赞成", "弃权"))),
        hall(rule=attrs.evolve(EACH, mode="grade")),
        hall(places=2),
        hall(budget=100, costs=(1, 2, 3)),
        hall(trustees=2),
    ],
    ids=["ballot", "subjects", "answers", "mode", "places", "budget", "trustees"],
)
def test_a_paper_of_another_sheet_does_not_open(vote: Hall, other: Hall):
    sealed = sealing.seal(other.sheet, [])
    assert unseal(vote.sheet, 1, vote.keys[0].box, sealed) is None
    assert other.sheet.bound != vote.sheet.bound


def test_a_title_that_is_corrected_spoils_no_paper_and_changes_what_is_signed(vote: Hall):
    before = vote.sheet
    after = sealing.Sheet.of(vote.ballot, 1, {"项目1": "修缮东门桥"})
    assert before.bound == after.bound
    assert before.digest != after.digest
    assert unseal(after, 1, vote.keys[0].box, sealing.seal(before, [])) is not None


def test_a_sheet_is_the_same_after_travelling(vote: Hall):
    for each in (vote, hall(rule=CHOOSE, places=2), hall(budget=500, costs=(200, 300, 400))):
        again = sealing.Sheet.read(dict(each.sheet.data))
        assert again == each.sheet
        assert (again.bound, again.digest) == (each.sheet.bound, each.sheet.digest)


def test_canonical_json_is_that_of_the_standard():
    """Source: RFC 8785 § 3.2.3: names are sorted by their UTF-16 code units, and control characters escaped so."""
    keys = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert list(canonical(keys).decode()) == list('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\U0001f600":5,"\ufb33":3}')
    assert canonical(["\x0f\n\x1b\u2028", True, None, -3]) == '["\\u000f\\n\\u001b\u2028",true,null,-3]'.encode()
    for bad in (1.5, 2**53, "\ud800", {1: 2}, object(), b""):
        with pytest.raises(Invalid):
            canonical([bad])


def test_the_suite_is_that_of_the_standard():
    """Source: RFC 9180 § 7: an encapsulated key of 32 bytes and a tag of 16."""
    key = X25519PrivateKey.generate()
    sealed = SUITE.encrypt(b"paper", key.public_key(), b"info")
    assert len(sealed) == len(b"paper") + 48
    assert SUITE.decrypt(sealed, key, b"info") == b"paper"
