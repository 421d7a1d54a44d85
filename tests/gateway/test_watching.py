"""Apps that do not behave, with real calls through the port: slowed, paused, and let go on."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from tests.support.gateway_house import (
    App,
    GatewayHouse,
    eventually,
    http_client,
    running_house,
)
from tests.support.scripted_provider import (
    ScriptedProvider,
    completion,
    json_reply,
    scripted_provider,
)
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.watching.alerts import Alert
from wattfare_desktop.core.watching.rules import CallRate, Rule

HELLO: dict[str, Any] = {
    "model": "gpt-5-mini",
    "messages": [{"role": "user", "content": "Hello"}],
    "max_tokens": 20,
}


async def ask(
    client: httpx2.AsyncClient, house: GatewayHouse, app: App, path: str, body: Any = None
) -> httpx2.Response:
    return await client.request(
        "GET" if body is None else "POST",
        f"{house.origin}{path}",
        json=body,
        headers={"Authorization": f"Bearer {app.access}"},
    )


async def alerts_of(house: GatewayHouse, app: App) -> list[Alert]:
    latest = await house.on_wallet(house.wallet.alerts().latest())
    return [alert for alert in latest if alert.app == app.grant]


async def look(house: GatewayHouse) -> None:
    await house.settled()
    await house.on_wallet(house.books.watch.look())


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/v1/models", {"type": "rate_limit_error", "code": "rate_limit_exceeded"}),
        ("/anthropic/v1/models", {"type": "rate_limit_error"}),
        ("/gemini/v1beta/models", {"status": "RESOURCE_EXHAUSTED", "code": 429}),
    ],
)
async def test_too_fast_is_told_in_the_words_of_the_path(
    house: GatewayHouse, provider: ScriptedProvider, app: App, path: str, told: dict[str, Any]
) -> None:
    provider.answer(completion("Hi", prompt_tokens=2, completion_tokens=2))
    rate = CallRate(per_s=1, in_flight=4)
    await house.on_wallet(house.wallet.alerts().set_rate(app.grant, rate))
    async with http_client() as client:
        answers = [await ask(client, house, app, path) for _ in range(6)]
    refused = answers[-1]
    assert [answer.status_code for answer in answers[:4]] == [200] * 4
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["ratelimit-policy"] == '"rate";q=4;w=4'
    assert refused.headers["ratelimit"] == '"rate";r=0;t=1'
    error = refused.json()["error"]
    assert {name: error[name] for name in told} == told
    assert "x-should-retry" not in refused.headers
    assert await alerts_of(house, app) == []


async def test_the_sdk_raises_its_own_error_for_too_many_at_a_time(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    await house.on_wallet(
        house.wallet.alerts().set_rate(app.grant, CallRate(per_s=50, in_flight=2))
    )
    let_go, answering = asyncio.Event(), completion("Hi", prompt_tokens=2, completion_tokens=2)

    async def late(request: Any) -> Any:
        await let_go.wait()
        return await answering(request)

    provider.answer(late)
    async with house.sdk(app, max_retries=0) as client:
        waiting = [asyncio.create_task(client.chat.completions.create(**HELLO)) for _ in range(2)]
        await eventually(lambda: house.books.spending.running_count == 2)
        with pytest.raises(openai.RateLimitError) as refused:
            await client.chat.completions.create(**HELLO)
        assert refused.value.response.headers["ratelimit-policy"] == '"concurrency";q=2'
        let_go.set()
        await asyncio.gather(*waiting)
        await client.chat.completions.create(**HELLO)


async def test_a_flood_pauses_its_app_and_no_other(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(completion("Hi", prompt_tokens=2, completion_tokens=2))
    other = await house.approve(name="Quiet")
    rate = CallRate(per_s=5, in_flight=64)
    await house.on_wallet(house.wallet.alerts().set_rate(app.grant, rate))
    async with http_client() as client:
        answers = [await ask(client, house, app, "/v1/models") for _ in range(101)]
        counted = Counter(answer.status_code for answer in answers)
        assert counted[403] == 2, "the hundredth and what comes after it"
        assert counted[429] > 50
        error = answers[-1].json()["error"]
        assert (error["code"], error["type"]) == ("abnormal-usage", "permission_error")
        assert answers[-1].headers["x-should-retry"] == "false"
        assert (await ask(client, house, other, "/v1/models")).status_code == 200
        await eventually(lambda: house.books.tasks._running == set())
        (alert,) = await alerts_of(house, app)
        assert (alert.rule, alert.measured, alert.paused) == (Rule.FLOOD, 100, True)
        await house.on_wallet(house.wallet.resume(app.grant))
        await asyncio.to_thread(_let_time_pass, house, app)
        assert (await ask(client, house, app, "/v1/models")).status_code == 200
    assert (await house.app_row(app)).state is GrantState.ACTIVE


def _let_time_pass(house: GatewayHouse, app: App) -> None:
    """Fill its bucket, as two seconds would."""
    house.books.watch.gate._meters.pop(app.grant)


async def test_probing_the_cap_pauses(house: GatewayHouse, provider: ScriptedProvider) -> None:
    provider.answer(completion("Hi", prompt_tokens=2, completion_tokens=2))
    app = await house.approve(cap="0.00001")
    async with http_client() as client:
        for _ in range(20):
            answer = await ask(client, house, app, "/v1/chat/completions", HELLO)
            assert answer.status_code == 402
        await look(house)
        answer = await ask(client, house, app, "/v1/chat/completions", HELLO)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "abnormal-usage")
        anthropic = await ask(client, house, app, "/anthropic/v1/models")
        assert anthropic.json()["error"]["type"] == "permission_error"
    (alert,) = await alerts_of(house, app)
    assert alert.rule is Rule.CAP_PROBING


async def test_a_loop_that_drains_its_cap_is_paused_before_it_is_gone(tmp_path: Path) -> None:
    # In a wallet of its own: other tests go by what was spent in theirs today.
    with running_house(tmp_path) as house:
        async with scripted_provider() as provider:
            await house.fund(provider.base_url)
            await _drain(house, provider)


async def _drain(house: GatewayHouse, provider: ScriptedProvider) -> None:
    provider.answer(completion("Hi", prompt_tokens=2, completion_tokens=200_000))
    app = await house.approve(cap="4.00")
    body = {**HELLO, "max_tokens": 200_000}
    statuses: Counter[int] = Counter()
    async with http_client() as client:
        for _ in range(9):
            answer = await ask(client, house, app, "/v1/chat/completions", body)
            statuses[answer.status_code] += 1
            await look(house)
    assert statuses[403] > 0
    row = await house.app_row(app)
    assert row.state is GrantState.PAUSED
    (window,) = row.windows
    assert window.spent * 100 <= window.limit * 75
    (runaway,) = [each for each in await alerts_of(house, app) if each.rule is Rule.RUNAWAY]
    assert runaway.paused


async def test_a_storm_of_errors_slows_down(
    house: GatewayHouse, provider: ScriptedProvider
) -> None:
    provider.answer(json_reply({"error": {"message": "overloaded"}}, status=500))
    app = await house.approve()
    async with http_client() as client:
        for _ in range(40):
            assert (await ask(client, house, app, "/v1/chat/completions", HELLO)).status_code == 500
        await look(house)
        answers = [await ask(client, house, app, "/v1/models") for _ in range(2)]
    assert answers[-1].status_code == 429
    (alert,) = await alerts_of(house, app)
    assert (alert.rule, alert.measured) == (Rule.ERROR_STORM, 40)
