"""``wattfare alerts`` and ``rate``: what apps did that you should know, how fast they may call."""

from typing import Any, Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.plain import visible
from wattfare_desktop.cli.tables import moment, table

_HEADS: Final = ("ID", "WHEN", "APP", "STATE", "WHAT HAPPENED")


def show_alerts(invocation: Invocation) -> int:
    """Print the latest alerts, newest first; whoever reads them has seen them."""
    as_json = invocation.options.json
    found = invocation.ask_list("alerts", {"see": not as_json})
    if as_json:
        invocation.terminal.write_json(found)
    elif found:
        invocation.terminal.write(table(_HEADS, [_row(each) for each in found]))
    else:
        invocation.terminal.write(["Nothing unusual has happened."])
    return 0


def resume_app(invocation: Invocation) -> int:
    """Let an app go on that a rule paused."""
    return _answer(invocation, "resume", {"app": invocation.options.app}, _resumed)


def say_mine(invocation: Invocation) -> int:
    """Say that it was you: the app goes on, and its rule is less strict with it for a week."""
    return _answer(invocation, "alerts mine", {"id": invocation.options.id}, _mine)


def change_rate(invocation: Invocation) -> int:
    """Print how fast an app may call, or change that."""
    options = invocation.options
    sent = {"app": options.app, "per_s": options.per_second, "in_flight": options.in_flight}
    return _answer(invocation, "rate", sent, _rate)


def _answer(invocation: Invocation, command: str, sent: dict[str, Any], words: Any) -> int:
    told = invocation.ask_object(command, sent)
    if invocation.options.json:
        invocation.terminal.write_json(told)
    else:
        invocation.terminal.write([visible(words(told))])
    return 0


def _row(alert: dict[str, Any]) -> tuple[str, ...]:
    state = "paused" if alert["paused"] else alert["state"]
    times = "" if alert["times"] == 1 else f" ({alert['times']} times)"
    when = moment(alert["last_at"])
    return (str(alert["id"]), when, alert["app_name"], state, f"{alert['what']}{times}")


def _resumed(app: dict[str, Any]) -> str:
    return f"{app['name']} ({app['id']}) is resumed."


def _mine(alert: dict[str, Any]) -> str:
    return f"{alert['app_name']} may do twice as much of this for seven days."


def _rate(rate: dict[str, Any]) -> str:
    return (
        f"{rate['name']} may make {rate['per_s']} calls a second, {rate['burst']} at once, and have"
        f" {rate['in_flight']} under way."
    )
