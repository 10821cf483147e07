"""The libraries that count elections too, in an environment of their own, which make installs the first time."""

from collections.abc import Iterator

import pytest
from benchmarks.peers import Peers


@pytest.fixture(scope="session")
def peers() -> Iterator[Peers]:
    """One process in which the peers answer."""
    with Peers() as started:
        yield started
