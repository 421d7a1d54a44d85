"""From the words that were typed to an exit code."""

import os
from collections.abc import Mapping, Sequence
from typing import Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.options import Launch
from wattfare_desktop.cli.parser import parse
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.control.messages import WalletAbsent
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system import paths

REFUSED: Final = 1
NO_WALLET: Final = 3
INTERRUPTED: Final = 130


def main(
    argv: Sequence[str],
    *,
    environment: Mapping[str, str],
    terminal: Terminal,
    launch: Launch,
    version: str,
) -> int:
    """Run the command of ``argv`` (without the program's name) and return its exit code.

    0 done, 1 refused or failed, 2 wrong usage, 3 no running wallet.
    """
    terminal.prepare()
    try:
        options = parse(argv, version=version)
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else REFUSED
    try:
        home = paths.wallet_home(options.home, environment)
        invocation = Invocation(
            options=options,
            terminal=terminal,
            home=home,
            address=paths.control_address(home, environment),
            launch=launch,
            environment=environment,
        )
        code = int(options.run(invocation))
        terminal.stdout.flush()
    except WalletAbsent as absent:
        terminal.complain(absent)
        return NO_WALLET
    except UserFacingError as error:
        terminal.complain(error)
        return REFUSED
    except BrokenPipeError:
        # The reader (a pager, head) has seen enough; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), terminal.stdout.fileno())
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    return code
