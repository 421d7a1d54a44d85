"""What the list of apps and the details of one share."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.ui.components.pieces import text
from wattfare_desktop.ui.components.words import set_role, set_words
from wattfare_desktop.ui.presentation.apps import state_text

_AVATAR_PX = 44


def avatar() -> QLabel:
    """Return the round label that holds an app's letter."""
    label = text(role="avatar", wrap=False)
    label.setFixedSize(_AVATAR_PX, _AVATAR_PX)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label


def show_state(label: QLabel, state: GrantState) -> None:
    """Show a grant's state, in words and in colour."""
    set_words(label, state_text(state))
    set_role(label, "badge-caution" if state is GrantState.PAUSED else "badge")
