"""Chromium, headless: what a reader's browser makes of our pages, with the fonts that our papers are printed in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import manimgx_fonts_cjk
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.debian import program

PACKAGE = "chromium"
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{cache}</cachedir></fontconfig>
"""
"""Whatever fonts a machine has, pages are measured with the same ones."""
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


def measured(page: Page) -> list[str]:
    """Measure a page as it stands; give what is wrong."""
    found: list[str] = page.evaluate(MEASURE)
    return found


def judged(page: Page) -> list[str]:
    """Let axe judge a page by WCAG 2.2 A and AA and its best practices; give what is wrong."""
    from axe_playwright_python.sync_playwright import Axe

    told: dict[str, Any] = Axe().run(page).response
    return [f"{one['id']}: {one['help']}: {[n['html'][:200] for n in one['nodes']]}" for one in told["violations"]]
