"""Tray, window and dialogs, put together around a wallet that lives on another loop."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot

from wattfare_desktop.cli.sample_app import SampleApp, Wish
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.main.acts import Acts, ask_of, question_of
from wattfare_desktop.main.assembly import PRACTICE
from wattfare_desktop.main.book_work import BookWork
from wattfare_desktop.main.model_work import ModelWork
from wattfare_desktop.main.update_work import UpdateWork
from wattfare_desktop.main.wallet_thread import Listeners, Live
from wattfare_desktop.providers.catalogue import KeyPlacement, Provider
from wattfare_desktop.system.health import Finding
from wattfare_desktop.system.program import program_version
from wattfare_desktop.system.scheme import SchemeStatus
from wattfare_desktop.system.settings import Appearance, SettingsFile
from wattfare_desktop.ui.application import Application
from wattfare_desktop.ui.bridge import Bridge
from wattfare_desktop.ui.code_entry import CodeEntry
from wattfare_desktop.ui.errands import LoopErrands
from wattfare_desktop.ui.late_window import LateWindow
from wattfare_desktop.ui.presentation.funding import ProviderChoice
from wattfare_desktop.ui.surroundings import Surroundings
from wattfare_desktop.ui.theme import Theme
from wattfare_desktop.ui.tray import Tray
from wattfare_desktop.ui.tray_host import TrayHost
from wattfare_desktop.ui.update_entry import UpdateEntry
from wattfare_desktop.ui.wallet_acts import Circumstances
from wattfare_desktop.ui.wallet_application import WalletApplication
from wattfare_desktop.vault.keychain import open_keychain
from wattfare_desktop.vault.protection import Protection
from wattfare_desktop.wallet.authorization import ConsentTicket
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.raising import RaiseQuestion
from wattfare_desktop.wallet.routing import TypicalCalls
from wattfare_desktop.wallet.wallet import WalletState

if TYPE_CHECKING:
    from wattfare_desktop.ui.main_window import MainWindow

_SAMPLE_WISH: Final = Wish(
    cap="1.00", period="day", models=(), justification="Show you how an approval works"
)
_SAMPLE_PROMPT: Final = "Say hello to somebody who has just set up a wallet."


class Doorbell(QObject):
    """Carries what other threads ask of the windows over to Qt's thread."""

    show_requested = Signal()
    quit_requested = Signal()

    def show(self, _activation_token: str) -> None:
        """Have the window shown; from any thread."""
        self.show_requested.emit()

    def quit(self) -> None:
        """Have the program end; from any thread."""
        self.quit_requested.emit()


