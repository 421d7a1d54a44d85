"""``wattfare backup`` and ``wattfare restore``: a wallet as one file, and a wallet from one.

The passphrase of such a file is typed unseen or read from a file: never argv.
"""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.options import RestoreOptions
from wattfare_desktop.cli.passphrase import new_passphrase
from wattfare_desktop.cli.plain import visible
from wattfare_desktop.cli.progress import ProgressBar
from wattfare_desktop.core.errors import UserFacingError

_LOOK_S: Final = 0.1
_MEGABYTE: Final = 1_000_000


def add_backup_options(parser: ArgumentParser) -> None:
    """Give ``wattfare backup`` its words."""
    parser.description = (
        "Write the whole wallet (books, provider keys, master key) as one file, encrypted under a "
        "passphrase of its own that you are asked for. Apps go on meanwhile. The file is read back "
        "and checked before it counts; Ctrl-C leaves none."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to write")
    parser.add_argument(
        "--force", action="store_true", help="replace the file where there is one already"
    )
    _add_passphrase_file(parser)


def add_restore_options(parser: ArgumentParser) -> None:
    """Give ``wattfare restore`` its words."""
    parser.description = (
        "Make a wallet of a backup, where none runs. The file is checked whole before anything is "
        "touched, and a wallet that is there is put aside, not away. The wallet's key goes into "
        "this machine's keyring; with --passphrase-file, or where there is no keyring, the wallet "
        "has that passphrase from then on. Apps are paused until you resume them."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that `backup` wrote")
    parser.add_argument(
        "--yes", action="store_true", help="do not ask before taking an existing wallet's place"
    )
    _add_passphrase_file(parser)


def back_up(invocation: Invocation) -> int:
    """Write the backup; stopped by Ctrl-C, which leaves no file."""
    options = invocation.options
    target = options.file.expanduser().absolute()
    with invocation.wallet_at_hand():
        wish = {
            "file": str(target),
            "force": options.force,
            "passphrase": new_passphrase(
                invocation.terminal, options.backup_passphrase_file, _NEW, _HINT
            ),
        }
        try:
            report = _followed(invocation, invocation.ask_object("backup", wish))
        except KeyboardInterrupt:
            _followed(invocation, invocation.ask_object("backup stop"))
            raise
    if report["failure"] is not None:
        raise UserFacingError(report["failure"]["title"], report["failure"]["detail"])
    made = report["made"]
    if options.json:
        invocation.terminal.write_json(made)
    else:
        told = f"{made['entries']:,} entries, {made['size'] / _MEGABYTE:.1f} MB"
        invocation.terminal.write(
            [
                f"Written to {visible(made['file'])}, read back and checked: {told}.",
                "Whoever has this file and its passphrase has your wallet: keep them apart.",
            ]
        )
    return 0


def restore(invocation: Invocation) -> int:
    """Have the composition root restore: no wallet runs that could be asked."""
    options = invocation.options
    return invocation.launch.restore(
        RestoreOptions(
            wallet=invocation.wallet_options(),
            file=options.file.expanduser().absolute(),
            backup_passphrase_file=options.backup_passphrase_file,
            is_agreed=options.yes,
            json=options.json,
        )
    )


def _followed(invocation: Invocation, report: dict[str, Any]) -> dict[str, Any]:
    with ProgressBar(invocation.terminal.stderr) as bar:
        while not report["is_over"]:
            bar.show(report["phase"], report["done"], report["of"])
            time.sleep(_LOOK_S)
            report = invocation.ask_object("backup progress")
    return report


def _add_passphrase_file(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--backup-passphrase-file",
        type=Path,
        metavar="FILE",
        help="take the backup's own passphrase from this file's first line instead of asking",
    )


_NEW: Final = "New passphrase for this backup (it is not shown): "
_HINT: Final = "Give the backup's passphrase with --backup-passphrase-file FILE."
