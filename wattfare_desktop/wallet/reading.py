"""What requests say, given all that is known of clients: registered, documented, pushed before."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.oauth.clients import NONE_KNOWN, DocumentWanted, KnownClients
from wattfare_desktop.core.oauth.errors import Unredirectable
from wattfare_desktop.core.oauth.pushed import PushedReference
from wattfare_desktop.core.oauth.requests import WholeOutcome
from wattfare_desktop.wallet.books import Books
from wattfare_desktop.wallet.client_documents import ClientDocuments
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.pushed import PushedRequests
from wattfare_desktop.wallet.tasks import Tasks

Judged = TypeVar("Judged")


class RequestReader:
    """Reads for the desk. ``books`` raises UserFacingError unless the wallet is open."""

    def __init__(self, clock: Clock, books: Callable[[], Books], tasks: Tasks) -> None:
        self._books = books
        self._registered = NONE_KNOWN
        self.documents = ClientDocuments(clock, tasks)
        self.pushed = PushedRequests(clock)

    async def read(
        self, judge: Callable[[KnownClients], Judged | DocumentWanted]
    ) -> Judged | Unredirectable:
        """Return what ``judge`` makes of a request, given the clients that are known.

        Where the client is known by its document alone, that is fetched first.
        """
        known = self.registered()
        outcome = judge(known)
        if not isinstance(outcome, DocumentWanted):
            return outcome
        client = await self.documents.find(outcome.url)
        if isinstance(client, Unredirectable):
            return client
        again = judge({**known, client.client_id: client})
        assert not isinstance(again, DocumentWanted), "it is the only one that a request wants"
        return again

    def resolve(self, outcome: WholeOutcome | PushedReference) -> WholeOutcome:
        """Return the request itself where ``outcome`` refers to a pushed one, which it uses up."""
        return self.pushed.take(outcome) if isinstance(outcome, PushedReference) else outcome

    def registered(self) -> KnownClients:
        """Return the clients that have registered; a locked wallet knows those of before."""
        with suppress(UserFacingError):
            self._registered = self._books().registrations.live()
        return self._registered
