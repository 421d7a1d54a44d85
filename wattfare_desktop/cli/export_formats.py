"""An export's rows as lines of CSV, JSON or beancount."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any, Final

from wattfare_desktop.cli.tables import nanos
from wattfare_desktop.core.identifiers import AccountId
from wattfare_desktop.core.ledger.beancount import BeanAccount, BeanBooks, BeanTransfer
from wattfare_desktop.core.ledger.sheets import COLUMNS, Sheet, csv_head, csv_line

_VERSION: Final = 1
_POSTS: Final = frozenset({"posted", "post_pending"})

Row = Mapping[str, Any]


class ExportFormat(StrEnum):
    """What an export may be written as."""

    CSV = "csv"
    JSON = "json"
    BEANCOUNT = "beancount"


class Writer(ABC):
    """Turns one export into text: its head, each of ``sheets`` begun, filled, ended, then its end.

    What a format has no word for is nothing.
    """

    sheets: tuple[Sheet, ...]

    @abstractmethod
    def head(self, told: Row) -> Iterator[str]:
        """Yield what comes first, of the wallet's answer where an export begins."""

    def begin(self, sheet: Sheet) -> Iterator[str]:
        """Yield what comes before the rows of a sheet."""
        del sheet
        return iter(())

    @abstractmethod
    def rows(self, sheet: Sheet, rows: Sequence[Row]) -> Iterator[str]:
        """Yield some rows of the sheet that was begun, in their order."""

    def end(self) -> Iterator[str]:
        """Yield what comes last."""
        return iter(())


class CsvWriter(Writer):
    """One sheet, with the names of its columns first."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheets = (sheet,)

    def head(self, told: Row) -> Iterator[str]:
        """Yield the columns' names."""
        del told
        yield csv_head(self.sheets[0])

    def rows(self, sheet: Sheet, rows: Sequence[Row]) -> Iterator[str]:
        """Yield a line a row."""
        for row in rows:
            yield csv_line(sheet, row)


class JsonWriter(Writer):
    """Everything in one object, each row on a line of its own."""

    sheets = tuple(Sheet)

    def __init__(self) -> None:
        self._closing = ""
        self._before = ""

    def head(self, told: Row) -> Iterator[str]:
        """Yield what is not a sheet."""
        first = {
            "format": "wattfare-ledger",
            "version": _VERSION,
            "exported_at": told["at"],
            "head": {"entry": told["entries"], "mac": told["mac"]},
            "apps": told["apps"],
            "fundings": told["fundings"],
        }
        yield json.dumps(first, ensure_ascii=False, indent=1).removesuffix("\n}")

    def begin(self, sheet: Sheet) -> Iterator[str]:
        """Yield the sheet's name and a bracket."""
        yield f'{self._closing},\n "{sheet}": ['
        self._closing, self._before = "\n ]", "\n"

    def rows(self, sheet: Sheet, rows: Sequence[Row]) -> Iterator[str]:
        """Yield a line a row."""
        for row in rows:
            ordered = {column: row[column] for column in COLUMNS[sheet]}
            told = json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))
            yield f"{self._before}  {told}"
            self._before = ",\n"

    def end(self) -> Iterator[str]:
        """Yield the closing brackets."""
        yield f"{self._closing}\n}}\n"


class BeancountWriter(Writer):
    """Transactions on the days of ``zone``."""

    sheets = (Sheet.TRANSFERS,)

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._books = BeanBooks({})
        self._today = date.min

    def head(self, told: Row) -> Iterator[str]:
        """Yield the options."""
        self._books = BeanBooks(
            {
                AccountId(row["account"]): BeanAccount(
                    id=AccountId(row["account"]),
                    label=row["name"],
                    currency=row["currency"],
                    balance=nanos(row["balance"]),
                    # What is on its way out, or in.
                    held=max(nanos(row["debits_pending"]), nanos(row["credits_pending"])),
                )
                for row in told["accounts"]
            }
        )
        self._today = self._day(told["at"])
        remark = f"Wattfare's books at {told['at']}, up to entry {told['entries']}."
        yield from _lines(self._books.head("Wattfare", remark))

    def rows(self, sheet: Sheet, rows: Sequence[Row]) -> Iterator[str]:
        """Yield what was posted."""
        assert sheet is Sheet.TRANSFERS
        for row in rows:
            amount = nanos(row["amount"])
            if row["kind"] not in _POSTS or not amount:
                continue
            words = [row["code"].replace("_", " "), row["model"]]
            transfer = BeanTransfer(
                entry=row["entry"],
                id=row["transfer"],
                on=self._day(row["at"]),
                at=row["at"],
                debit=AccountId(row["debit_account"]),
                credit=AccountId(row["credit_account"]),
                amount=amount,
                payee=row["app_name"] or "",
                narration=", ".join(word for word in words if word),
                call=row["call"] or "",
            )
            yield from _lines(self._books.transaction(transfer))

    def end(self) -> Iterator[str]:
        """Yield accounts and what they came to."""
        yield from _lines(self._books.end(self._today))

    def _day(self, at: str) -> date:
        return datetime.fromisoformat(at).astimezone(self._zone).date()


def writer_of(kind: ExportFormat, sheet: Sheet, zone: tzinfo) -> Writer:
    """Return who writes ``kind``; ``sheet`` matters to CSV alone, which has but one."""
    match kind:
        case ExportFormat.CSV:
            return CsvWriter(sheet)
        case ExportFormat.JSON:
            return JsonWriter()
        case ExportFormat.BEANCOUNT:
            return BeancountWriter(zone)


def _lines(lines: Iterator[str]) -> Iterator[str]:
    return (f"{line}\n" for line in lines)
