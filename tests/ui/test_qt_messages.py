"""Tests of ``wattfare_desktop.ui.qt_messages``."""

import logging
from collections.abc import Iterator

import pytest
from PySide6.QtCore import qInstallMessageHandler, qWarning

from wattfare_desktop.ui.qt_messages import log_qt_messages


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before = qInstallMessageHandler(None)
    yield
    qInstallMessageHandler(before)


def test_a_warning_is_logged_and_not_printed(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    log_qt_messages()
    qWarning("This plugin does not support raise()")
    (record,) = [record for record in caplog.records if record.name == "qt"]
    assert record.levelno == logging.WARNING
    assert record.getMessage() == "default: This plugin does not support raise()"
    assert capfd.readouterr() == ("", "")
