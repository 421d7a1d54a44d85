"""The description of our own API, told to whoever builds on it (OpenAPI 3.1)."""

import asyncio
from typing import Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.providers.dialect import JSON_TYPE
from wattfare_desktop.system.resources import resource_root

FILE: Final = "openapi.json"


async def describe(request: BaseRequest) -> web.StreamResponse:  # noqa: ARG001 - a route
    """Answer GET /wattfare/v1/openapi.json with the file as it lies; it wants no access."""
    # Read for each, since hardly anyone asks.
    body = await asyncio.to_thread((resource_root() / FILE).read_bytes)
    return web.Response(body=body, content_type=JSON_TYPE, headers={"Cache-Control": "no-cache"})
