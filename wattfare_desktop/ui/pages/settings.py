"""Settings: limits of the whole wallet, appearance, how it starts, and what is wrong here."""

from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.fees import Fee
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.reports import Overview
from wattfare_desktop.system.resources import licence_notices
from wattfare_desktop.system.scheme import SchemeOwner
from wattfare_desktop.system.settings import Appearance
from wattfare_desktop.ui.acts import PageActs
from wattfare_desktop.ui.components.call_limit_editor import CallLimitEditor
from wattfare_desktop.ui.components.caps_editor import CapsEditor
from wattfare_desktop.ui.components.facts import Facts
from wattfare_desktop.ui.components.pieces import Card, button, text
from wattfare_desktop.ui.components.words import set_words
from wattfare_desktop.ui.dialogs.licences import LicencesDialog
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.pages.books_card import BooksCard, FeeCard
from wattfare_desktop.ui.pages.health_card import HealthCard
from wattfare_desktop.ui.pages.page import CARD_MARGIN_PX, GAP_PX, Page, add_heading, scrolling
from wattfare_desktop.ui.pages.updates_card import UpdatesCard
from wattfare_desktop.ui.presentation.caps import caps_of
from wattfare_desktop.ui.surroundings import Surroundings
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.preferences import Preferences

_WIDTH_PX_MAX: Final = 860


