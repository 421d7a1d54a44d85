"""By which provider, in which dialect and under which name a call may be answered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from wattfare_desktop.gateway.doors import Door
from wattfare_desktop.gateway.intake import Caller, Intake
from wattfare_desktop.gateway.refusals import CallRefusal
from wattfare_desktop.providers.dialect import CallRequest, Dialect, DialectName, RequestRefusal
from wattfare_desktop.providers.dialects import Dialects
from wattfare_desktop.wallet.routing import Route

MODEL_HEADER: Final = "x-wattfare-model"
"""Which model answers, as ``provider/model``, where its name is not the one that was asked for."""
STAND_IN_HEADER: Final = "x-wattfare-stand-in"
"""Why another answers: one of :class:`StandIn`."""


class StandIn(StrEnum):
    """Why a model answers that was not asked for by its name."""

    ALIAS = "alias"
    FALLBACK = "fallback"
    CAP = "cap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A call as one provider will get it, in the dialect that is ``spoken`` there."""

    route: Route
    dialect: Dialect
    call: CallRequest
    spoken: DialectName
    stand_in: StandIn | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        """What the app is told of who answers."""
        if self.stand_in is None:
            return {}
        return {MODEL_HEADER: self.route.full_name, STAND_IN_HEADER: self.stand_in.value}


class Passages:
    """Finds them."""

    def __init__(self, intake: Intake, dialects: Dialects) -> None:
        self._intake = intake
        self._dialects = dialects

    async def find(
        self, caller: Caller, door: Door, call: CallRequest, provider: str | None
    ) -> list[Passage] | CallRefusal:
        """Return every passage of ``call``, the one to try first in front; only by ``provider``.

        Where there is none, what stands in the way of the first.
        """
        # A path that names its provider means that one, whatever its user calls models elsewhere.
        aliases = caller.books.aliases.now
        models = aliases.models(call.model) if provider is None else (call.model,)
        found: list[Passage] = []
        refused: CallRefusal | None = None
        for place, model in enumerate(models):
            stand_in = StandIn.FALLBACK if place else StandIn.ALIAS
            passage = await self._passage(caller, door, call, model, provider)
            if isinstance(passage, Passage):
                is_asked = model == call.model
                found.append(passage if is_asked else replace(passage, stand_in=stand_in))
            elif refused is None:
                refused = passage
        if found:
            return found
        assert refused is not None, "a name stands for one model at least"
        return refused

    async def at_cap(self, caller: Caller, door: Door, call: CallRequest) -> Passage | None:
        """Return what answers where a cap has no room; None where the user chose nothing.

        It is the user's own choice, whatever models the app was approved for.
        """
        model = caller.books.aliases.now.at_cap
        if model is None:
            return None
        passage = await self._passage(caller, door, call, model, None, is_approved=True)
        return replace(passage, stand_in=StandIn.CAP) if isinstance(passage, Passage) else None

    async def _passage(
        self,
        caller: Caller,
        door: Door,
        call: CallRequest,
        model: str,
        provider: str | None,
        *,
        is_approved: bool = False,
    ) -> Passage | CallRefusal:
        if model != call.model:
            call = replace(call, model=model)
        route = await self._intake.route(caller, call, provider, is_approved=is_approved)
        if isinstance(route, CallRefusal):
            return route
        spoken = route.funding.provider.dialects
        carried = self._dialects.carry(call, door.dialect, spoken, route.model)
        if isinstance(carried, RequestRefusal):
            return CallRefusal(error=carried)
        return Passage(
            route=route, dialect=carried.dialect, call=carried.call, spoken=carried.spoken
        )
