"""A teller's own spreadsheet: an empty one to fill in, and a filled one read, one row a paper, one column a subject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from renda_core.domain.ballot import Rule
from renda_core.domain.ballot.tallies import Marks, Sheet, bundle_name, voiding
from renda_core.errors import Invalid
from renda_core.files import Column, Problem, Read, open_rows, write_template
from renda_core.files import Sheet as Form
from renda_core.services.ballots.views import BallotView
from renda_core.services.ballots.words import ANSWERS, clause_title

BUNDLE, WHOLE = "bundle", "whole"
BLANK = "blank"
NOT_MARKED = "none"
TICKS = ("√", "✓", "✔", "○", "〇", "O", "1", "是", "选")
CROSSES = ("×", "✕", "✗", "X", "0", "否", "不选")
NO_MARK = ("-", "—", "/", "空")
MOST_TOLD = 20
"""Problems that one refusal lists; of what is beyond, the number."""


@attrs.frozen(kw_only=True)
class Voted:
    """What a spreadsheet of papers has columns for."""

    rule: Rule
    subjects: tuple[str, ...]

    @classmethod
    def of(cls, view: BallotView) -> Voted:
        """Take it from the present round of a ballot as shown."""
        return cls(rule=view.rule, subjects=tuple(view.titles.get(s, s) for s in view.rounds[-1].subjects))

    def form(self) -> Form:
        """Make the columns: the bundle, the paper as a whole, and one for each subject.

        There is no example line: a paper may well look like one, and must not be left out for it.
        """
        bundle = Column(BUNDLE, titles=("扎号", "扎", "票扎号"), note="如 1、2、3；一扎一个号，两名计票人写法要一致")
        remark = Column("remark", titles=("备注",), note="不录入")
        return Form("papers", "选票录入", (bundle, self._whole(), *self._columns(), remark))

    def _whole(self) -> Column:
        void = voiding(self.rule)
        choices = {clause_title(clause): clause for clause in void} | {"同一项目两个选择": "two_answers"}
        offered = {word: code for word, code in choices.items() if code in void}
        offered |= {"空白": BLANK, "空白票": BLANK}
        note = "空白票写 空白；无效票写原因；其余留空"
        return Column(WHOLE, titles=("整张票", "整张选票", "票种"), kind="choice", choices=offered, note=note)

    def _columns(self) -> Iterator[Column]:
        titles = [title.strip() for title in self.subjects]
        for at, title in enumerate(titles):
            shown = f"{at + 1}. {title}" if title else str(at + 1)
            known = [shown, str(at + 1), f"项目{at + 1}"] + ([title] if title and titles.count(title) == 1 else [])
            if self.rule.mode == "rank":
                yield Column(f"s{at}", titles=tuple(known), kind="int", note="优先顺序：1、2、3……；没有排的留空")
            else:
                note = f"写 {'、'.join(self.words())} 之一；没有标记的留空"
                yield Column(f"s{at}", titles=tuple(known), kind="choice", choices=self._signs(), note=note)

    def words(self) -> tuple[str, ...]:
        """Give what is best written for each answer."""
        if len(self.rule.answers) == 1:
            return ("√",)
        return tuple(ANSWERS.get(answer, answer) for answer in self.rule.answers)

    def _signs(self) -> Mapping[str, str]:
        """Give what people write, and the number of the answer it stands for."""
        answers, signs = self.rule.answers, dict[str, str]()
        if len(answers) == 1:
            signs |= dict.fromkeys(TICKS, "0") | dict.fromkeys(CROSSES, NOT_MARKED)
        else:
            for at, answer in enumerate(answers):
                signs |= {ANSWERS.get(answer, answer): str(at), answer: str(at)}
            by_sign = {"for": ("√", "✓", "✔", "○", "〇"), "against": ("×", "✕", "✗", "X"), "abstain": ("△",)}
            for answer, written in by_sign.items():
                if answer in answers:
                    signs |= dict.fromkeys(written, str(answers.index(answer)))
        return signs | dict.fromkeys(NO_MARK, NOT_MARKED)


def write_sheet_template(path: str | Path, view: BallotView) -> Path:
    """Write an empty workbook for the papers of the present round, and a page that says how to fill it in."""
    return write_template(path, Voted.of(view).form())


def read_sheets(path: str | Path, view: BallotView, *, bundle: str = "", worksheet: str = "") -> tuple[Sheet, ...]:
    """Read a teller's spreadsheet of papers, one sheet a bundle.

    Args:
        bundle: The bundle of rows that name none.
        worksheet: Read this one of a workbook, and leave the others alone.

    Returns:
        The sheets, in the order of the file; nothing of the order of papers is kept once they are entered.

    Raises:
        Invalid: With every problem: file, worksheet, row, column, value, and what to do. A row or column that would be
            left out, such as a line of totals, is a problem too: no paper is lost without a word.
    """
    voted = Voted.of(view)
    with open_rows(path, voted.form(), worksheet=worksheet) as rows:
        reads = tuple(rows)
        reading = _Reading(voted, Path(path).name, bundle)
        titles = {(at, name): rows.place(at, name) for at in rows.worksheets for name in reading.names}
        problems = [*rows.notes, *reading.missing(titles)]
    for read in reads:
        problems += read.problems or reading.take(read, titles)
    if problems:
        more = f"\nand {len(problems) - MOST_TOLD} more" if len(problems) > MOST_TOLD else ""
        raise Invalid("\n".join(map(str, problems[:MOST_TOLD])) + more, file=Path(path).name, problems=tuple(problems))
    return reading.sheets()


Titles = Mapping[tuple[str, str], tuple[str, str]]
"""Letters and title of a column in the file, by worksheet and the column's name in code."""


