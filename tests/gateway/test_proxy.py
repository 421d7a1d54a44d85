"""A call's way through the real gateway, as the official SDK makes it."""

import asyncio
from functools import partial
from typing import Any

import openai
import pytest

from tests.support.gateway_house import PROVIDER_KEY, App, GatewayHouse, eventually
from tests.support.journal import used_over_time
from tests.support.raw_http import ask, head, post, require_ipv6
from tests.support.scripted_provider import (
    GatedStream,
    ScriptedProvider,
    completion,
    delta,
    stream,
    usage,
)
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.reports import CallEnd, CallStatus

HELLO: list[Any] = [{"role": "user", "content": "Hello there"}]
BODY = b'{"model":"gpt-5-mini","messages":[{"role":"user","content":"hi"}],"max_tokens":5}'

# What goes to a provider, and nothing else does.
SENT_HEADERS = {
    "accept",
    "accept-encoding",
    "authorization",
    "content-length",
    "content-type",
    "host",
    "user-agent",
}
NOT_FOR_PROVIDERS = {
    "Cookie": "session=canary",
    "Referer": "http://canary.example/",
    "User-Agent": "canary/1.0",
    "X-Forwarded-For": "10.0.0.99",
    "X-Forwarded-Host": "canary.example",
    "Forwarded": "for=10.0.0.99",
    "Via": "1.1 canary",
    "X-Custom": "canary",
    "X-Stainless-Lang": "canary",
    "OpenAI-Organization": "org-canary",
    "OpenAI-Beta": "canary",
    "Idempotency-Key": "canary",
    "Proxy-Authorization": "Basic canary",
    "traceparent": "00-canary",
    "Accept": "text/canary",
    "Accept-Encoding": "gzip",
}


async def test_a_whole_answer_is_passed_and_charged(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(completion("Well met", prompt_tokens=1_000, completion_tokens=200))
    async with house.sdk(app) as client:
        answer = await client.chat.completions.create(model="gpt-5-mini", messages=HELLO)
    assert answer.choices[0].message.content == "Well met"
    assert answer.usage is not None
    assert answer.usage.total_tokens == 1_200
    call = await house.only_call(app)
    assert call.status is CallStatus.SETTLED
    assert call.end is CallEnd.COMPLETE
    assert call.basis is Basis.REPORTED
    assert (call.provider, call.model, call.streamed) == ("openai", "gpt-5-mini", False)
    assert (call.input_tokens, call.output_tokens) == (1_000, 200)
    # 0.25 and 2.00 dollars a million.
    assert call.cost == 1_000 * 250 + 200 * 2_000
    (window,) = (await house.app_row(app)).windows
    assert (window.spent, window.held) == (call.cost, 0)


@pytest.mark.parametrize("streamed", [False, True])
async def test_the_real_key_goes_out_and_nothing_else_of_the_app(
    house: GatewayHouse, provider: ScriptedProvider, app: App, *, streamed: bool
) -> None:
    if streamed:
        provider.answer(stream(delta("Hi"), usage(9, 1), b"data: [DONE]\n\n"))
    async with house.sdk(app, default_headers=NOT_FOR_PROVIDERS) as client:
        made = await client.chat.completions.create(
            model="gpt-5-mini",
            messages=HELLO,
            stream=streamed,
            extra_query={"trace": "canary", "api-version": "canary"},
        )
        if isinstance(made, openai.AsyncStream):
            await made.close()
    received = provider.last
    assert received.header("Authorization") == f"Bearer {PROVIDER_KEY}"
    assert {name.lower() for name, _ in received.headers} == SENT_HEADERS
    assert received.header("User-Agent") == "wattfare"
    assert received.header("Accept-Encoding") == "identity"
    assert received.target == "/v1/chat/completions"
    assert received.header("Host") == provider.base_url.split("/")[2]
    everything = f"{received}"
    assert "canary" not in everything
    assert "10.0.0.99" not in everything
    assert app.access not in everything


@pytest.mark.parametrize("header", ["x-api-key", "X-Goog-Api-Key", "authorization"])
async def test_the_access_is_found_where_sdks_put_their_key(
    house: GatewayHouse, provider: ScriptedProvider, app: App, header: str
) -> None:
    value = f"bEaReR  {app.access}" if header == "authorization" else app.access
    request = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost:{house.port}\r\n"
        f"Content-Type: application/json; charset=utf-8\r\n"
        f"{header}: {value}\r\nContent-Length: {len(BODY)}\r\n\r\n"
    )
    answer = await ask(house.port, request.encode() + BODY)
    assert answer.status == 200, answer
    assert {name.lower() for name, _ in provider.last.headers} == SENT_HEADERS
    assert app.access not in f"{provider.last}"
    assert (await house.only_call(app)).status is CallStatus.SETTLED


@pytest.mark.parametrize("base", ["/v1", "/openai/v1"])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_both_bases_are_served_on_both_addresses(
    house: GatewayHouse, provider: ScriptedProvider, app: App, base: str, host: str
) -> None:
    if host == "::1":
        require_ipv6()
    request = post(house.port, BODY, app.access, path=f"{base}/chat/completions")
    answer = await ask(house.port, request, host)
    assert answer.status == 200, answer
    call = await house.only_call(app)
    assert answer.headers["x-wattfare-call"] == call.call
    assert len(provider.requests) == 1


