"""Fetching the newest prices, as genai-prices publishes them."""

import asyncio
from typing import Final

import aiohttp

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.gateway.upstream import Upstream, UpstreamFailed, read_bounded
from wattfare_desktop.system.newer_prices import BYTES_MAX

PRICES_URL: Final = (
    "https://raw.githubusercontent.com/pydantic/genai-prices/refs/heads/main"
    "/prices/new_data/v2/data.json"
)
_PATIENCE_S: Final = 60.0
_OK: Final = 200


class HttpPriceSource:
    """One file at one address; nothing is told there but that somebody asks for it."""

    def __init__(self, upstream: Upstream, url: str = PRICES_URL) -> None:
        self._upstream = upstream
        self._url = url

    async def fetch(self) -> bytes:
        """Return the file. Raises UserFacingError where it is not to be had."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                answer = await self._upstream.fetch(self._url)
                try:
                    return await self._read(answer)
                finally:
                    answer.release()
        except (UpstreamFailed, TimeoutError):
            raise _unavailable("It could not be reached, or its answer broke off.") from None

    async def _read(self, answer: aiohttp.ClientResponse) -> bytes:
        if answer.status != _OK:
            raise _unavailable(f"It answered with status {answer.status}.")
        return await read_bounded(answer, BYTES_MAX)


def _unavailable(why: str) -> UserFacingError:
    return UserFacingError(
        "The newest prices are not to be had now",
        f"They are published at raw.githubusercontent.com. {why}",
    )
