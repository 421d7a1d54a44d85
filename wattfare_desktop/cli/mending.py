"""``wattfare settle`` and ``windows reset``: what a crash or a wrong clock left, set right."""

from typing import Any

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.plain import visible
from wattfare_desktop.cli.tables import moment, money, nanos, table
from wattfare_desktop.core.money import Nanos, display_usd


def settle(invocation: Invocation) -> int:
    """Settle one unsettled call at what its provider billed."""
    options = invocation.options
    told = invocation.ask_object("settle", {"call": options.call, "amount": options.amount})
    if options.json:
        invocation.terminal.write_json(told)
    else:
        invocation.terminal.write(table((_settled(told),), ()))
    return 0


def reset_windows(invocation: Invocation) -> int:
    """Let limits renew again whose window a wrong clock opened in the future."""
    found = invocation.ask_list("windows reset")
    if invocation.options.json:
        invocation.terminal.write_json(found)
    else:
        invocation.terminal.write([visible(_reset(each)) for each in found])
    return 0


def _reset(window: dict[str, Any]) -> str:
    return (
        f"{window['name']}: the {window['period']} limit no longer waits for"
        f" {moment(window['starts_at'])}; what was spent still counts."
    )


def _settled(told: dict[str, Any]) -> str:
    returned = nanos(told["returned"])
    line = f"{told['call']} is settled at {money(told['cost'])}"
    if returned > 0:
        line += f": {display_usd(returned)} came back"
    elif returned < 0:
        line += f": {display_usd(Nanos(-returned))} more than was held"
    over = nanos(told["from_reserve"]) + nanos(told["uncovered"])
    if over:
        line += f"; {display_usd(Nanos(over))} were above the cap"
    return f"{line}."
