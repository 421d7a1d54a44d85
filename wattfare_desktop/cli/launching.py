"""The commands that start a wallet, or bring the running one to the front."""

from typing import Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.options import Consent, DemoOptions, ServeOptions, TrayOptions
from wattfare_desktop.control.messages import WalletAbsent

ACTIVATION_TOKEN: Final = "XDG_ACTIVATION_TOKEN"  # noqa: S105 - a window manager's, no secret


def start_tray(invocation: Invocation) -> int:
    """Show the window of the running wallet, or become the wallet."""
    token = invocation.environment.get(ACTIVATION_TOKEN, "")
    try:
        invocation.ask("show", {"activation_token": token})
    except WalletAbsent:
        return invocation.launch.tray(TrayOptions(wallet=invocation.wallet_options()))
    return 0


def open_uri(invocation: Invocation) -> int:
    """Hand a request to the running wallet, or become the wallet and show it."""
    uri = invocation.options.uri
    token = invocation.environment.get(ACTIVATION_TOKEN, "")
    try:
        invocation.ask("authorize", {"uri": uri, "activation_token": token})
    except WalletAbsent:
        return invocation.launch.tray(TrayOptions(wallet=invocation.wallet_options(), uri=uri))
    return 0


def serve(invocation: Invocation) -> int:
    """Become the wallet without windows."""
    consent = Consent(invocation.options.consent)
    return invocation.launch.serve(
        ServeOptions(wallet=invocation.wallet_options(), consent=consent)
    )


def play_demo(invocation: Invocation) -> int:
    """Play the whole story on the practice provider."""
    options = invocation.options
    return invocation.launch.demo(
        DemoOptions(screenshots=options.screenshots, verbose=options.verbose)
    )
