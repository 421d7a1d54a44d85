"""The same by requests-oauthlib, which stands on oauthlib."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from oauthlib.oauth2 import InvalidGrantError
from requests_oauthlib import OAuth2Session

from tests.support.consent import REDIRECT, browse
from tests.support.described import Described
from tests.support.gateway_house import GatewayHouse
from tests.support.scripted_provider import DONE, ScriptedProvider, completion, delta, stream, usage

NAME = "Requests app"
HELLO = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture(autouse=True)
def insecure_transport(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes no http address, not even on loopback, unless it is told so."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
def renewed() -> list[dict[str, Any]]:
    """The tokens that the library renewed by itself."""
    return []


@pytest.fixture
def session(house: GatewayHouse, renewed: list[dict[str, Any]]) -> Iterator[OAuth2Session]:
    """A session of an app that asks for refresh tokens."""
    session = OAuth2Session(
        NAME,
        redirect_uri=REDIRECT,
        scope=["offline_access"],
        pkce="S256",
        auto_refresh_url=f"{house.origin}/oauth/token",
        auto_refresh_kwargs={"client_id": NAME},
        token_updater=renewed.append,
    )
    session.trust_env = False
    session.hooks["response"].append(Described())
    with session:
        yield session


async def _approved(house: GatewayHouse, session: OAuth2Session) -> dict[str, Any]:
    address, _ = session.authorization_url(f"{house.origin}/oauth/authorize")
    back = await browse(house, address, NAME)
    token: dict[str, Any] = await asyncio.to_thread(
        session.fetch_token,
        f"{house.origin}/oauth/token",
        authorization_response=back,
        include_client_id=True,
    )
    return token


async def test_its_access_pays_whole_and_streamed(
    house: GatewayHouse, provider: ScriptedProvider, session: OAuth2Session
) -> None:
    await _approved(house, session)
    address = f"{house.origin}/v1/chat/completions"
    provider.answer(completion("Hello there"))
    whole = await asyncio.to_thread(session.post, address, json=HELLO)
    assert whole.status_code == 200, whole.text
    assert whole.json()["choices"]
    provider.answer(stream(delta("He"), delta("llo"), usage(9, 2), DONE))

    def streamed() -> list[str]:
        asked = {**HELLO, "stream": True}
        with session.post(address, json=asked, stream=True) as answer:
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            return [line.decode() for line in answer.iter_lines() if line]

    lines = await asyncio.to_thread(streamed)
    assert len(lines) > 2
    assert lines[-1] == "data: [DONE]"


async def test_it_refreshes_by_itself(
    house: GatewayHouse, session: OAuth2Session, renewed: list[dict[str, Any]]
) -> None:
    first = dict(await _approved(house, session))
    session.token = {**first, "expires_at": 1}  # by the app's clock it has ended
    told = await asyncio.to_thread(session.get, f"{house.origin}/wattfare/v1/budget")
    assert told.status_code == 200, told.text
    assert [token["refresh_token"] != first["refresh_token"] for token in renewed] == [True]


async def test_a_code_is_good_once(house: GatewayHouse, session: OAuth2Session) -> None:
    address, _ = session.authorization_url(f"{house.origin}/oauth/authorize")
    back = await browse(house, address, NAME)

    async def trade() -> None:
        await asyncio.to_thread(
            session.fetch_token,
            f"{house.origin}/oauth/token",
            authorization_response=back,
            include_client_id=True,
        )

    await trade()
    with pytest.raises(InvalidGrantError):
        await trade()
