"""Which models the wallet can pay for, as the providers themselves list them.

The same free call tells whether a key is good, so asking about a key stands here too.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from wattfare_desktop.core.identifiers import MINUTE_MS, FundingId, Instant, later
from wattfare_desktop.gateway.json_body import BadJson, read_json
from wattfare_desktop.gateway.upstream import Upstream, UpstreamFailed, read_bounded
from wattfare_desktop.providers.dialect import ModelListing
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.funding import KeyVerdict
from wattfare_desktop.wallet.prices import Prices
from wattfare_desktop.wallet.routing import LiveFunding

_FRESH_MS: Final = 10 * MINUTE_MS
_LISTING_BYTES_MAX: Final = 8 * 1024 * 1024
_PROBE_S: Final = 15.0
_OK: Final = 200
_KEY_REFUSED: Final = frozenset({401, 403})


class Listings:
    """Asks providers for their models, seldom."""

    def __init__(self, upstream: Upstream, prices: Prices, clock: Clock) -> None:
        self._upstream = upstream
        self._prices = prices
        self._clock = clock
        self._kept: dict[FundingId, tuple[Instant, tuple[ModelListing, ...]]] = {}

    async def models(self, fundings: Sequence[LiveFunding]) -> list[ModelListing]:
        """Return every model that is offered and has a price, as ``provider/model``.

        A provider that does not answer is left out.
        """
        listed = await asyncio.gather(*(self._of(funding) for funding in fundings))
        return [row for rows in listed for row in rows]

    async def _of(self, funding: LiveFunding) -> tuple[ModelListing, ...]:
        if not funding.provider.models_path:
            return ()
        now = self._clock.now()
        kept = self._kept.get(funding.id)
        if kept is not None and now < later(kept[0], _FRESH_MS):
            return kept[1]
        try:
            rows = await self._ask(funding)
        except (UpstreamFailed, BadJson, TimeoutError):
            return ()
        self._kept[funding.id] = (now, rows)
        return rows

    async def _ask(self, funding: LiveFunding) -> tuple[ModelListing, ...]:
        book = await self._prices.book()
        async with asyncio.timeout(_PROBE_S):
            answer = await self._upstream.get(funding, funding.provider.models_path)
            try:
                body = await read_bounded(answer, _LISTING_BYTES_MAX)
            finally:
                answer.release()
        if answer.status != _OK:
            # Not to be kept as a list of none.
            raise UpstreamFailed("The provider did not list its models.", sent=True)
        parsed = read_json(body)
        now, provider = self._clock.now(), funding.provider
        return tuple(
            ModelListing(id=f"{provider.id}/{name}", owned_by=provider.id, created=created)
            for name, created in _rows(parsed)
            if book.price(provider.price_id, name, now) is not None
        )


class KeyCheck:
    """Asks a provider about a key with a call that costs nothing."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def probe(self, funding: LiveFunding) -> KeyVerdict:
        """Return what the provider says. Only a plain no (401, 403) is a refusal."""
        if not funding.provider.key_check_path:
            return KeyVerdict.UNKNOWN
        try:
            async with asyncio.timeout(_PROBE_S):
                answer = await self._upstream.get(funding, funding.provider.key_check_path)
        except (UpstreamFailed, TimeoutError):
            return KeyVerdict.UNKNOWN
        answer.close()
        if answer.status in _KEY_REFUSED:
            return KeyVerdict.REFUSED
        return KeyVerdict.ACCEPTED if answer.status == _OK else KeyVerdict.UNKNOWN


def _rows(parsed: Any) -> list[tuple[str, int]]:
    if not isinstance(parsed, dict):
        return []
    if "models" in parsed:
        return _gemini_rows(parsed["models"])
    rows = parsed.get("data")
    return [
        (row["id"], _created_s(row))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict) and isinstance(row.get("id"), str)
    ]


def _created_s(row: dict[str, Any]) -> int:
    """Return when a model came out: OpenAI tells seconds, Anthropic a date; 0 where none does."""
    created, date = row.get("created"), row.get("created_at")
    if isinstance(created, int):
        return created
    try:
        return int(datetime.fromisoformat(date).timestamp()) if isinstance(date, str) else 0
    except (ValueError, OverflowError):
        return 0


def _gemini_rows(rows: Any) -> list[tuple[str, int]]:
    return [
        (row["name"].removeprefix("models/"), 0)
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict) and isinstance(row.get("name"), str)
    ]
