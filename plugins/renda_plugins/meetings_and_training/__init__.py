"""会议、列席与培训: meetings, invitations and training."""

from renda_core import hookimpl

__all__ = ["hookimpl"]
