"""票决办法: the rule that the congress adopts first, by its own vote, and by which it then votes on projects.

Source: 陕西 (2025): the method states how many are to be chosen, how many more stand, how and how it is announced.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

import attrs

from renda_core.domain.case import Act, Case
from renda_core.domain.fields import titled
from renda_core.domain.procedure import Move
from renda_core.errors import Invalid
from renda_core.records import CaseRecord, Context, Facet, Guard, Kind, Step
from renda_plugins.livelihood_ballot.fields import some
from renda_plugins.livelihood_ballot.settings import LEVELS, Level, Settings
from renda_plugins.livelihood_ballot.states import INSIDE

METHOD = "livelihood_method"
STATES = {
    "draft": "草案",
    "tabled": "提请表决",
    "adopted": "已通过",
    "rejected": "未通过",
    "withdrawn": "撤回",
    "lapsed": "失效",
}
Way = Literal["choose", "each", "rank"]
Means = Literal["paper", "device", "hands"]
WAYS = {"choose": "在候选项目中选出不超过应选数", "each": "逐项赞成、反对、弃权", "rank": "按优先顺序排序"}
MEANS = {"paper": "无记名纸质票", "device": "无记名电子表决器", "hands": "举手"}


@attrs.frozen(kw_only=True)
class Method:
    """A method of voting on livelihood projects at one session.

    Attributes:
        places: How many projects are to be chosen (N).
        surplus: How many more stand than are chosen (差额数, M - N).
        points: Of ranked papers: what the first, second … place is worth; without them only an order that no weighing
            could turn is decided.

    Raises:
        Invalid: A number that is none.
    """

    text: str = titled("办法全文", validator=some)
    level: Level = titled("层级", choices=LEVELS)
    session: str = titled("会议", validator=some)
    places: int = titled("应选项目数")
    surplus: int = titled("差额数")
    mode: Way = titled("票决方式", default="choose", choices=WAYS)
    means: Means = titled("投票形式", default="paper", choices=MEANS)
    announcement: str = titled("公布方式", validator=some)
    congress: str = titled("所属人大", default="")
    points: tuple[int, ...] = titled("位次计分", default=())

    def __attrs_post_init__(self) -> None:
        for name in ("places", "surplus"):
            if type(n := getattr(self, name)) is not int or n < (name == "places"):
                raise Invalid(f"{name}: {n!r} is no number of projects", field=name)
        if any(type(p) is not int or p < 0 for p in self.points):
            raise Invalid("points: whole numbers, none below 0", field="points")

    @property
    def candidates(self) -> int:
        """How many projects stand (M)."""
        return self.places + self.surplus


def refuse_odd_method(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Table only a method that the place's rules allow."""
    s, m = context.settings, case.body_as(Method)
    if m.level == "street":
        yield "a street has no congress that could adopt a method: its deputies' vote only advises"
    if m.mode not in s.modes:
        yield f"mode {m.mode}: this place votes by {', '.join(sorted(s.modes))}"
    if m.means == "hands" and m.level not in s.hands:
        yield f"hands: not by the rules of a {m.level} here; use paper or device"
    if m.surplus < Fraction(s.surplus) * m.places:
        yield f"surplus {m.surplus} of {m.places} places is less than {s.surplus}"
    if m.points and m.mode != "rank":
        yield "points weigh ranked papers only"
    elif m.points and (len(m.points) != m.places or list(m.points) != sorted(m.points, reverse=True)):
        yield f"points: one for each of {m.places} places, none more than the one before"


def records() -> Iterator[CaseRecord]:
    """Offer the kind."""
    yield Kind(
        name=METHOD,
        title="民生实事票决办法",
        opening="draft_method",
        body=Method,
        audience=f"{INSIDE} deputy",
        numbering="办法{year}-{n}",
        dimensions="level session",
        words="text",
    )
    ended = "adopted rejected withdrawn"
    yield Facet(kind=METHOD, title="状态", states=tuple(STATES), final=f"{ended} lapsed", titles=STATES)
    yield Step(kind=METHOD, name="draft_method", who="office committee presidium", title="起草")
    for name, title, who, from_, to in (
        ("table_method", "提请表决", "presidium office", "draft", "tabled"),
        ("adopt_method", "大会通过", "ballot", "tabled", "adopted"),
        ("reject_method", "大会未通过", "ballot", "tabled", "rejected"),
    ):
        yield Step(kind=METHOD, name=name, who=who, title=title, moves=(Move(from_, to),))
    for name, title, who, from_, to in (
        ("withdraw_method", "撤回", "presidium office", "draft tabled", "withdrawn"),
        ("end_method", "失效", "presidium congress", "adopted", "lapsed"),
    ):
        yield Step(kind=METHOD, name=name, who=who, title=title, moves=(Move(from_, to),), reasons=True)
    yield Guard(kind=METHOD, step="table_method", name="allowed", refuse=refuse_odd_method)
