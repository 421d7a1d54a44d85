"""``wattfare demo``: the whole story, from the first question to the refused call.

The app in it (``sample_app``) knows the public port alone; the wallet's own side, where a person
reads and clicks, is a ``Stage`` that the composition root fulfils with the real windows.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from wattfare_desktop.cli.plain import visible
from wattfare_desktop.cli.sample_app import Reply, SampleApp, Wish
from wattfare_desktop.cli.tables import money, nanos, table
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.core.money import exact_usd

APP_NAME: Final = "Notes AI"
MODEL: Final = "practice/gpt-5"
CALLS: Final = 5
OUTPUT_TOKENS_MAX: Final = 190
"""With real prices of this model, one cent pays for five such answers and no whole sixth."""

_WISH: Final = Wish(
    cap="0.01",
    period="month",
    models=("practice/*",),
    justification="Summarise your notes",
)
_LAST_CALLS_MAX: Final = 20
_PROMPT: Final = "Summarise note {number} of my week in 150 words."
_LIVE_PIECES: Final = 75
_SETTLED_TRIES: Final = 200
_SETTLED_PAUSE_S: Final = 0.025
_PAYMENT_REQUIRED: Final = 402
_UNAUTHORIZED: Final = 401
_OK: Final = 200
_BOOK_HEADS: Final = ("MODEL", "STATUS", "IN", "OUT", "HELD", "COST", "BASIS")


class Stage(Protocol):
    """The wallet's user, who sees its windows and clicks. Each method waits until it is done."""

    def approve(self) -> Sequence[str]:
        """Wait for the approval window, read it, press Approve as soon as it lives.

        Return what the window said, a line each, the pressed button last.
        """

    def tray_line(self, app: str) -> str:
        """Return what the tray menu says of ``app`` now."""

    def revoke(self, app: str) -> None:
        """Revoke ``app`` from the tray menu, and confirm."""

    def photograph_pages(self) -> Sequence[str]:
        """Take pictures of every page, light and dark, where pictures are wanted; return names."""


class Ask(Protocol):
    """Asks the running wallet over its control socket, as any command does."""

    def __call__(self, command: str, arguments: Mapping[str, JsonValue], /) -> JsonValue:
        """Return its answer."""


