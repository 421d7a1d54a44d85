"""The demo's user: reads the real windows, presses the real buttons, takes pictures.

The story is told in a thread of its own, since it waits as a person and an app do; every look and
click happens on Qt's thread. Buttons get real mouse events, so that all their guards apply.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QPushButton, QWidget

T = TypeVar("T")

_WAIT_S: Final = 20.0
_LOOK_AGAIN_S: Final = 0.05
_CONSENT: Final = "consent"
_APPROVE: Final = "approve"
_REVOKE: Final = "Revoke"


class StageStuckError(Exception):
    """Something that should have appeared did not; the message says what."""


class WindowStage(QObject):
    """Plays the user. Make it on Qt's thread; call its methods from another.

    ``pages`` shows each page of the main window by name, ``set_dark`` switches the appearance,
    ``pictures`` is where screenshots go (None: none are taken).
    """

    _errand_given = Signal(object)

    def __init__(
        self,
        *,
        window: QWidget,
        pages: Mapping[str, Callable[[], None]],
        tray_menu: Callable[[], QMenu],
        set_dark: Callable[[bool], None],
        pictures: Path | None,
    ) -> None:
        super().__init__()
        self._window = window
        self._pages = pages
        self._tray_menu = tray_menu
        self._set_dark = set_dark
        self._pictures = pictures
        self._taken: list[str] = []
        self._errand_given.connect(self._on_errand_given, Qt.ConnectionType.QueuedConnection)

    def approve(self) -> Sequence[str]:
        """Wait for the approval window, read it, press Approve as soon as it lives.

        Return what the window said, a line each, the pressed button last.
        """
        dialog = self._wait(self._consent, "the approval window")
        said = self._there(lambda: _words(dialog))
        self._photograph(dialog, "approval")
        button = self._wait(lambda: _living(dialog, _APPROVE), "a living Approve button")
        words = self._there(button.text)
        self._there(lambda: _click(button))
        return [*said, words]

    def tray_line(self, app: str) -> str:
        """Return what the tray menu says of ``app`` now."""
        return self._wait(lambda: self._line_of(app), f"{app} in the tray menu")

    def revoke(self, app: str) -> None:
        """Revoke ``app`` from the tray menu, and confirm."""
        self._wait(lambda: self._trigger(app, _REVOKE), f"{app} in the tray menu")
        question, button = self._wait(_revoke_question, "the question about revoking")
        self._photograph(question, "revoke")
        self._there(lambda: _click(button))
        self._wait(lambda: self._submenu(app) is None or None, f"{app} gone from the tray menu")

    def photograph_pages(self) -> Sequence[str]:
        """Take pictures of every page, light and dark; return the names of all taken so far."""
        if self._pictures is not None:
            self._there(self._window.show)
            for name, show in self._pages.items():
                self._there(show)
                self._photograph(self._window, name)
        return list(self._taken)

    def _consent(self) -> QDialog | None:
        for widget in QApplication.topLevelWidgets():
            if widget.objectName() == _CONSENT and isinstance(widget, QDialog):
                return widget if widget.isVisible() else None
        return None

    def _line_of(self, app: str) -> str | None:
        submenu = self._submenu(app)
        return None if submenu is None else _plain(submenu.title())

    def _trigger(self, app: str, word: str) -> bool | None:
        # Found and triggered in one go: lines pass from app to app as figures move.
        submenu = self._submenu(app)
        if submenu is None:
            return None
        _action(submenu, word).trigger()
        return True

    def _submenu(self, app: str) -> QMenu | None:
        for action in self._tray_menu().actions():
            submenu = action.menu()
            if isinstance(submenu, QMenu) and _plain(submenu.title()).startswith(app):
                return submenu
        return None

    def _photograph(self, widget: QWidget, name: str) -> None:
        if self._pictures is None:
            return
        folder = self._pictures
        folder.mkdir(parents=True, exist_ok=True)
        for look in ("light", "dark"):
            self._there(partial(self._set_dark, look == "dark"))
            # A turn of the loop between: styles and layouts settle in events of their own.
            self._there(_nothing)
            path = folder / f"{name}-{look}.png"
            self._there(partial(_picture, widget, path))
            self._taken.append(str(path))
        self._there(partial(self._set_dark, False))  # noqa: FBT003 - Callable knows no keywords

    def _wait(self, look: Callable[[], T | None], what: str) -> T:
        """Return what ``look`` finds on Qt's thread, as soon as it finds something."""
        deadline = time.monotonic() + _WAIT_S
        while (found := self._there(look)) is None:
            if time.monotonic() > deadline:
                raise StageStuckError(f"{what} did not come")
            time.sleep(_LOOK_AGAIN_S)
        return found

    def _there(self, act: Callable[[], T]) -> T:
        """Run ``act`` on Qt's thread and return its result."""
        done: Future[T] = Future()
        self._errand_given.emit((act, done))
        return done.result(_WAIT_S)

    @Slot(object)
    def _on_errand_given(self, errand: tuple[Callable[[], Any], Future[Any]]) -> None:
        act, done = errand
        try:
            done.set_result(act())
        except Exception as error:  # noqa: BLE001 - it is raised where it was asked for
            done.set_exception(error)


def _nothing() -> None:
    """Do nothing."""


def _picture(widget: QWidget, path: Path) -> None:
    widget.grab().save(str(path))


def _words(dialog: QDialog) -> list[str]:
    labels = [label for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog)]
    return [label.text() for label in labels if len(label.text()) > 1]


def _living(dialog: QDialog, name: str) -> QPushButton | None:
    button = dialog.findChild(QPushButton, name)
    return button if isinstance(button, QPushButton) and button.isEnabled() else None


def _revoke_question() -> tuple[QDialog, QPushButton] | None:
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog) and widget.isVisible():
            for button in widget.findChildren(QPushButton):
                if _plain(button.text()).startswith(_REVOKE) and button.isEnabled():
                    return widget, button
    return None


def _action(menu: QMenu, word: str) -> QAction:
    for action in menu.actions():
        if _plain(action.text()).startswith(word):
            return action
    raise StageStuckError(f"{word} is not in the menu")


def _plain(text: str) -> str:
    """Return a menu's text without its mnemonics."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def _click(button: QPushButton) -> None:
    """Press and release inside, as a mouse does."""
    inside = QPointF(button.rect().center())
    beside = QPointF(button.mapToGlobal(button.rect().center()))
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for kind, held in (
        (QEvent.Type.MouseButtonPress, left),
        (QEvent.Type.MouseButtonRelease, none),
    ):
        event = QMouseEvent(kind, inside, beside, left, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(button, event)
