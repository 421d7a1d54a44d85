"""The one question before an app is revoked."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from wattfare_desktop.ui.dialogs.question import Question


class RevokeQuestion(Question):
    """Asks whether ``name`` is to be cut off."""

    def __init__(self, grant: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(
            grant,
            title=_tr("Revoke access"),
            words=_tr("Revoke “%s”?") % name,
            detail=_tr(
                "Its calls stop at once, running ones too. To spend again it has to ask again."
            ),
            action=_tr("Revoke"),
            parent=parent,
        )
        self.setObjectName("revoke_question")


def _tr(words: str) -> str:
    return QCoreApplication.translate("RevokeQuestion", words)
