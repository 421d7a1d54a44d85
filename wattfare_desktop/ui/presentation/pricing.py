"""The prices a user sets, and the price table: what is said of them, and what is typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from decimal import Decimal
from typing import Final, Protocol

from wattfare_desktop.core.metering.own_prices import TOKENS_MAX, OwnPrice, read_dollars
from wattfare_desktop.core.metering.units import TOKEN_KINDS, UnitKind
from wattfare_desktop.core.receipts import dollars
from wattfare_desktop.ui.presentation.moments import date_text, day_text
from wattfare_desktop.ui.presentation.units import KIND_WORDS

PER_MILLION: Final = (UnitKind.INPUT, UnitKind.OUTPUT, UnitKind.CACHED_READ)
EACH: Final = (UnitKind.REQUEST, UnitKind.IMAGE, UnitKind.RUN)
SINGLE_WORDS: Final = {
    UnitKind.REQUEST: "Each request",
    UnitKind.IMAGE: "Each picture",
    UnitKind.RUN: "Each run",
    UnitKind.WEB_SEARCH: "Each web search",
    UnitKind.FILE_SEARCH: "Each file search",
    UnitKind.CODE_EXECUTION: "Each code run",
    UnitKind.PAGE: "Each page",
    UnitKind.CHARACTER: "A million characters",
    UnitKind.AUDIO_MILLISECOND: "A second of sound",
}


class PriceNews(Protocol):
    """How many models cost something else than before, and how many are new."""

    @property
    def changed(self) -> int: ...  # noqa: D102 - told above
    @property
    def added(self) -> int: ...  # noqa: D102


class PriceTable(Protocol):
    """Which prices are in use; see ``wallet.price_updates``."""

    @property
    def version(self) -> str: ...  # noqa: D102 - the wallet's own words
    @property
    def fetched_on(self) -> str | None: ...  # noqa: D102
    @property
    def news(self) -> PriceNews | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceWish:
    """What ``model``, as ``provider/model``, shall cost; ``usd`` as in ``OwnPrice``."""

    model: str
    usd: Mapping[UnitKind, Decimal] = field(default_factory=dict)
    context_window_tokens: int | None = None
    max_output_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedPrice:
    """What stands in the fields. ``others`` are kinds that have no field, kept as they are."""

    model: str
    usd: Mapping[UnitKind, str]
    context_window: str = ""
    max_output: str = ""
    others: Mapping[UnitKind, Decimal] = field(default_factory=dict)


def full_name(own: OwnPrice) -> str:
    """Return what the price is for: ``"openai/gpt-5"``."""
    return f"{own.provider}/{own.model}"


def price_text(own: OwnPrice, zone: tzinfo) -> str:
    """Return what a model costs on its user's word, and since when."""
    parts = []
    tokens = [
        f"{KIND_WORDS[kind].lower()} ${dollars(usd)}"
        for kind, usd in own.usd.items()
        if kind in TOKEN_KINDS
    ]
    if tokens:
        parts.append(f"A million text units (tokens): {', '.join(tokens)}")
    parts += singles(own.usd)
    parts.append(f"set {date_text(own.set_at, zone)}")
    return " · ".join(parts)


def singles(usd: Mapping[UnitKind, Decimal]) -> list[str]:
    """Return what is paid for other than text units."""
    return [
        f"{SINGLE_WORDS[kind].lower()} ${dollars(price)}"
        for kind, price in usd.items()
        if kind in SINGLE_WORDS
    ]


def kept_text(others: Mapping[UnitKind, Decimal]) -> str:
    """Return what stays of a price beside the fields; "" where that is nothing."""
    tokens = [
        f"{KIND_WORDS[kind].lower()} ${dollars(usd)} a million"
        for kind, usd in others.items()
        if kind in TOKEN_KINDS
    ]
    words = ", ".join([*tokens, *singles(others)])
    return f"Stays as it is: {words}." if words else ""


def judged_price(typed: TypedPrice) -> PriceWish | str:
    """Return what is to be kept, or the sentence that says what is missing."""
    provider, _, name = typed.model.strip().partition("/")
    if not provider or not name:
        return "Name the model with its provider, such as openai/gpt-5-mini."
    usd = dict(typed.others)
    for kind, words in typed.usd.items():
        if words.strip():
            try:
                usd[kind] = read_dollars(words.strip().removeprefix("$"))
            except ValueError as error:
                return _sentence(error)
    bounds = [_tokens(typed.context_window), _tokens(typed.max_output)]
    for bound in bounds:
        if isinstance(bound, str):
            return bound
    window, output = (bound if isinstance(bound, int) else None for bound in bounds)
    return _objection(usd) or PriceWish(
        model=f"{provider}/{name}", usd=usd, context_window_tokens=window, max_output_tokens=output
    )


def table_facts(state: PriceTable) -> tuple[tuple[str, str], ...]:
    """Return which price table is in use, and where it is from."""
    fetched = "never: these came with Wattfare"
    if state.fetched_on is not None:
        day = date.fromisoformat(state.fetched_on)
        fetched = f"{day_text(day)} {day.year}"
    return (("In use", state.version), ("Fetched", fetched))


def news_text(state: PriceTable) -> str:
    """Return what an update brought."""
    news = state.news
    if news is None or not (news.changed or news.added):
        return "You have the newest prices: nothing costs anything else than before."
    parts = []
    if news.changed:
        models = "1 model costs" if news.changed == 1 else f"{news.changed:,} models cost"
        parts.append(f"{models} something else")
    if news.added:
        parts.append("1 is new" if news.added == 1 else f"{news.added:,} are new")
    return f"Newer prices are in use: {' and '.join(parts)}."


def _objection(usd: Mapping[UnitKind, Decimal]) -> str:
    if not usd:
        return "Give at least one price."
    if usd.keys() & set(TOKEN_KINDS) and UnitKind.INPUT not in usd:
        return "Say what is sent costs too: 0 where it costs nothing."
    return ""


def _tokens(typed: str) -> int | str | None:
    plain = typed.strip().replace(",", "").replace(" ", "")
    if not plain:
        return None
    if not plain.isdecimal() or not 0 < int(plain) <= TOKENS_MAX:
        return f"A limit is a whole number from 1 to {TOKENS_MAX:,}."
    return int(plain)


def _sentence(error: ValueError) -> str:
    words = str(error)
    return f"{words[:1].upper()}{words[1:]}."
