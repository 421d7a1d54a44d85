"""Calls sent again under their Idempotency-Key: one request goes out, one charge is made."""

import asyncio
from typing import Any

import httpx2
import openai
import pytest

from tests.support.gateway_house import App, GatewayHouse, http_client
from tests.support.scripted_provider import (
    DONE,
    GatedStream,
    ScriptedProvider,
    completion,
    delta,
    finish,
    json_reply,
    stream,
    usage,
)
from wattfare_desktop.core.reports import CallEnd, CallStatus

HELLO: list[Any] = [{"role": "user", "content": "Hello there"}]
BODY = b'{"model":"gpt-5-mini","messages":[{"role":"user","content":"hi"}],"max_tokens":50}'
OTHER = BODY.replace(b'"hi"', b'"ho"')
STREAMED = BODY.replace(b'"max_tokens"', b'"stream":true,"max_tokens"')
KEY = {"Idempotency-Key": "first-try"}


async def send(
    house: GatewayHouse, app: App, body: bytes = BODY, keys: tuple[bytes, ...] = (b"k1",)
) -> httpx2.Response:
    headers = [
        (b"Authorization", f"Bearer {app.access}".encode()),
        (b"Content-Type", b"application/json"),
        *((b"Idempotency-Key", key) for key in keys),
    ]
    async with http_client() as client:
        return await client.post(
            f"{house.origin}/v1/chat/completions", content=body, headers=headers
        )


def error_of(answer: httpx2.Response) -> dict[str, Any]:
    error: dict[str, Any] = answer.json()["error"]
    return error


