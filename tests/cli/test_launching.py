"""Starting a wallet, or waking the one that runs."""

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, ScriptedAnswers
from wattfare_desktop.cli.options import Consent, DemoOptions, ServeOptions, TrayOptions

URI = "wattfare://authorize?client_id=Notes"


def test_without_a_command_the_tray_starts(command_line: CommandLine) -> None:
    ran = command_line.run("--port", "8500", "--passphrase-file", "secret.txt")

    assert ran.code == 0
    (started,) = command_line.launch.started
    assert isinstance(started, TrayOptions)
    assert started.uri == ""
    assert started.wallet.home == command_line.home.resolve()
    assert started.wallet.port == 8500
    assert started.wallet.passphrase_file == Path("secret.txt")


async def test_a_second_start_shows_the_first(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("show", None)
    command_line.environment["XDG_ACTIVATION_TOKEN"] = "token-1"

    ran = await command_line.run_beside()

    assert ran.code == 0
    assert command_line.launch.started == []
    assert wallet.asked == [("show", {"activation_token": "token-1"})]


async def test_a_uri_goes_to_the_running_wallet(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("authorize", None)

    ran = await command_line.run_beside("-v", URI)

    assert ran.code == 0
    assert wallet.asked == [("authorize", {"uri": URI, "activation_token": ""})]
    assert command_line.launch.started == []


def test_a_uri_starts_the_wallet_where_none_runs(command_line: CommandLine) -> None:
    assert command_line.run(URI).code == 0

    (started,) = command_line.launch.started
    assert isinstance(started, TrayOptions)
    assert started.uri == URI


@pytest.mark.parametrize(
    ("argv", "consent"),
    [
        (["serve"], Consent.DENY),
        (["serve", "--consent", "deny"], Consent.DENY),
        (["serve", "--consent", "terminal"], Consent.TERMINAL),
        (["--port", "0", "serve", "--consent=terminal"], Consent.TERMINAL),
    ],
)
def test_serve_says_how_to_ask(
    command_line: CommandLine, argv: list[str], consent: Consent
) -> None:
    assert command_line.run(*argv).code == 0

    (started,) = command_line.launch.started
    assert isinstance(started, ServeOptions)
    assert started.consent is consent
    assert started.wallet.port == (0 if "--port" in argv else None)


def test_the_demo_takes_a_folder_for_pictures(command_line: CommandLine) -> None:
    assert command_line.run("demo", "--screenshots", "pictures").code == 0

    assert command_line.launch.started == [DemoOptions(screenshots=Path("pictures"), verbose=False)]
