"""What each control command does to the wallet, and its answer.

``status``, ``doctor``, ``show``, ``quit`` and what is of the program alone are answered in any
state; a request to spend may come while the wallet is locked; the rest wants an open wallet and
says why not otherwise. Provider keys
come in only here, over a socket private to the user: never in argv.
"""

import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.choice import choose_app, choose_funding
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.shapes import (
    app_shape,
    call_shape,
    finding_shape,
    funding_shape,
    note_shape,
    overview_shape,
    time_text,
)
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import SECOND_MS, FundingId, GrantId, Instant
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import (
    ActivityQuery,
    AppRow,
    CallRow,
    FundingRow,
    GrantNote,
    Overview,
)
from wattfare_desktop.providers.catalogue import Catalogue, KeyPlacement
from wattfare_desktop.system.health import Finding

_OPEN: Final = "open"
_LOCKED: Final = "locked"
_EMPTY: Final[dict[str, JsonValue]] = {
    "balance": None,
    "practice_balance": None,
    "held": None,
    "today": None,
    "month": None,
    "running_calls": 0,
    "unsettled_calls": 0,
    "stuck_windows": [],
    "paused": False,
    "wallet_windows": [],
}


class Added(Protocol):
    """A funding that was added, and what its owner should know about it."""

    @property
    def row(self) -> FundingRow:
        """The new funding."""

    @property
    def warning(self) -> str | None:
        """What could not be checked, say."""


class Near(Protocol):
    """A model server that answers on this machine."""

    @property
    def provider(self) -> str:
        """Which of the catalogue it is."""

    @property
    def name(self) -> str:
        """What its users call it."""

    @property
    def base_url(self) -> str:
        """Where it is reached."""


class Desk(Protocol):
    """Where authorization requests are brought."""

    async def submit_uri(self, uri: str) -> UserFacingError | None:
        """Put a ``wattfare://`` URI before the user; return why not, where it is faulty."""


