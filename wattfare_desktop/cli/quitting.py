"""``wattfare quit``: end the running wallet, as its tray does."""

from typing import Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system.processes import OtherProcess

# It settles what runs in a few seconds; longer only where its disk refuses, and then it must.
_PATIENCE_S: Final = 30.0


def end_wallet(invocation: Invocation) -> int:
    """Have the running wallet settle its calls and end; return once its process is gone.

    An installer replaces its files next, so that it no longer answers is not enough.
    """
    status = invocation.ask_object("status")
    process = OtherProcess(status["pid"])
    invocation.ask("quit")
    if not process.ends_within(_PATIENCE_S):
        raise UserFacingError(
            "The wallet is still ending",
            f"Process {status['pid']} settles what was spent; wait for it, and try again.",
        )
    if invocation.options.json:
        invocation.terminal.write_json({"pid": status["pid"], "ended": True})
    else:
        invocation.terminal.write(["The wallet has ended."])
    return 0
