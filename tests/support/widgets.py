"""Finding widgets as a person or an assistive tool does: by what they are called."""

from typing import TypeVar

from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
)
T = TypeVar("T", bound=QWidget)


def named(parent: QWidget, kind: type[T], name: str) -> T:
    """Return the one widget of a kind that is called `name` and not hidden."""
    found = [
        widget
        for widget in parent.findChildren(kind)
        if widget.accessibleName() == name and widget.isVisibleTo(parent)
    ]
    assert len(found) == 1, f"{len(found)} widgets are called {name!r}"
    return found[0]


def press(parent: QWidget, name: str) -> None:
    """Press a button by its name."""
    named(parent, QAbstractButton, name).click()


def words(parent: QWidget) -> list[str]:
    """Return all labels that are shown, in no special order."""
    return [
        label.text()
        for label in parent.findChildren(QLabel)
        if label.text() and label.isVisibleTo(parent)
    ]


def unnamed_controls(parent: QWidget) -> list[QWidget]:
    """Return the controls without an accessible name; Qt's own inner ones left out."""
    return [
        widget
        for widget in parent.findChildren(QWidget)
        if isinstance(widget, CONTROLS) and not widget.accessibleName() and not _is_inner(widget)
    ]


def _is_inner(widget: QWidget) -> bool:
    """Return whether Qt made it: the list of a drop-down, the clear button of a field."""
    owner = widget.parent()
    while owner is not None:
        if isinstance(owner, QComboBox | QLineEdit | QAbstractItemView):
            return True
        owner = owner.parent()
    return False
