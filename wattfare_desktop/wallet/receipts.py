"""Receipts as their readers get them: found by the call's name, signed with the wallet's key."""

from functools import partial
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import CallId, GrantId
from wattfare_desktop.core.receipts import (
    Json,
    PublicKey,
    Receipt,
    SignedReceipt,
    canonical,
    receipt_body,
    signed_receipt,
)
from wattfare_desktop.core.reports import CallStatus
from wattfare_desktop.storage.database import Database
from wattfare_desktop.storage.receipts import receipts_named
from wattfare_desktop.vault.signing import Signer, is_signature, thumbprint
from wattfare_desktop.wallet.clock import Clock

_PREFIX: Final = "call_"


class Receipts:
    """Finds and signs."""

    def __init__(self, database: Database, clock: Clock, signer: Signer) -> None:
        self._database = database
        self._clock = clock
        self._signer = signer
        self.key = PublicKey(id=signer.id, public=signer.public)
        """By which this wallet's receipts are known."""

    async def find(self, name: str) -> Receipt:
        """Return the receipt of the call whose id is, or alone begins with, ``name``.

        Raises UserFacingError where there is none, more than one, or it still runs.
        """
        beginning = name if name.startswith(_PREFIX) else f"{_PREFIX}{name}"
        found = await self._database.read(partial(receipts_named, beginning=beginning))
        if not found:
            raise UserFacingError("There is no such call", "`wattfare activity` lists them.")
        if len(found) > 1:
            raise UserFacingError(
                "More than one call begins like that", "Give more signs of its id."
            )
        if found[0].call.status is CallStatus.RUNNING:
            raise UserFacingError("This call is still running", "Wait for it to end.")
        return found[0]

    async def of_app(self, call: CallId, app: GrantId) -> Receipt | None:
        """Return the receipt of one of the app's own calls, running ones too; None of any other."""
        found = await self._database.read(partial(receipts_named, beginning=call))
        own = (each for each in found if each.call.call == call and each.call.app == app)
        return next(own, None)

    def signed(self, receipt: Receipt) -> dict[str, Json]:
        """Return ``receipt`` as it stands now, with the wallet's signature."""
        body = receipt_body(receipt, self.key, self._clock.now())
        return signed_receipt(body, self._signer.sign(canonical(body)))


def is_genuine(found: SignedReceipt) -> bool:
    """Return whether the key that ``found`` names signed just what it says."""
    key = found.key
    return key.id == thumbprint(key.public) and is_signature(
        found.signature, found.signed_bytes, key.public
    )
