"""The apps a user is never asked about, as control commands: which they are, and a way back."""

from collections.abc import Sequence
from typing import Protocol

from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.operations import Family
from wattfare_desktop.control.shapes import time_text
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import ClientId
from wattfare_desktop.core.reports import BlockedRow


class BlockList(Protocol):
    """Who keeps them; see ``wallet.apps``."""

    async def blocked_clients(self) -> Sequence[BlockedRow]: ...  # noqa: D102 - the wallet's words
    async def unblock_client(self, client: ClientId) -> None: ...  # noqa: D102


class BlockingWallet(Protocol):
    """What these commands ask of the wallet; see ``wallet.wallet`` for its meaning."""

    def block_list(self) -> BlockList: ...  # noqa: D102


def blocked_family(wallet: BlockingWallet) -> Family:
    """Return the commands ``blocked list`` and ``blocked remove`` of one wallet."""

    async def listed(_arguments: Arguments) -> JsonValue:
        return [
            {"client": row.client, "since": time_text(row.since)}
            for row in await wallet.block_list().blocked_clients()
        ]

    async def remove(arguments: Arguments) -> JsonValue:
        client = ClientId(arguments.text("client"))
        if all(row.client != client for row in await wallet.block_list().blocked_clients()):
            raise UserFacingError(
                "No such app is blocked",
                "`wattfare unblock` lists those that are, by name.",
            )
        await wallet.block_list().unblock_client(client)
        return await listed(arguments)

    return {"blocked list": listed, "blocked remove": remove}
