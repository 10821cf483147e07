"""Scores of deputies (履职积分): explained to the person, listed by name to the offices, kept by year; never ranked."""

from __future__ import annotations

import datetime as dt

from renda_core.desks import PersonScore
from renda_core.errors import Invalid, NotFound
from renda_core.services.duty import listing, scoring
from renda_core.services.duty.listing import ScoreRuleShown
from renda_core.services.duty.scoring import Assessed
from renda_server import bodies
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.shapes import Asked, Day, Given, Id, Page, Paged, Year

TAG = "scores"
YEARS = range(1950, 2101)


class ScoreAsked(Asked, kw_only=True, frozen=True):
    """Of which year, by default this one; *congress* where somebody held mandates in several."""

    __ids__ = ("congress",)

    year: Year | None = None
    congress: Id = ""


class ScoresAsked(Paged, kw_only=True, frozen=True):
    """Whose scores: of which congress's deputies, and of which year, by default this one."""

    __ids__ = ("congress",)

    congress: Id
    year: Year | None = None


class YearToAssess(Given, kw_only=True, frozen=True):
    """Whose year is assessed: that of a congress's deputies."""

    __ids__ = ("congress",)

    congress: Id


@operation("GET", "/scores", summary="List the rules of points", tag=TAG, problems=(500,))
async def list_score_rules(desk: Desk, asked: Day) -> Page[ScoreRuleShown]:
    """List the rules of points that enabled practices offer, each with its lines and grades as they stand on a day."""
    return Page(items=list(await desk.ask(listing.rules, asked.on)), after="")


@operation("GET", "/people/{person_id:str}/scores/{rule:str}", summary="Show a score", tag=TAG, problems=(500,))
async def show_score(desk: Desk, person_id: str, rule: str, asked: ScoreAsked) -> PersonScore:
    """Show somebody's points of a year down to every record, to the person and the offices.

    Points are in hundredths. Each record is scored by the rule of its own day; *formulas* name the versions. *vetoes*
    say what withholds a title; *exposure*, beside which a score is read, how long somebody was in office and what was
    offered.
    """
    return await desk.ask(scoring.score_of, person_id, rule, *_days(desk, asked.year), asked.congress)


@operation("GET", "/scores/{rule:str}", summary="List scores", tag=TAG, problems=(500,))
async def list_scores(desk: Desk, rule: str, asked: ScoresAsked) -> Page[PersonScore]:
    """List the points of a congress's deputies in a year, by name and never by points, to the offices."""
    every = await desk.ask(scoring.scores_of, rule, *_days(desk, asked.year), asked.congress)
    return _paged(every, asked)


@operation(
    "POST",
    "/scores/{rule:str}/{year:str}/assess",
    summary="Assess a year",
    tag=TAG,
    status=200,
    problems=(422, 500),
)
async def assess_year(desk: Desk, rule: str, year: str, data: YearToAssess) -> Assessed:
    """Keep everybody's result of a year that is over, as duty records that name the versions of the rule.

    Done again, it corrects what comes out otherwise and changes nothing else; what people decided upon an appeal stays.
    """
    return await desk.do(scoring.assess, rule, _numbered(year), data.congress)


def _days(desk: Desk, year: int | None) -> tuple[dt.date, dt.date]:
    """Give the first and last day of a year; by default the one that it is."""
    year = year or desk.tenant.today.year
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def _numbered(year: str) -> int:
    """Read a year of the path; what is none is not there."""
    if not (year.isascii() and year.isdigit() and len(year) == len(str(YEARS[0])) and int(year) in YEARS):
        raise NotFound("there is no such year")
    return int(year)


def _paged(every: tuple[PersonScore, ...], asked: ScoresAsked) -> Page[PersonScore]:
    """Cut a page out of a list; *after* is the person that the page before ended with."""
    begin = 0
    if asked.after:
        last = bodies.check_id(asked.after, "after")
        begin = next((n for n, one in enumerate(every, 1) if one.person == last), -1)
        if begin < 0:
            raise Invalid("after: give what the page before gave", field="after")
    shown = every[begin : begin + asked.size]
    return Page(items=list(shown), after=shown[-1].person if begin + asked.size < len(every) else "")


HANDLERS = (list_score_rules, show_score, list_scores, assess_year)
