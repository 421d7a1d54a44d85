"""``wattfare apps``, ``pause``, ``resume``, ``revoke``: the grants, their windows and history."""

from typing import Any, Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.tables import moment, money, table

_HEADS: Final = ("ID", "NAME", "STATE", "PERIOD", "SPENT", "HELD", "LIMIT", "RENEWS")
_HISTORY: Final = ("WHEN", "WHAT HAPPENED", "")
_FIGURES: Final = frozenset({4, 5, 6})
_DONE: Final = {"pause": "paused", "resume": "resumed", "revoke": "revoked"}


def show_apps(invocation: Invocation) -> int:
    """Print every grant with spent, held and limit of each of its windows; or one in full."""
    if invocation.options.app is not None:
        return _show_app(invocation)
    apps = invocation.ask_list("apps")
    if invocation.options.json:
        invocation.terminal.write_json(apps)
    elif apps:
        rows = [row for app in apps for row in _rows(app)]
        invocation.terminal.write(table(_HEADS, rows, right=_FIGURES))
    else:
        invocation.terminal.write(["No app has been approved yet."])
    return 0


def _show_app(invocation: Invocation) -> int:
    app = invocation.ask_object("apps history", {"app": invocation.options.app})
    if invocation.options.json:
        invocation.terminal.write_json(app)
        return 0
    happened = [
        (moment(note["at"]), note["event"].replace("_", " "), note["detail"])
        for note in app["history"]
    ]
    lines = table(_HEADS, _rows(app), right=_FIGURES)
    invocation.terminal.write([*lines, "", *table(_HISTORY, happened)])
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
