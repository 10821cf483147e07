"""Voters' pages in a real browser: what a phone, an old eye, a keyboard and a page without JavaScript make of them."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
import uvicorn
from litestar.testing import TestClient
from tests.browser import chromium

from renda_core.workspace import Home
from renda_server.app import create_app
from renda_server.settings import Settings

from . import prepared, voters
from .conftest import NOW, OVER, WANG, Site

__all__ = ["chromium"]
pytestmark = pytest.mark.xdist_group("browser")
PHONE, SMALL, DESK = (390, 844), (320, 640), (1366, 900)
MODES = [("std", "light"), ("large", "light"), ("xlarge", "light"), ("std", "dark")]
WORDS = re.compile("系统异常|操作成功|请输入正确|格式错误|非法")
"""What no page says. Source: our own list, after 国务院办公厅 on plain words."""


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
    settings = Settings(home=home, now=lambda: NOW)
    app = create_app(settings)
    with TestClient(app, base_url=OVER, raise_server_exceptions=False) as client:
        site = Site(home, two_counties[1], app, client)
        prepared.fill(site)
        ids = voters.furnish(site)
    config = uvicorn.Config(create_app(settings), port=0, access_log=False, log_config=None, lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Live(url=f"http://127.0.0.1:{port}", ids=ids)
    server.should_exit = True
    thread.join()
