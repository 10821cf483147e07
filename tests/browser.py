"""Chromium, headless: what a reader's browser makes of our pages, with the fonts that our papers are printed in."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import manimgx_fonts_cjk
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

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
    const told = (e.innerText || (e.matches('[type=radio]') ? '' : e.value) || '').trim().slice(0, 20);
    const style = getComputedStyle(e);
    if (box.right > width + 0.5 && box.left >= 0) found.push(`beyond the window: <${e.tagName}> ${told}`);
    if (told && parseFloat(style.fontSize) < 14) found.push(`text under 14 px: <${e.tagName}> ${told}`);
    if (e.scrollWidth > e.clientWidth + 1 && style.overflowX !== 'visible' && e.tagName !== 'INPUT')
      found.push(`text cut off: <${e.tagName}> ${told}`);
    const alone = 'button, input:not([type=hidden]):not([type=radio]), textarea, select, .btn, .top a, .back, .rows a, '
      + '.whole, .choice';
    if (e.matches(alone) && box.height < least - 0.5) found.push(`target of ${box.height} px: <${e.tagName}> ${told}`);
  }
  return found;
}"""
"""What no checker of accessibility looks for: overflow, text too small or cut off, targets too small for a thumb."""


def find() -> str:
    """Find Chromium, and install it once where this process may; else say what to install."""
    if found := shutil.which(PACKAGE):
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with (Path(tempfile.gettempdir()) / "renda-browser.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # the other processes of a test run wait for the one that installs
            if not shutil.which(PACKAGE):
                quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
                for line in (["update"], ["install", "-y", "--no-install-recommends", PACKAGE]):
                    subprocess.run(["apt-get", "-qq", *line], check=True, capture_output=True, env=quiet)  # noqa: S603, S607 - ours
        if found := shutil.which(PACKAGE):
            return found
    pytest.fail(f"a browser is needed to look at the pages: apt-get install --no-install-recommends {PACKAGE}")


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests of a module; while it is open, nothing else of the thread may run a loop of its own."""
    folder = tmp_path_factory.mktemp("browser")
    cjk = Path(next(iter(manimgx_fonts_cjk.__path__)))
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS.format(folder=cjk, cache=folder / "cache"), "utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=find(), env={**os.environ, "FONTCONFIG_FILE": str(fonts), "HOME": str(folder)}
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
