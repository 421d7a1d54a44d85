"""``wattfare ledger export``: the books as CSV, JSON or beancount, to a file or standard output."""

import io
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from wattfare_desktop.cli.export_formats import ExportFormat, Writer, writer_of
from wattfare_desktop.cli.export_pages import write_export
from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.plain import visible
from wattfare_desktop.cli.progress import ProgressBar
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.ledger.sheets import Sheet
from wattfare_desktop.system.new_file import NewFile
from wattfare_desktop.system.zone import local_zone


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
        write_export(invocation.ask_object, told, writer, write, partial(_show, bar))
    return told


def _show(bar: ProgressBar, sheet: Sheet, done: int, of: int) -> None:
    bar.show(str(sheet), done, of)


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