class StoryFailed(Exception):  # noqa: N818 - it says what happened
    """The story did not go as it must; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The whole story. ``say`` prints a line of the transcript at once."""

    origin: str
    stage: Stage
    ask: Ask
    say: Callable[[str], None]

    def tell(self) -> None:
        """Play it once. Raises StoryFailed where the wallet does not do what it must."""
        app = SampleApp(name=APP_NAME, origin=self.origin)
        try:
            self._introduce()
            self._get_approved(app)
            self._spend(app)
            self._reach_the_cap(app)
            self._show_the_books()
            pictures = self.stage.photograph_pages()
            self._revoke(app)
        finally:
            app.close()
        self._part(pictures)

    def _introduce(self) -> None:
        self.say("Wattfare: the whole story, with play money")
        self.say(f"  The wallet is a temporary one; apps reach it at {self.origin}.")
        self.say("  The practice provider makes up text, but counts and prices it as a real one.")

    def _get_approved(self, app: SampleApp) -> None:
        self._head(1, "An app asks")
        uri = app.request_uri(_WISH)
        self.say(f'  "{app.name}" opens {uri[:48]}…')
        self.ask("authorize", {"uri": uri})
        self._head(2, "You approve")
        *said, pressed = self.stage.approve()
        for line in said:
            self.say(f"  | {visible(line)}")
        self.say(f"  pressed: [ {visible(pressed)} ]")
        granted = app.collect_access()
        self.say("  The app traded its code (PKCE) for an access; it never sees a provider's key.")
        for details in granted["authorization_details"]:
            amount, period = details["cap"]["amount"], details["period"]
            self.say(f"  Granted: {amount} dollars, period: {period}.")

    def _spend(self, app: SampleApp) -> None:
        self._head(3, f"{CALLS} calls, and the figures as they move")
        for number in range(1, CALLS + 1):
            streamed = number % 2 == 0
            reply = self._call(app, number, streamed=streamed)
            _require(reply, _OK, f"call {number}")
            cost = self._settled_call()["cost"]
            spent, limit = self._spent_of_limit()
            self.say(
                f"  call {number}  {'streamed' if streamed else 'whole':8}"
                f"  {reply.input_tokens:>3} in {reply.output_tokens:>4} out"
                f"  cost {money(cost)}  spent {money(spent)} of {money(limit)}"
            )
            self.say(f"          tray: {visible(self.stage.tray_line(app.name))}")

    def _call(self, app: SampleApp, number: int, *, streamed: bool) -> Reply:
        heard_pieces = 0

        def heard(_piece: str) -> None:
            nonlocal heard_pieces
            heard_pieces += 1
            if heard_pieces == _LIVE_PIECES:
                window = self._window()
                self.say(
                    f"          … {heard_pieces} words in: spent {money(window['spent'])}, "
                    f"held for this call {money(window['held'])}"
                )

        return app.call(
            _PROMPT.format(number=number),
            model=MODEL,
            output_tokens_max=OUTPUT_TOKENS_MAX,
            heard=heard if streamed else None,
        )

    def _reach_the_cap(self, app: SampleApp) -> None:
        self._head(4, "The cap is reached")
        for number in range(CALLS + 1, CALLS + _LAST_CALLS_MAX):
            reply = self._call(app, number, streamed=False)
            if reply.status == _PAYMENT_REQUIRED:
                self.say(f"  call {number}  402 Payment Required: {visible(reply.refusal)}")
                break
            _require(reply, _OK, f"call {number}")
            cost = self._settled_call()["cost"]
            spent, limit = self._spent_of_limit()
            self.say(
                f"  call {number}  cut to what fits: {reply.output_tokens} out"
                f"  cost {money(cost)}  spent {money(spent)} of {money(limit)}"
            )
        else:
            raise StoryFailed("the cap was never reached")
        if reply.may_retry:
            raise StoryFailed("the refusal did not tell the app to stop trying")
        self.say("          x-should-retry: false, so the app's SDK asks once and not again")

    def _show_the_books(self) -> None:
        self._head(5, "The books")
        calls = self._calls()
        rows = [
            (
                call["model"],
                call["status"],
                str(call["input_tokens"]),
                str(call["output_tokens"]),
                money(call["hold"]),
                money(call["cost"]),
                call["basis"] or "-",
            )
            for call in reversed(calls)
        ]
        for line in table(_BOOK_HEADS, rows, right=frozenset({2, 3, 4, 5})):
            self.say(f"  {line}")
        total = exact_usd(sum((nanos(call["cost"]) for call in calls), start=nanos("0")))
        spent, limit = self._spent_of_limit()
        if total != spent:
            raise StoryFailed(f"the calls cost {total}, but the window says {spent}")
        self.say(f"  The calls cost {total} dollars, and that is what the app's window says.")
        self.say(f"  Never more than its cap: {money(spent)} of {money(limit)}.")

    def _revoke(self, app: SampleApp) -> None:
        self._head(6, "You revoke, from the tray menu")
        self.stage.revoke(app.name)
        self.say(f'  "{app.name}" is revoked.')
        reply = self._call(app, CALLS + 2, streamed=False)
        _require(reply, _UNAUTHORIZED, "the call after revoking")
        self.say(f"  the next call  401 Unauthorized: {visible(reply.refusal)}")

    def _part(self, pictures: Sequence[str]) -> None:
        if pictures:
            self._head(7, "Pictures")
            for picture in pictures:
                self.say(f"  {visible(picture)}")
        self.say("")
        self.say("That was all of it. `wattfare` starts your own wallet.")

    def _head(self, number: int, title: str) -> None:
        self.say("")
        self.say(f"{number}. {title}")

    def _calls(self) -> list[dict[str, Any]]:
        """Return the calls, newest first."""
        calls = self.ask("activity", {})
        assert isinstance(calls, list)
        return calls

    def _settled_call(self) -> dict[str, Any]:
        """Return the latest call once it is settled: its last byte may be here before."""
        pause = threading.Event()
        for _ in range(_SETTLED_TRIES):
            if (call := self._calls()[0])["status"] != "running":
                return call
            pause.wait(_SETTLED_PAUSE_S)
        raise StoryFailed("a call that was answered is not settled")

    def _window(self) -> dict[str, Any]:
        apps = self.ask("apps", {})
        assert isinstance(apps, list)
        window: dict[str, Any] = apps[0]["windows"][0]
        return window

    def _spent_of_limit(self) -> tuple[str, str]:
        window = self._window()
        return window["spent"], window["limit"]


def _require(reply: Reply, status: int, what: str) -> None:
    if reply.status != status:
        raise StoryFailed(f"{what} was answered with {reply.status}, not {status}: {reply.refusal}")
