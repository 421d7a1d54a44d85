"""A running wallet for the tests that cross its rooms by its public port."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.gateway_house import App, GatewayHouse, running_house
from tests.support.scripted_provider import ScriptedProvider, scripted_provider


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayHouse]:
    """One wallet on its own thread; tests keep apart by the app each of them approves."""
    with running_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
async def provider(house: GatewayHouse) -> AsyncIterator[ScriptedProvider]:
    """A provider that pays for ``gpt-5-mini``; afterwards no hold may be left open."""
    async with scripted_provider() as provider:
        funding = await house.fund(provider.base_url)
        yield provider
        await house.require_sound()
        await house.remove_funding(funding.id)


@pytest.fixture
async def app(house: GatewayHouse) -> App:
    """An app with a cap that is large enough."""
    return await house.approve()
