"""``wattfare approve CODE``: have the program asked about that shows this code."""

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.tables import table


def enter_code(invocation: Invocation) -> int:
    """Bring up the question; it is answered where the wallet asks all its questions."""
    told = invocation.ask_object("approve", {"code": invocation.options.code})
    if invocation.options.json:
        invocation.terminal.write_json(told)
    else:
        line = f"Wattfare asks you about {told['name']} now. Nothing is approved yet."
        invocation.terminal.write(table((line,), ()))
    return 0
