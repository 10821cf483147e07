"""Duty records (履职记录): entered once, where it happens, and read by every book; checked, appealed, never erased."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args

import attrs

from renda_core.domain.names import names
from renda_core.errors import Invalid, Rejected

State = Literal["entered", "confirmed", "refused", "appealed", "withdrawn"]
"""待核, 已核, 驳回, 申诉中, 已撤销."""
STATES: Mapping[str, str] = {
    "entered": "待核",
    "confirmed": "已核",
    "refused": "驳回",
    "appealed": "申诉中",
    "withdrawn": "已撤销",
}
"""What people call the states."""
Book = Literal["report", "reception", "duty", "activity", "proposal", ""]
BOOKS: Mapping[str, str] = {
    "report": "年度述职登记簿",
    "reception": "代表接待选民登记簿",
    "duty": "代表履职情况登记簿",
    "activity": "代表参加活动登记簿",
    "proposal": "代表提出议案、建议、批评和意见登记簿",
}
"""The five books (五簿) by code. Source: article 000."""
Do = Literal["confirm", "refuse", "appeal", "uphold", "grant", "correct", "withdraw", "restore"]
"""核实, 驳回, 申诉, 维持, 采纳申诉, 更正, 撤销, 恢复."""
MARKS: Mapping[Do, tuple[frozenset[State], State | None]] = {
    "confirm": (frozenset({"entered"}), "confirmed"),
    "refuse": (frozenset({"entered", "confirmed"}), "refused"),
    "appeal": (frozenset({"confirmed", "refused"}), "appealed"),
    "uphold": (frozenset({"appealed"}), None),
    "grant": (frozenset({"appealed"}), None),
    "correct": (frozenset({"entered", "confirmed"}), None),
    "withdraw": (frozenset({"entered", "confirmed", "refused"}), "withdrawn"),
    "restore": (frozenset({"withdrawn"}), "confirmed"),
}
"""From which states each mark leads, and to which; none where that follows from what was before."""
REASONED: frozenset[Do] = frozenset({"refuse", "appeal", "uphold", "grant", "correct", "withdraw"})
"""Marks that nobody makes without a word why."""
CHANGEABLE = frozenset({"on", "quantity", "facts", "title", "evidence"})
"""What a correction may change; of whom, what and whence it is stays, or it would be another record."""


BESIDE = "beside"
"""The fact of what was missed of something that another record shows already: somebody came for a part, or was absent
for the rest. Both are of one opportunity, which is counted once."""
TENTHS = "（十分之一）"
"""Ends the title of a measure that is counted in tenths, as hours are that come by halves; people read 1.5 for 15."""


@attrs.frozen(kw_only=True)
class RecordKind:
    """A sort of thing that deputies do, e.g. 培训.

    Attributes:
        title: What books and pages call it, in Chinese.
        book: Which of the five books shows it; empty for what stands in none, such as a year's result.
        unit: What *quantity* counts, e.g. 次, 件, 半天.
        measures: The facts that a record of this kind may have, code to title, e.g. ``{"people": "人次"}``. What is
            counted in tenths says so at the end of its title, see ``TENTHS``.
        signs: Those of them that are 1 where something holds, and no number of anything, e.g. ``"lead"`` 领衔.
        part: ``taken`` where it shows that somebody took an opportunity that was offered, ``missed`` where it shows
            that they did not; both together are what was offered, without what only stands ``BESIDE`` another.
        by_hand: Whether it may be entered by hand; what only a step makes is not.
        own: Whether deputies may enter their own, for the office to check.
        private: Only the person and the offices see it, in no list of others.
    """

    name: str
    title: str
    book: Book = "duty"
    unit: str = "次"
    measures: Mapping[str, str] = attrs.Factory(dict)
    signs: frozenset[str] = attrs.field(default=frozenset[str](), converter=names)
    part: Literal["taken", "missed", ""] = ""
    by_hand: bool = True
    own: bool = True
    private: bool = False
    plugin: str = ""

    def __attrs_post_init__(self) -> None:
        if self.book not in get_args(Book):
            raise Invalid(f"record kind {self.name}: there is no book {self.book!r}; books: {', '.join(BOOKS)}")


@attrs.frozen(kw_only=True)
class Mark:
    """What happened to a record after it was entered.

    Attributes:
        was: What it changed, as it was before, by field; of an appeal also the state appealed against.
    """

    do: Do
    by: str
    on: dt.date
    why: str = ""
    was: Mapping[str, Any] = attrs.Factory(dict)


@attrs.frozen(kw_only=True)
class Record:
    """One thing that a deputy did, once.

    Attributes:
        source: What it comes from, e.g. ``"case:<id>:propose"``; (source, person, kind) is unique.
        mandates: The offices in which it counts; one person may hold several. What is entered without any counts in
            every one that is in force on the day.
        state: Only what counts scores, see :attr:`counts`.
        facts: Flags and figures that score rules read, e.g. ``{"key": 1}``; ``{"approx": 1}`` marks a round quantity.
        title: What it was, in words that a book can print, e.g. 《某法》执法检查.
        congress: Id of the congress whose matter it was: then it counts in the mandate held there, and in no other.
        evidence: What proves it, each in a few words or as a reference, e.g. 签到表第 3 页.
        by: Who entered it.
        formula: Of a year's result, which versions of which rule made it.
        history: What happened to it since, oldest first.
    """

    person: str
    kind: str
    on: dt.date
    source: str
    id: str = ""
    mandates: tuple[str, ...] = ()
    quantity: int = 1
    state: State = "confirmed"
    facts: Mapping[str, int] = attrs.Factory(dict)
    title: str = ""
    congress: str = ""
    evidence: tuple[str, ...] = ()
    by: str = ""
    formula: str = ""
    history: tuple[Mark, ...] = ()

    @property
    def counts(self) -> bool:
        """Tell whether it scores: it is confirmed, or was and an appeal against it is not decided yet."""
        return self.state == "confirmed" or (self.state == "appealed" and appealed_state(self) == "confirmed")

    @property
    def proven(self) -> bool:
        """Tell whether anything proves it: the case that it comes from, or what was named as evidence."""
        return bool(self.evidence) or self.source.startswith("case:")


def appealed_state(record: Record) -> State:
    """Give the state that an open appeal is against."""
    last = next(m for m in reversed(record.history) if m.do == "appeal")
    state: State = last.was["state"]
    return state


def marked(record: Record, mark: Mark, changes: Mapping[str, Any] | None = None) -> Record:
    """Take a record one mark further; what it was before stays in its history.

    An appeal that is granted confirms what was refused; what was confirmed it corrects by *changes*, or withdraws. One
    that is not granted ends the matter until the record changes: appeals without end would keep it open for ever.

    Args:
        changes: New values by field, of a correction or of an appeal that is granted.

    Raises:
        Rejected: With every objection; nothing is changed.
    """
    from_, to = MARKS[mark.do]
    changes = {k: v for k, v in (changes or {}).items() if getattr(record, k, None) != v}
    said = []
    if record.state not in from_:
        said.append(f"it is {record.state} ({STATES[record.state]}), which nobody can {mark.do}")
    if mark.do in REASONED and not mark.why.strip():
        said.append(f"say why: to {mark.do} needs a reason")
    if alien := sorted(set(changes) - CHANGEABLE):
        said.append(f"{', '.join(alien)} of a record stay; withdraw it and enter another")
    if mark.do == "appeal" and record.history and record.history[-1].do == "uphold":
        said.append(f"the appeal was decided on {record.history[-1].on}, and nothing has changed since")
    if mark.do == "correct" and not changes:
        said.append("nothing would change")
    if changes and mark.do not in ("correct", "grant"):
        said.append(f"to {mark.do} changes no field; correct it")
    if said:
        raise Rejected("record refused", *said)
    was: dict[str, Any] = {k: _plain(getattr(record, k)) for k in changes}
    if mark.do == "appeal":
        was["state"] = record.state
    if to is None:
        to = record.state
        if mark.do in ("uphold", "grant"):
            against = appealed_state(record)
            to = against if mark.do == "uphold" or changes else "confirmed" if against == "refused" else "withdrawn"
    history = (*record.history, attrs.evolve(mark, was=was))
    return attrs.evolve(record, **changes, state=to, history=history)


def _plain(value: Any) -> Any:
    """Give a value as it comes back from the store, where nothing says what it was."""
    return str(value) if isinstance(value, dt.date) else list(value) if isinstance(value, tuple) else value


def heads(records: Iterable[Record]) -> Mapping[str, int]:
    """Count persons, mandates and person-times (人次), three different numbers."""
    kept = tuple(records)
    return {
        "persons": len({r.person for r in kept}),
        "mandates": len({m for r in kept for m in r.mandates}),
        "person_times": sum(r.quantity for r in kept),
    }
