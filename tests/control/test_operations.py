"""Each command's effect on the wallet and the JSON it answers with."""

import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.report_rows import APP, CALL, FUNDING, NOON
from tests.support.scripted_wallet import ScriptedWallet
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.operations import Host, Operations
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import DAY_MS, GrantId, Instant
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.reports import ActivityQuery, GrantNote
from wattfare_desktop.providers.catalogue import Catalogue, KeyPlacement, parse_catalogue
from wattfare_desktop.system.health import Finding
from wattfare_desktop.wallet.lookout import Neighbour

URI = "wattfare://authorize?client_id=Notes"


@dataclass(kw_only=True)
class Surroundings:
    """The process around a scripted wallet, and its operations."""

    wallet: ScriptedWallet = field(default_factory=ScriptedWallet)
    port: int | None = 8402
    has_windows: bool = True
    shown: list[str] = field(default_factory=list)
    quits: int = 0

    async def ask(self, command: str, **arguments: JsonValue) -> Any:
        host = Host(
            version="1.2.3",
            consent="window",
            started_at=NOON,
            port=lambda: self.port,
            show=self.shown.append if self.has_windows else None,
            quit=self._quit,
            examine=self._examine,
        )
        operations = Operations(wallet=self.wallet, host=host, now=lambda: NOON)
        return await operations(command, arguments)

    def _quit(self) -> None:
        self.quits += 1

    async def _examine(self) -> list[Finding]:
        return [Finding(name="ledger", ok=False, detail="Wrong.", remedy="Restore it.")]


@pytest.fixture
def around() -> Surroundings:
    wallet = ScriptedWallet(app_rows=[APP], call_rows=[CALL], funding_rows=[FUNDING])
    return Surroundings(wallet=wallet)


async def test_status_of_an_open_wallet(around: Surroundings) -> None:
    status = await around.ask("status")

    assert status["port"] == 8402
    assert status["locked"] is False
    assert status["state"] == "open"
    assert status["balance"] == "20.000000000"
    assert status["running_calls"] == 1
    assert status["consent"] == "window"
    assert status["started_at"] == "2026-11-23T12:00:00.000Z"


@pytest.mark.parametrize("state", ["absent", "locked", "broken"])
async def test_status_of_a_wallet_that_is_not_open(around: Surroundings, state: str) -> None:
    around.wallet.state = state
    around.wallet.trouble = UserFacingError("Why", "What to do.")
    around.port = None

    status = await around.ask("status")

    assert status["locked"] is True
    assert status["port"] is None
    assert status["balance"] is None
    assert status["running_calls"] == 0
    assert status["trouble"] == {"title": "Why", "detail": "What to do."}


async def test_status_has_the_same_keys_in_every_state(around: Surroundings) -> None:
    opened = await around.ask("status")
    around.wallet.state = "locked"

    assert set(await around.ask("status")) == set(opened)


async def test_a_locked_wallet_does_nothing_else(around: Surroundings) -> None:
    around.wallet.state = "locked"
    for command in ("apps", "revoke", "activity", "funding list", "funding add"):
        with pytest.raises(UserFacingError, match="locked"):
            await around.ask(command, app="Notes AI")

    assert around.wallet.app_rows == [APP]


async def test_a_locked_wallet_takes_a_request(around: Surroundings) -> None:
    around.wallet.state = "locked"
    assert await around.ask("authorize", uri=URI) is None

    assert around.wallet.desk.uris == [URI]


@pytest.mark.parametrize("state", ["absent", "broken"])
async def test_a_wallet_that_cannot_be_unlocked_shows_itself_instead(
    around: Surroundings, state: str
) -> None:
    around.wallet.state = state
    with pytest.raises(UserFacingError):
        await around.ask("authorize", uri=URI, activation_token="token-1")

    assert around.shown == ["token-1"]
    assert around.wallet.desk.uris == []


async def test_where_there_is_no_wallet_it_says_how_to_get_one(around: Surroundings) -> None:
    around.wallet.state = "absent"

    with pytest.raises(UserFacingError, match="--passphrase-file"):
        await around.ask("apps")


