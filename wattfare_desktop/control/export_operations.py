"""The ledger's export as control commands: where it begins, and then a page at a time.

Whoever asks holds the place, so there is nothing to clean up when it asks no more. The keys of the
rows are the columns of ``core.ledger.sheets``.
"""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.operations import Family
from wattfare_desktop.control.shapes import call_shape, time_text
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.ledger.chain import EntryKind
from wattfare_desktop.core.ledger.sheets import Sheet
from wattfare_desktop.core.money import Nanos, exact_usd
from wattfare_desktop.core.reports import CallRow
from wattfare_desktop.storage.export import ExportedEntry
from wattfare_desktop.wallet.exports import ExportHead

PAGE_ROWS: Final = 2_000
"""Entries read at a time: some hundredths of a second of the thread that pages are read on."""


class Reader(Protocol):
    """Who reads; see ``wallet.exports``."""

    async def begin(self) -> ExportHead: ...  # noqa: D102 - the wallet's own words
    async def entries(  # noqa: D102
        self, kind: EntryKind, after: int, until: int
    ) -> tuple[ExportedEntry, ...]: ...
    async def calls(  # noqa: D102
        self, after: int, until: int, as_of: int
    ) -> tuple[CallRow, ...]: ...


class ExportWallet(Protocol):
    """What these commands ask of the wallet; see ``wallet.wallet`` for its meaning."""

    def exports(self) -> Reader: ...  # noqa: D102


def export_family(wallet: ExportWallet) -> Family:
    """Return the commands ``ledger export`` and ``ledger export page`` of one wallet."""
    return _ExportCommands(wallet).family()


class _ExportCommands:
    def __init__(self, wallet: ExportWallet) -> None:
        self._wallet = wallet

    def family(self) -> Family:
        return {"ledger export": self._begin, "ledger export page": self._page}

    async def _begin(self, _arguments: Arguments) -> JsonValue:
        return _head_shape(await self._wallet.exports().begin())

    async def _page(self, arguments: Arguments) -> JsonValue:
        """Return rows of a sheet between two numbers, PAGE_ROWS numbers at most."""
        sheet, after = arguments.text("sheet"), arguments.count("after") or 0
        until = min(arguments.count("until") or 0, after + PAGE_ROWS)
        exports = self._wallet.exports()
        if sheet == Sheet.CALLS:
            calls = await exports.calls(after, until, arguments.count("as_of") or 0)
            return {"rows": [call_shape(call) for call in calls], "next": until}
        if sheet not in _ENTRIES:
            raise UserFacingError("The request cannot be understood", "sheet names none there is.")
        kind, shape = _ENTRIES[sheet]
        return {
            "rows": [shape(entry) for entry in await exports.entries(kind, after, until)],
            "next": until,
        }


def _head_shape(head: ExportHead) -> JsonValue:
    start = head.start
    return {
        "at": time_text(head.at),
        "entries": start.head.seq,
        "mac": start.head.mac.hex(),
        "calls": start.last_call,
        "accounts": [
            {
                "account": account.id,
                "name": head.terms[account.id].name,
                "currency": head.terms[account.id].currency,
                "debits_pending": _money(account.debits_pending),
                "debits_posted": _money(account.debits_posted),
                "credits_pending": _money(account.credits_pending),
                "credits_posted": _money(account.credits_posted),
                "balance": _money(account.credit_balance),
            }
            for account in start.accounts
        ],
        "apps": dict(start.apps),
        "fundings": [
            {
                "funding": funding.id,
                "provider": funding.provider,
                "base_url": funding.base_url,
                "added_at": time_text(funding.added_at),
                "removed_at": time_text(funding.removed_at),
            }
            for funding in start.fundings
        ],
        "running": [call_shape(call) for call in start.running],
    }


def _transfer_shape(entry: ExportedEntry) -> Mapping[str, JsonValue]:
    transfer, kind, debit, credit, amount, code, resolves, call, at = entry.fields
    app, provider, model = entry.spent_by
    return {
        "entry": entry.seq,
        "at": time_text(Instant(at)),
        "transfer": transfer,
        "kind": kind,
        "code": code,
        "debit_account": debit,
        "credit_account": credit,
        "amount": _money(amount),
        "resolves": resolves,
        "call": call,
        "app": app,
        "provider": provider,
        "model": model,
        "mac": entry.mac.hex(),
    }


def _event_shape(entry: ExportedEntry) -> Mapping[str, JsonValue]:
    app, event, detail, at = entry.fields
    return {
        "entry": entry.seq,
        "at": time_text(Instant(at)),
        "app": app,
        "event": event,
        "detail": detail,
        "mac": entry.mac.hex(),
    }


def _note_shape(entry: ExportedEntry) -> Mapping[str, JsonValue]:
    note, content, at = entry.fields
    return {
        "entry": entry.seq,
        "at": time_text(Instant(at)),
        "note": note,
        "content": content,
        "mac": entry.mac.hex(),
    }


def _money(nanos: int) -> str:
    return exact_usd(Nanos(nanos))


_ENTRIES: Final[
    Mapping[str, tuple[EntryKind, Callable[[ExportedEntry], Mapping[str, JsonValue]]]]
] = {
    Sheet.TRANSFERS: (EntryKind.TRANSFER, _transfer_shape),
    Sheet.EVENTS: (EntryKind.GRANT_EVENT, _event_shape),
    Sheet.NOTES: (EntryKind.NOTE, _note_shape),
}
