"""How much to hold for a call, like a petrol pump: enough to begin, more as it flows.

A whole worst case for every call would lock an app out of money that nobody spends. So a streamed
call that shows what it is billed for holds its input and one slice of output, and asks for more
while it runs. Where the output is not seen as it is billed, all of it is held, cut to what fits.
Tokens here are those of all choices of a call together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from wattfare_desktop.core.fees import Fee
from wattfare_desktop.core.metering.meter import hold_bound, output_tokens_for
from wattfare_desktop.core.metering.prices import ModelPrice
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.money import Nanos

FLOOR_TOKENS: Final = 64
"""An answer cut shorter than this helps nobody; the call is refused instead."""

FIRST_SLICE_TOKENS: Final = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A hold that fits: ``amount`` for ``output_tokens``, and for ``output_bound`` if it grows."""

    amount: Nanos
    output_tokens: int = 0
    output_bound: int = 0


class Wish(Protocol):
    """What a call wants held."""

    @property
    def least(self) -> Nanos:
        """The smallest hold it can do with."""

    def fit(self, left: int) -> Fit | None:
        """Return the hold for a call that has ``left`` nano-dollars; None below ``least``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exactly:
    """A wish for one amount, whole or not at all."""

    amount: Nanos

    @property
    def least(self) -> Nanos:
        """The amount."""
        return self.amount

    def fit(self, left: int) -> Fit | None:
        """Return the amount where it fits."""
        return Fit(amount=self.amount) if self.amount <= left else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A wish for the money of an answer.

    ``asked_tokens`` is the app's own bound, None where it gave none; ``most_tokens`` the model's.
    ``grows`` where output is seen as it is billed and hanging up ends the bill. ``counted`` is the
    most of what is billed beside the tokens; all of it is held. So is all of an answer that
    ``is_whole``: its provider cannot be told to make it shorter.
    """

    price: ModelPrice
    input_tokens: int
    asked_tokens: int | None
    most_tokens: int
    grows: bool
    counted: Mapping[UnitKind, int] = field(default_factory=dict)
    is_whole: bool = False

    @property
    def bound(self) -> int:
        """The most tokens that may come if money is no question."""
        return self.most_tokens if self.asked_tokens is None else self.asked_tokens

    @property
    def least(self) -> Nanos:
        """The input and the shortest answer worth sending for."""
        return self.cost(self.bound if self.is_whole else min(FLOOR_TOKENS, self.bound))

    def cost(self, output_tokens: int) -> Nanos:
        """Return the most that the input and this much output can cost."""
        return hold_bound(self.price, self.input_tokens, output_tokens, self.counted)

    def fit(self, left: int) -> Fit | None:
        """Return the first hold of a call that has ``left``; None where the least does not fit.

        An answer that cannot grow takes all it may need at once. Nobody waits for the rest to come
        back, so unless the app named its bound it takes no more than half of what is left.
        """
        if self.least > left:
            return None
        if self.is_whole:
            return Fit(amount=self.least, output_tokens=self.bound, output_bound=self.bound)
        affordable = min(self.bound, self._affordable(left))
        if self.grows:
            first = min(FIRST_SLICE_TOKENS, affordable)
            return Fit(amount=self.cost(first), output_tokens=first, output_bound=affordable)
        if self.asked_tokens is None or affordable < self.bound:
            floor = min(FLOOR_TOKENS, self.bound)
            affordable = max(floor, min(self.bound, self._affordable(left // 2)))
        return Fit(amount=self.cost(affordable), output_tokens=affordable, output_bound=affordable)

    def _affordable(self, left: int) -> int:
        tokens = output_tokens_for(self.price, self.input_tokens, left, self.counted)
        return self.bound if tokens is None else tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class WithFee:
    """A wish for what ``wish`` wants and the ``fee`` on that."""

    wish: Wish
    fee: Fee

    @property
    def least(self) -> Nanos:
        """The least and its fee."""
        return self.fee.on_top_of(self.wish.least)

    def fit(self, left: int) -> Fit | None:
        """Return the hold that fits once its fee is on top."""
        fit = self.wish.fit(self.fee.within(left))
        return None if fit is None else replace(fit, amount=self.fee.on_top_of(fit.amount))


@dataclass(slots=True, kw_only=True)
class Growth:
    """The output a running call holds, and when it wants more.

    ``held`` tokens of at most ``bound``; ``last`` was the latest slice. Each is twice the one
    before, so that a long answer costs a handful of commits.
    """

    held: int
    bound: int
    last: int

    def next_slice(self) -> int:
        """Return how many tokens more to hold."""
        return min(2 * self.last, self.bound - self.held)

    def is_due(self, used: int) -> bool:
        """Return whether half of the latest slice is used, and there is more to be had."""
        return self.held < self.bound and 2 * used > 2 * self.held - self.last

    def is_used_up(self, used: int) -> bool:
        """Return whether what is held is used; never at the bound, which the provider keeps."""
        return self.held < self.bound and used >= self.held

    def grow(self, tokens: int) -> None:
        """Take note of a slice that was held."""
        assert 0 < tokens <= self.bound - self.held
        self.held += tokens
        self.last = tokens
