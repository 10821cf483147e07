"""How many must sign: thresholds of motions, inquiries, recalls, commissions and extra sessions."""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

import attrs

from renda_core.domain.areas import Level
from renda_core.errors import Invalid

Kind = Literal["motion", "inquiry", "recall", "commission", "extra_session", "voters_recall", "special_inquiry"]
"""议案, 质询案, 罢免案, 特定问题调查委员会, 临时召集会议, 选民要求罢免代表, 专题询问."""

Body = Literal["congress", "standing_committee", "voters"]


@attrs.frozen(kw_only=True)
class Threshold:
    """A legal number of signatures, either a number or a fraction; neither where the law asks for none.

    Attributes:
        share: Of the deputies in office, or of the members of the standing committee.
    """

    kind: Kind
    body: Body
    level: Level
    number: int | None = None
    share: Fraction | None = None
    source: str


_ABOVE_TOWNSHIP: tuple[Level, ...] = ("province", "city", "county")
_LOCAL: tuple[Level, ...] = (*_ABOVE_TOWNSHIP, "township")
_DISTRICTED: tuple[Level, ...] = ("province", "city")

_RULES: tuple[tuple[Kind, Body, tuple[Level, ...], int | Fraction | None, str], ...] = (
    ("motion", "congress", _ABOVE_TOWNSHIP, 10, "组织法 22"),
    ("motion", "congress", ("township",), 5, "组织法 22"),
    ("motion", "standing_committee", _DISTRICTED, 5, "组织法 52"),
    ("motion", "standing_committee", ("county",), 3, "组织法 52"),
    ("inquiry", "congress", _LOCAL, 10, "组织法 24"),
    ("inquiry", "standing_committee", _DISTRICTED, 5, "组织法 53; 监督法 51"),
    ("inquiry", "standing_committee", ("county",), 3, "组织法 53; 监督法 51"),
    ("recall", "congress", _ABOVE_TOWNSHIP, Fraction(1, 10), "组织法 31"),
    ("recall", "congress", ("township",), Fraction(1, 5), "组织法 31"),
    ("commission", "congress", _ABOVE_TOWNSHIP, Fraction(1, 10), "组织法 36"),
    ("commission", "standing_committee", _ABOVE_TOWNSHIP, Fraction(1, 5), "组织法 58; 监督法 56"),
    ("extra_session", "congress", _LOCAL, Fraction(1, 5), "组织法 14"),
    ("voters_recall", "voters", ("county",), 50, "选举法 50"),
    ("voters_recall", "voters", ("township",), 30, "选举法 50"),
    ("special_inquiry", "standing_committee", _ABOVE_TOWNSHIP, None, "监督法 47"),
)


def _records() -> Iterator[Threshold]:
    for kind, body, levels, least, source in _RULES:
        for level in levels:
            number = least if isinstance(least, int) else None
            share = least if isinstance(least, Fraction) else None
            yield Threshold(kind=kind, body=body, level=level, number=number, share=share, source=source)


THRESHOLDS: tuple[Threshold, ...] = tuple(_records())


def threshold(kind: Kind, body: Body, level: Level, *, districts: bool = False) -> Threshold | None:
    """Find the legal threshold; None where the law gives this right to nobody, as commissions in townships.

    Args:
        kind: What is proposed.
        body: To whom, and by whose members; ``voters`` for a demand of voters.
        level: Level of the congress.
        districts: The city is divided into districts (设区的市): its standing committee counts as one of a
            city even where it is entered as ``county``.

    Source:
        组织法 14, 22, 24, 31, 36, 52, 53, 58; 监督法 47, 51, 56; 选举法 50.
    """
    asked = "city" if districts and level == "county" and body == "standing_committee" else level
    found = (row for row in THRESHOLDS if (row.kind, row.body, row.level) == (kind, body, asked))
    return next(found, None)


def needed(rule: Threshold, members: int) -> int:
    """Count the signatures needed; a fraction of *members* rounds up, for 以上 includes the number itself.

    Args:
        rule: The threshold.
        members: Deputies in office, or members of the standing committee; read only for a fraction.

    Raises:
        Invalid: A fraction of nobody.
    """
    if rule.share is None:
        return rule.number or 0
    if members < 1:
        raise Invalid(f"a fraction of {members} members makes no sense", members=members)
    return math.ceil(rule.share * members)


def refuse_too_few(
    kind: Kind, body: Body, level: Level, *, signatures: int, members: int = 0, districts: bool = False
) -> tuple[str, ...]:
    """Object when too few have signed, with the number and its source; nothing to say is an empty tuple.

    Args:
        kind: What is proposed.
        body: To whom, and by whose members.
        level: Level of the congress.
        signatures: Distinct signers, the lead (领衔) counted once among them.
        members: The base of a fraction; not needed for a number.
        districts: The city is divided into districts.

    Raises:
        Invalid: A fraction of nobody.
    """
    rule = threshold(kind, body, level, districts=districts)
    if rule is None:
        return (f"the law knows no {kind} at the {body} of {level} level",)
    least = needed(rule, members)
    if signatures >= least:
        return ()
    of = f" ({rule.share} of {members})" if rule.share is not None else ""
    return (f"{signatures} signatures, {least} needed{of} for a {kind} at {level} level ({rule.source})",)
