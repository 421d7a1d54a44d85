"""What is there while the wallet is open."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.providers.catalogue import Catalogue
from wattfare_desktop.storage import bindings, grants, tokens
from wattfare_desktop.storage.connection import DatabaseBroken, DatabaseUnreachable
from wattfare_desktop.storage.database import Database, LedgerUnavailable
from wattfare_desktop.storage.migrate import WalletTooNew
from wattfare_desktop.storage.upgrades import UpgradePutOff
from wattfare_desktop.vault.sealing import Sealer
from wattfare_desktop.vault.signing import Signer
from wattfare_desktop.wallet.accesses import Accesses
from wattfare_desktop.wallet.alerts import Alerts
from wattfare_desktop.wallet.aliases import AliasShelf
from wattfare_desktop.wallet.apps import Apps
from wattfare_desktop.wallet.backup import Backups
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.codes import Codes
from wattfare_desktop.wallet.disputes import Disputes
from wattfare_desktop.wallet.endings import Endings
from wattfare_desktop.wallet.exports import Exports
from wattfare_desktop.wallet.funding import Fundings
from wattfare_desktop.wallet.limit_warnings import LimitWarnings
from wattfare_desktop.wallet.mending import Mending
from wattfare_desktop.wallet.own_prices import OwnPrices
from wattfare_desktop.wallet.preferences import PreferenceShelf
from wattfare_desktop.wallet.proof import Anchors, Proof
from wattfare_desktop.wallet.receipts import Receipts
from wattfare_desktop.wallet.recovery import damage_behind, recovered
from wattfare_desktop.wallet.registrations import Registrations
from wattfare_desktop.wallet.repeats import Repeats
from wattfare_desktop.wallet.reports import Reports
from wattfare_desktop.wallet.spending import Spending
from wattfare_desktop.wallet.tasks import Tasks
from wattfare_desktop.wallet.tokens import Tokens
from wattfare_desktop.wallet.watch import Watch

# Whoever is told to end has ten seconds, of which the port takes one and the control socket another
# at most, and the last anchor one and a half (`proof`).
_SETTLE_S: Final = 4.0
_LAST_S: Final = 1.0
_LOOK_S: Final = 0.005

UNFIT: Final = (
    DatabaseBroken,
    DatabaseUnreachable,
    LedgerUnavailable,
    UpgradePutOff,
    WalletTooNew,
)
"""What a file that cannot be opened is told as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The open file and everything that works on it."""

    database: Database
    accesses: Accesses
    spending: Spending
    apps: Apps
    codes: Codes
    registrations: Registrations
    tokens: Tokens
    fundings: Fundings
    disputes: Disputes
    endings: Endings
    exports: Exports
    mending: Mending
    backups: Backups
    receipts: Receipts
    repeats: Repeats
    reports: Reports
    preferences: PreferenceShelf
    aliases: AliasShelf
    own_prices: OwnPrices
    warnings: LimitWarnings
    watch: Watch
    alerts: Alerts
    proof: Proof
    tasks: Tasks
    """What has to be written before the books are closed."""
    asides: Tasks
    """What may be left undone: anchoring, for one, may wait for a keyring."""
    notice: UserFacingError | None = None
    """What its user should know of how it was opened."""

    async def settle_in(self) -> None:
        """Write what a start owes the file, before the first call is admitted.

        Calls that a crash left behind are charged as unsettled; what ran out meanwhile ends. Never
        while the books are doubted: that would take what is in doubt for true.
        """
        await self.spending.recover()
        await self.repeats.sweep()
        await self.apps.expire_uncollected()
        await self.endings.write_down()

    async def close(self) -> None:
        """Cut running calls, settle them, and close the file."""
        self.codes.close()
        self.warnings.close()
        self.watch.close()
        self.own_prices.close()
        self.endings.close()
        self.backups.cancel()
        self.spending.close_to_new()
        self.spending.cut()
        # Whoever carries a call has yet to hear that it is cut, and settles it after that.
        if not await self._settled(_SETTLE_S):
            # A provider that has not answered by now is not waited for; what its answer will cost
            # is estimated.
            self.spending.abandon()
            await self._settled(_LAST_S)
        await self.tasks.cancel()
        await self.asides.cancel()
        await self.proof.close()
        await asyncio.to_thread(self.database.close)

    async def _settled(self, timeout_s: float) -> bool:
        """Wait until no call runs and all is written; False where the time ran out."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while self.spending.running_count:  # noqa: ASYNC110 - seldom, and soon over
                    await asyncio.sleep(_LOOK_S)
                return await self.tasks.drain(timeout_s)
        return False


