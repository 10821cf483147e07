"""The command ``renda``: everything the library does, for people at a terminal and for scripts.

Modules of commands import what is heavy inside the command that needs it, so that ``renda --help`` answers at once.
"""

from renda_core.cli import (
    exchanging,
    exporting,
    importing,
    ledgers,
    practices,
    reminding,
    rules,
    running,
    searching,
    setting_up,
    suggestions,
    tenants,
    upkeep,
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
    ledgers.ledger,
    ledgers.overdue,
    ledgers.report,
    searching.search,
    searching.people,
    searching.reindex,
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


def main() -> None:
    """Run the command line."""
    renda()


__all__ = ["main", "renda"]
