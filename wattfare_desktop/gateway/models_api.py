"""The models an app may use, all of them or one by its name, in the words of whoever asks."""

from collections.abc import Sequence

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.oauth.grants import models_allow
from wattfare_desktop.gateway.doors import Doors
from wattfare_desktop.gateway.intake import Intake, respond
from wattfare_desktop.gateway.listings import Listings
from wattfare_desktop.gateway.refusals import CallRefusal
from wattfare_desktop.gateway.server import gaps_of
from wattfare_desktop.providers.dialect import JSON_TYPE, Family, ModelListing, RequestRefusal


class ModelsApi:
    """Answers from what the providers list, as far as this wallet can pay for it."""

    def __init__(self, intake: Intake, listings: Listings, doors: Doors) -> None:
        self._intake = intake
        self._listings = listings
        self._doors = doors

    async def all(
        self, request: BaseRequest, family: Family, provider: str | None
    ) -> web.StreamResponse:
        """Answer with the models this access may use, of those the wallet can pay for.

        Only those of ``provider`` where one is named, by this or by the path.
        """
        family = self._doors.family_of(request.headers, family)
        rows = await self._allowed(request, provider)
        if isinstance(rows, CallRefusal):
            return respond(family, rows)
        return web.Response(body=family.models_body(rows), content_type=JSON_TYPE)

    async def one(
        self, request: BaseRequest, family: Family, provider: str | None
    ) -> web.StreamResponse:
        """Answer with the one model the path names, with its provider's prefix or without."""
        family = self._doors.family_of(request.headers, family)
        rows = await self._allowed(request, provider)
        if isinstance(rows, CallRefusal):
            return respond(family, rows)
        row = _named(rows, gaps_of(request)["model"])
        if row is None:
            return respond(family, _unknown())
        return web.Response(body=family.model_body(row), content_type=JSON_TYPE)

    async def _allowed(
        self, request: BaseRequest, provider: str | None
    ) -> Sequence[ModelListing] | CallRefusal:
        caller = await self._intake.caller(request)
        if isinstance(caller, CallRefusal):
            return caller
        only = gaps_of(request).get("provider", provider)
        fundings = [
            funding
            for funding in caller.books.fundings.live
            if only is None or funding.provider.id == only
        ]
        rows = await self._listings.models(fundings)
        return [row for row in rows if models_allow(caller.access.models, row.id)]


def _named(rows: Sequence[ModelListing], name: str) -> ModelListing | None:
    """Return the row of that whole name, or the first whose provider has a model of that name."""
    whole = (row for row in rows if row.id == name)
    bare = (row for row in rows if row.id.partition("/")[2] == name)
    return next(whole, None) or next(bare, None)


def _unknown() -> CallRefusal:
    return CallRefusal(
        error=RequestRefusal(
            status=404,
            code="model_not_found",
            param="model",
            message="This app may use no model of that name, or its provider does not list it now.",
        )
    )
