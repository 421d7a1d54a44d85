"""What a user makes of alerts: looks at them, lets the app go on, or says that it was them."""

from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.watching.alerts import Alert
from wattfare_desktop.core.watching.rules import CallRate
from wattfare_desktop.wallet.apps import Apps
from wattfare_desktop.wallet.watch import Watch

PER_S_MAX: Final = 10_000
IN_FLIGHT_MAX: Final = 10_000


class Alerts:
    """The alerts of an open wallet."""

    def __init__(self, watch: Watch, apps: Apps) -> None:
        self._watch = watch
        self._apps = apps

    async def latest(self) -> tuple[Alert, ...]:
        """Return the latest, newest first."""
        return await self._watch.alerts()

    async def see(self) -> None:
        """Note that all of them were looked at."""
        await self._watch.see()

    async def say_mine(self, number: int) -> Alert:
        """Let the app go on, and its rule be less strict with it for a week."""
        alert = await self._watch.alert(number)
        if alert is None:
            raise UserFacingError("No such alert", "List the alerts to see their numbers.")
        await self._watch.say_mine(alert)
        if alert.paused:
            await self._apps.resume(alert.app)
        return await self._watch.alert(number) or alert

    def rate(self, app: GrantId) -> CallRate:
        """Return how fast the app may call."""
        return self._watch.gate.rate_of(app)

    async def set_rate(self, app: GrantId, rate: CallRate) -> None:
        """Let the app call so fast from now on."""
        if not (0 < rate.per_s <= PER_S_MAX and 0 < rate.in_flight <= IN_FLIGHT_MAX):
            raise UserFacingError("That is no rate", f"Choose from 1 to {PER_S_MAX:,}.")
        await self._watch.set_rate(app, rate)
