"""A wallet put together, published and controlled, and taken apart again."""

import asyncio
import gc
import linecache
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from wattfare_desktop.cli.options import WalletOptions
from wattfare_desktop.control.alert_operations import alert_family
from wattfare_desktop.control.alias_operations import alias_family
from wattfare_desktop.control.backup_operations import backup_family
from wattfare_desktop.control.binding_operations import binding_family
from wattfare_desktop.control.blocked_operations import blocked_family
from wattfare_desktop.control.device_operations import device_family
from wattfare_desktop.control.dispute_operations import dispute_family
from wattfare_desktop.control.export_operations import export_family
from wattfare_desktop.control.ledger_operations import ledger_family
from wattfare_desktop.control.mending_operations import mending_family
from wattfare_desktop.control.operations import Host, Operations
from wattfare_desktop.control.price_operations import price_family
from wattfare_desktop.control.receipt_operations import receipt_family
from wattfare_desktop.control.server import ControlServer
from wattfare_desktop.control.update_operations import update_family
from wattfare_desktop.gateway.gateway import Gateway
from wattfare_desktop.gateway.listings import KeyCheck
from wattfare_desktop.gateway.lookout import HttpLookout
from wattfare_desktop.gateway.practice.provider import start_practice
from wattfare_desktop.gateway.price_source import HttpPriceSource
from wattfare_desktop.gateway.update_source import HttpUpdateSource
from wattfare_desktop.gateway.upstream import Upstream
from wattfare_desktop.main.update_work import latest_of
from wattfare_desktop.providers.catalogue import Catalogue, parse_catalogue
from wattfare_desktop.system import paths
from wattfare_desktop.system.certificates import client_context
from wattfare_desktop.system.health import Finding
from wattfare_desktop.system.newer_prices import PriceFile
from wattfare_desktop.system.paths import Paths
from wattfare_desktop.system.platforms import Platform
from wattfare_desktop.system.prices import bundled_tables
from wattfare_desktop.system.program import program_version
from wattfare_desktop.system.resources import resource_root
from wattfare_desktop.system.runtime_file import Running, RuntimeFile
from wattfare_desktop.system.settings import SettingsFile
from wattfare_desktop.system.update_channel import load_channel
from wattfare_desktop.system.update_notes import UpdateNotesFile
from wattfare_desktop.system.zone import local_zone
from wattfare_desktop.vault.keychain import open_keychain
from wattfare_desktop.vault.thread import VaultThread
from wattfare_desktop.vault.vault import Vault
from wattfare_desktop.wallet import restore
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.price_updates import PriceUpdates, load_prices
from wattfare_desktop.wallet.prices import Prices
from wattfare_desktop.wallet.tasks import Tasks
from wattfare_desktop.wallet.updates import Updates
from wattfare_desktop.wallet.wallet import Wallet, WalletState

