"""What a receipt says in the window: the bill, kind by kind, and the facts beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Final

from wattfare_desktop.core.metering.items import Item
from wattfare_desktop.core.metering.units import UnitKind, units_per_price
from wattfare_desktop.core.money import Nanos, plain_usd
from wattfare_desktop.core.receipts import Receipt, dollars
from wattfare_desktop.core.reports import CallRow
from wattfare_desktop.ui.presentation.calls import (
    ReceiptLine,
    basis_text,
    model_text,
    status_text,
    time_lines,
)
from wattfare_desktop.ui.presentation.units import KIND_WORDS

_MINUS: Final = "\N{MINUS SIGN}"


class BillRole(StrEnum):
    """How a line of the bill is set."""

    ITEM = "item"
    SUM = "sum"
    TOTAL = "total"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """An amount and what it is for; ``note`` says how it comes about."""

    label: str
    amount: str
    note: str = ""
    role: BillRole = BillRole.SUM


def bill(receipt: Receipt) -> tuple[BillLine, ...]:
    """Return the lines of the bill, to the last digit; each adds to what the ones before say."""
    call = receipt.call
    lines = [_item_line(item) for item in receipt.items]
    lines += _rounding_lines(receipt)
    if call.fee or call.overrun:
        lines.append(BillLine(label="Provider bills", amount=_usd(call.provider_cost)))
    if call.fee:
        lines.append(BillLine(label="Service fee", amount=_usd(call.fee)))
    if call.overrun:
        lines.append(
            BillLine(label="Over the cap, not charged", amount=f"{_MINUS}{_usd(call.overrun)}")
        )
    if call.corrected:
        lines.append(BillLine(label="Charged at first", amount=_usd(call.charged_at_first)))
        sign = "+" if call.corrected > 0 else _MINUS
        size = _usd(Nanos(abs(call.corrected)))
        lines.append(BillLine(label="Corrected", amount=f"{sign}{size}"))
    lines.append(BillLine(label="Charged", amount=_usd(call.cost), role=BillRole.TOTAL))
    if call.credited:
        amount = f"{_MINUS}{_usd(call.credited)}"
        lines.append(BillLine(label="Credited", amount=amount, role=BillRole.CREDIT))
    return tuple(lines)


def receipt_facts(receipt: Receipt, zone: tzinfo) -> tuple[ReceiptLine, ...]:
    """Return what a receipt tells beside its bill."""
    call = receipt.call
    lines = [ReceiptLine(label="Held before", text=_usd(call.hold))]
    if call.basis is not None:
        lines.append(ReceiptLine(label="Usage", text=basis_text(call.basis)))
    if call.price_version:
        lines.append(ReceiptLine(label="Price table", text=call.price_version))
    lines += time_lines(call, zone)
    return tuple(lines)


def receipt_as_text(receipt: Receipt, zone: tzinfo) -> str:
    """Return the whole receipt as text to copy."""
    lines = _head(receipt.call)
    lines += [
        f"{line.label}: {line.amount}{f' ({line.note})' if line.note else ''}"
        for line in bill(receipt)
    ]
    lines += _plain(receipt_facts(receipt, zone))
    lines.append(f"Call: {receipt.call.call}")
    if receipt.program is not None:
        lines.append(f"Program: {receipt.program}")
    if receipt.provider_request is not None:
        lines.append(f"At the provider: {receipt.provider_request}")
    return "\n".join(lines)


def file_name(call: CallRow) -> str:
    """Return what a saved receipt is called unless its user calls it otherwise."""
    return f"wattfare-receipt-{call.call}.json"


def _item_line(item: Item) -> BillLine:
    amount, price = f"${dollars(item.amount_usd)}", f"${dollars(item.usd)}"
    note = _note(item, price)
    return BillLine(label=KIND_WORDS[item.kind], amount=amount, note=note, role=BillRole.ITEM)


def _note(item: Item, price: str) -> str:
    match item.kind:
        case UnitKind.REQUEST | UnitKind.STATED:
            return ""
        case UnitKind.AUDIO_MILLISECOND:
            seconds = Decimal(item.units).scaleb(-3).normalize()
            return f"{seconds:f} s at {price} a second"
        case kind if units_per_price(kind) == 1:
            return f"{item.units:,} at {price} each"
        case _:
            return f"{item.units:,} at {price} a million"


def _rounding_lines(receipt: Receipt) -> list[BillLine]:
    rounding = receipt.rounding_usd
    if not rounding:
        return []
    return [BillLine(label="Rounding", amount=f"${dollars(rounding)}")]


def _head(call: CallRow) -> list[str]:
    return [f"App: {call.app_name}", f"Model: {model_text(call)}", f"Status: {status_text(call)}"]


def _plain(lines: Sequence[ReceiptLine]) -> list[str]:
    return [f"{line.label}: {line.text}" if line.text else line.label for line in lines]


def _usd(nanos: Nanos) -> str:
    return f"${plain_usd(nanos)}"
