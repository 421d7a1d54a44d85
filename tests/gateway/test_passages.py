"""Names of the user's own, providers that stand in for others, and what answers at the cap."""

from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest

from tests.support.gateway_house import App, GatewayHouse
from tests.support.scripted_provider import (
    DONE,
    ScriptedProvider,
    completion,
    delta,
    disconnect,
    finish,
    json_reply,
    scripted_provider,
    stream,
    usage,
)
from wattfare_desktop.core.reports import CallStatus

HELLO: list[Any] = [{"role": "user", "content": "Hello there"}]
BUSY = json_reply({"error": {"message": "slow down"}}, status=429)
BROKEN = json_reply({"error": {"message": "not now"}}, status=503)
BOTH = ("openai/gpt-5-mini", "groq/llama-3.3-70b-versatile")


@pytest.fixture
async def second(house: GatewayHouse) -> AsyncIterator[ScriptedProvider]:
    """Another provider, that pays for Llama; afterwards no name stands for anything."""
    async with scripted_provider() as provider:
        funding = await house.fund(provider.base_url, provider="groq")
        yield provider
        await house.require_sound()
        await house.remove_funding(funding.id)
        for name in house.books.aliases.now.by_name:
            await house.on_wallet(house.books.aliases.set(name, ()))
        await house.on_wallet(house.books.aliases.set_at_cap(None))


async def alias(house: GatewayHouse, name: str, *models: str) -> None:
    await house.on_wallet(house.books.aliases.set(name, models))


async def ask(house: GatewayHouse, app: App, model: str, **more: Any) -> Any:
    async with house.sdk(app, max_retries=0) as client:
        return await client.chat.completions.with_raw_response.create(
            model=model, messages=HELLO, **more
        )


async def test_a_name_of_the_users_own_is_answered_by_what_it_stands_for(
    house: GatewayHouse, provider: ScriptedProvider, second: ScriptedProvider, app: App
) -> None:
    await alias(house, "fast", "groq/llama-3.3-70b-versatile")
    second.answer(completion("Quick"))
    answer = await ask(house, app, "fast")
    assert answer.parse().choices[0].message.content == "Quick"
    assert answer.headers["x-wattfare-model"] == "groq/llama-3.3-70b-versatile"
    assert answer.headers["x-wattfare-stand-in"] == "alias"
    assert second.last.json["model"] == "llama-3.3-70b-versatile"
    assert provider.requests == []


@pytest.mark.parametrize("trouble", [BUSY, BROKEN], ids=["429", "503"])
async def test_another_stands_in_where_the_first_cannot_answer(
    house: GatewayHouse,
    provider: ScriptedProvider,
    second: ScriptedProvider,
    app: App,
    trouble: Any,
) -> None:
    await alias(house, "gpt-5-mini", *BOTH)
    provider.answer(trouble)
    second.answer(completion("Instead"))
    answer = await ask(house, app, "gpt-5-mini")
    assert answer.parse().choices[0].message.content == "Instead"
    assert answer.headers["x-wattfare-stand-in"] == "fallback"
    rows = await house.settled(app)
    assert [(row.provider, row.status) for row in rows] == [
        ("groq", CallStatus.SETTLED),
        ("openai", CallStatus.VOIDED),
    ]


async def test_who_is_not_reached_is_stood_in_for_and_costs_nothing(
    house: GatewayHouse, second: ScriptedProvider, app: App
) -> None:
    gone = await house.fund("http://127.0.0.1:9/v1")
    await alias(house, "gpt-5-mini", *BOTH)
    second.answer(stream(delta("In"), delta("stead"), finish(), usage(9, 2), DONE))
    async with house.sdk(app, max_retries=0) as client:
        events = await client.chat.completions.create(
            model="gpt-5-mini", messages=HELLO, stream=True
        )
        text = "".join([event.choices[0].delta.content or "" async for event in events])
    assert text == "Instead"
    rows = await house.settled(app)
    assert [row.status for row in rows] == [CallStatus.SETTLED, CallStatus.VOIDED]
    await house.remove_funding(gone.id)


