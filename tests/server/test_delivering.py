"""Events as receivers get them: signed, in order, each county's its own, none lost, and nowhere inside."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from click.testing import CliRunner
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from tests.hosted import Service, service
from tests.listening import Answer, Hit, Listener, listener

from renda_core.cli import renda
from renda_core.errors import NotFound
from renda_core.services.hosting import acts
from renda_core.services.hosting.directory import Suspended
from renda_core.workspace import Home
from renda_server import delivering as sending
from renda_server import outbound
from renda_server.delivering import UNREACHED, Sent
from renda_server.outbound import Outbound

from .telling import EAST, WEST, Post, words

__all__ = ["listener", "service"]


@pytest.fixture
def post(service: Service) -> Post:
    return Post(service)


# -- what a receiver gets


def test_an_event_is_signed_as_the_standard_says(post: Post, listener: Listener, monkeypatch: Any) -> None:
    secret = post.put(EAST, f"{listener.url}renda?of=east")
    post.happen(EAST, "石桥")
    assert post.deliver() == (Sent(code="east", events=1), Sent(code="platform"), Sent(code="west"))
    (hit,) = listener.hits
    assert (hit.method, hit.path, hit.headers["content-type"]) == ("POST", "/renda?of=east", "application/json")
    told = json.loads(hit.body)
    assert (told["type"], told["tenant"], told["data"]) == ("test.happened", "east", {"word": "石桥"})
    assert told["timestamp"].startswith("2026-01-20T")
    # by hand, as a receiver without any library would
    signed = b"%b.%b.%b" % (hit.headers["webhook-id"].encode(), hit.headers["webhook-timestamp"].encode(), hit.body)
    digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert hit.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert int(hit.headers["webhook-timestamp"]) == int(post.service.home.now().timestamp())
    # and by the standard's own library, whose clock is the machine's
    post.service.home = Home(path=post.service.home.path)
    post.happen(EAST, "路灯")
    post.deliver("east")
    assert Webhook(secret).verify(listener.hits[1].body, listener.hits[1].headers)["data"] == {"word": "路灯"}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(listener.hits[1].body + b" ", listener.hits[1].headers)
    assert post.deliver("east") == (Sent(code="east"),)


def test_what_is_not_answered_with_success_comes_again_under_the_same_id(post: Post, listener: Listener) -> None:
    post.put(EAST, listener.url)
    post.happen(EAST, "一", "二")
    listener.judge = lambda _: (200, {}, b"") if len(listener.hits) != 1 else (503, {"Retry-After": "3600"}, b"")
    (sent,) = post.deliver("east")
    assert sent == Sent(code="east", events=1, failed=("oa: it answered 503",))
    row = post.row(EAST)
    assert (row.failures, (row.again_at - post.service.home.now()).total_seconds()) == (1, 3600)
    assert post.deliver("east") == (Sent(code="east"),)
    post.put(EAST, listener.url, version=1)  # whoever changed it need not wait
    assert post.deliver("east") == (Sent(code="east", events=1),)
    assert words(listener.hits) == ["一", "二", "二"]
    ids = [hit.headers["webhook-id"] for hit in listener.hits]
    assert ids[0] != ids[1] == ids[2]


def test_one_that_is_gone_is_told_no_more(post: Post, listener: Listener) -> None:
    post.put(EAST, listener.url)
    post.happen(EAST, "一")
    listener.answer = (410, {}, b"")
    assert post.deliver("east")[0].failed == ("oa: it answered 410; it is told no more",)
    assert not post.row(EAST).active
    assert ("receiver.given_up", "job:deliver") in post.service.entries(EAST)


def test_one_that_fails_keeps_no_other_waiting(post: Post, listener: Listener) -> None:
    post.put(EAST, "http://127.0.0.1:9/", "down")
    post.put(EAST, listener.url, "up")
    post.put(WEST, listener.url)
    post.happen(EAST, "东")
    post.happen(WEST, "西")
    east, _, west = post.deliver()
    assert (east.events, west.events) == (1, 1)
    assert east.failed == ("down: 127.0.0.1 cannot be connected to",)
    assert post.row(EAST, "down").trouble == UNREACHED  # nobody maps the service's network by receivers


def test_a_slow_receiver_keeps_no_other_county_waiting_and_its_turn_has_an_end(
    post: Post, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "TURN", 2.0)
    post.put(EAST, f"{listener.url}east")
    post.put(WEST, f"{listener.url}west")
    post.happen(EAST, *(str(n) for n in range(20)))
    post.happen(WEST, *(str(n) for n in range(20)))

    def slow(hit: Hit) -> Answer:
        if hit.path == "/east":
            time.sleep(0.3)
        return 200, {}, b""

    listener.judge = slow
    east, _, west = post.deliver()
    assert 0 < east.events < 20
    assert west.events == 20
    assert [hit.path for hit in listener.hits][-1] == "/east"  # the other did not wait for its end
    monkeypatch.undo()
    assert post.deliver("east")[0].events == 20 - east.events
    assert words([hit for hit in listener.hits if hit.path == "/east"]) == [str(n) for n in range(20)]


# -- each county's its own


def test_no_county_is_told_of_another(post: Post, listener: Listener) -> None:
    east, west = post.put(EAST, f"{listener.url}east"), post.put(WEST, f"{listener.url}west")
    for n in range(30):
        post.happen(EAST, f"CANARY-EAST-{n}")
        post.happen(WEST, f"CANARY-WEST-{n}")
    post.service.home = Home(path=post.service.home.path)
    post.deliver()
    whose = {path: [hit for hit in listener.hits if hit.path == path] for path in ("/east", "/west")}
    assert [len(hits) for hits in whose.values()] == [30, 30]
    for path, mine, other in (("/east", east, west), ("/west", west, east)):
        for hit in whose[path]:
            assert f"CANARY-{path[1:].upper()}" in hit.body.decode()
            assert Webhook(mine).verify(hit.body, hit.headers)["tenant"] == path[1:]
            with pytest.raises(WebhookVerificationError):
                Webhook(other).verify(hit.body, hit.headers)


def test_a_county_that_is_not_served_is_told_of_by_nobody(post: Post, listener: Listener) -> None:
    post.put(EAST, listener.url)
    post.happen(EAST, "一")
    post.service.act(acts.suspend, EAST, "未续约")
    with pytest.raises(Suspended):
        post.deliver("east")
    with pytest.raises(NotFound):
        post.deliver("north")
    assert [one.code for one in post.deliver()] == ["platform", "west"]
    assert listener.connections == 0


# -- nowhere inside


@pytest.mark.parametrize(
    "host", ["127.1", "[::ffff:127.0.0.1]", "0x7f000001", "localhost", "169.254.169.254", "100.64.0.1"]
)
def test_no_event_is_sent_inside(post: Post, listener: Listener, host: str) -> None:
    for scheme in ("http", "https"):
        post.put(EAST, f"{scheme}://{host}:{listener.server_port}/", scheme)
    post.happen(EAST, "一")
    (sent,) = post.deliver("east", networks=())
    assert sent.events == 0
    assert len(sent.failed) == 2
    assert all("is not asked" in why for why in sent.failed)
    assert {post.row(EAST, scheme).trouble for scheme in ("http", "https")} == {UNREACHED}
    assert listener.connections == 0


def test_a_name_that_answers_otherwise_later_and_a_redirect_lead_nowhere(
    post: Post, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = [["93.184.215.14"], ["127.0.0.1"]]
    tried: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        return rounds.pop(0) if len(rounds) > 1 else rounds[0]

    async def connected(_: Any, request: Any) -> Any:
        tried.append(request.url.host)
        raise outbound.httpx.ConnectError("nobody there")

    made = Outbound.__init__
    monkeypatch.setattr(Outbound, "__init__", lambda self, *a, **kw: made(self, *a, **{**kw, "resolve": resolve}))
    post.put(EAST, f"https://rebinding.example:{listener.server_port}/")
    post.happen(EAST, "一")
    with monkeypatch.context() as patch:
        patch.setattr(outbound.httpx.AsyncHTTPTransport, "handle_async_request", connected)
        post.deliver("east", networks=())
    assert tried == ["93.184.215.14"]
    assert listener.connections == 0
    monkeypatch.setattr(Outbound, "__init__", made)
    listener.answer = (302, {"Location": f"{listener.url}elsewhere"}, b"")
    post.put(WEST, listener.url)
    post.happen(WEST, "二")
    (sent,) = post.deliver("west")
    assert sent.failed == ("oa: 127.0.0.1 sends the request elsewhere; nothing is asked there",)
    assert [hit.path for hit in listener.hits] == ["/"]


# -- commands


def test_commands_keep_receivers_and_tell_them(post: Post, listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    service = post.service
    monkeypatch.setenv("RENDA_HOME", str(service.home.path))
    monkeypatch.setenv("RENDA_OUTBOUND_NETWORKS", "127.0.0.0/8")
    if service.database:
        monkeypatch.setenv("RENDA_DATABASE", service.database)

    def run(*line: str) -> Any:
        return CliRunner().invoke(renda, line)

    made = run("--json", "receiver", "put", "east", "oa", "--url", listener.url, "--event", "test.*")
    assert made.exit_code == 0, made.output
    secret = json.loads(made.stdout)["secret"]
    post.service.home = Home(path=service.home.path)
    post.happen(EAST, "一")
    post.happen(EAST, "二", name="other.thing")
    told = run("deliver", "east")
    assert (told.exit_code, told.stdout) == (0, "events told 已发送: 1\n")
    assert Webhook(secret).verify(listener.hits[0].body, listener.hits[0].headers)["data"] == {"word": "一"}
    listener.answer = (500, {}, b"")
    post.happen(EAST, "三")
    told = run("deliver")
    assert told.exit_code == 1
    assert "east: oa: it answered 500" in told.stdout
    shown = run("receiver", "list", "east")
    assert "it answered 500" in shown.stdout
    assert secret not in shown.stdout
    again = run("receiver", "put", "east", "oa", "--off")
    assert "secret" not in again.stdout
    (stands,) = json.loads(run("--json", "receiver", "list", "east").stdout)["receivers"]
    assert (stands["url"], stands["events"], stands["active"]) == (listener.url, ["test.*"], False)
    assert run("receiver", "put", "east", "new").exit_code == 1  # nobody knows where
    assert run("receiver", "remove", "east", "oa").exit_code == 0
    refused = run("receiver", "put", "east", "OA", "--url", "here")
    assert refused.exit_code == 1
    assert "small letters" in refused.output
