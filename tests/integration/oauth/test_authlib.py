"""The whole of OAuth by a library that knows nothing of this wallet: Authlib, in Python."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from tests.support.consent import REDIRECT, approve, browse
from tests.support.described import Described
from tests.support.gateway_house import GatewayHouse
from tests.support.scripted_provider import ScriptedProvider, completion
from wattfare_desktop.core.oauth.lifecycle import GrantState

DETAILS = json.dumps(
    [
        {
            "type": "wattfare_spend",
            "cap": {"amount": "1.50", "currency": "USD"},
            "period": "day",
        }
    ]
)
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
HELLO = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": "Hello"}]}


@contextmanager
def _session(house: GatewayHouse, client: str, **options: Any) -> Iterator[OAuth2Session]:
    told = _metadata(house)
    session = OAuth2Session(
        client,
        redirect_uri=REDIRECT,
        code_challenge_method="S256",
        token_endpoint=told["token_endpoint"],
        **options,
    )
    session.trust_env = False
    session.hooks["response"].append(Described())
    with session:
        yield session


def _metadata(house: GatewayHouse) -> dict[str, Any]:
    address = f"{house.origin}/.well-known/oauth-authorization-server"
    answer = requests.get(address, hooks={"response": Described()}, timeout=20)
    told: dict[str, Any] = answer.json()
    assert told["issuer"] == house.origin
    return told


async def _approved(house: GatewayHouse, session: OAuth2Session, name: str) -> dict[str, Any]:
    """Have the app ask, be approved and trade its code; return the token."""
    verifier = generate_token(48)
    address, state = session.create_authorization_url(
        f"{house.origin}/oauth/authorize", code_verifier=verifier, authorization_details=DETAILS
    )
    back = await browse(house, address, name)
    assert f"iss={house.origin}".replace(":", "%3A").replace("/", "%2F") in back
    token: dict[str, Any] = await asyncio.to_thread(
        session.fetch_token, authorization_response=back, state=state, code_verifier=verifier
    )
    return token


async def test_a_code_buys_an_access_that_pays(
    house: GatewayHouse, provider: ScriptedProvider
) -> None:
    provider.answer(completion("Hello there"))
    with _session(house, "Authlib app") as session:
        token = await _approved(house, session, "Authlib app")
        assert token["authorization_details"][0]["cap"]["amount"] == "1.50"
        assert "refresh_token" not in token
        answer = await asyncio.to_thread(
            session.post, f"{house.origin}/v1/chat/completions", json=HELLO, timeout=20
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["choices"]
        await house.settled()
        call = answer.headers["x-wattfare-call"]
        receipt = await asyncio.to_thread(
            session.get, f"{house.origin}/wattfare/v1/receipts/{call}", timeout=20
        )
    assert receipt.json()["receipt"]["app"]["name"] == "Authlib app"


async def test_another_state_is_not_taken(house: GatewayHouse) -> None:
    with _session(house, "State app") as session:
        verifier = generate_token(48)
        address, _ = session.create_authorization_url(
            f"{house.origin}/oauth/authorize", code_verifier=verifier
        )
        back = await browse(house, address, "State app")
        with pytest.raises(Exception, match="mismatching_state"):
            session.fetch_token(authorization_response=back, state="another")


async def test_another_verifier_buys_nothing(house: GatewayHouse) -> None:
    with _session(house, "Verifier app") as session:
        address, state = session.create_authorization_url(
            f"{house.origin}/oauth/authorize", code_verifier=generate_token(48)
        )
        back = await browse(house, address, "Verifier app")
        with pytest.raises(OAuthError) as refused:
            await asyncio.to_thread(
                session.fetch_token,
                authorization_response=back,
                state=state,
                code_verifier=generate_token(48),
            )
    assert refused.value.error == "invalid_grant"


async def test_it_refreshes_by_itself_asks_and_gives_back(house: GatewayHouse) -> None:
    renewed: list[str] = []

    def keep(_token: dict[str, Any], refresh_token: str | None = None, **_: Any) -> None:
        assert refresh_token is not None
        renewed.append(refresh_token)

    options = {"scope": "offline_access", "update_token": keep}
    with _session(house, "Refreshing app", **options) as session:
        first = dict(await _approved(house, session, "Refreshing app"))
        assert first["expires_in"] <= 900
        session.token["expires_at"] = 1  # by the app's clock it has ended
        told = await asyncio.to_thread(session.get, f"{house.origin}/wattfare/v1/budget")
        assert told.json()["windows"][0]["limit"] == "1.50"
        second = dict(session.token)
        assert renewed == [first["refresh_token"]]
        assert second["refresh_token"] != first["refresh_token"], "it is good once"

        async def active(token: str) -> bool:
            asked = await asyncio.to_thread(
                session.introspect_token, f"{house.origin}/oauth/introspect", token=token
            )
            return bool(asked.json()["active"])

        assert await active(second["access_token"])
        gone = await asyncio.to_thread(
            session.revoke_token, f"{house.origin}/oauth/revoke", token=second["refresh_token"]
        )
        assert gone.status_code == 200
        assert not await active(second["access_token"])


async def test_a_refresh_token_that_is_used_twice_ends_the_approval(house: GatewayHouse) -> None:
    with _session(house, "Twice app", scope="offline_access") as session:
        first = dict(await _approved(house, session, "Twice app"))
        await asyncio.to_thread(session.refresh_token)
        with pytest.raises(OAuthError, match="invalid_grant"):
            await asyncio.to_thread(session.refresh_token, refresh_token=first["refresh_token"])
    rows = await house.on_wallet(house.wallet.apps())
    assert [row.state for row in rows if row.name == "Twice app"] == [GrantState.REVOKED]


async def test_a_registered_client_is_known_by_what_it_was_given(house: GatewayHouse) -> None:
    registered = await asyncio.to_thread(
        requests.post,
        _metadata(house)["registration_endpoint"],
        json={"client_name": "Registered app", "redirect_uris": [REDIRECT]},
        hooks={"response": Described()},
        timeout=20,
    )
    assert registered.status_code == 201, registered.text
    with _session(house, registered.json()["client_id"]) as session:
        assert (await _approved(house, session, "Registered app"))["token_type"] == "Bearer"


async def test_a_terminal_polls_with_its_device_code(house: GatewayHouse) -> None:
    with _session(house, "Terminal app") as session:

        async def begun() -> tuple[str, dict[str, str]]:
            answer = await asyncio.to_thread(
                session.post,
                f"{house.origin}/oauth/device_authorization",
                data={"client_id": "Terminal app", "authorization_details": DETAILS},
                withhold_token=True,
            )
            code = answer.json()
            return code["user_code"], {
                "grant_type": DEVICE_GRANT,
                "device_code": code["device_code"],
            }

        _, nobody_typed_it = await begun()
        with pytest.raises(OAuthError, match="authorization_pending"):
            await asyncio.to_thread(session.fetch_token, **nobody_typed_it)
        with pytest.raises(OAuthError, match="slow_down"):
            await asyncio.to_thread(session.fetch_token, **nobody_typed_it)
        user_code, poll = await begun()
        await house.on_wallet(house.wallet.devices.enter(user_code))
        await approve(house, "Terminal app")
        token = await asyncio.to_thread(session.fetch_token, **poll)
        assert token["authorization_details"][0]["period"] == "day"
        told = await asyncio.to_thread(session.get, f"{house.origin}/wattfare/v1/budget")
        assert told.json()["windows"][0]["limit"] == "1.50"
