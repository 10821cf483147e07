"""Chromium, headless: what a reader's browser makes of our pages, with the fonts that our papers are printed in."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import manimgx_fonts_cjk
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.debian import program

PACKAGE = "chromium"
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{cache}</cachedir></fontconfig>
"""
"""Whatever fonts a machine has, pages are measured with the same ones."""
PHONE, SMALL, DESK = (390, 844), (320, 640), (1366, 900)
MODES = [("std", "light"), ("large", "light"), ("xlarge", "light"), ("std", "dark")]
WORDS = re.compile("系统异常|操作成功|请输入正确|格式错误|非法")
"""What no page says. Source: our own list, after 国务院办公厅 on plain words."""
MEASURE = """() => {
  const found = [], seen = e => { const b = e.getBoundingClientRect(); return b.width > 1 && b.height > 1; };
  const least = parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--tap'));
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) found.push('the page is wider than the window');
  for (const e of document.querySelectorAll('body *')) {
    if (!seen(e)) continue;
    const box = e.getBoundingClientRect();
    const told = (e.innerText || (e.matches('[type=radio], [type=checkbox]') ? '' : e.value) || '').trim().slice(0, 20);
    const style = getComputedStyle(e);
    if (box.right > width + 0.5 && box.left >= 0) found.push(`beyond the window: <${e.tagName}> ${told}`);
    if (told && parseFloat(style.fontSize) < 14) found.push(`text under 14 px: <${e.tagName}> ${told}`);
    if (e.scrollWidth > e.clientWidth + 1 && style.overflowX !== 'visible' && e.tagName !== 'INPUT')
      found.push(`text cut off: <${e.tagName}> ${told}`);
    const alone = 'button, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), '
      + 'textarea, select, .btn, .top a, .back, .rows a, '
      + '.whole, .choice';
    if (e.matches(alone) && box.height < least - 0.5) found.push(`target of ${box.height} px: <${e.tagName}> ${told}`);
  }
  return found;
}"""
"""What no checker of accessibility looks for: overflow, text too small or cut off, targets too small for a thumb."""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests of a module; while it is open, nothing else of the thread may run a loop of its own."""
    folder = tmp_path_factory.mktemp("browser")
    cjk = Path(next(iter(manimgx_fonts_cjk.__path__)))
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS.format(folder=cjk, cache=folder / "cache"), "utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=program(PACKAGE, PACKAGE),
            env={**os.environ, "FONTCONFIG_FILE": str(fonts), "HOME": str(folder)},
        )
        yield browser
        browser.close()


@contextmanager
def windows(browser: Browser, *addresses: str) -> Iterator[Any]:
    """Open windows as people have them; whatever the browser complains of, or asks of another address, is a failure."""
    opened: list[BrowserContext] = []
    told: list[str] = []

    def window(size: tuple[int, int] = PHONE, text: str = "std", scheme: Any = "light", *, script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, java_script_enabled=script
        )
        context.add_cookies([{"name": "renda-size", "value": text, "url": address} for address in addresses])
        context.set_default_timeout(60_000)
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda r: told.append(r.url) if not r.url.startswith(addresses) else None)
        return page

    yield window
    for context in opened:
        context.close()
    # That a refusal is answered with 4xx, browsers write down by themselves.
    assert [line for line in told if "the server responded with a status of 4" not in line] == []


def press(page: Page, name: str, what: Any = "button") -> None:
    """Press a button, or follow a link, and wait for the page that it leads to.

    A click alone returns while the old page still stands, or none: whoever then measures, measures the wrong one.
    """
    with page.expect_navigation():
        page.get_by_role(what, name=name, exact=what == "button").click()


def key(page: Page, name: str) -> None:
    """Press a key that leads to another page, and wait for it."""
    with page.expect_navigation():
        page.keyboard.press(name)


def measured(page: Page) -> list[str]:
    """Measure a page as it stands; give what is wrong."""
    found: list[str] = page.evaluate(MEASURE)
    return found


def judged(page: Page) -> list[str]:
    """Let axe judge a page by WCAG 2.2 A and AA and its best practices; give what is wrong."""
    from axe_playwright_python.sync_playwright import Axe

    told: dict[str, Any] = Axe().run(page).response
    return [f"{one['id']}: {one['help']}: {[n['html'][:200] for n in one['nodes']]}" for one in told["violations"]]


def fits(page: Page, name: str) -> None:
    """Let both judges look at a page as it stands."""
    assert measured(page) == [], name
    assert judged(page) == [], name
    assert not WORDS.search(page.inner_text("body")), name
