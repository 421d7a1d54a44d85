"""Tests of ``wattfare_desktop.wallet.devices``, on a real wallet."""

from functools import partial

import pytest

from tests.support.wallet_house import PASSPHRASE, WalletHouse
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import MINUTE_MS
from wattfare_desktop.core.oauth.device import (
    DEVICE_LIFETIME_MS,
    INTERVAL_MS,
    TYPING_MS,
    USER_CODE_LETTERS,
    read_device_request,
    shown_user_code,
)
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected
from wattfare_desktop.wallet import authorization
from wattfare_desktop.wallet.authorization import ANSWER_MS
from wattfare_desktop.wallet.codes import TokenRequest
from wattfare_desktop.wallet.devices import Begun


async def _begin(house: WalletHouse, client: str = "Backup") -> Begun | Rejected | None:
    return await house.wallet.devices.begin(partial(read_device_request, {"client_id": client}))


async def _begun(house: WalletHouse, client: str = "Backup") -> Begun:
    begun = await _begin(house, client)
    assert isinstance(begun, Begun)
    return begun


def _refusal(house: WalletHouse, begun: Begun, client: str = "Backup") -> OAuthError:
    house.clock.ahead_ms += 4 * INTERVAL_MS
    polled = house.wallet.devices.poll(begun.device_code, client)
    assert isinstance(polled, Rejected), polled
    return polled.code


async def test_an_approved_program_gets_its_code_once(house: WalletHouse) -> None:
    begun = await _begun(house)
    assert _refusal(house, begun) is OAuthError.AUTHORIZATION_PENDING
    assert await house.wallet.devices.enter(shown_user_code(begun.user_code)) == "Backup"
    assert _refusal(house, begun) is OAuthError.AUTHORIZATION_PENDING
    ticket = await house.screen.ticket()
    await house.wallet.desk.approve(ticket.id, house.terms(ticket))
    assert _refusal(house, begun, "Other") is OAuthError.INVALID_GRANT
    asked = house.wallet.devices.poll(begun.device_code, "Backup")
    assert not isinstance(asked, Rejected)
    assert (await house.trade(asked)).access
    assert _refusal(house, begun) is OAuthError.INVALID_GRANT
    assert house.postbag.carried.empty(), "nothing is sent anywhere"


async def test_a_denied_program_is_told(house: WalletHouse) -> None:
    begun = await _begun(house)
    await house.wallet.devices.enter(begun.user_code)
    await house.wallet.desk.deny((await house.screen.ticket()).id)
    assert _refusal(house, begun) is OAuthError.ACCESS_DENIED
    assert _refusal(house, begun) is OAuthError.INVALID_GRANT


async def test_a_question_nobody_answers_is_a_denial(
    house: WalletHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authorization, "ANSWER_MS", 10)
    begun = await _begun(house)
    await house.wallet.devices.enter(begun.user_code)
    answer = house.wallet.desk.answer_to((await house.screen.ticket()).id)
    assert answer is not None
    await answer
    assert _refusal(house, begun) is OAuthError.ACCESS_DENIED


async def test_locking_ends_what_was_asked(house: WalletHouse) -> None:
    begun = await _begun(house)
    await house.wallet.devices.enter(begun.user_code)
    await house.wallet.lock()
    assert _refusal(house, begun) is OAuthError.EXPIRED_TOKEN
    with pytest.raises(UserFacingError):
        await house.wallet.devices.enter((await _begun(house)).user_code)
    await house.wallet.unlock(PASSPHRASE)


async def test_whoever_polls_too_often_waits_longer_each_time(house: WalletHouse) -> None:
    begun = await _begun(house)
    assert _refusal(house, begun) is OAuthError.AUTHORIZATION_PENDING
    for waited_ms in (0, INTERVAL_MS, 2 * INTERVAL_MS):
        house.clock.ahead_ms += waited_ms
        polled = house.wallet.devices.poll(begun.device_code, "Backup")
        assert isinstance(polled, Rejected)
        assert polled.code is OAuthError.SLOW_DOWN
    assert _refusal(house, begun) is OAuthError.AUTHORIZATION_PENDING


async def test_a_code_is_typed_once_and_within_five_minutes(house: WalletHouse) -> None:
    used, late = await _begun(house), await _begun(house, "Late")
    await house.wallet.devices.enter(used.user_code)
    with pytest.raises(UserFacingError, match="No program"):
        await house.wallet.devices.enter(used.user_code)
    house.clock.ahead_ms += TYPING_MS
    with pytest.raises(UserFacingError, match="No program"):
        await house.wallet.devices.enter(late.user_code)
    assert _refusal(house, late, "Late") is OAuthError.AUTHORIZATION_PENDING
    house.clock.ahead_ms += DEVICE_LIFETIME_MS - TYPING_MS
    assert _refusal(house, late, "Late") is OAuthError.EXPIRED_TOKEN


async def test_a_code_typed_at_the_last_moment_is_still_answered(house: WalletHouse) -> None:
    begun = await _begun(house)
    house.clock.ahead_ms += TYPING_MS - 10_000
    await house.wallet.devices.enter(begun.user_code)
    ticket = await house.screen.ticket()
    house.clock.ahead_ms += ANSWER_MS - 10_000
    await house.wallet.desk.approve(ticket.id, house.terms(ticket))
    asked = house.wallet.devices.poll(begun.device_code, "Backup")
    assert isinstance(asked, TokenRequest), asked


async def test_codes_cannot_be_guessed(house: WalletHouse) -> None:
    begun = await _begun(house)
    for _ in range(10):
        with pytest.raises(UserFacingError, match="No program"):
            await house.wallet.devices.enter("BBBB-BBBB")
    with pytest.raises(UserFacingError, match="Too many"):
        await house.wallet.devices.enter(begun.user_code)
    house.clock.ahead_ms += 10 * MINUTE_MS
    assert await house.wallet.devices.enter((await _begun(house)).user_code) == "Backup"


async def test_a_blocked_program_is_not_asked_about(house: WalletHouse) -> None:
    await house.wallet.devices.enter((await _begun(house)).user_code)
    await house.wallet.desk.deny((await house.screen.ticket()).id, block=True)
    with pytest.raises(UserFacingError, match="not asked about"):
        await house.wallet.devices.enter((await _begun(house)).user_code)


async def test_there_is_an_end_to_how_many_wait(house: WalletHouse) -> None:
    begun = [await _begin(house) for _ in range(21)]
    assert [each is None for each in begun] == [False] * 20 + [True]
    codes = {each.user_code for each in begun if isinstance(each, Begun)}
    assert len(codes) == 20
    assert all(len(code) == 8 and set(code) <= set(USER_CODE_LETTERS) for code in codes)
    house.clock.ahead_ms += DEVICE_LIFETIME_MS
    assert isinstance(await _begin(house), Begun)
