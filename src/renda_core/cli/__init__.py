"""The command ``renda``: everything the library does, for people at a terminal and for scripts.

Modules of commands import what is heavy inside the command that needs it, so that ``renda --help`` answers at once.
"""

from renda_core.cli import importing, ledgers, running, setting_up, suggestions, tenants, upkeep
from renda_core.cli.root import renda

for _command in (
    tenants.init,
    tenants.tenant,
    tenants.rules,
    tenants.plugins,
    importing.template,
    importing.import_,
    suggestions.suggestion,
    ledgers.ledger,
    ledgers.overdue,
    ledgers.search,
    ledgers.report,
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
