"""A call under way: what is held for it, how it is stopped, and who makes it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from wattfare_desktop.core.fees import NO_FEE, Fee
from wattfare_desktop.core.holds import Fit
from wattfare_desktop.core.identifiers import CallId, FundingId, GrantId
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.storage.kept_results import Result

_NOTHING_HELD: Final = Fit(amount=Nanos(0))
_NO_RESULT: Final = Result()


class CallingPeer(Protocol):
    """Who makes a call, as far as that is known by now."""

    def known_program(self) -> str | None:
        """Return the path of the program, None where it is not known, or not yet."""

    def program_to_come(self) -> Awaitable[str | None] | None:
        """Return how to wait for it, None where nobody looks for it any more."""


@dataclass(slots=True, kw_only=True, eq=False)
class HeldCall:
    """A running call: ``amount`` is held in all, ``fit`` was at its beginning.

    Both include the ``fee``, which stays what it was then. ``result`` is kept with the settlement
    of a call that has a key. ``peer`` tells at its end, or soon after, which program made it.
    """

    id: CallId
    grant: GrantId
    funding: FundingId
    model: str = ""
    fee: Fee = NO_FEE
    fit: Fit = _NOTHING_HELD
    amount: Nanos = _NOTHING_HELD.amount
    extensions: int = 0
    has_key: bool = False
    result: Result = _NO_RESULT
    is_cut: bool = False
    peer: CallingPeer | None = None
    _cut: Callable[[], object] | None = None
    _abandon: Callable[[], object] | None = None

    def when_cut(self, cut: Callable[[], object]) -> None:
        """Have ``cut`` called, once, when the call must stop; at once if it must already."""
        self._cut = cut
        if self.is_cut:
            cut()

    def when_abandoned(self, abandon: Callable[[], object]) -> None:
        """Have ``abandon`` called when the wallet closes and can wait for the call no longer."""
        self._abandon = abandon

    def abandon(self) -> None:
        """End the call as it stands."""
        if self._abandon is not None:
            self._abandon()

    def stop(self) -> None:
        """Cut the call."""
        if not self.is_cut:
            self.is_cut = True
            if self._cut is not None:
                self._cut()
