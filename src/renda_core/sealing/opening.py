"""What an open box says, once everything that can be checked of it was checked; and trial papers to try it on."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

import attrs

from renda_core.domain.ballot import Count, Paper, count
from renda_core.errors import Rejected
from renda_core.sealing.box import Box, make_box, read_box
from renda_core.sealing.papers import decode_choice, seal
from renda_core.sealing.sheet import Sheet
from renda_core.sealing.signing import broken_layers, broken_signatures

UNREADABLE = "unreadable"
"""Under what an unreadable paper is told among the void ones."""
TRIALS = 24
"""Papers of a rehearsal: enough that a wrong order or a lost paper shows, few enough to look at."""


@attrs.frozen(kw_only=True)
class Opened:
    """Papers that trustees read and signed for.

    Attributes:
        unreadable: Papers that were in the box and that nobody could read; each is void.
        signatures: Of every trustee over the result, in hex, by name.
        box: Digest of the board, in hex.
    """

    sheet: Sheet
    papers: tuple[Paper, ...]
    unreadable: int
    signatures: Mapping[str, str]
    box: str

    @classmethod
    def of(cls, box: Box) -> Opened:
        """Read the choices of an open box; whether to believe them is :func:`objections`' to say."""
        papers = tuple(p for c in box.choices or () if (p := decode_choice(box.sheet, c)) is not None)
        return cls(sheet=box.sheet, papers=papers, unreadable=box.unreadable, signatures=box.signatures, box=box.digest)

    @property
    def taken(self) -> int:
        """How many papers were in the box, unreadable ones too."""
        return len(self.papers) + self.unreadable

    def counted(self) -> Count:
        """Count the papers under the sheet's rule; an unreadable one is void, and counts for nothing."""
        sheet = self.sheet
        made = count(sheet.rule, len(sheet.subjects), self.papers, places=sheet.asked.places)
        if not self.unreadable:
            return made
        why = {**made.why_void, UNREADABLE: self.unreadable}
        return attrs.evolve(made, void=made.void + self.unreadable, why_void=why)


def opened(data: object, sheet: Sheet | None = None, box: str = "") -> Opened:
    """Read an open box that every trustee has signed.

    Args:
        sheet: What was asked, as the reader knows it; the file must be of that.
        box: Digest of the board, as the reader knows it; the file must be of that box.

    Raises:
        Invalid: It is no sound box file.
        Rejected: With everything about it that does not hold.
    """
    file = read_box(data)
    if wrong := objections(file, sheet, box):
        raise Rejected("the opened box was not taken", *wrong)
    return Opened.of(file)


def objections(file: Box, sheet: Sheet | None = None, box: str = "") -> tuple[str, ...]:
    """Say everything that keeps an open box from being believed."""
    if file.choices is None:
        due = [t.name for t in file.sheet.trustees][len(file.peeled) : len(file.peeled) + 1]
        return (f"it is not open yet: {'、'.join(due) or 'a trustee'} takes a layer off next",)
    told = []
    if sheet is not None and sheet.bound != file.sheet.bound:
        told.append("it is the box of another ballot, another round, or other trustees")
    if box and box != file.digest:
        told.append(
            f"what was in it is not what was in the box when it was shut: {file.digest[:16]}… is not {box[:16]}…"
        )
    if any(decode_choice(file.sheet, choice) is None for choice in file.choices):
        told.append("a choice in it is none of this sheet")
    return (*told, *broken_layers(file), *broken_signatures(file))


def make_rehearsal(sheet: Sheet) -> dict[str, Any]:
    """Put trial papers of known content into a box, before the real vote; they open in no real box."""
    trial = sheet.as_trial()
    return make_box(trial, (seal(trial, marks) for marks in trial_papers(trial)))


def check_rehearsal(data: object, sheet: Sheet) -> Opened:
    """Compare an opened box of trial papers with what was put in; give it, if every paper came back.

    Raises:
        Invalid: It is no sound box file.
        Rejected: Something about it does not hold, or papers did not come back as they went in, with how many.
    """
    trial = sheet.as_trial()
    found = opened(data, trial)
    lost = Counter(map(tuple, trial_papers(trial))) - Counter(map(tuple, found.papers))
    if lost or found.taken != TRIALS:
        told = f"{lost.total()} of {TRIALS} trial papers did not come back as they were sealed"
        raise Rejected("the rehearsal failed", f"{told}, and {found.unreadable} could not be read")
    return found


def trial_papers(sheet: Sheet) -> tuple[Paper, ...]:
    """Give the marks of the trial papers of a sheet: always the same, a blank one first."""
    made = []
    for n in range(TRIALS):
        stream = hashlib.shake_256(f"renda trial paper 1|{sheet.bound}|{n}".encode()).digest(len(sheet.subjects))
        marks = ((s, byte % (len(sheet.rule.answers) + 1) - 1) for s, byte in enumerate(stream))
        made.append(tuple((s, answer) for s, answer in marks if n and answer >= 0))
    return tuple(made)
