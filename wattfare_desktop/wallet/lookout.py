"""What the wallet asks of providers beside calls: what is left there, and which are near.

Asking costs nothing. The gateway, where HTTP lives, fulfils it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from wattfare_desktop.core.money import Nanos
from wattfare_desktop.wallet.routing import LiveFunding


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A model server that answered on this machine: which provider it is, and where."""

    provider: str
    name: str
    base_url: str


class Lookout(Protocol):
    """Asks providers, and the ports of this machine."""

    async def balance(self, funding: LiveFunding) -> Nanos:
        """Return what the provider says is left there.

        Raises UserFacingError where it tells nobody, does not answer, or has another currency.
        """

    async def neighbours(self) -> Sequence[Neighbour]:
        """Return the model servers that answer on this machine, in the catalogue's order."""
