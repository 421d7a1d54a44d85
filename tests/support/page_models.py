"""Models and prices that do at once what the window asks of them, and note it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tests.support.sample_rows import NOW
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import DAY_MS, later
from wattfare_desktop.core.metering.own_prices import OwnPrice
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.ui.presentation.pricing import PriceWish
from wattfare_desktop.wallet.aliases import Aliases
from wattfare_desktop.wallet.price_updates import PriceNews, PriceState

FAST = ("groq/llama-3.3-70b-versatile", "openai/gpt-5-mini")
ALIASES = Aliases(by_name={"fast": FAST, "careful": ("anthropic/claude-sonnet-4-5",)})
OWN = OwnPrice(
    provider="groq",
    model="llama-5-preview",
    usd={
        UnitKind.INPUT: Decimal("0.05"),
        UnitKind.OUTPUT: Decimal("0.08"),
        UnitKind.WEB_SEARCH: Decimal("0.01"),
    },
    context_window_tokens=131_072,
    set_at=later(NOW, -5 * DAY_MS),
)
CAME = PriceState(version="genai-prices 0.2.3", daily=False)
FETCHED = PriceState(
    version="genai-prices of 2026-11-23 (8f2a11c0)",
    daily=False,
    fetched_on="2026-11-23",
    news=PriceNews(changed=14, added=3),
)
KNOWN = ("groq/llama-3.3-70b-versatile", "ollama/llama3.2", "openai/gpt-5-mini")


@dataclass(kw_only=True)
class PageModels:
    """`refusal` is what every act meets while it is set."""

    kept: Aliases = ALIASES
    prices: tuple[OwnPrice, ...] = (OWN,)
    state: PriceState = CAME
    newer: PriceState = FETCHED
    refusal: UserFacingError | None = None
    told: list[tuple[object, ...]] = field(default_factory=list)

    async def aliases(self) -> Aliases:
        return self.kept

    async def set_alias(self, name: str, models: Sequence[str]) -> None:
        self._note("set_alias", name, tuple(models))
        by_name = {each: told for each, told in self.kept.by_name.items() if each != name}
        self.kept = replace(
            self.kept, by_name={**by_name, name: tuple(models)} if models else by_name
        )

    async def set_at_cap(self, model: str | None) -> None:
        self._note("set_at_cap", model)
        self.kept = replace(self.kept, at_cap=model)

    async def known_models(self, *, only_free: bool = False) -> tuple[str, ...]:
        return tuple(name for name in KNOWN if name.startswith("ollama/") or not only_free)

    async def own_prices(self) -> tuple[OwnPrice, ...]:
        return self.prices

    async def set_price(self, wish: PriceWish) -> None:
        self._note("set_price", wish)

    async def remove_price(self, name: str) -> None:
        self._note("remove_price", name)
        self.prices = ()

    async def price_state(self) -> PriceState:
        return self.state

    async def update_prices(self) -> PriceState:
        self._note("update_prices")
        self.state = replace(self.newer, daily=self.state.daily)
        return self.state

    async def fetch_daily(self, *, daily: bool) -> PriceState:
        self._note("fetch_daily", daily)
        self.state = replace(self.state, daily=daily)
        return self.state

    async def forget_prices(self) -> PriceState:
        self._note("forget_prices")
        self.state = CAME
        return self.state

    def _note(self, *words: object) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.told.append(words)
