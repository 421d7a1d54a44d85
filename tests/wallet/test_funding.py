"""Tests of ``wattfare_desktop.wallet.funding``, with a real provider that checks keys."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.scripted_provider import ScriptedProvider, json_reply, scripted_provider
from tests.support.wallet_house import PASSPHRASE, WalletHouse, wallet_house
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import FundingId, GrantId
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.reports import FundingAdded
from wattfare_desktop.gateway.practice.provider import PracticeServer, start_practice
from wattfare_desktop.storage import ledger
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.spending import FundingGone

KEY = "sk-canary-0123456789abcdef"
TEN = parse_usd("10.00")


@pytest.fixture
async def provider() -> AsyncIterator[PracticeServer]:
    """A provider that takes one key and refuses all others."""
    server = await start_practice(KEY)
    yield server
    await server.close()


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedProvider]:
    async with scripted_provider() as provider:
        yield provider


async def _add(
    house: WalletHouse, base_url: str, key: str | None = KEY, balance: Nanos = TEN
) -> FundingAdded:
    return await house.wallet.add_funding("openai", key=key, base_url=base_url, balance=balance)


async def test_a_key_is_checked_stored_and_hinted_at(
    house: WalletHouse, provider: PracticeServer
) -> None:
    house.changes.clear()
    added = await _add(house, f"{provider.base_url}/v1")
    assert added.warning is None
    assert added.row.key_hint == "cdef"
    assert (added.row.balance, added.row.held, added.row.spent) == (TEN, 0, 0)
    assert added.row.base_url == f"{provider.base_url}/v1"
    assert (added.row.name, added.row.practice) == ("OpenAI", False)
    assert house.changes == [Changes(fundings=frozenset({added.row.id}), wallet=True)]
    assert (await house.wallet.overview()).balance == TEN
    (live,) = house.books.fundings.live
    assert live.key is not None
    assert live.key.reveal() == KEY


async def test_the_key_is_in_no_row_and_no_file(
    house: WalletHouse, provider: PracticeServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    await _add(house, f"{provider.base_url}/v1")
    rows = await house.books.database.read(
        lambda cx: cx.execute("SELECT * FROM fundings").fetchall()
    )
    assert KEY not in repr(rows)
    assert KEY.encode() not in b"".join(bytes(cell) for cell in rows[0] if type(cell) is bytes)
    for path in house.paths.home.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()
    assert KEY not in caplog.text
    assert KEY not in repr(house.books.fundings.live)


async def test_a_refused_key_is_told_and_not_stored(
    house: WalletHouse, provider: PracticeServer
) -> None:
    with pytest.raises(UserFacingError, match="OpenAI refuses this key") as refused:
        await _add(house, f"{provider.base_url}/v1", key="sk-wrong-0123456789")
    assert "sk-wrong" not in str(refused.value)
    assert await house.wallet.fundings() == ()
    assert house.books.fundings.live == ()


@pytest.mark.parametrize("status", [404, 429, 500, 503])
async def test_a_provider_that_cannot_tell_is_stored_with_a_warning(
    house: WalletHouse, scripted: ScriptedProvider, status: int
) -> None:
    scripted.listing = json_reply({"error": {}}, status=status)
    added = await _add(house, scripted.base_url)
    assert added.warning is not None
    assert "unchecked" in added.warning
    assert len(await house.wallet.fundings()) == 1
    assert scripted.listed[-1].header("Authorization") == f"Bearer {KEY}"


async def test_a_provider_that_is_not_there_is_stored_with_a_warning(house: WalletHouse) -> None:
    added = await _add(house, "http://127.0.0.1:9/v1")
    assert added.warning is not None


@pytest.mark.parametrize("key", [None, "", "  ", "two words", "two\nlines", "clé", "k" * 1001])
async def test_what_is_no_key_is_not_even_sent(
    house: WalletHouse, scripted: ScriptedProvider, key: str | None
) -> None:
    with pytest.raises(UserFacingError):
        await _add(house, scripted.base_url, key=key)
    assert scripted.listed == []
    assert await house.wallet.fundings() == ()


async def test_a_pasted_key_loses_its_line_break(
    house: WalletHouse, provider: PracticeServer
) -> None:
    assert (await _add(house, f"{provider.base_url}/v1", key=f" {KEY}\n")).warning is None


async def test_a_short_key_has_no_hint(house: WalletHouse) -> None:
    assert (await _add(house, "http://127.0.0.1:9/v1", key="ollama")).row.key_hint == "••••"


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "api.example",
        "http://api.example/v1",
        "ftp://127.0.0.1/",
        "https://a:b@api.example/v1",
        "https://api.example/v1?key=1",
        "https://api.example/../v1",
        "file:///etc/passwd",
    ],
)
async def test_a_bad_base_is_refused(house: WalletHouse, base_url: str) -> None:
    with pytest.raises(UserFacingError, match="base URL cannot be used"):
        await _add(house, base_url)
    assert await house.wallet.fundings() == ()


async def test_the_practice_provider_needs_no_key(tmp_path: Path) -> None:
    server = await start_practice("")
    async with wallet_house(tmp_path, practice_url=server.base_url) as house:
        added = await house.wallet.add_funding("practice", key="x", base_url=None, balance=TEN)
        assert added.warning is None
        assert (added.row.practice, added.row.key_hint) == (True, "")
        overview = await house.wallet.overview()
        assert (overview.balance, overview.practice_balance) == (0, TEN)
    await server.close()


async def test_an_empty_balance_can_be_topped_up(house: WalletHouse) -> None:
    funding = (await _add(house, "http://127.0.0.1:9/v1", balance=Nanos(0))).row.id
    house.changes.clear()
    row = await house.wallet.top_up(funding, parse_usd("2.50"))
    assert row.balance == parse_usd("2.50")
    assert (await house.wallet.top_up(funding, Nanos(1))).balance == parse_usd("2.50") + 1
    assert house.changes == [Changes(fundings=frozenset({funding}))] * 2
    assert (await house.books.database.read(ledger.trial_balance)).balances


async def test_nothing_and_nobody_cannot_be_topped_up(house: WalletHouse) -> None:
    funding = await house.fund()
    for amount in (Nanos(0), Nanos(-1)):
        with pytest.raises(UserFacingError, match="Nothing to add"):
            await house.wallet.top_up(funding, amount)
    with pytest.raises(UserFacingError, match="No such funding"):
        await house.wallet.top_up(FundingId("funding_1"), TEN)
    assert (await house.wallet.overview()).practice_balance == parse_usd("100.00")


async def test_what_is_removed_is_gone_with_its_key_and_balance(house: WalletHouse) -> None:
    funding = (await _add(house, "http://127.0.0.1:9/v1")).row.id
    await house.wallet.remove_funding(funding)
    assert await house.wallet.fundings() == ()
    assert house.books.fundings.live == ()
    assert (await house.wallet.overview()).balance == 0
    sealed = await house.books.database.read(
        lambda cx: cx.execute("SELECT key_sealed FROM fundings").fetchall()
    )
    assert sealed == [(None,)]
    assert (await house.books.database.read(ledger.trial_balance)).balances
    with pytest.raises(UserFacingError, match="No such funding"):
        await house.wallet.remove_funding(funding)


async def test_what_pays_a_running_call_stays(house: WalletHouse) -> None:
    funding, grant = await house.fund(), await _app(house)
    held = await house.hold(grant, "1.00")
    with pytest.raises(UserFacingError, match="Calls are running"):
        await house.wallet.remove_funding(funding)
    assert [row.held for row in await house.wallet.fundings()] == [parse_usd("1.00")]
    await house.settle(held, "0.50")
    await house.wallet.remove_funding(funding)
    assert (await house.app(grant)).spent_total == parse_usd("0.50"), "what was spent stays known"


async def test_a_call_that_comes_too_late_finds_it_gone(house: WalletHouse) -> None:
    funding, grant = await house.fund(), await _app(house)
    wanted = house.wanted(grant, parse_usd("1.00"))
    await house.wallet.remove_funding(funding)
    assert await house.books.spending.reserve(wanted) == FundingGone()


async def test_two_removals_at_once_are_one(house: WalletHouse) -> None:
    funding = await house.fund()
    await asyncio.gather(
        house.wallet.remove_funding(funding),
        house.wallet.remove_funding(funding),
        return_exceptions=True,
    )
    assert await house.wallet.fundings() == ()
    assert (await house.books.database.read(ledger.trial_balance)).balances


async def test_keys_are_there_again_after_unlocking(
    house: WalletHouse, provider: PracticeServer
) -> None:
    await _add(house, f"{provider.base_url}/v1")
    await house.wallet.lock()
    await house.wallet.unlock(PASSPHRASE)
    (live,) = house.books.fundings.live
    assert live.key is not None
    assert (live.key.reveal(), live.base_url) == (KEY, f"{provider.base_url}/v1")


async def test_a_key_moved_to_another_row_does_not_open(
    house: WalletHouse, provider: PracticeServer
) -> None:
    await _add(house, f"{provider.base_url}/v1")
    other = (await _add(house, f"{provider.base_url}/v1")).row.id
    await house.books.database.write(
        lambda cx: cx.execute(
            "UPDATE fundings SET key_sealed = (SELECT key_sealed FROM fundings WHERE id <> ?)"
            " WHERE id = ?",
            (other, other),
        )
    )
    with pytest.raises(UserFacingError):
        await house.books.fundings.load()


async def _app(house: WalletHouse) -> GrantId:
    await house.approve()
    return (await house.app()).id


@pytest.mark.parametrize(
    ("provider_id", "key", "base_url", "words"),
    [
        ("azure", KEY, None, "YOUR-RESOURCE.openai.azure.com"),
        ("own", None, None, "Only you know where"),
        ("grok", KEY, None, "Did you mean groq"),
        ("qqqqq", KEY, None, "funding providers"),
        ("groq", None, None, "needs a key"),
    ],
)
async def test_what_is_missing_is_said_with_what_helps(
    house: WalletHouse, provider_id: str, key: str | None, base_url: str | None, words: str
) -> None:
    with pytest.raises(UserFacingError) as refused:
        await house.wallet.add_funding(provider_id, key=key, base_url=base_url, balance=TEN)
    assert words in f"{refused.value.title} {refused.value.detail}"


async def test_a_server_of_ones_own_may_have_no_key(
    house: WalletHouse, scripted: ScriptedProvider
) -> None:
    added = await house.wallet.add_funding(
        "own", key=None, base_url=scripted.base_url, balance=Nanos(0)
    )
    (live,) = house.books.fundings.live
    assert live.key is None
    assert added.row.base_url == scripted.base_url
    assert scripted.listed[0].header("Authorization") is None


async def test_the_provider_is_asked_what_is_left(
    house: WalletHouse, scripted: ScriptedProvider
) -> None:
    added = await _add(house, scripted.base_url)
    with pytest.raises(UserFacingError, match="does not tell programs"):
        await house.wallet.told_balance(added.row.id)
    with pytest.raises(UserFacingError, match="No such funding"):
        await house.wallet.told_balance(FundingId("funding_none"))


async def test_model_servers_are_looked_for_on_this_machine(house: WalletHouse) -> None:
    known = {provider.id for provider in house.wallet.catalogue if provider.local}
    assert {near.provider for near in await house.wallet.neighbours()} <= known
