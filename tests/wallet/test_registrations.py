"""Tests of ``wattfare_desktop.wallet.registrations``, on a real wallet."""

import json

from tests.support.asking import LOOPBACK
from tests.support.wallet_house import WalletHouse
from wattfare_desktop.core.identifiers import HOUR_MS, MINUTE_MS
from wattfare_desktop.core.oauth.clients import RegisteredClient
from wattfare_desktop.core.oauth.registration import ClientMetadata, read_metadata

METADATA = read_metadata(
    json.dumps({"client_name": "Notes", "redirect_uris": [LOOPBACK]}).encode(), ()
)


async def _register(house: WalletHouse) -> RegisteredClient | None:
    assert isinstance(METADATA, ClientMetadata)
    return await house.books.registrations.register(METADATA)


async def _registered(house: WalletHouse) -> RegisteredClient:
    client = await _register(house)
    assert client is not None
    return client


async def test_it_outlives_a_restart_but_not_an_hour(house: WalletHouse) -> None:
    client = await _registered(house)
    await house.crash()
    await house.opened()
    assert house.books.registrations.live() == {client.client_id: client}
    house.clock.ahead_ms += HOUR_MS
    assert house.books.registrations.live() == {}
    newer = await _registered(house)
    await house.crash()
    await house.opened()
    house.clock.ahead_ms -= HOUR_MS - MINUTE_MS
    assert client.client_id not in house.books.registrations.live()
    assert newer.client_id != client.client_id


async def test_once_approved_it_stays(house: WalletHouse) -> None:
    client = await _registered(house)
    await house.approve(client_id=client.client_id)
    assert (await house.app()).name == "Notes"
    house.clock.ahead_ms += HOUR_MS
    assert client.client_id in house.books.registrations.live()
    await house.crash()
    await house.opened()
    assert client.client_id in house.books.registrations.live()


async def test_a_locked_wallet_still_knows_who_had_registered(house: WalletHouse) -> None:
    client = await _registered(house)
    await house.wallet.desk.submit_uri("wattfare://authorize?")
    await house.wallet.lock()
    assert client.client_id in house.wallet.desk.reader.registered()


async def test_ten_register_in_ten_minutes(house: WalletHouse) -> None:
    came = [await _register(house) is not None for _ in range(11)]
    assert came == [True] * 10 + [False]
    house.clock.ahead_ms += 10 * MINUTE_MS
    assert await _register(house) is not None
