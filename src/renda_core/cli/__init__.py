"""The command ``renda``: everything the library does, for people at a terminal and for scripts.

Modules of commands import what is heavy inside the command that needs it, so that ``renda --help`` answers at once.
"""

from renda_core import redaction
from renda_core.cli import (
    account_powers,
    attachments,
    ballot_casting,
    ballot_counts,
    ballot_exports,
    ballot_files,
    ballot_mending,
    ballot_opening,
    ballots,
    configuring,
    duty,
    duty_checking,
    duty_scores,
    exchanging,
    exporting,
    following,
    hosting,
    importing,
    keys,
    ledgers,
    moving,
    pages,
    practices,
    privacy,
    providers,
    receivers,
    reminding,
    rules,
    running,
    searching,
    setting_up,
    signs,
    suggestions,
    tenants,
    tokens,
    trustees,
    upkeep,
    verifying,
    witness,
)
from renda_core.cli.root import renda

for _command in (
    tenants.init,
    tenants.tenant,
    hosting.operator,
    rules.rules,
    rules.compare,
    configuring.config,
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
    receivers.deliver,
    upkeep.calendar,
    upkeep.journal,
    witness.witnesses,
    attachments.file,
    keys.keys,
    privacy.privacy,
    account_powers.account,
    providers.provider,
    receivers.receiver,
    tokens.token,
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
for _command in (*hosting.COMMANDS, *moving.COMMANDS):
    tenants.tenant.add_command(_command)
for _command in witness.JOURNAL:
    upkeep.journal.add_command(_command)
for _command in (*duty_checking.COMMANDS, duty_scores.score, duty_scores.assess):
    duty.duty.add_command(_command)


def main() -> None:
    """Run the command line."""
    redaction.install()
    renda()


__all__ = ["main", "renda"]
