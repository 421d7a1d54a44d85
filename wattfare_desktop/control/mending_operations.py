"""Setting right what a crash or a wrong clock left, as control commands."""

from typing import Protocol

from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.operations import Family
from wattfare_desktop.control.shapes import stuck_shape
from wattfare_desktop.core.corrections import Correction
from wattfare_desktop.core.identifiers import CallId
from wattfare_desktop.core.money import Nanos, exact_usd
from wattfare_desktop.core.reports import StuckWindow


class Mender(Protocol):
    """Who sets right; see ``wallet.mending``."""

    async def settle(  # noqa: D102 - the wallet's own words
        self, call: CallId, billed: Nanos
    ) -> Correction: ...
    async def reset_windows(self) -> tuple[StuckWindow, ...]: ...  # noqa: D102


class MendingWallet(Protocol):
    """What these commands ask of the wallet; see ``wallet.wallet`` for its meaning."""

    def mending(self) -> Mender: ...  # noqa: D102


def mending_family(wallet: MendingWallet) -> Family:
    """Return the commands, by name."""
    return _MendingCommands(wallet).family()


class _MendingCommands:
    def __init__(self, wallet: MendingWallet) -> None:
        self._wallet = wallet

    def family(self) -> Family:
        return {"settle": self._settle, "windows reset": self._reset_windows}

    async def _reset_windows(self, _arguments: Arguments) -> JsonValue:
        return [stuck_shape(each) for each in await self._wallet.mending().reset_windows()]

    async def _settle(self, arguments: Arguments) -> JsonValue:
        call = CallId(arguments.text("call"))
        # Zero is a word too, so it has to be said.
        arguments.text("amount")
        found = await self._wallet.mending().settle(call, arguments.amount("amount"))
        return {
            "call": found.call,
            "app": found.app,
            "funding": found.funding,
            "charged": exact_usd(found.charged),
            "billed": exact_usd(found.billed),
            "cost": exact_usd(found.cost),
            "returned": exact_usd(found.returned),
            "from_reserve": exact_usd(found.from_reserve),
            "uncovered": exact_usd(found.uncovered),
        }
