"""Receipts as control commands: one of a call, signed, and the key they are signed with."""

from collections.abc import Mapping
from typing import Any, Protocol

from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.operations import Family
from wattfare_desktop.core.receipts import ALGORITHM, PublicKey, Receipt


class ReceiptDesk(Protocol):
    """Who finds and signs; see ``wallet.receipts``."""

    @property
    def key(self) -> PublicKey: ...  # noqa: D102 - the wallet's own words
    async def find(self, name: str) -> Receipt: ...  # noqa: D102
    def signed(self, receipt: Receipt) -> Mapping[str, Any]: ...  # noqa: D102


class ReceiptWallet(Protocol):
    """What these commands ask of the wallet; see ``wallet.wallet`` for its meaning."""

    def receipts(self) -> ReceiptDesk: ...  # noqa: D102


def receipt_family(wallet: ReceiptWallet) -> Family:
    """Return the commands ``receipt`` and ``receipt key`` of one wallet."""
    return _ReceiptCommands(wallet).family()


class _ReceiptCommands:
    def __init__(self, wallet: ReceiptWallet) -> None:
        self._wallet = wallet

    def family(self) -> Family:
        return {"receipt": self._receipt, "receipt key": self._key}

    async def _receipt(self, arguments: Arguments) -> JsonValue:
        receipts = self._wallet.receipts()
        return receipts.signed(await receipts.find(arguments.text("call")))

    async def _key(self, _arguments: Arguments) -> JsonValue:
        key = self._wallet.receipts().key
        return {"algorithm": ALGORITHM, "id": key.id, "public": key.public}
