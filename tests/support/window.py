"""The real window on a wallet of frozen rows."""

from dataclasses import dataclass, field

from pytestqt.qtbot import QtBot

from tests.support.immediate_errands import ImmediateErrands
from tests.support.page_updates import PageUpdates
from tests.support.page_wallet import NotedScheme, PageWallet, SwitchedAutostart, surroundings
from wattfare_desktop.core.reports import Overview
from wattfare_desktop.system.settings import Appearance
from wattfare_desktop.ui.main_window import MainWindow
from wattfare_desktop.wallet.changes import Changes


@dataclass(kw_only=True)
class OpenWindow:
    """Shown, and read once."""

    window: MainWindow
    wallet: PageWallet
    autostart: SwitchedAutostart
    scheme: NotedScheme
    updates: PageUpdates
    chosen: list[Appearance] = field(default_factory=list)

    def becomes(self, overview: Overview | None, changes: Changes | None = None) -> None:
        """Have the wallet stand otherwise, and tell the window."""
        self.wallet.shown = overview
        self.window.take(changes or Changes(wallet=True))


def open_window(
    qtbot: QtBot,
    wallet: PageWallet | None = None,
    *,
    scheme: NotedScheme | None = None,
    updates: PageUpdates | None = None,
) -> OpenWindow:
    """Return the shown window; qtbot closes it."""
    wallet = wallet or PageWallet()
    updates = updates or PageUpdates()
    autostart, scheme, chosen = SwitchedAutostart(), scheme or NotedScheme(), list[Appearance]()
    window = MainWindow(
        acts=wallet,
        books=wallet.books,
        models=wallet.models,
        errands=ImmediateErrands(),
        surroundings=surroundings(
            autostart=autostart, scheme=scheme, choose=chosen.append, updates=updates
        ),
    )
    qtbot.addWidget(window)
    window.show()
    return OpenWindow(
        window=window,
        wallet=wallet,
        autostart=autostart,
        scheme=scheme,
        updates=updates,
        chosen=chosen,
    )
