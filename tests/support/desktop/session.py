"""A desktop session of its own: nothing of it is the developer's, nothing of it stays behind."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.desktop.accessibility import Accessibility, ElementGoneError
from tests.support.desktop.bus import BusObject, CallFailedError, SessionBus
from tests.support.desktop.programs import Program, end_all, marked_processes, start_program
from tests.support.desktop.tray import WATCHER, Tray
from tests.support.desktop.waiting import wait_for, wait_until

SCREEN = "1440x1000x24"
KEYRING_PASSWORD = "pw"  # gnome-keyring takes an empty one for a dismissed question
PROGRAM_MARK = "DESKTOP_OF_TEST"
SESSION_MARK = "XDG_RUNTIME_DIR"
UP_TIMEOUT_S = 15.0
TOOL_TIMEOUT_S = 10.0

# All that is let in from outside: a developer's own display, bus or theme would change results.
_INHERITED = ("PATH", "USER", "LOGNAME", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")
# One panel along the top with the tray in it; written before its first start, so it asks nothing.
_PANEL = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray"/>
  </property>
</channel>
"""
_A11Y = BusObject(owner="org.a11y.Bus", path="/org/a11y/bus", interface="org.a11y.Bus")
_A11Y_STATUS = BusObject(owner="org.a11y.Bus", path="/org/a11y/bus", interface="org.a11y.Status")


