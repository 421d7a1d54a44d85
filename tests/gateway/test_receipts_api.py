"""Apps find the receipts of their own calls: by a header of every answer, over HTTP."""

import asyncio
from typing import Any

import httpx2
import openai
import pytest

from tests.support.gateway_house import PROVIDER_KEY, App, GatewayHouse, eventually, http_client
from tests.support.scripted_provider import (
    DONE,
    GatedStream,
    Reply,
    ScriptedProvider,
    break_off,
    completion,
    delta,
    disconnect,
    finish,
    json_reply,
    raw_reply,
    usage,
)
from wattfare_desktop.core.money import exact_usd
from wattfare_desktop.core.receipts import SignedReceipt, read_receipt
from wattfare_desktop.wallet.receipts import is_genuine

HELLO: Any = [{"role": "user", "content": "Hello"}]
USED: dict[str, Any] = {
    "prompt_tokens": 1_000,
    "completion_tokens": 50,
    "total_tokens": 1_050,
    "prompt_tokens_details": {"cached_tokens": 600},
    "completion_tokens_details": {"reasoning_tokens": 20},
}
ANSWER: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-5-mini",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi"}}
    ],
    "usage": USED,
}
HEADER = "x-wattfare-call"


async def look(
    house: GatewayHouse, app: App | None, call: str, method: str = "GET"
) -> httpx2.Response:
    headers = {} if app is None else {"Authorization": f"Bearer {app.access}"}
    async with http_client() as client:
        url = f"{house.origin}/wattfare/v1/receipts/{call}"
        return await client.request(method, url, headers=headers)


async def receipt_of(house: GatewayHouse, app: App, call: str) -> SignedReceipt:
    await house.settled(app)
    answer = await look(house, app, call)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found = read_receipt(answer.content)
    assert is_genuine(found)
    assert found.key == house.books.receipts.key
    return found