async def open_books(
    path: Path,
    master_key: bytes,
    clock: Clock,
    catalogue: Catalogue,
    publish: Callable[[Changes], None],
    *,
    anchors: Anchors,
) -> Books:
    """Open the file at ``path`` and put its books in order.

    Calls that a crash left behind are charged as unsettled, unless the file is in doubt. A damaged
    file is recovered where all of it can still be read. Raises UserFacingError where the file
    cannot be opened.
    """
    sealer = Sealer(master_key)
    try:
        return await _opened(path, sealer, clock, catalogue, publish, anchors=anchors)
    except DatabaseBroken as error:
        broken = error
    except LedgerUnavailable as refused:
        broken = await damage_behind(path, sealer, refused)
    notice = await recovered(path, sealer, clock, anchors, broken)
    books = await _opened(path, sealer, clock, catalogue, publish, anchors=anchors)
    return replace(books, notice=notice)


async def _opened(
    path: Path,
    sealer: Sealer,
    clock: Clock,
    catalogue: Catalogue,
    publish: Callable[[Changes], None],
    *,
    anchors: Anchors,
) -> Books:
    database = await asyncio.to_thread(Database, path, sealer.database_key_hex(), sealer.chain_key)
    try:
        return await _put_in_order(database, sealer, clock, catalogue, publish, anchors=anchors)
    except BaseException:
        await asyncio.to_thread(database.close)
        raise


async def _put_in_order(
    database: Database,
    sealer: Sealer,
    clock: Clock,
    catalogue: Catalogue,
    publish: Callable[[Changes], None],
    *,
    anchors: Anchors,
) -> Books:
    tasks, asides = Tasks(), Tasks()
    accesses = Accesses(
        await database.read(grants.all_accesses),
        await database.read(tokens.access_ends),
        await database.read(bindings.all_bindings),
    )
    spending = Spending(database, clock, tasks, publish)
    proof = Proof(
        database=database,
        anchors=anchors,
        anchor_key=sealer.anchor_key,
        clock=clock,
        spending=spending,
        tasks=asides,
        publish=publish,
    )
    apps = Apps(
        database=database,
        clock=clock,
        accesses=accesses,
        spending=spending,
        publish=publish,
        anchor=proof.anchor_now,
    )
    watch = Watch(
        database=database,
        clock=clock,
        accesses=accesses,
        spending=spending,
        tasks=tasks,
        publish=publish,
    )
    books = Books(
        database=database,
        accesses=accesses,
        spending=spending,
        apps=apps,
        codes=Codes(
            database=database,
            clock=clock,
            accesses=accesses,
            apps=apps,
            tasks=tasks,
            publish=publish,
        ),
        tokens=Tokens(
            database=database, clock=clock, accesses=accesses, apps=apps, publish=publish
        ),
        registrations=Registrations(database, clock),
        fundings=Fundings(database, clock, sealer, catalogue, publish),
        disputes=Disputes(database, clock, publish),
        endings=Endings(
            database=database,
            clock=clock,
            apps=apps,
            spending=spending,
            tasks=tasks,
            publish=publish,
        ),
        exports=Exports(database, clock, catalogue),
        mending=Mending(database, clock, publish),
        backups=Backups(path=database.path, sealer=sealer, clock=clock, proof=proof, tasks=tasks),
        receipts=Receipts(database, clock, Signer(sealer.signing_seed)),
        repeats=Repeats(database, clock, sealer),
        reports=Reports(database, clock, catalogue),
        preferences=PreferenceShelf(database),
        aliases=AliasShelf(database, publish),
        own_prices=OwnPrices(database, clock, catalogue, publish),
        warnings=LimitWarnings(
            database=database, clock=clock, spending=spending, tasks=tasks, publish=publish
        ),
        watch=watch,
        alerts=Alerts(watch, apps),
        proof=proof,
        tasks=tasks,
        asides=asides,
    )
    await books.proof.check()
    await books.fundings.load()
    await books.preferences.load()
    await books.aliases.load()
    await books.registrations.load()
    await books.own_prices.load()
    await books.watch.load()
    spending.fee = books.preferences.fee
    if books.proof.doubt is None:
        await books.settle_in()
    await books.proof.open()
    return books
