"""The desktop of the tests does what a person's does: each part is tried with a sample app."""

import re
import shlex
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

import system_packages
from tests.support.desktop.accessibility import ElementGoneError
from tests.support.desktop.programs import Program, marked_processes
from tests.support.desktop.requirements import (
    BINDINGS,
    PACKAGE_OF_PROGRAM,
    missing_packages,
    require_desktop,
)
from tests.support.desktop.session import SESSION_MARK, Desktop
from tests.support.desktop.tray import plain_label
from tests.support.desktop.waiting import wait_for, wait_until

SAMPLE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QApplication, QLabel, QLineEdit, QMenu, QPushButton, QSpinBox, QSystemTrayIcon, QVBoxLayout,
    QWidget,
)

app = QApplication(sys.argv)
app.setApplicationName("sample")
app.setQuitOnLastWindowClosed(False)
window = QWidget(windowTitle="Sample")
who = QLineEdit(accessibleName="Who")
limit = QSpinBox(accessibleName="Limit", maximum=50)
button = QPushButton("&Press me")
never = QPushButton("Never", enabled=False)
later = QPushButton("Later", enabled=False)
said = QLabel("idle")
hidden = QPushButton("Hidden")
column = QVBoxLayout(window)
for widget in (who, limit, button, never, later, said, hidden):
    column.addWidget(widget)
hidden.hide()
button.clicked.connect(lambda: said.setText(f"{who.text()} up to {limit.value()}"))
later.clicked.connect(lambda: said.setText("later"))
# Not before a test asks: what comes late has to be waited for however slow the machine is.
who.textChanged.connect(
    lambda text: text == "later" and QTimer.singleShot(300, lambda: later.setEnabled(True))
)

menu = QMenu()
notes = menu.addMenu("Notes AI")
notes.addAction("&Pause", lambda: said.setText("paused"))
notes.addAction("Revoke...", lambda: said.setText("revoked"))
notes.addAction("Details").setEnabled(False)
menu.addSeparator()
today = menu.addAction("Today $0")
calls = 0
def spend():
    global calls
    calls += 1
    today.setText(f"Today ${calls}")
ticking = QTimer(interval=100)
ticking.timeout.connect(spend)
ticking.start()
menu.addAction("Quit", app.quit)

drawn = QPixmap(22, 22)
drawn.fill(QColor("orange"))
icon = None
def show_icon():
    # Qt takes a late tray host only for an icon that was made after it came.
    global icon
    if icon is None and QSystemTrayIcon.isSystemTrayAvailable():
        icon = QSystemTrayIcon(QIcon(drawn), toolTip="Sample tip")
        icon.setContextMenu(menu)
        icon.activated.connect(lambda reason: said.setText("activated"))
        icon.show()
