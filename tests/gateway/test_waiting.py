"""A call over its app's cap, waiting at the real gateway for its user to raise it."""

import asyncio
import queue
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import openai
import pytest

from tests.support.gateway_house import App, GatewayHouse, eventually
from tests.support.scripted_provider import ScriptedProvider
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.raises import RaiseAnswer
from wattfare_desktop.wallet.raising import RaiseId, RaiseQuestion

HELLO: list[Any] = [{"role": "user", "content": "Hello there"}]
BODY = b'{"model":"gpt-5-mini","messages":[{"role":"user","content":"hi"}],"max_tokens":64}'
PENNY = "0.00001"
"""A cap below what any call may cost."""


@dataclass(slots=True, kw_only=True)
class RaiseScreen:
    """Takes the place of the raise dialog: keeps what was asked, answers nothing itself."""

    house: GatewayHouse
    questions: "queue.SimpleQueue[RaiseQuestion]" = field(default_factory=queue.SimpleQueue)
    withdrawn: list[RaiseId] = field(default_factory=list)

    def present_raise(self, question: RaiseQuestion) -> None:
        self.questions.put(question)

    def withdraw_raise(self, question_id: RaiseId) -> None:
        self.withdrawn.append(question_id)

    async def question(self) -> RaiseQuestion:
        return await asyncio.to_thread(self.questions.get, timeout=20)

    async def answer(self, question: RaiseQuestion, answer: RaiseAnswer) -> None:
        await self.house.on_wallet(self.house.wallet.raising.answer(question.id, answer))


@pytest.fixture
async def screen(house: GatewayHouse) -> AsyncIterator[RaiseScreen]:
    screen = RaiseScreen(house=house)
    house.wallet.raising.presenter = screen
    yield screen
    house.wallet.raising.presenter = None


@pytest.fixture
async def tight(house: GatewayHouse) -> App:
    """An app whose cap is too small for a call, and which may have its user asked."""
    app = await house.approve(cap=PENNY)
    await house.on_wallet(house.wallet.allow_raise(app.grant, allowed=True))
    return app


async def _call(house: GatewayHouse, app: App, **options: Any) -> str | None:
    async with house.sdk(app, max_retries=0) as client:
        answer = await client.chat.completions.create(
            model="gpt-5-mini", messages=HELLO, max_tokens=64, **options
        )
    content = answer.choices[0].message.content
    assert content is None or isinstance(content, str)
    return content


@pytest.mark.parametrize(
    ("answer", "raised"), [(RaiseAnswer.ONCE, "1.00"), (RaiseAnswer.WINDOW, "5.00")]
)
async def test_a_raised_cap_lets_the_waiting_call_go_on(
    house: GatewayHouse,
    provider: ScriptedProvider,
    screen: RaiseScreen,
    tight: App,
    *,
    answer: RaiseAnswer,
    raised: str,
) -> None:
    calling = asyncio.create_task(_call(house, tight))
    question = await screen.question()
    assert (question.name, question.verified, question.grant) == ("Notes AI", False, tight.grant)
    assert (question.offer.limit, question.offer.period) == (parse_usd(PENNY), Period.MONTH)
    assert provider.requests == [], "nothing is sent while it waits"
    (window,) = (await house.app_row(tight)).windows
    assert (window.held, window.spent) == (0, 0), "nothing is held while it waits"

    await screen.answer(question, answer)

    assert await calling
    call = await house.only_call(tight)
    (window,) = (await house.app_row(tight)).windows
    assert (window.raised, window.spent) == (parse_usd(raised), call.cost)
    notes = await house.on_wallet(house.wallet.history(tight.grant))
    assert [note.event for note in notes][:2] == ["raised", "raise_allowed"]


async def test_not_now_refuses_the_call_and_leaves_its_user_alone(
    house: GatewayHouse, provider: ScriptedProvider, screen: RaiseScreen, tight: App
) -> None:
    calling = asyncio.create_task(_call(house, tight))
    await screen.answer(await screen.question(), RaiseAnswer.NO)
    with pytest.raises(openai.APIStatusError) as refused:
        await calling
    assert refused.value.status_code == 402
    assert refused.value.response.headers["x-should-retry"] == "false"
    with pytest.raises(openai.APIStatusError):
        await _call(house, tight)
    assert screen.questions.empty(), "a no is heard for a while"
    assert provider.requests == []


