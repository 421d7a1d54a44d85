"""Providers are asked what is left; the usual ports of this machine, who listens there."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from tests.support.tls import no_trust
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import FundingId
from wattfare_desktop.gateway.lookout import HttpLookout
from wattfare_desktop.gateway.upstream import Upstream
from wattfare_desktop.providers.catalogue import (
    BalanceShape,
    Catalogue,
    Landmark,
    Provider,
    parse_catalogue,
)
from wattfare_desktop.vault.secret import Secret
from wattfare_desktop.wallet.routing import LiveFunding

ROW = '[[providers]]\nid = "near"\nname = "Near"\nbase = "http://127.0.0.1:9/v1"'
KEY = "sk-lookout-0123456789"


class Far:
    """A server that answers each path as a test wrote down."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.seen: list[tuple[str, str | None]] = []
        self.port = 0

    async def handle(self, request: web.BaseRequest) -> web.Response:
        self.seen.append((request.path, request.headers.get("Authorization")))
        status, body = self.answers.get(request.path, (404, b"{}"))
        return web.Response(status=status, body=body, content_type="application/json")


@pytest.fixture
async def far() -> AsyncIterator[Far]:
    far = Far()
    runner = web.ServerRunner(web.Server(far.handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    far.port = runner.addresses[0][1]
    yield far
    await runner.cleanup()


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    upstream = Upstream(no_trust)
    await upstream.start()
    yield upstream
    await upstream.stop()


def provider(**changes: Any) -> Provider:
    (row,) = parse_catalogue(ROW)
    return replace(row, **changes)


def landmark(far: Far, path: str, member: str) -> Landmark:
    return Landmark(port=far.port, path=path, member=member)


async def test_who_answers_as_it_does_is_found(far: Far, upstream: Upstream) -> None:
    far.answers["/props"] = (200, b'{"default_generation_settings": {}}')
    far.answers["/version"] = (200, b'["version"]')
    far.answers["/broken"] = (200, b"{")
    catalogue = Catalogue(
        [
            provider(landmark=landmark(far, "/props", "default_generation_settings")),
            provider(id="other", landmark=landmark(far, "/props", "backends")),
            provider(id="listing", landmark=landmark(far, "/version", "version")),
            provider(id="broken", landmark=landmark(far, "/broken", "x")),
            provider(id="missing", landmark=landmark(far, "/missing", "x")),
            provider(id="nobody", landmark=Landmark(port=9, path="/props", member="x")),
            provider(id="far-away"),
        ]
    )
    (found,) = await HttpLookout(upstream, catalogue).neighbours()
    assert (found.provider, found.base_url) == ("near", "http://127.0.0.1:9/v1")
    assert {authorization for _, authorization in far.seen} == {None}


def funding(far: Far, **changes: Any) -> LiveFunding:
    row = provider(balance_path="/user/balance", balance_shape=BalanceShape.DEEPSEEK, **changes)
    return LiveFunding(
        id=FundingId("funding_1"),
        provider=row,
        base_url=f"http://127.0.0.1:{far.port}",
        key=Secret(KEY),
    )


async def test_a_balance_is_asked_with_the_key_it_is_the_balance_of(
    far: Far, upstream: Upstream
) -> None:
    told = {"balance_infos": [{"currency": "USD", "total_balance": "7.50"}]}
    far.answers["/user/balance"] = (200, json.dumps(told).encode())
    lookout = HttpLookout(upstream, Catalogue([]))
    assert await lookout.balance(funding(far)) == 7_500_000_000
    assert far.seen == [("/user/balance", f"Bearer {KEY}")]


@pytest.mark.parametrize("answer", [(401, b"{}"), (200, b"{}"), (200, b"nothing"), (500, b"")])
async def test_a_provider_that_does_not_say_is_no_balance_of_zero(
    far: Far, upstream: Upstream, answer: tuple[int, bytes]
) -> None:
    far.answers["/user/balance"] = answer
    with pytest.raises(UserFacingError, match="did not say what is left") as refused:
        await HttpLookout(upstream, Catalogue([])).balance(funding(far))
    assert KEY not in str(refused.value)


async def test_one_that_tells_nobody_is_not_asked(far: Far, upstream: Upstream) -> None:
    silent = replace(funding(far), provider=provider())
    with pytest.raises(UserFacingError, match="does not tell programs"):
        await HttpLookout(upstream, Catalogue([])).balance(silent)
    assert far.seen == []
