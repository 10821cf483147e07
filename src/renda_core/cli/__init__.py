"""The command ``renda``: everything the library does, for people at a terminal and for scripts.

Modules of commands import what is heavy inside the command that needs it, so that ``renda --help`` answers at once.
"""

from renda_core.cli import (
    ballot_casting,
    ballot_counts,
    ballot_exports,
    ballot_files,
    ballot_mending,
    ballot_opening,
    ballots,
    duty,
    duty_checking,
    duty_scores,
    exchanging,
    exporting,
    following,
    importing,
    ledgers,
    pages,
    practices,
    reminding,
    rules,
    running,
    searching,
    setting_up,
    signs,
    suggestions,
    tenants,
    trustees,
    upkeep,
    verifying,
)
from renda_core.cli.root import renda

for _command in (
    tenants.init,
    tenants.tenant,
    rules.rules,
    rules.compare,
    tenants.plugins,
    practices.plugin,
    practices.procedure,
    importing.template,
    importing.import_,
    exporting.export,
    exporting.columns,
    exchanging.popolo,
    exchanging.feed,
    exchanging.session,
    suggestions.suggestion,
    ballots.ballot,
    trustees.trustee,
    ledgers.ledger,
    ledgers.overdue,
    ledgers.report,
    pages.page,
    searching.search,
    searching.people,
    searching.reindex,
    signs.station,
    duty.duty,
    following.code,
    searching.similar,
    reminding.days,
    reminding.notices,
    upkeep.sweep,
    upkeep.calendar,
    upkeep.journal,
    running.token,
    running.serve,
    running.demo,
    setting_up.doctor,
    setting_up.upgrade,
    setting_up.completion,
):
    renda.add_command(_command)
for _command in (
    ballot_opening.open_,
    ballot_casting.cast,
    ballot_counts.enter,
    ballot_counts.withdraw,
    ballot_counts.bundles,
    ballot_counts.differences,
    ballot_counts.count,
    ballot_counts.declare,
    ballot_mending.annul,
    ballot_mending.appoint,
    ballot_exports.export,
    ballot_exports.recount,
    ballot_exports.tally,
    ballot_files.rehearse,
    ballot_files.box,
    ballot_files.board,
    ballot_files.result,
    verifying.verify,
    ballot_files.print_,
):
    ballots.ballot.add_command(_command)
for _command in (*duty_checking.COMMANDS, duty_scores.score, duty_scores.assess):
    duty.duty.add_command(_command)


def main() -> None:
    """Run the command line."""
    renda()


__all__ = ["main", "renda"]
