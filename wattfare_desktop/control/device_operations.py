"""A typed code as a control command."""

from typing import Protocol

from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.operations import Family


class Devices(Protocol):
    """Who takes codes; see ``wallet.devices``."""

    async def enter(self, text: str) -> str: ...  # noqa: D102 - the wallet's own words


class DeviceWallet(Protocol):
    """What this command asks of the wallet; see ``wallet.wallet`` for its meaning."""

    @property
    def devices(self) -> Devices: ...  # noqa: D102


def device_family(wallet: DeviceWallet) -> Family:
    """Return the command ``approve`` of one wallet: it asks, and does not wait for the answer."""

    async def approve(arguments: Arguments) -> JsonValue:
        return {"name": await wallet.devices.enter(arguments.text("code"))}

    return {"approve": approve}
