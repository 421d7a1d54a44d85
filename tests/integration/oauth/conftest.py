"""A wallet for each library: names that nobody vouches for may ask ten times in ten minutes."""

from collections.abc import Iterator

import pytest

from tests.support.gateway_house import GatewayHouse, running_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayHouse]:
    """The wallet of one module's tests."""
    with running_house(tmp_path_factory.mktemp("house")) as house:
        yield house
