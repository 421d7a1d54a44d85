"""Tests of ``wattfare_desktop.wallet.aliases``."""

import pytest

from tests.support.wallet_house import PASSPHRASE, WalletHouse
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.wallet.aliases import TARGETS_MAX, Aliases


async def test_what_has_no_alias_is_a_model(house: WalletHouse) -> None:
    assert house.books.aliases.now == Aliases()
    assert house.books.aliases.now.models("gpt-5-mini") == ("gpt-5-mini",)


async def test_names_outlast_the_wallet_and_can_be_forgotten(house: WalletHouse) -> None:
    await house.books.aliases.set("fast", ["groq/a", "openai/b", "groq/a"])
    await house.books.aliases.set_at_cap("ollama/c")
    await house.wallet.lock()
    await house.wallet.unlock(PASSPHRASE)
    kept = house.books.aliases.now
    assert kept.models("fast") == ("groq/a", "openai/b")
    assert kept.at_cap == "ollama/c"
    await house.books.aliases.set("fast", [])
    await house.books.aliases.set_at_cap(None)
    assert house.books.aliases.now == Aliases()


async def test_whoever_looks_on_is_told(house: WalletHouse) -> None:
    before = len(house.changes)
    await house.books.aliases.set("fast", ["groq/a"])
    assert [each.wallet for each in house.changes[before:]] == [True]


@pytest.mark.parametrize(
    ("name", "models"),
    [
        ("", ["a/b"]),
        (" fast", ["a/b"]),
        ("fa\nst", ["a/b"]),
        ("n" * 257, ["a/b"]),
        ("fast", [""]),
        ("fast", [f"a/{number}" for number in range(TARGETS_MAX + 1)]),
    ],
)
async def test_what_is_no_name_is_refused_and_nothing_changes(
    house: WalletHouse, name: str, models: list[str]
) -> None:
    with pytest.raises(UserFacingError):
        await house.books.aliases.set(name, models)
    assert house.books.aliases.now == Aliases()
