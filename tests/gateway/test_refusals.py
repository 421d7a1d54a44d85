"""What an app is told that may not spend: statuses, OpenAI's error shape, and no second try."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from tests.support.gateway_house import App, GatewayHouse, http_client, running_house
from tests.support.raw_http import ask, post
from tests.support.scripted_provider import (
    GatedStream,
    ScriptedProvider,
    completion,
    delta,
    scripted_provider,
    usage,
)
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.storage import chain

HELLO: list[Any] = [{"role": "user", "content": "Hello there"}]
BODY = b'{"model":"gpt-5-mini","messages":[{"role":"user","content":"hi"}],"max_tokens":5}'
UNKNOWN = "wf_at_" + "A" * 43


async def refused(
    house: GatewayHouse, app: App | str, *, model: str = "gpt-5-mini", **options: Any
) -> tuple[openai.APIStatusError, Sequence[httpx2.Request]]:
    """Ask by the SDK as it comes, retries and all; return its error and every request it made."""
    sent: list[httpx2.Request] = []

    async def keep(request: httpx2.Request) -> None:
        sent.append(request)

    async with (
        http_client(event_hooks={"request": [keep]}) as http,
        house.sdk(app, http_client=http) as client,
    ):
        with pytest.raises(openai.APIStatusError) as raised:
            await client.chat.completions.create(model=model, messages=HELLO, **options)
    return raised.value, sent


@pytest.mark.parametrize("streamed", [False, True])
async def test_over_the_cap_is_402_and_the_sdk_tries_once(
    house: GatewayHouse, provider: ScriptedProvider, *, streamed: bool
) -> None:
    app = await house.approve(cap="0.0001", period=Period.DAY)
    error, sent = await refused(house, app, max_tokens=100_000, stream=streamed)
    assert error.status_code == 402
    assert error.response.headers["x-should-retry"] == "false"
    assert "retry-after" not in error.response.headers
    assert (error.type, error.code) == ("insufficient_quota", "insufficient_quota")
    body = error.body
    assert isinstance(body, dict)
    assert (body["reason"], body["limit"], body["period"]) == ("exhausted", "app", "day")
    assert body["resets_at"].endswith("+00:00")
    assert "$0.0001" in body["message"]
    assert body["remedy"] in body["message"]
    assert len(sent) == 1
    assert provider.requests == []
    assert await house.calls(app) == ()


async def test_money_held_by_running_calls_is_402_with_a_time_to_wait(
    house: GatewayHouse, provider: ScriptedProvider
) -> None:
    # Room for one call of 8,000, and then for less than the shortest answer.
    app = await house.approve(cap="0.0161")
    provider.answer(gated := GatedStream([delta("Hi"), usage(9, 1), b"data: [DONE]\n\n"]))
    async with house.sdk(app) as client, asyncio.TaskGroup() as group:
        asking = group.create_task(
            client.chat.completions.create(
                model="gpt-5-mini", messages=HELLO, stream=True, max_tokens=8_000
            )
        )
        await gated.begun()
        error, sent = await refused(house, app, max_tokens=8_000)
        assert error.status_code == 402
        assert isinstance(error.body, dict)
        assert error.body["reason"] == "held"
        assert error.response.headers["retry-after"] == "5"
        assert error.response.headers["x-should-retry"] == "false"
        assert len(sent) == 1
        gated.let_all_go()
        async for _ in await asking:
            pass
    provider.answer(completion("Hello"))
    await house.settled(app)
    async with house.sdk(app) as client:
        await client.chat.completions.create(model="gpt-5-mini", messages=HELLO, max_tokens=8_000)


async def test_the_refusal_names_the_wallets_own_limit(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    caps = [Cap(period=Period.MONTH, limit=parse_usd("0.0001"))]
    await house.on_wallet(house.wallet.set_wallet_caps(caps))
    try:
        error, _ = await refused(house, app, max_tokens=100_000)
    finally:
        await house.on_wallet(house.wallet.set_wallet_caps([]))
    assert isinstance(error.body, dict)
    assert (error.status_code, error.body["limit"]) == (402, "wallet")
    assert "the wallet's own limit" in error.message
    assert provider.requests == []


async def test_the_refusal_names_the_prepaid_balance(house: GatewayHouse) -> None:
    app = await house.approve()
    async with scripted_provider() as poor:
        funding = await house.fund(poor.base_url, balance="0.0001")
        error, _ = await refused(house, app, max_tokens=100_000)
        await house.remove_funding(funding.id)
    assert isinstance(error.body, dict)
    assert (error.status_code, error.body["limit"]) == (402, "funding")
    assert "Top up" in error.message


@pytest.mark.parametrize(
    "access", [UNKNOWN, "sk-proj-something-else", "wf_at_short", "wf_at_" + "é" * 43]
)
async def test_an_unknown_access_is_401_and_not_echoed(house: GatewayHouse, access: str) -> None:
    answer = await ask(house.port, post(house.port, BODY, access))
    assert answer.status == 401
    assert (answer.error["type"], answer.error["code"]) == (
        "authentication_error",
        "invalid_api_key",
    )
    assert access.encode() not in answer.body
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith('Bearer error="invalid_token"')
    assert f'resource_metadata="{house.origin}/.well-known/oauth-protected-resource"' in challenge


async def test_the_sdk_raises_its_own_error_for_an_unknown_access(house: GatewayHouse) -> None:
    error, sent = await refused(house, UNKNOWN)
    assert isinstance(error, openai.AuthenticationError)
    assert len(sent) == 1


@pytest.mark.parametrize("header", [b"", b"Authorization: Basic eDp5\r\n"])
async def test_no_access_at_all_is_401_without_an_error_code(
    house: GatewayHouse, header: bytes
) -> None:
    lines = b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % house.port
    answer = await ask(house.port, lines + header + b"Content-Length: 0\r\n\r\n")
    assert (answer.status, answer.error["code"]) == (401, "missing_access")
    assert "error=" not in answer.headers["www-authenticate"]


async def test_two_accesses_in_one_request_are_none(house: GatewayHouse, app: App) -> None:
    lines = b"GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % house.port
    bearer = f"Authorization: Bearer {app.access}\r\nAuthorization: Bearer {UNKNOWN}\r\n"
    answer = await ask(house.port, lines + bearer.encode() + b"\r\n")
    assert (answer.status, answer.error["code"]) == (400, "repeated_header")


async def test_an_access_in_the_query_is_not_looked_at(house: GatewayHouse, app: App) -> None:
    line = f"GET /v1/models?key={app.access}&access_token={app.access} HTTP/1.1\r\n"
    answer = await ask(house.port, f"{line}Host: 127.0.0.1:{house.port}\r\n\r\n".encode())
    assert (answer.status, answer.error["code"]) == (401, "missing_access")


async def test_a_revoked_access_is_401(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    await house.on_wallet(house.wallet.revoke(app.grant))
    error, sent = await refused(house, app)
    assert isinstance(error, openai.AuthenticationError)
    assert "revoked" in error.message
    assert len(sent) == 1
    assert provider.requests == []


async def test_a_paused_app_is_403_until_it_is_resumed(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    await house.on_wallet(house.wallet.pause(app.grant))
    error, sent = await refused(house, app)
    assert isinstance(error, openai.PermissionDeniedError)
    assert error.code == "paused"
    assert len(sent) == 1
    assert provider.requests == []
    await house.on_wallet(house.wallet.resume(app.grant))
    async with house.sdk(app) as client:
        await client.chat.completions.create(model="gpt-5-mini", messages=HELLO)


async def test_when_all_spending_is_paused_every_app_is_403(house: GatewayHouse, app: App) -> None:
    await house.on_wallet(house.wallet.pause_all())
    try:
        error, _ = await refused(house, app)
    finally:
        await house.on_wallet(house.wallet.resume_all())
    assert (error.status_code, error.code) == (403, "paused")
    assert "all spending" in error.message


async def test_an_expired_access_is_401(house: GatewayHouse) -> None:
    app = await house.approve(expires_at=Instant(1_000))
    error, _ = await refused(house, app)
    assert error.status_code == 401
    assert "expired" in error.message
    # Written down, so that it stays so.
    await house.on_wallet(house.books.endings.notice())
    state = await house.read(lambda cx: chain.grant_states(cx)[app.grant])
    assert state == "expired"


async def test_a_model_outside_the_grant_is_403(
    house: GatewayHouse, provider: ScriptedProvider
) -> None:
    app = await house.approve(models=("openai/gpt-4o-*",))
    error, sent = await refused(house, app)
    assert (error.status_code, error.code, error.param) == (403, "insufficient_scope", "model")
    assert "openai/gpt-5-mini" in error.message
    assert len(sent) == 1
    assert provider.requests == []


@pytest.mark.parametrize(
    "model", ["no-such-model", "openai/no-such-model", "nobody/gpt-5", "../v1/models"]
)
async def test_a_model_nobody_serves_or_prices_is_refused(
    house: GatewayHouse, provider: ScriptedProvider, app: App, model: str
) -> None:
    error, sent = await refused(house, app, model=model)
    assert isinstance(error, openai.NotFoundError)
    assert error.param == "model"
    assert len(sent) == 1
    assert provider.requests == []


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ({"messages": "hi"}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": None}, "messages"),
        ({"n": 0}, "n"),
        ({"n": True}, "n"),
        ({"stream": "yes"}, "stream"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"max_tokens": 5, "max_completion_tokens": 5}, "max_tokens"),
        ({"model": 7}, "model"),
        ({"model": None}, "model"),
        ({"background": True}, "background"),
        ({"web_search_options": 3}, "web_search_options"),
    ],
)
async def test_a_call_whose_cost_has_no_bound_is_refused_by_name(
    house: GatewayHouse,
    provider: ScriptedProvider,
    app: App,
    members: dict[str, Any],
    param: str,
) -> None:
    error, _ = await refused(house, app, extra_body=members)
    assert isinstance(error, openai.BadRequestError)
    assert error.type == "invalid_request_error"
    assert error.param == param
    assert provider.requests == []
    assert await house.calls(app) == ()


async def test_a_locked_wallet_is_503_and_says_so(tmp_path: Path) -> None:
    with running_house(tmp_path) as house:
        app = await house.approve()
        await house.on_wallet(house.wallet.lock())
        error, sent = await refused(house, app)
    assert (error.status_code, error.code) == (503, "wallet_locked")
    assert error.response.headers["retry-after"] == "30"
    assert len(sent) == 1
