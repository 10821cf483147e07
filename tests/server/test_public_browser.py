"""Voters' pages in a real browser: what a phone, an old eye, a keyboard and a page without JavaScript make of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from litestar.testing import TestClient
from playwright.sync_api import Browser, Error, Page, expect
from tests.browser import DESK, MODES, PHONE, SMALL, chromium, fits, key, press, windows

from renda_core.workspace import Home
from renda_server.app import create_app
from renda_server.settings import Settings

from . import prepared, voters
from .conftest import NAMES, NOW, OVER, WANG, Site
from .served import served

__all__ = ["chromium"]
pytestmark = pytest.mark.xdist_group("browser")


@attrs.frozen(kw_only=True)
class Live:
    """A server that listens, and what to ask it for."""

    url: str
    ids: dict[str, Any]

    @property
    def pages(self) -> dict[str, str]:
        """Name the pages that anybody may open."""
        county = f"{self.url}/public/qing"
        return {
            "stations": county,
            "searched": f"{county}?text=%E7%9F%B3%E6%A1%A5",
            "none found": f"{county}?text=zzz",
            "station": f"{county}/stations/{voters.CODE}",
            "home": f"{county}/stations/{voters.HOME}",
            "deputy": f"{county}/deputies/{WANG}",
            "follow": f"{county}/follow",
            "nowhere": f"{county}/nothing",
            "unknown county": f"{self.url}/public/zzz",
        }


@pytest.fixture(scope="module")
def live(two_counties: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A county whose stations everybody can see, served as it is in earnest."""
    home = Home(path=Path(shutil.copytree(two_counties[0], tmp_path_factory.mktemp("live") / "home")), now=lambda: NOW)
    settings = Settings(names=NAMES, home=home, now=lambda: NOW)
    app = create_app(settings)
    with TestClient(app, base_url=OVER, raise_server_exceptions=False) as client:
        site = Site(home, two_counties[1], app, client)
        prepared.fill(site)
        ids = voters.furnish(site)
        ids |= {f"code {n}": voters.code(site, voters.answered(site)) for n in range(4)}
    with served(create_app(settings), lifespan="on") as port:
        yield Live(url=f"http://127.0.0.1:{port}", ids=ids)


@pytest.fixture
def visit(chromium: Browser, live: Live) -> Iterator[Any]:
    """Open a window as somebody has it; everything that the browser complains of fails the test."""
    with windows(chromium, live.url) as window:
        yield window


def matter(page: Page, live: Live, code: str) -> None:
    """Type a code."""
    page.goto(live.pages["follow"])
    page.get_by_label("查询码").fill(code)
    press(page, "查询")


@pytest.mark.parametrize(("text", "scheme"), MODES)
def test_every_page_fits_a_phone_and_everybody_s_eyes(visit: Any, live: Live, text: str, scheme: str) -> None:
    page = visit(PHONE, text, scheme)
    for url in live.pages.values():
        page.goto(url)
        fits(page, page.url)
    matter(page, live, "ABCD")
    fits(page, page.url)
    matter(page, live, live.ids["followed_code"])
    fits(page, page.url)
    press(page, "提交评价")
    fits(page, page.url)
    page.get_by_label("未解决", exact=True).check()
    page.get_by_role("textbox").fill("灯又坏了，晚上看不见路")
    press(page, "提交评价")
    expect(page.get_by_role("heading", level=1)).to_have_text("请核对您的评价")
    fits(page, page.url)


@pytest.mark.parametrize(("size", "text"), [(SMALL, "std"), (SMALL, "xlarge"), (DESK, "std"), (DESK, "large")])
def test_every_page_fits_the_smallest_phone_and_a_desk(visit: Any, live: Live, size: Any, text: str) -> None:
    page = visit(size, text)
    for url in live.pages.values():
        page.goto(url)
        fits(page, page.url)
    matter(page, live, live.ids["followed_code"])
    fits(page, page.url)


