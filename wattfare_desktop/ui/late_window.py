"""The window as long as nobody has looked at it: made when it is first shown.

Most starts end in the tray, where its pages would take a tenth of all memory for nothing.
"""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.system.scheme import SchemeStatus
from wattfare_desktop.wallet.changes import Changes


class MadeWindow(Protocol):
    """The window once it is made; ``widget`` is the window itself."""

    @property
    def widget(self) -> QWidget:
        """The top-level widget."""

    def show_page(self, page: str) -> None:
        """Turn to a page by its name."""

    def show_app(self, app: GrantId) -> None:
        """Turn to one app's details."""

    def show_banner(self, words: str) -> None:
        """Say ``words`` above all pages."""

    def show_links(self, status: SchemeStatus) -> None:
        """Say so where another program takes the links of apps, and offer to take them back."""

    def show_tray(self, available: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        """Be the only place there is, or one beside the tray's menu."""

    def ask_restore(self) -> None:
        """Ask which backup is restored."""

    def take(self, changes: Changes) -> None:
        """Show what ``changes`` touched."""

    def leave(self) -> None:
        """Close for good."""


class LateWindow(QObject):
    """Stands for the window, and keeps what it will have to say.

    What changes in the wallet need not be kept: a new window reads all of it.
    """

    def __init__(self, make: Callable[[], MadeWindow], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self._made: MadeWindow | None = None
        self._banner = ""
        self._links: SchemeStatus | None = None
        self._has_tray = True

    @property
    def visible(self) -> QWidget | None:
        """The window if it is on the screen: a dialog of a hidden one would be hidden with it."""
        if self._made is None or not self._made.widget.isVisible():
            return None
        return self._made.widget

    def bring_forward(self) -> QWidget:
        """Show it before all others, and return it."""
        widget = self._window().widget
        widget.show()
        widget.setWindowState(widget.windowState() & ~Qt.WindowState.WindowMinimized)
        widget.raise_()
        widget.activateWindow()
        return widget

    def hide(self) -> None:
        """Take it from the screen."""
        if self._made is not None:
            self._made.widget.hide()

    def show_page(self, page: str) -> None:
        """Turn to a page by its name."""
        self._window().show_page(page)

    def show_app(self, app: GrantId) -> None:
        """Turn to one app's details."""
        self._window().show_app(app)

    def ask_restore(self) -> None:
        """Ask which backup is restored."""
        self._window().ask_restore()

    def show_banner(self, words: str) -> None:
        """Say ``words`` above all pages."""
        self._banner = words
        if self._made is not None:
            self._made.show_banner(words)

    def show_links(self, status: SchemeStatus) -> None:
        """Say so where another program takes the links of apps, and offer to take them back."""
        self._links = status
        if self._made is not None:
            self._made.show_links(status)

    @Slot(bool)
    def show_tray(self, available: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        """Be the only place there is, or one beside the tray's menu."""
        self._has_tray = available
        if available:
            # It says why there is no icon.
            self._banner = ""
        if self._made is not None:
            self._made.show_tray(available)

    def take(self, changes: Changes) -> None:
        """Show what ``changes`` touched."""
        if self._made is not None:
            self._made.take(changes)

    def leave(self) -> None:
        """Close for good."""
        if self._made is not None:
            self._made.leave()

    def _window(self) -> MadeWindow:
        if self._made is None:
            self._made = self._make()
            self._made.show_tray(self._has_tray)
            self._made.show_banner(self._banner)
            if self._links is not None:
                self._made.show_links(self._links)
        return self._made
