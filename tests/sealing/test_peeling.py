"""Trustees at work: in order, on the right box, and whoever drops, adds or replaces a paper is found out."""

from __future__ import annotations

import base64
import random
import secrets
from typing import Any

import attrs
import msgspec
import pytest
from tests.sealing.hall import Hall, hall, key

from renda_core import sealing
from renda_core.domain.ballot import Round
from renda_core.errors import Rejected, RendaError
from renda_core.sealing.box import Layer
from renda_core.sealing.papers import SUITE, info, papers_digest
from renda_core.sealing.signing import layer_statement

MARKS = [[(0, 0), (1, 1)], [(0, 0)], [], [(2, 2)], [(0, 0), (1, 1)], [(1, 0)]]


@pytest.fixture
def shut(vote: Hall) -> dict[str, Any]:
    """A shut box of six papers."""
    return sealing.make_box(vote.sheet, vote.seal(MARKS))


def read(box: dict[str, Any]) -> list[Any]:
    """What an opened box says."""
    return sorted(sealing.opened(box).papers)


def signed(vote: Hall, box: dict[str, Any], at: int, papers: list[bytes], **layer: int) -> dict[str, Any]:
    """What a dishonest trustee makes: any papers, with her right signature on them."""
    before, one = sealing.read_box(box), vote.keys[at - 1]
    made = Layer(
        trustee=one.name,
        taken=layer.get("taken", len(before.papers)),
        given=layer.get("given", len(papers)),
        in_=papers_digest(before.papers),
        out=papers_digest(papers),
    )
    made = msgspec.structs.replace(made, signature=one.sign.sign(layer_statement(before.sheet, made)).hex())
    return attrs.evolve(before, papers=tuple(sorted(papers)), peeled=(*before.peeled, made)).plain()


def test_three_peel_and_sign_and_the_papers_are_those_that_were_cast(vote: Hall, shut: dict[str, Any]):
    found = sealing.opened(vote.opened(shut), vote.sheet, sealing.box_digest(map(sealing.receipt, papers_in(shut))))
    assert sorted(found.papers) == sorted(tuple(sorted(m)) for m in MARKS)
    assert (found.unreadable, found.taken) == (0, 6)
    assert found.signatures.keys() == {k.name for k in vote.keys}
    assert found.counted().votes == ((3, 0, 0), (1, 2, 0), (0, 0, 1))


def papers_in(box: dict[str, Any]) -> list[bytes]:
    """The sealed papers of a box."""
    return [base64.b64decode(p) for p in box["papers"]]


def test_peeling_again_gives_the_same_file(vote: Hall, shut: dict[str, Any]):
    once, twice = shut, shut
    for each in vote.keys:
        once, twice = sealing.peel(once, each), sealing.peel(twice, each)
        assert once == twice
    assert sealing.sign(once, vote.keys[0]) == sealing.sign(sealing.sign(once, vote.keys[0]), vote.keys[0])


def test_the_order_of_papers_tells_nothing_of_the_order_before():
    """The rank of a paper before and after a layer are strangers to each other."""
    vote = hall(trustees=2)
    n = 400
    box = sealing.make_box(vote.sheet, vote.seal([[]] * n))
    before = papers_in(box)
    after = papers_in(sealing.peel(box, vote.keys[0]))
    inner = [SUITE.decrypt(p, vote.keys[0].box, info(vote.sheet, 1)) for p in before]
    ranks = [after.index(one) for one in inner]
    mean = (n - 1) / 2
    rho = sum((at - mean) * (rank - mean) for at, rank in enumerate(ranks)) / (n * (n * n - 1) / 12)
    assert abs(rho) < 0.2


def test_a_box_that_is_opened_holds_no_chance_and_no_sealed_paper(vote: Hall, shut: dict[str, Any]):
    done = vote.opened(shut)
    assert done["papers"] == []
    assert done["choices"] == sorted(["010200", "010000", "000000", "000003", "010200", "000100"])


# -- out of turn, wrong key, wrong box


