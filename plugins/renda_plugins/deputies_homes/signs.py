"""What hangs on the wall: where the code of a home, station or deputy leads, and the lines beside it."""

from collections.abc import Iterable

from renda_core.domain.signs import Line, Sign, filled
from renda_core.errors import Invalid
from renda_core.records import Context, Desk
from renda_plugins.deputies_homes.board import SUSPENDED, OfDeputy, OfStation, deputy_board, station_board
from renda_plugins.deputies_homes.days import VACANT, DayLine
from renda_plugins.deputies_homes.settings import Settings

MOST_DAYS = 6
"""Days that a sign names; the board behind the code names all."""
MOST_NAMES = 30
"""Deputies whom a sign names, for the same reason: it is one sheet."""


async def station_sign(context: Context[Settings], desk: Desk, asked: OfStation) -> Sign:
    """Make the sign of a home or station, as everybody may know it."""
    form = context.settings.board_address
    if not form:
        raise Invalid(_unset("board_address", "{station}"), field="station")
    board = await station_board(context, desk, asked)
    lines = [
        ("地址", board.address),
        ("服务", "、".join(board.offers)),
        ("接待", SUSPENDED if board.state == SUSPENDED else "\n".join(_days(board.days))),
        ("代表", _names(list(dict.fromkeys((d.id, d.name) for d in board.deputies)))),
    ]
    return _sign(filled(form, station=board.code or board.id), board.name, board.kind, lines)


async def deputy_sign(context: Context[Settings], desk: Desk, asked: OfDeputy) -> Sign:
    """Make the sign of a deputy, as everybody may know one."""
    form = context.settings.deputy_address
    if not form:
        raise Invalid(_unset("deputy_address", "{deputy}"), field="deputy")
    board = await deputy_board(context, desk, asked)
    lines = [
        ("选区", "、".join(dict.fromkeys(d.district for d in board.mandates if d.district))),
        ("家站", "\n".join(f"{s.name}　{s.address}".strip() for s in board.stations)),
        ("接待", "\n".join(_days(board.days, with_place=True))),
    ]
    of = "\n".join(dict.fromkeys(f"{d.congress}代表" for d in board.mandates if d.congress))
    return _sign(filled(form, deputy=board.id), board.name, of or "人大代表", lines)


def _sign(address: str, title: str, of: str, lines: Iterable[tuple[str, str]]) -> Sign:
    kept = tuple(Line(label=label, text=text) for label, text in lines if text.strip())
    return Sign(address=address, title=title, of=of, lines=kept)


def _days(days: tuple[DayLine, ...], *, with_place: bool = False) -> list[str]:
    """Write the next days, each on its line; days on which nobody comes are not hung on a wall."""
    told = []
    for day in (d for d in days if d.who != (VACANT,)):
        parts = [f"{day.on.month}月{day.on.day}日（周{day.weekday[-1]}）", day.hours]
        parts.append(day.place if with_place else "、".join(day.who))
        told.append("　".join(filter(None, (*parts, day.why))))
    return told[:MOST_DAYS]


def _names(deputies: list[tuple[str, str]]) -> str:
    told = "、".join(name for _, name in deputies[:MOST_NAMES])
    return f"{told}等 {len(deputies)} 名代表" if len(deputies) > MOST_NAMES else told


def _unset(name: str, part: str) -> str:
    return (
        f"no address is set for the code to lead to: set {name} of deputies_homes, "
        f'e.g. {name} = "https://…/{{county}}/{part}"'
    )
