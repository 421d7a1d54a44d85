"""Signed receipts, made without a wallet."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from tests.support.report_rows import CALL, NOON
from wattfare_desktop.core.metering.items import Item
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.receipts import (
    Json,
    PublicKey,
    Receipt,
    canonical,
    receipt_body,
    signed_receipt,
)
from wattfare_desktop.vault.signing import Signer

SIGNER: Final = Signer(bytes(range(32)))
KEY: Final = PublicKey(id=SIGNER.id, public=SIGNER.public)
ITEMS: Final = (
    Item(kind=UnitKind.INPUT, units=20_000, usd=Decimal("1.25")),
    Item(kind=UnitKind.CACHED_READ, units=3, usd=Decimal("0.1251")),
    Item(kind=UnitKind.REQUEST, units=1, usd=Decimal("0.01")),
)
# 0.035 and 375.3 nano-dollars, rounded up.
RECEIPT: Final = Receipt(
    call=replace(
        CALL,
        input_tokens=20_003,
        output_tokens=0,
        hold=Nanos(50_000_000),
        provider_cost=Nanos(35_000_376),
        cost=Nanos(35_000_376),
    ),
    items=ITEMS,
    provider_request="req_7",
)


def signed(
    receipt: Receipt = RECEIPT, *, signer: Signer = SIGNER, **changes: Json
) -> Mapping[str, Json]:
    """Return ``receipt`` signed, with some members of its body as ``changes`` say."""
    key = PublicKey(id=signer.id, public=signer.public)
    body = {**receipt_body(receipt, key, NOON), **changes}
    return signed_receipt(body, signer.sign(canonical(body)))