async def test_pausing_the_app_tells_its_call_so(
    house: GatewayHouse, provider: ScriptedProvider, screen: RaiseScreen, tight: App
) -> None:
    calling = asyncio.create_task(_call(house, tight))
    await screen.answer(await screen.question(), RaiseAnswer.PAUSE)
    with pytest.raises(openai.PermissionDeniedError):
        await calling
    assert (await house.app_row(tight)).state is GrantState.PAUSED
    assert provider.requests == []


@pytest.mark.usefixtures("provider")
async def test_twenty_waiting_calls_ask_once(
    house: GatewayHouse, screen: RaiseScreen, tight: App
) -> None:
    calls = [asyncio.create_task(_call(house, tight)) for _ in range(20)]
    question = await screen.question()
    desk = house.wallet.raising
    await eventually(lambda: sum(each.waiting for each in desk._open.values()) == 20)
    await screen.answer(question, RaiseAnswer.ONCE)
    assert all(await asyncio.gather(*calls))
    assert screen.questions.empty()
    assert len(await house.settled(tight)) == 20
    with pytest.raises(UserFacingError, match="over"):
        await screen.answer(question, RaiseAnswer.ONCE)


@pytest.mark.usefixtures("provider")
async def test_an_app_that_leaves_takes_its_question_with_it(
    house: GatewayHouse, screen: RaiseScreen, tight: App
) -> None:
    _reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(
        (
            f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{house.port}\r\n"
            f"Authorization: Bearer {tight.access}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(BODY)}\r\n\r\n"
        ).encode()
        + BODY
    )
    question = await screen.question()
    writer.close()
    await eventually(lambda: screen.withdrawn == [question.id])
    assert house.wallet.raising._open == {}
    # Leaving is no answer of the user's: the next call asks again.
    calling = asyncio.create_task(_call(house, tight))
    await screen.answer(await screen.question(), RaiseAnswer.ONCE)
    assert await calling


@pytest.mark.usefixtures("provider")
async def test_a_raise_elsewhere_settles_the_question(
    house: GatewayHouse, screen: RaiseScreen, tight: App
) -> None:
    calling = asyncio.create_task(_call(house, tight))
    question = await screen.question()
    caps = [Cap(period=Period.MONTH, limit=parse_usd("5.00"))]
    await house.on_wallet(house.wallet.set_caps(tight.grant, caps))
    assert await calling
    assert screen.withdrawn == [question.id]


@pytest.mark.usefixtures("provider")
async def test_revoking_ends_the_wait(house: GatewayHouse, screen: RaiseScreen, tight: App) -> None:
    calling = asyncio.create_task(_call(house, tight))
    question = await screen.question()
    await house.on_wallet(house.wallet.revoke(tight.grant))
    with pytest.raises(openai.AuthenticationError):
        await calling
    assert screen.withdrawn == [question.id]


@pytest.mark.usefixtures("provider")
async def test_nobody_is_asked_for_an_app_that_may_not(
    house: GatewayHouse, screen: RaiseScreen
) -> None:
    app = await house.approve(cap=PENNY)
    with pytest.raises(openai.APIStatusError) as refused:
        await _call(house, app)
    assert refused.value.status_code == 402
    assert screen.questions.empty()


@pytest.mark.usefixtures("provider")
async def test_nobody_is_asked_where_a_raise_would_not_help(
    house: GatewayHouse, screen: RaiseScreen, tight: App
) -> None:
    await house.on_wallet(house.wallet.set_call_limit(tight.grant, Nanos(1)))
    with pytest.raises(openai.APIStatusError) as refused:
        await _call(house, tight)
    assert refused.value.body is not None
    assert screen.questions.empty()


@pytest.mark.usefixtures("provider")
async def test_a_limit_of_one_call_is_named_in_the_refusal(house: GatewayHouse, app: App) -> None:
    await house.on_wallet(house.wallet.set_call_limit(app.grant, Nanos(1)))
    with pytest.raises(openai.APIStatusError) as refused:
        await _call(house, app)
    body = refused.value.body
    assert isinstance(body, dict)
    assert (body["limit"], body["period"], body["resets_at"]) == ("call", None, None)
    assert "single call" in body["message"]
    await house.on_wallet(house.wallet.set_call_limit(app.grant, None))
    assert await _call(house, app)


@pytest.mark.usefixtures("provider")
async def test_without_anybody_to_ask_the_refusal_comes_at_once(
    house: GatewayHouse, tight: App
) -> None:
    with pytest.raises(openai.APIStatusError) as refused:
        await _call(house, tight)
    assert refused.value.status_code == 402