async def test_a_repeat_gets_the_first_answer_and_costs_nothing(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(completion("First"), completion("Second"))
    async with house.sdk(app) as client:
        create = client.chat.completions.with_raw_response.create
        first = await create(model="gpt-5-mini", messages=HELLO, extra_headers=KEY)
        again = await create(model="gpt-5-mini", messages=HELLO, extra_headers=KEY)
    assert first.content == again.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    for name in ("content-type", "x-wattfare-call"):
        assert again.headers[name] == first.headers[name]
    assert len(provider.requests) == 1
    assert (await house.only_call(app)).cost > 0


async def test_a_repeated_stream_is_replayed_event_by_event(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(stream(delta("He"), delta("llo"), finish(), usage(9, 2), DONE))
    texts = []
    async with house.sdk(app) as client:
        for _ in range(2):
            pieces = await client.chat.completions.create(
                model="gpt-5-mini", messages=HELLO, stream=True, extra_headers=KEY
            )
            texts.append([piece.choices[0].delta.content async for piece in pieces])
            await house.settled(app)
    assert texts[0] == texts[1]
    assert texts[0][:2] == ["He", "llo"]
    assert len(provider.requests) == 1
    await house.only_call(app)


async def test_another_body_under_the_same_key_is_refused(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    await send(house, app)
    await house.settled(app)
    answer = await send(house, app, OTHER)
    assert answer.status_code == 422
    assert error_of(answer)["code"] == "idempotency_key_reused"
    assert len(provider.requests) == 1


async def test_a_key_belongs_to_one_app(house: GatewayHouse, provider: ScriptedProvider) -> None:
    for app in (await house.approve(), await house.approve(name="Other")):
        assert (await send(house, app)).status_code == 200
        await house.only_call(app)
    assert len(provider.requests) == 2


async def test_a_call_that_still_runs_is_named(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(slow := GatedStream([delta("He"), finish(), usage(9, 2), DONE]))
    first = asyncio.create_task(send(house, app, STREAMED))
    await slow.begun()
    answer = await send(house, app, STREAMED)
    assert answer.status_code == 409
    assert error_of(answer)["code"] == "idempotency_call_running"
    assert answer.headers["retry-after"] == "1"
    slow.let_all_go()
    assert (await first).status_code == 200
    await house.settled(app)
    assert (await send(house, app, STREAMED)).content == (await first).content
    assert len(provider.requests) == 1


async def test_fifty_at_the_same_instant_make_one_call(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    answers = await asyncio.gather(*(send(house, app) for _ in range(50)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert any(answer.status_code == 200 for answer in answers)
    assert len(provider.requests) == 1
    await house.only_call(app)
    assert (await send(house, app)).status_code == 200
    assert len(provider.requests) == 1


async def test_what_cost_nothing_may_be_tried_again(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(json_reply({"error": {"message": "slow down"}}, status=429), completion("Now"))
    assert (await send(house, app)).status_code == 429
    await house.settled(app)
    assert (await send(house, app)).status_code == 200
    assert [row.status for row in await house.settled(app)] == [
        CallStatus.SETTLED,
        CallStatus.VOIDED,
    ]


async def test_a_refusal_of_the_cap_takes_no_key(
    house: GatewayHouse, provider: ScriptedProvider
) -> None:
    app = await house.approve(cap="0.000001")
    assert (await send(house, app)).status_code == 402
    assert await kept_rows(house, app) == 0
    assert provider.requests == []


@pytest.mark.parametrize("body", [BODY, STREAMED], ids=["whole", "streamed"])
async def test_an_answer_too_large_to_be_kept_is_not_paid_for_again(
    house: GatewayHouse, provider: ScriptedProvider, app: App, body: bytes
) -> None:
    text = "x" * (1024 * 1024)
    large = stream(*(delta(text[:65_536]) for _ in range(17)), finish(), usage(9, 2), DONE)
    provider.answer(large if body is STREAMED else completion(text))
    first = await send(house, app, body)
    assert first.status_code == 200
    await house.only_call(app)
    answer = await send(house, app, body)
    assert answer.status_code == 409
    assert error_of(answer)["code"] == "idempotency_result_too_large"
    assert first.headers["x-wattfare-call"] in error_of(answer)["message"]
    assert answer.headers["x-should-retry"] == "false"
    assert len(provider.requests) == 1


async def test_an_app_that_left_gets_the_whole_answer_later(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(slow := GatedStream([delta("He"), delta("llo"), finish(), usage(9, 2), DONE]))
    async with house.sdk(app) as client:
        pieces = await client.chat.completions.create(
            model="gpt-5-mini", messages=HELLO, stream=True, extra_headers=KEY
        )
        slow.let_go()
        assert (await anext(aiter(pieces))).choices[0].delta.content == "He"
        await pieces.close()
        slow.let_all_go()
        assert (await house.only_call(app)).end is CallEnd.CLIENT_LEFT
        again = await client.chat.completions.create(
            model="gpt-5-mini", messages=HELLO, stream=True, extra_headers=KEY
        )
        told = [piece.choices[0].delta.content async for piece in again]
    assert told[:2] == ["He", "llo"]
    assert len(provider.requests) == 1


async def test_what_was_kept_is_sealed_and_goes_when_the_app_is_revoked(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(completion("canary in the answer"))
    await send(house, app)
    await house.settled(app)
    assert await kept_rows(house, app) == 1
    blobs = await house.read(
        lambda connection: connection.execute("SELECT result_sealed FROM kept_results").fetchall()
    )
    assert blobs
    assert not any(b"canary" in (row[0] or b"") for row in blobs)
    await house.on_wallet(house.wallet.revoke(app.grant))
    assert await kept_rows(house, app) == 0


async def test_a_call_without_a_key_is_not_kept(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    async with house.sdk(app) as client:
        for _ in range(2):
            await client.chat.completions.create(model="gpt-5-mini", messages=HELLO)
    assert len(provider.requests) == 2
    assert await kept_rows(house, app) == 0


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ((b"",), "empty"),
        ((b"k" * 256,), "255"),
        ((b"a\xc3\xa9",), "ASCII"),
        ((b"a\tb",), "ASCII"),
        ((b"a", b"a"), "one"),
    ],
)
async def test_an_unfit_key_is_refused_before_anything_is_held(
    house: GatewayHouse, provider: ScriptedProvider, app: App, keys: tuple[bytes, ...], told: str
) -> None:
    answer = await send(house, app, BODY, keys)
    assert answer.status_code == 400
    assert error_of(answer)["code"] == "bad_idempotency_key"
    assert told in error_of(answer)["message"]
    assert provider.requests == []
    assert await house.settled(app) == ()


async def test_a_key_of_255_characters_is_fine(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    assert (await send(house, app, BODY, (b"k" * 255,))).status_code == 200
    await house.only_call(app)
    assert len(provider.requests) == 1


async def test_the_sdk_sees_the_conflict_as_such(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    async with house.sdk(app, max_retries=0) as client:
        await client.chat.completions.create(model="gpt-5-mini", messages=HELLO, extra_headers=KEY)
        with pytest.raises(openai.UnprocessableEntityError):
            await client.chat.completions.create(
                model="gpt-4o-mini", messages=HELLO, extra_headers=KEY
            )
    assert len(provider.requests) == 1


async def kept_rows(house: GatewayHouse, app: App) -> int:
    rows = await house.read(
        lambda connection: connection.execute(
            "SELECT count(*) FROM kept_results WHERE grant_id = ?", (app.grant,)
        ).fetchall()
    )
    return int(rows[0][0])
