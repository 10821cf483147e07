"""A county's own provider: who comes back from it is believed once, here, and only what it signed itself."""

from __future__ import annotations

import base64
import hmac
import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey
from litestar.testing import TestClient

from renda_core.domain.case import Actor
from renda_core.services.accounts import providers
from renda_core.services.accounts.providers import Provider
from renda_core.workspace import Home, clock
from renda_server.app import create_app
from renda_server.settings import Settings
from renda_server.transport import networks

from .conftest import NAMES, OVER, Site
from .opening import SECRET, Liar, free_port, liar, provider, through
from .visitors import Visitor, done, invited, member

ADMIN = Actor(id="job:tests", roles="admin")
BACK = f"{OVER}/enter/qing/back/sso"


@pytest.fixture
def site(two_counties: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[Site]:
    """A server by today's clock, whose operator has a provider on this very machine."""
    home = Home(path=Path(shutil.copytree(two_counties[0], tmp_path / "home")), now=clock)
    app = create_app(Settings(home=home, names=NAMES, now=clock, outbound=networks("127.0.0.0/8")))
    with TestClient(app, base_url=OVER, raise_server_exceptions=False) as client:
        yield Site(home, two_counties[1], app, client)


@pytest.fixture(scope="module")
def real() -> Iterator[str]:
    """A real provider, for both counties."""
    with provider(BACK, f"{OVER}/enter/bai/back/sso") as issuer:
        yield issuer


@pytest.fixture
def lying() -> Iterator[Liar]:
    """A provider that lies as it is told."""
    with liar() as made:
        yield made


def trust(site: Site, issuer: str, code: str = "qing", **more: Any) -> None:
    """Let a county trust a provider."""
    wanted = Provider(**{"name": "sso", "title": "政务统一认证", "issuer": issuer, "client": "renda", **more})
    with site.open(code) as county:
        county.do(providers.put, ADMIN, wanted, SECRET)


def tie(site: Site, issuer: str, account: str, subject: str = "subject-1", code: str = "qing") -> None:
    """Let the provider mean an account."""
    wanted = Provider(name="sso", title="政务统一认证", issuer=issuer, client="renda")
    with site.open(code) as county:
        county.do(providers.tie, ADMIN, wanted, subject, account)


def gone(her: Visitor, county: str = "qing") -> str:
    """Go to the provider; give its address."""
    went = her.get(f"/enter/{county}/with/sso")
    assert went.status_code == 303, went.text
    address: str = went.headers["Location"]
    return address


def asked(address: str) -> dict[str, str]:
    """Read what an address asks."""
    return dict(parse_qsl(urlsplit(address).query))


def lied(her: Visitor, lying: Liar, county: str = "qing", **more: str) -> Any:
    """Go to the liar and come back."""
    told = asked(gone(her, county))
    lying.nonce, lying.now = told["nonce"], int(time.time())
    return her.get(f"/enter/{county}/back/sso?{urlencode({'code': 'x', 'state': told['state'], **more})}")


def test_a_real_provider_signs_in_whom_it_means(site: Site, real: str) -> None:
    trust(site, real)
    tie(site, real, member(site, "wangfang"))
    her = Visitor(site)
    assert "政务统一认证" in her.get("/enter/qing").text
    address = gone(her)
    told = asked(address)
    assert (told["response_type"], told["scope"], told["code_challenge_method"]) == ("code", "openid", "S256")
    assert told["redirect_uri"] == BACK
    [flags] = her.raw
    assert flags.startswith("__Host-renda-provider=")
    for said in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600"):
        assert said in flags
    came = her.get(through(address))
    assert (came.status_code, came.headers.get("Location")) == (303, "/account"), came.text
    assert her.get("/account").status_code == 200
    assert "已绑定" in her.get("/account").text
    assert done(site)[-1] == "account.entered"


def test_whom_the_provider_knows_and_nobody_tied_is_told_what_to_do(site: Site, real: str) -> None:
    trust(site, real)
    tie(site, real, member(site, "wangfang"))
    before = done(site)
    stranger = Visitor(site)
    came = stranger.get(through(gone(stranger), "subject-2"))
    assert (came.status_code, "还没有绑定您的账号" in came.text) == (401, True)
    assert "__Host-renda" not in stranger.cookies
    assert done(site) == before


def test_an_address_that_brings_somebody_back_is_worth_nothing_twice_or_elsewhere(site: Site, real: str) -> None:
    trust(site, real)
    tie(site, real, member(site, "wangfang"))
    her, thief = Visitor(site), Visitor(site)
    back = through(gone(her))
    stolen = thief.get(back)
    assert (stolen.status_code, "请再试一次" in stolen.text) == (400, True)
    assert thief.cookies == {}
    late = her.get(back)  # the thief used it up: nobody comes in by it any more
    assert late.status_code == 400
    back = through(gone(her))
    assert her.get(back).status_code == 303
    again = Visitor(site, cookies=dict(her.cookies))
    assert again.get(back).status_code == 400
    planted = through(gone(thief))  # somebody is to be signed in as the thief, without knowing it
    victim = Visitor(site)
    assert victim.get(planted).status_code == 400
    gone(victim)
    assert victim.get(planted).status_code == 400
    assert "__Host-renda" not in victim.cookies


def test_the_county_next_door_trusts_nobody_for_it(site: Site, real: str) -> None:
    trust(site, real)
    trust(site, real, "bai")
    tie(site, real, member(site, "wangfang"))
    her = Visitor(site)
    came = her.get(through(gone(her, "bai")))
    assert (came.status_code, "还没有绑定您的账号" in came.text) == (401, True)
    back = through(gone(her))
    moved = her.get(back.replace("/enter/qing/", "/enter/bai/"))
    assert moved.status_code == 400
    assert "__Host-renda" not in her.cookies
    assert her.get("/enter/bai/with/nobody").status_code == 404
    assert her.get("/enter/qing/back/nobody?state=x&code=y").status_code == 400


def test_whoever_went_away_there_is_led_back_to_the_door(site: Site, real: str) -> None:
    trust(site, real)
    her = Visitor(site)
    came = her.get(through(gone(her), refuses=True))
    assert (came.status_code, "没有登录成" in came.text) == (401, True)


def test_whoever_has_signed_in_ties_it_themselves_and_unties_it(site: Site, real: str) -> None:
    trust(site, real)
    member(site, "wangfang")
    member(site, "lilei")
    her, him = Visitor(site), Visitor(site)
    her.sign_in("wangfang")
    him.sign_in("lilei")
    asking = her.post("/account/providers/sso", {"act": "tie"})
    assert asking.status_code == 200
    address = re.search(r'href="(http://127[^"]+)"', asking.text)
    assert address is not None
    back = through(address[1].replace("&amp;", "&"))
    kept = her.cookies["__Host-renda-provider"]
    him.cookies["__Host-renda-provider"] = kept
    assert him.get(back).status_code == 401  # hers: it is tied to nobody else's account
    asking = her.post("/account/providers/sso", {"act": "tie"})
    address = re.search(r'href="(http://127[^"]+)"', asking.text)
    assert address is not None
    came = her.get(through(address[1].replace("&amp;", "&")))
    assert (came.status_code, came.headers["Location"]) == (303, "/account")
    assert "已绑定" in her.get("/account").text
    fresh = Visitor(site)
    assert fresh.get(through(gone(fresh))).status_code == 303
    asking = him.post("/account/providers/sso", {"act": "tie"})
    address = re.search(r'href="(http://127[^"]+)"', asking.text)
    assert address is not None
    taken = him.get(through(address[1].replace("&amp;", "&")))
    assert (taken.status_code, "已经绑定了别的账号" in taken.text) == (409, True)
    assert her.post("/account/providers/sso", {"act": "untie"}).status_code == 303
    fresh = Visitor(site)
    assert fresh.get(through(gone(fresh))).status_code == 401
    assert [what for what in done(site) if what.startswith("provider.")] == [
        "provider.trusted", "provider.tied", "provider.untied",
    ]  # fmt: skip


def test_an_invitation_is_accepted_by_the_provider_alone(site: Site, real: str) -> None:
    trust(site, real)
    new = invited(site, "王芳", roles="deputy")
    her = Visitor(site)
    page = her.get(f"/enter/qing/invitation?ticket={new.ticket}")
    assert "以后都用政务统一认证登录" in page.text
    asking = her.post("/enter/qing/invitation/sso", {"ticket": new.ticket})
    address = re.search(r'href="(http://127[^"]+)"', asking.text)
    assert address is not None
    came = her.get(through(address[1].replace("&amp;", "&"), "subject-9"))
    assert (came.status_code, came.headers.get("Location")) == (303, "/account"), came.text
    assert "人大代表" in her.get("/account").text
    fresh = Visitor(site)
    assert fresh.get(through(gone(fresh), "subject-9")).status_code == 303
    late = her.post("/enter/qing/invitation/sso", {"ticket": new.ticket})
    assert late.status_code == 410


def test_a_second_factor_is_asked_for_after_the_provider_too(site: Site, real: str) -> None:
    from renda_core.services.accounts import second

    trust(site, real)
    id = member(site, "wangfang")
    tie(site, real, id)
    import pyotp

    with site.open() as county:
        begun = county.do(second.begin, ADMIN, id)
        county.do(second.confirm, ADMIN, id, begun.ticket, pyotp.TOTP(begun.secret).now())
    her = Visitor(site)
    came = her.get(through(gone(her)))
    assert (came.status_code, "第二步验证" in came.text) == (200, True)
    assert "__Host-renda" not in her.cookies


def test_a_suspended_account_is_not_let_in_by_its_provider(site: Site, real: str) -> None:
    from renda_core.services.accounts import people

    trust(site, real)
    id = member(site, "wangfang")
    tie(site, real, id)
    with site.open() as county:
        county.do(people.suspend, ADMIN, id, 1, "调离")
    her = Visitor(site)
    assert her.get(through(gone(her))).status_code == 401


def test_where_the_provider_is_down_a_password_still_opens(site: Site) -> None:
    trust(site, f"http://127.0.0.1:{free_port()}")
    member(site, "wangfang")
    her = Visitor(site)
    down = her.get("/enter/qing/with/sso")
    assert (down.status_code, "“政务统一认证”暂时连不上" in down.text) == (503, True)
    assert "用口令登录" in down.text
    assert her.sign_in("wangfang").headers["Location"] == "/account"


def other_key(lying: Liar) -> None:
    """Sign with a key that the provider does not show, under the name of one that it does."""
    lying.signer = RSAKey.generate_key(2048, {"kid": "one"})


def unknown_key(lying: Liar) -> None:
    """Sign with a key that nobody shows."""
    lying.signer = RSAKey.generate_key(2048, {"kid": "two"})
    lying.header = {"alg": "RS256", "kid": "two"}


def unsigned(lying: Liar) -> None:
    """Do not sign at all."""
    lying.token = ".".join((_part({"alg": "none"}), _part(_claims(lying)), ""))


def by_our_secret(lying: Liar) -> None:
    """Sign with the secret that we share."""
    lying.signer, lying.header, lying.algorithms = OctKey.import_key(SECRET), {"alg": "HS256"}, ["HS256"]


def by_its_public_key(lying: Liar) -> None:
    """Sign with the key that everybody sees, as if it were a secret."""
    said = f"{_part({'alg': 'HS256', 'kid': 'one'})}.{_part(_claims(lying))}"
    proof = hmac.digest(lying.key.as_pem(private=False), said.encode(), "sha256")
    lying.token = f"{said}.{base64.urlsafe_b64encode(proof).rstrip(b'=').decode()}"


def by_its_own_shared_key(lying: Liar) -> None:
    """Show a shared secret among the public keys."""
    shared = OctKey.generate_key(256, {"kid": "three"})
    lying.published = [*lying.published, shared.as_dict(private=True)]
    lying.signer, lying.header, lying.algorithms = shared, {"alg": "HS256", "kid": "three"}, ["HS256"]


def tampered(lying: Liar) -> None:
    """Change a token after it was signed."""
    lying.claims = {"sub": "subject-2"}
    head, body, proof = lying.made().split(".")
    told = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    lying.token = ".".join((head, _part({**told, "sub": "subject-1"}), proof))


def odd(lying: Liar) -> None:
    """Give no token at all."""
    lying.token = "no token"  # noqa: S105 - it is none


def key_within(lying: Liar) -> None:
    """Bring the key along within the token."""
    own = ECKey.generate_key("P-256")
    lying.signer, lying.algorithms = own, ["ES256"]
    lying.header = {"alg": "ES256", "jwk": own.as_dict(private=False)}


def _part(told: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()


def _claims(lying: Liar) -> dict[str, Any]:
    return {
        "iss": lying.issuer, "sub": "subject-1", "aud": "renda", "nonce": lying.nonce,
        "iat": lying.now, "exp": lying.now + 300,
    }  # fmt: skip


@pytest.mark.parametrize(
    "how",
    [
        other_key,
        unknown_key,
        unsigned,
        by_our_secret,
        by_its_public_key,
        by_its_own_shared_key,
        tampered,
        odd,
        key_within,
    ],
)
def test_what_the_provider_did_not_sign_is_worth_nothing(site: Site, lying: Liar, how: Any) -> None:
    trust(site, lying.issuer)
    tie(site, lying.issuer, member(site, "wangfang"))
    her = Visitor(site)
    told = asked(gone(her))
    lying.nonce, lying.now = told["nonce"], int(time.time())
    how(lying)
    came = her.get(f"/enter/qing/back/sso?{urlencode({'code': 'x', 'state': told['state']})}")
    assert (came.status_code, "没有登录成" in came.text) == (401, True)
    assert "__Host-renda" not in her.cookies
    lying.reset()
    assert lied(her, lying).status_code == 303


HOUR = 3_600
WRONG: list[dict[str, Any]] = [
    {"iss": "https://evil.example"},
    {"iss": None},
    {"aud": "another"},
    {"aud": ["another"]},
    {"aud": None},
    {"aud": ["renda", "another"]},  # for whom, nobody says
    {"aud": ["renda", "another"], "azp": "another"},
    {"azp": "another"},
    {"nonce": "another"},
    {"nonce": None},
    {"exp": int(time.time()) - HOUR},
    {"exp": None},
    {"exp": "soon"},
    {"iat": int(time.time()) + HOUR},
    {"iat": None},
    {"nbf": int(time.time()) + HOUR},
    {"sub": None},
    {"sub": ""},
    {"sub": 1},
    {"sub": ["subject-1"]},
    {"sub": "x" * 300},
]


@pytest.mark.parametrize("claims", WRONG, ids=[f"{n}-{'-'.join(c)}" for n, c in enumerate(WRONG)])
def test_a_token_for_somebody_else_is_worth_nothing(site: Site, lying: Liar, claims: dict[str, Any]) -> None:
    trust(site, lying.issuer)
    tie(site, lying.issuer, member(site, "wangfang"))
    her = Visitor(site)
    lying.claims = claims
    came = lied(her, lying)
    assert came.status_code == 401
    assert "__Host-renda" not in her.cookies


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": 7},
        {"jwks_uri": "file:///etc/passwd"},
    ],
)
def test_who_does_not_describe_itself_as_a_provider_is_asked_nothing(site: Site, lying: Liar, metadata: Any) -> None:
    trust(site, lying.issuer)
    lying.metadata = metadata
    down = Visitor(site).get("/enter/qing/with/sso")
    assert (down.status_code, "暂时连不上" in down.text) == (503, True)


