"""The description as a page: everything that it loads comes from this server, for networks without internet."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path

from litestar import Response, route
from litestar.enums import HttpMethod
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from renda_core.errors import ConfigError
from renda_server.answering import JSON
from renda_server.description import document

READ = (HttpMethod.GET, HttpMethod.HEAD)
ASSETS: Mapping[str, str] = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}
"""What the page loads of Swagger UI, with its media type."""
PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>renda</title>
<link rel="icon" type="image/png" href="/schema/favicon-32x32.png">
<link rel="stylesheet" href="/schema/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="/schema/swagger-ui-bundle.js"></script>
<script src="/schema/start.js"></script>
</body>
</html>
"""
# Without a validator: the default one is somebody else's server.
START = """SwaggerUIBundle({url: "/schema/openapi.json", dom_id: "#page", validatorUrl: null, deepLinking: true});
"""
GUARDED = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
    "X-Content-Type-Options": "nosniff",
}


def folder() -> Path:
    """Find the files of Swagger UI; the package is not loaded, it only carries them.

    Raises:
        ConfigError: It is not installed.
    """
    found = importlib.util.find_spec("swagger_ui")
    if found is None or not found.submodule_search_locations:
        raise ConfigError("the page of the description is missing", "install it: pip install 'renda[server]'")
    return Path(found.submodule_search_locations[0]) / "static"


@route("/schema/openapi.json", http_method=READ, sync_to_thread=False, media_type=JSON)
def openapi() -> Response[bytes]:
    """Give the description."""
    return Response(document(), media_type=JSON, headers={"Cache-Control": "no-cache"})


@route("/schema", http_method=READ, sync_to_thread=False)
def page() -> Response[str]:
    """Show the description."""
    return Response(PAGE, media_type="text/html; charset=utf-8", headers=GUARDED)


@route("/schema/{name:str}", http_method=READ, sync_to_thread=True)
def asset(name: FromPath[str]) -> Response[bytes]:
    """Give one file that the page loads."""
    if name == "start.js":
        return Response(START.encode(), media_type="text/javascript", headers=GUARDED)
    if name not in ASSETS:
        raise NotFoundException
    return Response((folder() / name).read_bytes(), media_type=ASSETS[name], headers=GUARDED)


HANDLERS = (openapi, page, asset)
