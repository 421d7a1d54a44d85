"""From where an app may call, changed in the window."""

from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QFileDialog, QPlainTextEdit
from pytestqt.qtbot import QtBot

from tests.support.page_wallet import PageWallet
from tests.support.sample_rows import APPS, NOTES, NOW, OLD, OVERVIEW
from tests.support.widgets import named, press, unnamed_controls, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import MINUTE_MS, later
from wattfare_desktop.core.oauth.bindings import Allowed, Bindings, read_cidr
from wattfare_desktop.core.reports import SeenProgram
from wattfare_desktop.ui.dialogs.bindings import BindingsDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

SEEN = (
    SeenProgram(path="/opt/notes & co/notes", at=later(NOW, -3 * MINUTE_MS)),
    SeenProgram(path="/usr/bin/python3.11", at=NOW),
)
CHANGE = "Change where it may be used"
ANYWHERE = Allowed(cidrs=(), origins=(), programs=())


@pytest.fixture(name="here")
def _here(qtbot: QtBot) -> OpenWindow:
    here = open_window(qtbot, PageWallet(seen=SEEN))
    here.window.show_page("apps")
    here.window.show_app(NOTES.id)
    return here


def bound(here: OpenWindow, bindings: Bindings) -> None:
    changed = replace(NOTES, bindings=bindings)
    here.becomes(replace(OVERVIEW, apps=(changed, *APPS[1:])))


def changing(here: OpenWindow) -> BindingsDialog:
    press(here.window.apps, CHANGE)
    (dialog,) = (each for each in here.window.findChildren(BindingsDialog) if each.isVisible())
    assert unnamed_controls(dialog) == []
    return dialog


def choose(dialog: BindingsDialog, file: Path) -> None:
    press(dialog, "Choose another program…")
    (chooser,) = (each for each in dialog.findChildren(QFileDialog) if each.isVisible())
    chooser.fileSelected.emit(str(file))
    chooser.close()


def test_the_page_says_from_where_it_may_be_used(here: OpenWindow) -> None:
    assert {"Where it may be used", "any", "none but its own"} <= set(words(here.window.apps))
    bound(here, Bindings(programs=("/usr/bin/notes",), origins=("https://notes.example",)))
    assert {"/usr/bin/notes", "https://notes.example"} <= set(words(here.window.apps))
    here.window.show_app(OLD.id)
    shown = [each for each in here.window.apps.findChildren(QAbstractButton) if each.isVisible()]
    assert CHANGE not in {each.accessibleName() for each in shown}


def test_the_list_says_which_apps_sign(here: OpenWindow) -> None:
    here.window.show_page("apps")
    assert "signs its calls" not in words(here.window.apps)
    bound(here, Bindings(jkt="x" * 43))
    assert words(here.window.apps).count("signs its calls") == 1
    # That there is one is what `named` asserts.
    named(
        here.window.apps,
        QAbstractButton,
        "Notes AI, Active, signs its calls, $1.20 of $5.00 a month, 1 call running",
    )


def test_a_program_that_was_seen_is_ticked_by_keys_alone(here: OpenWindow, qtbot: QtBot) -> None:
    dialog = changing(here)
    dialog.activateWindow()
    box = named(dialog, QCheckBox, "/opt/notes & co/notes (seen 3 min ago)")
    qtbot.waitUntil(lambda: QApplication.focusWidget() is box)
    QTest.keyClick(box, Qt.Key.Key_Space)
    QTest.keyClick(box, Qt.Key.Key_Return)
    wish = replace(ANYWHERE, programs=(SEEN[0].path,))
    assert here.wallet.told == [("allow", NOTES.id, wish)]
    assert dialog.isHidden()


def test_an_interpreter_is_shown_and_cannot_be_ticked(here: OpenWindow) -> None:
    dialog = changing(here)
    (box,) = (each for each in dialog.findChildren(QCheckBox) if "python" in each.text())
    assert not box.isEnabled()
    assert "runs any script" in box.accessibleName()


