"""The columns of an exported ledger, and its lines in CSV (RFC 4180).

A text from a stranger that a spreadsheet would run as a formula gets an apostrophe before it; so
does one that begins with an apostrophe. Whoever takes one apostrophe off has the text as it was.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

Cell = str | int | bool | None


class Sheet(StrEnum):
    """What an export is made of."""

    ACCOUNTS = "accounts"
    TRANSFERS = "transfers"
    CALLS = "calls"
    EVENTS = "events"
    NOTES = "notes"


COLUMNS: Final[Mapping[Sheet, tuple[str, ...]]] = {
    Sheet.ACCOUNTS: (
        "account",
        "name",
        "currency",
        "debits_pending",
        "debits_posted",
        "credits_pending",
        "credits_posted",
        "balance",
    ),
    Sheet.TRANSFERS: (
        "entry",
        "at",
        "transfer",
        "kind",
        "code",
        "debit_account",
        "credit_account",
        "amount",
        "resolves",
        "call",
        "app",
        "app_name",
        "provider",
        "model",
        "mac",
    ),
    Sheet.CALLS: (
        "call",
        "app",
        "app_name",
        "funding",
        "provider",
        "model",
        "streamed",
        "status",
        "end",
        "input_tokens",
        "cached_tokens",
        "output_tokens",
        "reasoning_tokens",
        "hold",
        "cost",
        "fee",
        "provider_cost",
        "overrun",
        "credited",
        "corrected",
        "basis",
        "price_version",
        "started_at",
        "first_byte_at",
        "finished_at",
    ),
    Sheet.EVENTS: ("entry", "at", "app", "app_name", "event", "detail", "mac"),
    Sheet.NOTES: ("entry", "at", "note", "content", "mac"),
}

_WRITTEN_BY_US: Final = frozenset(
    {
        "debits_pending",
        "debits_posted",
        "credits_pending",
        "credits_posted",
        "balance",
        "amount",
        "hold",
        "cost",
        "fee",
        "provider_cost",
        "overrun",
        "credited",
        "corrected",
    }
)
"""Amounts may begin with a minus and stay numbers."""

# The wide forms are signs of a formula where text is written with them.
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")  # noqa: RUF001
_QUOTED: Final = frozenset('",\r\n')


def csv_head(sheet: Sheet) -> str:
    """Return the first line, with the names of the columns."""
    return ",".join(COLUMNS[sheet]) + "\r\n"


def csv_line(sheet: Sheet, row: Mapping[str, Cell]) -> str:
    """Return one row; empty where it has nothing."""
    return ",".join(_cells(COLUMNS[sheet], row)) + "\r\n"


def _cells(columns: Iterable[str], row: Mapping[str, Cell]) -> Iterable[str]:
    for column in columns:
        value = row[column]
        if isinstance(value, str):
            yield _quoted(value if column in _WRITTEN_BY_US else inert(value))
        elif isinstance(value, bool):
            yield "true" if value else "false"
        else:
            yield "" if value is None else str(value)


def inert(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _quoted(text: str) -> str:
    if _QUOTED.isdisjoint(text) and text == text.strip():
        return text
    escaped = text.replace('"', '""')
    return f'"{escaped}"'
