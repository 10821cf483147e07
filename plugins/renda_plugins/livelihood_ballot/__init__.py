"""民生实事项目人大代表票决制: in three stages and six steps from what people propose to what the congress got.

征集, 初定, 审议, 票决, 监督, 评估; with the vote on the method (票决办法) first, the vote on the projects by it, the
advisory vote of a street, what may be changed afterwards and by whom, and the four clears (四个清) to print.

Source: article 001; 组织法 14, 25, 29; 选举法 43, 44 by analogy; 浙江, 陕西, 重庆, 景洪 as each setting names them.
"""

from collections.abc import Iterator

from renda_core import hookimpl
from renda_core.records import BallotKind, CaseRecord, DayRule, Page, Role, Watch
from renda_plugins.livelihood_ballot import ballots, calls, course, intake, methods, states, voting
from renda_plugins.livelihood_ballot import pages as four_clears
from renda_plugins.livelihood_ballot.fields import KIND
from renda_plugins.livelihood_ballot.settings import Settings


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer projects and methods."""
    yield Role(name="party_committee", title="同级党委")
    yield from states.records()
    yield from intake.records()
    yield from voting.records()
    yield from course.records()
    yield from methods.records()


@hookimpl
def register_ballots() -> Iterator[BallotKind]:
    """Offer the votes."""
    yield from ballots.kinds()


@hookimpl
def register_calendar() -> Iterator[DayRule]:
    """Say when proposals are called for."""
    yield DayRule(
        name="livelihood_call", title="民生实事征集", days=calls.call_days, who="office deputy government presidium"
    )


@hookimpl
def register_watches() -> Iterator[Watch]:
    """Open the parts of projects that were split."""
    yield Watch(name="part", kind=KIND, find=calls.parts)


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show the four clears."""
    yield from four_clears.pages()
