"""What a place gives points for, and what a year's points are called: lines of data, each with its source."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import attrs

from renda_core.domain.duty import Band, Item
from renda_core.domain.duty.points import hundredths, written
from renda_core.domain.names import names
from renda_core.errors import Invalid
from renda_core.settings import at_least, setting

CODE = re.compile("[a-z][a-z0-9_]{0,39}")
LONGEST = 40
"""Characters of a title: what fits in a cell of a printed list."""
RESULT = "assessment"
"""The kind of record in which a year's result is kept."""
LOWEST = -(10**12)
"""Where a grade without a threshold begins, in hundredths: lower than any year comes to."""
STUDY, CONTACT, DELIBERATE, SUPERVISE, SERVE = "学习", "联系", "议事", "监督", "服务"
"""The categories (类别) of the lines below. Source: U."""
PUBLISHED = "P 江北 (重庆): one of its eleven items"
OWN = "U: the sources name the matter, none gives points for it"


@attrs.frozen(kw_only=True)
class Line:
    """One line of the rule (积分项目): so many points for each unit of records of some kinds.

    Attributes:
        code: Stays the same when the points change, e.g. ``inspection``.
        title: What pages and results call it.
        category: A heading of the place's own, e.g. 监督.
        kinds: Kinds of duty records; each is counted by one line.
        base: Points for each unit, with up to two decimals; below zero takes away.
        unit: What is counted, e.g. 件.
        cap: The most that it gives or takes away in a year.
        extra: Further points for each unit of a fact of the record, e.g. ``excellent``.
        evidence: Whether only what is proven scores.
        source: Where the line comes from.
    """

    code: str
    title: str
    kinds: frozenset[str] = attrs.field(converter=names)
    base: Decimal
    category: str = ""
    unit: str = "次"
    cap: Decimal | None = None
    extra: Mapping[str, Decimal] = attrs.Factory(dict)
    evidence: bool = False
    source: str = ""

    def __str__(self) -> str:
        return f"{self.title} {self.told({})}"

    def told(self, titles: Mapping[str, str]) -> str:
        """Say what it gives, e.g. ``每件 3 分，优秀建议 另加 2 分，全年至多 20 分``.

        Args:
            titles: What people call the facts, by code.
        """
        parts = [f"每{self.unit} {self.base} 分"]
        parts += [f"{titles.get(fact, fact)} 另加 {more} 分" for fact, more in self.extra.items()]
        parts += [f"全年至多{'扣' if self.base < 0 else ''} {abs(self.cap)} 分"] if self.cap is not None else []
        parts += ["须有佐证"] if self.evidence else []
        return "，".join(parts)

    def item(self) -> Item:
        """Give the line as scores are made by it.

        Raises:
            Invalid: A number is none of points, or the cap is below zero.
        """
        return Item(
            code=self.code,
            title=self.title,
            kinds=self.kinds,
            base=hundredths(self.base),
            category=self.category,
            unit=self.unit,
            extra={fact: hundredths(more) for fact, more in self.extra.items()},
            cap=None if self.cap is None else hundredths(self.cap),
            evidence=self.evidence,
        )


@attrs.frozen(kw_only=True)
class Grade:
    """A grade of a year (等次).

    Attributes:
        least: Points from which on it is reached; the lowest grade has none, and takes all that is left.
        poor: Whether it is a poor year, which other practices may look at.
    """

    code: str
    title: str
    least: Decimal | None = None
    poor: bool = False

    def __str__(self) -> str:
        return f"{self.title} {self.told}"

    @property
    def told(self) -> str:
        """Say from where on, e.g. ``80 分以上``."""
        return "其余" if self.least is None else f"{self.least} 分以上"

    def band(self) -> Band:
        """Give the grade as scores are compared with it.

        Raises:
            Invalid: The threshold is no number of points.
        """
        least = LOWEST if self.least is None else hundredths(self.least)
        return Band(code=self.code, title=self.title, least=least, poor=self.poor)


def _line(code: str, title: str, category: str, base: int, cap: int | None, kinds: str = "", unit: str = "次") -> Line:
    return Line(
        code=code,
        title=title,
        category=category,
        kinds=names(kinds or code),
        base=Decimal(base),
        unit=unit,
        cap=None if cap is None else Decimal(cap),
        source=OWN if cap is not None else PUBLISHED,
    )


ITEMS = (
    attrs.evolve(_line("suggestion", "提出代表建议", DELIBERATE, 3, None, unit="件"), extra={"excellent": Decimal(2)}),
    _line("key_suggestion", "建议列为重点督办", DELIBERATE, 2, None, unit="件"),
    _line("inspection", "参加视察、调研", SUPERVISE, 3, None, kinds="inspection research"),
    _line("leave", "请假", DELIBERATE, -1, None, unit="半天"),
    _line("law_inspection", "参加执法检查", SUPERVISE, 3, 12),
    _line("session", "出席人代会会议", DELIBERATE, 1, 10),
    _line("meeting", "出席常委会会议、列席会议", DELIBERATE, 1, 6, kinds="committee_meeting sit_in"),
    _line("absence", "未经批准缺席会议", DELIBERATE, -3, 12),
    _line("training", "参加学习培训", STUDY, 2, 10),
    _line("reception", "接待选民", CONTACT, 2, 12),
    _line("opinion", "听取、反映群众意见", CONTACT, 1, 10, kinds="opinion passed_on", unit="件"),
    _line("visit", "走访选民", CONTACT, 1, 6),
    _line("duty_report", "述职", SERVE, 5, 5),
    _line("group_activity", "参加代表小组及其他活动", SERVE, 1, 8, kinds="group_activity activity"),
    _line("award", "表彰奖励", SERVE, 2, 4),
    _line("other", "其他履职", SERVE, 1, 3),
)
"""What is counted unless a place says otherwise. Four lines are published somewhere; the others are ours, capped."""
GRADES = (
    Grade(code="good", title="良好", least=Decimal(80)),
    Grade(code="fairly_good", title="较好", least=Decimal(60)),
    Grade(code="poor", title="较差", poor=True),
)


