"""The pages of signing in and of accounts in a real browser: by eye, by keyboard, without a script, and by a device."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import pyotp
import pytest
from litestar.testing import TestClient
from playwright.sync_api import Browser, Page, expect
from tests.browser import DESK, MODES, PHONE, SMALL, chromium, fits, key, press, windows

from renda_core.domain.case import Actor
from renda_core.services.accounts import providers
from renda_core.services.accounts.providers import Provider
from renda_core.workspace import Home, clock
from renda_server.app import create_app
from renda_server.settings import Settings

from .conftest import NAMES, OVER, Site
from .served import served
from .visitors import PASSWORD, invited, member

__all__ = ["chromium"]
pytestmark = pytest.mark.xdist_group("browser")


@attrs.frozen(kw_only=True)
class Live:
    """A server that listens, and what to ask it for.

    Attributes:
        named: Its address by a name: passkeys are bound to none without one.
    """

    url: str
    named: str
    tickets: dict[str, str]


def furnished(settings: Settings, tokens: dict[str, str]) -> dict[str, str]:
    """Give a county accounts, and a provider; give invitations that nobody has accepted."""
    app = create_app(settings)
    with TestClient(app, base_url=OVER, raise_server_exceptions=False) as client:
        site = Site(settings.home, tokens, app, client)
        member(site, "wangfang", "王芳", roles="admin office assigner")
        member(site, "lilei", "李雷", roles="deputy station")
        for login in ("passkey", "keyboard", "plain", "second"):
            member(site, login, "赵敏", roles="deputy")
        with site.open() as county:
            sso = Provider(name="sso", title="山东政务统一认证", issuer="https://sso.example", client="renda")
            county.do(providers.put, Actor(id="job:tests", roles="admin"), sso, "secret")
        return {str(n): invited(site, "欧阳建国", roles="deputy").ticket for n in range(2)}


@pytest.fixture(scope="module")
def live(two_counties: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Two counties with accounts, served as they are in earnest."""
    home = Home(path=Path(shutil.copytree(two_counties[0], tmp_path_factory.mktemp("live") / "home")), now=clock)
    settings = Settings(home=home, names=NAMES, now=clock)
    with ThreadPoolExecutor(1) as apart:  # the browser's own loop runs in this thread
        tickets = apart.submit(furnished, settings, two_counties[1]).result()
    with served(create_app(settings), lifespan="on") as port:
        yield Live(url=f"http://127.0.0.1:{port}", named=f"http://localhost:{port}", tickets=tickets)


@pytest.fixture
def visit(chromium: Browser, live: Live) -> Iterator[Any]:
    """Open a window as somebody has it; everything that the browser complains of fails the test."""
    with windows(chromium, live.url, live.named) as window:
        yield window


def sign_in(page: Page, url: str, login: str) -> None:
    """Sign in with a password."""
    page.goto(f"{url}/enter/qing")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("口令").fill(PASSWORD)
    press(page, "登录")


@pytest.mark.parametrize(
    ("size", "text", "scheme"),
    [*((PHONE, *mode) for mode in MODES), (SMALL, "xlarge", "light"), (DESK, "std", "light"), (DESK, "large", "light")],
)
def test_every_page_fits_everybody_s_eyes(visit: Any, live: Live, size: Any, text: str, scheme: str) -> None:
    page = visit(size, text, scheme)
    ticket = live.tickets["0"]
    doors = {
        "where": "/enter",
        "enter": "/enter/qing",
        "nowhere": "/enter/zzz",
        "ticket": "/enter/qing/invitation",
        "invitation": f"/enter/qing/invitation?ticket={ticket}",
        "void": "/enter/qing/invitation?ticket=x",
    }
    for name, path in doors.items():
        page.goto(live.named + path)
        fits(page, name)
    page.goto(f"{live.named}/enter/qing")
    press(page, "登录")
    fits(page, "enter-wrong")
    page.goto(f"{live.named}{doors['invitation']}")
    page.get_by_label("登录名").fill("ouyang")
    page.get_by_label("口令", exact=True).fill("12345")
    page.get_by_label("再填一遍口令").fill("12345")
    press(page, "开始使用")
    fits(page, "invitation-wrong")
    sign_in(page, live.named, "wangfang")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的账号")
    fits(page, "account")
    own = {"password": "/account/password", "totp": "/account/second", "passkeys": "/account/passkeys"}
    others = {
        "accounts": "/accounts",
        "active": "/accounts?state=active",
        "none": "/accounts?state=closed",
        "new": "/accounts/new",
    }
    for name, path in {**own, **others}.items():
        page.goto(live.named + path)
        fits(page, name)
    page.goto(f"{live.named}/account/second")
    press(page, "开始")
    fits(page, "enrolment")
    page.get_by_label("验证码").fill("1")
    press(page, "开通")
    fits(page, "enrolment-wrong")
    page.goto(f"{live.named}/accounts/new")
    page.get_by_label("姓名").fill("韩梅梅")
    press(page, "做一个邀请链接")
    fits(page, "link")
    press(page, "看这个账号", "link")
    fits(page, "one-invited")
    page.goto(f"{live.named}/accounts?state=active")
    press(page, "李雷", "link")
    fits(page, "one")
    press(page, "停用，可以再恢复")
    fits(page, "one-wrong")
    page.goto(f"{live.named}/account/providers/sso")
    fits(page, "fault")


