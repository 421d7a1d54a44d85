"""``wattfare demo``: the real program in a temporary home, played by the stage and the story."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

import qasync

from wattfare_desktop.cli.demo import Story, StoryFailed
from wattfare_desktop.cli.options import DemoOptions, WalletOptions
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.control.client import ask
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.main.assembly import PRACTICE
from wattfare_desktop.main.tray import TrayProgram, make_application
from wattfare_desktop.main.windows import Windows
from wattfare_desktop.system import paths
from wattfare_desktop.system.logs import start_logging
from wattfare_desktop.system.settings import Appearance
from wattfare_desktop.ui.sidebar import PAGES
from wattfare_desktop.ui.stage import StageStuckError, WindowStage
from wattfare_desktop.ui.wallet_application import WalletApplication
from wattfare_desktop.vault.secret import new_secret

_PLAY_MONEY: Final = parse_usd("5.00")
_DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY")


def run_demo(options: DemoOptions, environment: Mapping[str, str], terminal: Terminal) -> int:
    """Play the whole story once and return the exit code."""
    if not any(environment.get(name) for name in _DISPLAYS) and sys.platform == "linux":
        terminal.say("There is no display here, so the windows are drawn offscreen.")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    folder = Path(tempfile.mkdtemp(prefix="wattfare-demo-"))
    log = start_logging(folder / "wattfare.log", verbose=options.verbose)
    qt = make_application()
    try:
        with qasync.QEventLoop(qt) as loop:
            code: int = loop.run_until_complete(_play(options, environment, terminal, qt, folder))
    finally:
        log.close()
        shutil.rmtree(folder, ignore_errors=True)
    return code


async def _play(
    options: DemoOptions,
    environment: Mapping[str, str],
    terminal: Terminal,
    qt: WalletApplication,
    folder: Path,
) -> int:
    secret = folder / "passphrase"
    secret.touch(mode=0o600)
    secret.write_text(new_secret("demo-"), encoding="utf-8")
    wallet = WalletOptions(
        home=folder / "wallet", port=None, passphrase_file=secret, verbose=options.verbose
    )
    program = TrayProgram(wallet, environment, qt)
    try:
        windows = await program.start("")
        if qt.platformName() == "offscreen":
            # Drawn, not seen: there is no desktop that could lack a tray.
            windows.tray.host.stop()
            windows.window.show_tray(available=True)
        await _fund(windows)
        windows.application.show_window("overview")
        stage = _stage(windows, options.screenshots)
        await asyncio.to_thread(_tell, windows, stage, wallet, environment, terminal)
    except (StoryFailed, StageStuckError) as failed:
        terminal.stderr.write(f"wattfare: the demo failed: {failed}\n")
        return 1
    finally:
        await program.stop()
    return 0


async def _fund(windows: Windows) -> None:
    adding = windows.acts.add_funding(PRACTICE, key=None, base_url=None, balance=_PLAY_MONEY)
    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(adding, windows.live.loop))


def _stage(windows: Windows, pictures: Path | None) -> WindowStage:
    def set_dark(dark: bool) -> None:  # noqa: FBT001 - the stage's own form
        windows.choose_appearance(Appearance.DARK if dark else Appearance.LIGHT)

    return WindowStage(
        window=windows.window.bring_forward(),
        pages={name: partial(windows.window.show_page, name) for name in PAGES},
        tray_menu=lambda: windows.tray.menu,
        set_dark=set_dark,
        pictures=pictures,
    )


def _tell(
    windows: Windows,
    stage: WindowStage,
    wallet: WalletOptions,
    environment: Mapping[str, str],
    terminal: Terminal,
) -> None:
    address = paths.control_address(wallet.home, environment)

    def ask_wallet(command: str, arguments: Mapping[str, JsonValue], /) -> JsonValue:
        return ask(address, command, arguments)

    Story(
        origin=f"http://127.0.0.1:{windows.live.port}",
        stage=stage,
        ask=ask_wallet,
        say=terminal.say,
    ).tell()
