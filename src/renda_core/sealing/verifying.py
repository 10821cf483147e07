"""Whether an announced result follows from the box: from the board and the result alone, by anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs
import msgspec

from renda_core.domain.ballot import Attendance, Ballot, Count, Verdict, contradictions
from renda_core.domain.ballot.tallies import merged
from renda_core.errors import Invalid, RendaError
from renda_core.sealing.box import LARGEST, Box, read_box
from renda_core.sealing.canonical import foreign, plain, typed
from renda_core.sealing.keys import fingerprint, same_fingerprint
from renda_core.sealing.opening import Opened, objections
from renda_core.sealing.papers import box_digest

BOARD = "renda ballot board 1"
HASH = 64
"""Hex digits of a receipt."""
PROSE = frozenset({"reason", "reasons", "clause", "warnings", "rate"})
"""Fields of a verdict that explain it; what was decided stands in the others, and only these must come out again."""


class _Board(msgspec.Struct, forbid_unknown_fields=True):
    ballot: str
    round: int
    hashes: list[str]
    digest: str
    format: str = BOARD


class _Announced(msgspec.Struct, forbid_unknown_fields=True):
    attendance: Attendance
    verdict: dict[str, Any]
    paper: Count | None = None


@attrs.frozen(kw_only=True)
class Report:
    """What was found: *lines* for people to read, and *problems*, of which a sound result has none.

    Attributes:
        stated: What was told and cannot be proved from these files.
    """

    lines: tuple[str, ...]
    stated: tuple[str, ...]
    problems: tuple[str, ...]


def make_board(ballot: str, round: int, hashes: Sequence[str]) -> dict[str, Any]:
    """Write the board of a shut box: the receipt of every paper in it, sorted, and the digest of them all."""
    rising = sorted(set(hashes))
    return {"format": BOARD, "ballot": ballot, "round": round, "hashes": rising, "digest": box_digest(rising)}


def make_result(opened: object, attendance: Attendance, verdict: Verdict, paper: Count | None = None) -> dict[str, Any]:
    """Join an opened box with what was announced of it: the file that is published.

    Args:
        paper: What was counted on paper beside the box.

    Raises:
        Invalid: It is no sound box file.
    """
    told = {"attendance": plain(attendance), "verdict": plain(verdict), "paper": plain(paper)}
    return attrs.evolve(read_box(opened), announced=told).plain()


def verify(board: object, result: object, *, fingerprints: Sequence[str] = (), receipts: Sequence[str] = ()) -> Report:
    """Check a result against its board: signatures, numbers, the count done again, and the verdict from it.

    Args:
        board, result: Plain data, or the bytes of the files.
        fingerprints: From the minutes; a trustee whose keys have none of them is told.
        receipts: Of papers that must have been in the box.

    Raises:
        Invalid: One of the two is no sound file.
    """
    shut, box, mine = _board(board), read_box(result), [r.strip().lower() for r in receipts]
    problems = [*_board_problems(shut, box), *objections(box)]
    if box.sheet.trial:
        problems.append("this is the result of a rehearsal, and of no vote")
    problems += _strangers(box, fingerprints)
    problems += [f"receipt {r[:16]}… is not on the board" for r in mine if r not in shut.hashes]
    lines, stated = [*_lines(shut, box, mine)], []
    if box.choices is not None and not problems:
        opened = Opened.of(box)
        stated = list(_stated(box, opened))
        told, wrong = _judged(box, opened)
        lines, problems = [*lines, *told], [*problems, *wrong]
    return Report(lines=tuple(lines), stated=tuple(stated), problems=tuple(problems))


def _board(data: object) -> _Board:
    try:
        if isinstance(data, bytes):
            if len(data) > LARGEST:
                raise Invalid(f"the board is too large: {len(data)} bytes, and {LARGEST} are read")
            board = msgspec.json.decode(data, type=_Board)
        else:
            board = msgspec.convert(data, _Board)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Invalid(f"this is no board: {error}") from error
    if board.format != BOARD or any(len(h) != HASH or set(h) - set("0123456789abcdef") for h in board.hashes):
        raise Invalid(f"this is no board of this version ({BOARD}): a receipt has {HASH} hex digits")
    return board


def _board_problems(board: _Board, box: Box) -> Iterator[str]:
    if (board.ballot, board.round) != (box.sheet.ballot, box.sheet.round):
        yield "the board is that of another ballot or round"
    if board.hashes != sorted(set(board.hashes)):
        yield "the board is not sorted, or names a receipt twice"
    if board.digest != box_digest(board.hashes):
        yield "the digest of the board is not that of its receipts"
    if box.peeled and box.digest != box_digest(board.hashes):
        yield "the trustees opened another box than the one on this board"
    if box.peeled and box.peeled[0].taken != len(board.hashes):
        yield f"{len(board.hashes)} papers are on the board, and the trustees took {box.peeled[0].taken} out of the box"


def _strangers(box: Box, fingerprints: Sequence[str]) -> Iterator[str]:
    """Compare with the minutes: once fingerprints are given, every trustee's must be among them, and every one used."""
    if not fingerprints:
        return
    mine = {t.name: fingerprint(t) for t in box.sheet.trustees}
    for name, digits in mine.items():
        if not any(same_fingerprint(digits, given) for given in fingerprints):
            yield f"the keys of {name} have the fingerprint {digits}, which is none of those demanded"
    for given in fingerprints:
        if not any(same_fingerprint(digits, given) for digits in mine.values()):
            yield f"no trustee of this result has the fingerprint {given}"


