"""What a teller (计票人) enters of a bundle of papers, what two of them differ in, and several counts as one."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

import attrs

from renda_core.domain.ballot.papers import count
from renda_core.domain.ballot.rule import Paper, Rule
from renda_core.domain.ballot.verdict import Count
from renda_core.errors import Invalid

Marks = tuple[tuple[int, int], ...]
VOIDING = ("max_marks", "two_answers", "rank_twice", "blank", "unreadable")
"""Clauses under which a paper is void. That nobody can read one is seen by those who hold it, and by no mark."""
LONGEST_NAME = 20
MOST_PAPERS = 100_000
"""Papers of one bundle: more is a slip of the hand, for people hold them together with a band."""


@attrs.frozen(kw_only=True)
class Sheet:
    """What one teller found in one bundle (扎): its papers one by one, or their totals as called out (唱票).

    Attributes:
        bundle: Its name, e.g. ``2``.
        papers: The marks of each paper; None where only totals are given. Papers that the rule voids may be among them.
        void: Papers laid aside as void, by the clause: too many marks, two answers to one subject, unreadable.
        votes: Totals by subject and answer; empty where papers are given.
        valid: How many papers are behind the totals.
    """

    bundle: str
    papers: tuple[Marks, ...] | None = None
    void: Mapping[str, int] = attrs.Factory(dict)
    votes: tuple[tuple[int, ...], ...] = ()
    valid: int = 0

    @property
    def size(self) -> int:
        """Count the papers of a sheet that :func:`tidied` gave."""
        return self.valid + sum(self.void.values())

    @property
    def counted(self) -> Count:
        """Give a sheet that :func:`tidied` gave as a count."""
        void = dict(self.void)
        return Count(votes=self.votes, valid=self.valid, void=sum(void.values()), why_void=void)


@attrs.frozen(kw_only=True)
class Gap:
    """One thing that two tellers have not entered alike.

    Attributes:
        what: ``papers`` of the bundle, papers ``void`` by a clause, ``valid`` ones, ``votes`` for an answer to a
            subject, or one ``paper`` with its marks.
        first, second: How many the one has, and the other.
    """

    what: str
    first: int
    second: int
    clause: str = ""
    subject: int = -1
    answer: int = -1
    marks: Marks = ()


def bundle_name(text: str) -> str:
    """Bring the name of a bundle to one form, so that 第2扎, ２ and 02 are the same.

    Raises:
        Invalid: It is empty or longer than a band has room for.
    """
    plain = "".join(unicodedata.normalize("NFKC", text[:100]).casefold().split())
    plain = plain.removeprefix("第")
    for end in ("扎", "捆", "号"):
        plain = plain.removesuffix(end)
    plain = plain.lstrip("0") or plain[:1] if plain.isdecimal() else plain
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise Invalid(f"bundle: {text[:LONGEST_NAME]!r} names no bundle; number them 1, 2, 3", field="bundle")
    return plain


def tidied(sheet: Sheet, rule: Rule, subjects: int, *, places: int = 0) -> Sheet:
    """Check a sheet against what is voted on, and bring it to the one form that is kept and compared.

    Papers become a sorted multiset: in which order they were entered, nobody can tell any more. A paper that the rule
    voids is kept as its clause alone, so that it does not matter whether a teller laid it aside or typed it.

    Raises:
        Invalid: Something on it cannot be, with what and where.
    """
    void = _laid_aside(sheet, rule)
    if sheet.papers is None:
        votes, valid, kept = _totals(sheet, rule, subjects, places), sheet.valid, None
    else:
        if sheet.votes or sheet.valid:
            raise Invalid("give the papers one by one, or their totals, not both", field="votes")
        marks = [_marks(paper, at, rule, subjects) for at, paper in enumerate(sheet.papers, 1)]
        good = []
        for paper, n in Counter(marks).items():
            alone = count(rule, subjects, [paper], places=places)
            if alone.void:
                void[next(iter(alone.why_void))] += n
            else:
                good += [paper] * n
        kept = tuple(sorted(good))
        whole = count(rule, subjects, kept, places=places)
        votes, valid = whole.votes, whole.valid
    if valid + sum(void.values()) > MOST_PAPERS:
        raise Invalid(f"more than {MOST_PAPERS:,} papers in one bundle; look at the numbers again", field="valid")
    by_clause = {clause: void[clause] for clause in sorted(void) if void[clause]}
    return Sheet(bundle=bundle_name(sheet.bundle), papers=kept, void=by_clause, votes=votes, valid=valid)


def _number(n: int, field: str) -> int:
    if isinstance(n, bool) or not 0 <= n <= MOST_PAPERS:
        raise Invalid(f"{field}: {n} is no number of papers; give 0 to {MOST_PAPERS:,}", field=field)
    return n


def voiding(rule: Rule) -> tuple[str, ...]:
    """Name the clauses under which this rule voids a paper."""
    asks = {
        "max_marks": rule.max_marks is not None,
        "two_answers": rule.mode != "rank" and len(rule.answers) > 1,
        "rank_twice": rule.mode == "rank",
        "blank": rule.blank == "void",
    }
    return tuple(clause for clause in VOIDING if asks.get(clause, True))


def _laid_aside(sheet: Sheet, rule: Rule) -> Counter[str]:
    known = voiding(rule)
    for clause in sheet.void:
        if clause not in known:
            told = f"void.{clause}: under this rule a paper is void by {', '.join(known)}"
            raise Invalid(f"{told}; enter it by its marks, or as one of these", field=f"void.{clause}")
    return Counter({clause: _number(n, f"void.{clause}") for clause, n in sheet.void.items()})


def _marks(paper: Paper, at: int, rule: Rule, subjects: int) -> Marks:
    for subject, answer in paper:
        if not (0 <= subject < subjects and 0 <= answer < len(rule.answers)):
            told = f"paper {at} marks subject {subject + 1}, answer {answer + 1}"
            raise Invalid(
                f"{told}; there are {subjects} subjects and {len(rule.answers)} answers", field=f"papers.{at - 1}"
            )
    marks = tuple(sorted((subject, answer) for subject, answer in paper))
    if len(set(marks)) < len(marks):
        raise Invalid(f"paper {at} has one mark twice; enter it once", field=f"papers.{at - 1}")
    return marks


def _totals(sheet: Sheet, rule: Rule, subjects: int, places: int) -> tuple[tuple[int, ...], ...]:
    """Check totals by what no papers whatever could give."""
    valid, answers = _number(sheet.valid, "valid"), len(rule.answers)
    if rule.mode == "budget" and rule.allotment == "equal_shares":
        raise Invalid("this rule asks what stands together on each paper; enter the papers one by one", field="papers")
    if len(sheet.votes) != subjects or any(len(row) != answers for row in sheet.votes):
        raise Invalid(f"votes: give {subjects} rows of {answers} numbers", field="votes")
    for at, row in enumerate(sheet.votes, 1):
        if sum(_number(n, f"votes.{at - 1}") for n in row) > valid:
            raise Invalid(f"subject {at} has {sum(row)} votes of {valid} valid papers; count it again", field="votes")
    if rule.mode == "rank" and (over := [sum(c) for c in zip(*sheet.votes, strict=True) if sum(c) > valid]):
        raise Invalid(f"a place is given {over[0]} times on {valid} valid papers; count it again", field="votes")
    limit = places if rule.max_marks == "seats" else rule.max_marks
    cast = sum(map(sum, sheet.votes))
    if limit is not None and cast > limit * valid:
        raise Invalid(f"{cast} marks are more than {valid} valid papers of at most {limit} hold", field="votes")
    return tuple(tuple(row) for row in sheet.votes)


def gaps(first: Sheet, second: Sheet) -> tuple[Gap, ...]:
    """List exactly what two tidied sheets of one bundle differ in; nothing where they agree.

    Single papers are compared where both tellers entered them one by one.
    """
    found = [Gap(what="papers", first=first.size, second=second.size), *_void(first, second)]
    found.append(Gap(what="valid", first=first.valid, second=second.valid))
    for s, (ours, theirs) in enumerate(zip(first.votes, second.votes, strict=True)):
        for a, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            found.append(Gap(what="votes", subject=s, answer=a, first=one, second=other))
    if first.papers is not None and second.papers is not None:
        ones, others = Counter(first.papers), Counter(second.papers)
        for marks in sorted(ones.keys() | others.keys()):
            found.append(Gap(what="paper", marks=marks, first=ones[marks], second=others[marks]))
    return tuple(gap for gap in found if gap.first != gap.second)


def _void(first: Sheet, second: Sheet) -> Iterable[Gap]:
    for clause in sorted(first.void.keys() | second.void.keys()):
        yield Gap(what="void", clause=clause, first=first.void.get(clause, 0), second=second.void.get(clause, 0))


def merged(counts: Iterable[Count]) -> Count:
    """Add counts of the same subjects up, e.g. those of every bundle, and that of what was cast by device.

    Raises:
        Invalid: They are not of the same subjects and answers, or there is none.
    """
    several = tuple(counts)
    shapes = {tuple(map(len, one.votes)) for one in several}
    if len(shapes) != 1:
        raise Invalid("counts of different papers do not add up" if shapes else "there is no count to add up")
    why: Counter[str] = Counter()
    for one in several:
        why.update(one.why_void)
    votes = tuple(tuple(map(sum, zip(*rows, strict=True))) for rows in zip(*(c.votes for c in several), strict=True))
    return Count(
        votes=votes,
        valid=sum(c.valid for c in several),
        void=sum(c.void for c in several),
        why_void={clause: why[clause] for clause in sorted(why) if why[clause]},
    )
