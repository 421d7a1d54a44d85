"""``wattfare erase``: the wallet's end, which uninstalling the program is not."""

from argparse import ArgumentParser

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.options import EraseOptions


def add_options(parser: ArgumentParser) -> None:
    """Give ``wattfare erase`` its words."""
    parser.description = (
        "Erase the wallet, where none runs: its key in the keyring, books, provider keys, settings "
        "and log, what a restore put aside, and the entry that starts it at log-in. Uninstalling "
        "the program does none of this. Make a backup first if in doubt."
    )
    parser.add_argument("--yes", action="store_true", help="do not ask for the word `erase`")


def run(invocation: Invocation) -> int:
    """Have the composition root erase: no wallet runs that could be asked."""
    options = invocation.options
    return invocation.launch.erase(
        EraseOptions(wallet=invocation.wallet_options(), is_agreed=options.yes, json=options.json)
    )
