"""What a tray would tell in passing, as lines: ``serve`` has no tray.

    warning 'Notes AI' 5.00 month spent=4.10

    overrun call_0k3v reserve=0.01 uncovered=0.02

    alert 3 'Notes AI' runaway pause 'It spent $5.40 of its $10.00 within an hour. ...'

    release 1.2.0 https://... 'Receipts can be printed.'

The first says that most of a limit is gone, once a window; the second that a provider billed a call
above its cap, and what of that the reserve paid; the third that an app did something unusual, and
what was done about it; the last that a newer Wattfare is out. Words are quoted as in a shell.
"""

from collections.abc import Iterator
from typing import Final

from wattfare_desktop.cli.plain import quoted
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.core.money import plain_usd
from wattfare_desktop.core.reports import LimitAlert, OverrunAlert
from wattfare_desktop.core.updates import Release
from wattfare_desktop.core.watching.alerts import Alert, told
from wattfare_desktop.wallet.changes import Changes

_WALLET: Final = "all apps together"


class PrintedNotices:
    """A listener of the wallet."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def take(self, changes: Changes) -> None:
        """Print what of ``changes`` its user would want to know at once."""
        for line in notice_lines(changes):
            self._terminal.say(line)


def notice_lines(changes: Changes) -> Iterator[str]:
    """Yield a line for each limit nearly used up, bill above a cap, alert, and newer release."""
    yield from map(warning_line, changes.warnings)
    yield from map(overrun_line, changes.overruns)
    yield from map(alert_line, changes.alerts)
    if changes.release is not None:
        yield release_line(changes.release)


def warning_line(alert: LimitAlert) -> str:
    """Return ``warning <app> <cap> <period> spent=<amount>``."""
    window = alert.window
    return " ".join(
        (
            "warning",
            quoted(_WALLET if alert.app is None else alert.name),
            plain_usd(window.limit),
            window.period.value,
            f"spent={plain_usd(window.spent)}",
        )
    )


def overrun_line(alert: OverrunAlert) -> str:
    """Return ``overrun <call> reserve=<amount> uncovered=<amount>``."""
    return " ".join(
        (
            "overrun",
            quoted(alert.call),
            f"reserve={plain_usd(alert.from_reserve)}",
            f"uncovered={plain_usd(alert.uncovered)}",
        )
    )


def alert_line(alert: Alert) -> str:
    """Return ``alert <id> <app> <rule> <action> <what happened>``."""
    name, what = quoted(alert.app_name), quoted(told(alert))
    return f"alert {alert.id} {name} {alert.rule} {alert.action} {what}"


def release_line(release: Release) -> str:
    """Return ``release <version> <page> <summary>``."""
    return f"release {release.version} {quoted(release.page)} {quoted(release.summary)}"
