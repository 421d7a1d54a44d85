"""``wattfare unblock``: the apps that may not ask, and letting one ask again."""

from typing import Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.tables import moment, table

_HEADS: Final = ("BLOCKED", "SINCE")


def unblock(invocation: Invocation) -> int:
    """Let the named app ask again, and print those that may not; that approves nothing."""
    client = invocation.options.client
    if client is None:
        blocked = invocation.ask_list("blocked list")
    else:
        blocked = invocation.ask_list("blocked remove", {"client": client})
    if invocation.options.json:
        invocation.terminal.write_json(blocked)
    elif blocked:
        rows = [(row["client"], moment(row["since"])) for row in blocked]
        invocation.terminal.write(table(_HEADS, rows))
    else:
        invocation.terminal.write(["No app is blocked."])
    return 0
