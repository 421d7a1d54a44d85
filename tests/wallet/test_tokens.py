"""Tests of ``wattfare_desktop.wallet.tokens``: refresh tokens on a real wallet."""

import asyncio

import pytest

from tests.support.asking import VERIFIER, answer_in, details
from tests.support.wallet_house import WalletHouse
from wattfare_desktop.core.identifiers import DAY_MS, MINUTE_MS
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.oauth.refreshing import SHORT_ACCESS_MS
from wattfare_desktop.core.oauth.tokens import digest
from wattfare_desktop.wallet.codes import Issued, TokenRequest
from wattfare_desktop.wallet.tokens import OtherKey, RefreshRequest


async def _issued(house: WalletHouse, **changes: str | None) -> Issued:
    code = answer_in(await house.approve(**{"scope": "offline_access", **changes}))["code"]
    return await house.trade(
        TokenRequest(code=code, client_id="Notes AI", redirect_uri=None, verifier=VERIFIER)
    )


async def _refresh(
    house: WalletHouse, token: str | None, client: str = "Notes AI"
) -> Issued | Rejected | OtherKey:
    assert token is not None
    return await house.books.tokens.refresh(RefreshRequest(refresh_token=token, client_id=client))


async def _next(house: WalletHouse, issued: Issued) -> Issued:
    again = await _refresh(house, issued.refresh)
    assert isinstance(again, Issued), again
    return again


def _state(house: WalletHouse, issued: Issued) -> GrantState | None:
    access = house.books.accesses.find(digest(issued.access))
    return None if access is None else access.state_at(house.clock.now())


async def test_an_app_that_asks_for_none_gets_no_refresh_token(house: WalletHouse) -> None:
    issued = await _issued(house, scope=None)
    assert (issued.refresh, issued.access_ends) == (None, None)
    house.clock.ahead_ms += DAY_MS
    assert _state(house, issued) is GrantState.ACTIVE


async def test_a_short_access_ends_and_is_followed_by_another(house: WalletHouse) -> None:
    first = await _issued(house)
    house.clock.ahead_ms += SHORT_ACCESS_MS
    assert _state(house, first) is GrantState.EXPIRED
    second = await _next(house, first)
    assert second.refresh != first.refresh
    assert second.terms == first.terms
    assert _state(house, second) is GrantState.ACTIVE
    assert _state(house, first) is None, "what has ended is not kept"
    assert (await house.app()).state is GrantState.ACTIVE


async def test_an_access_that_has_not_ended_works_beside_the_next(house: WalletHouse) -> None:
    first = await _issued(house)
    second = await _next(house, first)
    assert _state(house, first) is _state(house, second) is GrantState.ACTIVE


async def test_no_access_outlives_its_grant(house: WalletHouse) -> None:
    first = await _issued(house, authorization_details=details(expires_in_days=1))
    house.clock.ahead_ms += DAY_MS - MINUTE_MS
    second = await _next(house, first)
    assert second.access_ends == second.terms.expires_at
    house.clock.ahead_ms += MINUTE_MS
    refused = await _refresh(house, second.refresh)
    assert isinstance(refused, Rejected)
    assert refused.code is OAuthError.INVALID_GRANT


async def test_one_that_was_used_before_ends_the_family(house: WalletHouse) -> None:
    first = await _issued(house)
    second = await _next(house, first)
    again = await _refresh(house, first.refresh, "a thief")
    assert isinstance(again, Rejected)
    assert again.code is OAuthError.INVALID_GRANT
    assert _state(house, second) is GrantState.REVOKED
    app = await house.app()
    assert app.state is GrantState.REVOKED
    latest = (await house.wallet.history(app.id))[0]
    assert (latest.event, latest.detail) == ("revoke", "a refresh token was used twice")
    assert isinstance(await _refresh(house, second.refresh), Rejected)


async def test_of_two_at_once_one_succeeds_and_loses_it(house: WalletHouse) -> None:
    first = await _issued(house)
    ends = await asyncio.gather(*(_refresh(house, first.refresh) for _ in range(2)))
    (issued,) = (end for end in ends if isinstance(end, Issued))
    assert _state(house, issued) is GrantState.REVOKED


async def test_another_clients_try_spoils_nothing(house: WalletHouse) -> None:
    first = await _issued(house)
    for token, client in ((first.refresh, "Other AI"), ("wf_rt_" + "x" * 43, "Notes AI")):
        assert isinstance(await _refresh(house, token, client), Rejected)
    assert isinstance(await _refresh(house, first.refresh), Issued)


@pytest.mark.parametrize("kill", [False, True])
async def test_a_restart_forgets_neither_end_nor_use(
    house: WalletHouse,
    kill: bool,  # noqa: FBT001 - a table's column
) -> None:
    first = await _issued(house)
    second = await _next(house, first)
    await (house.crash() if kill else house.wallet.lock())
    await house.opened()
    assert _state(house, second) is GrantState.ACTIVE
    house.clock.ahead_ms += SHORT_ACCESS_MS
    assert _state(house, second) is GrantState.EXPIRED
    third = await _next(house, second)
    assert isinstance(await _refresh(house, first.refresh), Rejected)
    assert _state(house, third) is GrantState.REVOKED


async def test_a_paused_app_may_refresh_but_not_call(house: WalletHouse) -> None:
    first = await _issued(house)
    await house.wallet.pause((await house.app()).id)
    assert _state(house, await _next(house, first)) is GrantState.PAUSED


async def test_no_token_is_in_the_file(house: WalletHouse) -> None:
    first = await _issued(house)
    rows = await house.books.database.read(
        lambda cx: cx.execute("SELECT * FROM refresh_tokens").fetchall()
    )
    assert len(rows) == 1
    assert str(first.refresh) not in repr(rows)


async def test_either_token_given_back_ends_the_grant(house: WalletHouse) -> None:
    for which in ("access", "refresh"):
        issued = await _issued(house)
        await house.books.codes.give_back(str(getattr(issued, which)))
        assert _state(house, issued) is GrantState.REVOKED
        assert isinstance(await _refresh(house, issued.refresh), Rejected)


async def test_a_token_is_told_about_while_it_works(house: WalletHouse) -> None:
    first, other = await _issued(house), await _issued(house)
    books = house.books
    found = await books.tokens.introspect(first.access, None)
    assert found is not None
    assert (found.client_id, found.ends_at, found.terms) == (
        "Notes AI",
        first.access_ends,
        first.terms,
    )
    refresh = await books.tokens.introspect(str(first.refresh), first.access)
    assert refresh is not None
    assert refresh.is_refresh
    assert await books.tokens.introspect(first.access, other.access) is None
    assert await books.tokens.introspect(first.access, "wf_at_" + "x" * 43) is None
    assert await books.tokens.introspect("", None) is None
    second = await _next(house, first)
    assert await books.tokens.introspect(str(first.refresh), None) is None
    house.clock.ahead_ms += SHORT_ACCESS_MS
    assert await books.tokens.introspect(second.access, None) is None
    assert await books.tokens.introspect(str(second.refresh), None) is not None
    await books.codes.give_back(str(second.refresh))
    assert await books.tokens.introspect(str(second.refresh), None) is None