def test_only_the_one_whose_turn_it_is_peels(vote: Hall, shut: dict[str, Any]):
    with pytest.raises(Rejected, match="turn of 监票人甲; yours is layer 2"):
        sealing.peel(shut, vote.keys[1])
    once = sealing.peel(shut, vote.keys[0])
    with pytest.raises(Rejected, match="off already; it is the turn of 监票人乙"):
        sealing.peel(once, vote.keys[0])
    done = vote.opened(shut)
    with pytest.raises(Rejected, match="open already"):
        sealing.peel(done, vote.keys[2])


def test_a_strange_key_is_told_what_to_do(vote: Hall, shut: dict[str, Any]):
    with pytest.raises(Rejected, match="is none of this box, which is for 监票人甲、监票人乙、监票人丙"):
        sealing.peel(shut, key(3))
    impostor = attrs.evolve(key(3), name=vote.keys[0].name)
    with pytest.raises(Rejected, match="take the key file with that fingerprint"):
        sealing.peel(shut, impostor)


def test_layers_taken_for_each_other_do_not_open(vote: Hall, shut: dict[str, Any]):
    first, second, third = shut["sheet"]["trustees"]
    swapped = shut | {"sheet": shut["sheet"] | {"trustees": [second, first, third]}}
    with pytest.raises(Rejected, match="turn of 监票人乙"):
        sealing.peel(swapped, vote.keys[0])
    done = sealing.peel(swapped, vote.keys[1])
    assert done["papers"] == []
    assert done["peeled"][0]["given"] == 0


@pytest.mark.parametrize("change", [{"ballot": "another"}, {"round": 2}, {"trial": True}], ids=str)
def test_papers_of_another_ballot_round_or_rehearsal_are_void(vote: Hall, shut: dict[str, Any], change: dict[str, Any]):
    sheet = shut["sheet"] | change
    kind = "rehearsal" if change.get("trial") else "vote"
    found = sealing.opened(vote.opened(shut | {"sheet": sheet, "kind": kind}))
    assert (found.papers, found.unreadable) == ((), 6)


def test_an_opened_box_of_another_round_is_not_taken(vote: Hall, shut: dict[str, Any]):
    done = vote.opened(shut)
    again = attrs.evolve(vote.ballot, rounds=(*vote.ballot.rounds, Round(subjects=vote.sheet.subjects)))
    with pytest.raises(Rejected, match="another ballot, another round"):
        sealing.opened(done, sealing.Sheet.of(again, 2, {}))
    with pytest.raises(Rejected, match="not what was in the box when it was shut"):
        sealing.opened(done, vote.sheet, "00" * 32)


def test_papers_from_the_first_round_are_void_in_the_second(vote: Hall, shut: dict[str, Any]):
    again = attrs.evolve(vote, ballot=attrs.evolve(vote.ballot, rounds=vote.ballot.rounds * 2))
    assert again.sheet.round == 2
    fresh = again.seal([[(0, 0)], [(0, 1)]])
    found = sealing.opened(again.opened(sealing.make_box(again.sheet, [*fresh, *papers_in(shut)])))
    assert sorted(found.papers) == [((0, 0),), ((0, 1),)]
    assert found.unreadable == 6


# -- papers that voters spoil


def test_what_cannot_be_read_is_void_and_stops_nothing(vote: Hall):
    sheet, inner = vote.sheet, vote.sheet.inner
    good = vote.seal([[(0, 0)]])

    def wrapped(paper: bytes, layers: int = 3) -> bytes:
        for at in range(layers, 0, -1):
            paper = SUITE.encrypt(paper, vote.keys[at - 1].box.public_key(), info(sheet, at))
        return paper

    spoilt = [
        secrets.token_bytes(sheet.size),
        bytes(sheet.size),
        wrapped(secrets.token_bytes(inner)),
        wrapped(bytes(16) + b"\4\0\0" + bytes(45)),
        wrapped(bytes(16) + b"\1\0\0" + bytes(44) + b"x"),
        wrapped(secrets.token_bytes(inner + 48), 2),
        wrapped(secrets.token_bytes(inner + 96), 1),
    ]
    found = sealing.opened(vote.opened(sealing.make_box(sheet, [*good, *spoilt])))
    assert found.papers == (((0, 0),),)
    assert found.unreadable == 7
    counted = found.counted()
    assert (counted.valid, counted.void, counted.why_void) == (1, 7, {"unreadable": 7})
    assert counted.votes[0] == (1, 0, 0)


