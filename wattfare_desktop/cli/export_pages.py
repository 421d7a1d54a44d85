"""An export put together page by page of a wallet's answers; it may be stopped between two."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from wattfare_desktop.cli.export_formats import Row, Writer
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.core.ledger.sheets import Sheet

_RUNNING: Final = "running"

Heard = Callable[[Sheet, int, int], None]
"""Hears the sheet, how far it has come in it, and how far that goes."""


class Ask(Protocol):
    """Asks a wallet; its answer is an object."""

    def __call__(
        self, command: str, arguments: Mapping[str, JsonValue] | None = None, /
    ) -> dict[str, Any]:
        """Return what it answers. Raises UserFacingError."""


def write_export(
    ask: Ask, told: Row, writer: Writer, write: Callable[[str], object], heard: Heard
) -> None:
    """Have ``writer``'s text written, of the export that began with the answer ``told``."""
    for text in writer.head(told):
        write(text)
    for sheet in writer.sheets:
        for text in writer.begin(sheet):
            write(text)
        for rows in _pages(ask, told, sheet, heard):
            write("".join(writer.rows(sheet, rows)))
    for text in writer.end():
        write(text)


def _pages(ask: Ask, told: Row, sheet: Sheet, heard: Heard) -> Iterator[Sequence[Row]]:
    """Yield the rows of ``sheet``, as they were when the export began."""
    if sheet is Sheet.ACCOUNTS:
        yield told["accounts"]
        return
    last = told["calls"] if sheet is Sheet.CALLS else told["entries"]
    running = {call["call"]: call for call in told[_RUNNING]}
    after = 0
    while after < last:
        heard(sheet, after, last)
        page = ask(
            "ledger export page",
            {"sheet": str(sheet), "after": after, "until": last, "as_of": told["entries"]},
        )
        if sheet is Sheet.CALLS:
            yield [running.get(row["call"], row) for row in page["rows"]]
        else:
            yield [{**row, "app_name": told["apps"].get(row.get("app"))} for row in page["rows"]]
        after = page["next"]
