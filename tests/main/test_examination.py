"""What a running wallet finds out about itself, on a real wallet and a real port."""

import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.support.sample_rows import OVERVIEW
from wattfare_desktop.cli.options import WalletOptions
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.reports import StuckWindow
from wattfare_desktop.main.assembly import Parts, assembled, published
from wattfare_desktop.main.examination import (
    Examiner,
    TrayReport,
    keyring_finding,
    limits_finding,
    providers_finding,
)
from wattfare_desktop.system.health import Finding
from wattfare_desktop.system.platforms import this_platform
from wattfare_desktop.vault.keychain import KeyringUnusable
from wattfare_desktop.wallet.funding import KeyVerdict

PASSPHRASE = "correct horse battery staple"
ROW = OVERVIEW.fundings[0]


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    """A wallet put together and not yet listening, on a machine of its own."""
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    environment = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(runtime)}
    options = WalletOptions(
        home=tmp_path / "wallet", port=None, passphrase_file=None, verbose=False
    )
    platform = this_platform(("wattfare",), environment)
    async with assembled(options, environment, platform) as made:
        yield made


async def examined(parts: Parts, tray: TrayReport | None = None) -> dict[str, Finding]:
    found = await Examiner(parts, tray or TrayReport()).examine()
    return {one.name: one for one in found}


async def test_before_there_is_anything(parts: Parts) -> None:
    found = await examined(parts)

    assert [*found] == ["port", "ledger", "limits", "keyring", "tray", "prices", "providers"]
    assert "--port" in found["port"].remedy
    assert "--passphrase-file" in found["ledger"].remedy
    assert found["tray"].ok
    assert found["providers"].ok


async def test_an_open_wallet_without_a_provider(parts: Parts) -> None:
    await parts.wallet.create(PASSPHRASE)
    async with published(parts, 0) as port:
        found = await examined(parts)

    assert found["port"].detail == f"listening on 127.0.0.1:{port}"
    assert found["ledger"].ok
    assert found["limits"].ok
    assert "passphrase" in found["keyring"].detail
    assert "wattfare funding add" in found["providers"].remedy


async def test_a_locked_wallet_says_how_it_is_unlocked(parts: Parts) -> None:
    await parts.wallet.create(PASSPHRASE)
    await parts.wallet.lock()

    ledger = (await examined(parts))["ledger"]

    assert (ledger.ok, ledger.detail) == (False, "the wallet is locked")
    assert "Unlock" in ledger.remedy


async def test_play_money_answers_and_is_counted(parts: Parts) -> None:
    await parts.wallet.create(PASSPHRASE)
    await parts.wallet.add_funding("practice", key=None, base_url=None, balance=parse_usd("5.00"))

    providers = (await examined(parts))["providers"]

    assert providers == Finding(name="providers", ok=True, detail=providers.detail)
    assert "answers, $5.00 left" in providers.detail


async def test_a_provider_that_is_asked_says_no(parts: Parts) -> None:
    class SaysNo(BaseHTTPRequestHandler):
        status = 200

        def do_GET(self) -> None:
            self.send_response(SaysNo.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), SaysNo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base_url = f"http://127.0.0.1:{server.server_port}/v1"
    await parts.wallet.create(PASSPHRASE)
    await parts.wallet.add_funding(
        "openai", key="sk-test-1", base_url=base_url, balance=parse_usd("5.00")
    )
    SaysNo.status = 401
    refused = (await examined(parts))["providers"]
    server.shutdown()
    server.server_close()
    gone = (await examined(parts))["providers"]

    assert (refused.ok, "refuses the key" in refused.detail) == (False, True)
    assert (gone.ok, "cannot be reached" in gone.detail) == (False, True)
    assert base_url in gone.remedy
    assert "sk-test" not in f"{refused}{gone}"


async def test_a_price_table_is_named_once_it_is_there(parts: Parts) -> None:
    book = await parts.prices.book()

    assert (await examined(parts))["prices"].detail == f"version {book.version}"


async def test_a_damaged_vault_is_told_and_ends_nothing(parts: Parts) -> None:
    await parts.wallet.create(PASSPHRASE)
    parts.paths.vault.write_text("{}")

    keyring = (await examined(parts))["keyring"]

    assert (keyring.ok, "damaged" in keyring.detail) == (False, True)


async def test_the_tray_is_what_the_windows_said_last(parts: Parts) -> None:
    tray = TrayReport()
    tray.note(available=False)
    missing = (await examined(parts, tray))["tray"]
    tray.note(available=True)
    there = (await examined(parts, tray))["tray"]

    assert (missing.ok, "AppIndicator" in missing.remedy) == (False, True)
    assert (there.ok, there.remedy) == (True, "")


def test_a_keyring_is_named_or_its_trouble_told() -> None:
    found = keyring_finding("SecretService Keyring")
    assert (found.ok, found.detail) == (True, "SecretService Keyring")
    trouble = KeyringUnusable(reason="There is no keyring here.", remedy="Use a passphrase.")
    assert keyring_finding(trouble) == Finding(
        name="keyring", ok=False, detail=trouble.reason, remedy=trouble.remedy
    )


def test_each_provider_with_trouble_has_its_remedy() -> None:
    empty = replace(ROW, name="DeepSeek", balance=Nanos(0), held=Nanos(0))
    found = providers_finding(
        [
            (ROW, KeyVerdict.ACCEPTED),
            (replace(ROW, name="Groq"), KeyVerdict.REFUSED),
            (empty, KeyVerdict.ACCEPTED),
        ]
    )

    assert not found.ok
    assert found.detail.count(";") == 2
    assert "Groq with a good key" in found.remedy
    assert f"top-up {empty.id}" in found.remedy


def test_a_limit_that_is_stuck_is_wrong_and_names_the_remedy() -> None:
    stuck = StuckWindow(
        app=None,
        name="All apps together",
        period=Period.MONTH,
        starts_at=Instant(1_900_000_000_000),
        resets_at=Instant(1_902_000_000_000),
    )
    found = limits_finding((stuck,))
    assert not found.ok
    assert "All apps together (month)" in found.detail
    assert "wattfare windows reset" in found.remedy
