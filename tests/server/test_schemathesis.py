"""Every operation under made-up requests, right and wrong: no defect, and every answer as it is described."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import hypothesis
import requests
import schemathesis
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from .conftest import OVER
from .prepared import furnish

if TYPE_CHECKING:
    from .conftest import Site

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ROLES = ("office", "roads")
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
PUBLIC = "/public/"
THEIRS = ("王芳", "城东选区", "城东代表团")
"""What stands in the first county, and in no request that is made up."""
BOARD = "/api/public/{county}/stations"
FREE = ("/healthz", BOARD, f"{BOARD}/{{station}}", f"{BOARD}/{{station}}/calendar.ics")
"""What takes nothing that could be wrong: no token, no question, and any word as a name."""
EXAMPLES = 2
"""Of each operation and role; the long run tries many more."""


def attack(site: Site, ids: dict[str, str], roles: tuple[str, ...], examples: int, seed: int = 2026) -> int:
    """Send made-up requests to every operation as somebody of each role; answer how many were sent."""
    sent = 0
    schema = schemathesis.openapi.from_dict(site.client.get("/schema/openapi.json").json())
    for role in roles:
        headers = {"Authorization": f"Bearer {site.tokens[role]}"}
        for found in schema.get_all_operations():
            operation = found.ok()
            for mode in MODES if operation.path not in FREE else MODES[:1]:
                sent += one(site, operation, mode, headers, ids, examples, seed)
    return sent


def send(site: Site, case: Case, headers: dict[str, str]) -> httpx.Response:
    """Send a request as it is, through the server that runs; what no HTTP client can send at all, is left out.

    Some are made up without the token: they must not be anybody's whose cookie an earlier one left behind.
    """
    site.client.cookies.clear()
    ready = requests.Request(**case.as_transport_kwargs(base_url=OVER, headers=headers)).prepare()
    body = ready.body.encode() if isinstance(ready.body, str) else ready.body
    return site.client.request(str(ready.method), str(ready.url), headers=dict(ready.headers), content=body)


def one(
    site: Site, operation: Any, mode: Any, headers: dict[str, str], ids: dict[str, str], examples: int, seed: int
) -> int:
    """Try one operation."""
    sent = 0

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples, deadline=None, database=None, phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def sends(case: Case) -> None:
        nonlocal sent
        sent += 1
        if sent % 2 and mode is schemathesis.GenerationMode.POSITIVE:  # half of them reach what is there
            case.path_parameters = {n: ids.get(n, v) for n, v in (case.path_parameters or {}).items()}
        answer = send(site, case, headers)
        case.validate_response(answer, checks=CHECKS)
        if headers["Authorization"].endswith(site.tokens["other"]) and PUBLIC not in operation.path:
            assert not [told for told in THEIRS if told in answer.text], operation.path

    sends()
    return sent


def test_made_up_requests_find_no_defect(site: Site) -> None:
    assert attack(site, furnish(site), ROLES, EXAMPLES) > 400
    assert site.verify().whole


def test_another_county_learns_nothing_and_changes_nothing(site: Site) -> None:
    """Half of its requests carry the first county's ids."""
    ids = furnish(site)
    before = site.verify()
    assert attack(site, ids, ("other",), EXAMPLES) > 200
    assert site.verify() == before
    assert site.verify("bai").whole
