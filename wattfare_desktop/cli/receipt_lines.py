"""A receipt as a terminal shows it: who and what, each kind of unit, the amounts, the times."""

from collections.abc import Mapping
from typing import Any, Final

from wattfare_desktop.cli.tables import pairs, table

_HEADS: Final = ("KIND", "UNITS", "PRICE", "AMOUNT")
_FIGURES: Final = frozenset({1, 2, 3})
_KINDS: Final = {
    "input": "input",
    "cached_read": "input from the cache",
    "cached_audio": "audio input from the cache",
    "cached_image": "image input from the cache",
    "cache_write": "input into the cache",
    "cache_write_long": "input into the cache for an hour",
    "input_audio": "audio input",
    "input_image": "image input",
    "output": "output",
    "reasoning": "thinking",
    "output_audio": "audio output",
    "output_image": "image output",
    "request": "request",
    "web_search": "web searches",
    "file_search": "file searches",
    "code_execution": "code runs",
    "image": "images",
    "character": "characters",
    "audio_millisecond": "sound (s)",
    "page": "pages",
    "run": "runs",
    "stated": "as the provider says",
}
_MILLISECONDS: Final = "audio_millisecond"
_BASES: Final = {
    "reported": "reported by the provider",
    "computed": "computed by Wattfare",
    "estimated": "estimated, since the provider told none",
    "told": "told by the wallet's user",
}
_PER: Final = {1: "each", 1_000: "per second", 1_000_000: "per million"}
_AMOUNTS: Final = (
    ("Exact cost", "exact"),
    ("Rounded up by", "rounding"),
    ("Provider bills", "provider_cost"),
    ("Service fee", "fee"),
    ("Held before", "hold"),
    ("Corrected by", "corrected"),
    ("Charged", "cost"),
    ("Over the cap, not charged", "overrun"),
    ("Credited", "credited"),
)
_ONLY_IF_ANY: Final = frozenset({"rounding", "fee", "overrun", "credited", "corrected"})


def receipt_lines(told: Mapping[str, Any]) -> list[str]:
    """Return ``told``, the body of a receipt, as lines.

    Raises one of several builtin errors where it is not as receipts are.
    """
    return [
        *pairs(_head(told)),
        "",
        *_items(told["items"]),
        *pairs(_amounts(told["amounts"])),
        "",
        *pairs(_times(told["times"])),
        "",
        *pairs([("Signed with", told["key"]["id"])]),
    ]


def _head(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    ended = told["status"] if told["end"] is None else f"{told['status']} ({told['end']})"
    named = [
        ("Call", told["call"]),
        ("App", f"{told['app']['name']} ({told['app']['id']})"),
        ("Model", f"{told['provider']}/{told['model']}{' (streamed)' if told['streamed'] else ''}"),
        ("Status", ended),
        ("Usage", _BASES.get(told["basis"], told["basis"]) or "none"),
        ("Price table", told["price_version"] or "none"),
    ]
    # Receipts of before have no such member.
    if told.get("program") is not None:
        named.insert(2, ("Program", told["program"]))
    if told["provider_request"] is not None:
        named.append(("At the provider", told["provider_request"]))
    return named


def _items(items: list[Mapping[str, Any]]) -> list[str]:
    if not items:
        return []
    rows = [
        (
            _KINDS.get(item["kind"], item["kind"]),
            _units(item),
            f"${item['price']} {_PER.get(item['per'], 'per unit')}",
            f"${item['amount']}",
        )
        for item in items
    ]
    return [*table(_HEADS, rows, right=_FIGURES), ""]


def _units(item: Mapping[str, Any]) -> str:
    if item["kind"] == _MILLISECONDS:
        # Priced by the second, so told in seconds.
        seconds, rest = divmod(item["units"], 1_000)
        return f"{seconds:,}.{rest:03d}".rstrip("0").removesuffix(".")
    return f"{item['units']:,}"


def _amounts(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    # Receipts of earlier versions have no corrections.
    amounts = {"corrected": "0", **told}
    return [
        (label, _dollars(amounts[name]))
        for label, name in _AMOUNTS
        if amounts[name] is not None
        and (name not in _ONLY_IF_ANY or amounts[name].strip("-0.") != "")
    ]


def _dollars(amount: str) -> str:
    """Return an amount with all the digits it has, and no noughts after them."""
    sign, size = ("-", amount[1:]) if amount.startswith("-") else ("", amount)
    whole, _, part = size.partition(".")
    return f"{sign}${whole}.{part.rstrip('0').ljust(2, '0')}"


def _times(times: Mapping[str, Any]) -> list[tuple[str, str]]:
    named = (
        ("Began", times["started"]),
        ("First answer", times["first_byte"]),
        ("Ended", times["finished"]),
        ("Receipt made", times["issued"]),
    )
    return [(label, time) for label, time in named if time is not None]
