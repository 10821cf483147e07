"""A hall with three trustees and a vote, for the tests of the sealed box."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from renda_core import sealing
from renda_core.domain.ballot import Attendance, Ballot, Paper, Round, Rule, Rung, Verdict
from renda_core.domain.rates import Share
from renda_core.sealing.keys import SECRET, Key

HALF = Rung(verdict="passed", answers=frozenset({"赞成"}), share=Share("1/2", above=True))
EACH = Rule(
    name="逐项表决",
    answers=("赞成", "反对", "弃权"),
    rungs=(HALF,),
    otherwise="failed",
    base="incumbent",
    mode="each",
    source="办法第九条",
    clauses={"pass": "办法第九条"},
)
CHOOSE = Rule(
    name="民生项目票决",
    answers=("for",),
    rungs=(Rung(verdict="passed", answers=frozenset({"for"}), share=Share("1/2", above=True)),),
    otherwise="failed",
    base="incumbent",
    mode="choose",
    max_marks="seats",
)


def key(n: int) -> Key:
    """A trustee's key, the same every time."""
    return Key(name=f"监票人{'甲乙丙丁'[n]}", body=f"第{n + 1}代表团", secret=bytes([n + 1]) * SECRET)


@attrs.define(kw_only=True)
class Hall:
    """A ballot with its sheet, and the three who hold the keys."""

    ballot: Ballot
    keys: tuple[Key, ...]

    @property
    def sheet(self) -> sealing.Sheet:
        """The sheet of the last round."""
        titles = {s: f"修缮{s}号桥" for s in self.ballot.rounds[-1].subjects}
        return sealing.Sheet.of(self.ballot, len(self.ballot.rounds), titles)

    def seal(self, papers: Iterable[Paper]) -> list[bytes]:
        """Seal papers."""
        sheet = self.sheet
        return [sealing.seal(sheet, paper) for paper in papers]

    def opened(self, box: dict[str, Any]) -> dict[str, Any]:
        """Let every trustee peel, and then every one sign."""
        for each in self.keys:
            box = sealing.peel(box, each)
        for each in self.keys:
            box = sealing.sign(box, each)
        return box

    def result(self, papers: Sequence[Paper], incumbent: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
        """Vote, open, count and announce; give board and result."""
        sealed = self.seal(papers)
        board = sealing.make_board(self.ballot.id, len(self.ballot.rounds), [sealing.receipt(s) for s in sealed])
        opened = self.opened(sealing.make_box(self.sheet, sealed))
        n = len(papers)
        attendance = Attendance(incumbent=incumbent or n, present=n, issued=n, returned=n, by_device=n)
        return board, sealing.make_result(opened, attendance, self.verdict(opened, attendance))

    def verdict(self, opened: object, attendance: Attendance) -> Verdict:
        """Judge what the trustees opened."""
        found = sealing.opened(opened)
        closed = attrs.evolve(self.ballot.rounds[-1], state="closed")
        one = attrs.evolve(self.ballot, rounds=(closed,))
        verdict = one.counted(attendance, found.counted(), papers=found.papers).rounds[-1].verdict
        assert verdict is not None
        return verdict


def hall(rule: Rule = EACH, subjects: int = 3, places: int = 0, trustees: int = 3, **rest: Any) -> Hall:
    """A hall on so many subjects."""
    keys = tuple(key(n) for n in range(trustees))
    ballot = Ballot(
        id=rest.pop("id", "0198a000-0000-7000-8000-00000000b001"),
        kind="livelihood_projects",
        title=rest.pop("title", "二〇二六年民生实事项目票决 🗳"),
        rule=rule,
        rounds=(Round(subjects=tuple(f"项目{n + 1}" for n in range(subjects)), places=places, **rest),),
        electronic=True,
        trustees=tuple(k.trustee for k in keys),
    )
    return Hall(ballot=ballot, keys=keys)
