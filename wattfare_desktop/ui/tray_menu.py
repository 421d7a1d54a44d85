"""The tray's menu. Its figures move while it is open; its lines stay where they are."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from wattfare_desktop.ui.presentation.closed import Closed
from wattfare_desktop.ui.presentation.tray import (
    APPS_SHOWN_MAX,
    ClosedLines,
    TrayApp,
    TrayFigures,
    closed_lines,
    menu_text,
)


class AppMenu(QMenu):
    """One app's line and what can be done about it. ``app`` is None while the line is free."""

    pause_requested = Signal(str)
    resume_requested = Signal(str)
    revoke_requested = Signal(str, str)
    details_requested = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.app: TrayApp | None = None
        self._pause = self.addAction(self.tr("Pause"))
        self._revoke = self.addAction(self.tr("Revoke..."))
        self._details = self.addAction(self.tr("Details"))
        self._pause.triggered.connect(self._on_pause_triggered)
        self._revoke.triggered.connect(self._on_revoke_triggered)
        self._details.triggered.connect(self._on_details_triggered)
        self.show_app(None)

    def show_app(self, app: TrayApp | None) -> None:
        """Show ``app`` in this line; None hides it."""
        self.app = app
        self.menuAction().setVisible(app is not None)
        if app is None:
            # No name stays behind for those who read hidden lines.
            self.setTitle("")
        else:
            self.setTitle(menu_text(app.text))
            self.setAccessibleName(app.name)
            self._pause.setText(self.tr("Resume") if app.paused else self.tr("Pause"))

    @Slot()
    def _on_pause_triggered(self) -> None:
        if self.app is not None:
            signal = self.resume_requested if self.app.paused else self.pause_requested
            signal.emit(self.app.id)

    @Slot()
    def _on_revoke_triggered(self) -> None:
        if self.app is not None:
            self.revoke_requested.emit(self.app.id, self.app.name)

    @Slot()
    def _on_details_triggered(self) -> None:
        if self.app is not None:
            self.details_requested.emit(self.app.id)


