"""Provider credentials: added once checked, topped up, removed; keys sealed in the file.

In memory a key is a ``Secret``; on disk it is sealed under the wallet's own key, bound to its row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Final, Protocol

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import FundingId, Instant, TransferId
from wattfare_desktop.core.ledger.model import TransferStatus
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.providers.catalogue import (
    Catalogue,
    KeyPlacement,
    Provider,
    read_base_url,
)
from wattfare_desktop.storage import fundings, reserve
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database
from wattfare_desktop.storage.fundings import FundingRecord, Reconciled
from wattfare_desktop.vault.sealing import Sealer
from wattfare_desktop.vault.secret import Secret
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.routing import LiveFunding

__all__ = ["FundingAdded", "Fundings", "KeyProbe", "KeyVerdict", "Reconciled"]

_HINT_CHARS: Final = 4
_HINTED_CHARS_MIN: Final = 12
"""Of a shorter key the last letters would be too much of it."""

_NO_HINT: Final = "••••"
_KEY_CHARS_MAX: Final = 1_000


_ReserveMove = Callable[[Connection, FundingId, Nanos, TransferId, Instant], TransferStatus]


class KeyVerdict(StrEnum):
    """What the provider said of a key."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class KeyProbe(Protocol):
    """Asks a provider about a key with a call that costs nothing; the gateway fulfils it."""

    async def probe(self, funding: LiveFunding) -> KeyVerdict:
        """Return what the provider says. Only a plain no (401, 403) is REFUSED."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingAdded:
    """The credential is stored; ``warning`` says what could not be made sure of."""

    id: FundingId
    warning: str | None


class Fundings:
    """The live credentials, and what the user does to them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sealer: Sealer,
        catalogue: Catalogue,
        publish: Callable[[Changes], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._sealer = sealer
        self._catalogue = catalogue
        self._publish = publish
        self._live: tuple[LiveFunding, ...] = ()

    @property
    def live(self) -> Sequence[LiveFunding]:
        """The credentials in use, oldest first."""
        return self._live

    async def load(self) -> None:
        """Read and unseal all credentials."""
        records = await self._database.read(fundings.live)
        known = [record for record in records if record.provider in self._catalogue]
        self._live = tuple(self._unsealed(record) for record in known)

    async def add(
        self,
        provider_id: str,
        key: str | None,
        base_url: str | None,
        balance: Nanos,
        probe: KeyProbe,
    ) -> FundingAdded:
        """Check and store a credential with its prepaid balance.

        Raises UserFacingError for an unknown provider, a key that is missing, malformed or refused,
        or a bad base URL; then nothing is stored.
        """
        provider = _known(self._catalogue, provider_id)
        funding = LiveFunding(
            id=FundingId(self._clock.identifier("funding")),
            provider=provider,
            base_url=_base_of(provider, base_url),
            key=_key_for(provider, key),
        )
        verdict = await probe.probe(funding)
        if verdict is KeyVerdict.REFUSED:
            raise UserFacingError(
                f"{provider.name} refuses this key", "Copy it again from the provider's own page."
            )
        await self._store(funding, None if base_url is None else funding.base_url, balance)
        warning = None
        if verdict is KeyVerdict.UNKNOWN:
            warning = f"{provider.name} could not be asked about the key; it was stored unchecked."
        return FundingAdded(id=funding.id, warning=warning)

    async def top_up(self, funding: FundingId, amount: Nanos) -> None:
        """Add to the balance. Raises UserFacingError for no such funding or a zero amount."""
        self.require(funding)
        if amount <= 0:
            raise UserFacingError("Nothing to add", "Give an amount above zero.")

        def change(connection: Connection) -> None:
            now = self._clock.now()
            status = fundings.top_up(connection, funding, amount, self._transfer(), now)
            assert status is TransferStatus.OK, status

        await self._database.write(change)
        self._publish(Changes(fundings=frozenset({funding})))

    async def add_to_reserve(self, funding: FundingId, amount: Nanos) -> None:
        """Set ``amount`` aside. Raises UserFacingError where it is not there, or is held."""
        await self._move_reserve(funding, amount, reserve.add, "The balance is less than that")

    async def take_from_reserve(self, funding: FundingId, amount: Nanos) -> None:
        """Give ``amount`` back to the balance. Raises UserFacingError where it is not there."""
        await self._move_reserve(funding, amount, reserve.take, "The reserve is less than that")

    async def reconcile(self, funding: FundingId, told: Nanos, *, is_booked: bool) -> Reconciled:
        """Compare with the page of the provider, and book the difference where ``is_booked``.

        Raises UserFacingError where the page shows less than what is held and set aside.
        """
        self.require(funding)
        if not is_booked:
            return await self._database.read(
                lambda connection: fundings.compare(connection, funding, told)
            )

        def change(connection: Connection) -> Reconciled:
            return fundings.reconcile(
                connection, funding, told, self._transfer(), self._clock.now()
            )

        found = await self._database.write(change)
        if found.drift and not found.is_booked:
            raise UserFacingError(
                "That is less than what is held or set aside",
                "Wait for running calls to end, or take some of the reserve back first.",
            )
        self._publish(Changes(fundings=frozenset({funding})))
        return found

    async def _move_reserve(
        self, funding: FundingId, amount: Nanos, move: _ReserveMove, refused: str
    ) -> None:
        self.require(funding)
        if amount <= 0:
            raise UserFacingError("Nothing to move", "Give an amount above zero.")

        def change(connection: Connection) -> TransferStatus:
            return move(connection, funding, amount, self._transfer(), self._clock.now())

        if await self._database.write(change) is not TransferStatus.OK:
            raise UserFacingError(refused, "Running calls may hold a part of it; give less.")
        self._publish(Changes(fundings=frozenset({funding})))

    async def remove(self, funding: FundingId) -> None:
        """Forget the credential. Raises UserFacingError while calls run on it."""
        self.require(funding)

        def change(connection: Connection) -> bool:
            return fundings.remove(connection, funding, self._transfer(), self._clock.now())

        if not await self._database.write(change):
            raise UserFacingError(
                "Calls are running on this funding", "Wait for them to end, or pause spending."
            )
        self._live = tuple(each for each in self._live if each.id != funding)
        self._publish(Changes(fundings=frozenset({funding}), wallet=True))

    async def _store(self, funding: LiveFunding, base_url: str | None, balance: Nanos) -> None:
        sealed = None
        if funding.key is not None:
            sealed = self._sealer.seal(funding.key.reveal().encode(), funding.id)
        record = FundingRecord(
            id=funding.id,
            provider=funding.provider.id,
            base_url=base_url,
            key_sealed=sealed,
            key_hint=_hint(funding.key),
            added_at=self._clock.now(),
        )

        def change(connection: Connection) -> None:
            fundings.insert(connection, record)
            if balance:
                status = fundings.top_up(
                    connection, funding.id, balance, self._transfer(), record.added_at
                )
                assert status is TransferStatus.OK, status

        await self._database.write(change)
        self._live = (*self._live, funding)
        self._publish(Changes(fundings=frozenset({funding.id}), wallet=True))

    def _unsealed(self, record: FundingRecord) -> LiveFunding:
        provider = _known(self._catalogue, record.provider)
        key = None
        if record.key_sealed is not None:
            key = Secret(self._sealer.open_sealed(record.key_sealed, record.id).decode())
        return LiveFunding(
            id=record.id, provider=provider, base_url=record.base_url or provider.base_url, key=key
        )

    def require(self, funding: FundingId) -> LiveFunding:
        """Return the credential. Raises UserFacingError where there is none of that id."""
        for each in self._live:
            if each.id == funding:
                return each
        raise UserFacingError("No such funding", "List the fundings to see their ids.")

    def _transfer(self) -> TransferId:
        return TransferId(self._clock.identifier("transfer"))


def _hint(key: Secret | None) -> str:
    if key is None:
        return ""
    text = key.reveal()
    return text[-_HINT_CHARS:] if len(text) >= _HINTED_CHARS_MIN else _NO_HINT


def _known(catalogue: Catalogue, provider_id: str) -> Provider:
    provider = catalogue.find(provider_id)
    if provider is None:
        near = get_close_matches(provider_id, [row.id for row in catalogue], n=3)
        meant = f"Did you mean {' or '.join(near)}? " if near else ""
        raise UserFacingError(
            "Unknown provider", f"{meant}`wattfare funding providers` lists those there are."
        )
    return provider


def _base_of(provider: Provider, base_url: str | None) -> str:
    if base_url is None:
        if provider.needs_base:
            raise UserFacingError(
                f"Only you know where your {provider.name} is",
                f"Give its base URL, such as {provider.base_example}.",
            )
        return provider.base_url
    try:
        return read_base_url(base_url)
    except ValueError as error:
        raise UserFacingError("That base URL cannot be used", f"{error}.") from error


def _key_for(provider: Provider, key: str | None) -> Secret | None:
    if provider.auth is KeyPlacement.NONE:
        return None
    text = (key or "").strip()
    if not text and provider.key_optional:
        return None
    if not text:
        raise UserFacingError(
            f"{provider.name} needs a key", "Make one on the provider's page and paste it here."
        )
    if len(text) > _KEY_CHARS_MAX or not text.isascii() or not text.isprintable() or " " in text:
        raise UserFacingError(
            "That does not look like a key", "A key is one line without spaces: copy it again."
        )
    return Secret(text)