async def test_a_call_that_may_have_been_billed_is_not_sent_elsewhere(
    house: GatewayHouse, provider: ScriptedProvider, second: ScriptedProvider, app: App
) -> None:
    await alias(house, "gpt-5-mini", *BOTH)
    provider.answer(disconnect)
    with pytest.raises(openai.InternalServerError):
        await ask(house, app, "gpt-5-mini")
    assert second.requests == []
    (row,) = await house.settled(app)
    assert row.cost > 0


async def test_the_last_ones_trouble_is_the_answer(
    house: GatewayHouse, provider: ScriptedProvider, second: ScriptedProvider, app: App
) -> None:
    await alias(house, "gpt-5-mini", *BOTH)
    provider.answer(BROKEN)
    second.answer(BUSY)
    with pytest.raises(openai.RateLimitError, match="slow down"):
        await ask(house, app, "gpt-5-mini")


async def test_what_the_app_was_not_approved_for_does_not_stand_in(
    house: GatewayHouse, provider: ScriptedProvider, second: ScriptedProvider
) -> None:
    app = await house.approve(models=("openai/*",))
    await alias(house, "gpt-5-mini", *BOTH)
    await alias(house, "other", BOTH[1])
    provider.answer(BROKEN)
    with pytest.raises(openai.InternalServerError, match="not now"):
        await ask(house, app, "gpt-5-mini")
    with pytest.raises(openai.PermissionDeniedError):
        await ask(house, app, "other")
    assert second.requests == []


async def test_a_named_call_is_charged_once_whoever_answers_it(
    house: GatewayHouse, provider: ScriptedProvider, second: ScriptedProvider, app: App
) -> None:
    await alias(house, "gpt-5-mini", *BOTH)
    provider.answer(BROKEN)
    second.answer(completion("Instead"))
    key = {"Idempotency-Key": "only-once"}
    first = await ask(house, app, "gpt-5-mini", extra_headers=key)
    await house.settled(app)
    again = await ask(house, app, "gpt-5-mini", extra_headers=key)
    assert first.content == again.content
    assert again.headers["idempotent-replayed"] == "true"
    assert len(second.requests) == 1


async def test_at_the_cap_the_users_own_model_answers_and_is_named(
    house: GatewayHouse, provider: ScriptedProvider, second: ScriptedProvider
) -> None:
    app = await house.approve(cap="0.000001", models=("openai/*",))
    own = await house.fund(second.base_url, provider="ollama", balance="0")
    await house.on_wallet(house.books.aliases.set_at_cap("ollama/llama3.2"))
    second.answer(completion("For nothing"))
    answer = await ask(house, app, "gpt-5-mini")
    assert answer.parse().choices[0].message.content == "For nothing"
    assert answer.headers["x-wattfare-model"] == "ollama/llama3.2"
    assert answer.headers["x-wattfare-stand-in"] == "cap"
    assert provider.requests == []
    row = await house.only_call(app)
    assert (row.provider, row.model, row.cost) == ("ollama", "llama3.2", 0), "as Activity shows it"
    await house.remove_funding(own.id)


@pytest.mark.usefixtures("provider", "second")
async def test_a_model_that_does_not_fit_the_cap_either_changes_nothing(
    house: GatewayHouse,
) -> None:
    app = await house.approve(cap="0.000001")
    await house.on_wallet(house.books.aliases.set_at_cap(BOTH[1]))
    with pytest.raises(openai.APIStatusError) as refused:
        await ask(house, app, "gpt-5-mini")
    assert refused.value.status_code == 402
    await house.on_wallet(house.books.aliases.set_at_cap("nobody/has-this"))
    with pytest.raises(openai.APIStatusError) as refused:
        await ask(house, app, "gpt-5-mini")
    assert refused.value.status_code == 402


async def test_a_path_that_names_its_provider_means_that_one(
    house: GatewayHouse, provider: ScriptedProvider, second: ScriptedProvider, app: App
) -> None:
    await alias(house, "gpt-5-mini", BOTH[1])
    async with house.sdk(app, max_retries=0) as client:
        there = client.with_options(base_url=f"{house.origin}/openai/v1")
        await there.chat.completions.create(model="gpt-5-mini", messages=HELLO)
    assert len(provider.requests) == 1
    assert second.requests == []