class TrayMenu(QMenu):
    """All of the menu, made once. Lines are filled, hidden and renamed, never made anew.

    A menu remade under the pointer would have people click what was not there a moment ago; so
    while it is open an app also keeps its line.
    """

    page_requested = Signal(str)
    pause_requested = Signal(str)
    resume_requested = Signal(str)
    revoke_requested = Signal(str, str)
    details_requested = Signal(str)
    pause_all_requested = Signal()
    resume_all_requested = Signal()
    code_requested = Signal()
    lock_requested = Signal()
    unlock_requested = Signal()
    newer_requested = Signal()
    quit_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Wattfare")
        self._figures: TrayFigures | None = None
        self._closed = closed_lines(Closed())
        self._is_open = False
        self._head = self.addAction(self.tr("Wattfare"))
        self._head.triggered.connect(self._on_head_triggered)
        self._spent = self.addAction("")
        self._spent.setEnabled(False)
        self.addSeparator()
        self._apps = [self._add_app() for _ in range(APPS_SHOWN_MAX)]
        self._no_apps = self.addAction(self.tr("No app may spend yet"))
        self._no_apps.setEnabled(False)
        self._all_apps = self.addAction(self.tr("All apps..."))
        self._all_apps.triggered.connect(self._on_all_apps_triggered)
        self.addSeparator()
        self._alert = self.addAction("")
        self._alert.triggered.connect(self._on_alert_triggered)
        self._alert_line = self.addSeparator()
        self._pause_all = self.addAction(self.tr("Pause all spending"))
        self._pause_all.triggered.connect(self._on_pause_all_triggered)
        self._code = self.addAction(self.tr("Enter a code..."))
        self._code.triggered.connect(self.code_requested)
        self._lock = self.addAction(self.tr("Lock"))
        self._lock.triggered.connect(self._on_lock_triggered)
        self._funds = self.addAction(self.tr("Add funds..."))
        self._funds.triggered.connect(self._on_funds_triggered)
        self._settings = self.addAction(self.tr("Settings..."))
        self._settings.triggered.connect(self._on_settings_triggered)
        self.addSeparator()
        self._newer = self.addAction("")
        self._newer.triggered.connect(self.newer_requested)
        self.show_newer("")
        self._quit = self.addAction(self.tr("Quit"))
        self._quit.triggered.connect(self.quit_requested)
        self.aboutToShow.connect(self._on_about_to_show)
        self.aboutToHide.connect(self._on_about_to_hide)
        self.show_figures(None)

    def show_figures(self, figures: TrayFigures | None) -> None:
        """Show ``figures``; None while the wallet is locked or not there."""
        self._figures = figures
        is_open = figures is not None
        for action in (self._spent, self._pause_all, self._code, self._funds, self._settings):
            action.setVisible(is_open)
        self._lock.setText(self.tr("Lock") if is_open else self._closed.act)
        alert = "" if figures is None else figures.alert
        self._alert.setText(menu_text(alert))
        self._alert.setVisible(bool(alert))
        self._alert_line.setVisible(bool(alert))
        apps = () if figures is None else figures.apps
        self._place(apps, keep_lines=self._is_open)
        self._no_apps.setVisible(is_open and not apps)
        self._all_apps.setVisible(figures is not None and figures.has_more)
        if figures is None:
            self._head.setText(self._closed.head)
            return
        self._head.setText(figures.head)
        self._spent.setText(figures.spent)
        self._pause_all.setText(
            self.tr("Resume all spending") if figures.paused else self.tr("Pause all spending")
        )

    def show_closed(self, closed: ClosedLines) -> None:
        """Say why the wallet is not open, from now on whenever it is not."""
        self._closed = closed
        self.show_figures(self._figures)

    def show_newer(self, words: str) -> None:
        """Offer a newer version of the program, whatever the wallet's state; "" hides it."""
        self._newer.setText(words)
        self._newer.setVisible(bool(words))

    def _add_app(self) -> AppMenu:
        line = AppMenu(self)
        line.pause_requested.connect(self.pause_requested)
        line.resume_requested.connect(self.resume_requested)
        line.revoke_requested.connect(self.revoke_requested)
        line.details_requested.connect(self.details_requested)
        self.addMenu(line)
        return line

    def _place(self, apps: Sequence[TrayApp], *, keep_lines: bool) -> None:
        if not keep_lines:
            padded = [*apps, *([None] * (len(self._apps) - len(apps)))]
            for line, app in zip(self._apps, padded, strict=True):
                line.show_app(app)
            return
        coming = {app.id: app for app in apps}
        for line in self._apps:
            line.show_app(None if line.app is None else coming.pop(line.app.id, None))
        free = [line for line in self._apps if line.app is None]
        for line, app in zip(free, coming.values(), strict=False):
            line.show_app(app)

    @Slot()
    def _on_about_to_show(self) -> None:
        self.show_figures(self._figures)
        self._is_open = True

    @Slot()
    def _on_about_to_hide(self) -> None:
        self._is_open = False

    @Slot()
    def _on_head_triggered(self) -> None:
        if self._figures is None:
            self._open_up()
        else:
            self.page_requested.emit("overview")

    def _open_up(self) -> None:
        if self._closed.shows_window:
            self.page_requested.emit("overview")
        else:
            self.unlock_requested.emit()

    @Slot()
    def _on_alert_triggered(self) -> None:
        figures = self._figures
        if figures is None or (figures.alert_app is None and figures.alert_page == "overview"):
            self.page_requested.emit("overview")
        elif figures.alert_page != "overview":
            self.page_requested.emit(figures.alert_page)
        elif figures.alert_app is not None:
            self.details_requested.emit(figures.alert_app)

    @Slot()
    def _on_all_apps_triggered(self) -> None:
        self.page_requested.emit("apps")

    @Slot()
    def _on_pause_all_triggered(self) -> None:
        if self._figures is not None and self._figures.paused:
            self.resume_all_requested.emit()
        else:
            self.pause_all_requested.emit()

    @Slot()
    def _on_lock_triggered(self) -> None:
        if self._figures is None:
            self._open_up()
        else:
            self.lock_requested.emit()

    @Slot()
    def _on_funds_triggered(self) -> None:
        self.page_requested.emit("funding")

    @Slot()
    def _on_settings_triggered(self) -> None:
        self.page_requested.emit("settings")
