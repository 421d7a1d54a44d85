"""A call's way through the real gateway, as the official SDK makes it."""

from typing import Any

from tests.support.gateway_house import PROVIDER_KEY, App, GatewayHouse
from tests.support.scripted_provider import ScriptedProvider, completion
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.reports import CallEnd, CallStatus

HELLO: list[Any] = [{"role": "user", "content": "Hello there"}]


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
    assert (call.status, call.end, call.basis) == (
        CallStatus.SETTLED,
        CallEnd.COMPLETE,
        Basis.REPORTED,
    )
    assert (call.input_tokens, call.output_tokens) == (1_000, 200)
    # 0.25 and 2.00 dollars a million.
    assert call.cost == 1_000 * 250 + 200 * 2_000
    assert provider.last.header("Authorization") == f"Bearer {PROVIDER_KEY}"