def _lines(board: _Board, box: Box, receipts: Sequence[str]) -> Iterator[str]:
    sheet = box.sheet
    yield f"{sheet.title or sheet.kind}, round {sheet.round} 第 {sheet.round} 轮"
    yield f"board 票箱公示: {len(board.hashes)} papers, {box_digest(board.hashes)}"
    for trustee in sheet.trustees:
        yield f"trustee 监票人 {trustee.name} {trustee.body}: {fingerprint(trustee)}; compare with the minutes"
    if box.choices is not None:
        yield f"opened 已开票: {len(box.choices)} papers read, {box.unreadable} unreadable and so void"
    for each in receipts:
        if each in board.hashes:
            yield f"receipt 回执 {each[:16]}… was in the box when it was shut"


def _stated(box: Box, opened: Opened) -> Iterator[str]:
    announced = _announced(box)
    if announced is None:
        return
    a = announced.attendance
    yield (
        f"stated, and not provable from these files: seats {a.seats}, incumbent {a.incumbent}, present {a.present}, "
        f"issued {a.issued}, returned {a.returned}; compare with the minutes"
    )
    if announced.paper is not None and announced.paper.valid + announced.paper.void:
        papers = announced.paper.valid + announced.paper.void
        yield f"stated, and not provable: {papers} papers counted by hand beside the {opened.taken} in the box"
    if _needs_papers_by_hand(box, announced):
        yield "stated, and not judged again: equal shares needs every paper, and those counted by hand are in no file"


def _judged(box: Box, opened: Opened) -> tuple[list[str], list[str]]:
    """Count again, judge again, and compare with what was announced."""
    counted = opened.counted()
    lines = [f"recount 重计: {counted.valid} valid, {counted.void} void"]
    for title, row in zip(box.sheet.titles, counted.votes, strict=True):
        lines.append(f"  {title}: " + ", ".join(f"{a} {n}" for a, n in zip(box.sheet.rule.answers, row, strict=True)))
    announced = _announced(box)
    if announced is None:
        return lines, ["nothing was announced in this file: it is an opened box, and no result"]
    wrong = list(_numbers_wrong(announced, opened))
    if _needs_papers_by_hand(box, announced):
        return lines, wrong
    try:
        again = _again(box, opened, counted, announced)
        verdict = plain(msgspec.convert(announced.verdict, Verdict, dec_hook=typed))
        if unread := foreign(announced.verdict, verdict):
            raise Invalid(f"nobody knows what its field {unread[:60]!r} means")
        told = _core(verdict)
    except (RendaError, msgspec.ValidationError, ValueError) as error:
        return lines, [*wrong, f"the verdict cannot be judged again: {error}"]
    differing = list(_differing(told, _core(plain(again))))
    if differing:
        wrong.append(f"the verdict announced is not the one that follows: {'; '.join(differing)}")
    else:
        lines += [f"verdict 结果: {again.state}", *(f"  {title}: {f.verdict}" for title, f in _titled(box, again))]
    return lines, wrong