PRACTICE: Final = "practice"
_LOG: Final = logging.getLogger(__name__)
_SWITCH_INTERVAL_S: Final = 0.0005


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A wallet put together on the current loop, not yet listening."""

    paths: Paths
    clock: Clock
    tasks: Tasks
    wallet: Wallet
    gateway: Gateway
    prices: Prices
    updates: PriceUpdates
    releases: Updates
    platform: Platform
    vault: VaultThread
    probe: KeyCheck


@asynccontextmanager
async def assembled(
    options: WalletOptions, environment: Mapping[str, str], platform: Platform
) -> AsyncIterator[Parts]:
    """Put a wallet together, and take it apart again: settled, closed, gone from the port."""
    # How soon a busy thread hands over to one that wants the interpreter. The ledger's wants it
    # back after each statement, so the usual 5 ms would cost a call dozens of them.
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    upstream = Upstream(partial(client_context, environment))
    await upstream.start()
    practice = await start_practice("")
    places = paths.paths_of(options.home, environment)
    parts = await _put_together(places, platform, upstream, practice.base_url)
    try:
        yield parts
    finally:
        # Before the port, which would wait for running streams to come to their own end.
        await parts.wallet.close()
        await parts.gateway.stop()
        await parts.tasks.cancel()
        await upstream.stop()
        await practice.close()


async def _put_together(
    places: Paths, platform: Platform, upstream: Upstream, practice_url: str
) -> Parts:
    clock, tasks, probe = Clock(local_zone), Tasks(), KeyCheck(upstream)
    catalogue = await asyncio.to_thread(_catalogue, places.providers)
    catalogue = catalogue.with_base(PRACTICE, practice_url)
    tables, kept = await asyncio.to_thread(bundled_tables), PriceFile(places.prices)
    prices = Prices(partial(asyncio.to_thread, load_prices, kept, tables))
    vault = VaultThread(Vault(places.home, open_keychain(places.home)))
    wallet = Wallet(
        paths=places,
        vault=vault,
        clock=clock,
        catalogue=catalogue,
        prices=prices,
        probe=probe,
        lookout=HttpLookout(upstream, catalogue),
        tasks=tasks,
    )
    updates = PriceUpdates(
        file=kept,
        tables=tables,
        source=HttpPriceSource(upstream),
        prices=prices,
        clock=clock,
        catalogue=catalogue,
        open_books=lambda: wallet.books,
    )
    channel = await asyncio.to_thread(load_channel, resource_root() / "updates")
    releases = Updates(
        running=program_version(),
        latest=latest_of(channel, places.updates),
        source=HttpUpdateSource(upstream),
        settings=SettingsFile(places.settings),
        notes=UpdateNotesFile(places.updates / "looked.json"),
        clock=clock,
        publish=wallet.tell,
    )
    gateway = Gateway(
        wallet=wallet,
        upstream=upstream,
        prices=prices,
        clock=clock,
        tasks=tasks,
        opener=platform.opener,
    )
    return Parts(
        paths=places,
        clock=clock,
        tasks=tasks,
        wallet=wallet,
        gateway=gateway,
        prices=prices,
        updates=updates,
        releases=releases,
        platform=platform,
        vault=vault,
        probe=probe,
    )


@asynccontextmanager
async def published(parts: Parts, port: int | None) -> AsyncIterator[int]:
    """Listen on the public port, and say where in the runtime file."""
    chosen = await parts.gateway.start(port)
    runtime = RuntimeFile(parts.paths.runtime)
    try:
        runtime.write(
            Running(port=chosen, pid=os.getpid(), instance_key=parts.gateway.instance.public)
        )
    except OSError as error:
        # A hint for other programs: a full disk is no reason to keep apps waiting.
        _LOG.warning("runtime.json could not be written: %s", error.strerror)
    parts.tasks.start(_warm(parts.prices), "loading prices")
    parts.tasks.start(parts.updates.watch(), "newer prices")
    parts.tasks.start(parts.releases.watch(), "newer versions")
    try:
        yield chosen
    finally:
        runtime.remove(os.getpid())


@asynccontextmanager
async def controlled(
    parts: Parts,
    *,
    consent: str,
    show: Callable[[str], None] | None,
    stop: Callable[[], None],
    examine: Callable[[], Awaitable[Sequence[Finding]]],
) -> AsyncIterator[bool]:
    """Answer the command line; False where another process already holds this home."""
    host = Host(
        version=program_version(),
        consent=consent,
        started_at=parts.clock.now(),
        port=lambda: parts.gateway.port or None,
        show=show,
        quit=stop,
        examine=examine,
    )
    operations = Operations(
        wallet=parts.wallet,
        host=host,
        now=parts.clock.now,
        families=(
            alert_family(parts.wallet),
            alias_family(parts.wallet),
            binding_family(parts.wallet),
            blocked_family(parts.wallet),
            backup_family(parts.wallet),
            device_family(parts.wallet),
            dispute_family(parts.wallet),
            export_family(parts.wallet),
            ledger_family(parts.wallet),
            price_family(parts.wallet, parts.updates),
            mending_family(parts.wallet),
            receipt_family(parts.wallet),
        ),
        in_any_state=update_family(parts.releases),
    )
    server = ControlServer(address=parts.paths.control, answerer=operations)
    if not await server.start():
        yield False
        return
    try:
        # Nobody else is at this home now, and nobody has opened it yet.
        await asyncio.to_thread(restore.finish, parts.paths.home, open_keychain)
        yield True
    finally:
        await server.close()


async def open_or_make(wallet: Wallet, passphrase: str | None) -> None:
    """Unlock the wallet, or make it where there is none. Raises UserFacingError."""
    if await wallet.look() is WalletState.ABSENT:
        await wallet.create(passphrase)
    else:
        await wallet.unlock(passphrase)


def new_loop() -> asyncio.AbstractEventLoop:
    """Return the fastest event loop there is here."""
    with suppress(ImportError):
        import uvloop  # noqa: PLC0415 - there is none on Windows

        return uvloop.new_event_loop()
    return asyncio.new_event_loop()


def _catalogue(own: Path) -> Catalogue:
    """Return the bundled rows and, after them, the user's ``own``, where that file is good."""
    bundled = parse_catalogue((resource_root() / "providers.toml").read_text(encoding="utf-8"))
    try:
        return bundled.joined(parse_catalogue(own.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return bundled
    except (OSError, ValueError) as error:
        _LOG.warning("the rows of %s are not used: %s", own.name, error)
        return bundled


async def _warm(prices: Prices) -> None:
    await prices.book()
    # PySide, where it is loaded, has the source text of the whole price table read and kept.
    linecache.clearcache()
    # All that is loaded by now stays. The collector, which a busy wallet wakes many times a second,
    # need not walk through it each time.
    if threading.current_thread() is threading.main_thread():
        # Beside windows it is theirs to collect: see ui/collector.
        gc.collect()
    gc.freeze()
