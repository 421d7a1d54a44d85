"""A wallet's port for each test of the authorization server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.front_door import FrontDoor, front_door


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[FrontDoor]:
    """An open wallet and its port on the test's own loop."""
    async with front_door(tmp_path) as opened:
        yield opened