def _needs_papers_by_hand(box: Box, announced: _Announced) -> bool:
    """Tell whether the rule looks at whole papers, some of which were counted by hand and are in no file."""
    by_hand = announced.paper is not None and announced.paper.valid > 0
    return by_hand and box.sheet.rule.mode == "budget" and box.sheet.rule.allotment == "equal_shares"


def _numbers_wrong(announced: _Announced, opened: Opened) -> Iterator[str]:
    a, paper = announced.attendance, announced.paper
    if a.by_device != opened.taken:
        yield f"{a.by_device} papers by device were announced, and {opened.taken} were in the box"
    by_hand = paper.valid + paper.void if paper else 0
    if paper and (
        min(paper.valid, paper.void, *paper.why_void.values()) < 0 or not all(map(_fits(paper), paper.votes))
    ):
        yield f"the count by hand cannot be: more marks than its {paper.valid} papers have room for, or fewer than none"
    # a round with more papers returned than issued is void, and nothing of it is counted
    if a.returned <= a.issued and a.returned != opened.taken + by_hand:
        yield f"{a.returned} papers returned were announced: {opened.taken} in the box and {by_hand} by hand are not"


def _fits(paper: Count) -> Callable[[Sequence[int]], bool]:
    """Tell of the votes for one subject whether so many papers can have them: a paper marks a subject once."""
    return lambda row: min(row, default=0) >= 0 and sum(row) <= paper.valid


def _again(box: Box, opened: Opened, counted: Count, announced: _Announced) -> Verdict:
    sheet, attendance = box.sheet, announced.attendance
    if wrong := contradictions(sheet.rule):
        raise Invalid(f"its rule contradicts itself: {wrong[0]}")
    if not 0 <= sheet.asked.places <= len(sheet.subjects):
        raise Invalid(f"{sheet.asked.places} places for {len(sheet.subjects)} subjects")
    counts = [c for c in (announced.paper, counted) if c is not None]
    closed = attrs.evolve(sheet.asked, state="closed")
    ballot = Ballot(id=sheet.ballot, kind=sheet.kind, rule=sheet.rule, rounds=(closed,))
    judged = ballot.counted(attendance, merged(counts), papers=opened.papers).rounds[-1].verdict
    if judged is None:
        raise Invalid("the rule gives no verdict")
    return judged


def _announced(box: Box) -> _Announced | None:
    if box.announced is None:
        return None
    try:
        announced = msgspec.convert(dict(box.announced), _Announced, dec_hook=typed)
    except (msgspec.ValidationError, ValueError) as error:
        raise Invalid(f"what was announced in this result cannot be read: {error}") from error
    if unread := foreign(box.announced, plain(announced)):
        raise Invalid(f"what was announced in this result cannot be read: nobody knows its field {unread[:60]!r}")
    return announced


def _titled(box: Box, verdict: Verdict) -> Iterator[tuple[str, Any]]:
    titles = dict(zip(box.sheet.subjects, box.sheet.titles, strict=True))
    return ((titles.get(f.subject, f.subject), f) for f in verdict.findings)


def _core(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {name: _core(part) for name, part in data.items() if name not in PROSE}
    return [_core(part) for part in data] if isinstance(data, list) else data


def _differing(told: Any, right: Any, path: str = "") -> Iterator[str]:
    if isinstance(told, Mapping) and isinstance(right, Mapping) and told.keys() == right.keys():
        for name in told:
            yield from _differing(told[name], right[name], f"{path}.{name}".strip("."))
    elif isinstance(told, list) and isinstance(right, list) and len(told) == len(right):
        for n, (one, other) in enumerate(zip(told, right, strict=True)):
            yield from _differing(one, other, f"{path}[{n}]")
    elif told != right:
        yield f"{path} is {right}, and {told} was announced"
