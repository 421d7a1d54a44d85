"""What only a running wallet knows of its own health, for the doctor and the settings page."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.money import display_usd
from wattfare_desktop.core.reports import FundingRow, StuckWindow
from wattfare_desktop.main.assembly import Parts
from wattfare_desktop.system.health import Finding
from wattfare_desktop.vault.keychain import KeyringUnusable
from wattfare_desktop.vault.protection import Protection
from wattfare_desktop.wallet.funding import KeyVerdict
from wattfare_desktop.wallet.routing import LiveFunding
from wattfare_desktop.wallet.wallet import WalletState

_PROVIDERS_S: Final = 8.0
"""How long all providers together may take to answer: the doctor's user is waiting."""

_VERDICTS: Final = {
    KeyVerdict.ACCEPTED: "answers",
    KeyVerdict.REFUSED: "refuses the key",
    KeyVerdict.UNKNOWN: "cannot be reached",
}


class TrayReport:
    """What the windows last said of the tray; kept on the wallet's loop."""

    def __init__(self) -> None:
        self._available: bool | None = None

    def note(self, *, available: bool) -> None:
        """Take in whether there is a place for the icon."""
        self._available = available

    def finding(self) -> Finding:
        """Return it as one finding."""
        if self._available is None:
            return Finding(name="tray", ok=True, detail="none is wanted: there are no windows")
        if self._available:
            return Finding(name="tray", ok=True, detail="the icon has its place")
        return Finding(
            name="tray",
            ok=False,
            detail="this desktop shows no tray icons",
            remedy="Use the window; on GNOME the AppIndicator extension brings the icon back.",
        )


class Examiner:
    """Looks at port, ledger, keyring, tray, prices and providers. Lives on the wallet's loop."""

    def __init__(self, parts: Parts, tray: TrayReport) -> None:
        self._parts = parts
        self._tray = tray

    async def examine(self) -> Sequence[Finding]:
        """Return what was found; a provider that keeps silent costs a few seconds."""
        return (
            self._port(),
            self._ledger(),
            await self._limits(),
            await self._keyring(),
            self._tray.finding(),
            self._price_table(),
            await self._providers(),
        )

    def _port(self) -> Finding:
        port = self._parts.gateway.port
        if port:
            return Finding(name="port", ok=True, detail=f"listening on 127.0.0.1:{port}")
        return Finding(
            name="port",
            ok=False,
            detail="not listening",
            remedy="Stop the program that has the port, or choose another with --port.",
        )

    def _ledger(self) -> Finding:
        wallet = self._parts.wallet
        if wallet.state is WalletState.OPEN and wallet.trouble is not None:
            return Finding(
                name="ledger",
                ok=False,
                detail=wallet.trouble.title,
                remedy=wallet.trouble.detail,
            )
        if wallet.state is WalletState.OPEN:
            return Finding(name="ledger", ok=True, detail="the wallet is open")
        remedy = "Unlock it in its window, or start it with --passphrase-file."
        if wallet.state is WalletState.ABSENT:
            remedy = "Set it up in its window, or start `wattfare serve --passphrase-file FILE`."
        if wallet.trouble is not None:
            remedy = str(wallet.trouble)
        return Finding(
            name="ledger", ok=False, detail=f"the wallet is {wallet.state.value}", remedy=remedy
        )

    async def _limits(self) -> Finding:
        if self._parts.wallet.books is None:
            return Finding(name="limits", ok=True, detail="known once the wallet is open")
        return limits_finding((await self._parts.wallet.overview()).stuck)

    async def _keyring(self) -> Finding:
        try:
            protection = await self._parts.vault.status()
        except UserFacingError as error:
            return Finding(name="keyring", ok=False, detail=error.title, remedy=error.detail)
        if protection is Protection.PASSPHRASE:
            return Finding(
                name="keyring", ok=True, detail="not needed: a passphrase protects this wallet"
            )
        return keyring_finding(await self._parts.vault.find_keyring())

    def _price_table(self) -> Finding:
        book = self._parts.prices.ready
        detail = "still loading" if book is None else f"version {book.version}"
        return Finding(name="prices", ok=True, detail=detail)

    async def _providers(self) -> Finding:
        books = self._parts.wallet.books
        if books is None:
            return Finding(name="providers", ok=True, detail="known once the wallet is open")
        rows = {row.id: row for row in await self._parts.wallet.fundings()}
        asked = [live for live in books.fundings.live if live.id in rows]
        if not asked:
            return Finding(
                name="providers",
                ok=False,
                detail="no provider is set up",
                remedy="Add one: `wattfare funding add openai`, or `practice` for play money.",
            )
        verdicts = await asyncio.gather(*(self._ask(live) for live in asked))
        asked_rows = [rows[live.id] for live in asked]
        return providers_finding(list(zip(asked_rows, verdicts, strict=True)))

    async def _ask(self, live: LiveFunding) -> KeyVerdict:
        with suppress(TimeoutError):
            async with asyncio.timeout(_PROVIDERS_S):
                return await self._parts.probe.probe(live)
        return KeyVerdict.UNKNOWN


def limits_finding(stuck: Sequence[StuckWindow]) -> Finding:
    """Return whether each limit renews in its time."""
    if not stuck:
        return Finding(name="limits", ok=True, detail="each renews in its time")
    names = ", ".join(f"{each.name} ({each.period})" for each in stuck)
    return Finding(
        name="limits",
        ok=False,
        detail=f"begin in the future, since a clock was wrong once: {names}",
        remedy="Look that the clock is right, then `wattfare windows reset`.",
    )


def keyring_finding(found: str | KeyringUnusable) -> Finding:
    """Return whether the operating system's keyring can be used, and which it is."""
    if isinstance(found, KeyringUnusable):
        return Finding(name="keyring", ok=False, detail=found.reason, remedy=found.remedy)
    return Finding(name="keyring", ok=True, detail=found)


def providers_finding(asked: Sequence[tuple[FundingRow, KeyVerdict]]) -> Finding:
    """Return whether each provider answers and has money left, and what to do where not."""
    detail = "; ".join(
        f"{row.name} {_VERDICTS[said]}, {display_usd(row.available)} left" for row, said in asked
    )
    remedies = [remedy for row, said in asked if (remedy := _remedy(row, said))]
    return Finding(name="providers", ok=not remedies, detail=detail, remedy=" ".join(remedies))


def _remedy(row: FundingRow, said: KeyVerdict) -> str:
    match said:
        case KeyVerdict.REFUSED:
            return f"Remove {row.id} and add {row.name} with a good key."
        case KeyVerdict.UNKNOWN:
            return f"Look whether {row.base_url} can be reached from here."
        case _ if row.available == 0:
            return f"Top up: `wattfare funding top-up {row.id} 5.00`."
        case _:
            return ""
