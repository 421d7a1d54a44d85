"""The books for whoever wants them elsewhere: where they end, and then piece by piece.

Nothing is remembered between pieces: who asks says how far it has come, and may stop at any moment.
"""

from dataclasses import dataclass
from functools import partial

from wattfare_desktop.core.identifiers import AccountId, Instant
from wattfare_desktop.core.ledger.beancount import PLAY_MONEY, USD
from wattfare_desktop.core.ledger.chain import EntryKind
from wattfare_desktop.core.reports import CallRow
from wattfare_desktop.providers.catalogue import Catalogue
from wattfare_desktop.storage import export
from wattfare_desktop.storage.database import Database
from wattfare_desktop.storage.export import ExportedEntry, ExportStart
from wattfare_desktop.wallet.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTerms:
    """What an account is known by, and what lies there; no ``currency``: more than one may."""

    name: str
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportHead:
    """An export as it begins, with a name for each account."""

    at: Instant
    start: ExportStart
    terms: dict[AccountId, AccountTerms]


class Exports:
    """Reads for exports, beside the spending and never in its way."""

    def __init__(self, database: Database, clock: Clock, catalogue: Catalogue) -> None:
        self._database = database
        self._clock = clock
        self._catalogue = catalogue

    async def begin(self) -> ExportHead:
        """Return where the books end now."""
        start = await self._database.read(export.start)
        return ExportHead(at=self._clock.now(), start=start, terms=self._terms(start))

    async def entries(self, kind: EntryKind, after: int, until: int) -> tuple[ExportedEntry, ...]:
        """Return the entries of the chain after the one and up to the other."""
        return await self._database.read(
            partial(export.entries, kind=kind, after=after, until=until)
        )

    async def calls(self, after: int, until: int, as_of: int) -> tuple[CallRow, ...]:
        """Return calls as they were at entry ``as_of``."""
        return await self._database.read(
            partial(export.calls, after=after, until=until, as_of=as_of)
        )

    def _terms(self, start: ExportStart) -> dict[AccountId, AccountTerms]:
        names: dict[str, str] = dict(start.apps)
        practice: dict[str, bool] = {}
        for funding in start.fundings:
            provider = self._catalogue.find(funding.provider)
            names[funding.id] = funding.provider
            practice[funding.id] = provider is not None and provider.practice
        terms = {}
        for account in start.accounts:
            of = account.id.partition(":")[2]
            currency = None if of not in practice else PLAY_MONEY if practice[of] else USD
            terms[account.id] = AccountTerms(name=names.get(of, ""), currency=currency)
        return terms
