"""What a trustee does with the box: take her layer off, sign what came of it, and check another's work."""

from __future__ import annotations

from collections import Counter
from typing import Any

import attrs
import msgspec

from renda_core.domain.ballot import Trustee
from renda_core.errors import Rejected
from renda_core.sealing.box import Box, Layer, read_box
from renda_core.sealing.keys import Key, fingerprint
from renda_core.sealing.papers import choice_of, papers_digest, unseal
from renda_core.sealing.sheet import LAYER
from renda_core.sealing.signing import (
    broken_layers,
    choices_digest,
    false_signatures,
    layer_statement,
    result_statement,
)

CLOSED = "cannot open"


def peel(data: object, key: Key) -> dict[str, Any]:
    """Take the layer of *key* off every paper, mix the papers, and sign; the last layer leaves the choices, sorted.

    The papers go on sorted by their own bytes, which are as good as random and which nobody but the holder of this
    layer could know before: that mixes as dice do, and whoever reads the file sees that their order carries no message.
    A paper whose layer does not come off, and the second of two equal ones, stay behind; the numbers tell how many.
    The same box gives the same file again.

    Raises:
        Invalid: It is no sound box file.
        Rejected: It is not this key's turn, or not this key's box; or an earlier trustee's work does not hold.
    """
    box = read_box(data)
    at = _turn(box, key)
    if wrong := tuple(broken_layers(box)):
        raise Rejected(CLOSED, *wrong)
    last, secret = at == len(box.sheet.trustees), key.box
    inside = {unseal(box.sheet, at, secret, paper) for paper in box.papers} - {None}
    size = box.sheet.size - LAYER * at
    right = sorted(paper for paper in inside if paper is not None and len(paper) == size)
    choices = sorted(c for paper in right if (c := choice_of(box.sheet, paper)) is not None) if last else None
    layer = Layer(
        trustee=box.sheet.trustees[at - 1].name,
        taken=len(box.papers),
        given=len(right if choices is None else choices),
        in_=papers_digest(box.papers),
        out=papers_digest(right) if choices is None else choices_digest(choices),
    )
    signature = key.sign.sign(layer_statement(box.sheet, layer)).hex()
    signed = msgspec.structs.replace(layer, signature=signature)
    if choices is None:
        return attrs.evolve(box, papers=tuple(right), peeled=(*box.peeled, signed)).plain()
    done = attrs.evolve(box, papers=(), peeled=(*box.peeled, signed), choices=tuple(choices))
    return _signed(done, key).plain()


def sign(data: object, key: Key) -> dict[str, Any]:
    """Put this trustee's name under an open box, after all that can be checked of it was checked.

    Raises:
        Invalid: It is no sound box file.
        Rejected: It is not open yet, something about it does not hold, or the key is no trustee's of it.
    """
    box = read_box(data)
    if box.choices is None:
        due = box.sheet.trustees[len(box.peeled)].name
        raise Rejected("nothing was signed", f"the box is not open yet: {due} takes a layer off first")
    _mine(box, key, "nothing was signed")
    if wrong := (*broken_layers(box), *false_signatures(box)):
        raise Rejected("nothing was signed", *wrong)
    return _signed(box, key).plain()


def recheck(before: object, after: object, key: Key) -> int:
    """Do one trustee's work again, from the file she had, with her key or one joined from its shares; give its layer.

    Raises:
        Invalid: Either is no sound box file.
        Rejected: What she gave does not come from what she had, naming how many papers differ.
    """
    had, gave = read_box(before), read_box(after)
    again = read_box(peel(before, key))
    told = []
    if had.sheet.digest != gave.sheet.digest:
        told.append("the two files are of different ballots or rounds")
    if len(gave.peeled) != len(again.peeled):
        told.append(f"the second file is no next one after the first: {len(gave.peeled)} layers are off it")
    if told:
        raise Rejected("nothing was compared", *told)
    right, given = Counter(again.choices or again.papers), Counter(gave.choices or gave.papers)
    missing, foreign = (right - given).total(), (given - right).total()
    if missing or foreign or gave.peeled[-1] != again.peeled[-1]:
        told = [f"{missing} papers are missing", f"{foreign} papers were not in her box"] if missing or foreign else []
        raise Rejected(f"the work of {key.name} does not hold", *(told or ["her record is not what she had and gave"]))
    return len(again.peeled)


def _turn(box: Box, key: Key) -> int:
    """Give the number of the layer that is due, if it is this key's."""
    at = _mine(box, key, CLOSED)
    done = len(box.peeled)
    if box.choices is not None:
        raise Rejected(CLOSED, "this box is open already; sign it with: renda trustee sign")
    if at <= done:
        raise Rejected(CLOSED, f"your layer is off already; it is the turn of {box.sheet.trustees[done].name}")
    if at > done + 1:
        due = box.sheet.trustees[done].name
        raise Rejected(CLOSED, f"it is the turn of {due}; yours is layer {at}, under it. Give the file to {due}")
    return at


def _mine(box: Box, key: Key, refused: str) -> int:
    mine, names = key.trustee, [t.name for t in box.sheet.trustees]
    for at, trustee in enumerate(box.sheet.trustees, 1):
        if (trustee.box_key, trustee.sign_key) == (mine.box_key, mine.sign_key):
            return at
    raise Rejected(refused, _stranger(box, mine, names))


def _stranger(box: Box, mine: Trustee, names: list[str]) -> str:
    told = f"the key {fingerprint(mine)} is none of this box"
    if mine.name in names:
        wanted = fingerprint(box.sheet.trustees[names.index(mine.name)])
        return f"{told}: {mine.name} holds {wanted}; take the key file with that fingerprint"
    return f"{told}, which is for {'、'.join(names) or 'nobody'}; is it the box of another ballot?"


def _signed(box: Box, key: Key) -> Box:
    name = box.sheet.trustees[_mine(box, key, "nothing was signed") - 1].name
    return attrs.evolve(box, signatures={**box.signatures, name: key.sign.sign(result_statement(box)).hex()})
