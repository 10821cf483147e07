"""Whether the numbers of a round can be true together: before it is opened, and when it is counted."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from renda_core.domain.ballot.clauses import objection
from renda_core.domain.ballot.roll import Attendance
from renda_core.domain.ballot.rule import Base, Rule
from renda_core.domain.ballot.verdict import Count
from renda_core.errors import Rejected

ORDER = ("seats", "incumbent", "present", "issued")
"""Each number is at most the one before it; seats count only where they are given."""


def open_round(rule: Rule, attendance: Attendance) -> None:
    """Refuse to begin without a quorum, or with numbers that contradict each other.

    Raises:
        Rejected: With every objection, each with its clause.
    """
    found = tuple(objection(rule, clause, told) for clause, told in _objections(rule, attendance))
    if found:
        raise Rejected(rule.name, *found)


def _objections(rule: Rule, a: Attendance) -> Iterator[tuple[str, str]]:
    numbers = {name: getattr(a, name) for name in (*ORDER, "returned", "by_device", "device_issued")}
    if negative := [f"{name} {n}" for name, n in numbers.items() if n < 0]:
        yield "roll", f"less than nothing: {', '.join(negative)}"
    used = [name for name in ORDER if name != "seats" or a.seats]
    if any(numbers[more] < numbers[less] for more, less in pairwise(used)):
        yield "roll", f"more than there are: {', '.join(f'{name} {numbers[name]}' for name in reversed(used))}"
    if a.device_issued > a.issued:
        yield "roll", f"more than there are: {a.device_issued} of {a.issued} issued by device"
    if not a.seats and "seats" in (rule.base, *([rule.quorum_of] if rule.quorum else [])):
        yield "base", "the rule counts from the seats (名额), and none are given"
    if rule.quorum:
        of = base_of(rule.quorum_of, a, 0)
        if not (of and rule.quorum.holds(a.present, of)):
            yield "quorum", f"{a.present} present is not {rule.quorum} of {of} {rule.quorum_of}"


def base_of(base: Base, a: Attendance, valid: int) -> int:
    """Give the number that shares are taken of."""
    return valid if base == "valid" else int(getattr(a, base))


def void_because(
    rule: Rule, a: Attendance, subjects: Sequence[str], counted: Count, places: int
) -> tuple[str, tuple[str, ...]]:
    """Tell which clause voids a round, with its reasons; nothing where all numbers agree.

    Source: 选举法 44, by analogy: more papers returned than issued void the round.
    """
    if a.returned > a.issued:
        return "void_round", (f"returned {a.returned} > issued {a.issued}",)
    if (came := a.returned - a.by_device) > (handed := a.issued - a.device_issued):
        return "void_round", (f"returned {came} > issued {handed} on paper",)
    reasons = tuple(_disagreements(rule, a, subjects, counted, places))
    return ("reconcile", reasons) if reasons else ("", ())


def _disagreements(rule: Rule, a: Attendance, subjects: Sequence[str], counted: Count, places: int) -> Iterator[str]:
    valid, votes = counted.valid, counted.votes
    if valid < 0 or counted.void < 0 or any(n < 0 for row in votes for n in row):
        yield "less than nothing was counted"
    if valid + counted.void != a.returned:
        yield f"{valid} valid + {counted.void} void ≠ {a.returned} returned"
    if a.by_device > a.returned:
        yield f"{a.by_device} by device > {a.returned} returned"
    if 0 < a.device_issued < a.by_device:
        yield f"{a.by_device} by device > {a.device_issued} issued by device"
    if counted.why_void and sum(counted.why_void.values()) != counted.void:
        yield f"{sum(counted.why_void.values())} papers void for a reason ≠ {counted.void} void"
    for subject, row in zip(subjects, votes, strict=True):
        if sum(row) > valid:
            yield f"{sum(row)} votes on {subject} > {valid} valid"
    if rule.mode == "rank":
        for answer, column in zip(rule.answers, zip(*votes, strict=True), strict=False):
            if sum(column) > valid:
                yield f"place {answer} is given {sum(column)} times > {valid} valid"
    most, marks = places if rule.max_marks == "seats" else rule.max_marks, sum(map(sum, votes))
    if most is not None and marks > most * valid:
        yield f"{marks} marks > {most} on each of {valid} valid"
