"""One record as people read it: its kind, what is counted of it, how it stands, what proves it, and where it counts."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

import attrs

from renda_core.domain.duty import STATES, TENTHS, Book, Record, RecordKind
from renda_core.domain.fields import titled
from renda_core.domain.figures import Figure, total

APPROX, TENTH = "approx", 10
NOWHERE = "不计入"
BY_CASE = "办件记录"


@attrs.frozen(kw_only=True)
class RecordLine:
    """One record, in whatever state.

    Attributes:
        note: What else is counted of it, e.g. 学时 4; why it was refused, withdrawn or appealed against.
        counted: In which congresses it counts; what does not count says so.
    """

    on: dt.date = titled("日期")
    kind: str = titled("类别")
    title: str = titled("内容")
    quantity: Figure = titled("数量")
    unit: str = titled("单位")
    note: str = titled("说明")
    state: str = titled("状态")
    evidence: str = titled("佐证")
    counted: str = titled("计入")


@attrs.frozen(kw_only=True)
class SumLine:
    """What counts of one kind: its quantity, and in lines beneath whatever else is counted.

    Attributes:
        records: How many records the sum is of.
    """

    book: str = titled("登记簿")
    kind: str = titled("类别")
    name: str = titled("项目")
    total: Figure = titled("合计")
    unit: str = titled("单位")
    records: int = titled("记录数")


@attrs.frozen(kw_only=True)
class Reading:
    """What it takes to read records.

    Attributes:
        kinds: By name; a kind that no enabled practice offers goes by its name.
        books: Kinds that the place keeps in another book than their practice says.
        congresses: What to call the congress of a mandate, by mandate.
    """

    kinds: Mapping[str, RecordKind]
    books: Mapping[str, Book]
    congresses: Mapping[str, str]

    def kind(self, record: Record) -> RecordKind:
        """Give the kind of a record."""
        return self.kinds.get(record.kind) or RecordKind(name=record.kind, title=record.kind, book="")

    def book(self, record: Record) -> Book:
        """Say in which book a record stands."""
        return self.books.get(record.kind, self.kind(record).book)

    def public(self, record: Record) -> bool:
        """Tell whether lists of everybody show a record; whether a kind that nobody offers is private, nobody knows."""
        known = self.kinds.get(record.kind)
        return known is not None and not known.private

    def line(self, record: Record) -> RecordLine:
        """Write one record."""
        kind = self.kind(record)
        return RecordLine(
            on=record.on,
            kind=kind.title,
            title=what(record),
            quantity=quantity(record, kind),
            unit=kind.unit,
            note=self.note(record),
            state=STATES[record.state],
            evidence=evidence(record),
            counted=self.counted(record),
        )

    def measured(self, record: Record, *without: str) -> str:
        """Say what else is counted of a record, and which signs it bears."""
        kind, approx = self.kind(record), bool(record.facts.get(APPROX))
        found = (
            title if fact in kind.signs else amount(title, n, approx)
            for fact, title in kind.measures.items()
            if fact not in without and (n := record.facts.get(fact, 0))
        )
        return "，".join(found)

    def note(self, record: Record, *without: str) -> str:
        """Say what else there is to say of a record."""
        return "；".join(filter(None, (self.measured(record, *without), reason(record))))

    def counted(self, record: Record) -> str:
        """Name the congresses in which a record counts."""
        if not record.counts:
            return NOWHERE
        return "、".join(dict.fromkeys(self.congresses.get(m, m) for m in record.mandates)) or "未编入代表职务"

    def sums(self, records: Iterable[Record]) -> Iterator[SumLine]:
        """Add up what counts, book by book and kind by kind; one round figure makes a sum a round one.

        A kind of no book, e.g. a year's result, is nothing that adds up.
        """
        for kind, of in self._by_kind(records):
            told = {"book": BOOK_TITLES[self.book(of[0])], "kind": kind.title}
            whole = total(quantity(r, kind) for r in of)
            yield SumLine(**told, name="数量", total=whole, unit=kind.unit, records=len(of))
            for fact, title in kind.measures.items():
                if found := [Figure(n, bool(r.facts.get(APPROX))) for r in of if (n := r.facts.get(fact, 0)) > 0]:
                    whole = total(found)
                    unit = f"合 {whole.n / TENTH:g} {title.removesuffix(TENTHS)}" if title.endswith(TENTHS) else ""
                    yield SumLine(**told, name=title, total=whole, unit=unit, records=len(found))

    def _by_kind(self, records: Iterable[Record]) -> Iterator[tuple[RecordKind, list[Record]]]:
        found: dict[str, list[Record]] = {}
        for record in records:
            if record.counts and self.book(record):
                found.setdefault(record.kind, []).append(record)
        order = list(BOOK_TITLES)
        for of in sorted(found.values(), key=lambda of: (order.index(self.book(of[0])), self.kind(of[0]).title)):
            yield self.kind(of[0]), of


BOOK_TITLES: Mapping[Book, str] = {
    "report": "年度述职",
    "reception": "接待选民",
    "duty": "履职情况",
    "activity": "参加活动",
    "proposal": "议案建议",
    "": "",
}
"""The five books in a word each, in the order in which article 000 names them."""


def what(record: Record) -> str:
    """Say what a record is of; without a title, what somebody wrote down as its source."""
    given = not record.source.startswith(("case:", "score:"))
    return record.title or (record.source if given else "")


def amount(title: str, n: int, approx: bool) -> str:
    """Say how much of something was counted; tenths in wholes, a round figure marked."""
    if title.endswith(TENTHS):
        return f"{title.removesuffix(TENTHS)} {n / TENTH:g}"
    return f"{title} {Figure(n, approx) if n > 0 else n}"


def quantity(record: Record, kind: RecordKind) -> Figure:
    """Give the quantity of a record; what is round of one thing is what is measured of it, and not the one thing."""
    measured = any(record.facts.get(fact) for fact in kind.measures)
    return Figure(record.quantity, bool(record.facts.get(APPROX)) and (record.quantity > 1 or not measured))


def reason(record: Record) -> str:
    """Say why a record does not stand as it was entered; nothing where it does."""
    if record.state == "confirmed":
        return "有更正" if any(m.was for m in record.history if m.do in ("correct", "grant")) else ""
    return record.history[-1].why if record.history else ""


def evidence(record: Record) -> str:
    """Say what proves a record."""
    return "、".join(record.evidence) or (BY_CASE if record.proven else "")
