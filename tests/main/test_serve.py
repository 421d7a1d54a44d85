"""The wallet without windows where nobody can be asked."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.asking import details
from tests.support.wallet_house import WalletHouse, eventually, wallet_house
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import BudgetRefusal, Cap
from wattfare_desktop.main.serve import RefusedRaises
from wattfare_desktop.wallet.accesses import Access


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as made:
        yield made


async def test_a_raise_is_refused_at_once_and_printed(house: WalletHouse) -> None:
    stdout = io.StringIO()
    terminal = Terminal(stdin=io.StringIO(), stdout=stdout, stderr=io.StringIO())
    raising = house.wallet.raising
    raising.presenter = RefusedRaises(raising, terminal, house.tasks)
    await house.fund()
    await house.approve(authorization_details=details())
    row = await house.app()
    await house.wallet.set_caps(row.id, [Cap(period=Period.DAY, limit=parse_usd("1.00"))])
    await house.spend(row.id, "1.00")
    refusal = await house.books.spending.reserve(house.wanted(row.id, parse_usd("0.10")))
    assert isinstance(refusal, BudgetRefusal)
    access = Access(
        grant=row.id,
        name=row.name,
        state=GrantState.ACTIVE,
        models=(),
        expires_at=None,
        raise_allowed=True,
    )
    until_s = asyncio.get_running_loop().time() + 60
    assert not await asyncio.wait_for(raising.ask(access, refusal, until_s), 5)
    await eventually(stdout.getvalue)
    said = stdout.getvalue()
    assert said.startswith("not raised raise_")
    assert said.endswith(" 'Notes AI'\n")
    # Asked again soon it keeps quiet, as after anybody's no.
    assert not await raising.ask(access, refusal, until_s)
    assert stdout.getvalue() == said
