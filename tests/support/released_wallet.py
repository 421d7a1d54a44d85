"""A wallet as a released version leaves it on a disk, and what it says of itself.

``python -m tests.support.released_wallet VERSION`` makes one with the program of this tree and puts
it into ``tests/wallets/VERSION``. Done once for each release and kept for good: what later programs
are given is what that version really wrote.
"""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientSession

from tests.support.gateway_house import App, GatewayHouse, running_house
from tests.support.scripted_provider import (
    DONE,
    Reply,
    ScriptedProvider,
    completion,
    delta,
    json_reply,
    scripted_provider,
    stream,
    usage,
)
from wattfare_desktop.core.disputes import DisputeReason
from wattfare_desktop.core.fees import Fee
from wattfare_desktop.core.identifiers import ClientId
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap

WALLETS: Final = Path(__file__).parents[1] / "wallets"
FACTS: Final = "facts.json"
_LEFT_OUT: Final = frozenset({"runtime.json", "wattfare.log"})
_ASKED: Final = {
    "model": "gpt-5-mini",
    "messages": [{"role": "user", "content": "Hello"}],
    "max_tokens": 100,
}


async def facts_of(house: GatewayHouse) -> dict[str, Any]:
    """Return what must not change by being opened with a later program."""
    apps = await house.on_wallet(house.wallet.apps())
    fundings = await house.on_wallet(house.wallet.fundings())
    calls = await house.calls()
    disputes = await house.on_wallet(house.wallet.disputes().listed())
    blocked = await house.on_wallet(house.wallet.block_list().blocked_clients())
    return {
        "apps": {
            app.name: {
                "state": str(app.state),
                "spent": app.spent_total,
                "models": list(app.models),
                "caps": {str(each.period): each.limit for each in app.windows},
            }
            for app in apps
        },
        "fundings": {
            funding.name: [funding.balance, funding.reserve, funding.held] for funding in fundings
        },
        "calls": {
            call.call: [call.app_name, call.model, str(call.status), call.cost, call.fee]
            for call in calls
        },
        "disputes": {each.call: [str(each.reason), each.amount] for each in disputes},
        "blocked": [each.client for each in blocked],
    }


async def use(house: GatewayHouse) -> None:
    """Do one of everything that leaves something in the file."""
    async with scripted_provider() as provider:
        funding = await house.fund(provider.base_url, balance="50.00")
        wallet = house.wallet
        await house.on_wallet(wallet.set_fee(Fee(basis_points=100, reserve_percent=50)))
        await house.on_wallet(wallet.add_to_reserve(funding.id, parse_usd("5.00")))
        await house.on_wallet(
            wallet.set_wallet_caps([Cap(period=Period.MONTH, limit=parse_usd("40.00"))])
        )
        notes = await house.approve(name="Notes AI", cap="10.00", models=("openai/*",))
        gone = await house.approve(name="Gone", cap="1.00")
        await _call(house, provider, notes)
        await _call(house, provider, gone)
        await house.on_wallet(wallet.revoke(gone.grant))
        paused = await house.approve(name="Paused", cap="2.00", period=Period.WEEK)
        await house.on_wallet(wallet.pause(paused.grant))
        await house.on_wallet(wallet.block_list().block_client(ClientId("Pest")))
        await house.on_wallet(wallet.aliases().set("quick", ["openai/gpt-5-mini"]))
        disputed = next(call.call for call in await house.settled(notes) if call.cost)
        disputing = wallet.disputes().dispute(disputed, DisputeReason.EMPTY)
        await house.on_wallet(disputing)
        await house.settled()


async def _call(house: GatewayHouse, provider: ScriptedProvider, app: App) -> None:
    """Make a whole call, a streamed one, and one that the provider refuses."""
    url = f"{house.origin}/v1/chat/completions"
    headers = {"Authorization": f"Bearer {app.access}"}
    refused = json_reply({"error": {"message": "overloaded"}}, status=500)
    replies: tuple[Reply, ...] = (completion("Hi"), stream(delta("Hi"), usage(9, 3), DONE), refused)
    async with ClientSession(headers=headers) as session:
        for place, reply in enumerate(replies):
            provider.answer(reply)
            async with session.post(url, json={**_ASKED, "stream": place == 1}) as answer:
                await answer.read()
            await house.settled()


def make(version: str) -> Path:
    """Make the wallet of ``version``; return its folder."""
    target = WALLETS / version
    with tempfile.TemporaryDirectory() as folder:
        with running_house(Path(folder)) as house:
            facts = asyncio.run(_used(house))
        home = Path(folder) / "home"
        shutil.copytree(home, target, ignore=lambda _, names: _LEFT_OUT & set(names))
    _write(target / FACTS, facts)
    return target


async def _used(house: GatewayHouse) -> dict[str, Any]:
    await use(house)
    return await facts_of(house)


def _write(path: Path, facts: Mapping[str, Any]) -> None:
    path.write_text(f"{json.dumps(facts, indent=1)}\n", encoding="utf-8")


if __name__ == "__main__":
    make(sys.argv[1])