class _Reading:
    """The papers of one file, as they are read."""

    def __init__(self, voted: Voted, file: str, bundle: str) -> None:
        self._voted, self._file, self._bundle = voted, file, bundle
        self.names = (BUNDLE, WHOLE, *(f"s{at}" for at in range(len(voted.subjects))))
        self.papers: dict[str, list[Marks]] = defaultdict(list)
        self.void: dict[str, dict[str, int]] = defaultdict(dict)

    def missing(self, titles: Titles) -> Iterator[Problem]:
        """Name the subjects without a column: they would have no vote at all."""
        known = {column.name: column.title for column in self._voted.form().columns}
        for (worksheet, name), (column, _) in titles.items():
            if not column and name not in (BUNDLE, WHOLE):
                told, remedy = "this column is missing", "add it, and leave its cells empty where nobody marked it"
                yield Problem(file=self._file, worksheet=worksheet, field=known[name], message=told, remedy=remedy)

    def take(self, read: Read, titles: Titles) -> list[Problem]:
        """Take one row as a paper, or say what is wrong with it."""
        told: list[Problem] = []

        def wrong(name: str, value: object, message: str, remedy: str) -> None:
            column, field = titles[read.worksheet, name]
            shown = "" if value is None else str(value)
            here = Problem(file=self._file, worksheet=read.worksheet, row=read.number, message=message, remedy=remedy)
            told.append(attrs.evolve(here, column=column, field=field, value=shown))

        named, whole = read.values[BUNDLE] or self._bundle, read.values[WHOLE]
        try:
            bundle = bundle_name(str(named)) if named else ""
        except Invalid:
            bundle = ""
        if not bundle:
            wrong(BUNDLE, named or None, "names no bundle", "write its number, or give one bundle for the whole file")
        marked = {name: read.values[name] for name in self.names[2:]}
        marks = {name: cell for name, cell in marked.items() if cell is not None and cell != NOT_MARKED}
        if whole == BLANK and marks:
            name, cell = next(iter(marks.items()))
            wrong(name, self._written(cell), "a blank paper has no mark", "empty this cell, or the one that says 空白")
        if whole is None and not marks:
            wrong(WHOLE, None, "the row has no mark", "write 空白 here if the paper is blank, or delete the row")
        found = [(at, self._answer(marks[name])) for at, name in enumerate(self.names[2:]) if name in marks]
        for at, answer in found:
            if not 0 <= answer < len(self._voted.rule.answers):
                most = len(self._voted.rule.answers)
                wrong(f"s{at}", answer + 1, "there is no such place", f"write a place from 1 to {most}")
        if not told:
            self._keep(bundle, whole, tuple(found))
        return told

    def _keep(self, bundle: str, whole: object, marks: Marks) -> None:
        if whole is None or (whole == BLANK and BLANK not in voiding(self._voted.rule)):
            self.papers[bundle].append(marks)
            return
        clauses, clause = self.void[bundle], str(whole)
        clauses[clause] = clauses.get(clause, 0) + 1

    def _answer(self, cell: object) -> int:
        return int(str(cell)) - (1 if self._voted.rule.mode == "rank" else 0)

    def _written(self, cell: object) -> str:
        """Give what a cell may have held, for a message."""
        return str(cell) if self._voted.rule.mode == "rank" else self._voted.words()[self._answer(cell)]

    def sheets(self) -> tuple[Sheet, ...]:
        """Give one sheet a bundle."""
        names = dict.fromkeys((*self.papers, *self.void))
        return tuple(
            Sheet(bundle=name, papers=tuple(self.papers.get(name, ())), void=dict(self.void.get(name, {})))
            for name in names
        )


__all__ = ["Voted", "read_sheets", "write_sheet_template"]
