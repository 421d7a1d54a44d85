"""Receipts for apps: each may read those of its own calls, signed by the wallet."""

from typing import Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.identifiers import CallId
from wattfare_desktop.core.receipts import receipt_file
from wattfare_desktop.core.reports import CallStatus
from wattfare_desktop.gateway.intake import Intake, respond
from wattfare_desktop.gateway.refusals import CallRefusal
from wattfare_desktop.gateway.server import gaps_of
from wattfare_desktop.providers.dialect import Family, RequestRefusal

_RETRY_S: Final = 1
_HEADERS: Final = {"Content-Type": "application/json", "Cache-Control": "no-store"}


class ReceiptsApi:
    """The path ``/wattfare/v1/receipts/{call}``; it wants the app's access, as its calls do."""

    def __init__(self, intake: Intake, family: Family) -> None:
        self._intake = intake
        self._family = family

    async def receipt(self, request: BaseRequest) -> web.StreamResponse:
        """Answer GET with the signed receipt of one of this app's calls, as a file would hold it.

        Another app's call is as unknown as one that never was.
        """
        caller = await self._intake.caller(request)
        if isinstance(caller, CallRefusal):
            return respond(self._family, caller)
        call = CallId(gaps_of(request)["call"])
        receipts = caller.books.receipts
        found = await receipts.of_app(call, caller.access.grant)
        if found is None:
            return respond(self._family, _unknown())
        if found.call.status is CallStatus.RUNNING:
            return respond(self._family, _running())
        return web.Response(body=receipt_file(receipts.signed(found)), headers=_HEADERS)


def _unknown() -> CallRefusal:
    return CallRefusal(
        error=RequestRefusal(
            status=404,
            code="unknown_call",
            message="This app made no such call. The header x-wattfare-call of an answer names it.",
        )
    )


def _running() -> CallRefusal:
    return CallRefusal(
        error=RequestRefusal(
            status=409,
            code="call_running",
            message="This call still runs: its receipt is there once it has ended.",
        ),
        headers={"Retry-After": str(_RETRY_S)},
    )