class SettingsPage(Page):
    """A card for each subject."""

    back_up_requested = Signal()
    restore_requested = Signal()
    check_requested = Signal()
    export_requested = Signal()

    def __init__(self, *, acts: PageActs, errands: Errands, surroundings: Surroundings) -> None:
        super().__init__(acts=acts, errands=errands, surroundings=surroundings)
        self.set_title(self.tr("Settings"))
        self._is_begun = False
        self._preferences = Preferences()
        self._limits = LimitsCard()
        self._limits.default.save_requested.connect(self._on_default_cap_saved)
        self._limits.whole.save_requested.connect(self._on_wallet_caps_saved)
        self._limits.call.save_requested.connect(self._on_call_limit_saved)
        self._appearance = AppearanceCard(surroundings.appearance)
        self._appearance.group.idClicked.connect(self._on_appearance_chosen)
        self._starting = StartingCard()
        self._starting.at_login.clicked.connect(self._on_at_login_clicked)
        self._starting.register.clicked.connect(self._on_register_clicked)
        self._books = BooksCard()
        self._books.back_up.clicked.connect(self.back_up_requested)
        self._books.restore.clicked.connect(self.restore_requested)
        self._books.check.clicked.connect(self.check_requested)
        self._books.export.clicked.connect(self.export_requested)
        self._fee = FeeCard()
        self._fee.editor.save_requested.connect(self._on_fee_saved)
        self._health = HealthCard()
        self._health.look.clicked.connect(self._on_look_clicked)
        self._updates = UpdatesCard(errands=errands, surroundings=surroundings)
        self._about = AboutCard(surroundings)
        self.column.addWidget(scrolling(self._body(), self.tr("Settings")), 1)

    def show_overview(self, overview: Overview) -> None:
        """Show the wallet's own limits; on the first showing read all the rest."""
        self._limits.whole.show_caps(caps_of(overview.wallet_windows))
        self._limits.call.show_limit(overview.wallet_call_limit)
        self._about.refresh()
        if not self._is_begun:
            self._is_begun = True
            self._read_preferences()
            self._updates.read()
            self._show_machine()
            self._on_look_clicked()

    def take(self, changes: Changes) -> None:
        """Read the preferences again where the wallet was changed."""
        if self._is_begun and changes.wallet:
            self._read_preferences()
            self._updates.read()

    def _body(self) -> QWidget:
        body = QWidget()
        body.setMaximumWidth(_WIDTH_PX_MAX)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_PX)
        for card in (
            self._limits,
            self._fee,
            self._books,
            self._appearance,
            self._starting,
            PrivacyCard(),
            self._health,
            self._updates,
            self._about,
        ):
            column.addWidget(card)
        column.addStretch(1)
        return body

    def _read_preferences(self) -> None:
        self.act(self.acts.preferences(), self._show_preferences)
        self.act(self.acts.fee(), self._fee.editor.show_fee)

    def _show_preferences(self, preferences: Preferences) -> None:
        self._preferences = preferences
        self._limits.default.show_caps((preferences.default_cap,))

    def _show_machine(self) -> None:
        self._starting.at_login.setChecked(self.surroundings.autostart.is_on())
        status = self.surroundings.scheme.status()
        words = {
            SchemeOwner.OURS: self.tr("wattfare: links open this wallet."),
            SchemeOwner.OTHER: self.tr("wattfare: links open another program: %s.") % status.who,
            SchemeOwner.NONE: self.tr("No program opens wattfare: links yet."),
        }
        self._starting.show_links(words[status.owner], ours=status.owner is SchemeOwner.OURS)

    def _default_saved(self, _nothing: Any) -> None:
        self._limits.default.saved()

    def _whole_saved(self, _nothing: Any) -> None:
        self._limits.whole.saved()

    @Slot(object)
    def _on_default_cap_saved(self, caps: tuple[Cap, ...]) -> None:
        (cap,) = caps
        self._preferences = Preferences(default_cap=cap)
        self.act(self.acts.set_preferences(self._preferences), self._default_saved)

    @Slot(object)
    def _on_wallet_caps_saved(self, caps: tuple[Cap, ...]) -> None:
        self.act(self.acts.set_wallet_caps(caps), self._whole_saved)

    def _call_limit_saved(self, _nothing: Any) -> None:
        self._limits.call.saved()

    @Slot(object)
    def _on_call_limit_saved(self, limit: Nanos | None) -> None:
        self.act(self.acts.set_wallet_call_limit(limit), self._call_limit_saved)

    def _fee_saved(self, _nothing: Any) -> None:
        self._fee.editor.saved()

    @Slot(object)
    def _on_fee_saved(self, fee: Fee) -> None:
        self.act(self.acts.set_fee(fee), self._fee_saved)

    @Slot(int)
    def _on_appearance_chosen(self, place: int) -> None:
        self.surroundings.choose_appearance(tuple(Appearance)[place])

    @Slot(bool)
    def _on_at_login_clicked(self, on: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        autostart = self.surroundings.autostart
        try:
            (autostart.turn_on if on else autostart.turn_off)()
        except UserFacingError as error:
            self.tell_trouble(error)
        self._starting.at_login.setChecked(autostart.is_on())

    @Slot()
    def _on_register_clicked(self) -> None:
        try:
            self.surroundings.scheme.register()
        except UserFacingError as error:
            self.tell_trouble(error)
        self._show_machine()

    @Slot()
    def _on_look_clicked(self) -> None:
        self._health.look.setEnabled(False)
        self.act(self.surroundings.examine(), self._health.show_findings, self._not_examined)

    def _not_examined(self, error: UserFacingError) -> None:
        self._health.look.setEnabled(True)
        self.tell_trouble(error)


class LimitsCard(Card):
    """What an app is given unless it asks for less, and what all of them may spend together."""

    def __init__(self) -> None:
        super().__init__(CARD_MARGIN_PX)
        self.default = CapsEditor(self.tr("Default limit"), fixed=True)
        self.whole = CapsEditor(
            self.tr("Limit of the whole wallet"),
            may_be_empty=True,
            nothing=self.tr("There is none: only each app's own limits count."),
        )
        add_heading(
            self,
            self.tr("Default limit"),
            self.tr("Proposed to you when an app asks without saying how much."),
        )
        self.column.addWidget(self.default)
        add_heading(
            self,
            self.tr("Limit of the whole wallet"),
            self.tr("All apps together never spend more than this, whatever each may."),
        )
        self.column.addWidget(self.whole)
        self.call = CallLimitEditor(self.tr("Limit of one call of any app"))
        self.column.addWidget(self.call)


class AppearanceCard(Card):
    """Light, dark, or as the desktop is."""

    def __init__(self, chosen: Appearance) -> None:
        super().__init__(CARD_MARGIN_PX)
        add_heading(self, self.tr("Appearance"))
        words = {
            Appearance.SYSTEM: self.tr("As the desktop"),
            Appearance.LIGHT: self.tr("Light"),
            Appearance.DARK: self.tr("Dark"),
        }
        self.group = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(24)
        for place, appearance in enumerate(Appearance):
            choice = QRadioButton(words[appearance])
            choice.setAccessibleName(words[appearance])
            choice.setChecked(appearance is chosen)
            self.group.addButton(choice, place)
            row.addWidget(choice)
        row.addStretch(1)
        self.column.addLayout(row)


class StartingCard(Card):
    """Log-in, and links."""

    def __init__(self) -> None:
        super().__init__(CARD_MARGIN_PX)
        add_heading(self, self.tr("Starting"))
        self.at_login = QCheckBox(self.tr("Start Wattfare when I log in"))
        self.at_login.setAccessibleName(self.at_login.text())
        self._links = text(wrap=True)
        self.register = button(self.tr("Open them with this wallet"))
        row = QHBoxLayout()
        row.setSpacing(GAP_PX)
        row.addWidget(self._links, 1)
        row.addWidget(self.register)
        self.column.addWidget(self.at_login)
        self.column.addLayout(row)

    def show_links(self, words: str, *, ours: bool) -> None:
        """Say where links go."""
        set_words(self._links, words)
        self.register.setVisible(not ours)


class PrivacyCard(Card):
    """What is kept and what is not."""

    def __init__(self) -> None:
        super().__init__(CARD_MARGIN_PX)
        add_heading(self, self.tr("Privacy"))
        self.column.addWidget(
            text(
                self.tr(
                    "What you and an app say to a model is not stored, neither questions nor "
                    "answers, with one exception: an app that marks a call so that it can be "
                    "repeated without a second charge (Idempotency-Key) has that answer, up to "
                    "1 MiB, kept sealed for a day, or until you revoke it. Kept on this computer, "
                    "encrypted: who called which model, when, how many text units (tokens) it "
                    "took and what it cost. Nothing is sent to us."
                )
            )
        )


class AboutCard(Card):
    """Which Wattfare this is, and what it is made of."""

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(CARD_MARGIN_PX)
        self._surroundings = surroundings
        add_heading(self, self.tr("About"))
        self._facts = Facts()
        licences = button(self.tr("Licences…"), "small")
        licences.clicked.connect(self._on_licences_clicked)
        self.column.addWidget(self._facts)
        self.column.addWidget(licences, 0, Qt.AlignmentFlag.AlignLeft)

    def refresh(self) -> None:
        """Say what is so now: prices are loaded after the window is made."""
        here = self._surroundings
        self._facts.show_facts(
            (
                (self.tr("Version"), here.version),
                (self.tr("Apps call"), f"http://127.0.0.1:{here.port}"),
                (self.tr("Price table"), here.price_version() or self.tr("not loaded yet")),
                (self.tr("Kept in"), here.home),
            )
        )

    @Slot()
    def _on_licences_clicked(self) -> None:
        LicencesDialog(licence_notices(), self.window()).open()
