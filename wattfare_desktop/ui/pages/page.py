"""What all pages have in common: a title, a body that scrolls, and how they hear and ask."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.reports import Overview
from wattfare_desktop.ui.acts import PageActs
from wattfare_desktop.ui.components.pieces import Card, text
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.surroundings import Surroundings
from wattfare_desktop.wallet.changes import Changes

T = TypeVar("T")
MARGIN_PX = 24
GAP_PX = 16
CARD_MARGIN_PX = 20


class Page(QWidget):
    """A room of the window. It is told how the wallet stands while it is to be seen, only then."""

    troubled = Signal(object)
    """A :class:`UserFacingError`, to be shown above the page."""

    def __init__(
        self,
        *,
        acts: PageActs,
        errands: Errands,
        surroundings: Surroundings,
    ) -> None:
        super().__init__()
        self.acts = acts
        self.surroundings = surroundings
        self._errands = errands
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self._title = text(role="title", wrap=False)
        self.head.addWidget(self._title)
        self.head.addStretch(1)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        self.column.setSpacing(GAP_PX)
        self.column.addLayout(self.head)

    def set_title(self, title: str) -> None:
        """Name the page."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def show_title(self, *, shown: bool) -> None:
        """Show or hide the page's name."""
        self._title.setVisible(shown)

    def show_overview(self, overview: Overview) -> None:
        """Show the wallet as it stands."""

    def take(self, changes: Changes) -> None:
        """Read again what an overview does not hold, where ``changes`` touched it."""

    def act(
        self,
        work: Coroutine[Any, Any, T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[UserFacingError], None] | None = None,
    ) -> None:
        """Have something done; a refusal is shown above the page where nobody else takes it."""
        self._errands.run(work, done, failed or self.tell_trouble)

    def tell_trouble(self, error: UserFacingError) -> None:
        """Have ``error`` shown above the page."""
        self.troubled.emit(error)


def scrolling(inside: QWidget, name: str) -> QScrollArea:
    """Return an area that scrolls ``inside``, which is as wide as there is room."""
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    area.setWidget(inside)
    return area


def line() -> QFrame:
    """Return a thin line between parts of a card."""
    made = QFrame()
    made.setProperty("role", "line")
    return made


def add_heading(card: Card, words: str, note: str = "") -> None:
    """Put ``words`` over the next part of ``card``, and ``note`` below them."""
    column = QVBoxLayout()
    column.setSpacing(2)
    column.addWidget(text(words, "heading", wrap=False))
    if note:
        column.addWidget(text(note, "quiet"))
    card.column.addLayout(column)
