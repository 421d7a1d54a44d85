"""Locking a wallet in the middle of its work, through its own port."""

import contextlib
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.support.gateway_house import PASSPHRASE, running_house
from tests.support.scripted_provider import (
    DONE,
    GatedStream,
    completion,
    delta,
    scripted_provider,
    usage,
)
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.wallet.wallet import WalletState

HELLO: list[Any] = [{"role": "user", "content": "Hello there"}]


async def test_a_running_stream_is_cut_and_settled_before_it_is_locked(tmp_path: Path) -> None:
    with running_house(tmp_path) as house:
        async with scripted_provider() as provider:
            await house.fund(provider.base_url)
            app = await house.approve()
            slow = GatedStream([delta("He"), delta("llo"), usage(9, 2), DONE])
            provider.answer(slow)
            async with house.sdk(app, max_retries=0) as client:
                stream = await client.chat.completions.create(
                    model="gpt-5-mini", messages=HELLO, stream=True
                )
                slow.let_go()
                await anext(aiter(stream))
                await house.on_wallet(house.wallet.lock())
                assert house.wallet.state is WalletState.LOCKED
                with contextlib.suppress(openai.APIError):
                    async for _ in stream:
                        continue
                await slow.hung_up()
                with pytest.raises(openai.InternalServerError) as locked:
                    await client.chat.completions.create(model="gpt-5-mini", messages=HELLO)
                assert locked.value.status_code == 503
            await house.on_wallet(house.wallet.unlock(PASSPHRASE))
            call = await house.only_call(app)
            assert (call.status, call.end) == (CallStatus.SETTLED, CallEnd.REVOKED)
            assert 0 < call.cost < call.hold
            provider.answer(completion("Again"))
            async with house.sdk(app) as client:
                await client.chat.completions.create(model="gpt-5-mini", messages=HELLO)
            await house.require_sound()
