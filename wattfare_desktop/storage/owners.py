"""Whose limits they are: one grant's, or the wallet's as a whole."""

from typing import Final, NewType

from wattfare_desktop.core.identifiers import GrantId

Owner = NewType("Owner", str)

WALLET: Final = Owner("wallet")


def owner_of(grant: GrantId) -> Owner:
    """Return the owner under which the limits of ``grant`` stand."""
    return Owner(f"grant:{grant}")
