"""Many made-up requests to every operation, by every role; with ``RENDA_SOAK=1`` for long."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from tests.server import conftest
from tests.server.prepared import furnish
from tests.server.test_schemathesis import attack

if TYPE_CHECKING:
    from tests.server.conftest import Site

site, two_counties = conftest.site, conftest.two_counties
LONG = os.environ.get("RENDA_SOAK") == "1"
ROLES = ("overseer", *(role for role in ("office", "wang", "li", "roads", "other") if LONG))
EXAMPLES = 10 if LONG else 1
"""A short share always; the long rounds with ``RENDA_SOAK=1``."""
MINUTES = 20 / len(ROLES)
"""For each role of the long rounds: twenty minutes in all."""


@pytest.mark.parametrize("role", ROLES)
def test_no_made_up_request_finds_a_defect(site: Site, role: str) -> None:
    ids, until, seed = furnish(site), time.monotonic() + 60 * MINUTES, 2026
    sent = attack(site, ids, (role,), EXAMPLES)
    while LONG and time.monotonic() < until:
        seed += 1
        sent += attack(site, ids, (role,), EXAMPLES, seed)
    print(f"{sent} requests as {role}, seeds 2026 to {seed}")
    assert sent > 100
    assert site.verify().whole
