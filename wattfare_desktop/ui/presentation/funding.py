"""What is said of a provider credential, and what a new one still lacks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from wattfare_desktop.core.money import Nanos, display_usd
from wattfare_desktop.core.reports import FundingRow, OverrunAlert, Overview
from wattfare_desktop.ui.presentation.consent import amount_in
from wattfare_desktop.wallet.lookout import Neighbour

_PLAY: Final = "play money"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderChoice:
    """One provider that can be added.

    Where ``base_url`` is empty only its user knows it, and ``base_example`` shows what one looks
    like. ``near``: it answers on this computer now.
    """

    id: str
    name: str
    base_url: str
    console_url: str
    base_example: str = ""
    needs_key: bool = True
    takes_key: bool = True
    local: bool = False
    tells_balance: bool = False
    near: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingWish:
    """What the user wants added. Its text hides the key."""

    provider: str
    key: str | None
    base_url: str | None
    balance: Nanos

    def __repr__(self) -> str:
        return f"FundingWish({self.provider!r}, {self.base_url!r}, {self.balance})"


def figures_text(row: FundingRow) -> str:
    """Return what went and what is held."""
    parts = [f"{display_usd(row.spent)} spent"]
    if row.held:
        parts.append(f"{display_usd(row.held)} held by running calls")
    return " · ".join(parts)


def aside_text(row: FundingRow) -> str:
    """Return what is set aside beside the balance, and what was billed above all of it."""
    parts = []
    if row.reserve:
        parts.append(f"{display_usd(row.reserve)} in the reserve")
    if row.fee:
        parts.append(f"{display_usd(row.fee)} service fees")
    if row.overrun:
        parts.append(f"{display_usd(row.overrun)} billed above caps")
    if parts and not row.practice:
        parts.append(f"the provider's page should show {display_usd(row.on_page)}")
    return " · ".join(parts)


def reserve_words(row: FundingRow) -> str:
    """Return what a reserve is and what is in it."""
    return (
        f"{display_usd(row.reserve)} is set aside out of {display_usd(row.on_page)}. It pays "
        "disputed charges and what a provider bills above a cap; no app can spend it."
    )


def drift_text(row: FundingRow, told: Nanos) -> str:
    """Return how what the provider's page shows differs from the books."""
    drift = told - row.on_page
    if not drift:
        return "Both agree: nothing to book."
    side = "more" if drift > 0 else "less"
    return f"The page shows {display_usd(Nanos(abs(drift)))} {side} than these books."


def overrun_notice(alert: OverrunAlert) -> tuple[str, str]:
    """Return title and words of a notice that a provider billed above a cap."""
    total = display_usd(Nanos(alert.from_reserve + alert.uncovered))
    paid = "The reserve paid it"
    if alert.uncovered:
        paid = f"The reserve paid {display_usd(alert.from_reserve)} of it, the balance the rest"
    return (
        "A provider billed above a cap",
        f"A call cost {total} more than its app may spend; the app was not charged that. {paid}.",
    )


def needs_label(name: str) -> bool:
    """Return whether a practice provider's ``name`` does not tell by itself what it is."""
    return _PLAY not in name.lower()


def key_text(row: FundingRow) -> str:
    """Return how the key can be told from others."""
    if row.practice:
        return "no key needed"
    return f"key ends in {row.key_hint}" if row.key_hint else "no key"


def row_text(row: FundingRow) -> str:
    """Return the row as a sentence for those who listen."""
    kind = _PLAY if row.practice else "left"
    return f"{row.name}, {display_usd(row.balance)} {kind}, {figures_text(row)}"


def left_lines(overview: Overview) -> tuple[tuple[str, str], ...]:
    """Return where the money is: a name and what is left there, play money not among it."""
    return _lines([row for row in overview.fundings if not row.practice])


def practice_lines(overview: Overview) -> tuple[tuple[str, str], ...]:
    """Return the play money that is left."""
    return _lines([row for row in overview.fundings if row.practice])


def _lines(rows: Sequence[FundingRow]) -> tuple[tuple[str, str], ...]:
    return tuple((row.name, display_usd(row.balance)) for row in rows)


def provider_line(provider: ProviderChoice) -> str:
    """Return a provider as one line of a list."""
    if provider.near:
        return f"{provider.name} · answers on this computer"
    return f"{provider.name} · on this computer" if provider.local else provider.name


def origin_text(provider: ProviderChoice) -> str:
    """Return where a key comes from, or that none is paid for; empty where neither is known."""
    if provider.local:
        return "Runs on this computer and bills nothing."
    return f"Make a key at {provider.console_url}" if provider.console_url else ""


def near_choices(
    providers: Sequence[ProviderChoice], near: Sequence[Neighbour]
) -> tuple[ProviderChoice, ...]:
    """Return ``providers`` with those that answer on this computer marked, and in front."""
    found = {each.provider for each in near}
    marked = [replace(each, near=each.id in found) for each in providers]
    return tuple(sorted(marked, key=_is_far))


def _is_far(provider: ProviderChoice) -> bool:
    return not provider.near


def near_words(near: Sequence[Neighbour]) -> str:
    """Return what was found on this computer."""
    if not near:
        return "No model server answers at a usual port. Start yours, or give its base URL."
    names = " and ".join(each.name for each in near)
    return f"{names} answered."


def judged_wish(
    provider: ProviderChoice, *, key: str, base_url: str, balance: str
) -> FundingWish | str:
    """Return what is to be added, or the sentence that says what is missing."""
    typed, base = key.strip(), base_url.strip()
    if provider.needs_key and not typed:
        return "Paste the key your provider gave you."
    if not provider.base_url and not base:
        return f"Give its base URL, such as {provider.base_example}."
    amount = Nanos(0) if provider.local else amount_in(balance)
    if isinstance(amount, str):
        return amount
    return FundingWish(
        provider=provider.id, key=typed or None, base_url=base or None, balance=amount
    )
