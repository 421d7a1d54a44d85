"""``wattfare apps``, ``pause``, ``resume``, ``revoke``: the grants and their windows."""

from typing import Any, Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.tables import moment, money, table

_HEADS: Final = ("ID", "NAME", "STATE", "PERIOD", "SPENT", "HELD", "LIMIT", "RENEWS")
_FIGURES: Final = frozenset({4, 5, 6})
_DONE: Final = {"pause": "paused", "resume": "resumed", "revoke": "revoked"}


def show_apps(invocation: Invocation) -> int:
    """Print every grant with spent, held and limit of each of its windows."""
    apps = invocation.ask_list("apps")
    if invocation.options.json:
        invocation.terminal.write_json(apps)
    elif apps:
        rows = [row for app in apps for row in _rows(app)]
        invocation.terminal.write(table(_HEADS, rows, right=_FIGURES))
    else:
        invocation.terminal.write(["No app has been approved yet."])
    return 0


def change_app(invocation: Invocation) -> int:
    """Pause, resume or revoke one app; the command's own word says which."""
    command = invocation.options.command
    app = invocation.ask_object(command, {"app": invocation.options.app})
    if invocation.options.json:
        invocation.terminal.write_json(app)
    else:
        line = f"{app['name']} ({app['id']}) is {_DONE[command]}."
        invocation.terminal.write(table((line,), ()))
    return 0


def _rows(app: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return a line a window; only the first names the app."""
    named = (app["id"], app["name"], app["state"])
    rows: list[tuple[str, ...]] = []
    for window in app["windows"]:
        figures = (money(window["spent"]), money(window["held"]), money(window["limit"]))
        rows.append((*named, window["period"], *figures, moment(window["resets_at"])))
        named = ("", "", "")
    return rows or [(*named, "-", "-", "-", "-", "-")]
