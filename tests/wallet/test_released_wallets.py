"""A wallet of every released version opens with this program, and everything in it is as it was."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway_house import GatewayHouse, eventually, running_house
from tests.support.released_wallet import FACTS, WALLETS, facts_of
from tests.support.scripted_provider import scripted_provider

RELEASED = sorted(folder.name for folder in WALLETS.iterdir() if folder.is_dir())


@pytest.fixture(params=RELEASED)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of what a version left in its user's folder."""
    shutil.copytree(WALLETS / request.param, tmp_path / "home")
    return tmp_path


@pytest.fixture
def house(folder: Path) -> Iterator[GatewayHouse]:
    with running_house(folder) as house:
        yield house


async def test_nothing_is_lost(house: GatewayHouse, folder: Path) -> None:
    assert await facts_of(house) == json.loads((folder / "home" / FACTS).read_text("utf-8"))


async def test_the_books_still_prove_themselves(house: GatewayHouse) -> None:
    proof = house.wallet.proof()
    assert proof.doubt is None

    async def begin() -> None:
        proof.begin_verification()

    await house.on_wallet(begin())
    await eventually(lambda: proof.verification.is_over)
    assert (proof.verification.differences, proof.verification.failure) == ((), None)
    await house.require_sound()


async def test_it_goes_on_spending(house: GatewayHouse) -> None:
    for of_then in await house.on_wallet(house.wallet.fundings()):
        await house.remove_funding(of_then.id)  # where it was, nobody answers any more
    async with scripted_provider() as provider:
        await house.fund(provider.base_url)
        app = await house.approve(name="Newcomer")
        async with house.sdk(app) as client:
            await client.chat.completions.create(
                model="gpt-5-mini", messages=[{"role": "user", "content": "Hi"}], max_tokens=9
            )
        await house.require_sound()