async def test_the_official_sdk_names_the_call_and_the_app_gets_its_receipt(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(json_reply(ANSWER, headers={"x-request-id": "req_7"}))
    async with house.sdk(app) as client:
        raw = await client.chat.completions.with_raw_response.create(
            model="gpt-5-mini", messages=HELLO
        )
    told: Any = (await receipt_of(house, app, raw.headers[HEADER])).told
    row = await house.only_call(app)
    assert told["call"] == row.call == raw.headers[HEADER]
    assert told["app"] == {"id": app.grant, "name": "Notes AI"}
    assert told["provider_request"] == "req_7"
    assert (told["status"], told["end"], told["basis"]) == ("settled", "complete", "reported")
    assert told["price_version"].startswith("genai-prices")
    units = {item["kind"]: item["units"] for item in told["items"]}
    assert units == {"input": 400, "cached_read": 600, "output": 30, "reasoning": 20}
    assert all(item["per"] == 1_000_000 for item in told["items"])
    assert told["amounts"]["cost"] == told["amounts"]["provider_cost"] == exact_usd(row.cost)
    assert float(told["amounts"]["exact"]) == sum(float(item["amount"]) for item in told["items"])


async def test_a_streamed_answer_names_its_call_before_its_first_word(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(running := GatedStream([delta("Hi"), finish(), usage(9, 2), DONE]))
    async with house.sdk(app) as client:
        pending = asyncio.ensure_future(
            client.chat.completions.with_raw_response.create(
                model="gpt-5-mini", messages=HELLO, stream=True
            )
        )
        raw = await pending
        call = raw.headers[HEADER]
        early = await look(house, app, call)
        assert (early.status_code, early.json()["error"]["code"]) == (409, "call_running")
        assert early.headers["retry-after"] == "1"
        running.let_all_go()
        async for _ in raw.parse():
            pass
    told: Any = (await receipt_of(house, app, call)).told
    assert told["streamed"] is True
    assert told["times"]["first_byte"] is not None
    assert {item["kind"]: item["units"] for item in told["items"]} == {"input": 9, "output": 2}


@pytest.mark.parametrize(
    "reply",
    [
        disconnect,
        break_off,
        raw_reply(b"{not json"),
        json_reply({"error": {"message": "slow down"}}, status=429),
        json_reply({}, status=302, headers={"Location": "http://127.0.0.1/"}),
        raw_reply(delta("Hi"), headers={"Content-Type": "text/event-stream"}),
    ],
    ids=["hangs up", "breaks off", "no json", "refuses", "redirects", "a stream without end"],
)
@pytest.mark.parametrize("streamed", [False, True])
async def test_whatever_comes_of_a_call_that_was_admitted_it_is_named(
    house: GatewayHouse, provider: ScriptedProvider, app: App, reply: Reply, *, streamed: bool
) -> None:
    provider.answer(reply)
    async with http_client() as client:
        answer = await client.post(
            f"{house.origin}/v1/chat/completions",
            json={"model": "gpt-5-mini", "messages": HELLO, "stream": streamed},
            headers={"Authorization": f"Bearer {app.access}"},
        )
    told: Any = (await receipt_of(house, app, answer.headers[HEADER])).told
    assert told["call"] == (await house.only_call(app)).call


async def test_a_call_that_is_cut_is_named(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(hanging := GatedStream([delta("Hi")]))
    async with house.sdk(app, max_retries=0) as client:
        asking = asyncio.ensure_future(
            client.chat.completions.create(model="gpt-5-mini", messages=HELLO)
        )
        await hanging.begun()
        await house.on_wallet(house.wallet.revoke(app.grant))
        with pytest.raises(openai.AuthenticationError) as cut:
            await asking
        hanging.let_all_go()
    assert cut.value.response.headers[HEADER] == (await house.only_call(app)).call


async def test_other_apps_calls_are_as_unknown_as_those_that_never_were(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(completion("Hello"))
    async with house.sdk(app) as client:
        await client.chat.completions.create(model="gpt-5-mini", messages=HELLO)
    call = (await house.only_call(app)).call
    other = await house.approve(name="Other")
    foreign = await look(house, other, call)
    unknown = await look(house, other, f"{call[:-1]}{'0' if call[-1] != '0' else '1'}")
    for answer in (foreign, unknown):
        assert answer.status_code == 404
        assert HEADER not in answer.headers
    assert foreign.content == unknown.content
    assert (await look(house, app, call[:-1])).content == unknown.content, "no beginnings for apps"


async def test_without_an_access_or_with_one_that_ended_nothing_is_told(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(completion("Hello"))
    async with house.sdk(app) as client:
        await client.chat.completions.create(model="gpt-5-mini", messages=HELLO)
    call = (await house.only_call(app)).call
    assert (await look(house, None, call)).status_code == 401
    await house.on_wallet(house.wallet.revoke(app.grant))
    assert (await look(house, app, call)).status_code == 401


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("call_1", "unknown_call"),
        ("%63all_1", "unknown_path"),
        ("", "unknown_path"),
        ("call_1/", "unknown_path"),
        ("call_1/x", "unknown_path"),
        ("call.1", "unknown_path"),
        ("a" * 65, "unknown_path"),
        ("call_1%2f..%2f..", "unknown_path"),
    ],
)
async def test_only_a_plain_name_leads_anywhere(
    house: GatewayHouse, app: App, name: str, code: str
) -> None:
    answer = await look(house, app, name)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_a_receipt_can_only_be_read(house: GatewayHouse, app: App, method: str) -> None:
    answer = await look(house, app, "call_1", method)
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")


async def test_a_provider_that_calls_a_request_by_the_key_is_not_quoted(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(json_reply(ANSWER, headers={"x-request-id": f"x{PROVIDER_KEY}"}))
    async with house.sdk(app) as client:
        await client.chat.completions.create(model="gpt-5-mini", messages=HELLO)
    call = (await house.only_call(app)).call
    assert (await receipt_of(house, app, call)).told["provider_request"] == "x[hidden]"


async def test_a_repeated_call_is_named_as_the_first_was(
    house: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    provider.answer(break_off)
    headers = {"Authorization": f"Bearer {app.access}", "Idempotency-Key": "one"}
    body = {"model": "gpt-5-mini", "messages": HELLO}
    async with http_client() as client:
        url = f"{house.origin}/v1/chat/completions"
        first = await client.post(url, json=body, headers=headers)
        await eventually(lambda: house.books.spending.running_count == 0)
        again = await client.post(url, json=body, headers=headers)
    assert first.status_code == again.status_code == 502
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers[HEADER] == first.headers[HEADER]