def test_a_copy_in_a_new_wrapping_counts_once(vote: Hall):
    """Who copies another's inner paper, to see it twice in the result, gains nothing."""
    sheet = vote.sheet
    inner = inside(vote, bytes(range(16)) + b"\2\1\3" + bytes(45))
    twice = [SUITE.encrypt(inner, vote.keys[0].box.public_key(), info(sheet, 1)) for _ in range(2)]
    found = sealing.opened(vote.opened(sealing.make_box(sheet, [*twice, *vote.seal([[]])])))
    assert found.unreadable == 1
    assert len(found.papers) == 2


# -- trustees who cheat


def inside(vote: Hall, paper: bytes) -> bytes:
    """Wrap a paper as it is under the first layer."""
    for at in (3, 2):
        paper = SUITE.encrypt(paper, vote.keys[at - 1].box.public_key(), info(vote.sheet, at))
    return paper


@pytest.mark.parametrize("at", [1, 2])
def test_a_paper_dropped_shows_in_the_numbers(vote: Hall, shut: dict[str, Any], at: int):
    box = shut
    for each in vote.keys[: at - 1]:
        box = sealing.peel(box, each)
    honest = sealing.peel(box, vote.keys[at - 1])
    cheat = signed(vote, box, at, papers_in(honest)[1:])
    for each in vote.keys[at:]:
        cheat = sealing.peel(cheat, each)
    found = [layer["taken"] - layer["given"] for layer in cheat["peeled"]]
    assert found[at - 1] == 1
    with pytest.raises(Rejected, match="1 papers are missing"):
        sealing.recheck(box, signed(vote, box, at, papers_in(honest)[1:]), vote.keys[at - 1])


def test_a_paper_dropped_while_the_numbers_lie_is_refused_by_the_next(vote: Hall, shut: dict[str, Any]):
    honest = sealing.peel(shut, vote.keys[0])
    cheat = signed(vote, shut, 1, papers_in(honest)[1:], given=6)
    with pytest.raises(Rejected, match="not those that 监票人甲 gave"):
        sealing.peel(cheat, vote.keys[1])


def test_a_paper_added_is_refused_by_the_next(vote: Hall, shut: dict[str, Any]):
    honest = papers_in(sealing.peel(shut, vote.keys[0]))
    more = inside(vote, bytes(64))
    cheat = signed(vote, shut, 1, [*honest, more])
    with pytest.raises(Rejected, match="gave 7 papers and had 6"):
        sealing.peel(cheat, vote.keys[1])
    assert len(more) == len(honest[0])


def test_a_paper_replaced_passes_on_and_is_found_by_another_holder_of_the_key(vote: Hall, shut: dict[str, Any]):
    """The third residual risk: nothing in the result shows it; the files that were kept, and the key, do."""
    honest = papers_in(sealing.peel(shut, vote.keys[0]))
    mine = inside(vote, bytes(16) + b"\1\1\1" + bytes(45))
    cheat = signed(vote, shut, 1, [*honest[1:], mine])
    done = cheat
    for each in vote.keys[1:]:
        done = sealing.peel(done, each)
    for each in vote.keys:
        done = sealing.sign(done, each)
    assert sealing.opened(done, vote.sheet).unreadable == 0
    with pytest.raises(Rejected, match=r"1 papers are missing; 1 papers were not in her box"):
        sealing.recheck(shut, cheat, vote.keys[0])
    assert sealing.recheck(shut, sealing.peel(shut, vote.keys[0]), vote.keys[0]) == 1


def test_every_layer_is_rechecked_from_the_files_that_were_kept(vote: Hall, shut: dict[str, Any]):
    before = shut
    for at, each in enumerate(vote.keys, 1):
        after = sealing.peel(before, each)
        assert sealing.recheck(before, after, each) == at
        before = after
    with pytest.raises(Rejected, match="no next one after the first"):
        sealing.recheck(shut, before, vote.keys[0])