def test_what_is_bound_is_shown_and_taken_away(here: OpenWindow) -> None:
    bound(
        here,
        Bindings(
            programs=("/usr/bin/notes",),
            origins=("https://notes.example",),
            cidrs=(read_cidr("127.0.0.1"),),
        ),
    )
    dialog = changing(here)
    assert named(dialog, QCheckBox, "/usr/bin/notes").isChecked()
    origins = named(dialog, QPlainTextEdit, "Web pages, one a line")
    assert origins.toPlainText() == "https://notes.example"
    addresses = named(dialog, QPlainTextEdit, "Addresses, one a line")
    assert addresses.toPlainText() == "127.0.0.1/32"
    named(dialog, QCheckBox, "/usr/bin/notes").click()
    origins.clear()
    press(dialog, "Save")
    wish = replace(ANYWHERE, cidrs=(read_cidr("127.0.0.1"),))
    assert here.wallet.told == [("allow", NOTES.id, wish)]


def test_what_is_wrong_is_said_at_its_field_and_mended(here: OpenWindow) -> None:
    dialog = changing(here)
    origins = named(dialog, QPlainTextEdit, "Web pages, one a line")
    origins.setPlainText("<b>notes</b>")
    press(dialog, "Save")
    said = "'<b>notes</b>' is no web origin. Write it like https://notes.example."
    assert said in words(dialog)
    assert here.wallet.told == []
    origins.setPlainText("https://notes.example")
    assert said not in words(dialog)
    press(dialog, "Save")
    assert here.wallet.told == [
        ("allow", NOTES.id, replace(ANYWHERE, origins=("https://notes.example",)))
    ]


def test_that_addresses_alone_protect_nothing_is_said(here: OpenWindow) -> None:
    dialog = changing(here)
    (said,) = (each for each in words(dialog) if "address list alone protects nothing" in each)
    edit = named(dialog, QPlainTextEdit, "Addresses, one a line")
    assert edit.accessibleDescription() == said


def test_another_program_is_chosen_as_a_file(here: OpenWindow, tmp_path: Path) -> None:
    program, script = tmp_path / "notes", tmp_path / "script"
    for file, content in ((program, b"\x7fELF"), (script, b"#!/bin/sh\n")):
        file.write_bytes(content)
        file.chmod(0o755)
    dialog = changing(here)
    choose(dialog, script)
    assert any(each.startswith("That is a script.") for each in words(dialog))
    choose(dialog, program)
    assert not any(each.startswith("That is a script.") for each in words(dialog))
    assert named(dialog, QCheckBox, str(program.resolve())).isChecked()
    press(dialog, "Save")
    assert here.wallet.told == [
        ("allow", NOTES.id, replace(ANYWHERE, programs=(str(program.resolve()),)))
    ]


def test_signing_is_required_once_and_for_good(here: OpenWindow) -> None:
    dialog = changing(here)
    named(dialog, QCheckBox, "It must sign each call").click()
    press(dialog, "Save")
    assert here.wallet.told == [("allow", NOTES.id, replace(ANYWHERE, proof_required=True))]
    bound(here, Bindings(proof_required=True))
    box = named(changing(here), QCheckBox, "It must sign each call")
    assert (box.isChecked(), box.isEnabled()) == (True, False)


def test_a_refusal_is_told_in_the_dialog(here: OpenWindow) -> None:
    dialog = changing(here)
    here.wallet.refusal = UserFacingError("That app cannot spend any more", "It is revoked.")
    press(dialog, "Save")
    assert "That app cannot spend any more: It is revoked." in words(dialog)
    assert named(dialog, QAbstractButton, "Save").isEnabled()


def test_a_second_time_is_as_the_first(here: OpenWindow, qtbot: QtBot) -> None:
    dialog = changing(here)
    press(dialog, "Cancel")
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))
    press(changing(here), "Save")
    assert here.wallet.told == [("allow", NOTES.id, ANYWHERE)]
