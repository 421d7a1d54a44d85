"""The story of the demo, told against a scripted wallet: it insists on each of its turns."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from tests.support.scripted_port import ScriptedPort, query_of, redirect
from wattfare_desktop.cli.demo import CALLS, Story, StoryFailed
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.core.money import Nanos, exact_usd

COST = 1_930_000
CAP = 10_000_000


class PlayedWallet:
    """The wallet behind the port: approves by itself, counts calls, refuses the sixth."""

    def __init__(self, port: ScriptedPort) -> None:
        self._port = port
        self.revoked = False
        self.uri = ""
        self.window_spent: int | None = None
        self.revoked_status = 401

    def ask(self, command: str, arguments: Mapping[str, JsonValue], /) -> JsonValue:
        self._refuse_what_must_be()
        if command == "authorize":
            self.uri = str(arguments["uri"])
            return None
        served = min(len(self._port.calls), CALLS)
        if command == "activity":
            return [self._call() for _ in range(served)]
        spent = served * COST if self.window_spent is None else self.window_spent
        window: dict[str, JsonValue] = {
            "period": "month",
            "limit": exact_usd(Nanos(CAP)),
            "spent": exact_usd(Nanos(spent)),
            "held": exact_usd(Nanos(0)),
        }
        return [{"windows": [window]}]

    def approve(self) -> Sequence[str]:
        asked = query_of(self.uri)
        redirect(asked, {"code": "c", "state": asked["state"], "iss": self._port.origin})
        return ["“Notes AI” (unverified)", "Approve $0.01 a month"]

    def tray_line(self, app: str) -> str:
        return f"{app}   $0.0019 of $0.01 a month"

    def revoke(self, app: str) -> None:
        assert app == "Notes AI"
        self._port.refusal = (self.revoked_status, {"error": {"message": "It is revoked."}})

    def photograph_pages(self) -> Sequence[str]:
        return ["overview-light.png"]

    def _refuse_what_must_be(self) -> None:
        if len(self._port.calls) == CALLS and self._port.refusal is None:
            self._port.refusal = (402, {"error": {"message": "The cap is reached."}})

    def _call(self) -> dict[str, JsonValue]:
        return {
            "model": "gpt-5",
            "status": "settled",
            "input_tokens": 12,
            "output_tokens": 3,
            "hold": exact_usd(Nanos(2 * COST)),
            "cost": exact_usd(Nanos(COST)),
            "basis": "reported",
        }


@pytest.fixture
def port() -> Iterator[ScriptedPort]:
    port = ScriptedPort()
    yield port
    port.close()


@pytest.fixture
def wallet(port: ScriptedPort) -> PlayedWallet:
    return PlayedWallet(port)


def tell(port: ScriptedPort, wallet: PlayedWallet) -> list[str]:
    lines: list[str] = []
    Story(origin=port.origin, stage=wallet, ask=wallet.ask, say=lines.append).tell()
    return lines


def test_the_whole_story_has_its_real_figures(port: ScriptedPort, wallet: PlayedWallet) -> None:
    told = "\n".join(tell(port, wallet))

    assert wallet.uri.startswith("wattfare://authorize?")
    assert [bool(call.get("stream")) for _, call in port.calls] == [
        False,
        True,
        False,
        True,
        False,
        False,
        False,
    ]
    assert "pressed: [ Approve $0.01 a month ]" in told
    assert "cost $0.0019  spent $0.0097 of $0.01" in told
    assert "402 Payment Required: The cap is reached." in told
    assert "The calls cost 0.009650000 dollars" in told
    assert "401 Unauthorized: It is revoked." in told
    assert "overview-light.png" in told


def test_books_that_do_not_add_up_end_the_story(port: ScriptedPort, wallet: PlayedWallet) -> None:
    wallet.window_spent = COST

    with pytest.raises(StoryFailed, match="the window says"):
        tell(port, wallet)


def test_a_revoked_app_that_is_served_ends_the_story(
    port: ScriptedPort, wallet: PlayedWallet
) -> None:
    wallet.revoked_status = 403

    with pytest.raises(StoryFailed, match="after revoking"):
        tell(port, wallet)


def test_no_access_is_ever_told(port: ScriptedPort, wallet: PlayedWallet) -> None:
    told: Any = "\n".join(tell(port, wallet))

    assert "wf_at_" not in told
