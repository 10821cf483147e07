"""Kinds of records that no step makes: reports on duties, awards, what voters said and was passed on, other things."""

from collections.abc import Iterator

from renda_core.records import RecordKind


def kinds() -> Iterator[RecordKind]:
    """Offer them; whatever a deputy enters of their own the office checks.

    Source: 道外 (article 004) lists 听取和反映人民群众意见建议, 奖励 and 其他依法履职情况; the first book of article
    000 is of the yearly report (年度述职).
    """
    yield RecordKind(name="duty_report", title="述职", book="report", measures={"unfit": "评议不称职"}, signs="unfit")
    yield RecordKind(name="award", title="表彰奖励", book="duty")
    yield RecordKind(name="other", title="其他履职", book="duty")
    yield RecordKind(name="passed_on", title="反映群众意见", book="reception", unit="件")
