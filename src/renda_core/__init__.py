"""renda: deputies, voters, suggestions and ballots of People's Congresses, and the hooks for local practice."""

from typing import TYPE_CHECKING, Any

from renda_core.domain.case import Actor
from renda_core.hookspecs import hookimpl
from renda_core.settings import setting

if TYPE_CHECKING:
    from renda_core.workspace import Home, Workspace, open_tenant

__all__ = ["Actor", "Home", "Workspace", "hookimpl", "open_tenant", "setting"]
_LATER = ("Home", "Workspace", "open_tenant")


def __getattr__(name: str) -> Any:
    """Load the store only when it is wanted: a plugin needs nothing of it."""
    if name in _LATER:
        from renda_core import workspace

        return getattr(workspace, name)
    raise AttributeError(f"module 'renda_core' has no attribute {name!r}")
