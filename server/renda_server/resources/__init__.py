"""The operations, a module for each resource; what is listed here is served and described."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from renda_server.resources import (
    ballot_papers,
    ballots,
    cases,
    configuration,
    counting,
    duty,
    exports,
    health,
    imports,
    interchange,
    lists,
    mandates,
    mending,
    notices,
    offices,
    papers,
    practice,
    public,
    roster,
    scores,
    sessions,
    signs,
    voting,
)

HANDLERS: tuple[HTTPRouteHandler, ...] = (
    *cases.HANDLERS,
    *imports.HANDLERS,
    *exports.HANDLERS,
    *papers.HANDLERS,
    *interchange.HANDLERS,
    *lists.HANDLERS,
    *practice.HANDLERS,
    *roster.HANDLERS,
    *sessions.HANDLERS,
    *mandates.HANDLERS,
    *duty.HANDLERS,
    *scores.HANDLERS,
    *ballots.HANDLERS,
    *voting.HANDLERS,
    *counting.HANDLERS,
    *mending.HANDLERS,
    *ballot_papers.HANDLERS,
    *notices.HANDLERS,
    *offices.HANDLERS,
    *configuration.HANDLERS,
    *signs.HANDLERS,
    *public.HANDLERS,
)
"""Everything below ``/api``; a new module's handlers are added here."""
OPEN: tuple[HTTPRouteHandler, ...] = health.HANDLERS
"""What needs no token."""
