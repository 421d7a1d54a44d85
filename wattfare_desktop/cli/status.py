"""``wattfare status``: port, lock state, balance, running calls."""

from typing import Any, Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.tables import moment, money, pairs

_STATES: Final = {
    "absent": "not set up yet",
    "locked": "locked",
    "open": "open",
    "broken": "broken",
}
_CONSENTS: Final = {
    "window": "asks in its window",
    "terminal": "asks in the terminal it runs in",
    "deny": "denies every request",
}


def show_status(invocation: Invocation) -> int:
    """Print how the running wallet is."""
    status = invocation.ask_object("status")
    if invocation.options.json:
        invocation.terminal.write_json(status)
    else:
        invocation.terminal.write(pairs(_lines(status)))
    return 0


def _lines(status: dict[str, Any]) -> list[tuple[str, str]]:
    port = status["port"]
    told = [
        ("wallet", _STATES.get(status["state"], status["state"])),
        ("address", "not open yet" if port is None else f"http://127.0.0.1:{port}"),
        ("consent", _CONSENTS.get(status["consent"], status["consent"])),
        ("process", f"{status['pid']}, version {status['version']}"),
    ]
    if status["trouble"] is not None:
        told.append(("trouble", f"{status['trouble']['title']}: {status['trouble']['detail']}"))
    if status["locked"]:
        return told
    told += [
        ("balance", _balance(status)),
        ("today", money(status["today"])),
        ("this month", money(status["month"])),
        ("running calls", f"{status['running_calls']}, holding {money(status['held'])}"),
    ]
    if status["unsettled_calls"]:
        words = "charged in full after a crash; say what each cost with `wattfare settle`"
        told.append(("unsettled calls", f"{status['unsettled_calls']}, {words}"))
    told += [("stuck limit", _stuck(window)) for window in status["stuck_windows"]]
    if status["paused"]:
        told.append(("spending", "all of it is paused"))
    return told


def _stuck(window: dict[str, Any]) -> str:
    begins = moment(window["starts_at"])
    return (
        f"{window['name']}, {window['period']}: begins only on {begins}, since a clock was wrong"
        " once; `wattfare windows reset` lets it renew"
    )


def _balance(status: dict[str, Any]) -> str:
    return f"{money(status['balance'])}, practice {money(status['practice_balance'])}"