class Windows(QObject):
    """Everything on the screen, once a wallet is live."""

    quit_requested = Signal()

    def __init__(
        self,
        *,
        qt: WalletApplication,
        live: Live,
        bridge: Bridge,
        theme: Theme,
        settings: SettingsFile,
        protection: Protection,
        keyring_trouble: str | None,
    ) -> None:
        super().__init__()
        self.live = live
        self._bridge = bridge
        self._theme = theme
        self._settings = settings
        self.acts = Acts(live.parts.wallet, live.parts.clock)
        self._clock = live.parts.clock
        self._updates = UpdateWork(live.parts.releases, live.parts.platform.opener)
        self.errands = LoopErrands(live.loop, self._on_refused, self)
        self.window = LateWindow(self._make_window, self)
        self.tray = Tray(TrayHost())
        self.application = Application(
            acts=self.acts,
            errands=self.errands,
            window=self.window,
            tray=self.tray,
            circumstances=Circumstances(
                is_absent=live.state is WalletState.ABSENT,
                is_broken=live.state is WalletState.BROKEN,
                by_passphrase=protection is Protection.PASSPHRASE,
                keyring_trouble=keyring_trouble,
                providers=[
                    (row.id, row.name) for row in live.parts.wallet.catalogue if not row.practice
                ],
                typical=self._typical,
                links=self._links,
                try_sample=self._try_sample,
                register_links=live.parts.platform.scheme.register,
                autostart=live.parts.platform.autostart,
            ),
        )
        self.codes = CodeEntry(enter=self.acts.enter_code, errands=self.errands)
        self.newer = UpdateEntry(
            acts=self._updates, errands=self.errands, menu=self.tray.menu, parent=self
        )
        self._connect(qt, bridge)

    def start(self) -> None:
        """Show what the wallet's state asks for."""
        self.application.start()
        self.newer.read()
        self._bridge.attend()

    def close(self) -> None:
        """Take everything from the screen."""
        # Its last changes are still to come from the wallet, and nobody is left to look at them.
        self.errands.stop()
        self.application.close()
        self.codes.close()
        self.window.leave()

    def submit(self, uri: str) -> None:
        """Put a ``wattfare://`` request before the user."""
        self.errands.run(self.acts.submit_uri(uri))

    def _connect(self, qt: WalletApplication, bridge: Bridge) -> None:
        bridge.changed.connect(self._on_changed)
        bridge.consent_requested.connect(self._on_consent_requested)
        bridge.consent_withdrawn.connect(self.application.questions.withdraw)
        bridge.raise_requested.connect(self._on_raise_requested)
        bridge.raise_withdrawn.connect(self.application.questions.withdraw_raise)
        bridge.error_shown.connect(self.application.show_error)
        bridge.unlock_requested.connect(self.application.opening.show_unlock)
        qt.uri_opened.connect(self.submit)
        self.tray.menu.code_requested.connect(self.codes.ask)
        self.application.quit_requested.connect(self.quit_requested)
        self.tray.host.looked.connect(self.window.show_tray)
        self.tray.host.looked.connect(self._on_tray_looked)

    def _make_window(self) -> "MainWindow":
        # Not at the top of the file: its pages take a tenth of all memory, and most starts end in
        # the tray.
        from wattfare_desktop.ui.main_window import MainWindow  # noqa: PLC0415

        window = MainWindow(
            acts=self.acts,
            books=self._book_work(),
            models=self._model_work(),
            errands=self.errands,
            surroundings=self._surroundings(),
        )
        window.unlock_requested.connect(self.application.opening.show_unlock)
        window.revoke_requested.connect(self.application.ask_revoke)
        window.restored.connect(self.application.opening.take_restored)
        window.closing_requested.connect(self.application.ask_to_close)
        window.code_requested.connect(self.codes.ask)
        window.quit_requested.connect(self.quit_requested)
        return window

    def _book_work(self) -> BookWork:
        parts = self.live.parts
        return BookWork(
            wallet=parts.wallet,
            vault=parts.vault,
            clock=parts.clock,
            home=parts.paths.home,
            keychains=open_keychain,
        )

    def _model_work(self) -> ModelWork:
        parts = self.live.parts
        return ModelWork(
            wallet=parts.wallet, updates=parts.updates, listings=parts.gateway.listings
        )

    def _surroundings(self) -> Surroundings:
        parts = self.live.parts
        return Surroundings(
            now=parts.clock.now,
            zone=lambda: parts.clock.zone,
            providers=[provider_choice(row) for row in parts.wallet.catalogue if not row.practice],
            practice=PRACTICE,
            autostart=parts.platform.autostart,
            scheme=parts.platform.scheme,
            appearance=self._settings.load().appearance,
            choose_appearance=self.choose_appearance,
            examine=self._examine,
            port=self.live.port,
            home=str(parts.paths.home),
            price_version=self._price_version,
            version=program_version(),
            updates=self._updates,
        )

    def choose_appearance(self, appearance: Appearance) -> None:
        """Wear it and keep it."""
        self._theme.choose(appearance)
        self._settings.save(replace(self._settings.load(), appearance=appearance))

    async def _examine(self) -> Sequence[Finding]:
        return await self.live.examiner.examine()

    def _price_version(self) -> str:
        book = self.live.parts.prices.ready
        return "" if book is None else book.version

    def _typical(self, limit: Nanos, models: Sequence[str]) -> TypicalCalls | None:
        return self.live.parts.wallet.typical_calls(limit, models)

    async def _links(self) -> SchemeStatus:
        return await asyncio.to_thread(self.live.parts.platform.scheme.status)

    def _try_sample(self) -> None:
        origin = f"http://127.0.0.1:{self.live.port}"
        self.errands.run(_play_sample(self.acts, origin))

    @Slot(bool)
    def _on_tray_looked(self, available: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        note = partial(self.live.tray.note, available=available)
        self.live.loop.call_soon_threadsafe(note)

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        for alert in changes.warnings:
            self.application.warn(alert)
        for overrun in changes.overruns:
            self.application.tell_of_overrun(overrun)
        for unusual in changes.alerts:
            self.application.tell_of_alert(unusual)
        if changes.unsettled:
            self.application.tell_of_unsettled(changes.unsettled)
        if changes.release is not None:
            self.application.tell_of_release(changes.release)
        if changes.wallet:
            self.newer.read()
        self.application.refresh()
        self.window.take(changes)

    @Slot(object)
    def _on_consent_requested(self, ticket: ConsentTicket) -> None:
        self.application.questions.ask(question_of(ticket, self._clock.now()))

    @Slot(object)
    def _on_raise_requested(self, question: RaiseQuestion) -> None:
        self.application.questions.ask_raise(ask_of(question))

    def _on_refused(self, error: UserFacingError) -> None:
        self.application.show_error(error.title, error.detail)


async def _play_sample(acts: Acts, origin: str) -> None:
    """Be an app that asks for a dollar and, once approved, makes one call."""
    app = SampleApp(name="Sample app", origin=origin)
    try:
        await acts.submit_uri(app.request_uri(_SAMPLE_WISH))
        await asyncio.to_thread(app.collect_access)
        await asyncio.to_thread(_call_once, app)
    except (ConnectionError, OSError):
        # The user denied it: that, too, shows how an approval works.
        return
    finally:
        app.close()


def _call_once(app: SampleApp) -> None:
    app.call(_SAMPLE_PROMPT, model="gpt-5-mini", output_tokens_max=60, heard=_hear_nothing)


def _hear_nothing(_piece: str) -> None:
    """The sample's words are seen in the figures alone."""


def listeners(bridge: Bridge, doorbell: Doorbell) -> Listeners:
    """Return who the wallet's thread tells what."""
    return Listeners(
        presenter=bridge,
        changed=bridge.take,
        show=doorbell.show,
        quit=doorbell.quit,
        raises=bridge,
    )


def provider_choice(row: Provider) -> ProviderChoice:
    """Return a provider of the catalogue as one that can be chosen."""
    return ProviderChoice(
        id=row.id,
        name=row.name,
        base_url=row.base_url,
        console_url=row.console_url,
        base_example=row.base_example,
        needs_key=row.needs_key,
        takes_key=row.auth is not KeyPlacement.NONE,
        local=row.local,
        tells_balance=row.balance_shape is not None,
    )
