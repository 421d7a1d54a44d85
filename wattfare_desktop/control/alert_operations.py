"""What apps did that their user should know, and how fast they may call, as control commands."""

from collections.abc import Sequence
from typing import Protocol

from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.choice import choose_app
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.operations import Family
from wattfare_desktop.control.shapes import time_text
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.reports import AppRow
from wattfare_desktop.core.watching.alerts import Alert, told
from wattfare_desktop.core.watching.rules import CallRate


class AlertShelf(Protocol):
    """Where alerts are kept; see ``wallet.alerts``."""

    async def latest(self) -> Sequence[Alert]: ...  # noqa: D102 - the wallet's own words
    async def see(self) -> None: ...  # noqa: D102
    async def say_mine(self, number: int) -> Alert: ...  # noqa: D102
    def rate(self, app: GrantId) -> CallRate: ...  # noqa: D102
    async def set_rate(self, app: GrantId, rate: CallRate) -> None: ...  # noqa: D102


class WatchedWallet(Protocol):
    """What these commands ask of the wallet; see ``wallet.wallet`` for its meaning."""

    async def apps(self) -> tuple[AppRow, ...]: ...  # noqa: D102
    def alerts(self) -> AlertShelf: ...  # noqa: D102


def alert_family(wallet: WatchedWallet) -> Family:
    """Return the commands, by name."""
    return _AlertCommands(wallet).family()


def alert_shape(alert: Alert) -> dict[str, JsonValue]:
    """Return one alert; ``what`` says in words what happened."""
    return {
        "id": alert.id,
        "app": alert.app,
        "app_name": alert.app_name,
        "rule": str(alert.rule),
        "action": str(alert.action),
        "what": told(alert),
        "state": str(alert.state),
        "paused": alert.paused,
        "times": alert.times,
        "first_at": time_text(alert.at),
        "last_at": time_text(alert.last_at),
    }


class _AlertCommands:
    def __init__(self, wallet: WatchedWallet) -> None:
        self._wallet = wallet

    def family(self) -> Family:
        return {"alerts": self._alerts, "alerts mine": self._mine, "rate": self._rate}

    async def _alerts(self, arguments: Arguments) -> JsonValue:
        shelf = self._wallet.alerts()
        rows = await shelf.latest()
        if arguments.flag("see") and rows:
            await shelf.see()
        return [alert_shape(alert) for alert in rows]

    async def _mine(self, arguments: Arguments) -> JsonValue:
        number = arguments.count("id")
        if number is None:
            raise UserFacingError("The request cannot be understood", "id is missing.")
        return alert_shape(await self._wallet.alerts().say_mine(number))

    async def _rate(self, arguments: Arguments) -> JsonValue:
        app = choose_app(await self._wallet.apps(), arguments.text("app"))
        shelf = self._wallet.alerts()
        rate = shelf.rate(app.id)
        per_s, in_flight = arguments.count("per_s"), arguments.count("in_flight")
        if per_s is not None or in_flight is not None:
            rate = CallRate(
                per_s=rate.per_s if per_s is None else per_s,
                in_flight=rate.in_flight if in_flight is None else in_flight,
            )
            await shelf.set_rate(app.id, rate)
        return {
            "app": app.id,
            "name": app.name,
            "per_s": rate.per_s,
            "burst": rate.bucket.burst,
            "in_flight": rate.in_flight,
        }
