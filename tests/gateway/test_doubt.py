"""A call while the books are in doubt: 503, what to do, and nothing sent."""

from collections.abc import Iterator

import openai
import pytest

from tests.support.gateway_house import App, GatewayHouse
from tests.support.scripted_provider import ScriptedProvider


@pytest.fixture
def doubted(house: GatewayHouse) -> Iterator[GatewayHouse]:
    """The wallet all these tests share, in doubt for one of them."""
    house.books.spending.is_doubted = True
    yield house
    house.books.spending.is_doubted = False


async def test_nothing_is_spent_while_the_books_are_in_doubt(
    doubted: GatewayHouse, provider: ScriptedProvider, app: App
) -> None:
    async with doubted.sdk(app) as client:
        with pytest.raises(openai.InternalServerError) as refused:
            await client.chat.completions.create(
                model="gpt-5-mini", messages=[{"role": "user", "content": "Hello"}]
            )
    assert refused.value.status_code == 503
    assert refused.value.code == "ledger_doubted"
    assert "wattfare ledger accept" in str(refused.value)
    assert refused.value.response.headers["x-should-retry"] == "false"
    assert not provider.requests
