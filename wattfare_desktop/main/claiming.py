"""A home held by one command, so that nobody starts a wallet there meanwhile."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from wattfare_desktop.control import client
from wattfare_desktop.control.messages import JsonValue, WalletAbsent
from wattfare_desktop.control.server import ControlServer
from wattfare_desktop.core.errors import UserFacingError


def require_stopped(address: str, running: UserFacingError) -> None:
    """Raise ``running`` where a wallet answers at ``address``."""
    try:
        client.ask(address, "status")
    except WalletAbsent:
        return
    raise running


@asynccontextmanager
async def claimed(
    address: str, *, busy: UserFacingError, running: UserFacingError
) -> AsyncIterator[None]:
    """Hold the home that is known by ``address``; whoever asks for it meanwhile is told ``busy``.

    Raises ``running`` where somebody else holds it.
    """

    async def answer(_command: str, _arguments: Mapping[str, JsonValue]) -> JsonValue:
        raise busy

    server = ControlServer(address=address, answerer=answer)
    if not await server.start():
        raise running
    try:
        yield
    finally:
        await server.close()
