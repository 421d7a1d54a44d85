"""The desk that asks to raise a cap, and what its answers write."""

import asyncio

import pytest

from tests.support.asking import details
from tests.support.wallet_house import WalletHouse, eventually
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import DAY_MS, HOUR_MS, GrantId
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import BudgetRefusal, Cap
from wattfare_desktop.core.raises import RaiseAnswer
from wattfare_desktop.wallet.accesses import Access
from wattfare_desktop.wallet.raising import RaiseId, RaiseQuestion

MINUTE_S = 60.0


class Screen:
    def __init__(self, house: WalletHouse) -> None:
        self.shown: list[RaiseQuestion] = []
        self.withdrawn: list[RaiseId] = []
        self._desk = house.wallet.raising
        self._desk.presenter = self

    def present_raise(self, question: RaiseQuestion) -> None:
        self.shown.append(question)

    def withdraw_raise(self, question_id: RaiseId) -> None:
        self.withdrawn.append(question_id)

    async def answer(self, answer: RaiseAnswer) -> None:
        await self._desk.answer(self.shown[-1].id, answer)


async def _grant(house: WalletHouse, name: str = "Notes AI") -> Access:
    """Approve an app that has spent its dollar a day and may ask for more."""
    await house.approve(client_id=name)
    row = await house.app()
    await house.wallet.set_caps(row.id, [Cap(period=Period.DAY, limit=parse_usd("1.00"))])
    await house.spend(row.id, "1.00")
    return Access(
        grant=row.id,
        name=row.name,
        state=GrantState.ACTIVE,
        models=(),
        expires_at=None,
        raise_allowed=True,
    )


async def _refusal(house: WalletHouse, grant: GrantId) -> BudgetRefusal:
    refusal = await house.books.spending.reserve(house.wanted(grant, parse_usd("0.10")))
    assert isinstance(refusal, BudgetRefusal), refusal
    return refusal


async def _asking(
    house: WalletHouse, access: Access, wait_s: float = MINUTE_S
) -> "asyncio.Task[bool]":
    refusal = await _refusal(house, access.grant)
    until_s = asyncio.get_running_loop().time() + wait_s
    task = asyncio.create_task(house.wallet.raising.ask(access, refusal, until_s))
    await asyncio.sleep(0)
    return task


async def test_one_question_at_a_time(house: WalletHouse) -> None:
    screen = Screen(house)
    await house.fund()
    first, second = await _grant(house), await _grant(house, "Other")
    asked = [await _asking(house, first), await _asking(house, second)]
    assert [question.grant for question in screen.shown] == [first.grant]
    await screen.answer(RaiseAnswer.NO)
    assert [question.grant for question in screen.shown] == [first.grant, second.grant]
    await screen.answer(RaiseAnswer.ONCE)
    assert await asyncio.gather(*asked) == [False, True]
    await house.spend(second.grant, "1.00")


async def test_a_no_is_heard_for_a_while_and_a_yes_forgets_it(house: WalletHouse) -> None:
    screen = Screen(house)
    await house.fund()
    access = await _grant(house)
    task = await _asking(house, access)
    await screen.answer(RaiseAnswer.NO)
    assert not await task
    assert not await (await _asking(house, access))
    assert len(screen.shown) == 1
    house.clock.ahead_ms += HOUR_MS
    task = await _asking(house, access)
    await screen.answer(RaiseAnswer.WINDOW)
    assert await task


async def test_whoever_has_waited_long_enough_waits_no_more(house: WalletHouse) -> None:
    screen = Screen(house)
    await house.fund()
    access = await _grant(house)
    assert not await (await _asking(house, access, 0.01))
    assert screen.withdrawn == [screen.shown[0].id]
    assert not await (await _asking(house, access, 0.0))
    with pytest.raises(UserFacingError, match="over"):
        await screen.answer(RaiseAnswer.ONCE)


async def test_a_question_that_runs_out_counts_as_a_no(house: WalletHouse) -> None:
    screen = Screen(house)
    await house.fund()
    access = await _grant(house)
    task = await _asking(house, access)
    house.wallet.raising._expire(access.grant)
    assert not await task
    assert not await (await _asking(house, access))
    assert len(screen.shown) == len(screen.withdrawn) == 1


async def test_locking_ends_the_wait(house: WalletHouse) -> None:
    screen = Screen(house)
    await house.fund()
    access = await _grant(house)
    task = await _asking(house, access)
    await house.wallet.lock()
    assert not await task
    assert len(screen.withdrawn) == 1


async def test_a_cap_that_renews_meanwhile_needs_no_raise(house: WalletHouse) -> None:
    screen = Screen(house)
    await house.fund()
    access = await _grant(house)
    task = await _asking(house, access)
    house.clock.ahead_ms += DAY_MS
    await screen.answer(RaiseAnswer.WINDOW)
    assert await task
    await house.spend(access.grant, "1.00")
    await _refusal(house, access.grant)


async def test_an_answer_that_cannot_be_written_ends_the_wait(house: WalletHouse) -> None:
    screen = Screen(house)
    await house.fund()
    access = await _grant(house)
    task = await _asking(house, access)
    house.wallet.raising.heed = lambda changes: None  # type: ignore[method-assign] # noqa: ARG005 - the name is the contract
    await house.wallet.revoke(access.grant)
    with pytest.raises(UserFacingError, match="cannot spend now"):
        await screen.answer(RaiseAnswer.ONCE)
    assert not await task


async def test_an_app_may_ask_for_it_and_its_user_take_it_away(house: WalletHouse) -> None:
    await house.approve(authorization_details=details(raise_allowed=True))
    app = await house.app()
    assert app.raise_allowed
    await house.wallet.allow_raise(app.id, allowed=False)
    assert not (await house.app(app.id)).raise_allowed
    notes = await house.wallet.history(app.id)
    assert [note.event for note in notes] == ["raise_disallowed", "granted"]


async def test_a_raise_and_the_permission_outlive_a_restart(house: WalletHouse) -> None:
    screen = Screen(house)
    await house.fund()
    access = await _grant(house)
    await house.wallet.allow_raise(access.grant, allowed=True)
    task = await _asking(house, access)
    await screen.answer(RaiseAnswer.ONCE)
    assert await task
    await house.wallet.lock()
    await house.opened()
    row = await house.app(access.grant)
    assert row.raise_allowed
    assert [window.raised for window in row.windows] == [parse_usd("1.00")]
    await house.spend(access.grant, "1.00")
    await _refusal(house, access.grant)


async def test_room_that_comes_back_settles_the_question(house: WalletHouse) -> None:
    screen = Screen(house)
    await house.fund()
    access = await _grant(house)
    task = await _asking(house, access)
    await house.wallet.set_caps(access.grant, [Cap(period=Period.DAY, limit=parse_usd("1.05"))])
    await house.tasks.drain(5)
    assert not task.done(), "there is not room enough yet"
    await house.wallet.set_caps(access.grant, [Cap(period=Period.DAY, limit=parse_usd("1.10"))])
    await eventually(task.done)
    assert await task
    assert len(screen.withdrawn) == 1
