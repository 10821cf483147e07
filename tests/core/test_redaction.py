"""The last resort: whatever somebody overlooks, no line of a log holds a number, a secret or an address."""

from __future__ import annotations

import io
import logging

import pytest

from renda_core import redaction
from renda_core.services.accounts import passes
from renda_core.testing import uid

PHONE, NUMBER = "13907241234", "42129919900101123X"
SECRETS = {
    PHONE: "call {}",
    NUMBER: "id {} twice",
    passes.new(uid("tenant")): "opened with {}",
    "s3cret-pass-word": "password={}",
    "司马长弓": "voter: {}",
    "clerk@example.gov.cn": "mail to {}",
    "K7QM-2XWD": "code {}",
    "hunter22": "postgresql://renda:{}@db/renda",
    "dGhpcy1pcy1hLXNlY3JldC1vZi0zMi1ieXRlcy0hISE": "ticket {}",
}


@pytest.fixture
def heard(monkeypatch):
    """What a handler of anybody's writes, with the last resort in place."""
    before = logging.getLogRecordFactory()
    redaction.install()
    redaction.install()
    out, log = io.StringIO(), logging.getLogger("somebody.elses")
    handler = logging.StreamHandler(out)
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    yield log, out
    log.removeHandler(handler)
    logging.setLogRecordFactory(before)


@pytest.mark.parametrize("secret", SECRETS, ids=range(len(SECRETS)))
def test_it_is_struck_out_however_it_comes(heard, secret):
    log, out = heard
    line = SECRETS[secret]
    log.info(line.format(secret))
    log.warning(line.replace("{}", "%s"), secret)
    try:
        raise ValueError(line.format(secret))
    except ValueError:
        log.exception("it failed")
        log.error("again", exc_info=True)
    told = out.getvalue()
    assert secret not in told
    assert redaction.STRUCK in told
    assert "ValueError at " in told
    assert "test_redaction.py" in told


@pytest.mark.parametrize(
    "line",
    [
        "defect 0198a000-0000-7000-8000-00000000000a: KeyError at x.py:12 f",
        "tenant tonghe cannot be opened: no tenant",
        "Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)",
        "2026-01-20 12 entries, head 66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        "",
    ],
)
def test_what_is_nobodys_stays_readable(line):
    assert redaction.redacted(line) == line


def test_a_line_that_cannot_be_written_is_no_failure(heard):
    log, out = heard
    log.info("%d apples", PHONE)
    assert "could not be written" in out.getvalue()
    assert PHONE not in out.getvalue()


def test_a_huge_line_is_cut():
    assert len(redaction.redacted("x " * 1_000_000)) <= 20_000
