"""What a place sets about its homes and stations, each value with its source; most sources are silent."""

from typing import Any

import attrs

from renda_core.domain.calendar import Period
from renda_core.domain.signs import form_faults
from renda_core.domain.standards import Point, Standard, versions
from renda_core.settings import at_least, setting

SOURCE = "P 咸安; S000 names 八有 without listing it"
EIGHT = Standard(
    version=1,
    points=(
        Point(code="emblem", title="国徽", required=True),
        Point(code="plaque", title="牌子", required=True),
        Point(code="desks", title="桌椅", required=True),
        Point(code="cabinets", title="柜子", required=True),
        Point(code="computer", title="电脑", required=True),
        Point(code="materials", title="资料", required=True),
        Point(code="rules", title="制度", required=True),
        Point(code="funds", title="经费", required=True),
    ),
    source=SOURCE,
)
"""The eight things that every home has (八有), as one place lists them; another place writes its own."""


def _not_negative(_: object, attribute: "attrs.Attribute[Any]", value: Period) -> None:
    if value.n < 0:
        raise ValueError(f"{attribute.name} must not be negative")


def _form(_: object, attribute: "attrs.Attribute[Any]", value: str) -> None:
    """Refuse a form of an address that leads nowhere, or elsewhere than it says."""
    open_part = attribute.name.removesuffix("_address").replace("board", "station")
    if value and (faults := form_faults(value, open_part)):
        raise ValueError(f"{attribute.name}: {'; '.join(faults)}")


@attrs.frozen(kw_only=True)
class Settings:
    """The standard of homes and stations, how long rectification may take, and where the codes on the walls lead."""

    standards: tuple[Any, ...] = setting(
        (EIGHT,),
        source="P 咸安; S000 names 八有 without listing it; U: that each of the eight is required",
        title="建设标准（按版本）",
        converter=versions,
    )
    rectify_within: Period = setting(
        Period(1, "month"),
        source="U: rectification has a day, no text says which",
        title="整改期限",
        validator=_not_negative,
    )
    opens_files: bool = setting(True, source="U: every station has a file", title="自动为家站建档")
    days_ahead: int = setting(
        31, source="U: a month ahead", title="公示栏列出的日程", unit="days", validator=at_least(1)
    )
    board_address: str = setting(
        "", source="U: the address is the platform's own", title="家站公示栏网址", validator=_form
    )
    deputy_address: str = setting(
        "", source="U: the address is the platform's own", title="代表公示页网址", validator=_form
    )
