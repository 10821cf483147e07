"""Fixed voters (固定联系选民): how many each deputy keeps contact with, and who lacks how many."""

import datetime as dt
from collections import Counter

import attrs

from renda_core.domain.fields import titled
from renda_core.domain.rates import Rate
from renda_core.records import Context, Desk
from renda_plugins.reception.settings import Settings

CONTACT = "contact"
"""The kind of the roster's links from a deputy to a fixed voter."""


@attrs.frozen(kw_only=True)
class Asked:
    """On which day, by default today, and of which congress, by default all."""

    on: dt.date | None = titled("日期", default=None)
    congress: str = titled("人大", default="")


@attrs.frozen(kw_only=True)
class Lacking:
    """A deputy with fewer fixed voters than asked for."""

    name: str = titled("代表")
    district: str = titled("选区")
    voters: int = titled("已联系选民")
    lacks: int = titled("还差")


@attrs.frozen(kw_only=True)
class FixedVoters:
    """How many deputies have their fixed voters on a day.

    Attributes:
        wanted: Voters asked of each deputy.
        contacts: Links between deputies in force and voters; *voters* are the persons among them, each once.
        lacking: Those who have fewer, the fewest first.
    """

    on: dt.date = titled("日期")
    wanted: int = titled("每名代表应联系")
    enough: Rate = titled("已达到的代表")
    contacts: int = titled("联系（人次）")
    voters: int = titled("联系选民（人）")
    lacking: tuple[Lacking, ...] = titled("未达到的代表")


async def fixed_voters(context: Context[Settings], desk: Desk, asked: Asked) -> FixedVoters:
    """Count the voters to whom each deputy in force is linked on a day; a voter of several deputies counts for each."""
    on, wanted = asked.on or context.today, context.settings.fixed_voters
    deputies = {d.person: d for d in await desk.holders(on, congress=asked.congress)}
    links = {(one, other) for one, other in await desk.tied(CONTACT, on) if one in deputies}
    had = Counter(deputy for deputy, _ in links)
    lacking = sorted((p for p in deputies if had[p] < wanted), key=lambda p: (had[p], deputies[p].name, p))
    return FixedVoters(
        on=on,
        wanted=wanted,
        enough=Rate(hits=len(deputies) - len(lacking), base=len(deputies), of="在任代表"),
        contacts=len(links),
        voters=len({voter for _, voter in links}),
        lacking=tuple(
            Lacking(name=deputies[p].name, district=deputies[p].district, voters=had[p], lacks=wanted - had[p])
            for p in lacking
        ),
    )