@pytest.mark.parametrize("name", ["in", "out", "taken", "given", "signature", "trustee"])
def test_a_record_that_was_changed_is_refused_by_the_next(vote: Hall, shut: dict[str, Any], name: str):
    box = sealing.peel(shut, vote.keys[0])
    was = box["peeled"][0][name]
    box["peeled"][0][name] = was + 1 if isinstance(was, int) else was[::-1]
    with pytest.raises(RendaError):
        sealing.peel(box, vote.keys[1])


def test_another_box_under_the_same_records_is_refused(vote: Hall, shut: dict[str, Any]):
    one = sealing.peel(shut, vote.keys[0])
    other = sealing.peel(sealing.make_box(vote.sheet, vote.seal(MARKS)), vote.keys[0])
    with pytest.raises(Rejected, match="not those that 监票人甲 gave"):
        sealing.peel(one | {"papers": other["papers"]}, vote.keys[1])


def test_choices_that_were_changed_are_signed_by_nobody(vote: Hall, shut: dict[str, Any]):
    done = shut
    for each in vote.keys:
        done = sealing.peel(done, each)
    for choices in (
        sorted(["010000", *done["choices"][1:]]),
        done["choices"][1:],
        sorted([*done["choices"], "000000"]),
    ):
        with pytest.raises(Rejected, match="not those that 监票人丙 gave"):
            sealing.sign(done | {"choices": choices}, vote.keys[0])


def test_a_box_counts_only_when_everybody_has_signed(vote: Hall, shut: dict[str, Any]):
    with pytest.raises(Rejected, match="not open yet: 监票人甲"):
        sealing.opened(shut)
    with pytest.raises(Rejected, match="not open yet: 监票人甲 takes"):
        sealing.sign(shut, vote.keys[0])
    done = shut
    for each in vote.keys:
        done = sealing.peel(done, each)
    with pytest.raises(Rejected, match="监票人甲 has not signed the result"):
        sealing.opened(done)
    done = sealing.sign(sealing.sign(done, vote.keys[0]), vote.keys[1])
    assert read(done)
    done["signatures"]["监票人乙"] = done["signatures"]["监票人甲"]
    with pytest.raises(Rejected, match="signature of 监票人乙 is not hers"):
        sealing.opened(done)
    with pytest.raises(Rejected, match="is none of this box"):
        sealing.sign(done, key(3))


# -- rehearsal


def test_a_rehearsal_opens_and_compares(vote: Hall):
    done = vote.opened(sealing.make_rehearsal(vote.sheet))
    assert sealing.check_rehearsal(done, vote.sheet).taken == 24
    with pytest.raises(Rejected, match="another ballot"):
        sealing.opened(done, vote.sheet)


def test_a_rehearsal_that_lost_a_paper_fails(vote: Hall):
    box = sealing.make_rehearsal(vote.sheet)
    done = vote.opened(box | {"papers": box["papers"][1:]})
    with pytest.raises(Rejected, match="1 of 24 trial papers did not come back"):
        sealing.check_rehearsal(done, vote.sheet)
    trial = vote.sheet.as_trial()
    other = [sealing.seal(trial, [(0, 0), (1, 0), (2, 0)]) for _ in range(24)]
    with pytest.raises(Rejected, match="rehearsal failed"):
        sealing.check_rehearsal(vote.opened(sealing.make_box(trial, other)), vote.sheet)


def test_many_papers_in_every_mode_come_back():
    random.seed(3)
    for trustees, subjects in ((1, 1), (2, 50), (4, 5)):
        vote = hall(subjects=subjects, trustees=trustees)
        papers = [[(s, random.randrange(3)) for s in range(subjects) if random.random() < 0.8] for _ in range(40)]
        found = sealing.opened(vote.opened(sealing.make_box(vote.sheet, vote.seal(papers))))
        assert sorted(found.papers) == sorted(map(tuple, papers))