def test_a_provider_cannot_be_taken_for_another(site: Site, lying: Liar) -> None:
    trust(site, lying.issuer)
    tie(site, lying.issuer, member(site, "wangfang"))
    lying.metadata = {"authorization_response_iss_parameter_supported": True}
    assert lied(Visitor(site), lying).status_code == 401
    assert lied(Visitor(site), lying, iss="https://evil.example").status_code == 401
    assert lied(Visitor(site), lying, iss=lying.issuer).status_code == 303
    proof = [form["code_verifier"] for path, form in lying.asked if path == "/token"]
    assert (len(proof), len(set(proof))) == (1, 1)
    assert len(proof[0]) >= 43


def test_what_a_provider_says_of_itself_is_asked_once_and_new_keys_are_found(site: Site, lying: Liar) -> None:
    trust(site, lying.issuer)
    tie(site, lying.issuer, member(site, "wangfang"))
    for _ in range(3):
        assert lied(Visitor(site), lying).status_code == 303
    paths = [path for path, _ in lying.asked]
    assert [paths.count(p) for p in ("/.well-known/openid-configuration", "/keys", "/token")] == [1, 1, 3]
    lying.key = RSAKey.generate_key(2048, {"kid": "two"})
    lying.reset()
    lying.header = {"alg": "RS256", "kid": "two"}
    assert lied(Visitor(site), lying).status_code == 401  # keys are asked for once a minute at most
    [known] = site.app.state.providers()._known.values()
    known.keys_at = float("-inf")
    assert lied(Visitor(site), lying).status_code == 303
    assert [path for path, _ in lying.asked].count("/keys") == 1


