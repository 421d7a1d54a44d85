"""``wattfare ledger export``: the books as CSV, JSON or beancount, to a file or standard output."""

import io
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Final

from wattfare_desktop.cli.export_formats import ExportFormat, Row, Writer, writer_of
from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.plain import visible
from wattfare_desktop.cli.progress import ProgressBar
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.ledger.sheets import Sheet
from wattfare_desktop.system.new_file import NewFile
from wattfare_desktop.system.zone import local_zone

_RUNNING: Final = "running"


def add_options(parser: ArgumentParser) -> None:
    """Give ``wattfare ledger export`` its words."""
    parser.add_argument(
        "--format",
        choices=[str(each) for each in ExportFormat],
        default=str(ExportFormat.JSON),
        help="json (everything, the default), csv (one sheet), beancount (what was posted)",
    )
    parser.add_argument(
        "--sheet",
        choices=[str(each) for each in Sheet],
        help="with csv: which sheet; the transfers where none is named",
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="write a file instead of standard output"
    )
    parser.add_argument(
        "--force", action="store_true", help="replace the file where there is one already"
    )


def run(invocation: Invocation) -> int:
    """Write the export; stopped by Ctrl-C, which leaves no file."""
    options = invocation.options
    kind = ExportFormat(options.format)
    if options.sheet is not None and kind is not ExportFormat.CSV:
        raise UserFacingError("--sheet is for csv", "The other formats have all they can tell.")
    writer = writer_of(kind, Sheet(options.sheet or Sheet.TRANSFERS), local_zone())
    new = None if options.output is None else NewFile(options.output, replaces=options.force)
    with _opened(new), invocation.wallet_at_hand():
        write = _to_terminal(invocation) if new is None else new.write
        told = _export(invocation, writer, write)
        if new is not None:
            new.finish()
    if new is not None:
        _report(invocation, told)
    return 0


def _opened(new: NewFile | None) -> AbstractContextManager[object]:
    return nullcontext() if new is None else new


def _export(
    invocation: Invocation, writer: Writer, write: Callable[[str], object]
) -> dict[str, Any]:
    told = invocation.ask_object("ledger export")
    with ProgressBar(invocation.terminal.stderr) as bar:
        for text in writer.head(told):
            write(text)
        for sheet in writer.sheets:
            for text in writer.begin(sheet):
                write(text)
            for rows in _pages(invocation, told, sheet, bar):
                write("".join(writer.rows(sheet, rows)))
        for text in writer.end():
            write(text)
    return told


def _pages(
    invocation: Invocation, told: dict[str, Any], sheet: Sheet, bar: ProgressBar
) -> Iterator[Sequence[Row]]:
    """Yield the rows of ``sheet``, as they were when the export began."""
    if sheet is Sheet.ACCOUNTS:
        yield told["accounts"]
        return
    last = told["calls"] if sheet is Sheet.CALLS else told["entries"]
    running = {call["call"]: call for call in told[_RUNNING]}
    after = 0
    while after < last:
        bar.show(str(sheet), after, last)
        page = invocation.ask_object(
            "ledger export page",
            {"sheet": str(sheet), "after": after, "until": last, "as_of": told["entries"]},
        )
        if sheet is Sheet.CALLS:
            yield [running.get(row["call"], row) for row in page["rows"]]
        else:
            yield [{**row, "app_name": told["apps"].get(row.get("app"))} for row in page["rows"]]
        after = page["next"]


def _to_terminal(invocation: Invocation) -> Callable[[str], object]:
    stdout = invocation.terminal.stdout
    if stdout.isatty():
        # A person looks on: what would move the cursor is written out.
        return lambda text: stdout.write(_shown(text))
    if isinstance(stdout, io.TextIOWrapper):
        # As in a file: UTF-8, and line ends as they are.
        stdout.reconfigure(encoding="utf-8", errors="strict", newline="")
    return stdout.write


def _shown(text: str) -> str:
    return "\n".join(map(visible, text.replace("\r\n", "\n").split("\n")))


def _report(invocation: Invocation, told: dict[str, Any]) -> None:
    if invocation.options.json:
        invocation.terminal.write_json(
            {"file": str(invocation.options.output), "entries": told["entries"]}
        )
        return
    invocation.terminal.write(
        [f"{told['entries']:,} entries are written to {visible(str(invocation.options.output))}."]
    )
