"""``wattfare erase``: what is asked first, then the end of the wallet, with its home claimed."""

import asyncio
from collections.abc import Mapping
from typing import Final

from wattfare_desktop.cli.options import EraseOptions
from wattfare_desktop.cli.plain import visible
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.main.claiming import claimed, require_stopped
from wattfare_desktop.system.paths import Paths, paths_of, wallet_home
from wattfare_desktop.system.platforms import this_platform
from wattfare_desktop.system.program import program_command
from wattfare_desktop.vault.keychain import open_keychain
from wattfare_desktop.wallet.erasure import Erased, erase
from wattfare_desktop.wallet.restore import holds_wallet

_WORD: Final = "erase"


def run_erase(options: EraseOptions, environment: Mapping[str, str], terminal: Terminal) -> None:
    """Erase the wallet at the home of ``options``. Raises UserFacingError."""
    places = paths_of(options.wallet.home, environment)
    require_stopped(places.control, _running())
    if not holds_wallet(places.home):
        raise UserFacingError("There is no wallet here", f"Nothing of one is in {places.home}.")
    _require_agreement(places, options, terminal)
    erased = asyncio.run(_erased(places))
    if places.home == wallet_home(None, {**environment, "WATTFARE_HOME": ""}):
        _leave_the_desktop(environment)
    _report(places, erased, options, terminal)


def _require_agreement(places: Paths, options: EraseOptions, terminal: Terminal) -> None:
    if options.is_agreed:
        return
    if not terminal.stdin.isatty():
        raise UserFacingError(
            "Nothing was erased", f"Give --yes to erase the wallet in {places.home}."
        )
    terminal.write(
        [
            f"The wallet in {visible(str(places.home))} will be gone for good: its books, its",
            "provider keys, its settings and what a restore put aside. Apps lose their access.",
            "Money at a provider stays there, and so does a backup that is kept elsewhere.",
        ]
    )
    terminal.stdout.write(f"Erase it? Type {_WORD}: ")
    terminal.stdout.flush()
    if terminal.stdin.readline().strip().lower() != _WORD:
        raise UserFacingError("Nothing was erased", "The wallet is as it was.")


async def _erased(places: Paths) -> Erased:
    busy = UserFacingError("This wallet is being erased", "Try again when that is done.")
    async with claimed(places.control, busy=busy, running=_running()):
        return await asyncio.to_thread(erase, places.home, open_keychain)


def _leave_the_desktop(environment: Mapping[str, str]) -> None:
    """Start no more at log-in and take no more links: there is no wallet to do it for."""
    platform = this_platform(program_command(environment), environment)
    platform.autostart.turn_off()
    platform.scheme.remove()


def _report(places: Paths, erased: Erased, options: EraseOptions, terminal: Terminal) -> None:
    left = [str(path) for path in erased.left]
    if options.json:
        terminal.write_json(
            {"home": str(places.home), "left": left, "key_trouble": erased.key_trouble or None}
        )
        return
    lines = ["The wallet is erased."]
    if erased.key_trouble:
        lines.append(f"Its key is still in the keyring and opens nothing. {erased.key_trouble}")
    if left:
        names = ", ".join(visible(name) for name in left)
        lines.append(f"These are not the wallet's and stay: {names}.")
    terminal.write(lines)


def _running() -> UserFacingError:
    return UserFacingError("This wallet is running", "Quit it first, then erase it.")
