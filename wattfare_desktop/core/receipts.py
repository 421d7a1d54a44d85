"""Receipts: all that is recorded of one charge, in one spelling that can be signed.

A receipt is a JSON object; what is signed is its canonical form (RFC 8785, without floats, which
receipts do not have): no blanks, members in the order of their names, one spelling a text. So it
may be printed, sent or stored in any spelling, and its signature still fits. Money is written as
decimal dollars, times as ISO 8601 in UTC. Members are only ever added; with another meaning the
``version`` rises.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.metering.items import Item, exact_cost_usd, rounding_usd
from wattfare_desktop.core.metering.units import units_per_price
from wattfare_desktop.core.money import exact_usd
from wattfare_desktop.core.reports import CallRow

TYPE: Final = "wattfare.receipt"
VERSION: Final = 1
ALGORITHM: Final = "Ed25519"
FILE_BYTES_MAX: Final = 64 * 1024
"""Many times the size of any receipt."""

_WHOLE_MAX: Final = 2**53 - 1
"""Beyond it RFC 8785 spells numbers as floats."""

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A call that has ended, and what it was charged for."""

    call: CallRow
    items: tuple[Item, ...]
    provider_request: str | None
    program: str | None = None

    @property
    def exact_usd(self) -> Decimal | None:
        """The cost before rounding; None where what was used is not known."""
        if not self.items and self.call.provider_cost:
            return None
        return exact_cost_usd(self.items)

    @property
    def rounding_usd(self) -> Decimal | None:
        """What rounding up to a whole nano-dollar added."""
        exact = self.exact_usd
        return None if exact is None else rounding_usd(exact)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """Whose signature it is: the key in base64url, and its short name (RFC 7638)."""

    id: str
    public: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedReceipt:
    """A receipt as it was found, whatever its signature is worth."""

    told: Mapping[str, Json]
    key: PublicKey
    signature: str

    @property
    def signed_bytes(self) -> bytes:
        """What the signature is over."""
        return canonical(self.told)


class ReceiptUnreadable(UserFacingError):  # noqa: N818 - a state of a file, told to the user
    """What was given is no receipt, or one that cannot be understood."""


def receipt_body(receipt: Receipt, key: PublicKey, now: Instant) -> dict[str, Json]:
    """Return what is signed with ``key``: the receipt as it stands at ``now``."""
    call = receipt.call
    exact, rounding = receipt.exact_usd, receipt.rounding_usd
    return {
        "type": TYPE,
        "version": VERSION,
        "call": call.call,
        "app": {"id": call.app, "name": _writable(call.app_name)},
        "provider": call.provider,
        "provider_request": receipt.provider_request,
        "model": _writable(call.model),
        "program": None if receipt.program is None else _writable(receipt.program),
        "streamed": call.streamed,
        "status": call.status.value,
        "end": None if call.end is None else call.end.value,
        "basis": None if call.basis is None else call.basis.value,
        "price_version": _writable(call.price_version),
        "currency": "USD",
        "items": [_item(item) for item in receipt.items],
        "amounts": {
            "hold": exact_usd(call.hold),
            "exact": None if exact is None else dollars(exact),
            "rounding": None if rounding is None else dollars(rounding),
            "provider_cost": exact_usd(call.provider_cost),
            "fee": exact_usd(call.fee),
            "cost": exact_usd(call.cost),
            "overrun": exact_usd(call.overrun),
            "credited": exact_usd(call.credited),
            "corrected": exact_usd(call.corrected),
        },
        "times": {
            "started": _time(call.started_at),
            "first_byte": _time(call.first_byte_at),
            "finished": _time(call.finished_at),
            "issued": _time(now),
        },
        "key": {"algorithm": ALGORITHM, "id": key.id, "public": key.public},
    }


def signed_receipt(body: Mapping[str, Json], signature: str) -> dict[str, Json]:
    """Return a receipt with its signature, as it is handed on."""
    return {"receipt": body, "signature": signature}


def receipt_file(signed: Mapping[str, Json]) -> bytes:
    """Return a signed receipt as it is written to a file."""
    return f"{json.dumps(signed, ensure_ascii=False, indent=2)}\n".encode()


def read_receipt(content: bytes) -> SignedReceipt:
    """Return the receipt in ``content``, whose signature is yet to be looked at.

    Raises ReceiptUnreadable.
    """
    if len(content) > FILE_BYTES_MAX:
        raise ReceiptUnreadable("This is no receipt", "The file is larger than any receipt.")
    found = _members(_parsed(content), ("receipt", "signature"))
    told, signature = found["receipt"], found["signature"]
    if not isinstance(told, dict) or told.get("type") != TYPE or not isinstance(signature, str):
        raise _no_receipt()
    if told.get("version") != VERSION:
        raise ReceiptUnreadable(
            "This receipt is of another version", "Look at it with the latest Wattfare."
        )
    key = told.get("key")
    match key:
        case {"algorithm": "Ed25519", "id": str(name), "public": str(public)}:
            return SignedReceipt(
                told=told, key=PublicKey(id=name, public=public), signature=signature
            )
    raise ReceiptUnreadable("This receipt does not say who signed it", "It was altered.")


def canonical(value: Json) -> bytes:
    """Return the one spelling of ``value`` (RFC 8785).

    Raises ValueError for what has none: whole numbers beyond 53 bits, halves of surrogate pairs.
    """
    return _spelled(value).encode()


def dollars(usd: Decimal) -> str:
    """Return ``usd`` exactly, with two decimals at least and no needless zeros."""
    whole, _, part = format(usd, "f").partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"


def _item(item: Item) -> dict[str, Json]:
    return {
        "kind": item.kind.value,
        "units": item.units,
        "price": dollars(item.usd),
        "per": units_per_price(item.kind),
        "amount": dollars(item.amount_usd),
    }


def _time(instant: Instant | None) -> str | None:
    if instant is None:
        return None
    moment = datetime.fromtimestamp(instant / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _writable(text: str) -> str:
    # Half of a surrogate pair is a str in Python and no text anywhere else.
    return text.encode("utf-8", "replace").decode()


def _spelled(value: Json) -> str:
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case int():
            if abs(value) > _WHOLE_MAX:
                raise ValueError("a whole number beyond 53 bits has no canonical spelling")
            return str(value)
        case Mapping():
            names = sorted(value, key=_utf16)
            return f"{{{','.join(f'{_spelled(name)}:{_spelled(value[name])}' for name in names)}}}"
        case _:
            return f"[{','.join(_spelled(each) for each in value)}]"


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be", "surrogatepass")


def _parsed(content: bytes) -> Any:
    try:
        parsed = json.loads(
            content.decode(),
            object_pairs_hook=_once,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
        canonical(parsed)
    except (ValueError, RecursionError):
        raise ReceiptUnreadable(
            "This is no receipt", "The file is not JSON as receipts are: damaged or cut short."
        ) from None
    return parsed


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ReceiptUnreadable(
            "This is no receipt",
            "The file says one thing twice, and only one of them can have been signed.",
        )
    return found


def _no_float(_text: str) -> Any:
    raise ValueError("a receipt has no such numbers")


def _members(found: Any, names: Sequence[str]) -> dict[str, Any]:
    """Return ``found``, which has just these members: what else there were would not be signed."""
    if not isinstance(found, dict) or set(found) != set(names):
        raise _no_receipt()
    return found


def _no_receipt() -> ReceiptUnreadable:
    return ReceiptUnreadable("This is no receipt", "The file is JSON, and not as receipts are.")