def test_from_the_invitation_to_a_new_password_without_javascript(visit: Any, live: Live) -> None:
    page = visit(script=False)
    page.goto(f"{live.url}/enter/qing/invitation?ticket={live.tickets['1']}")
    page.get_by_label("登录名").fill("ouyang1")
    page.get_by_label("口令", exact=True).fill(PASSWORD)
    page.get_by_label("再填一遍口令").fill(PASSWORD)
    press(page, "开始使用")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的账号")
    assert live.tickets["1"] not in page.url
    press(page, "长辈版")
    assert page.locator("html").get_attribute("data-size") == "large"
    assert page.url == f"{live.url}/account"
    press(page, "口令 修改", "link")
    page.get_by_label("现在的口令").fill("wrong password")
    for label in ("新口令", "再填一遍新口令"):
        page.get_by_label(label, exact=True).fill(PASSWORD + "!")
    press(page, "换成新口令")
    assert page.title().startswith("错误：")
    assert page.locator(":focus").get_attribute("role") == "alert"
    assert PASSWORD not in page.content()
    page.get_by_role("alert").get_by_role("link").click()
    page.get_by_label("现在的口令").fill(PASSWORD)
    for label in ("新口令", "再填一遍新口令"):
        page.get_by_label(label, exact=True).fill(PASSWORD + "!")
    press(page, "换成新口令")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的账号")
    page.goto(f"{live.url}/account/passkeys")
    expect(page.get_by_text("用数字地址打开的")).to_be_visible()
    page.goto(f"{live.url}/account")
    press(page, "退出登录")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    page.goto(f"{live.url}/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录到哪个县？")
    page.get_by_label("县的代码").fill("qing")
    press(page, "下一步")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")


def test_without_a_script_a_device_is_not_asked_and_the_page_says_so(visit: Any, live: Live) -> None:
    page = visit(script=False)
    sign_in(page, live.named, "plain")
    page.goto(f"{live.named}/account/passkeys")
    expect(page.get_by_text("这个浏览器没有开")).to_be_visible()
    expect(page.get_by_role("button", name="登记")).to_have_count(0)


def test_a_keyboard_alone_signs_in_and_out(visit: Any, live: Live) -> None:
    page = visit(DESK)
    page.goto(f"{live.url}/enter/qing")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到主要内容")
    key(page, "Enter")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("id", "login")
    page.keyboard.type("keyboard")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    key(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的账号")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "退出登录":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    key(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")


def test_a_device_of_a_real_browser_is_taken_in_and_opens_the_door(visit: Any, live: Live) -> None:
    page = visit()
    driver = page.context.new_cdp_session(page)
    driver.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device = driver.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**kind, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )["authenticatorId"]
    sign_in(page, live.named, "passkey")
    press(page, "通行密钥 还没有", "link")
    page.get_by_label("给它起个名字").fill("我的手机")
    press(page, "登记")
    expect(page.get_by_role("heading", name="我的手机")).to_be_visible()
    fits(page, "passkeys-one")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("这台设备已经登记过了")).to_be_visible()
    page.goto(f"{live.named}/account")
    press(page, "退出登录")
    press(page, "用通行密钥登录")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的账号")
    press(page, "退出登录")
    sign_in(page, live.named, "passkey")
    expect(page.get_by_role("heading", level=1)).to_have_text("第二步验证")
    fits(page, "second-passkey")
    press(page, "用通行密钥")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的账号")
    press(page, "退出登录")
    driver.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_text("没有登录成")).to_be_visible()


def test_a_picture_is_read_by_a_telephone_and_its_code_opens(visit: Any, live: Live) -> None:
    page = visit()
    sign_in(page, live.url, "second")
    press(page, "手机验证码", "link")
    press(page, "开始")
    secret = page.locator("code.once").inner_text()
    page.get_by_label("验证码").fill(pyotp.TOTP(secret).now())
    press(page, "开通")
    expect(page.get_by_role("heading", level=1)).to_have_text("已经开通")
    fits(page, "codes")
    codes = page.locator("ul.once li").all_inner_texts()
    press(page, "抄好了", "link")
    press(page, "退出登录")
    sign_in(page, live.url, "second")
    fits(page, "second")
    page.get_by_label("验证码").fill("1")
    press(page, "登录")
    assert page.title().startswith("错误：")
    fits(page, "second-wrong")
    page.get_by_label("验证码").fill(codes[0].lower())
    press(page, "登录")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的账号")


def test_another_site_s_form_signs_nobody_out(visit: Any, live: Live, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    sign_in(page, live.url, "plain")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的账号")
    evil = context.new_page()
    evil.goto(f"{live.named}/schema/openapi.json")  # another site, as browsers count: another name
    evil.set_content(f'<form method="post" action="{live.url}/account/leave"><button>奖品</button></form>')
    with evil.expect_navigation() as went:
        evil.get_by_role("button").click()
    assert went.value.status == 403
    page.goto(f"{live.url}/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的账号")
    context.close()