class Desktop:
    """A desktop between `with` and its end; `folder` gets its home and all programs' output.

    `env` is what a program needs to run on it. Without `panel` there is no tray until
    `start_panel`; without `keyring` nobody keeps secrets. For one thread only.
    """

    def __init__(self, folder: Path, *, panel: bool = True, keyring: bool = True) -> None:
        self.folder = folder
        self.home = folder / "home"
        self._with_panel = panel
        self._with_keyring = keyring
        self._panel: Program | None = None
        self._programs: list[Program] = []
        self._started = 0
        self._ends = ExitStack()
        self._session_env: dict[str, str] = {}

    def __enter__(self) -> Self:
        try:
            self._come_up()
        except BaseException:
            self._ends.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ends.close()

    @property
    def env(self) -> Mapping[str, str]:
        """A new program's whole environment."""
        return {**self._session_env, PROGRAM_MARK: str(self.runtime)}

    def start(self, argv: Sequence[str | Path], env: Mapping[str, str] | None = None) -> Program:
        """Start a program here, with `env` beside the desktop's own; it ends with the desktop."""
        program = self._start(argv, {**self.env, **(env or {})})
        self._programs.append(program)
        return program

    def run(self, argv: Sequence[str | Path], timeout_s: float = TOOL_TIMEOUT_S) -> str:
        """Run a program to its end and return what it printed; AssertionError if it failed."""
        program = self.start(argv)
        status = program.wait(timeout_s)
        assert status == 0, f"{program.argv[0]} ended with status {status}\n{program.output}"
        return program.output

    def end_programs(self) -> None:
        """End all that was started here and what these started, orphans too."""
        end_all(marked_processes(PROGRAM_MARK, str(self.runtime)))
        for program in self._programs:
            program.end()
        self._programs.clear()

    def start_panel(self) -> None:
        """Start the panel; return when its tray takes icons."""
        assert self._panel is None, "the panel is there already"
        # The window manager's absence is no reason to wait: it may still be starting.
        self._panel = self._start(["xfce4-panel", "--disable-wm-check"])
        self._await_panel(self._panel)

    def stop_panel(self) -> None:
        """End the panel, and with it the tray."""
        assert self._panel is not None, "there is no panel"
        self._panel.end()
        self._panel = None
        wait_until(lambda: not self.bus.has(WATCHER.owner), what="the end of the tray")

    def screenshot(self, path: Path) -> Path:
        """Write a picture of the whole screen (PNG)."""
        self.run(["scrot", "--overwrite", path])
        return path

    def xdotool(self, *arguments: str) -> str:
        """Type, click or ask as xdotool does; for what accessibility cannot reach."""
        return self.run(["xdotool", *arguments])

    def register_scheme(self, scheme: str, argv: Sequence[str | Path]) -> Path:
        """Have `scheme:` links open with this program, for this desktop's user."""
        entry = self.home / ".local/share/applications" / f"{scheme}-of-test.desktop"
        entry.parent.mkdir(parents=True, exist_ok=True)
        command = " ".join(str(argument) for argument in argv)
        # xdg-open looks a quoted program up with its quotes, and finds none.
        assert re.fullmatch(r"[\w./ =-]+", command), f"needs quotes in an Exec line: {command}"
        entry.write_text(
            "[Desktop Entry]\nType=Application\nName=Test\nNoDisplay=true\n"
            f"Exec={command} %u\nMimeType=x-scheme-handler/{scheme};\n",
            encoding="utf-8",
        )
        self.run(["update-desktop-database", entry.parent])
        self.run(["xdg-mime", "default", entry.name, f"x-scheme-handler/{scheme}"])
        return entry

    def evidence(self) -> str:
        """What is to be seen here, for the report of a test that failed; never an error."""
        parts = [f"{' '.join(program.argv)}\n{program.output}" for program in self._programs]
        try:
            parts.append("\n".join(self.accessibility.tree().lines()))
            parts.extend(
                "\n".join([f"tray: {icon.title}", *icon.menu().lines()])
                for icon in self.tray.icons()
            )
            parts.append(f"picture: {self.screenshot(self.folder / 'failed.png')}")
        except (AssertionError, CallFailedError, ElementGoneError, TimeoutError) as error:
            parts.append(f"(no more to see: {error})")
        return "\n\n".join(parts)

    def _come_up(self) -> None:
        self._make_folders()
        self._ends.callback(self._end_everything)
        self._session_env["DISPLAY"] = self._start_screen()
        address = self._start_bus()
        self._session_env["DBUS_SESSION_BUS_ADDRESS"] = address
        self.bus = self._ends.enter_context(SessionBus(address))
        self._start_session()
        self.tray = Tray(self.bus)
        self.accessibility = self._ends.enter_context(
            Accessibility(env=self._session_env, log_path=self._log_path("accessibility"))
        )

    def _make_folders(self) -> None:
        # Sockets live here, and their paths may have 108 bytes: the folder of a test is too deep.
        self.runtime = Path(tempfile.mkdtemp(prefix="desktop-"))
        self._ends.callback(shutil.rmtree, self.runtime, ignore_errors=True)
        config = self.home / ".config"
        channels = config / "xfce4/xfconf/xfce-perchannel-xml"
        channels.mkdir(parents=True)
        (channels / "xfce4-panel.xml").write_text(_PANEL, encoding="utf-8")
        (self.folder / "output").mkdir()
        self._session_env = {
            **{name: os.environ[name] for name in _INHERITED if name in os.environ},
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "XDG_CONFIG_HOME": str(config),
            "XDG_DATA_HOME": str(self.home / ".local/share"),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "XDG_STATE_HOME": str(self.home / ".local/state"),
            SESSION_MARK: str(self.runtime),
            "GSETTINGS_BACKEND": "memory",
            "QT_QPA_PLATFORM": "xcb",
            "QT_ACCESSIBILITY": "1",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def _start_screen(self) -> str:
        screen = ["Xvfb", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset", "-displayfd"]
        return f":{self._start_and_hear(screen)}"

    def _start_bus(self) -> str:
        address = f"--address=unix:path={self.runtime}/bus"
        return self._start_and_hear(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", address, "--print-address"]
        )

    def _start_and_hear(self, argv: Sequence[str]) -> str:
        """Start a program that writes one line to the descriptor given last; return the line."""
        ear, mouth = os.pipe()
        with open(ear, encoding="ascii") as heard:  # noqa: PTH123 -- a descriptor has no path
            try:
                joined = argv[-1].startswith("--")
                number = [f"{argv[-1]}={mouth}"] if joined else [argv[-1], str(mouth)]
                self._start([*argv[:-1], *number], pass_fds=(mouth,))
            finally:
                os.close(mouth)
            line = heard.readline().strip()
        assert line, f"{argv[0]} did not start, see {self.folder / 'output'}"
        return line

    def _start_session(self) -> None:
        window_manager = self._start(["openbox"])
        notifications = self._start(["dunst"])
        if self._with_keyring:
            keyring = self._start(
                ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
                stdin=KEYRING_PASSWORD,
            )
            self._await_name("org.freedesktop.secrets", keyring)
        self.bus.call(_A11Y, "GetAddress")  # asking starts it
        self.bus.set(_A11Y_STATUS, "IsEnabled", "b", value=True)
        if self._with_panel:
            self.start_panel()
        self._await_name("org.freedesktop.Notifications", notifications)
        self._await(self._has_window_manager, window_manager)

    def _has_window_manager(self) -> bool:
        asked = subprocess.run(
            ["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"],
            env=self._session_env,
            capture_output=True,
            text=True,
            timeout=TOOL_TIMEOUT_S,
            check=False,
        )
        return "window id #" in asked.stdout

    def _has_tray(self) -> bool:
        try:
            return self.bus.has(WATCHER.owner) and bool(
                self.bus.get(WATCHER, "IsStatusNotifierHostRegistered")
            )
        except CallFailedError:
            return False  # it is just coming or going

    def _await_panel(self, panel: Program) -> None:
        self._await(self._has_tray, panel)

    def _await_name(self, name: str, program: Program) -> None:
        self._await(lambda: self.bus.has(name), program)

    def _await(self, condition: Callable[[], bool], program: Program) -> None:
        def up() -> bool | None:
            assert program.is_running, f"{program.argv[0]} ended at once:\n{program.output}"
            return True if condition() else None

        wait_for(
            up,
            what=lambda: f"{program.argv[0]} is up:\n{program.output}",
            timeout_s=UP_TIMEOUT_S,
        )

    def _log_path(self, name: str) -> Path:
        self._started += 1
        return self.folder / "output" / f"{self._started:03}-{name}.txt"

    def _start(
        self,
        argv: Sequence[str | Path],
        env: Mapping[str, str] | None = None,
        stdin: str = "",
        pass_fds: Sequence[int] = (),
    ) -> Program:
        words = [str(word) for word in argv]
        program = start_program(
            words,
            env=self._session_env if env is None else env,
            output_path=self._log_path(Path(words[0]).name),
            cwd=self.home,
            stdin=stdin,
            pass_fds=pass_fds,
        )
        self._ends.callback(program.end)
        return program

    def _end_everything(self) -> None:
        """End what no one of us started: what the bus, the panel and the apps brought up."""
        end_all(marked_processes(SESSION_MARK, str(self.runtime)))
