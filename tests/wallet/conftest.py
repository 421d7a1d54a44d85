"""One open wallet a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.wallet_house import WalletHouse, wallet_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as made:
        yield made
