"""Aliases as control commands: which names stand for which models, and what answers at the cap."""

from collections.abc import Sequence
from typing import Protocol

from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.operations import Family
from wattfare_desktop.wallet.aliases import Aliases


class AliasDesk(Protocol):
    """Who keeps them; see ``wallet.aliases``."""

    @property
    def now(self) -> Aliases: ...  # noqa: D102 - the wallet's own words
    async def set(self, name: str, models: Sequence[str]) -> None: ...  # noqa: D102
    async def set_at_cap(self, model: str | None) -> None: ...  # noqa: D102


class AliasWallet(Protocol):
    """What these commands ask of the wallet; see ``wallet.wallet`` for its meaning."""

    def aliases(self) -> AliasDesk: ...  # noqa: D102


def alias_family(wallet: AliasWallet) -> Family:
    """Return the commands ``model list``, ``model set`` and ``model at-cap`` of one wallet."""
    commands = _AliasCommands(wallet)
    return {
        "model list": commands.listed,
        "model set": commands.set,
        "model at-cap": commands.set_at_cap,
    }


class _AliasCommands:
    def __init__(self, wallet: AliasWallet) -> None:
        self._wallet = wallet

    async def listed(self, _arguments: Arguments) -> JsonValue:
        aliases = self._wallet.aliases().now
        return {
            "aliases": [
                {"name": name, "models": list(models)} for name, models in aliases.by_name.items()
            ],
            "at_cap": aliases.at_cap,
        }

    async def set(self, arguments: Arguments) -> JsonValue:
        await self._wallet.aliases().set(arguments.text("name"), arguments.texts("models"))
        return await self.listed(arguments)

    async def set_at_cap(self, arguments: Arguments) -> JsonValue:
        await self._wallet.aliases().set_at_cap(arguments.optional_text("model"))
        return await self.listed(arguments)
