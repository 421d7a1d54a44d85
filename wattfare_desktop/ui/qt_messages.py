"""What Qt has to say goes to the log: on a terminal it would stand between the program's own lines.

The last words before Qt ends the process stay on standard error, where Qt puts them itself.
"""

import logging
from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_LOG: Final = logging.getLogger("qt")
_LEVELS: Final[Mapping[QtMsgType, int]] = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def log_qt_messages() -> None:
    """Have Qt's messages logged from now on, each under its own category."""
    qInstallMessageHandler(_log)


def _log(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    _LOG.log(_LEVELS[kind], "%s: %s", context.category or "default", message)
