"""Many made-up requests to every operation, by every role; with ``RENDA_SOAK=1`` for long."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.server import conftest
from tests.server.test_schemathesis import attack

if TYPE_CHECKING:
    from tests.server.conftest import Site

site, two_counties = conftest.site, conftest.two_counties
LONG = os.environ.get("RENDA_SOAK") == "1"
ROLES = ("overseer", *(role for role in ("office", "wang", "li", "roads") if LONG))
EXAMPLES = 100 if LONG else 1
"""A short share always; the long rounds with ``RENDA_SOAK=1``."""


@pytest.mark.parametrize("role", ROLES)
def test_no_made_up_request_finds_a_defect(site: Site, role: str) -> None:
    assert attack(site, (role,), EXAMPLES) > 100
    assert site.verify().whole
