"""A thousand requests thrown at the desk, and how often its user is disturbed."""

from collections.abc import Iterable

from tests.support.asking import WEB, uri
from tests.support.wallet_house import WalletHouse
from wattfare_desktop.core.identifiers import MINUTE_MS
from wattfare_desktop.core.oauth.prompting import UNVERIFIED_PROMPTS_MAX


async def _bombed(house: WalletHouse, links: Iterable[str]) -> int:
    """Follow every link, deny whatever is asked; return how often the user was asked."""
    asked = 0
    for link in links:
        await house.wallet.desk.submit_uri(link)
        while not house.screen.shown.empty():
            asked += 1
            await house.wallet.desk.deny(house.screen.shown.get_nowait().id)
    return asked


async def test_a_thousand_links_by_invented_names_ask_ten_times(house: WalletHouse) -> None:
    names = (uri(client_id=f"App {number}") for number in range(1_000))
    assert await _bombed(house, names) == UNVERIFIED_PROMPTS_MAX
    assert house.screen.errors == []


async def test_a_thousand_links_by_invented_origins_ask_ten_times(house: WalletHouse) -> None:
    await house.approve(redirect_uri=WEB)
    origins = (
        uri(client_id="Free", redirect_uri=f"https://n{number}.free.example/")
        for number in range(1_000)
    )
    assert await _bombed(house, origins) == UNVERIFIED_PROMPTS_MAX - 1, "the first asked, too"
    # Who was approved once is none of them.
    await house.ask(redirect_uri=WEB)


async def test_a_thousand_faulty_links_are_told_ten_times(house: WalletHouse) -> None:
    for number in range(1_000):
        await house.wallet.desk.submit_uri(uri(redirect_uri=f"http://evil{number}.example/"))
    assert len(house.screen.errors) == UNVERIFIED_PROMPTS_MAX
    house.clock.ahead_ms += 10 * MINUTE_MS
    await house.wallet.desk.submit_uri(uri(redirect_uri="http://evil.example/"))
    assert len(house.screen.errors) == UNVERIFIED_PROMPTS_MAX + 1


async def test_a_thousand_links_do_not_raise_the_unlocking_a_thousand_times(
    house: WalletHouse,
) -> None:
    await house.wallet.lock()
    for _ in range(1_000):
        await house.wallet.desk.submit_uri(uri())
    assert house.screen.unlocks == UNVERIFIED_PROMPTS_MAX


async def test_faulty_links_do_not_hide_that_an_app_waits_for_the_unlocking(
    house: WalletHouse,
) -> None:
    await house.wallet.lock()
    for _ in range(UNVERIFIED_PROMPTS_MAX):
        await house.wallet.desk.submit_uri(uri(redirect_uri="http://evil.example/"))
    await house.wallet.desk.submit_uri(uri())
    assert house.screen.unlocks == 1
