"""``wattfare ledger``: are the books what was written, and going on from books that are not."""

import time
from typing import Any, Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.plain import visible
from wattfare_desktop.cli.progress import ProgressBar
from wattfare_desktop.core.errors import UserFacingError

_LOOK_S: Final = 0.1
_DIFFERS: Final = 1
_BLOCKED: Final = (
    "Nothing is spent. Restore a backup with `wattfare restore FILE`, or go on from the books as"
    " they are with `wattfare ledger accept`."
)


def verify(invocation: Invocation) -> int:
    """Have everything recomputed; say what differs. Stopped by Ctrl-C."""
    try:
        report = _verified(invocation)
    except KeyboardInterrupt:
        invocation.ask("ledger verify stop")
        raise
    if report["failure"] is not None:
        raise UserFacingError(report["failure"]["title"], report["failure"]["detail"])
    differences = report["differences"]
    if invocation.options.json:
        told = {"verified": not differences, "entries": report["of"], "differences": differences}
        invocation.terminal.write_json(told)
    elif differences:
        invocation.terminal.write([*(visible(each["what"]) for each in differences), _BLOCKED])
    else:
        invocation.terminal.write([f"All {report['of']:,} entries and calls are as written."])
    return _DIFFERS if differences else 0


def accept(invocation: Invocation) -> int:
    """Let the wallet spend again from books that are not as they were left."""
    invocation.ask("ledger accept")
    if invocation.options.json:
        invocation.terminal.write_json({"accepted": True})
    else:
        invocation.terminal.write(["Accepted: the wallet goes on from its file as it is."])
    return 0


def _verified(invocation: Invocation) -> dict[str, Any]:
    with ProgressBar(invocation.terminal.stderr) as bar:
        report = invocation.ask_object("ledger verify")
        while not report["is_over"]:
            bar.show("verifying", report["done"], report["of"])
            time.sleep(_LOOK_S)
            report = invocation.ask_object("ledger verification")
        return report