@attrs.frozen(kw_only=True)
class Settings:
    """The lines, what everybody begins with, the most of a year, and the grades."""

    items: tuple[Line, ...] = setting(
        ITEMS,
        source="P 江北: suggestion 3, key +2, excellent +2, inspection or research 3, half a day's leave −1; U: others",
        title="积分项目",
    )
    start: Decimal = setting(
        Decimal(0), source="U: none; 东宝 (荆门): 60 a year", title="年度基础分", unit="points a year"
    )
    prorate: bool = setting(
        True, source="U: who came late in a by-election had fewer chances", title="基础分按任职天数折算"
    )
    most: Decimal = setting(
        Decimal(0), source="U: no limit; 银川: 100; 0: none", title="年度总分上限", unit="points a year"
    )
    bands: tuple[Grade, ...] = setting(
        GRADES, source="P 银川: 80 and more good, 60 to 79 fairly good, below 60 poor", title="年度等次"
    )
    told_from: int = setting(
        10, source="U: as in votes, ten", title="分布中公布人数的最低值", unit="deputies", validator=at_least(1)
    )

    def __attrs_post_init__(self) -> None:
        """Refuse what is no rule; every mistake names its line.

        Raises:
            ValueError: All of them.
        """
        wrong = [*_wrong_items(self.items), *_wrong_year(self), *_wrong_bands(self.bands)]
        if wrong:
            raise ValueError("; ".join(wrong))

    @property
    def whole_start(self) -> int:
        """What everybody begins a whole year with, in hundredths."""
        return hundredths(self.start)

    @property
    def limit(self) -> int | None:
        """The most of a year, in hundredths; None for no limit."""
        return hundredths(self.most) or None


def _wrong_items(lines: Iterable[Line]) -> Iterator[str]:
    codes: dict[str, int] = {}
    counting: dict[str, str] = {}
    for n, line in enumerate(lines, 1):
        where = f"items[{n}] {line.code}"
        yield from _wrong_words(where, line.code, line.title)
        yield from (f"{where}: {told}" for told in _wrong_line(line))
        if line.code in codes:
            yield f"{where}: items[{codes[line.code]}] has this code already; give each line its own"
        codes.setdefault(line.code, n)
        for kind in sorted(line.kinds):
            if kind in counting and counting[kind] != line.code:
                yield f"{where}: {counting[kind]} counts {kind} already; take it from one of them"
            counting.setdefault(kind, line.code)


def _wrong_line(line: Line) -> Iterator[str]:
    try:
        line.item()
    except Invalid as error:
        yield str(error).removeprefix(f"item {line.code}: ").removeprefix(f"item {line.code} ")
    if RESULT in line.kinds:
        yield f"{RESULT} is what a year came to; points for it would make the year come out otherwise each time"
    for word in sorted({*line.kinds, *line.extra}):
        if not CODE.fullmatch(word):
            yield f"{word!r} is no code of records; write small letters, digits and _"
    for field, text in (("category", line.category), ("unit", line.unit)):
        if len(text) > LONGEST or not text.isprintable():
            yield f"{field} is one line of up to {LONGEST} characters"


def _wrong_year(settings: Settings) -> Iterator[str]:
    for field in ("start", "most"):
        try:
            if hundredths(getattr(settings, field)) < 0:
                yield f"{field}: {getattr(settings, field)} points are below zero; leave it away"
        except Invalid as error:
            yield f"{field}: {error}"


def _wrong_bands(grades: tuple[Grade, ...]) -> Iterator[str]:
    """Refuse grades that are not in order, the best first, or that leave somebody out who has a poor year."""
    codes: set[str] = set()
    above: Grade | None = None
    least: int | None = None
    for n, grade in enumerate(grades, 1):
        where = f"bands[{n}] {grade.code}"
        yield from _wrong_words(where, grade.code, grade.title)
        if grade.code in codes:
            yield f"{where}: there are two grades of this code; give each its own"
        codes.add(grade.code)
        try:
            here = grade.band().least
        except Invalid as error:
            yield f"{where}: {error}"
            continue
        if grade.least is None and n < len(grades):
            yield f"{where}: the lowest grade alone has no least; say from how many points on it is reached"
        elif above is not None and least is not None and here == least:
            yield f"{where}: it begins where {above.code} does, with {written(here)} points; two grades would be one"
        elif above is not None and least is not None and here > least:
            yield f"{where}: it begins above {above.code}; write the best grade first"
        if above is not None and above.poor and not grade.poor:
            yield f"{where}: {above.code} above it is a poor year, and this one is not"
        above, least = grade, here
    if above is not None and above.poor and above.least is not None:
        yield f"bands[{len(grades)}] {above.code}: who has fewer points would have no poor year; leave its least away"


def _wrong_words(where: str, code: str, title: str) -> Iterator[str]:
    if not CODE.fullmatch(code):
        yield f"{where}: {code!r} is no code; write small letters, digits and _, a letter first, up to {LONGEST}"
    if not title.strip() or len(title) > LONGEST or not title.isprintable():
        yield f"{where}: write a title of one line, up to {LONGEST} characters"