async def test_apps_are_told_exactly(around: Surroundings) -> None:
    (app,) = await around.ask("apps")

    assert app["id"] == "grant_1"
    assert app["name"] == "Notes AI"
    assert app["state"] == "active"
    assert app["windows"] == [
        {
            "period": "month",
            "limit": "5.000000000",
            "raised": "0.000000000",
            "spent": "1.200000000",
            "held": "0.000000001",
            "resets_at": "2026-11-23T12:00:00.000Z",
        }
    ]


async def test_calls_are_told_exactly(around: Surroundings) -> None:
    running = replace(CALL, end=None, basis=None, cost=parse_usd("0"), finished_at=None)
    around.wallet.call_rows = [running, CALL]

    first, second = await around.ask("activity")

    assert first["cost"] == "0.000000000"
    assert first["basis"] is None
    assert {name: second[name] for name in ("call", "app", "provider", "model", "status")} == {
        "call": "call_1",
        "app": "grant_1",
        "provider": "openai",
        "model": "gpt-5",
        "status": "settled",
    }
    assert (second["input_tokens"], second["output_tokens"]) == (23, 190)
    assert (second["cost"], second["basis"]) == ("0.001930000", "reported")


async def test_activity_is_asked_for_by_app_time_and_failure(around: Surroundings) -> None:
    await around.ask("activity", app="notes ai", since_s=86_400, failed=True)

    assert around.wallet.queries == [
        ActivityQuery(app=APP.id, since=Instant(NOON - DAY_MS), only_failed=True)
    ]


@pytest.mark.parametrize(
    ("command", "state"),
    [
        ("pause", GrantState.PAUSED),
        ("resume", GrantState.ACTIVE),
        ("revoke", GrantState.REVOKED),
    ],
)
async def test_an_app_is_changed_and_told_as_it_is_then(
    around: Surroundings, command: str, state: GrantState
) -> None:
    told = await around.ask(command, app="grant_1")

    assert around.wallet.app_rows[0].state is state
    assert told["state"] == state.value


async def test_an_apps_history_is_told_with_it(around: Surroundings) -> None:
    around.wallet.notes = (GrantNote(event="raised", detail="+$1.00", at=Instant(0)),)
    (app,) = await around.ask("apps")
    told = await around.ask("apps history", app=app["name"])
    note = {"at": "1970-01-01T00:00:00.000Z", "event": "raised", "detail": "+$1.00"}
    assert told == {**app, "history": [note]}


async def test_a_name_of_several_apps_changes_none(around: Surroundings) -> None:
    twin = replace(APP, id=GrantId("grant_2"))
    around.wallet.app_rows = [APP, twin]

    with pytest.raises(UserFacingError, match="grant_1, grant_2"):
        await around.ask("revoke", app="Notes AI")
    assert around.wallet.app_rows == [APP, twin]


async def test_a_name_means_the_app_that_still_lives(around: Surroundings) -> None:
    ended = replace(APP, id=GrantId("grant_0"), state=GrantState.REVOKED)
    around.wallet.app_rows = [ended, APP]

    assert (await around.ask("pause", app="Notes AI"))["id"] == "grant_1"


@pytest.mark.parametrize("arguments", [{}, {"app": ""}, {"app": 7}, {"app": "Nobody"}])
async def test_an_app_that_is_not_named_is_not_found(
    around: Surroundings, arguments: dict[str, JsonValue]
) -> None:
    with pytest.raises(UserFacingError):
        await around.ask("revoke", **arguments)
    assert around.wallet.app_rows == [APP]


async def test_a_funding_is_added_with_its_key_and_told_without(around: Surroundings) -> None:
    around.wallet.warning = "It could not be asked."

    told = await around.ask(
        "funding add",
        provider="openai",
        key="sk-canary",
        base_url="http://127.0.0.1:9999/v1",
        balance="20.00",
    )

    assert around.wallet.keys == ["sk-canary"]
    assert told["balance"] == "20.000000000"
    assert told["warning"] == "It could not be asked."
    assert "sk-canary" not in str(told)


