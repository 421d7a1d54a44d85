"""Give a URI to the running wallet, before anything heavy is imported.

The operating system starts a whole process for each ``wattfare://`` link; this is all of it that
runs where a wallet is already there.
"""

import sys
from collections.abc import Mapping, Sequence

from wattfare_desktop.cli.words import handed_over_uri
from wattfare_desktop.control.client import ask
from wattfare_desktop.control.messages import WalletAbsent
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system import paths


def hand_over(argv: Sequence[str], environment: Mapping[str, str]) -> int | None:
    """Return the exit code; None where ``argv`` is no URI alone, or no wallet runs to take it."""
    found = handed_over_uri(argv)
    if found is None:
        return None
    uri, home = found
    token = environment.get("XDG_ACTIVATION_TOKEN", "")
    try:
        address = paths.control_address(paths.wallet_home(home, environment), environment)
        ask(address, "authorize", {"uri": uri, "activation_token": token})
    except WalletAbsent:
        return None
    except UserFacingError as error:
        sys.stderr.write(f"wattfare: {error}\n")
        return 1
    return 0
