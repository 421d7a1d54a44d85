"""Settings take effect where they are shown."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from tests.support.page_wallet import NotedScheme
from tests.support.sample_rows import OVERVIEW
from tests.support.widgets import named, press, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.fees import Fee
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.system.scheme import SchemeOwner
from wattfare_desktop.system.settings import Appearance
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.preferences import Preferences

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(name="here")
def _here(qtbot: QtBot) -> OpenWindow:
    here = open_window(qtbot)
    here.window.show_page("settings")
    return here


def type_amount(here: OpenWindow, of: str, amount: str) -> None:
    edit = named(here.window.settings, QLineEdit, f"{of}: amount in dollars")
    edit.selectAll()
    QTest.keyClicks(edit, amount)


def built_in() -> set[str]:
    """Return what the project depends on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = (re.split(r"[^\w.-]", each, maxsplit=1)[0] for each in project["dependencies"])
    return {name.removesuffix("-Essentials") for name in names}


def test_the_default_limit_is_kept(here: OpenWindow) -> None:
    type_amount(here, "Default limit", "3")
    press(here.window.settings, "Save: Default limit")
    kept = Preferences(default_cap=Cap(period=Period.MONTH, limit=parse_usd("3")))
    assert here.wallet.told == [("set_preferences", kept)]
    here.wallet.kept = Preferences(default_cap=Cap(period=Period.DAY, limit=parse_usd("1")))
    here.window.take(Changes(wallet=True))
    edit = named(here.window.settings, QLineEdit, "Default limit: amount in dollars")
    assert edit.text() == "1.00"


def test_the_wallets_own_limit_is_kept(here: OpenWindow) -> None:
    type_amount(here, "Limit of the whole wallet", "6")
    press(here.window.settings, "Save: Limit of the whole wallet")
    caps = (Cap(period=Period.DAY, limit=parse_usd("6")),)
    assert here.wallet.told == [("set_wallet_caps", caps)]
    press(here.window.settings, "Remove this limit")
    press(here.window.settings, "Save: Limit of the whole wallet")
    assert here.wallet.told[-1] == ("set_wallet_caps", ())


def test_a_limit_of_one_call_holds_for_any_app(here: OpenWindow) -> None:
    edit = named(here.window.settings, QLineEdit, "Limit of one call of any app")
    QTest.keyClicks(edit, "0.50")
    press(here.window.settings, "Save: Limit of one call of any app")
    assert here.wallet.told == [("set_wallet_call_limit", parse_usd("0.5"))]
    here.becomes(replace(OVERVIEW, wallet_call_limit=parse_usd("0.75")))
    assert edit.text() == "0.75"


def test_the_service_fee_is_kept(here: OpenWindow) -> None:
    percent = named(here.window.settings, QLineEdit, "Service fee in per cent")
    share = named(here.window.settings, QLineEdit, "Share of the fee for the reserve in per cent")
    assert (percent.text(), share.text()) == ("0", "0")
    percent.selectAll()
    QTest.keyClicks(percent, "12")
    assert "A service fee is from 0 to 10 per cent, like 2.5." in words(here.window.settings)
    assert not named(here.window.settings, QAbstractButton, "Save: Service fee").isEnabled()
    percent.selectAll()
    QTest.keyClicks(percent, "2.5")
    share.selectAll()
    QTest.keyClicks(share, "50")
    press(here.window.settings, "Save: Service fee")
    fee = Fee(basis_points=250, reserve_percent=50)
    assert here.wallet.told == [("set_fee", fee)]
    here.wallet.fee_kept = Fee(basis_points=100)
    here.window.take(Changes(wallet=True))
    assert (percent.text(), share.text()) == ("1", "0")


def test_a_fee_that_is_being_typed_is_not_taken_away(here: OpenWindow) -> None:
    percent = named(here.window.settings, QLineEdit, "Service fee in per cent")
    percent.selectAll()
    QTest.keyClicks(percent, "3")
    here.wallet.fee_kept = Fee(basis_points=100)
    here.window.take(Changes(wallet=True))
    assert percent.text() == "3"


def test_appearance_is_chosen(here: OpenWindow) -> None:
    assert named(here.window.settings, QAbstractButton, "As the desktop").isChecked()
    for words_chosen in ("Dark", "Light", "As the desktop"):
        press(here.window.settings, words_chosen)
    assert here.chosen == [Appearance.DARK, Appearance.LIGHT, Appearance.SYSTEM]


def test_starting_at_login_is_shown_as_it_is(here: OpenWindow) -> None:
    box = named(here.window.settings, QCheckBox, "Start Wattfare when I log in")
    assert not box.isChecked()
    box.click()
    assert here.autostart.on
    box.click()
    assert not here.autostart.on
    here.autostart.refusal = UserFacingError("It cannot be kept", "The folder is read-only.")
    box.click()
    assert not box.isChecked()
    assert "It cannot be kept. The folder is read-only." in words(here.window)


@pytest.mark.parametrize(
    ("owner", "said"),
    [
        (SchemeOwner.NONE, "No program opens wattfare: links yet."),
        (SchemeOwner.OTHER, "wattfare: links open another program: another.desktop."),
    ],
)
def test_links_are_taken_over(qtbot: QtBot, owner: SchemeOwner, said: str) -> None:
    here = open_window(qtbot, scheme=NotedScheme(owner=owner))
    here.window.show_page("settings")
    assert said in words(here.window.settings)
    press(here.window.settings, "Open them with this wallet")
    assert here.scheme.owner is SchemeOwner.OURS
    assert "wattfare: links open this wallet." in words(here.window.settings)


def test_what_is_wrong_here_is_listed_with_its_remedy(here: OpenWindow) -> None:
    shown = words(here.window.settings)
    assert "keyring: SecretService" in shown
    assert "scheme: no program takes wattfare:// links" in shown
    assert "Let Wattfare take them when it next starts." in shown
    press(here.window.settings, "Look again")
    assert named(here.window.settings, QAbstractButton, "Look again").isEnabled()


def test_about_and_privacy(here: OpenWindow) -> None:
    shown = " ".join(words(here.window.settings))
    for told in ("0.1.0", "http://127.0.0.1:8402", "genai-prices 0.2.3", "Idempotency-Key"):
        assert told in shown
    press(here.window.settings, "Licences…")
    text = here.window.findChild(QPlainTextEdit)
    assert isinstance(text, QPlainTextEdit)
    for name in built_in():
        assert name in text.toPlainText()
    press(text.window(), "Close")


def test_words_never_say_token_alone(here: OpenWindow) -> None:
    shown = " ".join(words(here.window.settings)).lower()
    assert shown.count("token") == shown.count("text units (tokens)")