class WalletOperations(Protocol):
    """What the control socket asks of the wallet; see ``wallet.wallet`` for their meaning."""

    @property
    def state(self) -> str:
        """One of absent, locked, open, broken."""

    @property
    def trouble(self) -> UserFacingError | None:
        """Why it is locked or broken."""

    @property
    def desk(self) -> Desk:
        """Where authorization requests are brought."""

    @property
    def catalogue(self) -> Catalogue:
        """The providers it knows."""

    async def overview(self) -> Overview: ...  # noqa: D102 - the wallet's own words
    async def apps(self) -> tuple[AppRow, ...]: ...  # noqa: D102
    async def activity(self, query: ActivityQuery) -> tuple[CallRow, ...]: ...  # noqa: D102
    async def fundings(self) -> tuple[FundingRow, ...]: ...  # noqa: D102
    async def history(self, grant_id: GrantId) -> tuple[GrantNote, ...]: ...  # noqa: D102
    async def pause(self, grant_id: GrantId) -> None: ...  # noqa: D102
    async def resume(self, grant_id: GrantId) -> None: ...  # noqa: D102
    async def revoke(self, grant_id: GrantId) -> None: ...  # noqa: D102
    async def add_funding(  # noqa: D102
        self, provider: str, *, key: str | None, base_url: str | None, balance: Nanos
    ) -> Added: ...
    async def neighbours(self) -> Sequence[Near]: ...  # noqa: D102
    async def top_up(self, funding_id: FundingId, amount: Nanos) -> FundingRow: ...  # noqa: D102
    async def remove_funding(self, funding_id: FundingId) -> None: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The process around the wallet, as its command line sees it.

    ``port`` is None until the public port is open. ``consent`` is ``window``, ``terminal`` or
    ``deny``. ``show`` brings the window up, given an activation token of the desktop or "": None
    where there are no windows. ``examine`` looks at what only a running wallet knows: port, ledger,
    keyring, tray, providers. All are called on the wallet's loop and must not block.
    """

    version: str
    consent: str
    started_at: Instant
    port: Callable[[], int | None]
    show: Callable[[str], None] | None
    quit: Callable[[], None]
    examine: Callable[[], Awaitable[Sequence[Finding]]]


Command = Callable[[Arguments], Coroutine[None, None, JsonValue]]
Family = Mapping[str, Command]
"""Commands of one subject."""


class Operations:
    """Answers control commands out of one wallet.

    Each of ``families`` brings its own, which want an open wallet; ``in_any_state`` are those that
    do not.
    """

    def __init__(
        self,
        *,
        wallet: WalletOperations,
        host: Host,
        now: Callable[[], Instant],
        families: Sequence[Family] = (),
        in_any_state: Family | None = None,
    ) -> None:
        self._wallet = wallet
        self._host = host
        self._now = now
        self._in_any_state: dict[str, Command] = {
            "status": self._status,
            "doctor": self._doctor,
            "show": self._show,
            "quit": self._quit,
            "authorize": self._authorize,
            **(in_any_state or {}),
        }
        self._while_open: dict[str, Command] = {
            "apps": self._apps,
            "apps history": self._history,
            "pause": self._pause,
            "resume": self._resume,
            "revoke": self._revoke,
            "activity": self._activity,
            "funding list": self._funding_list,
            "funding providers": self._funding_providers,
            "funding find": self._funding_find,
            "funding add": self._funding_add,
            "funding top-up": self._funding_top_up,
            "funding remove": self._funding_remove,
        }
        for family in families:
            assert not family.keys() & self._while_open.keys(), "one command has one answer"
            self._while_open |= family

    async def __call__(self, command: str, sent: Mapping[str, JsonValue], /) -> JsonValue:
        """Return the answer to ``command``; UserFacingError where it is refused."""
        arguments = Arguments(sent)
        if (always := self._in_any_state.get(command)) is not None:
            return await always(arguments)
        operation = self._while_open.get(command)
        if operation is None:
            raise UserFacingError(
                "The running wallet does not know this command",
                "It may be of another version: quit it and start it again.",
            )
        if self._wallet.state != _OPEN:
            raise self._closed()
        return await operation(arguments)

    def _closed(self) -> UserFacingError:
        if self._wallet.state == "absent":
            return UserFacingError(
                "There is no wallet here yet",
                "Set it up in its window, or start `wattfare serve --passphrase-file FILE`.",
            )
        if self._wallet.trouble is not None:
            return self._wallet.trouble
        return UserFacingError(
            "The wallet is locked", "Unlock it in its window, or start it with --passphrase-file."
        )

    async def _status(self, _arguments: Arguments) -> JsonValue:
        state = str(self._wallet.state)
        trouble = self._wallet.trouble
        figures = overview_shape(await self._wallet.overview()) if state == _OPEN else _EMPTY
        return {
            "state": state,
            "locked": state != _OPEN,
            "port": self._host.port(),
            "pid": os.getpid(),
            "version": self._host.version,
            "consent": self._host.consent,
            "started_at": time_text(self._host.started_at),
            "trouble": None if trouble is None else _told(trouble),
            **figures,
        }

    async def _doctor(self, _arguments: Arguments) -> JsonValue:
        return [finding_shape(finding) for finding in await self._host.examine()]

    async def _show(self, arguments: Arguments) -> JsonValue:
        if self._host.show is None:
            raise UserFacingError(
                "The running wallet has no windows",
                f"It was started with `wattfare serve` (process {os.getpid()}). "
                "Stop that one first to get the tray.",
            )
        self._show_if_possible(arguments)
        return None

    def _show_if_possible(self, arguments: Arguments) -> None:
        if self._host.show is not None:
            self._host.show(arguments.optional_text("activation_token") or "")

    async def _quit(self, _arguments: Arguments) -> JsonValue:
        self._host.quit()
        return None

    async def _authorize(self, arguments: Arguments) -> JsonValue:
        uri = arguments.text("uri")
        # A locked wallet keeps the request and lets its user unlock; any other shows what it is.
        if self._wallet.state not in {_OPEN, _LOCKED}:
            self._show_if_possible(arguments)
            raise self._closed()
        # Returns once it is asked: the person takes up to two minutes to answer.
        fault = await self._wallet.desk.submit_uri(uri)
        if fault is not None:
            raise fault
        return None

    async def _apps(self, _arguments: Arguments) -> JsonValue:
        return [app_shape(app) for app in await self._wallet.apps()]

    async def _history(self, arguments: Arguments) -> JsonValue:
        app = choose_app(await self._wallet.apps(), arguments.text("app"))
        notes = await self._wallet.history(app.id)
        return {**app_shape(app), "history": [note_shape(note) for note in notes]}

    async def _pause(self, arguments: Arguments) -> JsonValue:
        return await self._change_app(arguments, self._wallet.pause)

    async def _resume(self, arguments: Arguments) -> JsonValue:
        return await self._change_app(arguments, self._wallet.resume)

    async def _revoke(self, arguments: Arguments) -> JsonValue:
        return await self._change_app(arguments, self._wallet.revoke)

    async def _change_app(
        self, arguments: Arguments, change: Callable[[GrantId], Awaitable[None]]
    ) -> JsonValue:
        app = choose_app(await self._wallet.apps(), arguments.text("app"))
        await change(app.id)
        for row in await self._wallet.apps():
            if row.id == app.id:
                return app_shape(row)
        return app_shape(app)

    async def _activity(self, arguments: Arguments) -> JsonValue:
        app = arguments.optional_text("app")
        ago_s = arguments.seconds("since_s")
        query = ActivityQuery(
            app=None if app is None else choose_app(await self._wallet.apps(), app).id,
            since=None if ago_s is None else Instant(self._now() - ago_s * SECOND_MS),
            only_failed=arguments.flag("failed"),
        )
        return [call_shape(call) for call in await self._wallet.activity(query)]

    async def _funding_list(self, _arguments: Arguments) -> JsonValue:
        return [funding_shape(row) for row in await self._wallet.fundings()]

    async def _funding_providers(self, _arguments: Arguments) -> JsonValue:
        return [
            {
                "id": provider.id,
                "name": provider.name,
                "needs_key": provider.needs_key,
                "takes_key": provider.auth is not KeyPlacement.NONE,
                "base_url": provider.base_url or provider.base_example,
                "needs_base_url": provider.needs_base,
                "tells_balance": provider.balance_shape is not None,
                "local": provider.local,
                "console_url": provider.console_url,
            }
            for provider in self._wallet.catalogue
        ]

    async def _funding_find(self, _arguments: Arguments) -> JsonValue:
        return [
            {"provider": near.provider, "name": near.name, "base_url": near.base_url}
            for near in await self._wallet.neighbours()
        ]

    async def _funding_add(self, arguments: Arguments) -> JsonValue:
        added = await self._wallet.add_funding(
            arguments.text("provider"),
            key=arguments.optional_text("key"),
            base_url=arguments.optional_text("base_url"),
            balance=arguments.amount("balance"),
        )
        return {**funding_shape(added.row), "warning": added.warning}

    async def _funding_top_up(self, arguments: Arguments) -> JsonValue:
        funding = await self._chosen_funding(arguments)
        return funding_shape(await self._wallet.top_up(funding.id, arguments.amount("amount")))

    async def _funding_remove(self, arguments: Arguments) -> JsonValue:
        funding = await self._chosen_funding(arguments)
        await self._wallet.remove_funding(funding.id)
        return funding_shape(funding)

    async def _chosen_funding(self, arguments: Arguments) -> FundingRow:
        return choose_funding(await self._wallet.fundings(), arguments.text("funding"))


def _told(error: UserFacingError) -> dict[str, JsonValue]:
    return {"title": error.title, "detail": error.detail}
