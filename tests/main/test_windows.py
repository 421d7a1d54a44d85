"""Tests of ``wattfare_desktop.main.windows``: real windows around a real wallet on its thread."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.support.asking import details, uri
from tests.support.gateway_house import PASSPHRASE, running_house
from tests.support.qt_garbage import collected_here
from tests.support.widgets import press, words
from wattfare_desktop.cli.options import WalletOptions
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.main.wallet_thread import Live, WalletThread
from wattfare_desktop.main.windows import Doorbell, Windows, listeners
from wattfare_desktop.system.platforms import this_platform
from wattfare_desktop.system.settings import SettingsFile
from wattfare_desktop.ui.bridge import Bridge
from wattfare_desktop.ui.theme import Theme
from wattfare_desktop.ui.wallet_application import WalletApplication
from wattfare_desktop.vault.protection import Protection
from wattfare_desktop.wallet.wallet import WalletState

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
_PATIENCE_MS = 20_000


class Links(QObject):
    """The one thing of the application that windows listen to."""

    uri_opened = Signal(str)


@dataclass(frozen=True, kw_only=True)
class Desktop:
    """Windows on the screen of the test, and the wallet behind them."""

    windows: Windows
    live: Live
    links: Links
    qtbot: QtBot

    def until(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=_PATIENCE_MS)

    def unlock(self, passphrase: str) -> None:
        """Type ``passphrase`` into the unlock window and press its button."""
        dialog = self.windows.application.opening.unlock_dialog
        assert dialog is not None
        field = dialog.findChild(QLineEdit, "passphrase")
        assert isinstance(field, QLineEdit)
        field.setText(passphrase)
        button = dialog.findChild(QAbstractButton, "unlock")
        assert isinstance(button, QAbstractButton)
        self.until(button.isEnabled)
        button.click()


@pytest.fixture
def locked(tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> Iterator[Desktop]:
    """A wallet with a passphrase, started as a login does: nobody has typed it yet."""
    with collected_here(), running_house(tmp_path):
        pass
    with collected_here():
        yield from _started(tmp_path, qtbot, qapp)


def _started(tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> Iterator[Desktop]:
    environment = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    options = WalletOptions(home=tmp_path / "home", port=0, passphrase_file=None, verbose=False)
    bridge, links = Bridge(interval_ms=0), Links()
    thread = WalletThread(
        options,
        environment,
        this_platform(("wattfare",), environment),
        listeners(bridge, Doorbell()),
    )
    thread.start()
    live = thread.live.result(_PATIENCE_MS / 1000)
    windows = Windows(
        qt=cast("WalletApplication", links),
        live=live,
        bridge=bridge,
        theme=Theme(qapp),
        settings=SettingsFile(tmp_path / "settings.toml"),
        protection=Protection.PASSPHRASE,
        keyring_trouble=None,
    )
    windows.start()
    yield Desktop(windows=windows, live=live, links=links, qtbot=qtbot)
    windows.close()
    thread.stop()
    qtbot.waitUntil(thread.ended.done, timeout=_PATIENCE_MS)


def test_a_link_brings_the_unlock_window_and_is_asked_about_then(locked: Desktop) -> None:
    application, wallet = locked.windows.application, locked.live.parts.wallet
    assert wallet.state is WalletState.LOCKED
    locked.links.uri_opened.emit(uri(client_id="Notes AI"))
    locked.until(lambda: application.opening.unlock_dialog is not None)
    assert application.opening.unlock_dialog is not None
    assert application.opening.unlock_dialog.isVisible()
    assert application.questions.consent is None
    locked.unlock("wrong horse battery")
    locked.until(lambda: _is_usable_again(locked))
    assert application.questions.consent is None
    locked.unlock(PASSPHRASE)
    locked.until(lambda: application.questions.consent is not None)
    assert application.questions.consent is not None
    assert application.questions.consent.question.client_id == "Notes AI"
    assert wallet.state is WalletState.OPEN
    application.questions.consent.close()


def test_a_wallet_with_a_damaged_vault_starts_and_says_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "vault.json").write_text("{")
    environment = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    options = WalletOptions(home=home, port=0, passphrase_file=None, verbose=False)
    thread = WalletThread(
        options,
        environment,
        this_platform(("wattfare",), environment),
        listeners(Bridge(), Doorbell()),
    )
    with collected_here():
        thread.start()
        live = thread.live.result(_PATIENCE_MS / 1000)
        state, trouble = live.state, live.parts.wallet.trouble
        thread.stop()
        thread.ended.result(_PATIENCE_MS / 1000)
    assert state is WalletState.BROKEN
    assert trouble is not None
    assert "damaged" in trouble.title


def test_who_was_blocked_may_ask_again_once_the_window_lets_it(locked: Desktop) -> None:
    questions = locked.windows.application.questions
    locked.links.uri_opened.emit(uri(client_id="P\u0430ypal"))
    locked.until(lambda: locked.windows.application.opening.unlock_dialog is not None)
    locked.unlock(PASSPHRASE)
    locked.until(lambda: questions.consent is not None)
    assert questions.consent is not None
    assert any("may pass for an app you know" in each for each in words(questions.consent))
    press(questions.consent, "Block this app")
    assert locked.windows.window.visible is None
    locked.windows.application.show_window("apps")
    window = locked.windows.window.visible
    assert window is not None
    locked.until(lambda: "Blocked apps (1)" in _buttons(window))
    press(window, "Blocked apps (1)")
    press(window, "Let “P\u0430ypal” ask again")
    locked.until(lambda: "No app is blocked" in words(window))
    locked.links.uri_opened.emit(uri(client_id="P\u0430ypal"))
    locked.until(lambda: questions.consent is not None)
    assert questions.consent is not None
    questions.consent.close()


def _buttons(window: QWidget) -> list[str]:
    return [
        each.accessibleName()
        for each in window.findChildren(QAbstractButton)
        if each.isVisibleTo(window)
    ]


def test_what_a_cap_is_worth_follows_the_models(locked: Desktop) -> None:
    application, parts = locked.windows.application, locked.live.parts
    locked.links.uri_opened.emit(uri(authorization_details=details(models=["practice/gpt-5-nano"])))
    locked.until(lambda: application.opening.unlock_dialog is not None)
    locked.unlock(PASSPHRASE)
    locked.until(lambda: application.questions.consent is not None)
    added = asyncio.run_coroutine_threadsafe(
        parts.wallet.add_funding("practice", key=None, base_url=None, balance=parse_usd("1.00")),
        locked.live.loop,
    )
    locked.until(added.done)
    locked.until(lambda: parts.prices.ready is not None)
    typical = locked.windows._typical
    small = typical(parse_usd("1.00"), ["practice/gpt-5-nano"])
    any_model = typical(parse_usd("1.00"), [])
    assert small is not None
    assert any_model is not None
    assert small.model == "gpt-5-nano"
    assert small.count > any_model.count
    assert typical(parse_usd("1.00"), ["openai/*"]) is None
    assert application.questions.consent is not None
    application.questions.consent.close()


def _is_usable_again(desktop: Desktop) -> bool:
    """Return whether the unlock window may be used once more."""
    dialog = desktop.windows.application.opening.unlock_dialog
    assert dialog is not None
    field = dialog.findChild(QLineEdit, "passphrase")
    return isinstance(field, QLineEdit) and field.isEnabled()
