"""Asking providers what is left, and the ports of this machine who listens there."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import FundingId
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.gateway.json_body import BadJson, read_json
from wattfare_desktop.gateway.upstream import Upstream, UpstreamFailed, read_bounded
from wattfare_desktop.providers.balances import read_balance
from wattfare_desktop.providers.catalogue import Catalogue, Provider
from wattfare_desktop.wallet.lookout import Neighbour
from wattfare_desktop.wallet.routing import LiveFunding

_PATIENCE_S: Final = 15.0
_NEAR_S: Final = 1.5
_ANSWER_BYTES_MAX: Final = 1024 * 1024
_OK: Final = 200


class HttpLookout:
    """Asks over HTTP, with a key where one is meant for whom it asks."""

    def __init__(self, upstream: Upstream, catalogue: Catalogue) -> None:
        self._upstream = upstream
        self._catalogue = catalogue

    async def balance(self, funding: LiveFunding) -> Nanos:
        """Return what the provider says is left there. Raises UserFacingError."""
        provider = funding.provider
        if provider.balance_shape is None:
            raise UserFacingError(
                f"{provider.name} does not tell programs what is left",
                "Look on its page, and give the balance that it shows.",
            )
        answer = await self._asked(funding, provider.balance_path, _PATIENCE_S)
        told = None if answer is None else read_balance(provider.balance_shape, answer)
        if told is None:
            raise UserFacingError(
                f"{provider.name} did not say what is left, in dollars",
                "This key may not be allowed to ask. Give the balance that its page shows.",
            )
        return told

    async def neighbours(self) -> Sequence[Neighbour]:
        """Return the model servers that answer on this machine, in the catalogue's order."""
        near = [provider for provider in self._catalogue if provider.landmark is not None]
        found = await asyncio.gather(*(self._is_there(provider) for provider in near))
        return [
            Neighbour(provider=provider.id, name=provider.name, base_url=provider.base_url)
            for provider, is_there in zip(near, found, strict=True)
            if is_there
        ]

    async def _is_there(self, provider: Provider) -> bool:
        landmark = provider.landmark
        assert landmark is not None
        # No key: whoever listens there has yet to say who it is.
        root = LiveFunding(
            id=FundingId(""),
            provider=provider,
            base_url=f"http://127.0.0.1:{landmark.port}",
            key=None,
        )
        answer = await self._asked(root, landmark.path, _NEAR_S)
        return isinstance(answer, dict) and landmark.member in answer

    async def _asked(self, funding: LiveFunding, path: str, patience_s: float) -> Any:
        """Return the JSON that is answered; None where there is none."""
        try:
            async with asyncio.timeout(patience_s):
                answer = await self._upstream.get(funding, path)
                try:
                    body = await read_bounded(answer, _ANSWER_BYTES_MAX)
                finally:
                    answer.release()
            return read_json(body) if answer.status == _OK else None
        except (UpstreamFailed, BadJson, TimeoutError):
            return None
