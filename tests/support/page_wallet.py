"""A wallet of frozen rows for the window, which notes what it was told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path

from tests.support.page_books import PageBooks
from tests.support.page_models import PageModels
from tests.support.page_updates import PageUpdates
from tests.support.sample_rows import CALLS, DAILY, NOW, OVERVIEW, items_of
from wattfare_desktop.core.disputes import Dispute, DisputeEvent, DisputeReason
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.fees import NO_FEE, Fee
from wattfare_desktop.core.identifiers import CallId, ClientId, FundingId, GrantId, Instant
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.oauth.bindings import Allowed
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.receipts import Receipt
from wattfare_desktop.core.reports import (
    ActivityQuery,
    BlockedRow,
    CallRow,
    CallStatus,
    DaySpend,
    GrantNote,
    Overview,
    SeenProgram,
)
from wattfare_desktop.core.watching.alerts import Alert
from wattfare_desktop.system.health import Finding
from wattfare_desktop.system.program_files import program_in
from wattfare_desktop.system.scheme import SchemeOwner, SchemeStatus
from wattfare_desktop.system.settings import Appearance
from wattfare_desktop.ui.presentation.books import Doubted
from wattfare_desktop.ui.presentation.calls import is_problem
from wattfare_desktop.ui.presentation.closed import Closed
from wattfare_desktop.ui.presentation.funding import ProviderChoice
from wattfare_desktop.ui.surroundings import Surroundings
from wattfare_desktop.wallet.lookout import Neighbour
from wattfare_desktop.wallet.preferences import Preferences

_PROGRAM = "/opt/notes-ai/lib/runtime/bin/notes-ai-desktop"
FINDINGS = (
    Finding(name="keyring", ok=True, detail="SecretService"),
    Finding(
        name="scheme",
        ok=False,
        detail="no program takes wattfare:// links",
        remedy="Let Wattfare take them when it next starts.",
    ),
)
PROVIDERS = (
    ProviderChoice(
        id="openai",
        name="OpenAI",
        base_url="https://api.openai.com/v1",
        console_url="https://platform.openai.com/api-keys",
    ),
    ProviderChoice(
        id="deepseek",
        name="DeepSeek",
        base_url="https://api.deepseek.com",
        console_url="",
        tells_balance=True,
    ),
    ProviderChoice(
        id="azure",
        name="Microsoft Azure",
        base_url="",
        base_example="https://YOUR-RESOURCE.openai.azure.com/openai/v1",
        console_url="",
    ),
    ProviderChoice(
        id="vllm",
        name="vLLM",
        base_url="http://127.0.0.1:8000/v1",
        console_url="",
        needs_key=False,
        local=True,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Added:
    warning: str | None


@dataclass(kw_only=True)
class PageWallet:
    """Open; `refusal` is what every act meets while it is set."""

    shown: Overview | None = OVERVIEW
    calls: Sequence[CallRow] = CALLS
    daily: Sequence[DaySpend] = DAILY
    notes: tuple[GrantNote, ...] = ()
    seen: tuple[SeenProgram, ...] = ()
    blocked: tuple[BlockedRow, ...] = ()
    unusual: tuple[Alert, ...] = ()
    kept: Preferences = field(default_factory=Preferences)
    warning: str | None = None
    near: Sequence[Neighbour] = ()
    left_usd: str = "7.00"
    disputed: Dispute | None = None
    standing: Closed = field(default_factory=Closed)
    doubted: Doubted | None = None
    fee_kept: Fee = NO_FEE
    books: PageBooks = field(default_factory=PageBooks)
    models: PageModels = field(default_factory=PageModels)
    refusal: UserFacingError | None = None
    told: list[tuple[object, ...]] = field(default_factory=list)
    queries: list[ActivityQuery] = field(default_factory=list)

    async def overview(self) -> Overview | None:
        return self.shown

    async def closed(self) -> Closed:
        return self.standing

    async def activity(self, query: ActivityQuery) -> tuple[CallRow, ...]:
        self.queries.append(query)
        asked = [row for row in self.calls if _matches(row, query)] if _asks(query) else self.calls
        return tuple(asked[query.offset : query.offset + (query.limit or len(asked))])

    async def daily_spend(self, days: int, app: GrantId | None = None) -> tuple[DaySpend, ...]:
        assert days > 0
        return tuple(row for row in self.daily if app in (None, row.app))

    async def alerts(self) -> tuple[Alert, ...]:
        return self.unusual

    async def see_alerts(self) -> None:
        self._note("see_alerts")

    async def say_mine(self, alert: int) -> None:
        self._note("say_mine", alert)

    async def pause(self, app: GrantId) -> None:
        self._note("pause", app)

    async def resume(self, app: GrantId) -> None:
        self._note("resume", app)

    async def revoke(self, app: GrantId) -> None:
        self._note("revoke", app)

    async def pause_all(self) -> None:
        self._note("pause_all")

    async def resume_all(self) -> None:
        self._note("resume_all")

    async def blocked_apps(self) -> tuple[BlockedRow, ...]:
        return self.blocked

    async def unblock(self, client: ClientId) -> None:
        self._note("unblock", client)
        self.blocked = tuple(row for row in self.blocked if row.client != client)

    async def set_caps(self, app: GrantId, caps: Sequence[Cap]) -> None:
        self._note("set_caps", app, tuple(caps))

    async def allow_raise(self, app: GrantId, *, allowed: bool) -> None:
        self._note("allow_raise", app, allowed)

    async def programs(self, app: GrantId) -> tuple[SeenProgram, ...]:
        assert app
        return self.seen

    async def program_in(self, chosen: Path) -> str:
        return program_in(chosen)

    async def allow(self, app: GrantId, allowed: Allowed) -> None:
        self._note("allow", app, allowed)

    async def set_call_limit(self, app: GrantId, limit: Nanos | None) -> None:
        self._note("set_call_limit", app, limit)

    async def set_wallet_call_limit(self, limit: Nanos | None) -> None:
        self._note("set_wallet_call_limit", limit)

    async def history(self, app: GrantId) -> tuple[GrantNote, ...]:
        assert app
        return self.notes

    async def set_wallet_caps(self, caps: Sequence[Cap]) -> None:
        self._note("set_wallet_caps", tuple(caps))

    async def neighbours(self) -> Sequence[Neighbour]:
        self._note("neighbours")
        return self.near

    async def told_balance(self, funding: FundingId) -> Nanos:
        self._note("told_balance", funding)
        return parse_usd(self.left_usd)

    async def add_funding(
        self, provider: str, *, key: str | None, base_url: str | None, balance: Nanos
    ) -> Added:
        self._note("add_funding", provider, key, base_url, balance)
        return Added(warning=self.warning)

    async def top_up(self, funding: FundingId, amount: Nanos) -> None:
        self._note("top_up", funding, amount)

    async def remove_funding(self, funding: FundingId) -> None:
        self._note("remove_funding", funding)

    async def add_to_reserve(self, funding: FundingId, amount: Nanos) -> None:
        self._note("add_to_reserve", funding, amount)

    async def take_from_reserve(self, funding: FundingId, amount: Nanos) -> None:
        self._note("take_from_reserve", funding, amount)

    async def reconcile(self, funding: FundingId, told: Nanos) -> None:
        self._note("reconcile", funding, told)

    async def receipt(self, call: CallId) -> Receipt:
        if self.refusal is not None:
            raise self.refusal
        row = next(row for row in self.calls if row.call == call)
        return Receipt(call=row, items=items_of(row), provider_request="req_8f2a", program=_PROGRAM)

    async def save_receipt(self, call: CallId, path: Path) -> None:
        self._note("save_receipt", call, path)

    async def settle_call(self, call: CallId, billed: Nanos) -> None:
        self._note("settle_call", call, billed)

    async def reset_windows(self) -> None:
        self._note("reset_windows")

    async def dispute_of(self, call: CallId) -> Dispute | None:
        return self.disputed if self.disputed is not None and self.disputed.call == call else None

    async def dispute(self, call: CallId, reason: DisputeReason) -> Dispute:
        self._note("dispute", call, reason)
        assert self.disputed is not None
        return self.disputed

    async def decide_dispute(self, call: CallId, event: DisputeEvent) -> Dispute:
        self._note("decide_dispute", call, event)
        assert self.disputed is not None
        return self.disputed

    async def preferences(self) -> Preferences:
        return self.kept

    async def set_preferences(self, chosen: Preferences) -> None:
        self._note("set_preferences", chosen)
        self.kept = chosen

    async def doubt(self) -> Doubted | None:
        return self.doubted

    async def fee(self) -> Fee:
        return self.fee_kept

    async def set_fee(self, fee: Fee) -> None:
        self._note("set_fee", fee)
        self.fee_kept = fee

    def _note(self, *words: object) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.told.append(words)


@dataclass(kw_only=True)
class SwitchedAutostart:
    on: bool = False
    refusal: UserFacingError | None = None

    def is_on(self) -> bool:
        return self.on

    def turn_on(self) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.on = True

    def turn_off(self) -> None:
        self.on = False


@dataclass(kw_only=True)
class NotedScheme:
    owner: SchemeOwner = SchemeOwner.NONE

    def status(self) -> SchemeStatus:
        who = "another.desktop" if self.owner is SchemeOwner.OTHER else ""
        return SchemeStatus(owner=self.owner, who=who)

    def register(self) -> None:
        self.owner = SchemeOwner.OURS

    def remove(self) -> None:
        self.owner = SchemeOwner.NONE


def surroundings(
    *,
    autostart: SwitchedAutostart | None = None,
    scheme: NotedScheme | None = None,
    choose: Callable[[Appearance], None] = lambda _appearance: None,
    findings: Sequence[Finding] = FINDINGS,
    updates: PageUpdates | None = None,
) -> Surroundings:
    """Return what the window is told around a `PageWallet`, at noon UTC."""

    def now() -> Instant:
        return NOW

    def zone() -> tzinfo:
        return UTC

    def price_version() -> str:
        return "genai-prices 0.2.3"

    async def examine() -> Sequence[Finding]:
        return findings

    return Surroundings(
        now=now,
        zone=zone,
        providers=PROVIDERS,
        practice="practice",
        autostart=autostart or SwitchedAutostart(),
        scheme=scheme or NotedScheme(),
        appearance=Appearance.SYSTEM,
        choose_appearance=choose,
        examine=examine,
        port=8402,
        home="/home/ada/.local/share/wattfare",
        price_version=price_version,
        version="0.1.0",
        updates=updates or PageUpdates(),
    )


def _asks(query: ActivityQuery) -> bool:
    narrowed = query.only_failed or query.only_unsettled
    return bool(query.app or query.since or narrowed or query.text)


def _matches(row: CallRow, query: ActivityQuery) -> bool:
    words = f"{row.app_name} {row.provider}/{row.model}".lower()
    return (
        query.app in (None, row.app)
        and (query.since is None or row.started_at >= query.since)
        and (is_problem(row) or not query.only_failed)
        and (row.status is CallStatus.UNSETTLED or not query.only_unsettled)
        and query.text.lower() in words
    )
