"""Names, what answers at a limit, prices, and the price table: on one page."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
)
from pytestqt.qtbot import QtBot

from tests.support.page_models import CAME, FAST, FETCHED, PageModels
from tests.support.page_wallet import PageWallet
from tests.support.widgets import named, press, unnamed_controls, words
from tests.support.window import OpenWindow, open_window
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.ui.dialogs.model_name import ModelNameDialog
from wattfare_desktop.ui.dialogs.own_price import OwnPriceDialog
from wattfare_desktop.ui.dialogs.question import Question
from wattfare_desktop.ui.presentation.pricing import PriceWish
from wattfare_desktop.wallet.aliases import Aliases
from wattfare_desktop.wallet.changes import Changes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LET = "Let a model that costs nothing answer instead"
SAVE = "Save: When a limit is used up"
REFUSED = UserFacingError("The newer prices were not taken", "They lack openai altogether.")


@pytest.fixture(name="here")
def _here(qtbot: QtBot) -> OpenWindow:
    here = open_window(qtbot)
    here.window.show_page("models")
    return here


def shown(here: OpenWindow) -> set[str]:
    return set(words(here.window.models))


def naming(here: OpenWindow, button: str) -> ModelNameDialog:
    press(here.window.models, button)
    dialog = here.window.models._naming._dialog.shown
    assert dialog is not None
    assert unnamed_controls(dialog) == []
    return dialog


def pricing(here: OpenWindow, button: str) -> OwnPriceDialog:
    press(here.window.models, button)
    dialog = here.window.models._pricing._dialog.shown
    assert dialog is not None
    assert unnamed_controls(dialog) == []
    return dialog


def confirm(here: OpenWindow) -> None:
    (question,) = (each for each in here.window.findChildren(Question) if each.isVisible())
    press(question, "Remove")


def test_names_are_listed_with_what_they_stand_for(here: OpenWindow) -> None:
    told = {"fast", "groq/llama-3.3-70b-versatile, then openai/gpt-5-mini", "careful"}
    assert told <= shown(here)


def test_without_names_and_prices_it_says_what_they_are_for(qtbot: QtBot) -> None:
    here = open_window(qtbot, PageWallet(models=PageModels(kept=Aliases(), prices=())))
    here.window.show_page("models")
    assert "No names yet. An app then gets the model it names itself." in shown(here)
    assert "You set none: all prices are the table's." in shown(here)


def test_a_name_is_added_from_what_the_providers_list(here: OpenWindow) -> None:
    dialog = naming(here, "Add a name…")
    press(dialog, "Save")
    assert "Give it a name, such as fast." in words(dialog)
    named(dialog, QLineEdit, "Name").setText("cheap")
    find = named(dialog, QLineEdit, "Find a model to add")
    for typed in ("ollama/llama3.2", "openai/gpt-5-mini"):
        QTest.keyClicks(find, typed)
        QTest.keyClick(find, Qt.Key.Key_Return)
    assert not here.wallet.models.told
    models = named(dialog, QPlainTextEdit, "Models, one a line").toPlainText()
    assert models == "ollama/llama3.2\nopenai/gpt-5-mini"
    press(dialog, "Save")
    assert here.wallet.models.told == [
        ("set_alias", "cheap", ("ollama/llama3.2", "openai/gpt-5-mini"))
    ]
    assert dialog.isHidden()
    assert "cheap" in shown(here)


def test_a_name_is_changed_and_keeps_itself(here: OpenWindow) -> None:
    dialog = naming(here, "Change fast")
    models = named(dialog, QPlainTextEdit, "Models, one a line")
    assert models.toPlainText().splitlines() == list(FAST)
    models.setPlainText(FAST[1])
    press(dialog, "Save")
    assert here.wallet.models.told == [("set_alias", "fast", FAST[1:])]


def test_a_refused_name_is_told_in_the_dialog(here: OpenWindow) -> None:
    dialog = naming(here, "Change fast")
    here.wallet.models.refusal = UserFacingError("Too many names", "Remove another.")
    press(dialog, "Save")
    assert "Too many names: Remove another." in words(dialog)
    assert named(dialog, QAbstractButton, "Save").isEnabled()


def test_removing_a_name_is_asked_about(here: OpenWindow) -> None:
    press(here.window.models, "Remove fast")
    assert not here.wallet.models.told
    confirm(here)
    assert here.wallet.models.told == [("set_alias", "fast", ())]
    assert "fast" not in shown(here)


def test_only_one_dialog_is_open(here: OpenWindow) -> None:
    first = naming(here, "Change fast")
    second = naming(here, "Change careful")
    assert first.isHidden()
    assert second.isVisible()


def test_a_free_model_answers_at_the_limit_once_it_is_named(here: OpenWindow) -> None:
    page = here.window.models
    assert named(page, QRadioButton, "Refuse it").isChecked()
    assert not [each for each in shown(here) if "x-wattfare-stand-in" in each]
    named(page, QRadioButton, LET).click()
    assert [each for each in shown(here) if "x-wattfare-stand-in" in each]
    assert not named(page, QAbstractButton, SAVE).isEnabled()
    model = named(page, QLineEdit, "Model that answers then")
    assert model.completer().completionCount() == 1
    QTest.keyClicks(model, "ollama/llama3.2")
    press(page, SAVE)
    assert here.wallet.models.told == [("set_at_cap", "ollama/llama3.2")]
    assert page._at_cap._save.isHidden()


def test_refusing_again_is_saved_too(qtbot: QtBot) -> None:
    here = open_window(qtbot, PageWallet(models=PageModels(kept=Aliases(at_cap="ollama/a"))))
    here.window.show_page("models")
    page = here.window.models
    assert named(page, QRadioButton, LET).isChecked()
    assert named(page, QLineEdit, "Model that answers then").text() == "ollama/a"
    named(page, QRadioButton, "Refuse it").click()
    press(page, SAVE)
    assert here.wallet.models.told == [("set_at_cap", None)]


def test_what_is_being_typed_is_not_taken_away(here: OpenWindow) -> None:
    page = here.window.models
    named(page, QRadioButton, LET).click()
    QTest.keyClicks(named(page, QLineEdit, "Model that answers then"), "ollama/b")
    here.wallet.models.kept = Aliases(at_cap="ollama/a")
    here.window.take(Changes(wallet=True))
    assert named(page, QLineEdit, "Model that answers then").text() == "ollama/b"


def test_prices_are_listed(here: OpenWindow) -> None:
    assert "groq/llama-5-preview" in shown(here)
    assert any("sent $0.05, answered $0.08" in each for each in shown(here))


def test_a_price_is_set(here: OpenWindow) -> None:
    dialog = pricing(here, "Set a price…")
    press(dialog, "Save")
    assert any("Name the model with its provider" in each for each in words(dialog))
    named(dialog, QLineEdit, "Model with its provider").setText("groq/new")
    assert not any("Name the model" in each for each in words(dialog))
    named(dialog, QLineEdit, "Sent").setText("0.05")
    named(dialog, QLineEdit, "Each request").setText("0.001")
    named(dialog, QLineEdit, "Answers at most").setText("8,192")
    press(dialog, "Save")
    usd = {UnitKind.INPUT: Decimal("0.05"), UnitKind.REQUEST: Decimal("0.001")}
    wish = PriceWish(model="groq/new", usd=usd, max_output_tokens=8_192)
    assert here.wallet.models.told == [("set_price", wish)]
    assert dialog.isHidden()


def test_changing_a_price_keeps_what_has_no_field(here: OpenWindow) -> None:
    dialog = pricing(here, "Change groq/llama-5-preview")
    assert "Stays as it is: each web search $0.01." in words(dialog)
    assert named(dialog, QLineEdit, "Reads at most").text() == "131,072"
    named(dialog, QLineEdit, "Answered").setText("")
    press(dialog, "Save")
    ((_, wish),) = here.wallet.models.told
    assert isinstance(wish, PriceWish)
    assert wish.usd == {UnitKind.INPUT: Decimal("0.05"), UnitKind.WEB_SEARCH: Decimal("0.01")}
    assert (wish.model, wish.context_window_tokens) == ("groq/llama-5-preview", 131_072)


def test_a_refused_price_is_told_in_the_dialog(here: OpenWindow) -> None:
    dialog = pricing(here, "Change groq/llama-5-preview")
    here.wallet.models.refusal = UserFacingError("There is no provider called 'groq'", "Use one.")
    press(dialog, "Save")
    assert "There is no provider called 'groq': Use one." in words(dialog)


def test_removing_a_price_is_asked_about(here: OpenWindow) -> None:
    press(here.window.models, "Remove groq/llama-5-preview")
    confirm(here)
    assert here.wallet.models.told == [("remove_price", "groq/llama-5-preview")]
    assert "groq/llama-5-preview" not in shown(here)


def test_newer_prices_are_fetched_on_a_click_and_say_what_they_brought(here: OpenWindow) -> None:
    assert {CAME.version, "never: these came with Wattfare"} <= shown(here)
    press(here.window.models, "Look for newer prices")
    assert here.wallet.models.told == [("update_prices",)]
    said = "Newer prices are in use: 14 models cost something else and 3 are new."
    assert {FETCHED.version, "23 Nov 2026", said} <= shown(here)
    press(here.window.models, "Back to those that came with Wattfare")
    assert CAME.version in shown(here)
    assert said not in shown(here)


def test_refused_prices_say_why_and_may_be_tried_again(here: OpenWindow) -> None:
    here.wallet.models.refusal = REFUSED
    press(here.window.models, "Look for newer prices")
    assert "The newer prices were not taken. They lack openai altogether." in shown(here)
    assert named(here.window.models, QAbstractButton, "Look for newer prices").isEnabled()
    assert CAME.version in shown(here)


def test_looking_each_day_begins_at_once(here: OpenWindow) -> None:
    daily = named(here.window.models, QCheckBox, "Look for newer prices each day")
    daily.click()
    assert here.wallet.models.told == [("fetch_daily", True), ("update_prices",)]
    assert daily.isChecked()
    daily.click()
    assert here.wallet.models.told[2:] == [("fetch_daily", False)]


def test_a_box_that_could_not_be_kept_is_shown_as_it_is(here: OpenWindow) -> None:
    here.wallet.models.refusal = REFUSED
    daily = named(here.window.models, QCheckBox, "Look for newer prices each day")
    daily.click()
    assert not daily.isChecked()


def test_it_is_read_whenever_it_is_turned_to(here: OpenWindow) -> None:
    here.window.show_page("settings")
    here.wallet.models.kept = Aliases(by_name={"new": ("openai/gpt-5",)})
    here.window.take(Changes(wallet=True))
    assert "new" not in shown(here)
    here.window.show_page("models")
    assert "new" in shown(here)
    here.wallet.models.state = replace(FETCHED, daily=True)
    here.window.take(Changes(wallet=True))
    assert FETCHED.version in shown(here)


def test_tab_walks_the_cards_from_above(here: OpenWindow, qtbot: QtBot) -> None:
    here.window.activateWindow()
    qtbot.waitUntil(here.window.isActiveWindow)
    first = named(here.window.models, QAbstractButton, "Change careful")
    first.setFocus()
    seen = []
    for _ in range(8):
        QTest.keyClick(QApplication.focusWidget() or here.window, Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
        assert widget is not None
        seen.append(widget.accessibleName())
    assert seen == [
        "Remove careful",
        "Change fast",
        "Remove fast",
        "Add a name…",
        "Refuse it",
        "Change groq/llama-5-preview",
        "Remove groq/llama-5-preview",
        "Set a price…",
    ]


def test_words_never_say_token_alone(here: OpenWindow) -> None:
    dialog = pricing(here, "Set a price…")
    for told in (shown(here), words(dialog)):
        joined = " ".join(told).lower()
        assert joined.count("token") == joined.count("text units (tokens)") > 0