def test_another_claim_may_say_who_somebody_is(site: Site, lying: Liar) -> None:
    trust(site, lying.issuer, claim="employee_no")
    wanted = Provider(name="sso", title="x", issuer=lying.issuer, client="renda", claim="employee_no")
    id = member(site, "wangfang")
    with site.open() as county:
        county.do(providers.tie, ADMIN, wanted, "20260007", id)
    lying.claims = {"employee_no": 20260007, "sub": "whoever"}
    assert lied(Visitor(site), lying).status_code == 303


def test_under_another_issuer_the_same_words_mean_nobody(site: Site, lying: Liar) -> None:
    id = member(site, "wangfang")
    trust(site, "https://before.example")
    tie(site, "https://before.example", id)
    trust(site, lying.issuer, version=1)
    assert lied(Visitor(site), lying).status_code == 401


@pytest.mark.parametrize(
    "issuer",
    ["http://127.1:{port}", "http://localhost:{port}", "http://[::ffff:127.0.0.1]:{port}", "http://0x7f000001:{port}"],
)
def test_a_provider_within_is_asked_by_no_server_whose_operator_did_not_say_so(
    site: Site, lying: Liar, issuer: str
) -> None:
    trust(site, issuer.format(port=lying.server_port))
    app = create_app(Settings(home=site.home, names=NAMES, now=clock))
    with TestClient(app, base_url=OVER, raise_server_exceptions=False) as client:
        her = Visitor(Site(site.home, site.tokens, app, client))
        assert her.get("/enter/qing/with/sso").status_code == 503
    assert lying.asked == []