def test_from_the_wall_to_the_judgement_without_javascript(visit: Any, live: Live) -> None:
    page = visit(script=False)
    page.goto(live.pages["station"])
    expect(page.get_by_text("下次接待")).to_contain_text("1月22日（周四） 09:00—11:00")
    press(page, "王芳", "link")
    expect(page.get_by_role("heading", level=1)).to_have_text("王芳代表")
    press(page, "城关镇石桥村联络站", "link")
    press(page, "凭查询码查办理进度", "link")
    press(page, "查询")
    assert page.title().startswith("错误：")
    assert page.locator(":focus").get_attribute("role") == "alert"
    page.get_by_role("alert").get_by_role("link").click()
    page.get_by_label("查询码").fill(live.ids["code 0"].replace("-", "").lower())
    press(page, "查询")
    expect(page.get_by_role("heading", level=1)).to_have_text("办理进度")
    assert live.ids["code 0"] not in page.url
    press(page, "长辈版")
    assert page.locator("html").get_attribute("data-size") == "large"
    expect(page.get_by_text("楼道灯已于1月19日修好")).to_be_visible()
    page.get_by_label("未解决", exact=True).check()
    press(page, "提交评价")
    assert page.title().startswith("错误：")
    page.get_by_role("textbox").fill("灯又坏了")
    press(page, "提交评价")
    press(page, "返回修改")
    page.get_by_role("textbox").fill("灯又坏了，晚上看不见路")
    press(page, "提交评价")
    expect(page.get_by_text("灯又坏了，晚上看不见路")).to_be_visible()
    press(page, "提交评价")
    expect(page.get_by_role("heading", level=1)).to_have_text("评价已收到，谢谢您")
    matter(page, live, live.ids["code 0"])
    expect(page.get_by_text("您的评价")).to_be_visible()
    expect(page.get_by_role("button", name="提交评价")).to_have_count(0)


def test_whoever_is_content_needs_two_clicks_and_no_word(visit: Any, live: Live) -> None:
    page = visit()
    matter(page, live, live.ids["code 1"])
    page.get_by_label("基本解决").check()
    press(page, "提交评价")
    expect(page.get_by_role("status")).to_contain_text("基本解决")
    fits(page, page.url)
    matter(page, live, live.ids["code 1"])
    expect(page.get_by_role("button", name="提交评价")).to_have_count(0)


def test_a_keyboard_alone_is_enough_and_shows_where_it_is(visit: Any, live: Live) -> None:
    page = visit()
    page.goto(live.pages["follow"])
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到主要内容")
    key(page, "Enter")
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("id", "code")
    page.keyboard.type(live.ids["code 2"])
    key(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("办理进度")
    for _ in range(5):
        page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("value", "solved")
    page.keyboard.press("Space")
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring == "solid"
    key(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("评价已收到，谢谢您")


def test_a_page_is_light_and_asks_little(visit: Any, live: Live) -> None:
    for url in live.pages.values():
        page = visit()
        got: list[int] = []
        page.on("response", lambda r, got=got: got.append(len(r.body()) if r.ok else 0))
        page.goto(url)
        assert len(got) <= 5
        assert sum(got) < 40_000


def test_choosing_a_size_goes_round_and_stays(visit: Any, live: Live) -> None:
    page = visit(script=False)
    page.goto(live.pages["searched"])
    for name, size in (("长辈版", "large"), ("特大字", "xlarge"), ("标准字", "std")):
        press(page, name)
        assert (page.url, page.locator("html").get_attribute("data-size")) == (live.pages["searched"], size)
    press(page, "长辈版")
    page.goto(live.pages["deputy"])
    assert page.locator("html").get_attribute("data-size") == "large"


def test_what_is_printed_has_no_buttons(visit: Any, live: Live) -> None:
    page = visit(DESK)
    page.emulate_media(media="print")
    page.goto(live.pages["station"])
    expect(page.get_by_role("button", name="长辈版")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_page_behind_a_code_is_not_kept_by_the_browser(visit: Any, live: Live) -> None:
    page = visit()
    matter(page, live, live.ids["code 3"])
    page.goto(live.pages["stations"])
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # a person is asked whether to send the code again
        page.go_back()
