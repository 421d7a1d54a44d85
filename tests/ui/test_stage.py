"""The demo's user on real widgets: it presses what a person would, no sooner than a person can."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from wattfare_desktop.core.identifiers import TicketId
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.ui.dialogs.consent import ConsentDialog
from wattfare_desktop.ui.presentation.consent import ConsentAnswer, ConsentQuestion
from wattfare_desktop.ui.stage import StageStuckError, WindowStage

T = TypeVar("T")

# The offscreen platform says so of each window it cannot raise or size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

QUESTION = ConsentQuestion(
    ticket=TicketId("ticket_1"),
    name="Notes AI",
    verified=False,
    identity="Notes AI",
    client_id="Notes AI",
    redirect="127.0.0.1",
    justification="Summarise your notes",
    cap=Cap(period=Period.MONTH, limit=parse_usd("0.01")),
    models=("practice/*",),
    expires_in_days=None,
    adjustable=True,
    paying_from=("Practice",),
    wallet_caps=(),
    answer_within_ms=120_000,
)


def untold(_limit: Nanos, _models: Sequence[str]) -> None:
    return None


class Wallet(QObject):
    """A window, a tray menu with one app, and a question before it is revoked."""

    revoked = Signal()

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.menu = QMenu()
        qtbot.addWidget(self.menu)
        self.submenu = self.menu.addMenu("Notes && AI   $0.00 of $0.01 a month")
        self.submenu.addAction("&Pause")
        self.submenu.addAction("&Revoke...").triggered.connect(self._on_revoke)
        self.question = QDialog()
        qtbot.addWidget(self.question)
        layout = QVBoxLayout(self.question)
        layout.addWidget(QLabel("Revoke Notes & AI?"))
        button = QPushButton("Revoke")
        layout.addWidget(button)
        button.clicked.connect(self._on_confirmed)
        self.shown: list[str] = []
        self.dark: list[bool] = []

    def show_page(self) -> None:
        self.shown.append("overview")

    def set_dark(self, dark: bool) -> None:  # noqa: FBT001 - the shape of the callable
        self.dark.append(dark)

    def tray_menu(self) -> QMenu:
        return self.menu

    @Slot()
    def _on_revoke(self) -> None:
        self.question.open()

    @Slot()
    def _on_confirmed(self) -> None:
        self.question.close()
        self.menu.removeAction(self.submenu.menuAction())
        self.revoked.emit()


@pytest.fixture
def wallet(qtbot: QtBot) -> Wallet:
    return Wallet(qtbot)


@pytest.fixture
def stage(wallet: Wallet, tmp_path: Path) -> WindowStage:
    return WindowStage(
        window=wallet.window,
        pages={"overview": wallet.show_page},
        tray_menu=wallet.tray_menu,
        set_dark=wallet.set_dark,
        pictures=tmp_path / "pictures",
    )


@pytest.fixture
def aside(qtbot: QtBot) -> Iterator[Callable[[Callable[[], T]], T]]:
    """Run something in another thread while Qt goes on, and return its result."""
    with ThreadPoolExecutor(max_workers=1) as pool:

        def run(act: Callable[[], T]) -> T:
            ended = pool.submit(act)
            qtbot.waitUntil(ended.done, timeout=30_000)
            return ended.result()

        yield run


Aside = Callable[[Callable[[], T]], T]


def test_approve_presses_the_real_button_once_it_lives(
    qtbot: QtBot, stage: WindowStage, aside: Aside[Sequence[str]], tmp_path: Path
) -> None:
    dialog = ConsentDialog(QUESTION, untold)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    answers: list[tuple[str, ConsentAnswer]] = []

    def on_approved(ticket: str, answer: ConsentAnswer) -> None:
        answers.append((ticket, answer))

    dialog.approved.connect(on_approved)
    dialog.present()

    *said, pressed = aside(stage.approve)

    assert pressed == "Approve $0.01 a month"
    assert "“Notes AI” (unverified)" in said
    ((ticket, answer),) = answers
    assert (ticket, answer.cap) == ("ticket_1", QUESTION.cap)
    names = {path.name for path in (tmp_path / "pictures").iterdir()}
    assert names == {"approval-light.png", "approval-dark.png"}


def test_the_tray_line_is_read_without_mnemonics(stage: WindowStage, aside: Aside[str]) -> None:
    line = aside(lambda: stage.tray_line("Notes & AI"))

    assert line == "Notes & AI   $0.00 of $0.01 a month"


def test_revoke_asks_and_confirms(
    wallet: Wallet, stage: WindowStage, aside: Aside[None], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(wallet.revoked, timeout=30_000):
        aside(lambda: stage.revoke("Notes & AI"))

    assert not wallet.question.isVisible()


def test_pages_are_photographed_light_and_dark(
    wallet: Wallet, stage: WindowStage, aside: Aside[Sequence[str]]
) -> None:
    names = [Path(name).name for name in aside(stage.photograph_pages)]

    assert names == ["overview-light.png", "overview-dark.png"]
    assert wallet.shown == ["overview"]
    assert wallet.dark == [False, True, False]


def test_what_goes_wrong_on_the_stage_is_told(
    stage: WindowStage, wallet: Wallet, aside: Aside[None]
) -> None:
    wallet.submenu.clear()

    with pytest.raises(StageStuckError, match="Revoke"):
        aside(lambda: stage.revoke("Notes & AI"))