looking = QTimer(interval=50)
looking.timeout.connect(show_icon)
looking.start()
show_icon()
window.show()
app.exec()
"""


def start_sample(desktop: Desktop, folder: Path) -> Program:
    script = folder / "sample.py"
    script.write_text(SAMPLE, encoding="utf-8")
    return desktop.start([sys.executable, script])


@pytest.fixture
def sample(desktop: Desktop, tmp_path: Path) -> Program:
    return start_sample(desktop, tmp_path)


def _names_at_work(desktop: Desktop) -> set[str]:
    at_work = marked_processes(SESSION_MARK, str(desktop.runtime))
    return {process.name() for process in at_work}


def test_a_desktop_is_up_soon_and_leaves_nothing_behind(tmp_path: Path) -> None:
    require_desktop()
    started_s = time.monotonic()
    with Desktop(tmp_path / "desktop") as desktop:
        took_s = time.monotonic() - started_s
        # An orphan in a session of its own is what a link's handler or a daemon becomes.
        desktop.run(["sh", "-c", "setsid sleep 600 >/dev/null 2>&1 </dev/null &"])
        # It is forked at once and becomes what it will be a moment later.
        wait_until(lambda: "sleep" in _names_at_work(desktop), what="the orphan to be at work")
        assert desktop.runtime.stat().st_mode & 0o777 == 0o700
    assert took_s < 6
    assert marked_processes(SESSION_MARK, str(desktop.runtime)) == []
    assert not desktop.runtime.exists()


def test_programs_end_with_their_test_and_the_session_stays(desktop: Desktop) -> None:
    program = desktop.start(["sleep", "600"])
    desktop.end_programs()
    assert not program.is_running
    assert desktop.bus.has("org.freedesktop.Notifications")
    assert desktop.tray.icons() == []


def test_a_program_sees_this_desktop_and_no_other(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-of-the-developer")
    seen = dict(line.partition("=")[::2] for line in desktop.run(["env"]).splitlines())
    assert "WAYLAND_DISPLAY" not in seen
    assert seen["HOME"] == str(desktop.home)
    assert seen["XDG_CONFIG_HOME"].startswith(str(desktop.home))


def test_a_tool_that_fails_tells_what_it_said(desktop: Desktop) -> None:
    with pytest.raises(AssertionError, match=r"status 3\nnot today"):
        desktop.run(["sh", "-c", "echo not today; exit 3"])


@pytest.mark.usefixtures("sample")
def test_a_window_is_filled_in_and_pressed(desktop: Desktop) -> None:
    window = desktop.accessibility.window("Sample")
    window.find("text", "Who").set_text("Ada")
    assert window.find("spin button", "Limit").set_value(42) == 42
    said = window.find("label", "idle")
    window.button(re.compile("^Press ")).press()
    assert said.wait(name="Ada up to 42").showing
    assert window.find("text", "Who").read().text == "Ada"
    assert window.find("spin button").read().value == 42


@pytest.mark.usefixtures("sample")
def test_a_button_is_pressed_only_once_it_is_enabled(desktop: Desktop) -> None:
    window = desktop.accessibility.window("Sample")
    said = window.find("label", "idle")
    assert not window.button("Later").read().enabled
    window.find("text", "Who").set_text("later")
    window.button("Later").press()
    said.wait(name="later")
    with pytest.raises(TimeoutError, match=r"press on .*'Never'"):
        window.button("Never").press(timeout_s=0.1)


@pytest.mark.usefixtures("sample")
def test_focus_and_keys_reach_the_window(desktop: Desktop) -> None:
    window = desktop.accessibility.window("Sample")
    window.wait(states=["active"])
    window.button("Press me").focus()
    assert window.button("Press me").wait(states=["focused"]).focused
    window.find("text", "Who").focus()
    window.find("text", "Who").wait(states=["focused"])
    desktop.xdotool("type", "Grace")
    window.find("text", "Who").wait(text="Grace")


@pytest.mark.usefixtures("sample")
def test_what_is_hidden_is_not_found_but_stands_in_the_tree(desktop: Desktop) -> None:
    window = desktop.accessibility.window("Sample")
    assert len(window.find_all("spin button")) == 1
    assert window.find_all(name="Hidden") == []
    window.wait_for_none(name="Hidden")
    hidden = [node for node in window.tree().walk() if node.name == "Hidden"]
    assert [node.showing for node in hidden] == [False]
    with pytest.raises(TimeoutError, match=r"(?s)Hidden.*'Press me'"):
        window.find(name="Hidden", timeout_s=0.1)


def test_the_end_of_a_program_is_seen(desktop: Desktop, sample: Program) -> None:
    window = desktop.accessibility.window("Sample")
    button = window.button("Press me")
    assert "Sample" in {node.name for node in desktop.accessibility.windows()}
    desktop.tray.icon(pid=sample.pid).click("Quit")
    assert sample.wait() == 0
    desktop.accessibility.wait_for_no_window("Sample")
    desktop.tray.wait_for_no_icon()
    with pytest.raises(ElementGoneError):
        button.read()


def test_the_tray_shows_icon_and_menu(desktop: Desktop, sample: Program) -> None:
    icon = desktop.tray.icon(pid=sample.pid)
    assert (icon.title, icon.status, icon.tooltip) == ("sample", "Active", "Sample tip")
    width, height, argb = icon.pixmaps[0]
    assert len(argb) == width * height * 4
    assert b"\xff\xff\xa5\x00" in argb  # opaque orange
    notes, separator, today, leave = icon.menu().children
    assert [(entry.label, entry.enabled) for entry in notes.children] == [
        ("Pause", True),
        ("Revoke...", True),
        ("Details", False),
    ]
    assert separator.separator
    assert today.label.startswith("Today $")
    assert leave.label == "Quit"


def test_the_tray_is_worked(desktop: Desktop, sample: Program) -> None:
    said = desktop.accessibility.window("Sample").find("label", "idle")
    icon = desktop.tray.icon(pid=sample.pid)
    icon.click("Notes AI", "Pause")
    said.wait(name="paused")
    icon.click(re.compile("^Notes"), "Revoke...")
    said.wait(name="revoked")
    icon.activate()
    said.wait(name="activated")


def test_moving_figures_are_waited_for(desktop: Desktop, sample: Program) -> None:
    icon = desktop.tray.icon(pid=sample.pid)
    before = int(icon.entry(re.compile(r"^Today")).label.removeprefix("Today $"))
    icon.entry(f"Today ${before + 3}")
    icon.wait_for_no_entry(f"Today ${before}")
    icon.wait_for_no_entry("Notes AI", "Resume")


def test_an_entry_that_cannot_be_clicked_is_named_with_the_menu(
    desktop: Desktop, sample: Program
) -> None:
    icon = desktop.tray.icon(pid=sample.pid)
    with pytest.raises(TimeoutError, match=r"(?s)Notes AI > Resume in.*Revoke\.\.\."):
        icon.click("Notes AI", "Resume", timeout_s=0.1)
    with pytest.raises(TimeoutError, match=r"Notes AI > Details is enabled"):
        icon.click("Notes AI", "Details", timeout_s=0.1)


def test_a_tray_may_come_late_and_go(desktop_without_panel: Desktop, tmp_path: Path) -> None:
    desktop = desktop_without_panel
    sample = start_sample(desktop, tmp_path)
    desktop.accessibility.window("Sample")
    assert desktop.tray.icons() == []
    desktop.start_panel()
    assert desktop.tray.icon().pid == sample.pid
    desktop.stop_panel()
    assert desktop.tray.icons() == []


def test_the_keyring_keeps_a_secret_between_programs(desktop: Desktop) -> None:
    write = (
        "import keyring; from keyring.backends import SecretService;"
        "assert isinstance(keyring.get_keyring(), SecretService.Keyring), keyring.get_keyring();"
        "keyring.set_password('sample', 'master', 'hunter2')"
    )
    desktop.run([sys.executable, "-c", write])
    read = "import keyring; print(keyring.get_password('sample', 'master'))"
    assert desktop.run([sys.executable, "-c", read]).strip() == "hunter2"


def test_a_link_reaches_the_program_that_registered_for_it(
    desktop: Desktop, tmp_path: Path
) -> None:
    heard = tmp_path / "heard.txt"
    handler = tmp_path / "handler.sh"
    handler.write_text(
        f'#!/bin/sh\nprintf "%s" "$*" > {shlex.quote(str(heard))}.new\n'
        f"mv {shlex.quote(str(heard))}.new {shlex.quote(str(heard))}\n"
    )
    handler.chmod(0o755)
    desktop.register_scheme("sampleapp", [handler])
    desktop.start(["xdg-open", "sampleapp://do?x=1&y=$(touch%20z)"])
    wait_until(heard.exists, what="the handler has heard")
    assert heard.read_text() == "sampleapp://do?x=1&y=$(touch%20z)"


@pytest.mark.usefixtures("sample")
def test_a_screenshot_shows_the_window(desktop: Desktop, tmp_path: Path) -> None:
    desktop.accessibility.window("Sample").wait(states=["active"])

    def colours() -> int | None:
        picture = QImage(str(desktop.screenshot(tmp_path / "screen.png")))
        assert (picture.width(), picture.height()) == (1440, 1000)
        seen = {picture.pixel(x, y) for x in range(0, 1440, 4) for y in range(0, 1000, 4)}
        return len(seen) if len(seen) > 8 else None

    wait_for(colours, what="a picture of more than a bare screen")


def test_notifications_are_taken(desktop: Desktop) -> None:
    said = desktop.run(["notify-send", "--print-id", "Sample", "80 % of the cap is spent"])
    assert int(said) > 0


def test_a_machine_without_a_desktop_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert {"xvfb", "xfce4-panel", "gnome-keyring"} <= set(missing_packages())
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"packages are missing: .*xfce4-panel"):
        require_desktop()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"apt-get install .*xfce4-panel"):
        require_desktop()


def test_what_the_desktop_needs_is_installed_by_make_test() -> None:
    assert {*PACKAGE_OF_PROGRAM.values(), *BINDINGS} <= set(system_packages.DESKTOP)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("_Pause", "Pause"),
        ("Re_voke...", "Revoke..."),
        ("my__app", "my_app"),
        ("R_&D", "R&D"),
        ("_Save && quit", "Save & quit"),
        ("AT_&T", "AT&T"),
        ("&Pause", "Pause"),
        ("A & B", "A & B"),
        ("Wattfare - $7.31 left", "Wattfare - $7.31 left"),
    ],
)
def test_labels_are_read_without_mnemonics(sent: str, read: str) -> None:
    assert plain_label(sent) == read
