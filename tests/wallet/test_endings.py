"""What the clock ended stays ended, though it is set back; noticed with a call or without one."""

import pytest

from tests.support.asking import LOOPBACK, VERIFIER, answer_in, details
from tests.support.wallet_house import WalletHouse, eventually
from wattfare_desktop.core.identifiers import DAY_MS, GrantId
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import BudgetRefusal
from wattfare_desktop.core.raises import RaiseKind, offer_for
from wattfare_desktop.storage import chain
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.wallet.codes import TokenRequest
from wattfare_desktop.wallet.spending import GrantClosed


@pytest.fixture
async def grant(house: WalletHouse) -> GrantId:
    """An app for a day."""
    await house.fund()
    answer = await house.approve(authorization_details=details("1.00", "month", expires_in_days=1))
    await house.trade(
        TokenRequest(
            code=answer_in(answer)["code"],
            client_id="Notes AI",
            redirect_uri=LOOPBACK,
            verifier=VERIFIER,
        )
    )
    return (await house.app()).id


async def events(house: WalletHouse, grant: GrantId) -> list[str]:
    return [note.event for note in await house.wallet.history(grant)]


async def require_ended(house: WalletHouse, grant: GrantId) -> None:
    """A day before its end, it has ended."""
    house.clock.ahead_ms = 0
    assert (await house.app(grant)).state is GrantState.EXPIRED
    refused = await house.books.spending.reserve(house.wanted(grant, parse_usd("0.10")))
    assert refused == GrantClosed(state=GrantState.EXPIRED)
    assert (await events(house, grant)).count("expire") == 1
    await house.wallet.lock()
    await house.opened()
    assert (await house.app(grant)).state is GrantState.EXPIRED
    assert house.wallet.trouble is None


async def test_an_app_that_ran_out_in_its_time_stays_so(house: WalletHouse, grant: GrantId) -> None:
    await house.spend(grant, "0.10")
    ends_at = (await house.app(grant)).expires_at
    assert ends_at is not None
    house.clock.ahead_ms += ends_at - house.clock.now() - 500
    # Looked at before its end, so it waits for it.
    await house.books.endings.notice()
    assert house.books.accesses.state_of(grant) is GrantState.ACTIVE
    await eventually(lambda: house.books.accesses.state_of(grant) is GrantState.EXPIRED)
    await require_ended(house, grant)


@pytest.mark.parametrize("was_paused", [False, True])
async def test_a_call_that_is_refused_notices_it(
    house: WalletHouse,
    grant: GrantId,
    was_paused: bool,  # noqa: FBT001 - a case
) -> None:
    if was_paused:
        await house.wallet.pause(grant)
    house.clock.ahead_ms = DAY_MS
    refused = await house.books.spending.reserve(house.wanted(grant, parse_usd("0.10")))
    assert refused == GrantClosed(state=GrantState.EXPIRED)
    await require_ended(house, grant)


async def test_a_start_notices_it(house: WalletHouse, grant: GrantId) -> None:
    await house.wallet.lock()
    house.clock.ahead_ms = DAY_MS
    await house.opened()
    await require_ended(house, grant)


async def test_an_expiry_is_anchored_at_once(house: WalletHouse, grant: GrantId) -> None:
    await house.books.tasks.drain(5)
    house.clock.ahead_ms = DAY_MS
    await house.books.endings.notice()
    await house.books.tasks.drain(5)
    await house.books.asides.drain(5)
    head = await house.books.database.read(chain.head)
    assert f'"seq": {head.seq},' in (house.paths.home / "anchor").read_text()
    assert (await events(house, grant))[0] == "expire"


async def test_a_doubted_file_is_not_written(house: WalletHouse, grant: GrantId) -> None:
    await house.wallet.lock()
    (house.paths.home / "anchor").write_text("nonsense")
    house.clock.ahead_ms = DAY_MS
    await house.opened()
    assert house.wallet.trouble is not None
    before = await house.books.database.read(chain.head)
    await house.books.endings.notice()
    assert await house.books.database.read(chain.head) == before
    await house.wallet.accept_ledger()
    await require_ended(house, grant)


async def test_a_raise_ends_in_its_time_though_nobody_spends(
    house: WalletHouse, grant: GrantId
) -> None:
    await house.spend(grant, "1.00")
    refused = await house.books.spending.reserve(house.wanted(grant, parse_usd("0.10")))
    assert isinstance(refused, BudgetRefusal)
    offer = offer_for(refused)
    assert offer is not None
    assert offer.period is Period.MONTH
    await house.books.apps.raise_cap(grant, offer, RaiseKind.WINDOW)
    house.clock.ahead_ms = 40 * DAY_MS
    house.changes.clear()
    await house.books.endings.notice()
    assert any(grant in each.grants for each in house.changes)
    assert {"raise_ended", "expire"} <= set(await events(house, grant))


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE grants SET state = 'active'",
        "UPDATE grants SET state = 'paused'",
    ],
)
async def test_the_file_itself_revives_nothing(
    house: WalletHouse, grant: GrantId, forgery: str
) -> None:
    house.clock.ahead_ms = DAY_MS
    await house.books.endings.notice()

    def run(connection: Connection) -> None:
        connection.execute(forgery)

    with pytest.raises(Exception, match="expired grant stays expired"):
        await house.books.database.write(run)
    assert (await house.app(grant)).state is GrantState.EXPIRED
