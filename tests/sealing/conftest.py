"""Fixtures for the sealed box."""

from __future__ import annotations

import pytest
from tests.sealing.hall import Hall, hall


@pytest.fixture
def vote() -> Hall:
    """A vote on three subjects, each for itself, with three trustees."""
    return hall()
