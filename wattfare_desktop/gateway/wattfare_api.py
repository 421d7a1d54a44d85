"""What the wallet itself tells an app: what is left of its budget, and what a call would cost."""

from typing import Any

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.metering.meter import cost
from wattfare_desktop.core.money import plain_usd
from wattfare_desktop.core.reports import WindowRow
from wattfare_desktop.gateway.intake import Intake, respond, wish_of
from wattfare_desktop.gateway.json_body import write_json
from wattfare_desktop.gateway.refusals import CallRefusal, iso_time
from wattfare_desktop.providers.dialect import DialectName, VisibleOutput
from wattfare_desktop.providers.dialects import Dialects

_NOTHING_SEEN = VisibleOutput()


class WattfareApi:
    """The paths under ``/wattfare/v1``; each wants the app's access, as its calls do."""

    def __init__(self, intake: Intake, dialects: Dialects) -> None:
        self._intake = intake
        self._dialect = dialects[DialectName.OPENAI_CHAT]

    async def budget(self, request: BaseRequest) -> web.StreamResponse:
        """Answer GET /budget with every window of this app, and what the wallet leaves it.

        Of other apps it tells nothing: ``wallet_left`` is one figure, the least of all limits over
        all apps; null where there is none.
        """
        caller = await self._intake.caller(request)
        if isinstance(caller, CallRefusal):
            return respond(self._dialect.family, caller)
        windows = await caller.books.reports.windows(caller.access.grant)
        wallet = await caller.books.reports.wallet_windows()
        left = min((window.left for window in wallet), default=None)
        return _answer(
            {
                "object": "wattfare.budget",
                "currency": "USD",
                "windows": [_window(window) for window in windows],
                "wallet_left": None if left is None else plain_usd(left),
            }
        )

    async def estimate(self, request: BaseRequest) -> web.StreamResponse:
        """Answer POST /estimate, whose body is that of a call, with the least and most it can cost.

        Nothing is sent and nothing held. ``low`` is the input alone, as well as it can be guessed;
        ``high`` the most that would be held. Both include the wallet's own fee.
        """
        caller = await self._intake.caller(request)
        if isinstance(caller, CallRefusal):
            return respond(self._dialect.family, caller)
        call = await self._intake.read(request, self._dialect)
        if isinstance(call, CallRefusal):
            return respond(self._dialect.family, call)
        route = await self._intake.route(caller, call)
        if isinstance(route, CallRefusal):
            return respond(self._dialect.family, route)
        wish = wish_of(call, route)
        fee = caller.books.spending.fee
        low = cost(route.priced.price, self._dialect.estimate(call, _NOTHING_SEEN))
        high = wish.cost(wish.bound)
        return _answer(
            {
                "object": "wattfare.estimate",
                "currency": "USD",
                "model": route.full_name,
                "low": plain_usd(fee.on_top_of(min(low, high))),
                "high": plain_usd(fee.on_top_of(high)),
                "output_tokens_max": wish.bound,
                "price_version": route.priced.version,
            }
        )


def _window(window: WindowRow) -> dict[str, Any]:
    return {
        "period": window.period.value,
        "limit": plain_usd(window.limit),
        "spent": plain_usd(window.spent),
        "held": plain_usd(window.held),
        "left": plain_usd(window.left),
        "resets_at": iso_time(window.resets_at),
    }


def _answer(body: dict[str, Any]) -> web.Response:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return web.Response(body=write_json(body), headers=headers)