async def test_what_was_priced_is_what_goes_out(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    async with house.sdk(app) as client:
        await client.chat.completions.create(
            model="openai/gpt-5-mini",
            messages=HELLO,
            max_tokens=77,
            temperature=0.5,
            extra_body={"something_new": {"kept": [1, "é"]}},
        )
    assert provider.last.json == {
        "model": "gpt-5-mini",
        "messages": HELLO,
        "max_tokens": 77,
        "temperature": 0.5,
        "something_new": {"kept": [1, "é"]},
    }


async def test_an_app_that_leaves_pays_for_the_answer_it_asked_for(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    gate = asyncio.Event()
    answering = completion("Hello", prompt_tokens=50, completion_tokens=60)

    async def late(request: Any) -> Any:
        await gate.wait()
        return await answering(request)

    provider.answer(late)
    async with house.sdk(app, max_retries=0) as client:
        asking = asyncio.create_task(
            client.chat.completions.create(model="gpt-5-mini", messages=HELLO)
        )
        await eventually(lambda: len(provider.requests) == 1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert house.books.spending.running_count == 1
    gate.set()
    call = await house.only_call(app)
    assert (call.input_tokens, call.output_tokens) == (50, 60)
    assert call.basis is Basis.REPORTED


async def test_a_revocation_answers_a_waiting_app_and_still_learns_the_cost(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    gate = asyncio.Event()
    answering = completion("Hello", prompt_tokens=50, completion_tokens=60)

    async def late(request: Any) -> Any:
        await gate.wait()
        return await answering(request)

    provider.answer(late)
    async with house.sdk(app) as client:
        asking = asyncio.create_task(
            client.chat.completions.create(model="gpt-5-mini", messages=HELLO)
        )
        await eventually(lambda: len(provider.requests) == 1)
        await house.on_wallet(house.wallet.revoke(app.grant))
        async with asyncio.timeout(1):
            with pytest.raises(openai.AuthenticationError) as cut:
                await asking
    assert f'resource_metadata="{house.origin}/' in cut.value.response.headers["www-authenticate"]
    gate.set()
    call = await house.only_call(app)
    assert (call.input_tokens, call.output_tokens) == (50, 60)
    assert call.cost == 50 * 250 + 60 * 2_000


async def test_two_hundred_calls_at_once_never_pass_a_cap_for_twenty(
    house: GatewayHouse, provider: ScriptedProvider
) -> None:
    """The provider answers nobody before all two hundred have been decided."""
    each = await _hold_of(house, provider)
    app = await house.approve(cap=f"{each * 20 / 10**9:.9f}")
    await house.let_run(app)
    gate = asyncio.Event()
    answering = completion("Hello", prompt_tokens=20, completion_tokens=5)

    async def late(request: Any) -> Any:
        await gate.wait()
        return await answering(request)

    provider.answer(late)
    request = post(house.port, BODY, app.access)
    asked = [asyncio.create_task(ask(house.port, request)) for _ in range(200)]
    await eventually(lambda: sum(task.done() for task in asked) == 180)
    (window,) = (await house.app_row(app)).windows
    assert (window.spent, window.held) == (0, window.limit)
    gate.set()
    answers = await asyncio.gather(*asked)
    statuses = [answer.status for answer in answers]
    assert (statuses.count(200), statuses.count(402)) == (20, 180)
    assert {answer.error["reason"] for answer in answers if answer.status == 402} == {"held"}
    calls = await house.settled(app)
    assert len(calls) == 20
    assert {call.cost for call in calls} == {20 * 250 + 5 * 2_000}
    assert max(await house.read(partial(used_over_time, grants=[app.grant]))) == window.limit
    (window,) = (await house.app_row(app)).windows
    assert (window.spent, window.held) == (20 * (20 * 250 + 5 * 2_000), 0)
    await house.require_sound()


async def _hold_of(house: GatewayHouse, provider: ScriptedProvider) -> Nanos:
    """Return what one call of ``BODY`` holds."""
    app = await house.approve()
    provider.answer(completion("Hello"))
    await ask(house.port, post(house.port, BODY, app.access))
    return (await house.only_call(app)).hold


async def test_a_call_that_runs_is_shown_with_its_hold(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(gated := GatedStream([delta("Hi"), usage(9, 1), b"data: [DONE]\n\n"]))
    async with (
        house.sdk(app) as client,
        asyncio.TaskGroup() as group,
    ):
        asking = group.create_task(
            client.chat.completions.create(model="gpt-5-mini", messages=HELLO, stream=True)
        )
        await gated.begun()
        (call,) = await house.calls(app)
        assert call.status is CallStatus.RUNNING
        assert 0 < call.hold < parse_usd("1.00")
        row = await house.app_row(app)
        assert row.running_calls == 1
        assert row.windows[0].held == call.hold
        gated.let_all_go()
        async for _ in await asking:
            pass
    assert (await house.only_call(app)).hold == call.hold


async def test_a_path_takes_its_own_method_only(house: GatewayHouse, app: App) -> None:
    answer = await ask(house.port, head(house.port, app.access, None, method="GET"))
    assert (answer.status, answer.error["code"]) == (405, "method_not_allowed")