async def test_fundings_are_listed_topped_up_and_removed(around: Surroundings) -> None:
    (listed,) = await around.ask("funding list")
    topped = await around.ask("funding top-up", funding="OpenAI", amount="5")
    await around.ask("funding remove", funding="funding_1")

    assert {"id", "provider", "name", "base_url", "balance", "held", "spent"} <= set(listed)
    assert topped["balance"] == "25.000000000"
    assert around.wallet.funding_rows == []


@pytest.mark.parametrize("amount", ["-5", "1e3", "5,00", 5])
async def test_an_amount_that_cannot_be_read_moves_nothing(
    around: Surroundings, amount: JsonValue
) -> None:
    with pytest.raises(UserFacingError):
        await around.ask("funding top-up", funding="funding_1", amount=amount)


async def test_providers_say_whether_they_need_a_key(around: Surroundings) -> None:
    toml = Path(__file__).parents[2] / "resources" / "providers.toml"
    rows = list(parse_catalogue(toml.read_text("utf-8")))
    keyless = replace(rows[0], id="local", auth=KeyPlacement.NONE)
    around.wallet.catalogue = Catalogue([*rows, keyless])

    needs = {row["id"]: row["needs_key"] for row in await around.ask("funding providers")}

    assert needs["openai"] is True
    assert needs["practice"] is False
    assert needs["local"] is False


async def test_providers_say_where_they_are_and_what_they_tell(around: Surroundings) -> None:
    toml = Path(__file__).parents[2] / "resources" / "providers.toml"
    around.wallet.catalogue = parse_catalogue(toml.read_text("utf-8"))

    rows = {row["id"]: row for row in await around.ask("funding providers")}

    assert rows["azure"]["needs_base_url"] is True
    assert "YOUR-RESOURCE" in rows["azure"]["base_url"]
    assert rows["vllm"]["takes_key"] is True
    assert rows["vllm"]["needs_key"] is False
    assert [name for name, row in rows.items() if row["tells_balance"]] == [
        "deepseek",
        "moonshotai",
        "openrouter",
    ]


async def test_model_servers_near_by_are_told(around: Surroundings) -> None:
    near = Neighbour(provider="ollama", name="Ollama", base_url="http://127.0.0.1:11434/v1")
    around.wallet.near = [near]

    assert await around.ask("funding find") == [
        {"provider": "ollama", "name": "Ollama", "base_url": "http://127.0.0.1:11434/v1"}
    ]


async def test_a_faulty_uri_is_told_to_whoever_hands_it_over(around: Surroundings) -> None:
    around.wallet.desk.fault = UserFacingError("That request cannot be read", "Why.")

    with pytest.raises(UserFacingError, match="cannot be read"):
        await around.ask("authorize", uri=URI)

    assert around.wallet.desk.uris == [URI]


async def test_a_uri_reaches_the_desk(around: Surroundings) -> None:
    assert await around.ask("authorize", uri=URI) is None

    assert around.wallet.desk.uris == [URI]


async def test_a_second_start_shows_the_window(around: Surroundings) -> None:
    around.wallet.state = "locked"
    await around.ask("show", activation_token="token-1")

    assert around.shown == ["token-1"]


async def test_a_wallet_without_windows_says_so(around: Surroundings) -> None:
    around.has_windows = False

    with pytest.raises(UserFacingError, match="no windows"):
        await around.ask("show")


async def test_quit_works_in_any_state(around: Surroundings) -> None:
    around.wallet.state = "broken"
    await around.ask("quit")

    assert around.quits == 1


async def test_the_doctor_hears_what_was_found(around: Surroundings) -> None:
    assert await around.ask("doctor") == [
        {"name": "ledger", "ok": False, "detail": "Wrong.", "remedy": "Restore it."}
    ]


async def test_an_unknown_command_is_refused_without_a_log(
    around: Surroundings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(UserFacingError, match="does not know"):
        await around.ask("spend everything")

    assert caplog.text == ""
