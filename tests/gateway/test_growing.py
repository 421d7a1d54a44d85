"""Holds that grow with a stream, the clean stop, and bounds that fit."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import openai
import pytest
from aiohttp import web
from aiohttp.web_request import BaseRequest
from openai.types.chat import ChatCompletionChunk

from tests.support.gateway_house import App, GatewayHouse, eventually
from tests.support.scripted_provider import (
    DONE,
    GatedStream,
    Reply,
    ScriptedProvider,
    completion,
    delta,
    finish,
    json_reply,
    stream,
    usage,
)
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.reports import CallEnd, CallStatus, WindowRow

HELLO: list[Any] = [{"role": "user", "content": "Hello there"}]
SHOWN = "gpt-4.1-mini"
"""Shows all it bills, at $1.60 a million tokens out: 1,600 nano-dollars each."""

BOUND_HEADER = "x-wattfare-max-output-tokens"


async def begin(
    client: openai.AsyncOpenAI, model: str = SHOWN, **options: Any
) -> openai.AsyncStream[ChatCompletionChunk]:
    made = await client.chat.completions.create(model=model, messages=HELLO, stream=True, **options)
    assert isinstance(made, openai.AsyncStream)
    return made


async def window_of(house: GatewayHouse, app: App) -> WindowRow:
    (window,) = (await house.app_row(app)).windows
    return window


async def holds_more_than(house: GatewayHouse, app: App, amount: int) -> int:
    """Wait until more is held for ``app``; return how much."""
    async with asyncio.timeout(10):
        while (held := (await window_of(house, app)).held) <= amount:  # noqa: ASYNC110 - no bell
            await asyncio.sleep(0.01)
    return held


async def test_a_stream_holds_a_slice_and_then_more(
    house: GatewayHouse, provider: ScriptedProvider
) -> None:
    app = await house.approve(cap="10.00", models=(f"openai/{SHOWN}",))
    pieces = [delta("x" * 100) for _ in range(40)]
    provider.answer(gated := GatedStream([*pieces, finish(), usage(20, 1_000), DONE]))
    async with house.sdk(app) as client:
        answer = await begin(client)
        first = (await window_of(house, app)).held
        assert 512 * 1_600 <= first < 700 * 1_600
        gated.let_go(3)
        second = await holds_more_than(house, app, first)
        assert second == first + 1_024 * 1_600
        gated.let_go(12)
        await holds_more_than(house, app, second)
        gated.let_all_go()
        async for _ in answer:
            pass
    call = await house.only_call(app)
    assert (call.end, call.basis, call.cost) == (
        CallEnd.COMPLETE,
        Basis.REPORTED,
        20 * 400 + 1_000 * 1_600,
    )
    window = await window_of(house, app)
    assert (window.spent, window.held) == (call.cost, 0)


@pytest.mark.parametrize("wants_usage", [False, True])
async def test_a_stream_that_gets_no_more_ends_like_a_short_answer(
    house: GatewayHouse, provider: ScriptedProvider, *, wants_usage: bool
) -> None:
    """Another call of the same app takes what the stream would have grown into."""
    app = await house.approve(cap="0.0034")
    gated = GatedStream([delta("x" * 20) for _ in range(200)])
    gate = asyncio.Event()
    whole = completion("Hello", prompt_tokens=10, completion_tokens=5)

    async def late(request: Any) -> Any:
        await gate.wait()
        return await whole(request)

    provider.answer(gated, late)
    options: dict[str, Any] = {"stream_options": {"include_usage": True}} if wants_usage else {}
    async with house.sdk(app) as client:
        answer = await begin(client, **options)
        other = asyncio.create_task(
            client.chat.completions.create(model=SHOWN, messages=HELLO, max_tokens=1_400)
        )
        await eventually(lambda: len(provider.requests) == 2)
        gated.let_go()
        chunks = []
        async for chunk in answer:
            chunks.append(chunk)
            gated.let_go()
        await gated.hung_up()
        gate.set()
        await other
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert 500 <= len(said) <= 560
    ends = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices]
    assert ends[-1] == "length"
    assert set(ends[:-1]) == {None}
    assert (chunks[-1].usage is not None) == wants_usage
    stopped = next(call for call in await house.settled(app) if call.streamed)
    assert (stopped.status, stopped.end) == (CallStatus.SETTLED, CallEnd.STOPPED_AT_CAP)
    assert 0 < stopped.cost <= stopped.hold
    window = await window_of(house, app)
    assert (window.held, window.spent <= window.limit) == (0, True)


async def test_twenty_agents_begin_where_their_worst_cases_do_not_fit(
    house: GatewayHouse, provider: ScriptedProvider
) -> None:
    app = await house.approve(cap="1.00")
    streams = [GatedStream([delta("Hi"), finish(), usage(9, 1), DONE]) for _ in range(20)]
    provider.answer(*streams)
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(house.sdk(app)) for _ in streams]
        answers = await asyncio.gather(*(begin(client) for client in clients))
        window = await window_of(house, app)
        assert 20 * 32_768 * 1_600 > window.limit > window.held > 0
        for each in streams:
            each.let_all_go()
        for answer in answers:
            async for _ in answer:
                pass
    assert {call.end for call in await house.settled(app)} == {CallEnd.COMPLETE}


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("options", [{}, {"max_tokens": 100_000}])
async def test_an_answer_is_bounded_by_what_fits_and_told_so(
    house: GatewayHouse, provider: ScriptedProvider, options: dict[str, Any], *, streamed: bool
) -> None:
    app = await house.approve(cap="0.002")
    provider.answer(
        stream(delta("Hi"), finish(), usage(9, 1), DONE) if streamed else completion("Hi")
    )
    async with house.sdk(app) as client:
        raw = await client.chat.completions.with_raw_response.create(
            model="gpt-5-mini", messages=HELLO, stream=streamed, **options
        )
        if streamed:
            async for _ in raw.parse():  # type: ignore[union-attr]
                pass
    told = int(raw.headers[BOUND_HEADER])
    sent = provider.last.json
    assert sent.get("max_tokens", sent.get("max_completion_tokens")) == told
    # Half of the cap, at two dollars a million.
    assert 400 <= told <= 500


async def test_a_bound_that_fits_is_left_alone(
    house: GatewayHouse, provider: ScriptedProvider
) -> None:
    app = await house.approve(cap="1.00")
    provider.answer(completion("Hi"))
    async with house.sdk(app) as client:
        raw = await client.chat.completions.with_raw_response.create(
            model="gpt-5-mini", messages=HELLO, max_tokens=500
        )
    assert BOUND_HEADER not in raw.headers
    assert provider.last.json["max_tokens"] == 500


@pytest.mark.parametrize("streamed", [False, True])
async def test_an_answer_without_a_bound_of_its_own_gets_the_models(
    house: GatewayHouse, provider: ScriptedProvider, *, streamed: bool
) -> None:
    """Money is no question, so the app is told nothing of it."""
    app = await house.approve(cap="10.00")
    provider.answer(
        stream(delta("Hi"), finish(), usage(9, 1), DONE) if streamed else completion("Hi")
    )
    async with house.sdk(app) as client:
        raw = await client.chat.completions.with_raw_response.create(
            model=SHOWN, messages=HELLO, stream=streamed
        )
        if streamed:
            async for _ in raw.parse():  # type: ignore[union-attr]
                pass
    assert BOUND_HEADER not in raw.headers
    assert provider.last.json["max_completion_tokens"] == 32_768


def _refusing_bounds(provider: ScriptedProvider, status: int) -> Reply:
    """Refuse whatever is bounded, as a provider does whose rate limit counts the bound."""
    refused = json_reply({"error": {"message": "too large"}}, status=status)
    answered = completion("Hi", prompt_tokens=9, completion_tokens=3)

    async def reply(request: BaseRequest) -> web.StreamResponse:
        is_bounded = {"max_tokens", "max_completion_tokens"} & set(provider.last.json)
        return await (refused if is_bounded else answered)(request)

    return reply


@pytest.mark.parametrize("status", [400, 402, 413, 422, 429])
async def test_a_bound_nobody_asked_for_is_left_out_where_it_is_refused(
    house: GatewayHouse, provider: ScriptedProvider, status: int
) -> None:
    app = await house.approve(cap="10.00")
    provider.answer(_refusing_bounds(provider, status))
    async with house.sdk(app, max_retries=0) as client:
        await client.chat.completions.create(model=SHOWN, messages=HELLO)
    assert len(provider.requests) == 2
    call = await house.only_call(app)
    assert (call.end, call.cost) == (CallEnd.COMPLETE, 9 * 400 + 3 * 1_600)


@pytest.mark.parametrize(("cap", "options"), [("10.00", {"max_tokens": 90}), ("0.002", {})])
async def test_a_bound_that_app_or_money_ask_for_stands(
    house: GatewayHouse, provider: ScriptedProvider, cap: str, options: dict[str, Any]
) -> None:
    app = await house.approve(cap=cap)
    provider.answer(_refusing_bounds(provider, 429))
    async with house.sdk(app, max_retries=0) as client:
        with pytest.raises(openai.RateLimitError):
            await client.chat.completions.create(model=SHOWN, messages=HELLO, **options)
    assert len(provider.requests) == 1
    assert (await house.only_call(app)).status is CallStatus.VOIDED


@pytest.mark.parametrize("status", [401, 404, 500])
async def test_what_no_bound_can_be_the_reason_for_is_told_at_once(
    house: GatewayHouse, provider: ScriptedProvider, status: int
) -> None:
    app = await house.approve(cap="10.00")
    provider.answer(_refusing_bounds(provider, status))
    async with house.sdk(app, max_retries=0) as client:
        with pytest.raises(openai.APIStatusError) as failed:
            await client.chat.completions.create(model=SHOWN, messages=HELLO)
    assert failed.value.status_code == status
    assert len(provider.requests) == 1


async def test_each_of_several_choices_gets_the_models_bound(
    house: GatewayHouse, provider: ScriptedProvider
) -> None:
    app = await house.approve(cap="10.00")
    provider.answer(completion("Hi"))
    async with house.sdk(app) as client:
        await client.chat.completions.create(model=SHOWN, messages=HELLO, n=3)
    assert provider.last.json["max_completion_tokens"] == 32_768


@pytest.mark.parametrize(
    ("model", "said"),
    [
        # Its answer and its input share 8,192 tokens: a bound of all of them is refused.
        ("gpt-4", "hi"),
        # Input of more bytes than there are tokens beside the longest answer.
        ("gpt-4o", "x" * 120_000),
        # No row in the table of limits: 131,072 would be a guess.
        ("computer-use-preview", "hi"),
    ],
)
async def test_a_bound_that_might_be_refused_is_not_made_up(
    house: GatewayHouse, provider: ScriptedProvider, model: str, said: str
) -> None:
    app = await house.approve(cap="50.00")
    provider.answer(completion("Hi"))
    messages: list[Any] = [{"role": "user", "content": said}]
    async with house.sdk(app) as client:
        raw = await client.chat.completions.with_raw_response.create(
            model=f"openai/{model}", messages=messages
        )
    assert not {"max_tokens", "max_completion_tokens"} & set(provider.last.json)
    assert BOUND_HEADER not in raw.headers


@pytest.mark.parametrize(("cap", "charged"), [("1.00", 9 * 250 + 2_000 * 2_000), ("0.003", None)])
async def test_a_bill_above_the_hold_takes_the_room_there_is_and_no_more(
    house: GatewayHouse, provider: ScriptedProvider, cap: str, charged: int | None
) -> None:
    """The provider was bounded to 5 tokens, and bills 2,000."""
    app = await house.approve(cap=cap)
    provider.answer(completion("Hi", prompt_tokens=9, completion_tokens=2_000))
    async with house.sdk(app) as client:
        await client.chat.completions.create(model="gpt-5-mini", messages=HELLO, max_tokens=5)
    call = await house.only_call(app)
    assert call.cost == (parse_usd(cap) if charged is None else charged)
    window = await window_of(house, app)
    assert (window.spent, window.held) == (call.cost, 0)
    await house.require_sound()


async def test_a_provider_that_ignores_its_bound_is_hung_up_on(
    house: GatewayHouse, provider: ScriptedProvider
) -> None:
    app = await house.approve(cap="1.00")
    provider.answer(gated := GatedStream([delta("x") for _ in range(200)]))
    gated.let_all_go()
    async with house.sdk(app) as client:
        chunks = [chunk async for chunk in await begin(client, max_tokens=50)]
    assert chunks[-1].choices[0].finish_reason == "length"
    call = await house.only_call(app)
    assert call.end is CallEnd.STOPPED_AT_CAP
    assert call.cost <= call.hold
